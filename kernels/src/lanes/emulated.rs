use super::{LANES, LIMB_BITS, Lanes};

/// [`Lanes`] on any machine: slow, to run the kernels' logic where the instructions are missing. Nothing is
/// inlined, for there would be too much to compile.
#[derive(Debug, Clone, Copy)]
pub struct Emulated([u64; LANES]);

const LOW: u64 = (1 << LIMB_BITS) - 1;

fn product(a: u64, b: u64) -> u128 {
    u128::from(a & LOW) * u128::from(b & LOW)
}

impl Emulated {
    #[inline(always)]
    fn zip(mut self, other: Self, op: impl Fn(u64, u64) -> u64) -> Self {
        for (value, other) in self.0.iter_mut().zip(other.0) {
            *value = op(*value, other);
        }
        self
    }
}

impl Lanes for Emulated {
    type Machine = ();

    fn machine(self) {}

    fn splat((): (), value: u64) -> Self {
        Self([value; LANES])
    }

    fn load((): (), values: &[u64; LANES]) -> Self {
        Self(*values)
    }

    fn store(self) -> [u64; LANES] {
        self.0
    }

    #[inline(never)]
    fn add(self, other: Self) -> Self {
        self.zip(other, u64::wrapping_add)
    }

    #[inline(never)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, u64::wrapping_sub)
    }

    #[inline(never)]
    fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    #[inline(never)]
    fn or(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    #[inline(never)]
    fn xor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    #[inline(never)]
    fn shift_right_logical<const BITS: u32>(self) -> Self {
        Self(self.0.map(|value| value >> BITS))
    }

    #[inline(never)]
    fn shift_left<const BITS: u32>(self) -> Self {
        Self(self.0.map(|value| value << BITS))
    }

    fn load_transposed((): (), rows: &[&[u64; LANES]; LANES]) -> [Self; LANES] {
        core::array::from_fn(|word| Self(rows.map(|row| row[word])))
    }

    fn store_transposed(vectors: &[Self; LANES]) -> [[u64; LANES]; LANES] {
        core::array::from_fn(|lane| vectors.map(|vector| vector.0[lane]))
    }

    #[inline(never)]
    fn shift_right<const BITS: u32>(self) -> Self {
        Self(self.0.map(|value| (value.cast_signed() >> BITS).cast_unsigned()))
    }

    #[inline(never)]
    fn madd_low(self, a: Self, b: Self) -> Self {
        self.zip(a.zip(b, |a, b| product(a, b) as u64 & LOW), u64::wrapping_add)
    }

    #[inline(never)]
    fn madd_high(self, a: Self, b: Self) -> Self {
        self.zip(a.zip(b, |a, b| (product(a, b) >> LIMB_BITS) as u64), u64::wrapping_add)
    }
}
