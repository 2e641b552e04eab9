use std::fs;

use super::*;
use crate::halo2::FileProblem;

fn seeded(k: u32) -> Srs {
    Srs::development(k, Tau::Seed(&[7; 32])).unwrap()
}

#[test]
fn a_string_survives_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("srs");
    let srs = seeded(5);
    srs.check().unwrap();
    srs.save(&path).unwrap();
    let read = Srs::open(&path).unwrap();
    read.check().unwrap();
    assert_eq!(read.kind(), Some(Development::Seeded));
    assert_eq!((read.k(), read.params.get_g(), read.tau_g2()), (5, srs.params.get_g(), srs.tau_g2()));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_lagrange_form_is_halo2s_own() {
    let srs = seeded(4);
    let domain = EvaluationDomain::<Fr>::new(2, 4);
    let theirs = {
        let mut params = srs.params.clone();
        params.downsize(4);
        params
    };
    let values = domain.lagrange_from_vec((0..16).map(Fr::from).collect());
    assert_eq!(
        theirs.commit_lagrange(&values, Blind::default()).to_affine(),
        srs.params.commit_lagrange(&values, Blind::default()).to_affine()
    );
}

#[test]
fn random_strings_differ_and_seeded_ones_do_not() {
    let random = || Srs::development(3, Tau::Random).unwrap();
    assert_ne!(random().tau_g2(), random().tau_g2());
    assert_eq!(random().kind(), Some(Development::Random));
    assert_eq!(seeded(3).tau_g2(), seeded(3).tau_g2());
    assert!(matches!(Srs::development(2, Tau::Random), Err(SrsError::Size { k: 2 })));
    assert!(matches!(Srs::development(MAX_K + 1, Tau::Random), Err(SrsError::Size { .. })));
}

/// Every way a file can be wrong, and the error for it.
#[test]
fn damaged_files_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("srs");
    seeded(4).save(&path).unwrap();
    let good = fs::read(&path).unwrap();
    let open = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Srs::open(&path).map(|_| ()).unwrap_err()
    };
    let mutated = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };

    assert!(matches!(open(&[]).problem, FileProblem::WrongKind { .. }));
    assert!(matches!(open(&mutated(0)).problem, FileProblem::WrongKind { .. }));
    assert!(matches!(open(&mutated(9)).problem, FileProblem::Version { found: 0 }));
    assert!(matches!(open(&mutated(17)).problem, FileProblem::Length { .. }));
    assert!(matches!(open(&mutated(20)).problem, FileProblem::Digest));
    assert!(matches!(open(&mutated(good.len() - 1)).problem, FileProblem::Digest));
    for length in [8, 30, 50, 51, good.len() / 2, good.len() - 1] {
        assert!(matches!(open(&good[..length]).problem, FileProblem::Length { .. }), "{length}");
    }
    let longer: Vec<u8> = good.iter().copied().chain([0]).collect();
    assert!(matches!(open(&longer).problem, FileProblem::Length { .. }));
    let text = open(&mutated(20)).to_string();
    assert!(text.starts_with(&path.display().to_string()) && text.contains("make it again"), "{text}");
    assert!(matches!(
        Srs::open(&folder.path().join("none")).map(|_| ()).unwrap_err().problem,
        FileProblem::Read(_)
    ));
}

/// Files with a right digest and wrong content: `mutate` gets the body.
#[test]
fn wrong_content_is_refused_by_field() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("srs");
    seeded(4).save(&path).unwrap();
    let body = fs::read(&path).unwrap().split_off(50);
    let other = {
        Srs::development(4, Tau::Seed(&[8; 32])).unwrap().save(&path).unwrap();
        fs::read(&path).unwrap().split_off(50)
    };
    let g2 = body.len() - 2 * G2_BYTES;
    let field = |mutate: &dyn Fn(&mut Vec<u8>)| {
        let mut body = body.clone();
        mutate(&mut body);
        file::write(KIND.output(&path).unwrap(), &KIND, |out| out.write_all(&body)).unwrap();
        match Srs::open(&path).map(|_| ()).unwrap_err().problem {
            FileProblem::Content { field, .. } => field,
            problem => panic!("{problem}"),
        }
    };

    assert_eq!(field(&|body| body.clear()), "development mark");
    assert_eq!(field(&|body| body[0] = 3), "development mark");
    assert_eq!(field(&|body| body[1] = 2), "k");
    assert_eq!(field(&|body| body[1] = 5), "points");
    assert_eq!(field(&|body| body.truncate(100)), "points");
    assert_eq!(field(&|body| body[5 + 64] ^= 1), "points");
    assert_eq!(field(&|body| body[5 + 64 + 31] = 0xff), "points");
    assert_eq!(field(&|body| body[5 + 64..5 + 128].fill(0)), "powers of τ");
    for point in [16, 16 + 9, 31] {
        assert_eq!(field(&|body| body[5 + 64 * point..5 + 64 * (point + 1)].fill(0)), "Lagrange points");
    }
    assert_eq!(field(&|body| body[5..5 + 64].copy_from_slice(&other[5 + 64..5 + 128])), "generators");
    assert_eq!(field(&|body| body[g2..g2 + 128].copy_from_slice(&other[g2 + 128..])), "generators");
    assert_eq!(field(&|body| body[g2 + 128..].copy_from_slice(&other[g2 + 128..])), "τ·G2");
    assert_eq!(field(&|body| body[g2 + 128..].fill(0)), "τ·G2");
    assert_eq!(
        field(&|body| {
            let generator = body[g2..g2 + 128].to_vec();
            body[g2 + 128..].copy_from_slice(&generator);
        }),
        "τ·G2"
    );
}

#[test]
fn the_full_check_finds_a_foreign_power_and_a_foreign_lagrange_point() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("srs");
    let save = |seed: u8| {
        Srs::development(4, Tau::Seed(&[seed; 32])).unwrap().save(&path).unwrap();
        fs::read(&path).unwrap().split_off(50)
    };
    let (body, other) = (save(1), save(2));
    for (at, part) in [(5 + 64 * 9, "powers of τ"), (5 + 64 * (16 + 9), "Lagrange points")] {
        let mut body = body.clone();
        body[at..at + 64].copy_from_slice(&other[at..at + 64]);
        file::write(KIND.output(&path).unwrap(), &KIND, |out| out.write_all(&body)).unwrap();
        assert_eq!(Srs::open(&path).unwrap().check(), Err(Inconsistent { part }));
    }
    // Powers and Lagrange points of one τ, τ·G2 and the first power of another.
    let mut mixed = other.clone();
    let g2 = body.len() - G2_BYTES;
    mixed[5 + 64..5 + 128].copy_from_slice(&body[5 + 64..5 + 128]);
    mixed[g2..].copy_from_slice(&body[g2..]);
    file::write(KIND.output(&path).unwrap(), &KIND, |out| out.write_all(&mixed)).unwrap();
    assert_eq!(Srs::open(&path).unwrap().check(), Err(Inconsistent { part: "powers of τ" }));
}

/// Checked once, then by its stamp; a file that has changed is checked again, and one that does not pass gets none.
#[test]
fn a_checked_string_is_stamped_and_a_changed_one_checked_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kzg-4.srs");
    let stamp = folder.path().join("kzg-4.srs.checked");
    let good = seeded(4);
    good.save(&path).unwrap();
    let mut wrong = fs::read(&path).unwrap().split_off(50);
    // L₉ in the place of L₈.
    wrong.copy_within(5 + 64 * 25..5 + 64 * 26, 5 + 64 * 24);

    let opened = Srs::open_checked(&path, Check::Once).unwrap();
    assert!(opened.consistent.get().is_some());
    let stamped = fs::read_to_string(&stamp).unwrap();
    assert!(Srs::open_checked(&path, Check::Once).unwrap().consistent.get().is_some());
    assert_eq!(fs::read_to_string(&stamp).unwrap(), stamped);

    for check in [Check::Once, Check::Now] {
        file::write(KIND.output(&path).unwrap(), &KIND, |out| out.write_all(&wrong)).unwrap();
        let error = Srs::open_checked(&path, check).map(|_| ()).unwrap_err();
        let FileProblem::Content { field, .. } = error.problem else { panic!("{error}") };
        assert_eq!(field, "Lagrange points");
        assert_eq!(fs::read_to_string(&stamp).unwrap(), stamped);
    }
    // Without a stamp, the check is made.
    fs::remove_file(&stamp).unwrap();
    good.save(&path).unwrap();
    Srs::open_checked(&path, Check::Once).unwrap();
    assert!(stamp.exists());
}
