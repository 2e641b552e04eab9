//! Trees made anew from data that are whole, and from no others.

use std::fs;
use std::path::Path;

use popw_storage::scrub::last_scrub;
use popw_storage::{AddOptions, Placement, Sector, SectorId, Silent, StorageError, add, rebuild};

use super::common::{World, bytes, flip, scrubbed};

fn rebuilt(world: &World, id: SectorId) -> Result<Sector, StorageError> {
    rebuild(&world.store(), id, &AddOptions::default(), &mut Silent)
}

#[test]
fn everything_but_the_data_is_made_anew() {
    let world = World::new(&bytes(200_000, 71));
    let sector = world.add();
    let record = sector.record().clone();
    let damages: [&dyn Fn(&Path); 5] = [
        &|folder| flip(&folder.join("tree"), 5000),
        &|folder| fs::write(folder.join("tree"), b"").unwrap(),
        &|folder| fs::remove_file(folder.join("tree")).unwrap(),
        &|folder| fs::write(folder.join("outboard"), b"").unwrap(),
        &|folder| fs::remove_file(folder.join("sector.json")).unwrap(),
    ];
    for damage in damages {
        damage(sector.folder());
        let again = rebuilt(&world, sector.id()).unwrap();
        assert_eq!((again.comm_r(), again.layout()), (record.comm_r, sector.layout()));
        assert!(last_scrub(&again).is_none(), "what it found is no longer so");
        assert_eq!(scrubbed(&again), []);
        assert_eq!(world.names(), [sector.id().to_string()]);
    }
}

#[test]
fn nothing_is_made_from_damaged_data() {
    let world = World::new(&bytes(100_000, 72));
    let sector = world.add();
    let tree = fs::read(sector.folder().join("tree")).unwrap();
    flip(sector.data_path(), 77);
    let error = rebuilt(&world, sector.id()).unwrap_err();
    assert!(matches!(error, StorageError::DataDamaged { id, .. } if id == sector.id()), "{error}");
    assert!(fs::read(sector.folder().join("tree")).unwrap() == tree);
    assert_eq!(world.names(), [sector.id().to_string()]);
    let error = rebuilt(&world, SectorId([9; 32])).unwrap_err();
    assert!(matches!(error, StorageError::NoSuchSector { .. }), "{error}");
}

#[test]
fn a_reference_is_followed() {
    let world = World::new(&bytes(100_000, 73));
    let options = AddOptions { placement: Placement::Reference, ..AddOptions::default() };
    let sector = add(&world.source(), &world.store(), &options, &mut Silent).unwrap().sector;
    flip(&sector.folder().join("tree"), 1000);
    let again = rebuilt(&world, sector.id()).unwrap();
    assert_eq!(again.record(), sector.record());
    assert_eq!(scrubbed(&again), []);
}

/// Nothing to make a tree from: what to do instead is said.
#[test]
fn data_that_are_gone_are_told_with_the_remedy() {
    let world = World::new(&bytes(1000, 74));
    let sector = world.add();
    fs::remove_file(sector.data_path()).unwrap();
    let error = rebuilt(&world, sector.id()).unwrap_err();
    assert!(matches!(&error, StorageError::DataGone { path, .. } if path == sector.data_path()), "{error}");
    assert!(error.to_string().contains("add the file again"), "{error}");

    let world = World::new(&bytes(1000, 75));
    let options = AddOptions { placement: Placement::Reference, ..AddOptions::default() };
    let sector = add(&world.source(), &world.store(), &options, &mut Silent).unwrap().sector;
    fs::rename(world.source(), world.source().with_extension("moved")).unwrap();
    let error = rebuilt(&world, sector.id()).unwrap_err();
    assert!(matches!(&error, StorageError::LinkMoved { path, .. } if path == sector.data_path()), "{error}");
    assert!(error.to_string().contains("add it again as a link from where it is now"), "{error}");
}
