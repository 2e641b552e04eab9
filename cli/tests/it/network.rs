//! The network half of the command line, from policy to a closed epoch. No daemons, no proofs: those run in
//! `scripts/commands.sh`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

mod exports;

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
    assert_eq!(listed["members"].as_array().map(Vec::len), Some(6));
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
fn nobodys_accounts_and_addresses_are_refused() {
    let sandbox = Sandbox::with_network(&[]);
    let zero = owner(0);
    let new =
        ["key", "new", "--role", "device", "--out", "zero.key", "--insecure-plaintext", "--owner", &zero];
    sandbox.run(&new).refused(&["--owner", "zero address"]);
    sandbox.member("device", "device", &owner(0xd1));
    for (address, problem) in [
        ("0.0.0.0:4433", "unspecified"),
        ("203.0.113.7:0", "port 0"),
        ("224.0.0.1:4433", "multicast"),
        ("169.254.1.1:4433", "link-local"),
        ("[fe80::1]:4433", "link-local"),
    ] {
        let prove = ["registry", "prove-possession", "--key", "device.key", "--out", "again.json"];
        sandbox.run(&[&prove[..], &["--address", address]].concat()).refused(&["--address", problem]);
        let set = ["registry", "set-address", "--entry", "1", "--address", address];
        sandbox.run(&set).refused(&["--address", problem]);
    }
}

#[test]
fn a_claim_is_recorded_by_a_policy_only() {
    let sandbox = Sandbox::with_network(&[]);
    let verify =
        ["verify", "proof.json", "--keys", ".", "--epoch", "e.json", "--ledger", "spent.db", "--record"];
    sandbox.run(&verify).refused(&["--network"]);
    assert!(!sandbox.path("spent.db").exists());
}

#[test]
fn a_network_for_stored_data_alone_opens_epochs_without_witnesses() {
    let sandbox = Sandbox::with_network(&["--pays", "possession"]);
    sandbox.members(0);
    sandbox.value(1, 1, "opening.json");
    let opened = sandbox.json(&["epoch", "snapshot", "--epoch", "0", "--opening", "opening.json"]);
    assert_eq!(opened["epoch"]["rules"]["n_w"], Value::from(0));
    assert_eq!(opened["draws"][0]["committee"].as_array().map(Vec::len), Some(0));
}

/// A network with a client and a file in the device's store; the path of its `sector.json`.
fn with_a_store() -> (Sandbox, String) {
    let sandbox = Sandbox::with_network(&[]);
    sandbox.members(5);
    let owner = owner(0xc1);
    let new = ["key", "new", "--role", "client", "--owner", &owner, "--out", "client.key"];
    sandbox.run(&[&new[..], &["--insecure-plaintext", "--insecure-seed", "client"]].concat()).good();
    std::fs::write(sandbox.path("film"), [7; 100_000]).expect("a file");
    sandbox.run(&["storage", "add", "film", "--store", "store"]).good();
    let ids = files_of(&sandbox.path("store")).into_iter().filter(|name| name.len() == 64);
    let record = ids.map(|id| format!("store/{id}/sector.json")).next().expect("a sector");
    (sandbox, record)
}

#[test]
fn sectors_and_allotments_from_registration_to_epoch() {
    let (sandbox, record) = with_a_store();
    let sector = ["registry", "add-sector", "--sector", &record, "--device", "device.key", "--expiry", "50"];
    let added = sandbox.json(&sector);
    assert_eq!(
        (&added["seq"], &added["bytes"], &added["acts_from"]),
        (&1.into(), &100_000.into(), &0.into())
    );
    sandbox.run(&sector).refused(&["sector.json is not registered", "keeps this data already, as sector 1"]);
    let allotment = ["registry", "add-allotment", "--client", "client.key", "--device-entry", "1"];
    let allotment = [&allotment[..], &["--epoch", "0", "--cap", "5000"]].concat();
    assert_eq!(sandbox.json(&allotment)["cap"], 5000);
    sandbox.run(&allotment).refused(&["for epoch 0 already, number 1"]);

    let listed = sandbox.json(&["registry", "list", "--epoch", "0"]);
    assert_eq!((&listed["sectors"][0]["height"], &listed["allotments"][0]["seq"]), (&4.into(), &1.into()));
    let later = sandbox.json(&["registry", "list", "--epoch", "50"]);
    assert_eq!((&later["sectors"], &later["allotments"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    assert!(sandbox.run(&["registry", "list"]).good().out.contains("1 sector and 1 allotment"));

    sandbox.value(1, 1, "opening.json");
    let opened = sandbox.json(&["epoch", "snapshot", "--epoch", "0", "--opening", "opening.json"]);
    let (roots, draw) = (&opened["epoch"]["roots"], &opened["draws"][0]);
    assert!(roots["sector"] != "0" && roots["allotment"] != "0", "{roots}");
    assert_eq!((&draw["sector_bytes"], &draw["allotment_bytes"]), (&100_000.into(), &5000.into()));
    assert_eq!(draw["challengers"].as_array().map(Vec::len), Some(5));
    assert_ne!(draw["challengers"], draw["committee"]);
    sandbox.run(&["epoch", "verify", "--directory", "epoch-directory.json"]).good();

    // What the directory says of sectors and allotments is the registry's, or nothing.
    let directory = std::fs::read_to_string(sandbox.path("epoch-directory.json")).expect("the directory");
    for (from, to, root) in [
        ("\"expiry\": 50", "\"expiry\": 51", "published sector root"),
        ("\"cap\": 5000", "\"cap\": 6000", "published allotment root"),
    ] {
        let altered = directory.replace(from, to);
        assert_ne!(altered, directory);
        std::fs::write(sandbox.path("altered.json"), altered).expect("a file");
        sandbox.run(&["epoch", "show", "--directory", "altered.json"]).refused(&["altered.json", root]);
    }
    let removed = sandbox.json(&["registry", "remove-sector", "--seq", "1"]);
    assert_eq!(removed["acts_until"], 0);
    sandbox.run(&["registry", "remove-sector", "--seq", "1"]).refused(&["from epoch 0 on already"]);
    sandbox.run(&["registry", "remove-sector", "--seq", "2"]).refused(&["no sector 2"]);
    // Its place in the list is kept, its number too.
    assert_eq!(sandbox.json(&sector)["seq"], 2);
}

#[test]
fn sectors_that_do_not_hold_together_are_refused() {
    let (sandbox, record) = with_a_store();
    let good = std::fs::read_to_string(sandbox.path(&record)).expect("the record");
    let add = |file: &str, more: &[&str]| {
        let add = ["registry", "add-sector", "--sector", file, "--expiry", "50"];
        sandbox.run(&[&add[..], more].concat())
    };
    let device = ["--device", "device.key"];
    let r = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
    let field = |name: &str, value: &str| {
        let mut document: serde_json::Map<String, Value> = serde_json::from_str(&good).expect("JSON");
        document.insert(name.into(), serde_json::from_str(value).expect("JSON"));
        let file = format!("{name}.json");
        std::fs::write(sandbox.path(&file), Value::from(document).to_string()).expect("a file");
        add(&file, &device).refused(&[&file, name]);
    };
    field("nodes", "3227");
    field("height", "5");
    field("bytes", "266287972353");
    field("comm_r", &format!("\"{r}\""));
    field("blake3", "\"00\"");
    field("format", "\"popw.epoch\"");
    add("absent.json", &device).refused(&["sector record", "absent.json"]);
    // An empty file can be kept, but nobody is paid for that.
    std::fs::write(sandbox.path("nothing"), "").expect("a file");
    let empty = sandbox.run(&["storage", "add", "nothing", "--store", "empty"]).good();
    assert!(empty.err.contains("nothing is empty: its sector cannot be registered"), "{}", empty.err);
    let id = files_of(&sandbox.path("empty")).into_iter().find(|name| name.len() == 64).expect("a sector");
    let empty = format!("empty/{id}/sector.json");
    add(&empty, &device).refused(&[&empty, "a sector of 0 bytes has no data to keep"]);
    add("opening.json", &device).refused(&["opening.json"]);

    add(&record, &[]).refused(&["--device"]);
    add(&record, &["--device", "w1.key"]).refused(&["is a witness's"]);
    add(&record, &["--device", "client.key"]).refused(&["no device with this key"]);
    add(&record, &["--device-entry", "9"]).refused(&["--device-entry", "no entry 9"]);
    add(&record, &["--device-public-key", "1,1"]).refused(&["--device-public-key", "Baby Jubjub"]);
    add(&record, &["--device-public-key", "1"]).refused(&["X,Y"]);
    add(&record, &["--device-entry", "1", "--acts-from", "50"]).refused(&["expire in epoch 50"]);
    assert_eq!(sandbox.json(&["registry", "list"])["sectors"], Value::Array(vec![]));
    let key = sandbox.json(&["key", "show", "device.key"]);
    let part = |name: &str| key["public_key"][name].as_str().expect("a coordinate").to_owned();
    let (x, y) = (part("x"), part("y"));
    add(&record, &["--device-public-key", &format!("{x},{y}")]).good();
}

#[test]
fn allotments_that_could_not_count_are_refused() {
    let (sandbox, _) = with_a_store();
    let add = |more: &[&str]| sandbox.run(&[&["registry", "add-allotment"], more].concat());
    let client = ["--client", "client.key"];
    let rest = ["--device", "device.key", "--epoch", "0", "--cap", "5000"];
    add(&rest).refused(&["--client"]);
    add(&[&client[..], &rest[..4]].concat()).refused(&["--cap"]);
    add(&[&client[..], &rest[..4], &["--cap", "0"]].concat()).refused(&["0 bytes buys nothing"]);
    add(&[&["--client", "device.key"], &rest[..]].concat()).refused(&["device.key"]);
    let other = owner(0xc2);
    add(&[&client[..], &rest, &["--owner", &other]].concat()).refused(&["--owner", "another owner"]);
    let key = sandbox.json(&["key", "show", "client.key"]);
    let coordinate = |name: &str| key["public_key"][name].as_str().expect("a coordinate").to_owned();
    let public = format!("{},{}", coordinate("x"), coordinate("y"));
    let endpoint = key["endpoint"].as_str().expect("an endpoint");
    let remote = ["--client-public-key", &public, "--client-endpoint", endpoint];
    add(&[&remote[..2], &rest].concat()).refused(&["--client-endpoint"]);
    add(&[&remote[..], &rest].concat()).refused(&["owner is not known", "--owner"]);
    let devices = owner(0xd1);
    add(&[&remote[..], &rest, &["--owner", &devices]].concat()).refused(&["same owner"]);
    add(&[&remote[..], &rest, &["--owner", &other]].concat()).good();

    // In a network that began long ago, epoch 0 is over.
    let old = ["--network", "old.toml", "--registry", "old.db"];
    let genesis = ["--genesis", "2020-01-01T00:00:00Z", "--beacon", "file", "--out", "old.toml"];
    let policy = std::fs::read_to_string(sandbox.path("network.toml")).expect("the policy");
    let domain = policy.lines().find_map(|line| line.strip_prefix("domain_id = ")).expect("a domain");
    sandbox.run(&[&["network", "init"], &genesis[..]].concat()).good();
    let began = std::fs::read_to_string(sandbox.path("old.toml")).expect("the policy");
    let began: Vec<String> = began
        .lines()
        .map(
            |line| {
                if line.starts_with("domain_id = ") { format!("domain_id = {domain}") } else { line.into() }
            },
        )
        .collect();
    std::fs::write(sandbox.path("old.toml"), began.join("\n")).expect("a file");
    sandbox.run(&[&["registry", "add", "--possession", "device.json"], &old[..]].concat()).good();
    add(&[&client[..], &rest, &old].concat()).refused(&["epoch 0 is fixed already", "bought from epoch"]);
    let later = ["--device", "device.key", "--epoch", "4000000000", "--cap", "5000"];
    add(&[&client[..], &later, &old].concat()).good();
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
        let line = run.out.lines().find(|line| line.contains("drawn witnesses")).expect("a draw");
        let missed = line.contains("brackets");
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
fn a_key_is_encrypted_anew_with_its_passphrase_or_another() {
    let sandbox = Sandbox::new();
    for (name, passphrase) in [("pass", "correct horse\n"), ("other", "battery staple\n")] {
        std::fs::write(sandbox.path(name), passphrase).expect("a passphrase file");
    }
    let old = ["--passphrase-file", "pass"];
    let new = ["key", "new", "--role", "device", "--out", "device.key", "--work-factor", "17"];
    let made = sandbox.json(&[&new[..], &old].concat());
    assert_eq!(made["memory_mib"], 128);
    let again = ["key", "passphrase", "device.key", "--keep"];
    let kept = sandbox.json(&[&again[..], &old].concat());
    assert_eq!(kept["memory_mib"], 64);
    assert_eq!(kept["public_key"], made["public_key"]);
    let show = ["key", "show", "device.key", "--unlock", "--passphrase-file"];
    sandbox.run(&[&show[..], &["pass"]].concat()).good();
    let change = ["key", "passphrase", "device.key", "--new-passphrase-file", "other"];
    sandbox.run(&[&change[..], &old].concat()).good();
    sandbox.run(&[&show[..], &["pass"]].concat()).refused(&["wrong passphrase", "device.key"]);
    sandbox.run(&[&show[..], &["other"]].concat()).good();

    let open = ["key", "new", "--role", "device", "--out", "open.key", "--insecure-plaintext"];
    sandbox.run(&open).good();
    sandbox.run(&["key", "passphrase", "open.key", "--keep"]).refused(&["open.key", "no passphrase"]);
    sandbox.run(&["key", "passphrase", "open.key", "--new-passphrase-file", "other"]).good();
    assert_eq!(sandbox.json(&["key", "show", "open.key"])["encrypted"], true);
}

/// A board with less memory than an old key takes: an error that says so, and no abort.
#[cfg(target_os = "linux")]
#[test]
fn a_key_that_takes_more_memory_than_there_is_is_refused() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path("pass"), "correct horse\n").expect("a passphrase file");
    let new = ["key", "new", "--role", "device", "--passphrase-file", "pass", "--work-factor"];
    sandbox.run(&[&new[..], &["18", "--out", "large.key"]].concat()).good();
    sandbox.run(&[&new[..], &["16", "--out", "small.key"]].concat()).good();
    let limited = |key: &str| {
        let command =
            format!("ulimit -v 250000; exec {} key show {key} --unlock", env!("CARGO_BIN_EXE_popw"));
        let output = Command::new("sh")
            .args(["-c", &command])
            .env("POPW_PASSPHRASE_FILE", "pass")
            .current_dir(sandbox.folder.path())
            .output()
            .expect("popw runs");
        Run::of(&output)
    };
    limited("small.key").good();
    limited("large.key").refused(&["large.key", "256 MiB", "popw key passphrase"]);
}

/// What whoever starts a daemon should know of its files.
#[test]
fn a_daemon_warns_of_a_key_in_the_open() {
    let sandbox = Sandbox::with_network(&[]);
    sandbox.member("witness", "w", &owner(1));
    let run =
        ["witness", "run", "--key", "w.key", "--locks", "locks", "--epochs", ".", "--db", "not-mounted/w.db"];
    let refused = sandbox.run(&run);
    assert!(refused.err.contains("NOT encrypted"), "{}", refused.err);
    assert!(!refused.err.contains("others on this machine"), "{}", refused.err);
    refused.refused(&["not-mounted", "no folder"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let everyone = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(sandbox.path("w.key"), everyone).expect("a mode");
        sandbox.run(&run).refused(&["NOT encrypted", "others on this machine may read w.key", "chmod 600"]);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_popw"))
        .args(["witness", "run", "--key", "w.key", "--db", "w.db"])
        .current_dir(sandbox.folder.path())
        .env_remove("HOME")
        .env_remove("XDG_STATE_HOME")
        .output()
        .expect("popw runs");
    Run::of(&output).refused(&["--locks DIR"]);
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
    let entry = &sandbox.json(&["registry", "list"])["members"];
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
