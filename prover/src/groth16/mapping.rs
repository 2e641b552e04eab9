//! The only `unsafe` of the key file: mapping it, saying so if it is cut short meanwhile, and viewing its bytes as numbers and
//! points.

#[cfg(target_os = "linux")]
use std::sync::OnceLock;
use std::{fs::File, io, mem};

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine, g1, g2};
use ark_ec::short_weierstrass::Affine;
use memmap2::Mmap;

/// A key file, or a file of other software, mapped read-only into memory.
#[derive(Debug)]
pub(super) struct Mapping(Mmap);

impl Mapping {
    /// Maps `file`.
    ///
    /// # Errors
    /// What the operating system reports, for instance for an empty file.
    pub(super) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: the mapping is private and read-only. Key files are replaced by renaming, never written in
        // place, and setup refuses to share its unfinished file; who nevertheless truncates or rewrites the
        // file under a running prover owns the key and can at worst end that prover (every index read from
        // the mapping is bounds-checked where it is used, and all bit patterns are valid for every type the
        // bytes are viewed as); see `end_on_truncation`.
        unsafe { Mmap::map(file) }.map(Self)
    }

    /// The same of a file that exists in memory only.
    #[cfg(feature = "fuzz")]
    pub(super) fn copy(bytes: &[u8]) -> io::Result<Self> {
        let mut memory = memmap2::MmapMut::map_anon(bytes.len())?;
        memory.copy_from_slice(bytes);
        memory.make_read_only().map(Self)
    }

    /// All bytes of the file.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What a process says whose mapped file was cut short.
#[cfg(target_os = "linux")]
static MESSAGE: OnceLock<&'static str> = OnceLock::new();

/// From now on, a file that is cut short while it is mapped is an error: the process says `message` on stderr and ends with exit
/// code 1, where it would be killed by SIGBUS without a word. A mapping costs no copy of a key of gigabytes, and
/// nothing but this signal tells that its file has become shorter.
///
/// # Errors
/// The system's.
#[cfg(target_os = "linux")]
pub fn end_on_truncation(message: &'static str) -> io::Result<()> {
    extern "C" fn end(_: libc::c_int) {
        let message = MESSAGE.get().copied().unwrap_or_default();
        // SAFETY: both may be called in a signal's handler, and the bytes are a string's that lives for ever.
        unsafe {
            libc::write(libc::STDERR_FILENO, message.as_ptr().cast(), message.len());
            libc::_exit(1)
        }
    }
    let _ = MESSAGE.set(message);
    // SAFETY: zeros are a valid action (no flags, nothing masked), and `end` takes what a handler without flags is given.
    let installed = unsafe {
        let mut action: libc::sigaction = mem::zeroed();
        action.sa_sigaction = end as *const () as libc::sighandler_t;
        libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut())
    };
    if installed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Types whose memory is exactly their little-endian encoding in the key file.
///
/// # Safety
/// Every bit pattern is a valid value, there is no padding, and on a little-endian machine the bytes in
/// memory are the bytes of the format.
pub(super) unsafe trait Plain: Copy + Sync {}

// SAFETY: plain integers.
unsafe impl Plain for u32 {}
// SAFETY: an array of integers.
unsafe impl Plain for [u32; 2] {}
// SAFETY: four Montgomery limbs, least significant first: the whole size is taken by the one limb array, and
// the type keeps no further validity rule that `unsafe` code could rely on (see the assertions below).
unsafe impl Plain for Fr {}
// SAFETY: x then y, nothing else (see the assertions below); infinity is (0, 0), not a separate flag.
unsafe impl Plain for Affine<g1::Config> {}
// SAFETY: x.c0, x.c1, y.c0, y.c1, nothing else (see the assertions below).
unsafe impl Plain for Affine<g2::Config> {}

// The compiler may lay out types of other crates as it likes: check that it chose the layout of the format.
const _: () = {
    assert!(mem::size_of::<Fr>() == 32 && mem::size_of::<Fq>() == 32);
    assert!(mem::align_of::<Fr>() == 8 && mem::align_of::<Fq>() == 8);
    assert!(mem::size_of::<G1Affine>() == 64 && mem::align_of::<G1Affine>() == 8);
    assert!(mem::offset_of!(G1Affine, x) == 0 && mem::offset_of!(G1Affine, y) == 32);
    assert!(mem::size_of::<Fq2>() == 64);
    assert!(mem::offset_of!(Fq2, c0) == 0 && mem::offset_of!(Fq2, c1) == 32);
    assert!(mem::size_of::<G2Affine>() == 128 && mem::align_of::<G2Affine>() == 8);
    assert!(mem::offset_of!(G2Affine, x) == 0 && mem::offset_of!(G2Affine, y) == 64);
};

/// Views `bytes` as values; `None` if their length or alignment does not fit or the machine is big-endian.
pub(super) fn view<T: Plain>(bytes: &[u8]) -> Option<&[T]> {
    let fits = bytes.len().is_multiple_of(mem::size_of::<T>())
        && bytes.as_ptr().addr().is_multiple_of(mem::align_of::<T>());
    if !fits || cfg!(target_endian = "big") {
        return None;
    }
    let count = bytes.len() / mem::size_of::<T>();
    // SAFETY: `T: Plain` accepts every bit pattern; the pointer is aligned and `count` values lie within
    // `bytes`, whose lifetime the result takes over.
    Some(unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), count) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::AffineRepr;

    #[repr(align(64))]
    struct Aligned([u8; 192]);

    #[test]
    fn limbs_are_read_least_significant_first() {
        let point = G1Affine::generator();
        let mut bytes = Aligned([0; 192]);
        for (slot, limb) in bytes.0.chunks_exact_mut(8).zip(point.x.0.0.iter().chain(&point.y.0.0)) {
            slot.copy_from_slice(&limb.to_le_bytes());
        }
        assert_eq!(view::<G1Affine>(&bytes.0[..64]).unwrap(), [point]);
        assert!(view::<G1Affine>(&bytes.0[64..128]).unwrap()[0].is_zero());
    }

    #[test]
    fn odd_lengths_and_addresses_are_refused() {
        let bytes = Aligned([0; 192]);
        assert!(view::<G1Affine>(&bytes.0[..63]).is_none());
        assert!(view::<G2Affine>(&bytes.0[4..132]).is_none());
        assert!(view::<u32>(&bytes.0[1..5]).is_none());
        assert_eq!(view::<G2Affine>(&bytes.0[..0]).unwrap().len(), 0);
    }
}
