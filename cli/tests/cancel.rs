//! Signals while Groth16 proves: the exit code, one line, and no file.

#![cfg(unix)]

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use popw_circuits::drivers::{
    evaluate::Assignment,
    r1cs::{Csr, Matrices},
};
use popw_core::Fr;
use popw_prover::{
    groth16::{self, Check, Entropy, ProvingKey, Purpose},
    progress::Silent,
};

/// Enough for one thread to have some seconds to do.
const CONSTRAINTS: usize = 40_000;
/// As many as claims have, for which `setup` makes keys.
const PUBLIC: usize = 3;
/// After this popw watches for signals, and proves.
const STARTED: Duration = Duration::from_millis(600);

/// x, x², x⁴, …
fn circuit() -> (Matrices, Assignment) {
    let one = Fr::from(1u64);
    let rows: Vec<u32> = (0..=CONSTRAINTS as u32).collect();
    let matrix = |from: u32| Csr {
        row_starts: rows.clone(),
        columns: (from..from + CONSTRAINTS as u32).collect(),
        values: vec![one; CONSTRAINTS],
    };
    let x = Fr::from(5u64);
    let powers = std::iter::successors(Some(x), |power| Some(*power * *power));
    let mut public: Vec<Fr> = powers.take(CONSTRAINTS + 1).collect();
    let witness = public.split_off(PUBLIC);
    let (a, b, c) = (matrix(1), matrix(1), matrix(2));
    (Matrices { public: PUBLIC, witness: witness.len(), a, b, c }, Assignment { public, witness })
}

fn files(folder: &Path) -> BTreeSet<OsString> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
}

/// Runs popw and sends it a signal; the exit code, what it has written to stderr, and how long it took to end.
fn signalled(folder: &Path, signal: &str, arguments: &[&str]) -> (Option<i32>, String, Duration) {
    let child = Command::new(env!("CARGO_BIN_EXE_popw"))
        .args(arguments)
        .current_dir(folder)
        .env("TMPDIR", folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(STARTED);
    let sent = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let since = Instant::now();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap(), since.elapsed())
}

#[test]
fn a_signal_cancels_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (matrices, assignment) = circuit();
    let purpose = Purpose { claim: "circuit".into(), claim_version: 0, shape: "test".into() };
    groth16::setup(&path("circuit.pk"), &matrices, &purpose, &Entropy::Seed([7; 32]), &Silent).unwrap();
    groth16::write_witness(&path("witness.wtns"), &assignment).unwrap();
    let key = ProvingKey::open(&path("circuit.pk"), Check::Once, &Silent).unwrap();
    groth16::write_zkey(&path("circuit.zkey"), &key, &Silent).unwrap();

    let before = files(folder.path());
    let prove = ["groth16", "prove", "--wtns", "witness.wtns", "--threads", "1", "--backend"];
    let of_key = [&prove[..], &["scalar", "--key", "circuit.pk"]].concat();
    let of_zkey = [&prove[..], &["scalar", "--zkey", "circuit.zkey"]].concat();
    let lean = [&of_key[..], &["--max-memory", "20M"]].concat();
    let import = ["groth16", "import", "--zkey", "circuit.zkey", "--out", "imported.pk"];
    let json = [&["--json"], &of_key[..]].concat();
    let cases: [(&str, &[&str], i32, &str); 6] = [
        ("INT", &of_key, 130, "cancelled\n"),
        ("TERM", &of_key, 143, "cancelled\n"),
        ("INT", &lean, 130, "cancelled\n"),
        ("INT", &of_zkey, 130, "cancelled\n"),
        ("INT", &import, 130, "cancelled\n"),
        ("TERM", &json, 143, "{\"error\":\"cancelled\"}\n"),
    ];
    for (signal, arguments, code, line) in cases {
        let (found, text, took) = signalled(folder.path(), signal, arguments);
        assert_eq!((found, text.as_str()), (Some(code), line), "{arguments:?}");
        assert_eq!(files(folder.path()), before, "{arguments:?}");
        eprintln!("{arguments:?} ended {} ms after SIG{signal}", took.as_millis());
    }
}
