//! The uptime claim as a table.

use popw_circuits::{
    claims::uptime::{DEMO, STANDARD, Shape, Witness, synthesize},
    drivers::plonkish::{Audited, Checker, Plonkish, check},
};
use popw_core::Fr;

use crate::{
    common::{Network, audit, fr, golden, table},
    support::free_cells,
};

fn fill(shape: &Shape, witness: &Witness) -> Audited {
    Plonkish::audit(|d| synthesize(d, shape, Some(witness)))
}

#[test]
fn honest_witnesses_fill_the_layout_of_setup() {
    for (shape, k) in [(DEMO, 13), (STANDARD, 14)] {
        let witness = Network::new(shape).witness();
        let audited = fill(&shape, &witness);
        assert_eq!(check(&audited.layout, &audited.advice), Ok(()));
        assert_eq!(audited.layout, Plonkish::layout(|d| synthesize(d, &shape, None)));
        assert_eq!(audited.advice, Plonkish::advice(|d| synthesize(d, &shape, Some(&witness))));
        assert_eq!(audited.advice.public, witness.instance(&shape).expect("well-formed").to_vec());
        let mut rows: Vec<_> = audited.layout.cost.iter().map(|(name, rows)| (*name, *rows)).collect();
        rows.push(("copies", audited.layout.copies.len()));
        rows.push(("k", audited.layout.k as usize));
        rows.push(("rows", audited.layout.rows));
        golden(&format!("uptime-{}-plonkish.txt", shape.name), &table(&rows));
        assert_eq!(audited.layout.k, k);
    }
}
