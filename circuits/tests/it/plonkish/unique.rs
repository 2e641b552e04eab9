//! The prover's inputs determine every cell of a whole claim's table, beyond the first order of `rank`.

use std::collections::BTreeSet;

use popw_circuits::claims::Shape;

use super::{
    attempts::filled,
    derivation::{Derivation, Frame},
    programs::Program,
    system::System,
};
use crate::common::{Network, shapes};

/// Everything follows from the inputs; where it does not, how many cells of which parts were taken for known.
fn assert_unique(shape: Shape, expected: &[(&str, usize)]) {
    let programs = Program::all();
    let audited = filled(&shape, &Network::new(shape).beyond_every_limit().witness());
    let system = System::new(&audited, &programs);
    let frame = Frame::new(shape, &system);
    let paths: Vec<&str> = expected.iter().map(|(path, _)| *path).collect();
    let (derivation, taken) = Derivation::of(&frame, &paths);
    let left: BTreeSet<&str> = derivation.left().into_iter().map(|cell| system.path(cell)).collect();
    assert_eq!(left, BTreeSet::new());
    assert_eq!(taken, expected.iter().map(|(path, n)| ((*path).into(), *n)).collect());
}

/// The number of nodes of a sector, what a challenge asks for, and the certified rate: as on the other arithmetisation
/// (`claims_unique`), arguments over the integers stand for these.
pub fn assumed(shape: &Shape) -> Vec<(&'static str, usize)> {
    let counts = [
        ("S4-size/nodes", shape.sectors),
        ("S5-challenge", shape.sectors * shape.challenges),
        ("B10-rate", usize::from(shape.kind.has_bandwidth())),
    ];
    counts.into_iter().filter(|(_, n)| *n > 0).collect()
}

macro_rules! of_every_kind {
    ($($kind:ident $shape:expr;)*) => {$(
        mod $kind {
            use super::*;

            #[test]
            fn inputs_determine_every_cell_beyond_first_order() {
                assert_unique($shape, &assumed(&$shape));
            }
        }
    )*};
}

of_every_kind! {
    uptime_claims shapes::UPTIME;
    possession_claims shapes::POSSESSION;
    bandwidth_claims shapes::BANDWIDTH;
    work_claims shapes::WORK;
}
