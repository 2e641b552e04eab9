use core::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_loadu_si512, _mm512_madd52hi_epu64,
    _mm512_madd52lo_epu64, _mm512_or_si512, _mm512_set1_epi64, _mm512_shuffle_i64x2, _mm512_slli_epi64,
    _mm512_srai_epi64, _mm512_srli_epi64, _mm512_storeu_si512, _mm512_sub_epi64, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi64, _mm512_xor_si512,
};

use super::{LANES, Lanes};

/// [`Lanes`] in one register of AVX-512, with the multiply-adds of its IFMA extension.
#[derive(Debug, Clone, Copy)]
pub struct Avx512(__m512i);

/// A machine with AVX-512 F and IFMA; only [`Avx512Machine::detect`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Avx512Machine(());

impl Avx512Machine {
    /// The machine this runs on, if it has the instructions and the system saves their registers.
    pub fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma");
        has.then_some(Self(()))
    }
}

impl Lanes for Avx512 {
    type Machine = Avx512Machine;

    #[inline(always)]
    fn machine(self) -> Avx512Machine {
        Avx512Machine(())
    }

    #[inline(always)]
    fn splat(_: Avx512Machine, value: u64) -> Self {
        // SAFETY: an `Avx512Machine` exists only where `detect` found AVX-512 F.
        Self(unsafe { _mm512_set1_epi64(value.cast_signed()) })
    }

    #[inline(always)]
    fn load(_: Avx512Machine, values: &[u64; LANES]) -> Self {
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

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: as in `add`.
        Self(unsafe { _mm512_or_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: as in `add`.
        Self(unsafe { _mm512_xor_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn shift_right_logical<const BITS: u32>(self) -> Self {
        // SAFETY: as in `add`.
        Self(unsafe { _mm512_srli_epi64::<BITS>(self.0) })
    }

    #[inline(always)]
    fn shift_left<const BITS: u32>(self) -> Self {
        // SAFETY: as in `add`.
        Self(unsafe { _mm512_slli_epi64::<BITS>(self.0) })
    }

    #[inline(always)]
    fn load_transposed(machine: Avx512Machine, rows: &[&[u64; LANES]; LANES]) -> [Self; LANES] {
        let mut loaded = [Self::splat(machine, 0); LANES];
        for (vector, row) in loaded.iter_mut().zip(rows) {
            *vector = Self::load(machine, row);
        }
        transpose(&loaded)
    }

    #[inline(always)]
    fn store_transposed(vectors: &[Self; LANES]) -> [[u64; LANES]; LANES] {
        let rows = transpose(vectors);
        let mut words = [[0; LANES]; LANES];
        for (words, row) in words.iter_mut().zip(rows) {
            *words = row.store();
        }
        words
    }
}

/// Rows of eight words to columns of eight words: pairs of words, then pairs of pairs, then halves.
#[inline(always)]
fn transpose(rows: &[Avx512; LANES]) -> [Avx512; LANES] {
    // Two rows to the pairs of their even and of their odd words.
    let [a, b, c, d, e, f, g, h] = *rows;
    let (ab, ab_odd) = (unpack_low(a, b), unpack_high(a, b));
    let (cd, cd_odd) = (unpack_low(c, d), unpack_high(c, d));
    let (ef, ef_odd) = (unpack_low(e, f), unpack_high(e, f));
    let (gh, gh_odd) = (unpack_low(g, h), unpack_high(g, h));
    let [w0, w2, w4, w6] = transpose_pairs(ab, cd, ef, gh);
    let [w1, w3, w5, w7] = transpose_pairs(ab_odd, cd_odd, ef_odd, gh_odd);
    [w0, w1, w2, w3, w4, w5, w6, w7]
}

/// The same of four rows of four pairs.
#[inline(always)]
fn transpose_pairs(a: Avx512, b: Avx512, c: Avx512, d: Avx512) -> [Avx512; 4] {
    // Selectors, two bits each from the right: two pairs of the first vector, two of the second.
    let (ab_even, ab_odd) = (shuffle::<0b10_00_10_00>(a, b), shuffle::<0b11_01_11_01>(a, b));
    let (cd_even, cd_odd) = (shuffle::<0b10_00_10_00>(c, d), shuffle::<0b11_01_11_01>(c, d));
    [
        shuffle::<0b10_00_10_00>(ab_even, cd_even),
        shuffle::<0b10_00_10_00>(ab_odd, cd_odd),
        shuffle::<0b11_01_11_01>(ab_even, cd_even),
        shuffle::<0b11_01_11_01>(ab_odd, cd_odd),
    ]
}

#[inline(always)]
fn unpack_low(a: Avx512, b: Avx512) -> Avx512 {
    // SAFETY: a vector is made from a machine that `detect` found to have AVX-512 F.
    Avx512(unsafe { _mm512_unpacklo_epi64(a.0, b.0) })
}

#[inline(always)]
fn unpack_high(a: Avx512, b: Avx512) -> Avx512 {
    // SAFETY: as in `unpack_low`.
    Avx512(unsafe { _mm512_unpackhi_epi64(a.0, b.0) })
}

#[inline(always)]
fn shuffle<const SELECTORS: i32>(a: Avx512, b: Avx512) -> Avx512 {
    // SAFETY: as in `unpack_low`.
    Avx512(unsafe { _mm512_shuffle_i64x2::<SELECTORS>(a.0, b.0) })
}
