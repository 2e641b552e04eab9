//! Instructions executed.
//!
//! QEMU under `-icount shift=0` lets one nanosecond pass with each instruction; the board's timer ticks at 25 MHz, so once
//! in 40 instructions. Without `-icount` the figures are wall-clock time and mean nothing.

use core::ptr;

/// TIMER0 of the board, an Arm CMSDK timer: control, value, reload.
const TIMER: *mut u32 = 0x4000_0000 as *mut u32;
const INSTRUCTIONS_PER_TICK: u64 = 40;

/// Lets the timer count down from its largest value.
pub fn start() {
    // SAFETY: the board has the timer's registers there (Arm DAI 0386), and nothing else uses them.
    unsafe {
        ptr::write_volatile(TIMER.add(2), u32::MAX);
        ptr::write_volatile(TIMER.add(1), u32::MAX);
        ptr::write_volatile(TIMER, 1);
    }
}

fn ticks() -> u32 {
    // SAFETY: as above.
    u32::MAX - unsafe { ptr::read_volatile(TIMER.add(1)) }
}

/// What `work` gives and how many instructions it took: up to 170 thousand million.
pub fn measure<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = ticks();
    let result = work();
    (result, u64::from(ticks().wrapping_sub(before)) * INSTRUCTIONS_PER_TICK)
}
