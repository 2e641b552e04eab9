//! Passphrases of key files: from a file, or asked for. Neither is ever printed, logged or kept.

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, miette};
use popw_network::files;
use popw_network::keyfile::{Key, KeyFile};
use popw_network::member::Role;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::ui::Ui;

const WHAT: &str = "passphrase file";
const LIMIT: u64 = 4 << 10;

/// Where the passphrase comes from. To be flattened into a command's arguments.
#[derive(clap::Args, Clone, Debug)]
pub struct PassphraseArgs {
    /// A file whose first line is the key file's passphrase; without it, you are asked for the passphrase.
    #[arg(long, value_name = "FILE", env = "POPW_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseArgs {
    /// As if given on the command line.
    pub fn from_file(passphrase_file: Option<PathBuf>) -> Self {
        Self { passphrase_file }
    }

    /// The file, if one is given.
    pub fn file(&self) -> Option<&Path> {
        self.passphrase_file.as_deref()
    }

    /// Reads a key file, checks its role and unlocks it; a file that is not encrypted needs no passphrase.
    ///
    /// # Errors
    /// What is wrong with the key file or its passphrase.
    pub fn unlock(&self, path: &Path, expected: Role, ui: &Ui) -> miette::Result<Key> {
        let file = KeyFile::read(path).into_diagnostic()?;
        file.expect_role(expected).into_diagnostic()?;
        self.open(&file, path, ui)
    }

    /// Unlocks a key file that was read already, whatever its role.
    ///
    /// # Errors
    /// As [`PassphraseArgs::unlock`].
    pub fn open(&self, file: &KeyFile, path: &Path, ui: &Ui) -> miette::Result<Key> {
        Ok(self.open_with(file, path, ui)?.1)
    }

    /// The same, with the passphrase that it took.
    ///
    /// # Errors
    /// As [`PassphraseArgs::unlock`].
    pub fn open_with(
        &self,
        file: &KeyFile,
        path: &Path,
        ui: &Ui,
    ) -> miette::Result<(Option<SecretString>, Key)> {
        let passphrase = match (file.is_encrypted(), &self.passphrase_file) {
            (false, _) => None,
            (true, Some(from)) => Some(read(from, ui)?),
            (true, None) => Some(ask(&format!("Passphrase of {}: ", path.display()))?),
        };
        let key = file.unlock(passphrase.as_ref()).into_diagnostic()?;
        Ok((passphrase, key))
    }

    /// The passphrase of something else than a key file of popw.
    ///
    /// # Errors
    /// An unreadable file, or no terminal.
    #[cfg(feature = "chain")]
    pub fn secret(&self, prompt: &str, ui: &Ui) -> miette::Result<SecretString> {
        match &self.passphrase_file {
            Some(from) => read(from, ui),
            None => ask(prompt),
        }
    }

    /// A passphrase for a new key file; asked for twice when there is no file.
    ///
    /// # Errors
    /// An unreadable file, no terminal, or two different answers.
    pub fn choose(&self, ui: &Ui) -> miette::Result<SecretString> {
        if let Some(from) = &self.passphrase_file {
            return read(from, ui);
        }
        let first = ask("New passphrase: ")?;
        let again = ask("Repeat it: ")?;
        if first.expose_secret() != again.expose_secret() {
            return Err(miette!(help = "run the command again", "the two passphrases differ"));
        }
        Ok(first)
    }

    /// Whether a passphrase file was named.
    pub fn is_given(&self) -> bool {
        self.passphrase_file.is_some()
    }
}

fn read(path: &Path, ui: &Ui) -> miette::Result<SecretString> {
    warn_if_shared(path, ui);
    let bytes = Zeroizing::new(files::read(path, WHAT, LIMIT).into_diagnostic()?);
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        let help = "write the passphrase as text in UTF-8 on the first line";
        miette!(help = help, "{} is not text, so it cannot be a {WHAT}", path.display())
    })?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        let help = "write the passphrase on the first line";
        return Err(miette!(help = help, "the first line of the {WHAT} {} is empty", path.display()));
    }
    Ok(SecretString::from(line))
}

fn ask(prompt: &str) -> miette::Result<SecretString> {
    let answer = rpassword::prompt_password(prompt).map_err(|error| {
        let help =
            "use --passphrase-file FILE (or the variable POPW_PASSPHRASE_FILE) where there is no terminal";
        miette!(help = help, "a passphrase is needed, but there is no terminal to ask for it on ({error})")
    })?;
    Ok(SecretString::from(answer))
}

/// Says so when others may read a file of secrets.
#[cfg(unix)]
pub fn warn_if_shared(path: &Path, ui: &Ui) {
    use std::os::unix::fs::PermissionsExt;
    let shared = std::fs::metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0);
    if shared {
        ui.warn(&format!("others on this machine may read {0}: chmod 600 {0}", path.display()));
    }
}

/// Says so when others may read a file of secrets; here it cannot be seen.
#[cfg(not(unix))]
pub fn warn_if_shared(_: &Path, _: &Ui) {}
