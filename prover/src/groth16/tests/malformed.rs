//! Malformed files of snarkjs, circom and arkworks, each by its error.

use std::fs;

use ark_bn254::{Fq, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, PrimeField};

use super::{super::backend::Backend, exchange::import_zkey, *};

/// Where a section's contents lie.
fn section(bytes: &[u8], kind: u32) -> std::ops::Range<usize> {
    let mut at = 12;
    loop {
        let number = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let length = u64::from_le_bytes(bytes[at + 4..at + 12].try_into().unwrap()) as usize;
        if number == kind {
            return at + 12..at + 12 + length;
        }
        at += 12 + length;
    }
}

/// Puts `value` at `offset` of a section.
fn put(bytes: &mut [u8], kind: u32, offset: usize, value: &[u8]) {
    let at = section(bytes, kind).start + offset;
    bytes[at..at + value.len()].copy_from_slice(value);
}

fn value_problem(found: &ExchangeProblem, section: &str, index: usize, reason: &str) -> bool {
    matches!(found, ExchangeProblem::Value { section: s, index: i, reason: r }
        if *s == section && *i == index && r.contains(reason))
}

/// What importing a changed file finds.
fn zkey_problem(fixture: &Fixture, change: impl FnOnce(&mut Vec<u8>)) -> ExchangeProblem {
    let (zkey, _) = fixture.export();
    let mut bytes = fs::read(&zkey).unwrap();
    change(&mut bytes);
    fs::write(&zkey, bytes).unwrap();
    let out = fixture.at("refused.pk");
    let files = || fs::read_dir(fixture.folder.path()).unwrap().count();
    let before = files();
    let error = import(&Source::Snarkjs { zkey: &zkey, r1cs: None }, to(&out), &Silent).unwrap_err();
    assert_eq!(error.path, zkey);
    assert_eq!(files(), before);
    error.problem
}

#[test]
fn malformed_zkey_containers_are_told_apart() {
    let fixture = Fixture::new(1);
    let length = fs::metadata(fixture.export().0).unwrap().len() as usize;
    for end in [length - 1, length / 2, 12, 9] {
        let found = zkey_problem(&fixture, |bytes| bytes.truncate(end));
        assert!(matches!(found, ExchangeProblem::Truncated { .. }), "{end}: {found}");
    }
    let found = zkey_problem(&fixture, Vec::clear);
    assert!(matches!(found, ExchangeProblem::WrongKind { .. }), "{found}");
    let found = zkey_problem(&fixture, |bytes| bytes[0] = b'w');
    assert!(matches!(found, ExchangeProblem::WrongKind { .. }), "{found}");
    let found = zkey_problem(&fixture, |bytes| bytes[4] = 3);
    assert!(matches!(found, ExchangeProblem::Version { found: 3, supported: 1 }), "{found}");
    let found = zkey_problem(&fixture, |bytes| bytes[8..12].fill(0xff));
    assert!(matches!(found, ExchangeProblem::Header { field: "number of sections", .. }), "{found}");
    let found = zkey_problem(&fixture, |bytes| bytes.push(0));
    assert!(matches!(found, ExchangeProblem::Trailing { bytes: 1, .. }), "{found}");
    let renumber = |from: u32, to: u32| {
        zkey_problem(&fixture, |bytes| {
            let at = section(bytes, from).start - 12;
            bytes[at..at + 4].copy_from_slice(&to.to_le_bytes());
        })
    };
    for kind in 1..10 {
        let found = renumber(kind, 77);
        assert!(matches!(found, ExchangeProblem::Missing { .. }), "{kind}: {found}");
    }
    let found = renumber(6, 5);
    assert!(matches!(found, ExchangeProblem::Duplicate { kind: 5 }), "{found}");
}

#[test]
fn malformed_zkey_headers_are_told_apart() {
    let fixture = Fixture::new(1);
    for (number, name) in [(2u8, "PLONK"), (10, "FFLONK"), (7, "protocol 7")] {
        let found = zkey_problem(&fixture, |bytes| put(bytes, 1, 0, &[number]));
        assert!(matches!(&found, ExchangeProblem::Protocol { found } if found == name), "{found}");
    }
    // Lengths and primes of both fields.
    for at in [0, 4, 36, 40, 71] {
        let found = zkey_problem(&fixture, |bytes| put(bytes, 2, at, &[7]));
        assert!(matches!(found, ExchangeProblem::Curve), "{at}: {found}");
    }
    // Variables, public inputs, domain.
    let found = zkey_problem(&fixture, |bytes| put(bytes, 2, 72, &[0xff]));
    assert!(matches!(found, ExchangeProblem::Length { section: "points of the A query", .. }), "{found}");
    let found = zkey_problem(&fixture, |bytes| put(bytes, 2, 76, &[2]));
    assert!(matches!(found, ExchangeProblem::Length { section: "IC points", .. }), "{found}");
    let found = zkey_problem(&fixture, |bytes| put(bytes, 2, 76, &[0xff]));
    assert!(matches!(found, ExchangeProblem::Header { field: "public inputs", value: 255, .. }), "{found}");
    let found = zkey_problem(&fixture, |bytes| put(bytes, 2, 80, &[8]));
    assert!(matches!(found, ExchangeProblem::Length { section: "points of the H query", .. }), "{found}");
    // A larger domain with as many points: nobody makes it.
    let found = zkey_problem(&fixture, |bytes| {
        let domain = fixture.open().dimensions().domain();
        let points = section(bytes, 9);
        let copy = bytes[points.clone()].to_vec();
        put(bytes, 2, 80, &(2 * domain as u32).to_le_bytes());
        bytes[points.start - 8..points.start].copy_from_slice(&(128 * domain as u64).to_le_bytes());
        bytes.splice(points.end..points.end, copy);
    });
    assert!(matches!(found, ExchangeProblem::Header { field: "domain", .. }), "{found}");
}

#[test]
fn a_zkey_without_contribution_is_refused_with_the_remedy() {
    let fixture = Fixture::new(1);
    let generator = super::super::raw::g2_bytes(&G2Affine::generator());
    // δ is the last point of the header.
    let found = zkey_problem(&fixture, |bytes| put(bytes, 2, 84 + 2 * 64 + 2 * 128 + 64, &generator));
    assert!(matches!(found, ExchangeProblem::NotContributed), "{found}");
    assert!(found.to_string().contains("snarkjs zkey contribute"));
    // δ = γ, elsewhere than at the generator.
    let found = zkey_problem(&fixture, |bytes| {
        let start = section(bytes, 2).start + 84 + 128 + 128;
        let gamma = bytes[start..start + 128].to_vec();
        put(bytes, 2, 84 + 2 * 64 + 2 * 128 + 64, &gamma);
    });
    assert!(matches!(found, ExchangeProblem::NotContributed), "{found}");
}

#[test]
fn bad_points_are_refused_by_section_and_place() {
    let fixture = Fixture::new(3);
    let modulus = Fq::MODULUS.to_bytes_le();
    let key = fixture.open();
    let view = key.view();
    let last = |columns: &[u32]| *columns.last().unwrap() as usize;
    let witness_from = 1 + view.dimensions.public as usize;
    let sections = [
        (5, "points of the A query", 64, last(view.a_query.columns)),
        (6, "points of the B query in G1", 64, last(view.b_g1_query.columns)),
        (7, "points of the B query in G2", 128, last(view.b_g1_query.columns)),
        (8, "points of the L query", 64, last(view.l_query.columns) - witness_from),
        (9, "points of the H query", 64, view.h_query.len() - 1),
    ];
    for (kind, name, bytes_each, index) in sections {
        let found = zkey_problem(&fixture, |bytes| put(bytes, kind, bytes_each * index, &[0xaa; 3]));
        assert!(value_problem(&found, name, index, "not on the curve"), "{found}");
        let found = zkey_problem(&fixture, |bytes| put(bytes, kind, bytes_each * index, &modulus));
        assert!(value_problem(&found, name, index, "not below the modulus"), "{found}");
    }
    let infinity = zkey_problem(&fixture, |bytes| put(bytes, 9, 0, &[0; 64]));
    assert!(value_problem(&infinity, "points of the H query", 0, "infinity"), "{infinity}");
    let index = view.b_g1_query.columns[0] as usize;
    let found = zkey_problem(&fixture, |bytes| put(bytes, 6, 64 * index, &[0; 64]));
    assert!(value_problem(&found, "points of the B query in G1", index, "but not in the other"), "{found}");
    let found = zkey_problem(&fixture, |bytes| put(bytes, 3, 64, &modulus));
    assert!(value_problem(&found, "coordinates of the IC points", 2, "not below the modulus"), "{found}");
    let found = zkey_problem(&fixture, |bytes| put(bytes, 3, 64, &[0xaa; 3]));
    assert!(matches!(found, ExchangeProblem::VerifyingKey(_)), "{found}");
    let found = zkey_problem(&fixture, |bytes| put(bytes, 2, 84 + 64, &[0xaa; 3]));
    assert!(value_problem(&found, "constants in G1", 1, "not on the curve"), "{found}");
}

#[test]
fn bad_entries_of_a_and_b_are_refused() {
    let fixture = Fixture::new(1);
    let entries = |at: usize, value: &[u8], index: usize, reason: &str| {
        let found = zkey_problem(&fixture, |bytes| put(bytes, 4, at, value));
        assert!(value_problem(&found, "entries of A and B", index, reason), "{reason}: {found}");
    };
    entries(4, &[2], 0, "neither of A nor of B");
    entries(4 + 44 + 4, &[0xff; 4], 1, "beyond the circuit");
    entries(4 + 44 + 8, &[0xff; 4], 1, "beyond the circuit");
    entries(4 + 12, &[0xff; 32], 0, "not below the modulus");
    let found = zkey_problem(&fixture, |bytes| put(bytes, 4, 0, &[1]));
    assert!(matches!(found, ExchangeProblem::Length { section: "entries of A and B", .. }), "{found}");

    // The last four entries tie three public inputs and the constant to A.
    let count = (section(&fs::read(fixture.export().0).unwrap(), 4).len() - 4) / 44;
    let last = 4 + 44 * (count - 1);
    entries(last + 12, &[1], count - 1, "does not tie one public input");
    entries(last + 8, &[1], count - 1, "does not tie one public input");
    let found = zkey_problem(&fixture, |bytes| put(bytes, 4, last, &[1]));
    assert!(matches!(found, ExchangeProblem::Header { field: "number of rows", .. }), "{found}");
    let found = zkey_problem(&fixture, |bytes| {
        let rows = section(bytes, 4);
        for entry in bytes[rows.start + 4..rows.end].chunks_mut(44) {
            entry[4..8].fill(0);
        }
    });
    assert!(matches!(found, ExchangeProblem::Header { field: "number of rows", value: 1, .. }), "{found}");
}

#[test]
fn constraints_of_another_circuit_are_refused() {
    let fixture = Fixture::new(3);
    let (zkey, r1cs) = fixture.export();
    let attempt = |r1cs: &Path| match import_zkey(&zkey, Some(r1cs)).unwrap_err() {
        ExchangeError { path, problem: ExchangeProblem::OtherCircuit { other, reason } } => {
            assert_eq!((&*path, &*other), (r1cs, &*zkey));
            reason
        }
        other => panic!("{other}"),
    };
    let (_, longer) = Fixture::new(4).export_constraints(&fixture, "longer.r1cs");
    assert!(attempt(&longer).contains("witness variables instead of"));
    // The first constraint is (x + 3)·b: another coefficient of A, another wire of B.
    let bytes = fs::read(&r1cs).unwrap();
    for (offset, value, reason) in
        [(8, 4, "constraint 0 has another A"), (4 + 72 + 4, 5, "constraint 0 has another B")]
    {
        let mut changed = bytes.clone();
        put(&mut changed, 2, offset, &[value]);
        let path = fixture.at("changed.r1cs");
        fs::write(&path, changed).unwrap();
        assert_eq!(attempt(&path), reason);
    }
    let ark = fixture.at("key.ark");
    write_arkworks(to(&ark), &fixture.open(), &Silent).unwrap();
    let source = Source::Arkworks { key: &ark, r1cs: &longer };
    let error = import_temporary(&source, &Silent).unwrap_err();
    assert!(
        matches!(&error.problem, ExchangeProblem::OtherCircuit { other, .. } if *other == longer),
        "{error}"
    );
}

/// A .zkey has no C: what differs there alone is found out by a proof, and neither key nor memory is blamed for it.
#[test]
fn constraints_of_another_version_are_told() {
    let fixture = Fixture::new(3);
    let (zkey, r1cs) = fixture.export();
    let mut bytes = fs::read(&r1cs).unwrap();
    // C of the first constraint is a variable that occurs nowhere else: twice it.
    put(&mut bytes, 2, 4 + 72 + 4 + 36 + 4 + 4, &[2]);
    fs::write(&r1cs, bytes).unwrap();
    let key = import_zkey(&zkey, Some(&r1cs)).unwrap();
    let attempt = |assignment: &Assignment| {
        prove(&key, &Backend::reference(), assignment.clone(), &Silent).unwrap_err()
    };
    let error = attempt(&fixture.assignment);
    assert!(matches!(error, ProveError::Violated { constraint: 0 }), "{error}");
    assert!(error.to_string().contains("another version"), "{error}");
    let mut other = fixture.assignment.clone();
    other.witness[3] *= Fr::from(2u64).inverse().unwrap();
    let error = attempt(&other);
    assert!(matches!(error, ProveError::OtherProducts), "{error}");
    assert!(error.to_string().contains("its C differs"), "{error}");
}

/// Sound files that are too large, or of circuits that constrain nothing, are not called unsound.
#[test]
fn limits_are_said_to_be_limits() {
    let fixture = Fixture::new(1);
    let most = popw_verifier::groth16::MOST_PUBLIC_INPUTS as u32;
    let found = zkey_problem(&fixture, |bytes| {
        put(bytes, 2, 72, &[0xff; 4]);
        put(bytes, 2, 76, &(most + 1).to_le_bytes());
    });
    assert!(
        matches!(found, ExchangeProblem::PublicInputs { found, most: m } if found == m + 1 && m == u64::from(most)),
        "{found}"
    );
    assert!(!found.to_string().contains("do not use"), "{found}");
    // Only the rows that tie public inputs and the constant are left.
    let found = zkey_problem(&fixture, |bytes| {
        let rows = section(bytes, 4);
        let ties: Vec<u8> = (0..4u32)
            .flat_map(|input| {
                let numbers = [0, input, input].into_iter().flat_map(u32::to_le_bytes);
                let one = bytes[rows.end - 32..rows.end].to_vec();
                numbers.chain(one).collect::<Vec<_>>()
            })
            .collect();
        bytes[rows.start - 8..rows.start].copy_from_slice(&(4 + ties.len() as u64).to_le_bytes());
        let contents = [&4u32.to_le_bytes()[..], &ties].concat();
        bytes.splice(rows, contents);
    });
    assert!(matches!(found, ExchangeProblem::NoConstraints), "{found}");
    assert!(found.to_string().contains("<=="), "{found}");
}

/// Files of other software may come through a pipe, within a bound.
#[test]
#[cfg(unix)]
fn pipes_are_read_and_folders_called_folders() {
    let fixture = Fixture::new(1);
    let (zkey, _) = fixture.export();
    let wtns = fixture.at("sample.wtns");
    write_witness(&wtns, &fixture.assignment).unwrap();
    let pipe = fixture.at("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let through = |bytes: Vec<u8>| {
        let pipe = pipe.clone();
        // Whether it can be written to its end is the reader's to say.
        std::thread::spawn(move || drop(fs::write(pipe, bytes)))
    };
    let writer = through(fs::read(&zkey).unwrap());
    let key = import_zkey(&pipe, None).unwrap();
    writer.join().unwrap();
    let dimensions = key.dimensions();
    let writer = through(fs::read(&wtns).unwrap());
    assert_eq!(read_witness(&pipe, &dimensions).unwrap(), fixture.assignment);
    writer.join().unwrap();
    let writer = through(vec![0; 3 << 20]);
    let error = read_witness(&pipe, &dimensions).unwrap_err();
    assert!(matches!(error.problem, ExchangeProblem::Piped { .. }), "{error}");
    writer.join().unwrap();
    let writer = through(Vec::new());
    let error = read_witness(&pipe, &dimensions).unwrap_err();
    assert!(matches!(error.problem, ExchangeProblem::WrongKind { .. }), "{error}");
    writer.join().unwrap();

    let folder = fixture.folder.path();
    let error = read_witness(folder, &dimensions).unwrap_err();
    assert!(matches!(error.problem, ExchangeProblem::Folder), "{error}");
    assert!(matches!(open(folder).unwrap_err().problem, KeyProblem::Folder));
    let writer = through(fs::read(&zkey).unwrap());
    assert!(matches!(open(&pipe).unwrap_err().problem, KeyProblem::Stream));
    writer.join().unwrap();
}

impl Fixture {
    fn export_constraints(&self, into: &Fixture, name: &str) -> (ProvingKey, PathBuf) {
        let (key, path) = (self.open(), into.at(name));
        write_r1cs(to(&path), &key, &Silent).unwrap();
        (key, path)
    }
}

#[test]
fn malformed_constraints_are_told_apart() {
    let fixture = Fixture::new(1);
    let (zkey, r1cs) = fixture.export();
    let good = fs::read(&r1cs).unwrap();
    let attempt = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        fs::write(&r1cs, bytes).unwrap();
        let error = import_zkey(&zkey, Some(&r1cs)).unwrap_err();
        assert_eq!(error.path, r1cs);
        error.problem
    };
    let found = attempt(&|bytes| bytes[0] = b'z');
    assert!(matches!(found, ExchangeProblem::WrongKind { .. }), "{found}");
    let found = attempt(&|bytes| bytes.truncate(200));
    assert!(matches!(found, ExchangeProblem::Truncated { .. }), "{found}");
    let found = attempt(&|bytes| put(bytes, 1, 4, &[7]));
    assert!(matches!(found, ExchangeProblem::Curve), "{found}");
    let found = attempt(&|bytes| put(bytes, 1, 60, &[0; 4]));
    assert!(matches!(found, ExchangeProblem::NoConstraints), "{found}");
    let found = attempt(&|bytes| put(bytes, 1, 60, &[0xff; 4]));
    assert!(matches!(found, ExchangeProblem::Truncated { place: "the constraints" }), "{found}");
    let found = attempt(&|bytes| put(bytes, 1, 40, &[0xff; 4]));
    assert!(matches!(found, ExchangeProblem::Header { field: "public inputs", .. }), "{found}");
    let found = attempt(&|bytes| put(bytes, 2, 4, &[0xff; 4]));
    assert!(value_problem(&found, "the constraints", 0, "a wire beyond the circuit"), "{found}");
    let found = attempt(&|bytes| put(bytes, 2, 8, &[0xff; 32]));
    assert!(value_problem(&found, "the constraints", 0, "not below the modulus"), "{found}");
    let found = attempt(&|bytes| put(bytes, 1, 60, &[1]));
    assert!(matches!(found, ExchangeProblem::Trailing { place: "the constraints", .. }), "{found}");
    let found = attempt(&|bytes| {
        bytes[8] = 4;
        bytes.extend([4, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    });
    assert!(matches!(found, ExchangeProblem::CustomGates), "{found}");
    // A list of no custom gates is no obstacle.
    let mut bytes = good.clone();
    bytes[8] = 4;
    bytes.extend([4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    fs::write(&r1cs, bytes).unwrap();
    import_zkey(&zkey, Some(&r1cs)).unwrap();
}

#[test]
fn witnesses_are_read_as_written_and_malformed_ones_told_apart() {
    let fixture = Fixture::new(1);
    let path = fixture.at("sample.wtns");
    write_witness(&path, &fixture.assignment).unwrap();
    let dimensions = fixture.open().dimensions();
    assert_eq!(read_witness(&path, &dimensions).unwrap(), fixture.assignment);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let good = fs::read(&path).unwrap();
    let attempt = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        let error = read_witness(&path, &dimensions).unwrap_err();
        assert_eq!(error.path, path);
        error.problem
    };
    let found = attempt(&|bytes| bytes[0] = b'z');
    assert!(matches!(found, ExchangeProblem::WrongKind { .. }), "{found}");
    let found = attempt(&|bytes| bytes[4] = 1);
    assert!(matches!(found, ExchangeProblem::Version { found: 1, supported: 2 }), "{found}");
    let found = attempt(&|bytes| bytes.truncate(bytes.len() - 1));
    assert!(matches!(found, ExchangeProblem::Truncated { .. }), "{found}");
    let found = attempt(&|bytes| put(bytes, 1, 4, &[7]));
    assert!(matches!(found, ExchangeProblem::Curve), "{found}");
    let found = attempt(&|bytes| put(bytes, 1, 36, &[1]));
    assert!(matches!(found, ExchangeProblem::Length { section: "the values", .. }), "{found}");
    let found = attempt(&|bytes| put(bytes, 2, 0, &[2]));
    assert!(value_problem(&found, "the values", 0, "not the constant 1"), "{found}");
    let found = attempt(&|bytes| put(bytes, 2, 32 * 5, &[0xff; 32]));
    assert!(value_problem(&found, "the values", 5, "not below the modulus"), "{found}");

    let other = Fixture::new(3);
    write_witness(&path, &other.assignment).unwrap();
    let found = read_witness(&path, &dimensions).unwrap_err().problem;
    let (expected, length) = (dimensions.variables() as u64, other.variables().len() as u64);
    assert!(
        matches!(found, ExchangeProblem::WitnessLength { expected: e, found: f } if (e, f) == (expected, length)),
        "{found}"
    );
}

#[test]
fn malformed_arkworks_keys_are_told_apart() {
    let fixture = Fixture::new(1);
    let (_, r1cs) = fixture.export();
    let path = fixture.at("key.ark");
    write_arkworks(to(&path), &fixture.open(), &Silent).unwrap();
    let good = fs::read(&path).unwrap();
    let attempt = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        let error = import_temporary(&Source::Arkworks { key: &path, r1cs: &r1cs }, &Silent).unwrap_err();
        assert_eq!(error.path, path);
        error.problem
    };
    for change in [
        &(|bytes: &mut Vec<u8>| bytes.clear()) as &dyn Fn(&mut Vec<u8>),
        &|bytes| bytes.truncate(bytes.len() - 1),
        &|bytes| bytes.push(0),
        &|bytes| bytes[448..456].fill(0xff),
    ] {
        let found = attempt(change);
        assert!(matches!(found, ExchangeProblem::WrongKind { .. }), "{found}");
    }
    let found = attempt(&|bytes| bytes[..31].fill(0xff));
    assert!(
        matches!(found, ExchangeProblem::VerifyingKey(_) | ExchangeProblem::Value { section: "α", .. }),
        "{found}"
    );
    // The A query begins behind the verifying key (four IC points), β and δ; flags of y are in its last byte.
    let a_query = 64 + 3 * 128 + 8 + 4 * 64 + 2 * 64 + 8;
    let found = attempt(&|bytes| bytes[a_query + 32..a_query + 64].fill(0x3f));
    assert!(value_problem(&found, "points of the A query", 0, "not a point"), "{found}");
    let found = attempt(&|bytes| bytes[a_query..a_query + 2].fill(0xaa));
    assert!(value_problem(&found, "points of the A query", 0, "not on the curve"), "{found}");
}

#[test]
fn a_source_that_is_not_there_and_a_target_that_cannot_be_are_named() {
    let fixture = Fixture::new(0);
    let missing = fixture.at("missing.zkey");
    let error = import_zkey(&missing, None).unwrap_err();
    assert!(matches!(error.problem, ExchangeProblem::Read(_)), "{error}");
    assert_eq!(error.path, missing);
    let target = fixture.at("no/such/folder/key.pk");
    let error = setup(&target, &fixture.matrices, &purpose(), &SEED, &Silent).unwrap_err();
    let SetupError::File(error) = error else { panic!("another error") };
    assert!(matches!(error.problem, KeyProblem::Output(FileError::NoFolder { .. })), "{error}");
    assert_eq!(error.path, target);
    assert_eq!(error.to_string().matches("key.pk").count(), 1, "{error}");
}
