//! Where output goes: text for people, one JSON object for machines, errors to stderr.

use std::io::{IsTerminal, Write};

use serde::Serialize;

use crate::progress::Bar;

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
            serde_json::to_string_pretty(value).expect("our documents have string keys only")
        } else {
            text()
        };
        print_line(&out);
    }

    /// Prints `text` as it is, JSON mode or not.
    pub fn raw(&self, text: &str) {
        print_line(text);
    }

    /// Something people should know while the command goes on; not part of the result.
    pub fn note(&self, text: &str) {
        if !self.json {
            eprintln!("{text}");
        }
    }

    /// A warning people must not miss; in JSON mode, too (on stderr).
    pub fn warn(&self, text: &str) {
        let bold = std::io::stderr().is_terminal();
        if bold { eprintln!("\x1b[1;33mwarning:\x1b[0m {text}") } else { eprintln!("warning: {text}") }
    }

    /// The error that ended the command.
    pub fn failure(&self, report: &miette::Report) {
        if self.json {
            let causes: Vec<String> = report.chain().skip(1).map(ToString::to_string).collect();
            eprintln!("{}", serde_json::json!({ "error": report.to_string(), "causes": causes }));
        } else {
            eprintln!("Error: {report}");
            for cause in report.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            if let Some(help) = report.help() {
                eprintln!("  remedy: {help}");
            }
        }
    }

    /// A progress bar with an ETA; silent where no terminal reads it.
    pub fn bar(&self) -> Bar {
        Bar::new(!self.json && std::io::stderr().is_terminal())
    }
}

/// A reader that went away (`| head`) is no error of ours.
fn print_line(text: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}
