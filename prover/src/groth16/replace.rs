//! Writing a file so that its name never holds half of one.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::error::{KeyError, KeyProblem};

/// A file being written under a temporary name next to its final one.
///
/// The temporary name is the final one with `.partial` appended; it is locked, so that of several processes
/// writing the same file all but one are refused. A process that is killed leaves the temporary file behind,
/// which the next one takes over.
#[derive(Debug)]
pub(super) struct Replacement {
    file: File,
    partial: PathBuf,
    target: PathBuf,
    committed: bool,
}

impl Replacement {
    /// Begins to replace `target` (which need not exist) by a file of about `bytes` bytes.
    ///
    /// # Errors
    /// [`KeyProblem::Busy`] if another process is doing the same; [`KeyProblem::ReadOnly`],
    /// [`KeyProblem::Write`] if the folder cannot be written.
    pub(super) fn begin(target: &Path, bytes: u64) -> Result<Self, KeyError> {
        let fail = KeyError::writing(target, bytes);
        let mut name = target.file_name().map(OsString::from).ok_or_else(|| {
            fail(io::Error::new(io::ErrorKind::InvalidInput, "the path does not end in a file name"))
        })?;
        name.push(".partial");
        let partial = target.with_file_name(name);
        loop {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&partial)
                .map_err(&fail)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(KeyError::new(target, KeyProblem::Busy)),
                Err(TryLockError::Error(error)) => return Err(fail(error)),
            }
            // Between opening and locking, another process may have finished and renamed the very file we
            // opened: only a file that still has the temporary name is ours to write.
            if same_file(&file, &partial).map_err(&fail)? {
                file.set_len(0).map_err(&fail)?;
                return Ok(Self { file, partial, target: target.to_owned(), committed: false });
            }
        }
    }

    /// The unfinished file.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Makes the file durable and gives it its name.
    ///
    /// # Errors
    /// As for writing; the old file, if any, then still has the name.
    pub(super) fn commit(mut self, bytes: u64) -> Result<(), KeyError> {
        let fail = KeyError::writing(&self.target, bytes);
        self.file.sync_all().map_err(&fail)?;
        fs::rename(&self.partial, &self.target).map_err(&fail)?;
        self.committed = true;
        let folder = self.target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if cfg!(unix) {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(&fail)?;
        }
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if !self.committed {
            // Nothing to be done if it fails: the next writer takes the file over.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let held = file.metadata()?;
    match fs::metadata(path) {
        Ok(named) => Ok((held.dev(), held.ino()) == (named.dev(), named.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn same_file(_file: &File, path: &Path) -> io::Result<bool> {
    // An open file cannot be renamed there.
    path.try_exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_name_holds_the_old_file_until_the_new_one_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "old").unwrap();
        let replacement = Replacement::begin(&path, 3).unwrap();
        replacement.file().write_all(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        replacement.commit(3).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn giving_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let replacement = Replacement::begin(&folder.path().join("key"), 3).unwrap();
        replacement.file().write_all(b"half").unwrap();
        drop(replacement);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_second_writer_is_refused_and_a_dead_ones_leavings_are_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(folder.path().join("key.partial"), "left by a killed process, longer than what follows")
            .unwrap();
        let first = Replacement::begin(&path, 3).unwrap();
        let second = Replacement::begin(&path, 3).unwrap_err();
        assert!(matches!(second.problem, KeyProblem::Busy));
        first.file().write_all(b"new").unwrap();
        first.commit(3).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        Replacement::begin(&path, 3).unwrap();
    }

    #[test]
    fn a_folder_that_does_not_exist_is_named() {
        let error = Replacement::begin(Path::new("/nonexistent/folder/key"), 3).unwrap_err();
        assert!(matches!(error.problem, KeyProblem::Write(_)));
        assert!(error.to_string().starts_with("/nonexistent/folder/key: "));
    }
}
