//! The memory that backends say they take is what they take, whatever the plan: measured in processes of their own.

use std::{env, fs, process::Command};

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, PrimeGroup};
use ark_ff::{Field, One, PrimeField};
use popw_prover::{
    groth16::{
        Dimensions, QuotientBasis,
        backend::{Backend, BackendError, Constants, KeyView, MatrixView, Query, Sizes},
    },
    progress::Silent,
};

const SIZE: usize = 1 << 16;
const SIZES: Sizes = Sizes { variables: SIZE, domain: SIZE, a: SIZE, b: SIZE, l: SIZE - 1, h: SIZE };
const THREADS: usize = 2;
/// What a process takes that proves nothing is in the estimate; here it is there before.
const PROGRAM: u64 = 3 << 20;
/// What is read may be off by: kernels count pages per processor and sum them up now and then.
const COUNTING: f64 = (1 << 20) as f64;

/// Tells the child its backend and its limit.
const CHILD: &str = "POPW_MEMORY_CHILD";

#[test]
fn measured_memory_is_what_was_said() {
    if let Ok(case) = env::var(CHILD) {
        return child(&case);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
    // In so small a proof the smallest parts weigh, and it may be a third below; arkworks' memory depends on its luck.
    for (backend, least) in [("scalar", 0.67), ("avx512", 0.67), ("reference", 0.33)] {
        let close = |taken: u64, said: u64| {
            below(taken, said) && taken as f64 > least * (said - PROGRAM) as f64 - COUNTING
        };
        let Some(made) = make(backend) else {
            eprintln!("SKIPPED: this machine has no AVX-512 IFMA, its backend was not measured");
            assert!(env::var_os("REQUIRE_AVX512").is_none(), "REQUIRE_AVX512 is set");
            continue;
        };
        let said = pool.install(|| made.memory(&SIZES)).unwrap();
        let taken = measure(backend, u64::MAX, 254);
        eprintln!("{backend}: {taken} of {said}");
        assert!(close(taken, said), "{backend}: {taken} bytes taken, {said} said");
        let refused = pool.install(|| made.within(0).memory(&SIZES));
        let Err(BackendError::Memory { needed, limit: 0 }) = refused else {
            panic!("{backend}: {refused:?}")
        };
        let taken = measure(backend, needed, 254);
        eprintln!("{backend}: {taken} of {needed}");
        assert!(close(taken, needed), "{backend}: {taken} bytes taken, {needed} allowed");
        // Wider windows would be faster here than for values of full size.
        let taken = measure(backend, needed, 96);
        eprintln!("{backend}: {taken} of {needed}, values of 96 bits");
        assert!(below(taken, needed), "{backend}: {taken} bytes taken, {needed} allowed");
    }
}

/// Never above what was said.
fn below(taken: u64, said: u64) -> bool {
    (taken as f64) < (said - PROGRAM) as f64 + COUNTING
}

fn make(backend: &str) -> Option<Backend> {
    match backend {
        "scalar" => Some(Backend::scalar()),
        "avx512" => Backend::avx512(),
        _ => Some(Backend::reference()),
    }
}

/// Bytes that a process takes for commitments to values of so many bits.
fn measure(backend: &str, limit: u64, bits: u32) -> u64 {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "memory::measured_memory_is_what_was_said", "--nocapture"])
        .env(CHILD, format!("{backend} {limit} {bits}"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let taken = text.lines().find_map(|line| line.split("taken: ").nth(1));
    taken.and_then(|bytes| bytes.trim().parse().ok()).unwrap_or_else(|| panic!("{text}"))
}

fn child(case: &str) {
    let [backend, limit, bits] = case.split(' ').collect::<Vec<_>>()[..] else { panic!("{case}") };
    let bits: u32 = bits.parse().unwrap();
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build_global().unwrap();
    let backend = make(backend).unwrap().within(limit.parse().unwrap());
    let g1 = points::<G1Projective>();
    let g2 = points::<G2Projective>();
    let columns: Vec<u32> = (0..SIZE as u32).collect();
    let rows: Vec<u32> = (0..=SIZE as u32 - 1).collect();
    let entries: Vec<[u32; 2]> = (0..SIZE as u32 - 1).map(|row| [row, 0]).collect();
    let matrix = MatrixView { rows: &rows, entries: &entries };
    let a_query: Query<'_, G1Affine> = Query { columns: &columns, points: &g1 };
    let b_g2_query: Query<'_, G2Affine> = Query { columns: &columns, points: &g2 };
    let view = KeyView {
        dimensions: Dimensions::new(0, SIZE - 1, SIZE - 1).unwrap(),
        coefficients: &[Fr::ONE, -Fr::ONE],
        a: matrix,
        b: matrix,
        c: None,
        basis: QuotientBasis::Coset,
        constants: Constants {
            alpha_g1: G1Affine::generator(),
            beta_g1: G1Affine::generator(),
            delta_g1: G1Affine::generator(),
            beta_g2: G2Affine::generator(),
            delta_g2: G2Affine::generator(),
        },
        a_query,
        b_g1_query: a_query,
        b_g2_query,
        l_query: Query { columns: &columns[1..], points: &g1[1..] },
        h_query: &g1,
    };
    let loaded = backend.load(view).unwrap();
    // The threads are there, with their stacks.
    rayon::broadcast(|_| ());
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let [before, mapped] = ["VmRSS:", "RssFile:"].map(status);
    let mut number = Fr::from(7u64);
    let variables = std::iter::once(Fr::one()).chain(std::iter::repeat_with(|| {
        number = number.square() + Fr::one();
        Fr::from(number.into_bigint() >> (254 - bits))
    }));
    let mut values = Vec::with_capacity(SIZE);
    values.extend(variables.take(SIZE));
    loaded.commit(values.into(), &Silent).unwrap();
    // The program's own pages that were read meanwhile do not count.
    println!("taken: {}", status("VmHWM:") - before - (status("RssFile:") - mapped));
}

/// A few at a time, so that the allocator has no room of ours to give again.
fn points<G: PrimeGroup + CurveGroup>() -> Vec<G::Affine> {
    const FEW: usize = 1 << 8;
    let mut all = Vec::with_capacity(SIZE);
    let step = G::generator().double();
    let mut point = G::generator();
    while all.len() < SIZE {
        let few: Vec<G> = std::iter::successors(Some(point), |point| Some(*point + step)).take(FEW).collect();
        point = few[FEW - 1] + step;
        all.extend(G::normalize_batch(&few));
    }
    all
}

fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}
