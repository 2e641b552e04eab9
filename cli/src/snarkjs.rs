//! Reading keys of circuits, wherever they are, and snarkjs's proof.json and public.json.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
};

use miette::{IntoDiagnostic, WrapErr, miette};
use popw_core::{Fr, document, field};
use popw_network::files::{self, DOCUMENT_LIMIT};
use popw_prover::groth16::{self, layout::MAGIC};
use popw_verifier::{
    encoding::{G1_BYTES, G2_BYTES},
    key::circuit_file,
};
use serde::Deserialize;

/// Affine coordinates and z, decimal.
type G1 = [String; 3];
type G2 = [[String; 2]; 3];

/// verification_key.json, without what snarkjs writes and does not read.
#[derive(Deserialize)]
struct Key {
    protocol: String,
    curve: String,
    #[serde(rename = "nPublic")]
    public: usize,
    vk_alpha_1: G1,
    vk_beta_2: G2,
    vk_gamma_2: G2,
    vk_delta_2: G2,
    #[serde(rename = "IC")]
    ic: Vec<G1>,
}

/// proof.json.
#[derive(Deserialize)]
struct ProofFile {
    pi_a: G1,
    pi_b: G2,
    pi_c: G1,
    protocol: String,
    curve: String,
}

/// Reads the verifying key that a `.vk`, a `.pk` of Groth16, a `.zkey` or a `verification_key.json` holds, as a `.vk` file
/// whose points are not judged.
///
/// # Errors
/// For a file that cannot be read, or is none of them. Whether the key is sound is not asked.
pub fn read_key(path: &Path) -> miette::Result<Vec<u8>> {
    // Proving keys are large, and files: what comes through a pipe is none.
    if fs::metadata(path).is_ok_and(|found| found.is_file()) {
        let mut head = Vec::new();
        let read = File::open(path).and_then(|file| file.take(8).read_to_end(&mut head));
        read.into_diagnostic().wrap_err_with(|| format!("reading {}", path.display()))?;
        if head == MAGIC {
            return groth16::verifying_key_file(path).into_diagnostic();
        }
        if head.starts_with(b"zkey") {
            return groth16::zkey_verifying_key(path, "zkey").into_diagnostic();
        }
    }
    let bytes = files::read(path, "verifying key", DOCUMENT_LIMIT).into_diagnostic()?;
    if bytes.starts_with(b"POPWVKEY") {
        return Ok(bytes);
    }
    if is_key(&bytes) {
        return key_file(&bytes).map_err(|problem| miette!("{}: {problem}", path.display()));
    }
    Err(miette!(
        help = "name a .vk, a Groth16 .pk, a snarkjs .zkey or a verification_key.json; `popw inspect` says what the file is",
        "{} does not contain a verifying key",
        path.display()
    ))
}

/// Whether this is meant as a verification_key.json.
pub fn is_key(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Marks {
        #[serde(rename = "nPublic")]
        _public: serde::de::IgnoredAny,
        #[serde(rename = "IC")]
        _ic: serde::de::IgnoredAny,
    }
    document::read::<Marks>(bytes).is_ok()
}

/// What a verification_key.json says of itself: its number of public inputs.
///
/// # Errors
/// Names the field that cannot be read.
pub fn public_inputs(bytes: &[u8]) -> Result<usize, String> {
    let key: Key = document::read(bytes).map_err(|error| error.to_string())?;
    check_kind(&key.protocol, &key.curve)?;
    Ok(key.public)
}

/// verification_key.json as a key file of ours.
fn key_file(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let key: Key = document::read(bytes).map_err(|error| error.to_string())?;
    check_kind(&key.protocol, &key.curve)?;
    if key.ic.len().checked_sub(1) != Some(key.public) {
        return Err(format!("nPublic is {}, and there are {} IC points", key.public, key.ic.len()));
    }
    let mut payload = Vec::new();
    payload.extend(g1(&key.vk_alpha_1, "vk_alpha_1")?);
    payload.extend(g2(&key.vk_beta_2, "vk_beta_2")?);
    payload.extend(g2(&key.vk_gamma_2, "vk_gamma_2")?);
    payload.extend(g2(&key.vk_delta_2, "vk_delta_2")?);
    payload.extend(u32::try_from(key.ic.len()).map_err(|error| error.to_string())?.to_be_bytes());
    for (index, point) in key.ic.iter().enumerate() {
        payload.extend(g1(point, &format!("IC[{index}]"))?);
    }
    circuit_file("verification-key", &payload).map_err(|error| error.to_string())
}

/// Reads a proof.json, as the bytes of a proof of ours; its points are not judged.
///
/// # Errors
/// Names the file and the field that cannot be read.
pub fn read_proof(path: &Path) -> miette::Result<Vec<u8>> {
    let bytes = files::read(path, "proof", DOCUMENT_LIMIT).into_diagnostic()?;
    let read = || -> Result<Vec<u8>, String> {
        let proof: ProofFile = document::read(&bytes).map_err(|error| error.to_string())?;
        check_kind(&proof.protocol, &proof.curve)?;
        let mut points = Vec::new();
        points.extend(g1(&proof.pi_a, "pi_a")?);
        points.extend(g2(&proof.pi_b, "pi_b")?);
        points.extend(g1(&proof.pi_c, "pi_c")?);
        Ok(points)
    };
    read().map_err(|problem| miette!("{} is not a snarkjs proof: {problem}", path.display()))
}

/// Reads a public.json.
///
/// # Errors
/// Names the file and the number that cannot be read.
pub fn read_public(path: &Path) -> miette::Result<Vec<Fr>> {
    const WHAT: &str = "list of public inputs";
    let bytes = files::read(path, WHAT, DOCUMENT_LIMIT).into_diagnostic()?;
    let read = || -> Result<Vec<Fr>, String> {
        let numbers: Vec<String> = document::read(&bytes).map_err(|error| error.to_string())?;
        let number = |(index, text): (usize, &String)| {
            field::from_decimal(text).map_err(|error| format!("number {index}: {error}"))
        };
        numbers.iter().enumerate().map(number).collect()
    };
    read().map_err(|problem| miette!("{} is not a {WHAT} from snarkjs: {problem}", path.display()))
}

fn check_kind(protocol: &str, curve: &str) -> Result<(), String> {
    match (protocol, curve) {
        ("groth16", "bn128" | "bn254") => Ok(()),
        ("groth16", _) => Err(format!("it is for the curve {curve}, and only bn128 is verified here")),
        _ => Err(format!("it is for the proof system {protocol}, and only groth16 is verified here")),
    }
}

/// x and y; zeros for infinity, which no key and no proof may have.
fn g1([x, y, z]: &G1, name: &str) -> Result<[u8; G1_BYTES], String> {
    let mut point = [0; G1_BYTES];
    match z.as_str() {
        "1" => numbers(&mut point, [x, y], name)?,
        "0" => {}
        _ => return Err(format!("{name}: its third coordinate is neither 1 nor 0")),
    }
    Ok(point)
}

/// The same in the order of EIP-197.
fn g2([[x0, x1], [y0, y1], [z0, z1]]: &G2, name: &str) -> Result<[u8; G2_BYTES], String> {
    let mut point = [0; G2_BYTES];
    match (z0.as_str(), z1.as_str()) {
        ("1", "0") => numbers(&mut point, [x1, x0, y1, y0], name)?,
        ("0", "0") => {}
        _ => return Err(format!("{name}: its third coordinate is neither 1 nor 0")),
    }
    Ok(point)
}

fn numbers<const N: usize>(out: &mut [u8], texts: [&String; N], name: &str) -> Result<(), String> {
    let (places, _) = out.as_chunks_mut::<32>();
    for (place, text) in places.iter_mut().zip(texts) {
        // Whether it is below the modulus is the verifier's to say.
        let word = field::word_from_decimal(text);
        *place = word.map_err(|error| format!("{name}: {text:?} is not a coordinate: {error}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{is_key, read_proof, read_public};

    #[test]
    fn objects_are_objects_and_lists_are_lists() {
        assert!(is_key(br#"{"nPublic": 1, "IC": [], "more": 0}"#));
        assert!(!is_key(br#"{"nPublic": 1}"#) && !is_key(br#"["1", "2"]"#) && !is_key(b"[1, []]"));

        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file.json");
        let g1 = r#"["1", "2", "1"]"#;
        let g2 = r#"[["1", "2"], ["3", "4"], ["1", "0"]]"#;
        let object = format!(
            r#"{{"pi_a": {g1}, "pi_b": {g2}, "pi_c": {g1}, "protocol": "groth16", "curve": "bn128"}}"#
        );
        let list = format!(r#"[{g1}, {g2}, {g1}, "groth16", "bn128"]"#);
        std::fs::write(&path, object).expect("written");
        assert_eq!(read_proof(&path).expect("a proof").len(), 256);
        assert!(read_public(&path).is_err());
        std::fs::write(&path, list).expect("written");
        let refused = read_proof(&path).expect_err("a list").to_string();
        assert!(refused.contains("file.json is not a snarkjs proof"), "{refused}");
        std::fs::write(&path, r#"["1", "2"]"#).expect("written");
        assert_eq!(read_public(&path).expect("numbers").len(), 2);
    }
}
