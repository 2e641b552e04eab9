//! Fuzz targets of the key file.
//!
//! Sections are padded to pages, so the smallest key file is 80 KB of zeros. The corpus holds them without: public inputs,
//! witness variables, constraints, quotient basis, whether C is known (4 bytes each, little-endian), then for each section its number of elements
//! (2 bytes, little-endian) and the elements.

use std::path::Path;

use ark_bn254::Fr;
use ark_ff::{One, Zero};
use zeroize::Zeroizing;

use super::{
    backend::Backend,
    key::ProvingKey,
    layout::{ALIGNMENT, Dimensions, Extent, HEADER_BYTES, Header, QuotientBasis, Section, padded_end},
    mapping::Mapping,
};
use crate::progress::Silent;

/// Largest evaluation domain for which a key is tried out.
const DOMAIN: usize = 1 << 10;

/// The header, zeros added at its end: an accepted one is written back the same, and its sections lie one behind another.
pub fn fuzz_groth16_header(data: &[u8]) {
    let mut head = [0; HEADER_BYTES];
    for (place, byte) in head.iter_mut().zip(data) {
        *place = *byte;
    }
    let Ok(header) = Header::decode(&head) else { return };
    assert_eq!(header.encode(), head);
    let mut end = HEADER_BYTES as u64;
    for section in Section::ALL {
        let extent = header.extent(section);
        assert_eq!(extent.offset, end);
        assert!(end.is_multiple_of(ALIGNMENT));
        end = padded_end(section, extent).expect("the header was accepted");
    }
    assert!(end < header.file_bytes());
}

/// A whole file, from the sections' contents: with an accepted one a prover computes, or finds the assignment wrong.
pub fn fuzz_groth16_key(data: &[u8]) {
    let Some(file) = assemble(data) else { return };
    let mapping = Mapping::copy(&file).expect("memory");
    let Ok(key) = ProvingKey::decode(Path::new("fuzz.pk"), mapping, file.len() as u64) else { return };
    assert_eq!(key.file_bytes(), file.len() as u64);
    if key.validate(&Silent).is_err() || key.dimensions().domain() > DOMAIN {
        return;
    }
    let mut variables = Zeroizing::new(vec![Fr::zero(); key.dimensions().variables()]);
    variables[0] = Fr::one();
    let [reference, detected] = [Backend::reference(), Backend::detect()].map(|backend| {
        let loaded = backend.load(key.view()).expect("the domain exists");
        loaded.commit(variables.clone(), &Silent)
    });
    assert_eq!(reference, detected);
}

/// The file with these contents: offsets, padding and digests as they must be.
fn assemble(data: &[u8]) -> Option<Vec<u8>> {
    let mut rest = data;
    let [public, witness, constraints, basis, knows_c] = take::<4, 5>(&mut rest)?.map(u32::from_le_bytes);
    let basis = QuotientBasis::decode(basis)?;
    let dimensions = Dimensions::new(public as usize, witness as usize, constraints as usize).ok()?;
    let mut extents = [Extent::default(); Section::ALL.len()];
    let mut verifying_key_digest = [0; 32];
    let mut file = vec![0; HEADER_BYTES];
    for section in Section::ALL {
        let [elements] = take::<2, 1>(&mut rest)?.map(u16::from_le_bytes);
        let mut extent = Extent { offset: file.len() as u64, elements: elements.into(), ..Extent::default() };
        let (bytes, after) = rest.split_at_checked(extent.bytes(section) as usize)?;
        rest = after;
        if section == Section::VerifyingKey {
            verifying_key_digest = *blake3::hash(bytes).as_bytes();
        }
        file.extend_from_slice(bytes);
        file.resize(padded_end(section, &extent)? as usize, 0);
        extent.digest = *blake3::hash(&file[extent.offset as usize..]).as_bytes();
        extents[section.index()] = extent;
    }
    let header = Header { dimensions, basis, knows_c: knows_c == 1, verifying_key_digest, extents }.encode();
    file[..HEADER_BYTES].copy_from_slice(&header);
    file.extend_from_slice(blake3::hash(&header).as_bytes());
    rest.is_empty().then_some(file)
}

fn take<const N: usize, const COUNT: usize>(rest: &mut &[u8]) -> Option<[[u8; N]; COUNT]> {
    let mut out = [[0; N]; COUNT];
    for item in &mut out {
        let (head, tail) = rest.split_first_chunk()?;
        (*item, *rest) = (*head, tail);
    }
    Some(out)
}

/// The contents of a key file, as [`fuzz_groth16_key`] takes them.
#[cfg(test)]
pub(super) fn contents(file: &[u8]) -> Vec<u8> {
    let header = Header::decode(file.first_chunk().expect("a header")).expect("a header");
    let Dimensions { public, witness, constraints, .. } = header.dimensions;
    let numbers = [public, witness, constraints, header.basis as u32, header.knows_c.into()];
    let mut out: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    for section in Section::ALL {
        let extent = header.extent(section);
        out.extend(u16::try_from(extent.elements).expect("a small key").to_le_bytes());
        out.extend(&file[extent.offset as usize..][..extent.bytes(section) as usize]);
    }
    assert_eq!(assemble(&out).as_deref(), Some(file));
    out
}
