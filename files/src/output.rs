//! A file that is being written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::place::{Identity, Place, folder_of};
use crate::plan::Plan;
use crate::temporary::{Temporary, sync_folder};
use crate::{Content, FileError, Overwrite};

/// A file that will be written, looked at before the work whose result it takes. Dropped before it is finished, it leaves
/// everything as it was.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    content: Content,
    overwrite: Overwrite,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    /// The file, and the name that it will take.
    File { temporary: Temporary, target: PathBuf },
    /// Opened when there is something to write: a pipe may have nobody at its other end before.
    Stream(Option<File>),
}

impl Output {
    /// The only output of something; see [`Plan`] for several, and for what is read.
    ///
    /// # Errors
    /// As of [`Plan::output`].
    pub fn new(path: &Path, content: Content, overwrite: Overwrite) -> Result<Self, FileError> {
        Plan::new(overwrite).output(path, content)
    }

    pub(crate) fn open(
        path: &Path,
        content: Content,
        overwrite: Overwrite,
        place: Place,
    ) -> Result<Self, FileError> {
        let sink = match place {
            Place::Stream => Sink::Stream(None),
            Place::File { target, .. } => {
                let temporary = Temporary::create(&target, content.access)
                    .map_err(|error| FileError::writing(path, content.what, error))?;
                Sink::File { temporary, target }
            }
        };
        Ok(Self { path: path.into(), content, overwrite, sink })
    }

    /// As the user has named it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it goes where this process's own output goes, so that nothing else should.
    pub fn is_stdout(&self) -> bool {
        let identity = |path: &Path| Identity::of(path, &fs::metadata(path).ok()?);
        let stdout = || identity(Path::new("/dev/stdout"));
        matches!(self.sink, Sink::Stream(_)) && identity(&self.path).is_some_and(|it| Some(it) == stdout())
    }

    /// The unfinished file: empty and open for reading, too, or the pipe or device.
    ///
    /// # Errors
    /// [`FileError`] if a pipe or device cannot be opened.
    pub fn file(&mut self) -> Result<&mut File, FileError> {
        match &mut self.sink {
            Sink::File { temporary, .. } => Ok(temporary.file()),
            Sink::Stream(Some(file)) => Ok(file),
            Sink::Stream(unopened) => {
                let opened = OpenOptions::new().write(true).open(&self.path);
                let failed = |error| FileError::writing(&self.path, self.content.what, error);
                Ok(unopened.insert(opened.map_err(failed)?))
            }
        }
    }

    /// What an error while writing to [`Output::file`] means.
    pub fn failed(&self, error: io::Error) -> FileError {
        FileError::writing(&self.path, self.content.what, error)
    }

    /// Writes by `fill`, and finishes.
    ///
    /// # Errors
    /// [`FileError`]; everything is then as it was before, but for what a pipe or device has got.
    pub fn fill(self, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), FileError> {
        self.filled(fill)?.finish()
    }

    /// Writes by `fill`, for [`finish_all`].
    ///
    /// # Errors
    /// [`FileError`].
    pub fn filled(mut self, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<Self, FileError> {
        let filled = fill(self.file()?);
        filled.map_err(|error| self.failed(error))?;
        Ok(self)
    }

    /// Writes these bytes, and finishes.
    ///
    /// # Errors
    /// As of [`Output::fill`].
    pub fn write(self, bytes: &[u8]) -> Result<(), FileError> {
        self.fill(|file| file.write_all(bytes))
    }

    /// Makes the file durable and gives it its name.
    ///
    /// # Errors
    /// [`FileError`]; the old file, if any, then still has the name.
    pub fn finish(self) -> Result<(), FileError> {
        finish_all([self])
    }

    fn sync(&mut self) -> Result<(), FileError> {
        match &mut self.sink {
            Sink::File { temporary, .. } => {
                let synced = temporary.file().sync_all();
                synced.map_err(|error| self.failed(error))
            }
            // What becomes of bytes behind a pipe is not this process's to know.
            Sink::Stream(_) => Ok(()),
        }
    }

    /// Takes the name; returns the file if the name was nobody's.
    fn publish(self) -> Result<Option<New>, FileError> {
        let Self { path, content, overwrite, sink } = self;
        let Sink::File { temporary, target } = sink else { return Ok(None) };
        let here = fs::symlink_metadata(&target).ok();
        if overwrite == Overwrite::Yes && here.as_ref().is_some_and(|here| !here.is_file()) {
            return Err(FileError::NotAFile { path, what: content.what });
        }
        let failed = |error| FileError::writing(&path, content.what, error);
        temporary.take_name(&target, content.access, overwrite).map_err(failed)?;
        let new =
            here.is_none().then(|| New { identity: Identity::of_file(&target), target: target.clone() });
        sync_folder(folder_of(&target)).map_err(failed)?;
        Ok(new)
    }
}

/// A file that was made where nothing was.
struct New {
    target: PathBuf,
    identity: Option<Identity>,
}

impl New {
    /// Removes it, unless another process has put a file of its own in its place.
    fn withdraw(self) {
        if self.identity.is_some() && Identity::of_file(&self.target) == self.identity {
            // Nothing to be done if it fails: the error that led here tells.
            let _ = fs::remove_file(self.target);
        }
    }
}

/// Finishes several outputs: all are durable before the first takes its name, and when one cannot take its name, the new
/// files among the others are removed again, unless another process has replaced them since. What the others have replaced
/// themselves is not brought back.
///
/// # Errors
/// [`FileError`] of the first that fails.
pub fn finish_all(outputs: impl IntoIterator<Item = Output>) -> Result<(), FileError> {
    let mut outputs: Vec<Output> = outputs.into_iter().collect();
    outputs.iter_mut().try_for_each(Output::sync)?;
    let mut new = Vec::new();
    for output in outputs {
        match output.publish() {
            Ok(file) => new.extend(file),
            Err(error) => {
                new.into_iter().for_each(New::withdraw);
                return Err(error);
            }
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_another_process_has_put_there_is_not_withdrawn() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let publish = |name: &str| {
            let output = Output::new(&at(name), Content::stream("note"), Overwrite::No).unwrap();
            output.filled(|file| file.write_all(b"mine")).unwrap().publish().unwrap().unwrap()
        };
        let (kept, replaced) = (publish("kept"), publish("replaced"));
        fs::write(at("other"), "the other's").unwrap();
        fs::rename(at("other"), at("replaced")).unwrap();
        kept.withdraw();
        replaced.withdraw();
        assert!(!at("kept").exists());
        assert_eq!(fs::read(at("replaced")).unwrap(), b"the other's");
    }
}
