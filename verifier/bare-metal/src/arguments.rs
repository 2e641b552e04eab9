//! The line of arguments from the machine that started this one.

use cortex_m_semihosting::syscall1;

use crate::stack;

const SYS_GET_CMDLINE: usize = 0x15;
const LONGEST: usize = 128;

/// What was asked for.
pub struct Arguments {
    /// The most bytes of stack that pass.
    pub stack: usize,
    /// Expect a wrong verdict first.
    pub spoil: bool,
    /// Run the first key's first proof only.
    pub first: bool,
    /// Use more stack than there is.
    pub overflow: bool,
}

/// Reads the line; words it does not know are refused.
pub fn read() -> Arguments {
    let mut arguments = Arguments { stack: stack::size(), spoil: false, first: false, overflow: false };
    let mut line = [0u8; LONGEST];
    let mut block = [line.as_mut_ptr() as usize, LONGEST];
    // SAFETY: the call's block is a buffer and its length (Arm IHI 0100, SYS_GET_CMDLINE).
    let failed = unsafe { syscall1(SYS_GET_CMDLINE, block.as_mut_ptr() as usize) } != 0;
    let length = if failed { 0 } else { block[1].min(LONGEST) };
    let line = core::str::from_utf8(&line[..length]).expect("arguments are UTF-8");
    // The first word is the image's name.
    for word in line.trim_end_matches('\0').split_whitespace().skip(1) {
        match word.split_once('=') {
            Some(("stack", bytes)) => {
                arguments.stack = bytes.parse().expect("stack= takes a number of bytes")
            }
            None if word == "spoil" => arguments.spoil = true,
            None if word == "first" => arguments.first = true,
            None if word == "overflow" => arguments.overflow = true,
            _ => panic!("unknown argument {word}; there are stack=BYTES, first, spoil and overflow"),
        }
    }
    arguments
}
