use core::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_loadu_si512, _mm512_madd52hi_epu64,
    _mm512_madd52lo_epu64, _mm512_set1_epi64, _mm512_srai_epi64, _mm512_storeu_si512, _mm512_sub_epi64,
};

use super::{LANES, Lanes};

/// [`Lanes`] in one register of AVX-512, with the multiply-adds of its IFMA extension.
#[derive(Debug, Clone, Copy)]
pub struct Ifma(__m512i);

/// A machine with AVX-512 F and IFMA; only [`IfmaMachine::detect`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct IfmaMachine(());

impl IfmaMachine {
    /// The machine this runs on, if it has the instructions and the system saves their registers.
    pub fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma");
        has.then_some(Self(()))
    }
}

impl Lanes for Ifma {
    type Machine = IfmaMachine;

    #[inline(always)]
    fn machine(self) -> IfmaMachine {
        IfmaMachine(())
    }

    #[inline(always)]
    fn splat(_: IfmaMachine, value: u64) -> Self {
        // SAFETY: an `IfmaMachine` exists only where `detect` found AVX-512 F.
        Self(unsafe { _mm512_set1_epi64(value.cast_signed()) })
    }

    #[inline(always)]
    fn load(_: IfmaMachine, values: &[u64; LANES]) -> Self {
        // SAFETY: as in `splat`; the reference covers the 64 bytes that are read, and alignment is not needed.
        Self(unsafe { _mm512_loadu_si512(values.as_ptr().cast()) })
    }

    #[inline(always)]
    fn store(self) -> [u64; LANES] {
        let mut values = [0; LANES];
        // SAFETY: as in `splat`, for `self` was made from a machine; `values` are the 64 bytes written.
        unsafe { _mm512_storeu_si512(values.as_mut_ptr().cast(), self.0) };
        values
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: a vector is made from a machine that `detect` found to have AVX-512 F.
        Self(unsafe { _mm512_add_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        // SAFETY: as in `add`.
        Self(unsafe { _mm512_sub_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: as in `add`.
        Self(unsafe { _mm512_and_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn shift_right<const BITS: u32>(self) -> Self {
        // SAFETY: as in `add`.
        Self(unsafe { _mm512_srai_epi64::<BITS>(self.0) })
    }

    #[inline(always)]
    fn madd_low(self, a: Self, b: Self) -> Self {
        // SAFETY: as in `add`; `detect` asks for IFMA too.
        Self(unsafe { _mm512_madd52lo_epu64(self.0, a.0, b.0) })
    }

    #[inline(always)]
    fn madd_high(self, a: Self, b: Self) -> Self {
        // SAFETY: as in `madd_low`.
        Self(unsafe { _mm512_madd52hi_epu64(self.0, a.0, b.0) })
    }
}
