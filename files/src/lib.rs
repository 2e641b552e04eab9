#![forbid(unsafe_code)]
//! The one way in which this project's files are written.
//!
//! A command makes a [`Plan`] of what it reads and writes before it works. Each [`Output`] of it is looked at then: whether
//! something is there already, of which kind it is, whether the folder can be written to, and whether two names mean one
//! file, or one that is read. What is written goes to a file without a name (where the system has such, else of a random
//! name in the target's folder), is synced, and takes the target's name in one step; the folder is synced last. So a
//! reader, a full disk or a killed writer never meets half a file: the target is the old one, the new one, or absent.
//!
//! | at the path stands | what happens |
//! | --- | --- |
//! | nothing | a new file; one that another process makes meanwhile is kept and the output refused, or replaced with [`Overwrite::Yes`] |
//! | a file | refused, or replaced in one step with [`Overwrite::Yes`] |
//! | a link | followed: what it leads to counts, and the link stays; one that leads nowhere is refused |
//! | a pipe, a terminal, another device of characters | written straight to, if the [`Content`] can be |
//! | a folder, a disk, a socket | refused |
//!
//! That is for paths which users name. In folders of the project's own, such as a store, names are known before, and no
//! link is followed: [`replace`], and for files of more than one run [`resume`] and [`publish`].

mod error;
mod output;
mod own;
mod place;
mod plan;
mod temporary;

pub use error::FileError;
pub use output::{Output, finish_all};
pub use own::{publish, replace, resume, sweep};
pub use place::is_stream;
pub use plan::Plan;
pub use temporary::sync_folder;

/// May a write replace a file that is already there?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// An existing file is kept and the write refused.
    No,
    /// An existing file is replaced in one step.
    Yes,
}

impl Overwrite {
    /// As `--force` says it.
    pub const fn forced(force: bool) -> Self {
        if force { Self::Yes } else { Self::No }
    }
}

/// Who may read a written file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// As the user's umask has it.
    Public,
    /// Owner only (mode 0600 on Unix).
    Secret,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// What it is, for messages ("proof").
    pub what: &'static str,
    /// Who may read it.
    pub access: Access,
    /// Whether it may go to a pipe or a device: it is written from its beginning to its end, and is no secret.
    pub streams: bool,
}

impl Content {
    /// Written from its beginning to its end.
    pub const fn stream(what: &'static str) -> Self {
        Self { what, access: Access::Public, streams: true }
    }

    /// Written at positions, or mapped: regular files only.
    pub const fn file(what: &'static str) -> Self {
        Self { what, access: Access::Public, streams: false }
    }

    /// For its owner only, and so for regular files only: a pipe has no mode.
    pub const fn secret(what: &'static str) -> Self {
        Self { what, access: Access::Secret, streams: false }
    }
}
