//! `popw completions`.

use std::process::ExitCode;

use super::Outcome;
use crate::ui::Ui;

/// Print completions for your shell.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  popw completions bash > ~/.local/share/bash-completion/completions/popw\n  \
    popw completions zsh > ~/.zfunc/_popw\n  popw completions fish > ~/.config/fish/completions/popw.fish"
)]
pub struct Args {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Prints them.
pub fn run<C: clap::CommandFactory>(args: Args, ui: &Ui) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut C::command(), "popw", &mut script);
    ui.print(&String::from_utf8_lossy(&script));
    Ok(ExitCode::SUCCESS)
}
