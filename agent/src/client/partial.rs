//! A file that is not complete yet, beside the one it becomes.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::FetchError;
use crate::content::tree::GROUP_BYTES;

/// Bytes written to the file at once.
const BUFFER: usize = 256 << 10;

/// The beginning of a content, verified group by group.
pub(super) struct Partial {
    path: PathBuf,
    content: [u8; 32],
    file: BufWriter<File>,
    /// The group it goes on with.
    pub(super) group: u64,
}

impl Partial {
    /// Opens what an earlier run of the same left, or begins anew.
    pub(super) fn open(out: &Path, content: &[u8; 32]) -> Result<Self, FetchError> {
        let hash = blake3::Hash::from_bytes(*content).to_hex();
        let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let path = out.with_file_name(format!(".{name}.{}.part", &hash[..16]));
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = file.map_err(FetchError::file(&path))?;
        let length = file.metadata().map_err(FetchError::file(&path))?.len();
        // One group less than is there: a content of whole groups may be there already, and asking for a group that
        // it does not have is refused.
        let group = (length / GROUP_BYTES).saturating_sub(1);
        file.set_len(group * GROUP_BYTES)
            .and_then(|()| file.seek(SeekFrom::Start(group * GROUP_BYTES)))
            .map_err(FetchError::file(&path))?;
        Ok(Self { path, content: *content, file: BufWriter::with_capacity(BUFFER, file), group })
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
        if out.exists() && !overwrite {
            return Err(FetchError::Exists(out.to_path_buf()));
        }
        fs::rename(&self.path, out).map_err(FetchError::file(out))?;
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The name must survive a power loss as well; some systems have no way to say so.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }
}
