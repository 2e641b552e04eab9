#![forbid(unsafe_code)]
//! A popw network's files: the policy everyone shares, key files, the registry, epochs, beacons, and the ledger
//! of spent nullifiers. It has no sockets and asks for no time: moments are given by the caller.
//!
//! - [`policy`]: `network.toml` and the network's clock.
//! - [`keyfile`]: a member's keys under a passphrase.
//! - [`registry`]: who is a member, from which epoch to which, with a proof that they hold their key.
//! - [`epoch`]: the snapshot of an epoch: roots, rules, beacons; and the directory the daemons work from.
//! - [`beacon`]: drand rounds and other sources of randomness.
//! - [`ledger`]: which claims were paid.
//! - [`files`], [`database`]: how all of them reach the disk.
//! - [`fuzz`]: every parser as a function over bytes.

pub mod beacon;
pub mod database;
pub mod epoch;
pub mod files;
pub mod fuzz;
pub mod keyfile;
pub mod ledger;
pub mod member;
pub mod policy;
pub mod registry;
