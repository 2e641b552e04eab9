//! Equations over booleans that have one solution, alone or together.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::{BigInteger, Field, PrimeField, Zero};
use popw_core::Fr;

use super::{Derivation, Sum, UNIQUE};
use crate::common::power;

impl Derivation<'_> {
    /// Whether an equation over booleans has one solution, as far as it alone says so.
    pub(super) fn fixes(&self, sum: &Sum) -> bool {
        let Some((_, first)) = sum.bits.first_key_value() else { return false };
        // Below r the integer is determined, and with it its bits; terms that are subtracted only shift it. And a few
        // booleans add up to 0 only if each is.
        let powers = self.exponents(sum.bits.iter());
        powers.is_some_and(|bits| bits.keys().all(|exponent| *exponent < UNIQUE))
            || sum.constant.is_zero() && sum.bits.values().all(|weight| weight == first)
    }

    /// Bits by their exponents, if their weights are distinct powers of two, or their negatives, times one of them.
    fn exponents<'b>(
        &self,
        bits: impl Iterator<Item = (&'b usize, &'b Fr)> + Clone,
    ) -> Option<BTreeMap<usize, usize>> {
        bits.clone().find_map(|(_, unit)| {
            let inverse = unit.inverse()?;
            let mut out = BTreeMap::new();
            for (bit, weight) in bits.clone() {
                if out.insert(*self.frame.powers.get(&(*weight * inverse))?, *bit).is_some() {
                    return None;
                }
            }
            Some(out)
        })
    }

    /// One equation says that a single one of some booleans is 1, another adds up numbers that all differ.
    pub(super) fn one_hot(&mut self, equations: &[(usize, Sum)]) -> bool {
        for (rule, sum) in equations {
            let Some((_, weight)) = sum.bits.first_key_value() else { continue };
            if sum.constant != -*weight || sum.bits.values().any(|other| other != weight) {
                continue;
            }
            for (other_rule, other) in equations {
                let weights: BTreeSet<&Fr> = other.bits.values().collect();
                let distinct = weights.len() == other.bits.len() && other.bits.len() + 1 >= sum.bits.len();
                if rule != other_rule && distinct && other.bits.keys().all(|bit| sum.bits.contains_key(bit)) {
                    self.equations.remove(rule);
                    self.derive(&[(*rule, sum), (*other_rule, other)], sum.bits.keys().copied());
                    return true;
                }
            }
        }
        false
    }

    /// The bits of a number w that are so many that those of w + r are as many. With V = low + 2^cut·above the number
    /// they say, a boolean borrow, and x < 2^cut and y of some bits, x = c − low + 2^cut·borrow and y = d − above − borrow
    /// hold over the integers, as nothing reaches r; then V ≤ c + 2^cut·d, and if that is below r, V = w.
    pub(super) fn canonical(&mut self, equations: &[(usize, Sum)]) -> bool {
        for (rule, sum) in equations {
            let Some(bits) = self.exponents(sum.bits.iter()) else { continue };
            let count = bits.len();
            let Some(unit) = bits.get(&0).map(|bit| sum.bits[bit]) else { continue };
            if !bits.keys().copied().eq(0..count)
                || bits.iter().any(|(i, bit)| sum.bits[bit] != unit * power(*i as u32))
            {
                continue;
            }
            let whole = -sum.constant / unit;
            let mine: BTreeSet<usize> = bits.values().copied().collect();
            let top = bits[&(count - 1)];
            let others: Vec<&(usize, Sum)> = equations
                .iter()
                .filter(|(other, sum)| other != rule && sum.bits.contains_key(&top))
                .collect();
            for (high, low) in others.iter().flat_map(|a| others.iter().map(move |b| (a, b))) {
                let foreign = |sum: &Sum| -> BTreeSet<usize> {
                    sum.bits.keys().copied().filter(|bit| !mine.contains(bit)).collect()
                };
                let both: Vec<usize> = foreign(&high.1).intersection(&foreign(&low.1)).copied().collect();
                if let [borrow] = both[..]
                    && self.compares(&bits, whole, borrow, &high.1, &low.1)
                {
                    self.equations.remove(rule);
                    self.derive(&[(*rule, sum), (high.0, &high.1), (low.0, &low.1)], mine);
                    return true;
                }
            }
        }
        false
    }

    /// Whether these two equations compare a number with one below r.
    fn compares(
        &self,
        bits: &BTreeMap<usize, usize>,
        whole: Fr,
        borrow: usize,
        high: &Sum,
        low: &Sum,
    ) -> bool {
        let cut = bits.len() - bits.values().filter(|bit| high.bits.contains_key(bit)).count();
        let Some(lowest) = bits.get(&cut) else { return false };
        let base = power(cut as u32);
        let Some(of_above) = low.bits.get(lowest) else { return false };
        let (unit_high, unit_low) = (high.bits[lowest], -*of_above / base);
        // What is there besides the bits above and the borrow are those of x and y.
        let fits = |sum: &Sum, above: Fr, unit: Fr, most: usize| {
            let mut rest = sum.bits.clone();
            let mut takes = |bit: usize, weight: Fr| rest.remove(&bit) == Some(weight);
            let tail = bits.range(cut..).all(|(i, bit)| takes(*bit, above * power((i - cut) as u32)));
            let exponent = |weight: &Fr| {
                let exponent = *self.frame.powers.get(&(*weight / unit))?;
                (exponent < most && *weight == unit * power(exponent as u32)).then_some(exponent)
            };
            let found = |takes: bool, rest: &BTreeMap<usize, Fr>| {
                let exponents: Option<BTreeSet<usize>> = rest.values().map(exponent).collect();
                takes && exponents.is_some_and(|exponents| exponents.len() == rest.len())
            };
            let takes = tail && takes(borrow, above);
            found(takes, &rest)
        };
        if !fits(high, unit_high, unit_high, 252)
            || !fits(low, *of_above, unit_low, cut)
            || bits.len() - cut > 252
        {
            return false;
        }
        let (d, c) =
            ((-high.constant / unit_high).into_bigint(), (whole - low.constant / unit_low).into_bigint());
        if c.num_bits() as usize > cut || d.num_bits() as usize + cut > 254 {
            return false;
        }
        let mut most = d;
        most <<= cut as u32;
        most.add_with_carry(&c);
        most < Fr::MODULUS
    }
}
