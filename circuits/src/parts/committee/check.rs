//! A committee's clauses in plain Rust.

use alloc::vec::Vec;

use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{PrimeField, Zero};
use popw_core::{
    Fr,
    babyjub::{self, Point, Scalar},
    draw, poseidon, tag,
};

use super::{Committee, Seat};
use crate::frame::{Facts, Violation, ensure, included};

impl Committee {
    /// The used seats of `given`, all of whose clauses hold.
    pub(crate) fn check<'a>(
        &self,
        given: &'a [Seat],
        most: usize,
        witness_depth: usize,
        facts: &Facts<'_>,
    ) -> Result<Vec<&'a Seat>, Violation> {
        let used: Vec<(usize, &Seat)> =
            given.iter().take(most).enumerate().filter(|(_, seat)| seat.used).collect();
        let (witness, rules) = (facts.witness, &facts.rules);
        ensure(rules.n_w > 0, self.draw)?;
        for &(j, seat) in &used {
            let drawn = u32::try_from(j).is_ok_and(|j| {
                let index = draw::seat(self.duty, witness.opening, facts.device, j, rules.n_w);
                j < rules.k && seat.index == Fr::from(index)
            });
            ensure(drawn, self.draw)?;
        }
        ensure(!witness.witness_root.is_zero(), self.seat)?;
        for (_, seat) in &used {
            let leaf = poseidon::hash(&[tag::WITNESS.fr(), seat.key.0, seat.key.1, seat.owner, seat.index]);
            ensure(included(leaf, &seat.path, witness_depth, witness.witness_root), self.seat)?;
        }
        let place = poseidon::hash(&[witness.domain, witness.epoch, witness.opening]);
        for (_, seat) in &used {
            let message = poseidon::hash(&[self.statement.fr(), place, facts.device, seat.attested]);
            ensure(signed(message, seat.key, seat.r8, seat.s), self.attestation)?;
        }
        let mut owners: Vec<Fr> = used.iter().map(|(_, seat)| seat.owner).collect();
        owners.push(witness.owner);
        owners.sort();
        ensure(owners.windows(2).all(|pair| pair[0] != pair[1]), self.owners)?;
        Ok(used.into_iter().map(|(_, seat)| seat).collect())
    }
}

/// Whether (r8, s) is the signature of `message` by `key`.
pub(crate) fn signed(message: Fr, key: (Fr, Fr), r8: (Fr, Fr), s: Fr) -> bool {
    let challenge = poseidon::hash(&[r8.0, r8.1, key.0, key.1, message]);
    let (key, r8) = (Point::new_unchecked(key.0, key.1), Point::new_unchecked(r8.0, r8.1));
    let Some(s) = Scalar::from_bigint(s.into_bigint()) else { return false };
    if !key.is_on_curve() || !r8.is_on_curve() {
        return false;
    }
    let key = key.mul_bigint([8u64]);
    !key.is_zero() && babyjub::base8() * s == key.into_affine().mul_bigint(challenge.into_bigint()) + r8
}
