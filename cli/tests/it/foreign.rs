//! What others have written: it can be anything, and reaches a terminal as what it is.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use popw_core::text::is_active;
use serde_json::{Value, json};

/// Clears the line, forges a verdict, sets the terminal's title, turns what follows around.
const HOSTILE: &str = "\u{1b}[2K\r\nDUE: valid, of this epoch\u{1b}]0;title\u{7}\u{9b}1A\u{202e}\u{2066}";

/// A good document of another crate's corpus.
fn good(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    serde_json::from_slice(&std::fs::read(path).expect("the corpus")).expect("JSON")
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("written");
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut popw = Command::new(env!("CARGO_BIN_EXE_popw"));
        popw.args(arguments)
            .current_dir(self.0.path())
            .env_remove("POPW_NETWORK")
            .output()
            .expect("popw runs")
    }

    /// All that a run prints, none of which does anything to a terminal or looks like a verdict of its own.
    fn tame(&self, arguments: &[&str]) -> String {
        let Output { stdout, stderr, .. } = self.run(arguments);
        let text = String::from_utf8([stdout, stderr].concat()).expect("text");
        assert!(!text.contains(|c: char| is_active(c) && c != '\n'), "{arguments:?}: {text:?}");
        assert!(text.lines().all(|line| !line.starts_with("DUE")), "{arguments:?}: {text}");
        text
    }
}

#[test]
fn documents_that_talk_to_the_terminal_are_written_out() {
    let folder = Folder::new();
    folder.run(&["network", "init", "--shape", "demo", "--beacon", "file", "--genesis", "+1h"]);
    let with = |mut document: Value, name: &str| {
        document[name] = json!(HOSTILE);
        document.to_string()
    };
    let proof = || good("core/testdata/corpus/proof/good.json");
    let epoch = || good("core/testdata/corpus/epoch/good");
    let sector = good("storage/testdata/corpus/sector/good");
    let id = sector["blake3"].as_str().expect("a hash").to_owned();
    folder.write("format.json", with(proof(), "format"));
    folder.write("field.json", with(proof(), HOSTILE));
    folder.write("system.json", with(proof(), "system"));
    folder.write("claim.json", with(proof(), "claim"));
    folder.write("epoch.json", with(epoch(), "network"));
    folder.write("sector.json", with(sector.clone(), "name"));
    folder.write(&format!("store/{id}/sector.json"), with(sector, "name"));

    for name in ["format.json", "field.json", "system.json", "epoch.json", "sector.json"] {
        for arguments in [&["inspect", name][..], &["--json", "inspect", name]] {
            let text = folder.tame(arguments);
            assert!(text.contains("DUE: valid"), "{arguments:?} does not say what is there: {text}");
        }
        folder.tame(&["verify", name, "--key", "absent.vk"]);
    }
    folder.tame(&["verify", "claim.json", "--key", "absent.vk"]);
    assert!(folder.tame(&["storage", "list", "--store", "store"]).contains(r"\u{1b}[2K\r\nDUE: valid"));
    folder.tame(&["--json", "storage", "list", "--store", "store"]);
    folder.tame(&["epoch", "show", "--epoch", "epoch.json"]);
    folder.tame(&["receipts", "check", "format.json"]);

    // In JSON it is escaped as JSON does, and stays the same text.
    let told: Value =
        serde_json::from_str(&folder.tame(&["--json", "inspect", "sector.json"])).expect("JSON");
    assert_eq!(told["name"], json!(HOSTILE));
}

#[test]
fn files_that_are_no_documents_are_told_what_they_are() {
    let folder = Folder::new();
    let text = good("core/testdata/corpus/proof/good.json").to_string();
    folder.write("mark.json", [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat());
    let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
    folder.write("utf16.json", [0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<u8>>());
    folder.write("some.vk", b"POPWVKEY\0\x01\x01\0\0\x01");
    for (name, says) in [
        ("mark.json", "byte order mark: save it as UTF-8"),
        ("utf16.json", "UTF-16: save it as UTF-8"),
        ("some.vk", "a verifying key, not a document"),
    ] {
        let refused = folder.tame(&["verify", name, "--key", "absent.vk"]);
        assert!(refused.contains(name) && refused.contains(says), "{refused}");
    }
    for name in ["mark.json", "utf16.json"] {
        assert!(folder.tame(&["inspect", name]).contains("save it as UTF-8"));
    }
    let refused = folder.tame(&["eligibility", "mark.json", "--policy", "some.vk", "--keys", "."]);
    assert!(refused.contains("some.vk is not a valid policy: it is a verifying key"), "{refused}");
}

#[test]
fn lists_are_no_files_of_snarkjs_that_are_objects() {
    let folder = Folder::new();
    let (g1, g2) = (json!(["1", "2", "1"]), json!([["1", "2"], ["3", "4"], ["1", "0"]]));
    let key = json!({
        "protocol": "groth16", "curve": "bn128", "nPublic": 0,
        "vk_alpha_1": g1, "vk_beta_2": g2, "vk_gamma_2": g2, "vk_delta_2": g2, "IC": [g1],
    });
    folder.write("key.json", key.to_string());
    assert!(folder.tame(&["inspect", "key.json"]).contains("verifying key of snarkjs"));

    // As many entries as a key has marks.
    folder.write("public.json", r#"["1","2"]"#);
    let told = folder.tame(&["inspect", "public.json"]);
    assert!(told.contains("public.json is not a popw file") && !told.contains("nPublic"), "{told}");
    let told = folder.tame(&["lint", "key", "public.json"]);
    assert!(told.contains("public.json does not contain a verifying key"), "{told}");
}
