//! Puts the linker script where the linker looks, and the corpus into the image.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

use popw_corpus::{Corpus, Entry};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rerun-if-changed=memory.x");
    fs::copy("memory.x", out.join("memory.x"))?;

    println!("cargo:rerun-if-env-changed=POPW_CORPUS");
    let corpus = env::var("POPW_CORPUS").unwrap_or_else(|_| "../../corpus/standard".into());
    println!("cargo:rerun-if-changed={corpus}");
    fs::write(out.join("corpus.rs"), source(&Corpus::read(Path::new(&corpus))?, out)?)?;
    Ok(())
}

/// Rust text of the static `KEYS`; the bytes go into files beside it. Of a key's proofs the first is there whole, the
/// others as what they have between its beginning and its end: a few bytes each.
fn source(corpus: &Corpus, out: &Path) -> Result<String, Box<dyn Error>> {
    let mut text = String::from("/// The corpus.\npub static KEYS: &[Key] = &[\n");
    let all = corpus.proofs()?;
    for key in &corpus.manifest.keys {
        let name = &key.name;
        let entries: Vec<&Entry> = all.iter().filter(|entry| entry.key == *name).collect();
        let first = *entries.first().ok_or_else(|| format!("the corpus has no proof for {name}"))?;
        fs::write(out.join(format!("{name}.vk")), corpus.key_bytes(name)?)?;
        fs::write(out.join(format!("{name}.proof")), &first.proof)?;
        writeln!(
            text,
            "Key {{ name: {name:?}, file: include_bytes!(\"{name}.vk\"), first: include_bytes!(\"{name}.proof\"), entries: &["
        )?;
        for Entry { name, inputs, proof, code, .. } in &entries {
            let (head, tail) = common(&first.proof, proof);
            let middle = &proof[head..proof.len() - tail];
            writeln!(
                text,
                "Entry {{ name: {name:?}, code: {code:?}, inputs: &{inputs:?}, head: {head}, middle: &{middle:?}, tail: {tail} }},"
            )?;
        }
        text.push_str("], batches: &[\n");
        for batch in corpus.manifest.batches.iter().filter(|batch| batch.key == *name) {
            let place = |member: &String| entries.iter().position(|entry| entry.name == *member);
            let members: Option<Vec<usize>> = batch.entries.iter().map(place).collect();
            let members = members.ok_or_else(|| format!("{} names a proof that is not there", batch.name))?;
            let (name, code) = (&batch.name, &batch.code);
            writeln!(text, "Batch {{ name: {name:?}, code: {code:?}, members: &{members:?} }},")?;
        }
        text.push_str("] },\n");
    }
    text.push_str("];\n");
    Ok(text)
}

/// How many bytes two lists have in common in front, and then at the end.
fn common(a: &[u8], b: &[u8]) -> (usize, usize) {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    (head, tail)
}
