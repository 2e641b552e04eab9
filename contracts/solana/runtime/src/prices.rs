//! Compute units that a validator charges, besides one for each instruction.
//!
//! Source: agave, `program-runtime/src/execution_budget.rs` (`SVMTransactionExecutionCost::default`); how they add up:
//! `syscalls/src/lib.rs` (`SyscallAltBn128`) and `syscalls/src/mem_ops.rs` (`mem_op_consume`).

/// A sum in G1 (`alt_bn128_addition_cost`).
pub const ADD: u64 = 334;
/// A product in G1 (`alt_bn128_multiplication_cost`).
pub const MULTIPLY: u64 = 3_840;
/// The first pairing (`alt_bn128_pairing_one_pair_cost_first`).
pub const PAIRING_FIRST: u64 = 36_364;
/// Each further pairing (`alt_bn128_pairing_one_pair_cost_other`).
pub const PAIRING_OTHER: u64 = 12_121;
/// Once for pairings (`sha256_base_cost`), beside one unit for each byte in and out.
pub const PAIRING_BASE: u64 = 85;
/// Copying memory, at least (`mem_op_base_cost`).
pub const COPY: u64 = 10;
/// Bytes copied for a unit (`cpi_bytes_per_unit`).
pub const COPY_BYTES: u64 = 250;
/// An instruction's units unless a transaction asks for others (`DEFAULT_INSTRUCTION_COMPUTE_UNIT_LIMIT`).
pub const DEFAULT_LIMIT: u64 = 200_000;

/// Pairings of `bytes` bytes of pairs.
pub const fn pairing(bytes: u64) -> u64 {
    let others = (bytes / 192).saturating_sub(1);
    PAIRING_FIRST + PAIRING_OTHER * others + PAIRING_BASE + bytes + 32
}

/// A copy of `bytes` bytes.
pub const fn copy(bytes: u64) -> u64 {
    let units = bytes / COPY_BYTES;
    if units > COPY { units } else { COPY }
}
