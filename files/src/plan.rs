//! What a command reads and writes, before it works.

use std::fs;
use std::path::{Path, PathBuf};

use crate::output::Output;
use crate::place::{Identity, Place, look, target_of};
use crate::{Content, FileError, Overwrite};

/// The files of one command. Its outputs are no files that it reads, and each is another one.
#[derive(Debug)]
pub struct Plan {
    overwrite: Overwrite,
    inputs: Vec<Identity>,
    /// Inputs that are not there yet: a database, and what is beside it, may be made by the work.
    absent: Vec<PathBuf>,
    /// Folders all of whose files are read.
    folders: Vec<PathBuf>,
    outputs: Vec<Planned>,
}

/// An output that is planned already.
#[derive(Debug)]
struct Planned {
    target: PathBuf,
    existing: Option<Identity>,
    what: &'static str,
}

impl Plan {
    /// Nothing yet. `overwrite`: whether outputs may replace files.
    pub fn new(overwrite: Overwrite) -> Self {
        Self { overwrite, inputs: Vec::new(), absent: Vec::new(), folders: Vec::new(), outputs: Vec::new() }
    }

    /// With files that are read. One that is not there is its reader's to tell.
    #[must_use]
    pub fn reading<P: AsRef<Path>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        for path in paths {
            let path = path.as_ref();
            match Identity::of_file(path) {
                Some(identity) => self.inputs.push(identity),
                None => self.absent.extend(target_of(path)),
            }
        }
        self
    }

    /// With folders that are read, whatever is in them.
    #[must_use]
    pub fn reading_folders<P: AsRef<Path>>(mut self, folders: impl IntoIterator<Item = P>) -> Self {
        self.folders.extend(folders.into_iter().filter_map(|folder| fs::canonicalize(folder).ok()));
        self
    }

    /// Plans an output, and opens a place for what will be written.
    ///
    /// # Errors
    /// [`FileError`]: something is at `path` that may not or cannot be replaced, it is read or planned already, or its
    /// folder is missing or cannot be written to.
    pub fn output(&mut self, path: &Path, content: Content) -> Result<Output, FileError> {
        let what = content.what;
        let place = look(path, &content)?;
        if let Place::File { target, existing } = &place {
            let read = match existing {
                Some(existing) => self.inputs.contains(existing),
                None => self.absent.contains(target),
            };
            if read || self.folders.iter().any(|folder| target.starts_with(folder)) {
                return Err(FileError::Input { path: path.into(), what });
            }
            let same = |planned: &&Planned| {
                planned.target == *target || (existing.is_some() && planned.existing == *existing)
            };
            if let Some(planned) = self.outputs.iter().find(same) {
                return Err(FileError::SameOutput { path: path.into(), what, other: planned.what });
            }
            if existing.is_some() && self.overwrite == Overwrite::No {
                return Err(FileError::Exists { path: path.into(), what });
            }
            self.outputs.push(Planned { target: target.clone(), existing: existing.clone(), what });
        }
        Output::open(path, content, self.overwrite, place)
    }

    /// As [`Plan::output`], for what is written elsewhere later on.
    ///
    /// # Errors
    /// As of [`Plan::output`].
    pub fn check(&mut self, path: &Path, content: Content) -> Result<(), FileError> {
        self.output(path, content).map(drop)
    }
}
