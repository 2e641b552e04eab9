//! The crate's files, made and read in real folders: good and bad input, each refusal asserted by its kind.

mod allotments;
mod beacon;
mod directory;
mod epoch;
mod files;
mod fuzz;
mod keyfile;
mod ledger;
mod policy;
mod registry;
mod sectors;
