//! What befalls a process while Groth16 proves: signals, and a key that is cut short. The exit code, one line, and no file.

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
use popw_files::{Content, Output, Overwrite};
use popw_prover::{
    groth16::{self, Check, Entropy, ProvingKey, Purpose},
    progress::Silent,
};

/// Enough for one thread to have a second to do.
const CONSTRAINTS: usize = 40_000;
/// When to send a signal, milliseconds after the start: what is too early or too late for this machine is tried again.
const MOMENTS: [u64; 6] = [400, 200, 800, 100, 1600, 3200];

/// x, x², x⁴, … from the last of the public inputs.
fn circuit() -> (Matrices, Assignment) {
    let one = Fr::from(1u64);
    let rows: Vec<u32> = (0..=CONSTRAINTS as u32).collect();
    let matrix = |from: u32| Csr {
        row_starts: rows.clone(),
        columns: (from..from + CONSTRAINTS as u32).collect(),
        values: vec![one; CONSTRAINTS],
    };
    let x = Fr::from(5u64);
    let powers = std::iter::successors(Some(x * x), |power| Some(*power * *power));
    let matrices = Matrices { public: 3, witness: CONSTRAINTS, a: matrix(3), b: matrix(3), c: matrix(4) };
    let public = vec![Fr::from(2u64), Fr::from(3u64), x];
    (matrices, Assignment { public, witness: powers.take(CONSTRAINTS).collect::<Vec<_>>().into() })
}

fn files(folder: &Path) -> BTreeSet<OsString> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
}

/// Runs popw and sends it a signal after so many milliseconds; the exit code, and what it has written to stderr. There is no code
/// if it was not yet watching for signals.
fn signalled(folder: &Path, signal: &str, arguments: &[&str], after: u64) -> (Option<i32>, String) {
    let child = Command::new(env!("CARGO_BIN_EXE_popw"))
        .args(arguments)
        .current_dir(folder)
        .env("TMPDIR", folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(after));
    let sent = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// A key and a witness of the circuit in a folder of their own.
fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (matrices, assignment) = circuit();
    let purpose = Purpose { claim: "circuit".into(), claim_version: 0, shape: "test".into() };
    groth16::setup(&path("circuit.pk"), &matrices, &purpose, &Entropy::Seed([7; 32]), &Silent).unwrap();
    groth16::write_witness(&path("witness.wtns"), &assignment).unwrap();
    folder
}

#[test]
fn a_signal_cancels_and_leaves_no_file() {
    let folder = prepared();
    let path = |name: &str| folder.path().join(name);
    let key = ProvingKey::open(&path("circuit.pk"), Check::Once, &Silent).unwrap();
    let zkey = Output::new(&path("circuit.zkey"), Content::stream("key"), Overwrite::No).unwrap();
    groth16::write_zkey(zkey, &key, &Silent).unwrap();

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
        let on_time = MOMENTS.into_iter().find_map(|after| {
            let (found, text) = signalled(folder.path(), signal, arguments, after);
            if matches!(found, Some(0) | None) {
                // It was done before, or had not begun.
                for name in files(folder.path()).difference(&before) {
                    fs::remove_file(path(name.to_str().unwrap())).unwrap();
                }
                return None;
            }
            Some((found, text))
        });
        let (found, text) =
            on_time.unwrap_or_else(|| panic!("no signal came while it worked: {arguments:?}"));
        assert_eq!((found, text.as_str()), (Some(code), line), "{arguments:?}");
        assert_eq!(files(folder.path()), before, "{arguments:?}");
    }
}

/// How the first process of a PID namespace is started here; `None` where that is not allowed.
fn as_first() -> Option<Vec<&'static str>> {
    let ways =
        [&["unshare", "--pid", "--fork"][..], &["unshare", "--user", "--map-root-user", "--pid", "--fork"]];
    let works = |way: &[&str]| {
        let tried = Command::new(way[0]).args(&way[1..]).arg("true").stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    };
    ways.into_iter().find(|&way| works(way)).map(<[&str]>::to_vec)
}

/// The kernel keeps from such a process every signal that it does not handle; `docker stop` would wait, and kill it.
#[test]
fn the_first_process_of_a_container_ends_at_a_signal() {
    let Some(way) = as_first() else {
        println!("SKIPPED: no PID namespace can be made here");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    fs::File::create(folder.path().join("big")).and_then(|file| file.set_len(256 << 20)).unwrap();
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let mut child = Command::new(way[0])
            .args(&way[1..])
            .arg(env!("CARGO_BIN_EXE_popw"))
            .args(["storage", "add", "big", "--store", signal])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let inner = || {
            let children = format!("/proc/{0}/task/{0}/children", child.id());
            let inner: u32 = fs::read_to_string(children).ok()?.split_whitespace().next()?.parse().ok()?;
            (fs::read_to_string(format!("/proc/{inner}/comm")).ok()?.trim() == "popw").then_some(inner)
        };
        let began = Instant::now();
        let inner = loop {
            match inner() {
                Some(inner) => break inner,
                None => assert!(began.elapsed() < Duration::from_secs(20), "popw did not start"),
            }
            thread::sleep(Duration::from_millis(20));
        };
        // Its first act is to see to signals.
        thread::sleep(Duration::from_millis(500));
        let kill =
            |signal: &str| Command::new("kill").args([&format!("-{signal}"), &inner.to_string()]).status();
        assert!(kill(signal).unwrap().success());
        let sent = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if sent.elapsed() > Duration::from_secs(10) {
                kill("KILL").unwrap();
                child.wait().unwrap();
                panic!("alive ten seconds after SIG{signal}");
            }
            thread::sleep(Duration::from_millis(20));
        };
        assert_eq!(status.code(), Some(code), "SIG{signal}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_key_that_is_cut_short_meanwhile_is_an_error() {
    let folder = prepared();
    let path = |name: &str| folder.path().join(name);
    let before = files(folder.path());
    let prove = ["groth16", "prove", "--key", "cut.pk", "--wtns", "witness.wtns", "--threads", "1", "--json"];
    let told = MOMENTS.into_iter().find_map(|after| {
        fs::copy(path("circuit.pk"), path("cut.pk")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_popw"))
            .args(prove)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(after));
        fs::File::options().write(true).open(path("cut.pk")).unwrap().set_len(1 << 14).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        let written: Vec<_> = files(folder.path()).difference(&before).cloned().collect();
        for name in &written {
            fs::remove_file(path(name.to_str().unwrap())).unwrap();
        }
        match output.status.code() {
            // It was done before, or had not begun.
            Some(0) => None,
            Some(1) if !text.contains("cut short") => None,
            code => Some((code, text, written)),
        }
    });
    let (code, text, written) = told.expect("no moment was one at which the key was being read");
    assert_eq!(code, Some(1), "{text}");
    let error: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(error["error"].as_str().unwrap().contains("cut short"), "{text}");
    // Where there are no files without a name, a process that ends at once leaves its temporary ones.
    let expected =
        |name: &OsString| ["cut.pk", ".popw-"].iter().any(|start| name.to_str().unwrap().starts_with(start));
    assert!(written.iter().all(expected), "{written:?}");
}
