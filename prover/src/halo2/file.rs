//! Files that are whole or refused: `magic ‖ version ‖ length of body ‖ BLAKE3 of body ‖ body`.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use popw_files::{Content, Output, Overwrite};

const VERSION: u16 = 1;
const HEADER: u64 = 8 + 2 + 8 + 32;

/// What is wrong with a file of the halo2 engine, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{}", told(path, problem))]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub problem: FileProblem,
}

/// The problem with its file, which some problems name themselves.
fn told(path: &Path, problem: &FileProblem) -> String {
    match problem {
        FileProblem::Output(error) => error.to_string(),
        problem => format!("{}: {problem}", path.display()),
    }
}

impl From<popw_files::FileError> for FileError {
    fn from(error: popw_files::FileError) -> Self {
        Self { path: error.path().to_owned(), problem: FileProblem::Output(error) }
    }
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// The operating system would not let it be read.
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    /// It cannot be written.
    #[error(transparent)]
    Output(popw_files::FileError),
    /// Some other kind of file.
    #[error("not {expected} (wrong magic): choose another file, or make one with `popw setup`")]
    WrongKind {
        /// What was to be read.
        expected: &'static str,
    },
    /// Made by another version of this software.
    #[error(
        "format version {found}, this program reads version {VERSION}: make the file again with `popw setup`"
    )]
    Version {
        /// Version in the file.
        found: u16,
    },
    /// Shorter or longer than its header says.
    #[error(
        "body of {found} bytes instead of {expected}: the file is incomplete or has been added to; copy or make it again"
    )]
    Length {
        /// Bytes the header announces.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// The content is not what was written.
    #[error("digest mismatch: the file is damaged; copy or make it again")]
    Digest,
    /// The digest is right, but a value is not: whoever wrote the file wrote it wrongly.
    #[error("{field}: {reason}; make the file again, or do not use files from this source")]
    Content {
        /// The part of the file.
        field: &'static str,
        /// What it violates.
        reason: &'static str,
    },
}

impl FileError {
    pub(super) fn new(path: &Path, problem: FileProblem) -> Self {
        Self { path: path.to_owned(), problem }
    }

    pub(super) fn content(path: &Path, field: &'static str, reason: &'static str) -> Self {
        Self::new(path, FileProblem::Content { field, reason })
    }
}

/// A kind of file.
pub(super) struct Kind {
    pub magic: &'static [u8; 8],
    /// With its article, for messages.
    pub name: &'static str,
}

impl Kind {
    /// A file of this kind at `path`, replacing one of that name.
    pub(super) fn output(&self, path: &Path) -> Result<Output, FileError> {
        let what = self.name.strip_prefix("a ").unwrap_or(self.name);
        Ok(Output::new(path, Content::file(what), Overwrite::Yes)?)
    }
}

/// Writes a file.
pub(super) fn write(
    mut output: Output,
    kind: &Kind,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), FileError> {
    let written = write_to(output.file()?, kind, body);
    written.map_err(|error| output.failed(error))?;
    Ok(output.finish()?)
}

fn write_to(
    file: &mut File,
    kind: &Kind,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    file.seek(SeekFrom::Start(HEADER))?;
    let mut sink =
        BufWriter::with_capacity(1 << 20, Hashing { file, hasher: blake3::Hasher::new(), length: 0 });
    body(&mut sink)?;
    let Hashing { file, hasher, length } = sink.into_inner().map_err(io::IntoInnerError::into_error)?;
    let digest = *hasher.finalize().as_bytes();
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header(kind, length, &digest))
}

/// What stands before a body of this length and digest.
pub(super) fn header(kind: &Kind, length: u64, digest: &[u8; 32]) -> Vec<u8> {
    [&kind.magic[..], &VERSION.to_be_bytes(), &length.to_be_bytes(), digest].concat()
}

struct Hashing<'a> {
    file: &'a mut File,
    hasher: blake3::Hasher,
    length: u64,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Reads a file's body after checking its kind, version, length and digest, in this order.
pub(super) fn read(path: &Path, kind: &Kind) -> Result<Vec<u8>, FileError> {
    let open = || {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok((file, length))
    };
    let body = open().map_err(FileProblem::Read).and_then(|(file, length)| read_from(file, length, kind));
    body.map_err(|problem| FileError::new(path, problem))
}

/// [`read`] from anything that holds `found` bytes.
pub(super) fn read_from(mut file: impl Read, found: u64, kind: &Kind) -> Result<Vec<u8>, FileProblem> {
    let mut magic = [0; 8];
    let mut rest = [0; 42];
    let head = file.read_exact(&mut magic).is_ok() && magic == *kind.magic;
    if !head {
        return Err(FileProblem::WrongKind { expected: kind.name });
    }
    let short = |expected| FileProblem::Length { expected, found: found.saturating_sub(HEADER) };
    file.read_exact(&mut rest).map_err(|_| short(0))?;
    let (version, rest) = rest.split_at(2);
    let (length, digest) = rest.split_at(8);
    let version = u16::from_be_bytes([version[0], version[1]]);
    if version != VERSION {
        return Err(FileProblem::Version { found: version });
    }
    let length = length.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    if found.checked_sub(HEADER) != Some(length) {
        return Err(short(length));
    }
    let mut body = Vec::with_capacity(length as usize);
    file.read_to_end(&mut body).map_err(FileProblem::Read)?;
    if body.len() as u64 != length {
        return Err(short(length));
    }
    if *blake3::hash(&body).as_bytes() != digest {
        return Err(FileProblem::Digest);
    }
    Ok(body)
}
