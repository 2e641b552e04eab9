//! A committee's clauses as a circuit.

use alloc::vec::Vec;

use popw_core::{Fr, tag};

use super::{Committee, Seat};
use crate::{
    driver::Driver,
    frame::{Frame, clause},
    gadgets::{
        compare::{enforce_equal_if, enforce_nonzero},
        draw::low128_mod,
        eddsa, edwards,
        lean_imt::input_path,
        owners::enforce_distinct_owners,
    },
};

/// A seat whose draw, registration and signature hold if it is used.
pub(crate) struct Seated<W> {
    pub used: W,
    pub attested: W,
}

impl Committee {
    /// All seats. `given` is `None` exactly when `d` knows no values; missing seats are unused.
    pub(crate) fn synthesize<D: Driver>(
        &self,
        d: &mut D,
        seats: usize,
        witness_depth: usize,
        given: Option<&[Seat]>,
        frame: &Frame<D>,
    ) -> Vec<Seated<D::Wire>> {
        let place = clause(d, self.attestation, |d| {
            d.poseidon(&[frame.domain.clone(), frame.epoch.clone(), frame.opening.clone()])
        });
        clause(d, self.seat, |d| enforce_nonzero(d, &frame.witness_root));
        let unused = Seat::unused();
        let seats = d.each(seats, |d, j| {
            let given = given.map(|given| given.get(j).unwrap_or(&unused));
            let (seated, owner) = self.seat(d, j, witness_depth, given, frame, &place);
            let pair = (seated.used.clone(), owner);
            (seated, pair)
        });
        let (seats, owners): (Vec<_>, Vec<_>) = seats.into_iter().unzip();
        clause(d, self.owners, |d| enforce_distinct_owners(d, &frame.owner, &owners));
        seats
    }

    /// Seat `j`, and its owner.
    fn seat<D: Driver>(
        &self,
        d: &mut D,
        j: usize,
        witness_depth: usize,
        given: Option<&Seat>,
        frame: &Frame<D>,
        place: &D::Wire,
    ) -> (Seated<D::Wire>, D::Wire) {
        let rules = &frame.rules;
        let below_k = &rules.seats.as_ref().expect("kinds with a committee have k").below[j];
        let index = d.input(given.map(|seat| seat.index));
        let owner = d.input(given.map(|seat| seat.owner));
        let attested = d.input(given.map(|seat| seat.attested));
        let used = clause(d, self.draw, |d| {
            let used = d.input(given.map(|seat| Fr::from(seat.used)));
            d.enforce_bool(&used);
            let beyond = d.not(below_k);
            let nothing = d.constant(Fr::from(0u64));
            d.within("below_k", |d| d.enforce_mul(&used, &beyond, &nothing));
            let tag = d.constant(self.duty.tag().fr());
            let number = d.constant(Fr::from(j as u64));
            let seed = d.poseidon(&[tag, frame.opening.clone(), frame.device.clone(), number]);
            let drawn = low128_mod(d, &seed, &rules.witnesses);
            d.within("index", |d| enforce_equal_if(d, &used, &index, &drawn));
            used
        });
        let key =
            clause(d, self.attestation, |d| edwards::input_point_unchecked(d, given.map(|seat| seat.key)));
        clause(d, self.seat, |d| {
            let tag = d.constant(tag::WITNESS.fr());
            let leaf = d.poseidon(&[tag, key.x.clone(), key.y.clone(), owner.clone(), index.clone()]);
            let root = input_path(d, &leaf, given.map(|seat| &seat.path), witness_depth);
            d.within("root", |d| enforce_equal_if(d, &used, &root, &frame.witness_root));
        });
        clause(d, self.attestation, |d| {
            let tag = d.constant(self.statement.fr());
            let signed = d.poseidon(&[tag, place.clone(), frame.device.clone(), attested.clone()]);
            let r8 = edwards::input_point_unchecked(d, given.map(|seat| seat.r8));
            let s = d.input(given.map(|seat| seat.s));
            eddsa::verify_if(d, &used, &key, &signed, &r8, &s);
        });
        (Seated { used, attested }, owner)
    }
}
