//! What a device has, written down for provers and payers: where to is looked at before the work.

use std::fs;

use popw_circuits::claims::{self, Kind};
use serde_json::Value;

use super::{Sandbox, files_of, owner, with_a_store};

/// The files that an export reads, beside the database.
const DOCUMENTS: [&str; 3] = ["device.key", "epoch-public.json", "epoch-directory.json"];

/// Epoch 0, closed, with a device that has a sector in it.
fn closed() -> Sandbox {
    let (sandbox, record) = with_a_store();
    let sector = ["registry", "add-sector", "--sector", &record, "--device", "device.key", "--expiry", "50"];
    sandbox.run(&sector).good();
    sandbox.value(1, 1, "opening.json");
    sandbox.value(2, 2, "closing.json");
    sandbox.run(&["epoch", "snapshot", "--epoch", "0", "--opening", "opening.json"]).good();
    sandbox.run(&["epoch", "close", "--closing", "closing.json"]).good();
    sandbox
}

impl Sandbox {
    fn content(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("a file")
    }

    fn put(&self, name: &str) {
        fs::write(self.path(name), format!("{name} as it was")).expect("a file");
    }

    /// That a command refuses to write to a file that it reads, and leaves it alone.
    fn keeps(&self, input: &str, command: &[&str]) {
        let before = self.content(input);
        let run = self.run(&[command, &["--out", input, "--force"]].concat());
        run.refused(&[input, "this command reads"]);
        assert!(self.content(input) == before, "{input}");
    }

    fn assert_no_temporary_file(&self) {
        let names = files_of(self.folder.path());
        assert!(names.iter().all(|name| !name.starts_with(".popw-")), "{names:?}");
    }
}

#[test]
fn an_input_is_written_over_nothing_unasked_and_over_nothing_it_is_made_from() {
    let sandbox = closed();
    let export = ["device", "export", "--claim", "storage", "--store", "store", "--key", "device.key"];
    let export = [&export[..], &["--challenges", "4", "--network", "network.toml"]].concat();
    let run = |more: &[&str]| sandbox.run(&[&export[..], more].concat());
    run(&[]).good();
    let first: Value = serde_json::from_slice(&sandbox.content("epoch-storage.json")).expect("an input");
    assert_eq!(first["format"], "popw.storage-input");
    run(&[]).refused(&["epoch-storage.json exists already", "choose another --out, or --force"]);
    run(&["--force", "--name-key-file"]).good();
    for input in DOCUMENTS.iter().chain(&["network.toml"]) {
        sandbox.keeps(input, &export);
    }
    // Nor over anything in the store.
    let id = files_of(&sandbox.path("store")).into_iter().find(|name| name.len() == 64).expect("a sector");
    sandbox.keeps(&format!("store/{id}/sector.json"), &export);
    run(&["--out", "store/new.json"]).refused(&["store/new.json", "this command reads"]);

    // Before anything else is looked at: none of these files is what it should be, or there.
    let early = ["device", "export", "--db", "a.db", "--key", "b.key"];
    let early = [&early[..], &["--epoch", "c.json", "--directory", "d.json"]].concat();
    for name in ["a.db", "a.db-wal", "b.key", "c.json", "d.json"] {
        sandbox.put(name);
        sandbox.keeps(name, &early);
        fs::remove_file(sandbox.path(name)).expect("removed");
    }
    sandbox.put("taken.json");
    let late = |out: &str| sandbox.run(&[&early[..], &["--out", out]].concat());
    late("taken.json").refused(&["taken.json exists already"]);
    late("nowhere/new.json").refused(&["nowhere/new.json", "its folder does not exist"]);
    late("new.json").refused(&["b.key"]);
    assert!(!sandbox.path("new.json").exists());
    assert_eq!(sandbox.content("taken.json"), b"taken.json as it was");

    // The key that an input names is read to prove it.
    let prove = ["prove", "storage", "--input", "epoch-storage.json", "--system", "groth16", "--recipient"];
    let recipient = owner(0xd1);
    let prove = [&prove[..], &[recipient.as_str()]].concat();
    sandbox.keeps("device.key", &prove);
    sandbox.keeps("epoch-storage.json", &prove);

    // So are the keys of the claim.
    fs::create_dir(sandbox.path("keys")).expect("a folder");
    let prove = [&prove[..], &["--shape", "demo"]].concat();
    for name in ["keys/possession-demo-groth16.pk", "keys/possession-demo-groth16.vk"] {
        sandbox.put(name);
        sandbox.keeps(name, &prove);
    }
    let halo2: Vec<&str> =
        prove.iter().map(|word| if *word == "groth16" { "halo2" } else { *word }).collect();
    let shape = claims::shape(Kind::Possession, "demo").expect("a shape");
    let string = format!("keys/kzg-{}.srs", popw_prover::claim::layout(&shape).k);
    for name in ["keys/possession-demo-halo2.pk", "keys/possession-demo-halo2.vk", &string] {
        sandbox.put(name);
        sandbox.keeps(name, &halo2);
    }
    sandbox.assert_no_temporary_file();
}

#[test]
fn a_download_replaces_nothing_it_is_made_from() {
    let sandbox = closed();
    let content = "0".repeat(64);
    let fetch = ["client", "fetch", "--key", "client.key", "--device", "0", "--content", &content];
    sandbox.put("client.db");
    sandbox.put("client.db-wal");
    for input in ["client.key", "epoch-public.json", "epoch-directory.json", "client.db", "client.db-wal"] {
        sandbox.keeps(input, &fetch);
    }
    let by_key = fetch.map(|word| if word == "0" { "device.key" } else { word });
    sandbox.keeps("device.key", &by_key);
    // A database that would only be made.
    for name in ["new.db", "new.db-wal"] {
        let run = sandbox.run(&[&fetch[..], &["--db", "new.db", "--out", name, "--force"]].concat());
        run.refused(&[name, "this command reads"]);
        assert!(!sandbox.path("new.db").exists());
    }
}

#[test]
fn a_registration_is_written_over_nothing_it_is_made_from() {
    let sandbox = closed();
    for input in ["device.key", "network.toml"] {
        sandbox.keeps(input, &["registry", "prove-possession", "--key", "device.key"]);
    }
}

#[test]
fn an_epoch_is_written_over_nothing_it_is_made_from() {
    let sandbox = closed();
    let snapshot = ["epoch", "snapshot", "--epoch", "0", "--opening", "opening.json", "--force"];
    sandbox.keeps("opening.json", &snapshot[..6]);
    sandbox.keeps("network.toml", &snapshot[..6]);
    for name in ["registry.db", "registry.db-wal", "registry.db-shm", "network.toml"] {
        for option in ["--out", "--directory"] {
            let run = sandbox.run(&[&snapshot[..], &[option, name]].concat());
            run.refused(&[name, "this command reads"]);
        }
    }
    // The registry is what it was.
    sandbox.run(&snapshot).good();
}

#[test]
#[cfg(target_os = "linux")]
fn an_input_on_standard_output_has_nothing_beside_it() {
    let sandbox = closed();
    let export = ["device", "export", "--claim", "storage", "--store", "store", "--key", "device.key"];
    let run = sandbox.run(&[&export[..], &["--out", "/dev/stdout"]].concat()).good();
    let input: Value = serde_json::from_str(&run.out).expect("the document alone");
    assert_eq!(input["format"], "popw.storage-input");
    assert!(run.err.contains("Written: /dev/stdout, epoch 0"), "{}", run.err);
}

#[test]
fn a_receipt_log_is_written_over_nothing_unasked_and_over_nothing_it_is_made_from() {
    let sandbox = closed();
    sandbox.put("device.db");
    sandbox.put("device.db-wal");
    sandbox.put("receipts.json");
    let export = ["receipts", "export", "--db", "device.db", "--key", "device.key"];
    let run = |more: &[&str]| sandbox.run(&[&export[..], more].concat());
    for input in DOCUMENTS.iter().chain(&["device.db", "device.db-wal"]) {
        sandbox.keeps(input, &export);
    }
    run(&[]).refused(&["receipts.json exists already", "choose another --out, or --force"]);
    run(&["--out", "nowhere/new.json"]).refused(&["nowhere/new.json", "its folder does not exist"]);
    // Nothing is wrong with these outputs, and the database is looked at; it is none.
    fs::remove_file(sandbox.path("device.db-wal")).expect("removed");
    run(&["--force"]).refused(&["device.db"]);
    run(&["--out", "new.json"]).refused(&["device.db"]);
    assert!(!sandbox.path("new.json").exists());
    assert_eq!(sandbox.content("receipts.json"), b"receipts.json as it was");
    sandbox.assert_no_temporary_file();
}
