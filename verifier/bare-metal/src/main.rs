//! Verifies every proof of the corpus on a Cortex-M4 without an operating system, and measures stack, heap and
//! instructions.
//!
//! The image reads one line of arguments from the machine that started it (semihosting): `stack=BYTES`, the most
//! stack that passes (default all there is). It ends with failure when a verdict is not the expected one or more stack
//! was used. That it would is shown with `spoil`, which turns the first verdict expected into another, and `overflow`,
//! which pushes more than there is room for; `first` runs one proof only.
#![no_std]
#![no_main]

extern crate alloc;

mod arguments;
mod clock;
mod corpus;
mod heap;
mod run;
mod stack;

use core::panic::PanicInfo;

use cortex_m_rt::{ExceptionFrame, entry, exception};
use cortex_m_semihosting::{debug, hprintln};

#[entry]
fn main() -> ! {
    let core = cortex_m::Peripherals::take().expect("taken once");
    stack::guard(&core.MPU);
    stack::paint();
    heap::start();
    clock::start();
    let arguments = arguments::read();
    if arguments.overflow {
        stack::overflow(1);
    }
    let passed = run::run(&arguments);
    debug::exit(if passed { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    halt()
}

/// A fault, other than one of the stack: that leaves no room to come here, and the processor locks up.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    hprintln!("fault at {:#010x}; stack pointer {:#010x}", frame.pc(), core::ptr::from_ref(frame) as usize);
    debug::exit(debug::EXIT_FAILURE);
    halt()
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    debug::exit(debug::EXIT_FAILURE);
    halt()
}

fn halt() -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}
