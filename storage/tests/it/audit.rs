//! Opening nodes, answering challenges, and saying what cannot be answered.

use std::fs;

use popw_core::document::OpeningInput;
use popw_core::possession::challenge;
use popw_core::{Fr, field};
use popw_storage::{Cause, Opening, OpeningError, Sector, SectorId, audit, challenges};
use proptest::prelude::*;

use super::common::{World, bytes, flip, naive_tree};

fn reopened(world: &World, id: SectorId) -> Sector {
    Sector::open(&world.store(), id).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn openings_are_the_naive_trees_and_read_a_path_only(size in 0usize..40_000, indices: [prop::sample::Index; 5]) {
        let data = bytes(size, 11);
        let world = World::new(&data);
        let sector = world.add();
        let (nodes, height) = (sector.layout().nodes(), sector.layout().height());
        let naive = naive_tree(&data);
        for index in indices.map(|index| index.index(nodes as usize)) {
            let before = sector.bytes_read();
            let opening = sector.open_node(index as u64).unwrap();
            let read = sector.bytes_read() - before;
            prop_assert!(read <= 248 + 256 * u64::from(height), "{read} bytes");
            prop_assert_eq!(opening.node, naive[0][index]);
            prop_assert_eq!(opening.levels.len(), usize::from(height));
            let mut at = index;
            for (level, group) in opening.levels.iter().enumerate() {
                prop_assert_eq!(&group[..], &naive[level][at - at % 8..at - at % 8 + 8]);
                at /= 8;
            }
            prop_assert_eq!(opening.verify(sector.comm_r(), nodes, height), Ok(()));
            prop_assert_eq!(Opening::from(OpeningInput::from(opening.clone())), opening);
        }
        sector.open_node(nodes).unwrap_err();
    }
}

#[test]
fn an_opening_that_is_changed_anywhere_is_refused_by_name() {
    let world = World::new(&bytes(31 * 100, 12));
    let sector = world.add();
    let (comm_r, nodes, height) = (sector.comm_r(), 100, 3);
    let good = sector.open_node(70).unwrap();
    let refused = |change: &dyn Fn(&mut Opening)| {
        let mut opening = good.clone();
        change(&mut opening);
        opening.verify(comm_r, nodes, height).unwrap_err()
    };
    for level in 0..3u8 {
        for child in 0..8 {
            let error = refused(&|opening| opening.levels[usize::from(level)][child] += Fr::from(1u64));
            assert_eq!(error, OpeningError::Level { level });
        }
    }
    assert_eq!(refused(&|opening| opening.node += Fr::from(1u64)), OpeningError::Node);
    assert_eq!(refused(&|opening| opening.node = -Fr::from(1u64)), OpeningError::TooLarge);
    assert_eq!(refused(&|opening| opening.index = 71), OpeningError::Node);
    assert_eq!(refused(&|opening| opening.index = 100), OpeningError::Index { index: 100, nodes });
    assert_eq!(refused(&|opening| opening.index = 6), OpeningError::Level { level: 1 });
    let popped = refused(&|opening| opening.levels.truncate(2));
    assert_eq!(popped, OpeningError::Length { found: 2, expected: 3 });
    assert_eq!(good.verify(comm_r + Fr::from(1u64), nodes, height), Err(OpeningError::Level { level: 2 }));
    assert_eq!(good.verify(comm_r, 600, height), Err(OpeningError::Height { height, nodes: 600 }));
    assert_eq!(good.verify(comm_r, 0, 0), Err(OpeningError::Height { height: 0, nodes: 0 }));

    let world = World::new(b"tiny");
    let tiny = world.add();
    let opening = tiny.open_node(0).unwrap();
    assert_eq!(opening.verify(tiny.comm_r(), 1, 0), Ok(()));
    assert_eq!(opening.verify(comm_r, 1, 0), Err(OpeningError::Node));
}

#[test]
fn challenges_are_the_protocols_and_all_are_answered() {
    let data = bytes(100_000, 13);
    let world = World::new(&data);
    let sector = world.add();
    let rho = Fr::from(99u64);
    let openings = audit(&sector, rho, 40).unwrap();
    let indices = challenges(rho, sector.comm_r(), 40, sector.layout().nodes());
    assert_eq!(openings.iter().map(|opening| opening.index).collect::<Vec<_>>(), indices);
    for (i, opening) in (0..).zip(&openings) {
        assert_eq!(opening.index, challenge(rho, sector.comm_r(), i, sector.layout().nodes()));
        let range = sector.layout().node_range(opening.index);
        let mut node = data[range.start as usize..range.end as usize].to_vec();
        node.resize(31, 0);
        assert_eq!(opening.node, field::bytes31(&node));
    }
    assert_ne!(indices, challenges(rho + rho, sector.comm_r(), 40, sector.layout().nodes()));
    assert_eq!(audit(&sector, rho, 0).unwrap(), []);
}

#[test]
fn lost_data_is_told_with_the_challenges_that_ask_for_it() {
    let world = World::new(&bytes(31 * 64, 14));
    let sector = world.add();
    let rho = Fr::from(5u64);
    let indices = challenges(rho, sector.comm_r(), 30, 64);
    flip(sector.data_path(), 31 * 8 * 3 + 200);
    let damage = audit(&reopened(&world, sector.id()), rho, 30).unwrap_err();
    let hit: Vec<_> = (0..30).zip(indices).filter(|(_, index)| index / 8 == 3).collect();
    assert!(!hit.is_empty());
    assert_eq!(damage.lost.iter().map(|lost| (lost.challenge, lost.index)).collect::<Vec<_>>(), hit);
    for lost in &damage.lost {
        assert_eq!(lost.range, lost.index * 31..lost.index * 31 + 31);
        let Cause::Data { range } = &lost.cause else { panic!("{}", lost.cause) };
        assert_eq!(*range, 31 * 24..31 * 32);
    }
    let text = damage.to_string();
    assert!(text.contains(&format!("challenge {}, node {}", hit[0].0, hit[0].1)), "{text}");
    assert!(text.contains("bytes 744 to 992 of the data"), "{text}");
}

#[test]
fn a_damaged_tree_is_told_by_level() {
    let world = World::new(&bytes(31 * 512, 15));
    let sector = world.add();
    let tree = sector.folder().join("tree");
    let rho = Fr::from(6u64);
    for level in [1u8, 2] {
        let offset = sector.layout().level_offset(level);
        flip(&tree, offset + 32 * 3 + 31);
        let damage = audit(&reopened(&world, sector.id()), rho, 60).unwrap_err();
        for lost in &damage.lost {
            assert!(matches!(lost.cause, Cause::Tree { level: at } if at == level), "{}", lost.cause);
            assert_eq!(lost.index >> (3 * level) >> 3, 0, "only paths through the damaged group");
        }
        flip(&tree, offset + 32 * 3 + 31);
    }
    // 32 bytes that are no field element.
    let mut content = fs::read(&tree).unwrap();
    let at = sector.layout().level_offset(1) as usize;
    content[at..at + 32].fill(0xff);
    fs::write(&tree, content).unwrap();
    let damage = audit(&reopened(&world, sector.id()), rho, 60).unwrap_err();
    assert!(
        damage.to_string().contains(&format!("is damaged at byte {at}: not a field element")),
        "{damage}"
    );
    assert!(matches!(damage.lost[0].cause, Cause::Unreadable(_)));
}
