//! The command as a process.

#[cfg(unix)]
mod cancel;
mod foreign;
mod network;
#[cfg(unix)]
mod storage;
