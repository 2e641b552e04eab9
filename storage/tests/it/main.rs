//! Sectors in real folders, made and read by real processes: good input and bad, each refusal asserted by its kind.

mod audit;
mod common;
mod crash;
mod files;
mod folder;
mod full;
mod fuzz;
mod ingest;
mod processes;
mod rebuild;
mod repair;
mod scrub;
