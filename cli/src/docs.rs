//! README and book hold: command lines parse, links and named tests exist, tables are those of code and goldens.

mod claims;
mod dependencies;
mod odds;
mod parts;

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};

use super::Cli;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// README, SECURITY and the book's pages, by path from the root.
fn pages() -> Vec<(PathBuf, String)> {
    let book = fs::read_dir(root().join("docs/src")).expect("the book");
    let book = book.map(|entry| Path::new("docs/src").join(entry.expect("a page").file_name()));
    let book = book.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let paths = ["README.md", "SECURITY.md"].into_iter().map(PathBuf::from).chain(book);
    paths.map(|path| (path.clone(), read(&path))).collect()
}

/// The command lines in a text: whole lines that begin with `popw`, perhaps after a prompt, with their continuations,
/// without what a shell would do with the output, and without remarks in brackets.
fn command_lines(text: &str) -> Vec<Vec<String>> {
    let text = text.replace("\\\n", " ");
    let commands = text.lines().filter_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("$ ").unwrap_or(line);
        line.starts_with("popw ").then_some(line)
    });
    let words = |line: &str| {
        let ends = |word: &str| matches!(word, "#" | ">" | "|") || word.starts_with('(');
        let words = line.split_whitespace().take_while(|word| !ends(word));
        words.map(ToOwned::to_owned).collect()
    };
    commands.map(words).collect()
}

/// A page's code blocks, fenced or indented.
fn code_blocks(page: &str) -> String {
    let mut fenced = false;
    let in_block = |line: &&str| {
        if line.starts_with("```") {
            fenced = !fenced;
            return false;
        }
        fenced || line.starts_with("    ")
    };
    page.lines().filter(in_block).flat_map(|line| [line, "\n"]).collect()
}

/// Text between backticks outside code blocks; a line's end inside is a space.
fn code_spans(page: &str) -> Vec<String> {
    let mut fenced = false;
    let prose: Vec<&str> = page
        .lines()
        .filter(|line| {
            fenced ^= line.starts_with("```");
            !fenced && !line.starts_with("```") && !line.starts_with("    ")
        })
        .collect();
    let prose = prose.join("\n");
    let paragraphs = prose.split("\n\n");
    let spans = paragraphs.flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2));
    spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Cells of all table rows.
fn table_rows(page: &str) -> Vec<Vec<String>> {
    let rows = page.lines().filter_map(|line| line.trim().strip_prefix('|')?.strip_suffix('|'));
    rows.map(|row| row.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect()).collect()
}

fn parses(words: &[String]) -> Result<(), clap::Error> {
    Cli::command().try_get_matches_from(words).map(drop)
}

/// The command that the first words name, and the words left over.
fn named(words: &[String]) -> (Command, &[String]) {
    let mut command = Cli::command();
    command.build();
    let mut rest = &words[1..];
    while let Some(inner) = rest.first().and_then(|word| command.find_subcommand(word)) {
        command = inner.clone();
        rest = &rest[1..];
    }
    (command, rest)
}

fn leaves(command: &Command, path: &str, found: &mut Vec<String>) {
    let path = format!("{path}{}", command.get_name());
    match command.has_subcommands() {
        true => command.get_subcommands().for_each(|inner| leaves(inner, &format!("{path} "), found)),
        false => found.push(path),
    }
}

#[test]
fn command_lines_of_the_book_parse() {
    let mut seen = 0;
    for (path, page) in pages() {
        for words in command_lines(&code_blocks(&page)) {
            parses(&words).unwrap_or_else(|error| panic!("{}: {}\n{error}", path.display(), words.join(" ")));
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} command lines");
}

#[test]
fn command_lines_of_the_help_parse() {
    fn walk(command: &Command, seen: &mut usize) {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for words in command_lines(&help) {
            parses(&words).unwrap_or_else(|error| panic!("{}\n{error}", words.join(" ")));
            *seen += 1;
        }
        command.get_subcommands().for_each(|inner| walk(inner, seen));
    }
    let mut seen = 0;
    walk(&Cli::command(), &mut seen);
    assert!(seen > 30, "{seen} command lines");
}

/// `popw epoch show`, `popw verify --network`: commands and flags that prose mentions.
#[test]
fn commands_and_flags_in_prose_exist() {
    let mut wrong = Vec::new();
    for (path, page) in pages() {
        for span in code_spans(&page).iter().filter(|span| span.starts_with("popw ")) {
            let words: Vec<String> = span.split_whitespace().map(ToOwned::to_owned).collect();
            let (command, rest) = named(&words);
            let at = format!("{}: {span}", path.display());
            let word = rest.first().map_or("", String::as_str);
            let known = word.starts_with('-') || !command.has_subcommands() || word.to_uppercase() == word;
            if !known {
                wrong.push(format!("{at}: no such command"));
                continue;
            }
            for flag in rest.iter().filter_map(|word| word.strip_prefix("--")) {
                let exists =
                    flag == "help" || command.get_arguments().any(|arg| arg.get_long() == Some(flag));
                if !exists {
                    wrong.push(format!("{at}: no flag --{flag}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_command_is_in_the_table() {
    let table = read("docs/src/commands.md");
    let mut commands = Vec::new();
    leaves(&Cli::command(), "", &mut commands);
    commands.retain(|command| !table.contains(&format!("`{command}`")));
    assert!(commands.is_empty(), "commands.md lacks {commands:?}");
}

#[test]
fn links_lead_somewhere() {
    for (path, page) in pages() {
        let targets =
            page.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        for target in targets.filter(|target| !target.contains("://")) {
            let at = format!("{}: {target}", path.display());
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = match file {
                "" => path.clone(),
                file => path.parent().expect("a folder").join(file),
            };
            assert!(root().join(&file).exists(), "{at}: no such file");
            if !anchor.is_empty() {
                let headings = read(file);
                let mut headings = headings.lines().filter(|line| line.starts_with('#'));
                assert!(headings.any(|heading| slug(heading) == anchor), "{at}: no such heading");
            }
        }
    }
    let summary = read("docs/src/SUMMARY.md");
    for (path, _) in pages().iter().filter(|(path, _)| path.starts_with("docs/src")) {
        let name = path.file_name().expect("a name").to_string_lossy();
        assert!(name == "SUMMARY.md" || summary.contains(&format!("({name})")), "SUMMARY.md has no {name}");
    }
}

/// A heading's anchor, as mdBook and GitHub make it.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
    text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[test]
fn files_and_tests_that_are_named_exist() {
    let (mut tests, mut wrong) = (0, Vec::new());
    for (path, page) in pages() {
        for span in code_spans(&page) {
            let (file, function) = span.split_once("::").unwrap_or((&span, ""));
            let ends = [".rs", ".toml", ".txt", ".sh"].iter().any(|end| file.ends_with(end));
            if !ends || !file.contains('/') || file.contains(['*', ' ', '<']) {
                continue;
            }
            if !root().join(file).is_file() {
                wrong.push(format!("{}: there is no {file}", path.display()));
            } else if !function.is_empty() {
                tests += 1;
                if !read(file).contains(&format!("fn {function}(")) {
                    wrong.push(format!("{}: {file} has no test {function}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tests > 50, "{tests} tests named");
}
