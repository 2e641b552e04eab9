//! Where output goes: text for people, one JSON object for machines, errors to stderr.

use std::{
    fmt::Display,
    io::{self, IsTerminal, Write},
    process::exit,
};

use miette::miette;
use serde::Serialize;

use crate::progress::Bar;
use crate::text::{json, shown_lines};

/// Exit code where the reader of stdout went away (`| head`), as shells count: 128 and SIGPIPE's number.
const NO_READER: u8 = 141;

/// How this run talks.
pub struct Ui {
    json: bool,
}

impl Ui {
    /// `json`: machines read this run.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether machines read this run.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints the result: `value` as JSON, or `text`. Ends the process with an error if it cannot be printed.
    pub fn result<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) {
        self.print(&format!("{}\n", self.described(value, text)));
    }

    /// The result of a command that writes a file of its own: on stderr where that file went to stdout.
    pub fn result_beside<T: Serialize>(
        &self,
        stdout_is_taken: bool,
        value: &T,
        text: impl FnOnce() -> String,
    ) {
        if stdout_is_taken {
            say(self.described(value, text));
        } else {
            self.result(value, text);
        }
    }

    /// Prints what is no document, such as completions.
    pub fn print(&self, text: &str) {
        let mut out = io::stdout().lock();
        if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            exit(self.unprinted(&error).into());
        }
    }

    /// The exit code of a process that cannot write to stdout, after saying so.
    pub fn unprinted(&self, error: &io::Error) -> u8 {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return NO_READER;
        }
        let help = "the command has done its work; send its output elsewhere";
        self.failure(&miette!(help = help, "cannot write to standard output: {error}"));
        1
    }

    fn described<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) -> String {
        if !self.json {
            return shown_lines(&text()).to_string();
        }
        let document = serde_json::to_string_pretty(value).unwrap_or_else(|error| {
            let help = "the command has done its work; leave out --json to see its answer";
            self.failure(&miette!(help = help, "the answer cannot be written as JSON: {error}"));
            exit(1)
        });
        json(&document)
    }

    /// A part of the result that is known before the end. Machines get the whole at the end; a reader that went away
    /// does not stop the work.
    pub fn part(&self, text: impl FnOnce() -> String) {
        if !self.json {
            let _ = writeln!(io::stdout(), "{}", shown_lines(&text()));
        }
    }

    /// Something people should know while the command goes on; not part of the result.
    pub fn note(&self, text: &str) {
        if !self.json {
            say(shown_lines(text));
        }
    }

    /// A warning people must not miss; in JSON mode, too (on stderr).
    pub fn warn(&self, text: &str) {
        let bold = std::io::stderr().is_terminal();
        let warning = if bold { "\x1b[1;33mwarning:\x1b[0m" } else { "warning:" };
        say(format_args!("{warning} {}", shown_lines(text)));
    }

    /// The error that ended the command.
    pub fn failure(&self, report: &miette::Report) {
        if self.json {
            let remedy = report.help().map(|help| help.to_string());
            let failure = serde_json::json!({ "error": report.to_string(), "causes": causes(report), "remedy": remedy });
            say(json(&failure.to_string()));
        } else {
            say(format_args!("Error: {}", inset(&report.to_string())));
            for cause in causes(report) {
                say(format_args!("  because: {}", inset(&cause)));
            }
            if let Some(help) = report.help() {
                say(format_args!("  remedy: {}", inset(&help.to_string())));
            }
        }
    }

    /// A signal ended the command.
    pub fn cancelled(&self) {
        say(if self.json { r#"{"error":"cancelled"}"# } else { "cancelled" });
    }

    /// A progress bar with an ETA; silent where no terminal reads it.
    pub fn bar(&self) -> Bar {
        Bar::new(!self.json && std::io::stderr().is_terminal())
    }
}

/// Lines after the first stand back: none that somebody has put into a name looks like one of ours.
fn inset(text: &str) -> String {
    shown_lines(text).to_string().replace('\n', "\n    ")
}

/// Why, from the outside in, without what a message above has said already.
fn causes(report: &miette::Report) -> Vec<String> {
    let mut said = report.to_string();
    let mut causes = Vec::new();
    for cause in report.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            said.clone_from(&cause);
            causes.push(cause);
        }
    }
    causes
}

/// A line on stderr; whether anybody reads it is no matter.
fn say(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}
