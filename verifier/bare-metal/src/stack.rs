//! How much of the stack was ever used: it is painted first, and what is no longer painted has been used.

use core::ptr;

use cortex_m::{peripheral::MPU, register::msp};

const PAINT: u32 = 0xa5c3_5a3c;
/// Bytes below the stack pointer that painting leaves alone: its own frame.
const MARGIN: usize = 256;
/// The guard's size: a power of two that divides the stack's floor.
const GUARD_BYTES: usize = 1 << 26;

unsafe extern "C" {
    static _stack_start: u32;
    static _stack_end: u32;
}

fn top() -> usize {
    ptr::addr_of!(_stack_start) as usize
}

fn floor() -> usize {
    ptr::addr_of!(_stack_end) as usize
}

/// Forbids every access to the 64 MiB below the stack, so that pushing too much ends the program at once. (QEMU lets
/// this board read and write where there is no memory.)
pub fn guard(mpu: &MPU) {
    let base = floor() - GUARD_BYTES;
    // SAFETY: nothing is mapped there; everything else keeps the default rules (PRIVDEFENA).
    unsafe {
        mpu.rnr.write(0);
        mpu.rbar.write(base as u32);
        // No access (AP = 0), never executed (XN), size 2^(25 + 1), enabled (Armv7-M manual, B3.5.9).
        mpu.rasr.write(1 << 28 | 25 << 1 | 1);
        mpu.ctrl.write(1 << 2 | 1);
    }
    cortex_m::asm::dsb();
    cortex_m::asm::isb();
}

/// Bytes there are.
pub fn size() -> usize {
    top() - floor()
}

/// Paints everything below the caller.
#[inline(never)]
pub fn paint() {
    let end = msp::read() as usize - MARGIN;
    for address in (floor()..end).step_by(4) {
        // SAFETY: between the stack's floor and the stack pointer lies memory that nothing refers to; the margin
        // keeps this function's own frame.
        unsafe { ptr::write_volatile(address as *mut u32, PAINT) };
    }
}

/// Bytes used since [`paint`], counted from the top of the stack.
pub fn used() -> usize {
    let untouched = (floor()..top()).step_by(4).take_while(|address| {
        // SAFETY: the whole stack is readable memory, whatever it holds.
        unsafe { ptr::read_volatile(*address as *const u32) == PAINT }
    });
    size() - untouched.count() * 4
}

/// Pushes a kibibyte again and again, until there is no room.
#[inline(never)]
#[expect(unconditional_recursion, reason = "the machine ends it")]
pub fn overflow(depth: usize) -> usize {
    let frame = core::hint::black_box([depth; 256]);
    overflow(depth + 1) + frame[depth % 256]
}
