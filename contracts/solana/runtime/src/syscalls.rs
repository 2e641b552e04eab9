//! The system calls that the program uses.
//!
//! Each does what agave's does (`syscalls/src/lib.rs`, `SyscallAltBn128`): charge, translate addresses, call the same
//! function of `solana-bn254`, and give 1 where that fails. Operations that the program does not use end it.

use std::{error::Error, slice};

use solana_bn254::versioned::{
    ALT_BN128_G1_ADD_BE, ALT_BN128_G1_MUL_BE, ALT_BN128_PAIRING_BE, Endianness, VersionedG1Addition,
    VersionedG1Multiplication, VersionedPairing, alt_bn128_versioned_g1_addition,
    alt_bn128_versioned_g1_multiplication, alt_bn128_versioned_pairing,
};
use solana_sbpf::{
    declare_builtin_function,
    elf::ElfError,
    error::{EbpfError, ProgramResult},
    memory_region::AccessType,
    program::{BuiltinFunctionDefinition as _, BuiltinProgram},
    vm::ContextObject as _,
};

use crate::{Meter, prices};

type Failed = Box<dyn Error>;

pub(crate) fn register(loader: &mut BuiltinProgram<Meter>) -> Result<(), ElfError> {
    CurveOperation::register(loader, "sol_alt_bn128_group_op")?;
    Copy::register(loader, "sol_memcpy_")?;
    Abort::register(loader, "abort")
}

impl Meter {
    fn charge(&mut self, units: u64) -> Result<(), Failed> {
        let short = self.get_remaining() < units;
        self.consume(units);
        if short { Err(EbpfError::ExceededMaxInstructions.into()) } else { Ok(()) }
    }

    fn address(&self, access: AccessType, address: u64, length: u64) -> Result<*mut u8, Failed> {
        match self.memory.map(access, address, length) {
            ProgramResult::Ok(host) => Ok(host as *mut u8),
            ProgramResult::Err(error) => Err(error.into()),
        }
    }

    fn read(&self, address: u64, length: u64) -> Result<Vec<u8>, Failed> {
        let host = self.address(AccessType::Load, address, length)?;
        // SAFETY: the mapping has found `length` readable bytes there.
        Ok(unsafe { slice::from_raw_parts(host, length as usize) }.to_vec())
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Failed> {
        let host = self.address(AccessType::Store, address, bytes.len() as u64)?;
        // SAFETY: the mapping has found as many writable bytes there, and nothing else refers to them.
        unsafe { slice::from_raw_parts_mut(host, bytes.len()) }.copy_from_slice(bytes);
        Ok(())
    }
}

declare_builtin_function!(
    /// `sol_alt_bn128_group_op(operation, input, length, result)`.
    CurveOperation,
    fn rust(
        meter: &mut Meter,
        operation: u64,
        input: u64,
        length: u64,
        result: u64,
        _unused: u64,
    ) -> Result<u64, Failed> {
        let (price, output) = match operation {
            ALT_BN128_G1_ADD_BE => (prices::ADD, 64),
            ALT_BN128_G1_MUL_BE => (prices::MULTIPLY, 64),
            ALT_BN128_PAIRING_BE => (prices::pairing(length), 32),
            _ => return Err(format!("curve operation {operation} is not offered here").into()),
        };
        meter.charge(price)?;
        meter.address(AccessType::Store, result, output)?;
        let input = meter.read(input, length)?;
        let done = match operation {
            ALT_BN128_G1_ADD_BE => {
                alt_bn128_versioned_g1_addition(VersionedG1Addition::V0, &input, Endianness::BE)
            }
            ALT_BN128_G1_MUL_BE => {
                alt_bn128_versioned_g1_multiplication(VersionedG1Multiplication::V1, &input, Endianness::BE)
            }
            _ => alt_bn128_versioned_pairing(VersionedPairing::V1, &input, Endianness::BE),
        };
        match done {
            Ok(bytes) => meter.write(result, &bytes).map(|()| 0),
            Err(_) => Ok(1),
        }
    }
);

declare_builtin_function!(
    /// `sol_memcpy_(to, from, length)`.
    Copy,
    fn rust(
        meter: &mut Meter,
        to: u64,
        from: u64,
        length: u64,
        _unused: u64,
        _unused_too: u64,
    ) -> Result<u64, Failed> {
        meter.charge(prices::copy(length))?;
        if to.abs_diff(from) < length {
            return Err("a copy onto itself".into());
        }
        let bytes = meter.read(from, length)?;
        meter.write(to, &bytes).map(|()| 0)
    }
);

declare_builtin_function!(
    /// `abort()`.
    Abort,
    fn rust(
        _meter: &mut Meter,
        _1: u64,
        _2: u64,
        _3: u64,
        _4: u64,
        _5: u64,
    ) -> Result<u64, Failed> {
        Err("aborted".into())
    }
);
