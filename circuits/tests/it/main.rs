//! Gadgets and claims on every driver. One binary, so that what the tests share is compiled once.

mod attempted;
mod common;
mod forgeries;

mod claims_clauses;
mod claims_systems;
mod claims_unique;
mod claims_whole;
mod gadget_eddsa;
mod gadget_edwards;
mod gadget_key;
mod gadget_storage;
mod gadgets;
mod mutation;
mod plonkish;
