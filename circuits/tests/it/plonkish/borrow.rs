//! The borrow of a comparison at 254 bits: were it no boolean, the bits of v + r would pass for those of v.

use std::collections::BTreeMap;

use ark_ff::{BigInt, BigInteger, PrimeField, Zero};
use popw_circuits::{
    Driver,
    drivers::plonkish::{Audited, Checker, Column, Plonkish, Violation, fixed},
    gadgets::bits::alloc_canonical_bits,
};
use popw_core::Fr;

use crate::common::fr;

/// Where the comparison cuts numbers in two.
const CUT: u32 = 125;

fn circuit(value: Fr, forged: BTreeMap<u32, Fr>) -> Audited {
    Plonkish::forging(forged, |d| {
        let wire = d.input(Some(value));
        alloc_canonical_bits(d, &wire);
    })
}

/// Variables that live in rows of booleans in a part, by place; those of decompositions or the others.
fn booleans(audited: &Audited, path: &str, decomposed: bool) -> Vec<u32> {
    let trace = &audited.trace;
    let mut found = BTreeMap::new();
    for variable in 0..trace.variables() {
        let Some(home) = trace.home(variable) else { continue };
        let row = home.row as usize;
        let selected = |selector: usize| !audited.layout.fixed[selector][row].is_zero();
        let here = selected(fixed::BOOLEAN)
            && selected(fixed::JOINT) == decomposed
            && home.column != Column::Advice(5);
        if here && trace.row(row, 0) == path {
            found.insert((row, home.column), variable);
        }
    }
    found.into_values().collect()
}

fn shifted(mut value: BigInt<4>, by: u32) -> Fr {
    value >>= by;
    Fr::from_bigint(value).expect("half of the bits are below r")
}

#[test]
fn a_borrow_that_is_none_is_refused_by_its_boolean_alone() {
    for value in [fr(0), fr(1), fr(77), fr(u64::MAX)] {
        let honest = circuit(value, BTreeMap::new());
        let (bits, borrow) = (booleans(&honest, "", true), booleans(&honest, "canonical", false));
        assert_eq!((bits.len(), borrow.len()), (254, 1));

        let mut other = value.into_bigint();
        other.add_with_carry(&Fr::MODULUS);
        let mut most = Fr::MODULUS;
        most.sub_with_borrow(&BigInt::from(1u64));
        let mut gap = most;
        gap.sub_with_borrow(&value.into_bigint());
        // Both gaps are in range for r − 1 − v in place of r − 1 − (v + r); this makes up for the difference.
        let made_up = shifted(most, CUT) - shifted(other, CUT) - shifted(gap, CUT);
        let of_other = || bits.iter().enumerate().map(|(i, bit)| (*bit, Fr::from(other.get_bit(i))));

        let refused = |borrow_is: Option<Fr>| {
            let forged = of_other().chain(borrow_is.map(|value| (borrow[0], value))).collect();
            let audited = circuit(value, forged);
            assert_eq!(audited.layout, honest.layout);
            Checker::new(&audited.layout).violations(&audited.advice)
        };
        let home = honest.trace.home(borrow[0]).expect("a cell");
        let constraint = match home.column {
            Column::Advice(column) => usize::from(column),
            Column::Instance => unreachable!("it is the prover's"),
        };
        let boolean = Violation::Gate { gate: "boolean", constraint, row: home.row as usize };
        assert_eq!(refused(Some(made_up)), [boolean]);
        // With a borrow that is one, a gap is out of range.
        for borrow in [None, Some(fr(0)), Some(fr(1))] {
            let violations = refused(borrow);
            assert!(
                violations
                    .iter()
                    .all(|violation| matches!(violation, Violation::Gate { gate: "arithmetic", .. }))
            );
            assert!(!violations.is_empty());
        }
    }
}
