//! Contracts written from keys.

mod contracts;
mod halo2;
