//! What can be wrong with a key file.

use std::{
    io,
    path::{Path, PathBuf},
};

use popw_files::FileError;

/// A key file that cannot be read or written: which file, what is wrong, what to do.
#[derive(Debug, thiserror::Error)]
#[error("{}", told(path, problem))]
pub struct KeyError {
    /// The file concerned.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub problem: KeyProblem,
}

impl KeyError {
    pub(super) fn new(path: &Path, problem: KeyProblem) -> Self {
        Self { path: path.to_owned(), problem }
    }

    /// Maps a failure while reading.
    pub(super) fn reading(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        move |error| Self::new(path, KeyProblem::Read(error))
    }

    /// Maps a failure while writing a file of `bytes` bytes.
    pub(super) fn writing(path: &Path, bytes: u64) -> impl Fn(io::Error) -> Self + '_ {
        move |error| {
            let problem = match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => KeyProblem::DiskFull { bytes },
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    KeyProblem::ReadOnly(error)
                }
                // Files do not interrupt whole writes: our writer says so when it is cancelled.
                io::ErrorKind::Interrupted => KeyProblem::Cancelled,
                _ => KeyProblem::Write(error),
            };
            Self::new(path, problem)
        }
    }
}

impl From<FileError> for KeyError {
    fn from(error: FileError) -> Self {
        Self { path: error.path().to_owned(), problem: KeyProblem::Output(error) }
    }
}

/// The problem with its file, which some problems name themselves.
pub(super) fn told(path: &Path, problem: &KeyProblem) -> String {
    match problem {
        KeyProblem::Output(error) => error.to_string(),
        problem => format!("{}: {problem}", path.display()),
    }
}

/// What is wrong with a key file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyProblem {
    /// The operating system would not let it be read.
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    /// A folder.
    #[error("is a folder: name a file")]
    Folder,
    /// A pipe or a device.
    #[error("a pipe or a device, and a proving key is mapped: write it to a file, and name that")]
    Stream,
    /// Some other kind of file.
    #[error(
        "not a Groth16 proving key (it does not begin with the bytes POPWG16K): choose another file, or make a key with `popw setup`"
    )]
    WrongKind,
    /// Made by another version of this software.
    #[error(
        "proving-key format version {found}, but this program reads version {supported}: make the key again with `popw setup`, or import it again"
    )]
    Version {
        /// Version in the file.
        found: u32,
        /// The one version read here.
        supported: u32,
    },
    /// Written for, or read on, a machine with the other byte order.
    #[error("byte order of this machine and of the file differ; proving keys are for little-endian machines")]
    ByteOrder,
    /// Shorter or longer than its header says.
    #[error(
        "{found} bytes long instead of {expected}: the file is incomplete or has been added to; copy or make it again"
    )]
    Length {
        /// Bytes the header announces.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// A header field has an impossible value.
    #[error("header field `{field}` is {value}, {reason}: the file is damaged; copy or make it again")]
    Header {
        /// Name of the field.
        field: &'static str,
        /// Its value.
        value: String,
        /// Why that is impossible.
        reason: &'static str,
    },
    /// The header is not the one whose digest ends the file.
    #[error("digest mismatch in the header: the file is damaged; copy or make it again")]
    HeaderDigest,
    /// A section is not the one whose digest the header holds.
    #[error("digest mismatch in section `{section}`: the file is damaged; copy or make it again")]
    SectionDigest {
        /// Name of the section.
        section: &'static str,
    },
    /// Digests are right, but a value is not: whoever wrote the file wrote it wrongly.
    #[error("section `{section}`, element {index}: {reason}; do not use a key from this source")]
    Content {
        /// Name of the section.
        section: &'static str,
        /// Position in the section.
        index: usize,
        /// What the value violates.
        reason: &'static str,
    },
    /// The verifying key inside cannot be used.
    #[error("the verifying key inside: {0}; do not use a key from this source")]
    VerifyingKey(#[source] popw_verifier::key::KeyError),
    /// The verifying key inside is for another proof system.
    #[error("the verifying key inside is not for Groth16; do not use a key from this source")]
    OtherSystem,
    /// No randomness to check points with.
    #[error("cannot be checked: {0}")]
    Entropy(#[source] super::entropy::EntropyError),
    /// The file cannot be put where it should be.
    #[error(transparent)]
    Output(FileError),
    /// The folder or file cannot be written.
    #[error("cannot be written ({0}): choose a folder you may write to")]
    ReadOnly(#[source] io::Error),
    /// No room.
    #[error("the disk is full: the file needs {} MiB", bytes.div_ceil(1 << 20))]
    DiskFull {
        /// Size of the complete file.
        bytes: u64,
    },
    /// Any other failure of writing.
    #[error("cannot be written: {0}")]
    Write(#[source] io::Error),
    /// [`ProgressSink::cancelled`](crate::progress::ProgressSink::cancelled) said so.
    #[error("cancelled")]
    Cancelled,
    /// More constraints, variables or entries than the format or the curve's field holds.
    #[error("the circuit is too large: {0}")]
    TooLarge(&'static str),
}
