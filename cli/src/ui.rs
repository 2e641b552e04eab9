//! Where output goes: text for people, one JSON object for machines, errors to stderr.

use std::io::{IsTerminal, Write};

use serde::Serialize;

use crate::progress::Bar;
use crate::text::{json, shown_lines};

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

    /// Prints the result: `value` as JSON, or `text`.
    pub fn result<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) {
        let out = if self.json {
            json(&serde_json::to_string_pretty(value).expect("our documents have string keys only"))
        } else {
            text()
        };
        print_line(&out);
    }

    /// A part of the result that is known before the end. Machines get the whole at the end; a reader that went away
    /// does not stop the work.
    pub fn part(&self, text: impl FnOnce() -> String) {
        if !self.json {
            let _ = writeln!(std::io::stdout(), "{}", shown_lines(&text()));
        }
    }

    /// Something people should know while the command goes on; not part of the result.
    pub fn note(&self, text: &str) {
        if !self.json {
            eprintln!("{}", shown_lines(text));
        }
    }

    /// A warning people must not miss; in JSON mode, too (on stderr).
    pub fn warn(&self, text: &str) {
        let (bold, text) = (std::io::stderr().is_terminal(), shown_lines(text));
        if bold { eprintln!("\x1b[1;33mwarning:\x1b[0m {text}") } else { eprintln!("warning: {text}") }
    }

    /// The error that ended the command.
    pub fn failure(&self, report: &miette::Report) {
        if self.json {
            let remedy = report.help().map(|help| help.to_string());
            let failure = serde_json::json!({ "error": report.to_string(), "causes": causes(report), "remedy": remedy });
            eprintln!("{}", json(&failure.to_string()));
        } else {
            eprintln!("Error: {}", inset(&report.to_string()));
            for cause in causes(report) {
                eprintln!("  because: {}", inset(&cause));
            }
            if let Some(help) = report.help() {
                eprintln!("  remedy: {}", inset(&help.to_string()));
            }
        }
    }

    /// A signal ended the command.
    pub fn cancelled(&self) {
        eprintln!("{}", if self.json { r#"{"error":"cancelled"}"# } else { "cancelled" });
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

/// A reader that went away (`| head`) is no error of ours.
fn print_line(text: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{}", shown_lines(text)).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}
