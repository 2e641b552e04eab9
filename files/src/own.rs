//! Files in folders of this project's own, under names that anybody knows before. Where a user's path may lead elsewhere by
//! a link, one at such a name is a trap: it is never followed.

use std::fs::{self, DirEntry, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use tempfile::TempPath;

use crate::place::folder_of;
use crate::temporary::{PREFIX, SUFFIX, Temporary, sync_folder, take};
use crate::{Access, Overwrite};

/// How long a temporary file stays as it is before nobody is taken to write it any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Writes a small file in one step, and makes it last. It takes the place of whatever file or link has the name.
///
/// # Errors
/// The system's. The name is then what it was, unless all that failed was to sync the folder.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = Temporary::create(path, Access::Public)?;
    temporary.file().write_all(bytes)?;
    temporary.file().sync_all()?;
    temporary.take_name(path, Access::Public, Overwrite::Yes)?;
    sync_folder(folder_of(path))
}

/// Removes what killed writers have left in a folder, as far as it can: temporary files that nobody has written for an hour.
pub fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| is_temporary(entry) && is_abandoned(entry)) {
        let _ = fs::remove_file(entry.path());
    }
}

fn is_temporary(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX))
}

fn is_abandoned(entry: &DirEntry) -> bool {
    let modified = entry.metadata().and_then(|found| found.modified());
    modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > ABANDONED))
}

/// Opens a file that outlives an interrupted process and is gone on with by the next: made if it is not there, never
/// through a link.
///
/// # Errors
/// The system's; [`io::ErrorKind::InvalidInput`] if anything but a regular file has the name.
pub fn resume(path: &Path) -> io::Result<File> {
    let other = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file; remove it");
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(other());
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Neither through a link made since, nor waiting at a pipe.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(other()) }
}

/// Gives a complete file of the same folder its name in one step; it must be on disk already.
///
/// # Errors
/// The system's; [`io::ErrorKind::AlreadyExists`] if the name is taken and may not be replaced. The file then keeps the
/// name that it has.
pub fn publish(file: &Path, target: &Path, overwrite: Overwrite) -> io::Result<()> {
    let mut path = TempPath::try_from_path(file)?;
    // Where it cannot be published, the next run goes on from it.
    path.disable_cleanup(true);
    take(path, target, overwrite)?;
    sync_folder(folder_of(target))
}
