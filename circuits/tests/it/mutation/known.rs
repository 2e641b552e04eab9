//! Mutants that every test but the goldens once let through. Nothing notices them but forgeries made for them.

use popw_circuits::claims::{Kind, Shape};

use super::{
    mutants::{Role, System},
    rank, runs,
};
use crate::{common::shapes, forgeries::forgeries};

/// What a forgery says of itself.
const COUNTS_MORE: &str = "used more than once";
const MEMBER: &str = "a member by an index that is no bit";

fn known_mutants(shape: Shape) {
    let system = System::new(shape);
    let runs = runs::runs(&system);
    let root = system.in_place("C2-device/root")[0];
    let needed = rank::needed(&system, root, &runs[0]);
    let (mut booleans, mut indices) = (0, 0);
    for forgery in forgeries(shape) {
        let violated = system.violated(&runs[0].z, &forgery.run());
        let is_known = [COUNTS_MORE, MEMBER].contains(&forgery.what);
        match violated[..] {
            [row] if matches!(system.roles[row], Role::Boolean(_)) => {
                booleans += 1;
                assert!(is_known && !needed.contains(&row), "{}: {}", system.place(row), forgery.what);
            }
            [row] if matches!(system.roles[row], Role::Index(_)) && forgery.what == MEMBER => {
                indices += 1;
                assert!(!needed.contains(&row));
            }
            _ => assert!(!is_known, "{}: {violated:?}", forgery.what),
        }
    }
    let of = |kind: Kind| [kind.has_uptime(), kind.has_storage(), kind.has_bandwidth(), kind.has_bandwidth()];
    let parts = of(shape.kind).into_iter().filter(|has| *has).count();
    // A used wire of each part, and a path of each part and of the device.
    assert_eq!((booleans, indices), (parts, parts + 1));
}

#[test]
fn known_mutants_are_noticed_by_the_forgeries_made_for_them() {
    shapes::SMALL[..3].iter().for_each(|shape| known_mutants(*shape));
}
