#![no_std]
#![forbid(unsafe_code)]
//! TODO-DOC
extern crate alloc;
