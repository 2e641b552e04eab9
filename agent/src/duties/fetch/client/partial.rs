//! A file that is not complete yet, beside the one it becomes.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use popw_files::Overwrite;

use super::FetchError;
use crate::content::tree::GROUP_BYTES;

/// Bytes written to the file at once.
const BUFFER: usize = 256 << 10;

/// The beginning of a content, verified group by group.
pub(super) struct Partial {
    path: PathBuf,
    /// What it becomes: links are followed.
    target: PathBuf,
    content: [u8; 32],
    file: BufWriter<File>,
    /// The group it goes on with.
    pub(super) group: u64,
}

impl Partial {
    /// Opens what an earlier run of the same left, or begins anew.
    pub(super) fn open(out: &Path, content: &[u8; 32]) -> Result<Self, FetchError> {
        let target = fs::canonicalize(out).unwrap_or_else(|_| out.to_path_buf());
        // The same for each run, and short however long the name is.
        let mut hasher = blake3::Hasher::new();
        hasher.update(content);
        hasher.update(target.file_name().unwrap_or_default().as_encoded_bytes());
        let path = target.with_file_name(format!(".popw-{}.part", &hasher.finalize().to_hex()[..16]));
        let mut file = popw_files::resume(&path).map_err(FetchError::file(&path))?;
        let length = file.metadata().map_err(FetchError::file(&path))?.len();
        // One group less than is there: a content of whole groups may be there already, and asking for a group that
        // it does not have is refused.
        let group = (length / GROUP_BYTES).saturating_sub(1);
        file.set_len(group * GROUP_BYTES)
            .and_then(|()| file.seek(SeekFrom::Start(group * GROUP_BYTES)))
            .map_err(FetchError::file(&path))?;
        Ok(Self { path, target, content: *content, file: BufWriter::with_capacity(BUFFER, file), group })
    }

    /// Appends verified content.
    pub(super) fn write(&mut self, data: &[u8]) -> Result<(), FetchError> {
        self.file.write_all(data).map_err(FetchError::file(&self.path))
    }

    /// Gives the complete file its name. What an earlier run left is verified once more: it lay about.
    pub(super) fn finish(mut self, out: &Path, overwrite: bool) -> Result<(), FetchError> {
        let failed = |source| FetchError::File { path: self.path.clone(), source };
        self.file.flush().map_err(failed)?;
        let file = self.file.get_mut();
        file.sync_all().map_err(failed)?;
        if self.group > 0 {
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            let mut hasher = blake3::Hasher::new();
            let mut buffer = vec![0; BUFFER];
            loop {
                match file.read(&mut buffer).map_err(failed)? {
                    0 => break,
                    length => hasher.update(&buffer[..length]),
                };
            }
            if hasher.finalize() != self.content {
                fs::remove_file(&self.path).map_err(failed)?;
                return Err(FetchError::Changed(self.path));
            }
        }
        popw_files::publish(&self.path, &self.target, Overwrite::forced(overwrite)).map_err(|source| {
            match source.kind() {
                io::ErrorKind::AlreadyExists => FetchError::Exists(out.to_path_buf()),
                _ => FetchError::File { path: out.to_path_buf(), source },
            }
        })
    }
}
