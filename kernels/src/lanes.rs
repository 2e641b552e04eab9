//! Eight 64-bit integers at once, with the multiply-adds of 52 bits that the field arithmetic is written over.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod emulated;

#[cfg(target_arch = "x86_64")]
pub use avx512::{Avx512, Avx512Machine};
pub use emulated::Emulated;

/// Lanes of a vector.
pub const LANES: usize = 8;

/// Bits of a limb: what [`Lanes::madd_low`] and [`Lanes::madd_high`] take of their factors.
pub const LIMB_BITS: u32 = 52;

/// Eight 64-bit integers. All arithmetic is by lane and wraps.
///
/// Everything over this trait must be `#[inline(always)]` and free of closures, up to a function that enables
/// the instructions: what the compiler leaves outside of it is compiled without them.
pub trait Lanes: Copy {
    /// Shows that this machine has the instructions. There is no vector without it.
    type Machine: Copy;

    /// What made this vector possible.
    fn machine(self) -> Self::Machine;

    /// The same value in every lane.
    fn splat(machine: Self::Machine, value: u64) -> Self;

    /// One value a lane.
    fn load(machine: Self::Machine, values: &[u64; LANES]) -> Self;

    /// The value of each lane.
    fn store(self) -> [u64; LANES];

    /// `self + other`.
    fn add(self, other: Self) -> Self;

    /// `self − other`.
    fn sub(self, other: Self) -> Self;

    /// Bitwise.
    fn and(self, other: Self) -> Self;

    /// Bitwise.
    fn or(self, other: Self) -> Self;

    /// Bitwise.
    fn xor(self, other: Self) -> Self;

    /// `⌊self / 2^BITS⌋` of a number with sign.
    fn shift_right<const BITS: u32>(self) -> Self;

    /// `⌊self / 2^BITS⌋` of a number without sign.
    fn shift_right_logical<const BITS: u32>(self) -> Self;

    /// `self · 2^BITS`.
    fn shift_left<const BITS: u32>(self) -> Self;

    /// `self + (a · b mod 2^52)` of the low 52 bits of a and b.
    fn madd_low(self, a: Self, b: Self) -> Self;

    /// `self + ⌊a · b / 2^52⌋` of the low 52 bits of a and b.
    fn madd_high(self, a: Self, b: Self) -> Self;

    /// Vector `w` has in lane `r` the word `rows[r][w]`.
    fn load_transposed(machine: Self::Machine, rows: &[&[u64; LANES]; LANES]) -> [Self; LANES];

    /// Inverse of [`Lanes::load_transposed`]: row `r` is lane `r` of all vectors.
    fn store_transposed(vectors: &[Self; LANES]) -> [[u64; LANES]; LANES];
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn results<L: Lanes>(machine: L::Machine, [a, b, c]: [[u64; LANES]; 3]) -> Vec<[u64; LANES]> {
        let [x, y, z] = [a, b, c].map(|values| L::load(machine, &values));
        let made = [
            x,
            L::splat(z.machine(), a[3]),
            x.add(y),
            x.sub(y),
            x.and(y),
            x.or(y),
            x.xor(y),
            x.shift_right::<52>(),
            x.shift_right::<63>(),
            x.shift_right_logical::<12>(),
            x.shift_left::<40>(),
            z.madd_low(x, y),
            z.madd_high(x, y),
        ];
        made.map(L::store).to_vec()
    }

    fn transposed<L: Lanes>(machine: L::Machine, rows: [[u64; LANES]; LANES]) -> [[[u64; LANES]; LANES]; 2] {
        let vectors = L::load_transposed(machine, &rows.each_ref());
        [vectors.map(L::store), L::store_transposed(&vectors)]
    }

    #[test]
    fn rows_become_lanes_and_rows_again() {
        let rows = core::array::from_fn(|row| core::array::from_fn(|word| (8 * row + word) as u64));
        let [lanes, back] = transposed::<Emulated>((), rows);
        assert_eq!(back, rows);
        assert_eq!(lanes[3], core::array::from_fn(|row| (8 * row + 3) as u64));
        #[cfg(target_arch = "x86_64")]
        match Avx512Machine::detect() {
            Some(machine) => assert_eq!(transposed::<Avx512>(machine, rows), [lanes, back]),
            None => crate::tests::skipped(),
        }
    }

    #[test]
    fn emulation_is_what_it_says() {
        let big = (1 << 52) - 1;
        let lanes = |value: u64| [value; LANES];
        let of = |a, b, c| results::<Emulated>((), [lanes(a), lanes(b), lanes(c)]);
        // (2^52 − 1)² = (2^52 − 2) 2^52 + 1; bits above 52 do not count.
        assert_eq!(of(big, big | 7 << 60, 5)[11..], [lanes(6), lanes((1 << 52) + 3)]);
        assert_eq!(
            of(1 << 63, 0, 0)[7..11],
            [lanes(u64::MAX << 11), lanes(u64::MAX), lanes(1 << 51), lanes(0)]
        );
        assert_eq!(of(3, 5, 0)[2..7], [lanes(8), lanes(u64::MAX - 1), lanes(1), lanes(7), lanes(6)]);
        assert_eq!(of(1 | 1 << 24, 0, 0)[10], lanes(1 << 40));
    }

    #[cfg(target_arch = "x86_64")]
    proptest! {
        #[test]
        fn instructions_do_what_the_emulation_does(values: [[u64; LANES]; 3], limbs: bool) {
            let mask = if limbs { (1 << LIMB_BITS) - 1 } else { u64::MAX };
            let values = values.map(|lanes| lanes.map(|value| value & mask));
            match Avx512Machine::detect() {
                Some(machine) => prop_assert_eq!(
                    results::<Avx512>(machine, values),
                    results::<Emulated>((), values)
                ),
                None => crate::tests::skipped(),
            }
        }
    }
}
