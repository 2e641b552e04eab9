//! halo2's raw form of a proving key, looked at before halo2 reads it: its reader takes every length on trust, allocates
//! what it says and panics where bytes are missing.
//!
//! Version (1), k (4, little-endian), selector compression (1), number of fixed columns (4, little-endian), their
//! commitments, those of the permutation; then polynomials, each with its length (4, big-endian): l₀, l_last, l_active, and
//! four lists, each with its number (4, big-endian): fixed columns by values and by coefficients, permutations likewise.
//! Numbers are four limbs, least significant first, in Montgomery form.

use ark_bn254::{Fq, Fr};
use ark_ff::{BigInt, PrimeField};
use popw_verifier::halo2::Key;
use rayon::prelude::*;

const VERSION: u8 = 2;
const NUMBER: usize = 32;

/// Checks that `raw` is as long as a proving key of `key` is, says so itself everywhere, and that every number is below
/// its modulus.
///
/// # Errors
/// What is wrong.
pub(super) fn check(raw: &[u8], key: &Key) -> Result<(), &'static str> {
    let d = key.description();
    let (fixed, permuted) = (d.fixed.len(), d.permutation.len());
    let mut rest = Rest(raw);
    rest.expect(&[VERSION], "another version of halo2")?;
    rest.expect(&u32::from(d.k).to_le_bytes(), "k is not the verifying key's")?;
    rest.expect(&[0], "compressed selectors")?;
    const COUNT: &str = "not as many columns or rows as the verifying key has";
    rest.expect(&(fixed as u32).to_le_bytes(), COUNT)?;
    rest.numbers(2 * (fixed + permuted), Fq::MODULUS)?;
    let rows = 1usize << d.k;
    let polynomial = |rest: &mut Rest<'_>| {
        rest.expect(&(rows as u32).to_be_bytes(), COUNT)?;
        rest.numbers(rows, Fr::MODULUS)
    };
    (0..3).try_for_each(|_| polynomial(&mut rest))?;
    for columns in [fixed, fixed, permuted, permuted] {
        rest.expect(&(columns as u32).to_be_bytes(), COUNT)?;
        (0..columns).try_for_each(|_| polynomial(&mut rest))?;
    }
    if rest.0.is_empty() { Ok(()) } else { Err("bytes after its end") }
}

struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn expect(&mut self, bytes: &[u8], otherwise: &'static str) -> Result<(), &'static str> {
        self.0 = self.0.strip_prefix(bytes).ok_or(otherwise)?;
        Ok(())
    }

    fn numbers(&mut self, count: usize, modulus: BigInt<4>) -> Result<(), &'static str> {
        let (numbers, rest) = self.0.split_at_checked(NUMBER * count).ok_or("cut short")?;
        self.0 = rest;
        let below = |number: &[u8]| {
            let mut limbs = [0; 4];
            for (limb, bytes) in limbs.iter_mut().zip(number.as_chunks::<8>().0) {
                *limb = u64::from_le_bytes(*bytes);
            }
            BigInt(limbs) < modulus
        };
        if numbers.par_chunks_exact(NUMBER).all(below) {
            Ok(())
        } else {
            Err("a number that is not below its modulus")
        }
    }
}
