//! The generator of Poseidon's parameters: an 80-bit LFSR in self-shrinking mode (Poseidon paper, appendix F,
//! after Grain; `generate_parameters_grain.sage` of its reference implementation).

use ark_ff::{BigInt, BigInteger, PrimeField};

use crate::{Fr, field};

/// The generator's state. Bit 0 is the oldest bit.
pub struct Grain(u128);

/// Bits of a field element.
const FIELD_BITS: u32 = 254;
/// Bits of the register.
const REGISTER: u32 = 80;

impl Grain {
    /// The generator for a prime field of 254 bits with a power map as S-box.
    pub fn new(width: usize, full_rounds: usize, partial_rounds: usize) -> Self {
        let mut grain = Self(0);
        let mut filled = 0;
        let mut fill = |value: u128, bits: u32| {
            for i in (0..bits).rev() {
                grain.0 |= (value >> i & 1) << filled;
                filled += 1;
            }
        };
        fill(1, 2); // prime field
        fill(0, 4); // S-box x^α
        fill(u128::from(FIELD_BITS), 12);
        fill(width as u128, 12);
        fill(full_rounds as u128, 10);
        fill(partial_rounds as u128, 10);
        fill((1 << 30) - 1, 30);
        for _ in 0..160 {
            grain.step();
        }
        grain
    }

    /// The next element, uniform by rejection.
    pub fn uniform(&mut self) -> Fr {
        loop {
            if let Some(element) = Fr::from_bigint(self.integer()) {
                return element;
            }
        }
    }

    /// The next integer, reduced.
    pub fn reduced(&mut self) -> Fr {
        let BigInt(words) = self.integer();
        field::from_words(words)
    }

    /// The next 254 bits, most significant first.
    fn integer(&mut self) -> BigInt<4> {
        let mut integer = BigInt::default();
        for _ in 0..FIELD_BITS {
            integer.mul2();
            integer.0[0] |= self.bit();
        }
        integer
    }

    /// The second bit of the next pair whose first bit is 1.
    fn bit(&mut self) -> u64 {
        loop {
            let keep = self.step();
            let bit = self.step();
            if keep == 1 {
                return bit;
            }
        }
    }

    fn step(&mut self) -> u64 {
        let state = self.0;
        let bit = (state >> 62 ^ state >> 51 ^ state >> 38 ^ state >> 23 ^ state >> 13 ^ state) & 1;
        self.0 = state >> 1 | bit << (REGISTER - 1);
        bit as u64
    }
}
