//! A file that has no name yet, or a temporary one.

#[cfg(unix)]
use std::fs;
use std::fs::{File, OpenOptions};
use std::io;
#[cfg(target_os = "linux")]
use std::io::Seek;
use std::path::Path;

use tempfile::{Builder, NamedTempFile, PathPersistError, TempPath};

use crate::place::folder_of;
use crate::{Access, Overwrite};

/// What temporary names begin with.
pub(crate) const PREFIX: &str = ".popw-";
/// What they end with.
pub(crate) const SUFFIX: &str = ".tmp";

/// A new file in its target's folder; gone when dropped before it has taken the target's name.
#[derive(Debug)]
pub(crate) enum Temporary {
    /// Without a name: of a process that is killed nothing stays.
    #[cfg(target_os = "linux")]
    Nameless(File),
    /// With a random one, short whatever the target's is.
    Named(NamedTempFile),
}

impl Temporary {
    pub(crate) fn create(target: &Path, access: Access) -> io::Result<Self> {
        let folder = folder_of(target);
        #[cfg(target_os = "linux")]
        if let Some(file) = nameless::create(folder, access)? {
            return Ok(Self::Nameless(file));
        }
        named(folder, access).map(Self::Named)
    }

    pub(crate) fn file(&mut self) -> &mut File {
        match self {
            #[cfg(target_os = "linux")]
            Self::Nameless(file) => file,
            Self::Named(file) => file.as_file_mut(),
        }
    }

    /// Takes a name in one step.
    #[cfg_attr(not(target_os = "linux"), allow(unused_variables))]
    pub(crate) fn take_name(self, target: &Path, access: Access, overwrite: Overwrite) -> io::Result<()> {
        let folder = folder_of(target);
        let path = match self {
            Self::Named(file) => file.into_temp_path(),
            #[cfg(target_os = "linux")]
            Self::Nameless(file) => {
                if overwrite == Overwrite::No {
                    // A link fails when the name is taken, also by a file made since the first look.
                    match nameless::link(&file, target) {
                        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {}
                        done => return done,
                    }
                }
                // A link replaces nothing, so it takes a temporary name first.
                let linked = builder().make_in(folder, |path| nameless::link(&file, path));
                match linked {
                    Ok(linked) => linked.into_temp_path(),
                    Err(_) => copied(file, folder, access)?,
                }
            }
        };
        take(path, target, overwrite)
    }
}

pub(crate) fn take(path: TempPath, target: &Path, overwrite: Overwrite) -> io::Result<()> {
    let taken = match overwrite {
        Overwrite::Yes => path.persist(target),
        Overwrite::No => match path.persist_noclobber(target) {
            Err(PathPersistError { error, path }) if error.kind() != io::ErrorKind::AlreadyExists => {
                // A file system that can neither link nor rename without replacing: reserve the name, then replace the
                // empty file that is ours.
                OpenOptions::new().write(true).create_new(true).open(target)?;
                path.persist(target)
            }
            taken => taken,
        },
    };
    taken.map_err(|failed| failed.error)
}

/// The same content under a temporary name, where the system does not link a file that has none.
#[cfg(target_os = "linux")]
fn copied(mut file: File, folder: &Path, access: Access) -> io::Result<TempPath> {
    let mut copy = named(folder, access)?;
    file.rewind()?;
    io::copy(&mut file, copy.as_file_mut())?;
    copy.as_file().sync_all()?;
    Ok(copy.into_temp_path())
}

fn named(folder: &Path, access: Access) -> io::Result<NamedTempFile> {
    let mut builder = builder();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode(access)));
    }
    #[cfg(not(unix))]
    let _ = access;
    builder.tempfile_in(folder)
}

fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX).rand_bytes(16);
    builder
}

/// Before the user's umask.
#[cfg(unix)]
const fn mode(access: Access) -> u32 {
    match access {
        Access::Public => 0o666,
        Access::Secret => 0o600,
    }
}

#[cfg(target_os = "linux")]
mod nameless {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::OpenOptionsExt;
    use std::path::PathBuf;

    use rustix::fs::{AtFlags, CWD, OFlags, linkat};
    use rustix::io::Errno;

    use super::*;

    /// A file without a name in `folder`; none if it could not get one later.
    pub(super) fn create(folder: &Path, access: Access) -> io::Result<Option<File>> {
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .mode(mode(access))
            .custom_flags(OFlags::TMPFILE.bits().cast_signed())
            .open(folder);
        match opened {
            Ok(file) => Ok(fs::metadata(by_number(&file)).is_ok().then_some(file)),
            // What file systems and kernels say that have no such files.
            Err(error) => match Errno::from_io_error(&error) {
                Some(Errno::OPNOTSUPP | Errno::ISDIR | Errno::NOENT | Errno::INVAL) => Ok(None),
                _ => Err(error),
            },
        }
    }

    pub(super) fn link(file: &File, path: &Path) -> io::Result<()> {
        Ok(linkat(CWD, by_number(file), CWD, path, AtFlags::SYMLINK_FOLLOW)?)
    }

    fn by_number(file: &File) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
    }
}

/// Makes the names in a folder last.
///
/// # Errors
/// The system's.
#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        // A folder that may be written to and not read cannot be synced.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes the names in a folder last.
///
/// # Errors
/// None: other systems have no such call.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
