//! One forged witness per clause (and per attack on it). The native check names the clause; the circuit violates
//! that clause and no other, so that deleting its constraints would let the forgery through.

use std::collections::{BTreeMap, BTreeSet};

use popw_circuits::claims::{Instance, Kind, Shape, Violation, check, clauses};

use crate::{
    common::{Network, audit, fr, power, shapes},
    forgeries::{circuit, forgeries},
};

fn refused_by_their_clauses(shape: Shape) {
    let mut wrong = Vec::new();
    for forgery in forgeries(shape) {
        let z = forgery.run();
        let violated: BTreeSet<String> = circuit(shape).recorded.violated_by(&z).into_keys().collect();
        if violated != forgery.refused_by() {
            wrong.push(format!("{} ({}): circuit {violated:?}", forgery.clause.name(), forgery.what));
        }
        let public = forgery.instance.unwrap_or(Instance { context: z[1], nullifier: z[2], outcome: z[3] });
        let found = check(&shape, &public, &forgery.witness);
        if found != Err(forgery.native) {
            wrong.push(format!("{} ({}): check {found:?}", forgery.clause.name(), forgery.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

macro_rules! of_every_kind {
    ($($kind:ident $shape:expr;)*) => {$(
        mod $kind {
            use super::*;

            #[test]
            fn every_forgery_is_refused_by_its_clause_and_by_no_other() {
                refused_by_their_clauses($shape);
            }
        }
    )*};
}

of_every_kind! {
    uptime_claims Shape::demo(Kind::Uptime);
    possession_claims shapes::POSSESSION;
    bandwidth_claims shapes::BANDWIDTH;
    work_claims shapes::WORK;
}

/// That nothing else refuses: without the clause it would be accepted.
#[test]
fn every_clause_has_a_forgery() {
    for shape in shapes::SMALL {
        let alone = forgeries(shape).into_iter().filter(|forgery| forgery.also.is_empty());
        let covered: BTreeSet<Violation> = alone.map(|forgery| forgery.clause).collect();
        assert_eq!(covered, clauses(shape.kind).collect(), "{:?}", shape.kind);
    }
}

#[test]
fn honest_witnesses_satisfy_check_and_circuit() {
    // up slots, MiB stored, MiB served (4 MiB, and 5 of 6 that were signed for), rate.
    let amounts = [[6, 0, 0, 0], [0, 4, 0, 0], [0, 0, 9, 810], [6, 4, 9, 810]];
    for (shape, [up, stored, served, rate]) in shapes::SMALL.into_iter().zip(amounts) {
        let witness = Network::new(shape).witness();
        let instance = witness.instance(&shape).expect("well-formed");
        assert_eq!(check(&shape, &instance, &witness), Ok(()));
        let recorded = audit(&shape, &witness);
        assert_eq!(recorded.violated(), BTreeMap::new());
        assert_eq!(recorded.assignment.public, instance.to_array());
        let fields = [(up, 160), (stored, 168), (served, 200), (rate, 230)];
        let amount = fields.into_iter().fold(fr(0), |sum, (value, bits)| sum + fr(value) * power(bits));
        assert_eq!(instance.outcome, witness.frame.payee + amount, "{:?}", shape.kind);
    }
}
