//! Why a download failed, and what to do.

use std::io;
use std::path::PathBuf;

use popw_files::FileError;
use popw_network::epoch::directory::DirectoryError;
use thiserror::Error;

use crate::content::tree::BlockError;
use crate::duties::fetch::wire::Stop;
use crate::store::StoreError;
use crate::transport::TransportError;
use crate::wire::FrameError;

/// Why a download failed.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The directory is not the epoch's.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The client's database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The socket.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// No such device.
    #[error("that device is not registered in epoch {0}, or has no usable transport key")]
    NoDevice(u32),
    /// Nothing bought.
    #[error(
        "this client (key and owner) has no allotment{} with that device in epoch {epoch}: see `popw registry \
         add-allotment`; allotments are bought before an epoch", seq.map_or(String::new(), |seq| format!(" {seq}"))
    )]
    NoAllotment {
        /// The epoch.
        epoch: u32,
        /// The number asked for.
        seq: Option<u64>,
    },
    /// More than one allotment.
    #[error("this client has several allotments with that device, {0:?}: choose one with --seq")]
    Several(Vec<u64>),
    /// The client has the device's owner.
    #[error("this client has the device's own owner, whose receipts count for nothing")]
    OwnOwner,
    /// There is a file.
    #[error("{} exists already: choose another file, or --force to replace it", .0.display())]
    Exists(PathBuf),
    /// The file cannot be put where it should be.
    #[error(transparent)]
    Output(FileError),
    /// The system's error on a file.
    #[error("cannot write {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No connection.
    #[error("cannot reach the device: {0}; is it running, and is its address in the directory right?")]
    Unreachable(String),
    /// The device said something else than it should.
    #[error("the device's answer is none: {0}")]
    Frame(#[from] FrameError),
    /// The device refused.
    #[error("the device stopped: {}", .0.explain())]
    Stopped(Stop),
    /// Nothing came for some time.
    #[error("the device says nothing any more; run the same command again to go on")]
    Silent,
    /// The user stopped it.
    #[error("interrupted; run the same command again to go on")]
    Interrupted,
    /// The connection broke.
    #[error("the connection broke after {bytes} bytes ({reason}); run the same command again to go on")]
    Broken {
        /// Bytes of content received until then.
        bytes: u64,
        /// What the transport says.
        reason: String,
    },
    /// The device's content is not what it should be. Nothing was signed for the bytes that are wrong.
    #[error("the device sent something else than the content asked for: {0}")]
    WrongData(#[from] BlockError),
    /// The device's length is not the registry's.
    #[error("the device says that the content has {found} bytes, the registry says {expected}")]
    Size {
        /// The device's.
        found: u64,
        /// The registry's.
        expected: u64,
    },
    /// What an earlier run left is not what it should be.
    #[error("{} was changed since an earlier run; it is removed, run the same command again", .0.display())]
    Changed(PathBuf),
}

impl FetchError {
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
