//! Key files: every change is refused by name, validation is remembered, the format does not move.

use std::fs;

use super::super::{
    layout::{DIGEST_BYTES, HEADER_BYTES, Section},
    stamp,
};
use super::*;

const ROW: usize = 64;

fn offset(bytes: &[u8], section: Section) -> usize {
    let at = 64 + ROW * section.index() + 8;
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize
}

/// Puts right digests into a file whose contents were changed, as a malicious maker would.
fn sign(bytes: &mut [u8]) {
    let length = bytes.len();
    for section in Section::ALL {
        let start = offset(bytes, section);
        let end = match Section::ALL.get(section.index() + 1) {
            Some(next) => offset(bytes, *next),
            None => length - DIGEST_BYTES,
        };
        let digest = *blake3::hash(&bytes[start..end]).as_bytes();
        let at = 64 + ROW * section.index() + 32;
        bytes[at..at + 32].copy_from_slice(&digest);
    }
    sign_header(bytes);
}

fn sign_header(bytes: &mut [u8]) {
    let digest = *blake3::hash(&bytes[..HEADER_BYTES]).as_bytes();
    let length = bytes.len();
    bytes[length - DIGEST_BYTES..].copy_from_slice(&digest);
}

/// The problem that opening the fixture's key finds after `change`.
fn problem(fixture: &Fixture, change: impl FnOnce(&mut Vec<u8>)) -> KeyProblem {
    let path = fixture.folder.path().join("changed.pk");
    let mut bytes = fs::read(fixture.path()).unwrap();
    change(&mut bytes);
    fs::write(&path, &bytes).unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(error.path, path);
    assert!(!stamp::file(&path).exists(), "a refused file must not be stamped");
    error.problem
}

#[test]
fn a_key_says_what_it_is() {
    let fixture = Fixture::new(41);
    let key = fixture.open();
    assert_eq!(key.verifying_key(), &fixture.verifying_key);
    assert_eq!(key.dimensions().constraints as usize, fixture.matrices.constraints());
    assert_eq!(key.file_bytes(), fs::metadata(fixture.path()).unwrap().len());
    let header = key.verifying_key().header();
    assert_eq!((header.claim.as_str(), header.shape.as_str()), ("sample", "demo"));
    assert_eq!(header.development, Some(popw_verifier::key::Development::Seeded));

    let vk_path = verifying_key_path(&fixture.path());
    write_verifying_key(to(&vk_path), key.verifying_key()).unwrap();
    assert_eq!(vk_path, fixture.folder.path().join("sample.vk"));
    assert_eq!(VerifyingKey::from_bytes(&fs::read(vk_path).unwrap()).unwrap(), fixture.verifying_key);
}

#[test]
fn points_lie_on_cache_lines_and_coefficients_are_stored_once() {
    let fixture = Fixture::new(41);
    let key = fixture.open();
    let view = key.view();
    for points in [view.a_query.points, view.b_g1_query.points, view.l_query.points, view.h_query] {
        assert!(points.as_ptr().addr().is_multiple_of(64));
        assert!(points.iter().all(|p| *p != ark_bn254::G1Affine::default()));
    }
    assert!(view.b_g2_query.points.as_ptr().addr().is_multiple_of(64));
    let distinct: std::collections::HashSet<_> = view.coefficients.iter().map(|c| c.0).collect();
    assert_eq!(distinct.len(), view.coefficients.len());
    let entries = view.a.entries.len() + view.b.entries.len() + view.c.unwrap().entries.len();
    assert!(view.coefficients.len() * 2 < entries);
    assert_eq!(view.a.rows.len(), fixture.matrices.constraints() + 1);
}

#[test]
fn the_same_seed_makes_the_same_file() {
    let [first, second] = [(); 2].map(|()| fs::read(Fixture::new(3).path()).unwrap());
    assert_eq!(first, second);
    let other = tempfile::tempdir().unwrap();
    let path = other.path().join("other.pk");
    setup(&path, &sample(3, 11).0, &purpose(), &Entropy::System, &Silent).unwrap();
    let key = open(&path).unwrap();
    assert_eq!(key.verifying_key().header().development, Some(popw_verifier::key::Development::Random));
    assert_ne!(fs::read(&path).unwrap(), first);
}

#[test]
fn a_flipped_bit_anywhere_is_refused_naming_the_section() {
    let fixture = Fixture::new(3);
    let bytes = fs::read(fixture.path()).unwrap();
    let sections: Vec<_> = Section::ALL.iter().map(|section| (*section, offset(&bytes, *section))).collect();
    for (i, (section, start)) in sections.iter().enumerate() {
        let end = sections.get(i + 1).map_or(bytes.len() - DIGEST_BYTES, |(_, next)| *next);
        // First byte, somewhere inside, padding.
        for at in [*start, start + 17, end - 1] {
            let found = problem(&fixture, |bytes| bytes[at] ^= 4);
            assert!(
                matches!(found, KeyProblem::SectionDigest { section: name } if name == section.name()),
                "{}: {found}",
                section.name()
            );
        }
    }
    let found = problem(&fixture, |bytes| *bytes.last_mut().unwrap() ^= 1);
    assert!(matches!(found, KeyProblem::HeaderDigest), "{found}");
}

#[test]
fn every_header_field_is_checked() {
    let fixture = Fixture::new(3);
    let header = |at: usize, field: &str| {
        let found = problem(&fixture, |bytes| {
            bytes[at] ^= 1;
            sign_header(bytes);
        });
        assert!(matches!(&found, KeyProblem::Header { field: f, .. } if *f == field), "{at}: {found}");
    };
    let plain = problem(&fixture, |bytes| bytes[0] = b'X');
    assert!(matches!(plain, KeyProblem::WrongKind), "{plain}");
    for other in [1, 3] {
        let version = problem(&fixture, |bytes| bytes[8] = other);
        let expected = u32::from(other);
        assert!(
            matches!(version, KeyProblem::Version { found, supported: 2 } if found == expected),
            "{version}"
        );
    }
    let order = problem(&fixture, |bytes| bytes[12..16].reverse());
    assert!(matches!(order, KeyProblem::ByteOrder), "{order}");
    header(28, "domain");
    let digest = problem(&fixture, |bytes| {
        bytes[32] ^= 1;
        sign_header(bytes);
    });
    assert!(matches!(digest, KeyProblem::SectionDigest { section: "verifying key" }), "{digest}");
    for section in Section::ALL {
        let row = 64 + ROW * section.index();
        header(row, "section table");
        header(row + 4, "section table");
        header(row + 8, section.name());
        header(row + 24, "reserved bytes");
    }
    // Numbers of elements: some contradict others at once, the rest shift what follows.
    for section in Section::ALL {
        let row = 64 + ROW * section.index();
        let found = problem(&fixture, |bytes| {
            bytes[row + 20] = 1;
            sign_header(bytes);
        });
        assert!(matches!(found, KeyProblem::Header { .. } | KeyProblem::Length { .. }), "{found}");
        let found = problem(&fixture, |bytes| {
            bytes[row + 16..row + 24].fill(0xff);
            sign_header(bytes);
        });
        assert!(matches!(found, KeyProblem::Header { .. } | KeyProblem::Length { .. }), "{found}");
    }
    let basis = 64 + ROW * Section::ALL.len();
    for (at, value, field) in [
        // No basis; the other one, which has one point less; not a truth value; a C that is there after all.
        (basis, 0, "quotient basis"),
        (basis, 3, "quotient basis"),
        (basis + 3, 1, "quotient basis"),
        (basis, 2, Section::HPoints.name()),
        (basis + 4, 2, "knowledge of C"),
        (basis + 4, 0, Section::CRows.name()),
    ] {
        let found = problem(&fixture, |bytes| {
            bytes[at] = value;
            sign_header(bytes);
        });
        assert!(matches!(&found, KeyProblem::Header { field: f, .. } if *f == field), "{at}: {found}");
    }
    header(basis + 8, "reserved bytes");
    header(HEADER_BYTES - 1, "reserved bytes");
    let unsigned = problem(&fixture, |bytes| bytes[64 + 32] ^= 1);
    assert!(matches!(unsigned, KeyProblem::HeaderDigest), "{unsigned}");
}

#[test]
fn truncated_extended_empty_and_foreign_files_are_told_apart() {
    let fixture = Fixture::new(3);
    let whole = fs::metadata(fixture.path()).unwrap().len();
    for length in [whole - 1, whole - 4096, HEADER_BYTES as u64 + 40, HEADER_BYTES as u64, 9, 8] {
        let found = problem(&fixture, |bytes| bytes.truncate(length as usize));
        assert!(matches!(found, KeyProblem::Length { found, .. } if found == length), "{length}: {found}");
    }
    let found = problem(&fixture, |bytes| bytes.push(0));
    assert!(
        matches!(found, KeyProblem::Length { expected, found } if expected == whole && found == whole + 1)
    );
    let found = problem(&fixture, Vec::clear);
    assert!(matches!(found, KeyProblem::WrongKind), "{found}");
    let found = problem(&fixture, |bytes| *bytes = b"{ \"format\": \"popw.proof\" }".to_vec());
    assert!(matches!(found, KeyProblem::WrongKind), "{found}");
    let missing = open(&fixture.folder.path().join("missing.pk")).unwrap_err();
    assert!(matches!(missing.problem, KeyProblem::Read(_)), "{missing}");
    assert!(missing.to_string().contains("missing.pk: cannot be read"));
}

#[test]
fn bad_contents_under_good_digests_are_refused() {
    let fixture = Fixture::new(3);
    let content = |section: Section, at: usize, value: &[u8], reason: &str| {
        let found = problem(&fixture, |bytes| {
            let at = offset(bytes, section) + at;
            bytes[at..at + value.len()].copy_from_slice(value);
            sign(bytes);
        });
        assert!(
            matches!(&found, KeyProblem::Content { section: s, reason: r, .. } if *s == section.name() && *r == reason),
            "{}: {found}",
            section.name()
        );
    };
    let big = [0xff; 32];
    content(Section::Coefficients, 64, &big, "not below the modulus of the scalar field");
    content(Section::Coefficients, 0, &[0; 32], "the first two coefficients are not 1 and −1");
    for (rows, entries) in [
        (Section::ARows, Section::AEntries),
        (Section::BRows, Section::BEntries),
        (Section::CRows, Section::CEntries),
    ] {
        content(rows, 0, &[1], "the first row does not begin at 0");
        content(rows, 4, &[0xff, 0xff], "a row that ends before it begins");
        content(entries, 0, &[0xff, 0xff], "a column beyond the variables");
        content(entries, 4, &[0xff, 0xff], "a coefficient that does not exist");
    }
    for section in [
        Section::ConstantsG1,
        Section::ConstantsG2,
        Section::APoints,
        Section::BPointsG1,
        Section::BPointsG2,
        Section::LPoints,
        Section::HPoints,
    ] {
        content(section, 32, &big, "a coordinate that is not below the modulus");
        content(section, 0, &[0xaa], "a point that is not on the curve");
        content(section, 0, &vec![0; section.element_bytes() as usize], "a point at infinity");
    }
    for section in [Section::AColumns, Section::BColumns, Section::LColumns] {
        content(section, 4, &[0; 4], "columns are not ascending");
        let last = 4 * fixture.open().view().l_query.columns.len() - 4;
        if section == Section::LColumns {
            content(section, last, &[0xff; 4], "a column beyond the variables");
            content(section, 0, &[0; 4], "a column beyond the variables");
        }
    }
    let bytes = fs::read(fixture.path()).unwrap();
    let other = bytes[offset(&bytes, Section::APoints)..][..64].to_vec();
    content(Section::ConstantsG1, 0, &other, "α is not the verifying key's");
    content(Section::ConstantsG1, 64, &other, "β and δ differ between G1 and G2");
    content(Section::ConstantsG1, 128, &other, "β and δ differ between G1 and G2");
    let other = bytes[offset(&bytes, Section::BPointsG2)..][..128].to_vec();
    content(Section::ConstantsG2, 0, &other, "β is not the verifying key's");
    content(Section::ConstantsG2, 128, &other, "δ is not the verifying key's");
}

#[test]
fn a_g2_point_outside_the_subgroup_is_refused() {
    use ark_bn254::{Fq2, G2Affine};
    let fixture = Fixture::new(1);
    let outside = (1u64..)
        .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::from(x), false))
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .unwrap();
    let found = problem(&fixture, |bytes| {
        let at = offset(bytes, Section::BPointsG2);
        let numbers = [outside.x.c0, outside.x.c1, outside.y.c0, outside.y.c1];
        for (i, limb) in numbers.iter().flat_map(|n| n.0.0).enumerate() {
            bytes[at + 8 * i..at + 8 * i + 8].copy_from_slice(&limb.to_le_bytes());
        }
        sign(bytes);
    });
    assert!(
        matches!(found, KeyProblem::Content { index: 0, reason: "a point outside the subgroup", .. }),
        "{found}"
    );
}

#[test]
fn a_validated_key_is_trusted_until_it_changes() {
    let fixture = Fixture::new(3);
    let path = fixture.path();
    let once = || ProvingKey::open(&path, Check::Once, &Silent);
    assert!(stamp::file(&path).exists(), "setup validates by construction");
    once().unwrap();

    // Damage the file and restore everything that the stamp could see but the change time: the stamp must not match.
    let mut bytes = fs::read(&path).unwrap();
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let at = offset(&bytes, Section::HPoints);
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    assert!(matches!(once().unwrap_err().problem, KeyProblem::SectionDigest { .. }));

    // Under a stamp that does match, only `Check::Now` notices.
    let digest = *bytes.last_chunk::<32>().unwrap();
    stamp::Stamp::new(&fs::metadata(&path).unwrap(), &digest).set(&path);
    once().unwrap();
    let now = ProvingKey::open(&path, Check::Now, &Silent).unwrap_err();
    assert!(matches!(now.problem, KeyProblem::SectionDigest { section: "points of the H query" }), "{now}");

    // Repaired: validated again, stamped again.
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    fs::remove_file(stamp::file(&path)).unwrap();
    once().unwrap();
    assert!(stamp::file(&path).exists());

    // A copy has another inode.
    let copy = fixture.folder.path().join("copy.pk");
    fs::copy(&path, &copy).unwrap();
    fs::copy(stamp::file(&path), stamp::file(&copy)).unwrap();
    let before = fs::read(stamp::file(&copy)).unwrap();
    ProvingKey::open(&copy, Check::Once, &Silent).unwrap();
    assert_ne!(fs::read(stamp::file(&copy)).unwrap(), before);
}

#[test]
fn failures_to_write_say_what_to_do() {
    use std::io::{Error, ErrorKind};
    let path = Path::new("keys/x.pk");
    let map = |kind| KeyError::writing(path, 3 << 20)(Error::from(kind)).to_string();
    assert_eq!(map(ErrorKind::StorageFull), "keys/x.pk: the disk is full: the file needs 3 MiB");
    assert!(map(ErrorKind::ReadOnlyFilesystem).ends_with("choose a folder you may write to"));
    assert!(map(ErrorKind::PermissionDenied).ends_with("choose a folder you may write to"));
    assert!(map(ErrorKind::BrokenPipe).starts_with("keys/x.pk: cannot be written: "));
}

/// `/dev/full` answers every write as a full disk does.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_recognised() {
    use std::io::Write;
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let error = (&full).write_all(&[1; 1 << 17]).unwrap_err();
    let problem = KeyError::writing(Path::new("x"), 1)(error).problem;
    assert!(matches!(problem, KeyProblem::DiskFull { bytes: 1 }));
}
