//! Where the runtime enters the program.

use core::{panic::PanicInfo, slice};

use solana_define_syscall::definitions::abort;

use crate::{Error, verify};

include!(concat!(env!("OUT_DIR"), "/key.rs"));

/// Gives 0 when the proof holds, else the number of a custom program error.
///
/// # Safety
/// `input` is what the loader passes: the number of accounts (8 bytes, little-endian), the accounts, the length of the
/// instruction data (8 bytes), the data, the program's address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn entrypoint(input: *const u8) -> u64 {
    // SAFETY: the caller's promise; with no accounts the length comes second.
    let data = unsafe {
        if input.cast::<u64>().read() != 0 {
            return u64::from(Error::Accounts.number());
        }
        let length = input.add(8).cast::<u64>().read();
        slice::from_raw_parts(input.add(16), length as usize)
    };
    match process(data) {
        Ok(()) => 0,
        Err(error) => u64::from(error.number()),
    }
}

fn process(data: &[u8]) -> Result<(), Error> {
    let (count, rest) = data.split_first().ok_or(Error::Truncated)?;
    let (inputs, proof) = rest.split_at_checked(32 * usize::from(*count)).ok_or(Error::Truncated)?;
    verify(&KEY, inputs.as_chunks().0, proof)
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: ends the program.
    unsafe { abort() }
}
