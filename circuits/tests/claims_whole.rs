//! Claims with storage, bandwidth or all: what `uptime_whole` asks of uptime.

mod common;

use std::collections::BTreeMap;

use common::{Network, audit};
use popw_circuits::{
    claims::{SHAPES, Shape, Witness, check, synthesize},
    drivers::{
        evaluate::{Assignment, Evaluate},
        r1cs::{Matrices, R1cs},
    },
};

fn matrices(shape: &Shape) -> Matrices {
    let mut d = R1cs::new();
    synthesize(&mut d, shape, None);
    d.finish()
}

fn evaluate(shape: &Shape, witness: &Witness) -> Assignment {
    let mut d = Evaluate::new();
    synthesize(&mut d, shape, Some(witness));
    d.finish()
}

#[test]
fn drivers_agree_and_accept_what_check_accepts() {
    for shape in SHAPES {
        let witness = Network::new(shape).witness();
        let name = (shape.kind.id(), shape.name);
        let instance = witness.instance(&shape);
        println!("{name:?} {:?}", instance.is_some());
        if let Some(instance) = instance { assert_eq!(check(&shape, &instance, &witness), Ok(()), "{name:?}"); }
        let matrices = matrices(&shape);
        println!("{name:?}: {} constraints", matrices.constraints());
        if shape.name == "demo" {
            let recorded = audit(&shape, &witness);
            println!("{:?}", recorded.cost());
            assert_eq!(recorded.violated(), BTreeMap::new(), "{name:?}");
        }
        let assignment = evaluate(&shape, &witness);
        assert_eq!(matrices.first_violated(&assignment.full()), None, "{name:?}");
        assert_eq!(assignment.public, instance.expect("well-formed").to_array(), "{name:?}");
    }
}
