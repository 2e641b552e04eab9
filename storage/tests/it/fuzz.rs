//! The fuzz targets on `testdata/corpus` and on changes of it. `UPDATE_GOLDENS=1` writes the corpus anew.

use std::fs;
use std::path::PathBuf;

use popw_core::Fr;
use popw_core::document::{Document, Version};
use popw_core::fuzz::{has_one_reading, replay};
use popw_storage::fuzz::TARGETS;
use popw_storage::header::TreeHeader;
use popw_storage::layout::Layout;
use popw_storage::scrub::{ScrubFormat, ScrubState};
use popw_storage::{DamagedRange, Part, SectorFormat, SectorRecord};

fn corpus() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "testdata", "corpus"].iter().collect()
}

/// A good file for each target.
fn seeds() -> [(&'static str, Vec<u8>); 3] {
    let layout = Layout::new(1_000_000).unwrap();
    let header = TreeHeader { layout, comm_r: Fr::from(123u64), blake3: [7; 32], table: [8; 32] };
    let record = SectorRecord {
        format: SectorFormat::Sector,
        version: Version,
        bytes: layout.bytes(),
        nodes: layout.nodes(),
        height: layout.height(),
        comm_r: header.comm_r,
        blake3: header.blake3,
        name: "photo.raw".into(),
        added_unix_s: 1_800_000_000,
        reference: Some("/data/photo.raw".into()),
    };
    let state = ScrubState {
        format: ScrubFormat::Scrub,
        version: Version,
        position: 1000,
        damaged: vec![
            DamagedRange { part: Part::Data, range: 0..16384 },
            DamagedRange { part: Part::Tree { level: 2 }, range: 160..192 },
        ],
        started_unix_s: 1_800_000_000,
        finished_unix_s: None,
    };
    [
        ("tree-header", header.to_bytes().to_vec()),
        ("sector", record.to_json().into_bytes()),
        ("scrub-state", state.to_json().into_bytes()),
    ]
}

/// Formats do not change unnoticed.
#[test]
fn golden_corpus_is_what_is_written() {
    for (target, bytes) in seeds() {
        let path = corpus().join(target).join("good");
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert!(fs::read(&path).unwrap() == bytes, "{target}");
    }
}

#[test]
fn good_files_are_accepted() {
    let [(_, header), (_, record), (_, state)] = seeds();
    TreeHeader::parse(&header).unwrap();
    SectorRecord::from_json(&record).unwrap();
    ScrubState::from_json(&state).unwrap();
}

/// What one program reads as the record, another must not read as something else.
#[test]
fn no_record_has_a_second_reading() {
    let [_, (_, record), (_, state)] = seeds();
    has_one_reading::<SectorRecord>(&record);
    has_one_reading::<ScrubState>(&state);
}

#[test]
fn fuzz_targets_replay() {
    replay(&TARGETS, &corpus(), 4_000);
}

#[test]
fn each_field_of_a_record_is_checked() {
    let [_, (_, record), _] = seeds();
    let record = String::from_utf8(record).unwrap();
    for (from, to, field) in [
        ("\"bytes\": 1000000", "\"bytes\": 9223372036854775807", "field `bytes`"),
        ("\"nodes\": 32259", "\"nodes\": 32258", "field `nodes`"),
        ("\"height\": 5", "\"height\": 6", "field `height`"),
        ("\"comm_r\": \"123\"", "\"comm_r\": \"0123\"", "field `comm_r`"),
        ("\"blake3\": \"07", "\"blake3\": \"7", "field `blake3`"),
        ("/data/photo.raw", "", "field `reference`"),
        ("\"name\": \"photo.raw\",", "\"name\": \"photo.raw\", \"more\": 1,", "field `more`"),
        ("popw.sector", "popw.epoch", "this is a \"popw.epoch\" document"),
        ("\"version\": 1", "\"version\": 2", "has version 2"),
    ] {
        assert!(record.contains(from), "{from}");
        let error = SectorRecord::from_json(record.replace(from, to).as_bytes()).unwrap_err().to_string();
        assert!(error.contains(field), "{error}");
    }
}
