//! The prover's inputs determine every cell of a whole claim's table, to first order: as `claims_whole` shows of the
//! other arithmetisation.

use popw_circuits::{
    claims::{Shape, synthesize},
    drivers::plonkish::{Audited, Plonkish},
};

use super::{programs::Program, system::System};
use crate::common::{
    Network,
    determinism::{kernel_support, with_zeros},
    shapes,
};

/// Assigned cells that can move when the prover's inputs cannot.
fn moving(system: &System<'_>) -> Vec<usize> {
    let (rows, columns) = system.jacobian();
    let moving = kernel_support(rows, columns.len()).into_iter().map(|column| columns[column]);
    moving.filter(|cell| system.is_assigned(*cell)).collect()
}

fn filled(network: &Network) -> Audited {
    let witness = network.witness();
    Plonkish::audit(|d| synthesize(d, &network.shape, Some(&witness)))
}

/// Free are the same inverses as on the other arithmetisation.
fn determined(shape: Shape) {
    let programs = Program::all();
    for (network, zeros) in with_zeros(shape) {
        let audited = filled(&network);
        let system = System::new(&audited, &programs);
        let mut free: Vec<_> = moving(&system).into_iter().map(|cell| system.path(cell)).collect();
        free.sort_unstable();
        assert_eq!(free, zeros);
    }
}

macro_rules! of_every_kind {
    ($($kind:ident $shape:expr;)*) => {$(
        mod $kind {
            use super::*;

            #[test]
            fn inputs_determine_every_cell() {
                determined($shape);
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
