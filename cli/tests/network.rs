//! The network half of the command line, from policy to a closed epoch. No daemons, no proofs: those run in
//! `scripts/commands.sh`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder with a network in it.
struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a run has printed.
struct Run {
    ok: bool,
    out: String,
    err: String,
}

impl Sandbox {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A demo-sized network with beacons from files, which starts in an hour.
    fn with_network(arguments: &[&str]) -> Self {
        let sandbox = Self::new();
        let init = ["network", "init", "--shape", "demo", "--beacon", "file", "--genesis", "+1h"];
        sandbox.run(&[&init[..], arguments].concat()).good();
        sandbox
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_popw"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("POPW_NETWORK")
            .env_remove("POPW_PASSPHRASE_FILE")
            .output()
            .expect("popw runs");
        Run::of(&output)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[&["--json"], arguments].concat()).good();
        serde_json::from_str(&run.out).expect("one JSON value")
    }

    /// A member with a key that repeats, registered.
    fn member(&self, role: &str, name: &str, owner: &str) {
        let (key, possession) = (format!("{name}.key"), format!("{name}.json"));
        let new = ["key", "new", "--role", role, "--owner", owner, "--out", &key, "--insecure-plaintext"];
        self.run(&[&new[..], &["--insecure-seed", name]].concat()).good();
        let address = ["--address", "127.0.0.1:4433"];
        self.run(
            &[&["registry", "prove-possession", "--key", &key, "--out", &possession], &address[..]].concat(),
        )
        .good();
        self.run(&["registry", "add", "--possession", &possession]).good();
    }

    fn members(&self, witnesses: u8) {
        self.member("device", "device", &owner(0xd1));
        for i in 1..=witnesses {
            self.member("witness", &format!("w{i}"), &owner(i));
        }
    }

    fn value(&self, round: u64, byte: u8, out: &str) {
        let value = hex::encode([byte; 32]);
        self.run(&[
            "beacon",
            "file",
            "--round",
            &round.to_string(),
            "--value",
            &value,
            "--out",
            out,
            "--force",
        ])
        .good();
    }
}

impl Run {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        Self { ok: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    fn good(self) -> Self {
        assert!(self.ok, "{}{}", self.out, self.err);
        self
    }

    /// That it failed, naming all of these.
    fn refused(self, named: &[&str]) {
        assert!(!self.ok, "{}", self.out);
        for name in named {
            assert!(self.err.contains(name), "{name:?} is not in: {}", self.err);
        }
    }
}

fn owner(last: u8) -> String {
    format!("0x{}{last:02x}", "00".repeat(19))
}

fn files_of(folder: &Path) -> Vec<String> {
    let names =
        std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

#[test]
fn an_epoch_from_policy_to_close() {
    let sandbox = Sandbox::with_network(&[]);
    sandbox.members(5);
    let listed = sandbox.json(&["registry", "list"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(6));
    sandbox.value(1, 1, "opening.json");
    sandbox.value(2, 2, "closing.json");
    let opened = sandbox.json(&["epoch", "snapshot", "--epoch", "0", "--opening", "opening.json"]);
    assert_eq!((&opened["closed"], &opened["epoch"]["rules"]["n_w"]), (&Value::from(false), &Value::from(5)));
    assert_eq!(opened["draws"][0]["committee"].as_array().map(Vec::len), Some(5));
    let closed = sandbox.json(&["epoch", "close", "--closing", "closing.json"]);
    assert_eq!(closed["closed"], Value::from(true));
    sandbox
        .run(&["epoch", "close", "--closing", "closing.json"])
        .refused(&["epoch-public.json", "closed already"]);
    assert!(
        files_of(sandbox.folder.path()).iter().all(|name| !name.ends_with(".tmp")),
        "no temporary file is left"
    );
}

#[test]
fn a_draw_that_misses_a_quorum_is_said() {
    let sandbox = Sandbox::with_network(&["--seats", "3", "--quorum", "3"]);
    sandbox.members(3);
    // Three seats name three of three owners in 6 of 27 draws, so most of these values miss.
    let warned = (0..8u8).filter(|&byte| {
        sandbox.value(1, byte, "opening.json");
        let snapshot = ["epoch", "snapshot", "--epoch", "0", "--opening", "opening.json", "--force"];
        let run = sandbox.run(&snapshot).good();
        let missed = run.out.contains("brackets");
        assert_eq!(missed, run.err.contains("no slot of this epoch can be up"), "{}{}", run.out, run.err);
        assert!(run.out.contains("with probability 78 %"), "{}", run.out);
        missed
    });
    assert!((1..8).contains(&warned.count()));
}

#[test]
fn nothing_secret_is_printed_or_left_readable() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path("pass"), "correct horse\n").expect("a passphrase file");
    let new = ["key", "new", "--role", "device", "--out", "device.key", "--passphrase-file", "pass"];
    let run = sandbox.run(&new).good();
    let shown = sandbox.run(&["key", "show", "device.key", "--unlock", "--passphrase-file", "pass"]).good();
    let stored = std::fs::read_to_string(sandbox.path("device.key")).expect("the key file");
    for text in [&run.out, &run.err, &shown.out, &shown.err, &stored] {
        assert!(!text.contains("correct horse"), "{text}");
    }
    assert!(run.err.contains("others on this machine may read pass"), "{}", run.err);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(sandbox.path("device.key")).expect("the key file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    sandbox.run(&new).refused(&["device.key", "never overwritten"]);
}

#[test]
fn a_registration_for_one_network_is_none_for_another() {
    let sandbox = Sandbox::with_network(&[]);
    sandbox.member("device", "device", &owner(0xd1));
    sandbox.run(&["network", "init", "--out", "other.toml", "--genesis", "+1h"]).good();
    let other = ["--network", "other.toml"];
    sandbox
        .run(
            &[&["registry", "add", "--registry", "other.db", "--possession", "device.json"], &other[..]]
                .concat(),
        )
        .refused(&["device.json", "made for the network"]);
    sandbox
        .run(&[&["registry", "list"], &other[..]].concat())
        .refused(&["registry.db", "belongs to the network"]);
}

#[test]
fn a_change_cannot_act_before_its_time() {
    // Epoch 0 began in 2020, so that some epoch runs now.
    let sandbox = Sandbox::new();
    sandbox.run(&["network", "init", "--beacon", "file", "--genesis", "2020-01-01T00:00:00Z"]).good();
    sandbox.member("device", "device", &owner(0xd1));
    let entry = sandbox.json(&["registry", "list"]);
    assert!(entry[0]["acts_from"].as_u64().is_some_and(|epoch| epoch > 1000), "{entry}");
    sandbox
        .run(&["registry", "remove", "--entry", "1", "--acts-from", "3"])
        .refused(&["--acts-from 3", "at the earliest"]);
}

#[test]
fn errors_in_json_mode_are_json() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["--json", "network", "show"]);
    assert!(!run.ok && run.out.is_empty(), "{}", run.out);
    let error: Value = serde_json::from_str(&run.err).expect("one JSON object");
    assert!(error["error"].as_str().is_some_and(|text| text.contains("network.toml")), "{error}");
}

#[test]
fn schemas_know_their_documents() {
    let sandbox = Sandbox::new();
    for (name, field) in [("uptime", "seats"), ("epoch", "roots"), ("proof", "public")] {
        let schema = sandbox.json(&["schema", name]);
        assert!(schema["properties"][field].is_object(), "{name}: {schema}");
    }
}
