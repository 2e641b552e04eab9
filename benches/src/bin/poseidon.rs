//! Trees with eight children: our Poseidon beside light-poseidon's, on the same leaves and threads.
//!
//! `poseidon [LEVELS]` builds trees over 8^LEVELS leaves, 8^6 without argument. `RAYON_NUM_THREADS` sets the
//! threads. All take turns in every round: wall is the median, processor time, which ticks in 10 ms, the mean.

use std::{cell::RefCell, env, error::Error, time::Duration};

use ark_bn254::Fr;
use ark_ff::Field;
use light_poseidon::{Poseidon, PoseidonHasher};
use popw_benches::{Cost, measure};
use popw_core::poseidon;
use popw_kernels::{Backend, INPUTS, poseidon8_on};
use rayon::prelude::*;

const ROUNDS: usize = 7;

/// Nodes that one task makes.
const TASK: usize = 512;

type Hash = Box<dyn Fn(&[Fr], &mut [Fr]) + Sync>;

fn main() -> Result<(), Box<dyn Error>> {
    let levels = env::args().nth(1).map_or(Ok(6), |text| text.parse())?;
    let leaves: Vec<Fr> =
        (0..INPUTS.pow(levels)).into_par_iter().map(|i| Fr::from(i as u64 + 2).pow([5])).collect();
    let hashes = (leaves.len() - 1) / (INPUTS - 1);
    println!(
        "{hashes} nodes over {} leaves, {} threads, {ROUNDS} rounds in turns",
        leaves.len(),
        rayon::current_num_threads()
    );

    let mut peers: Vec<(&str, Hash)> = vec![
        ("light-poseidon", Box::new(light)),
        ("popw-core, one by one", Box::new(one_by_one)),
        ("popw-kernels, scalar", on(Backend::Scalar)),
    ];
    match Backend::avx512() {
        Some(backend) => peers.push(("popw-kernels, avx512", on(backend))),
        None => println!("SKIPPED: this machine has no AVX-512 IFMA"),
    }
    let roots: Vec<Fr> = peers.iter().map(|(_, hash)| root(&leaves, hash)).collect();
    if roots.iter().any(|other| *other != roots[0]) {
        return Err("the roots differ".into());
    }

    let mut costs = vec![Vec::new(); peers.len()];
    for _ in 0..ROUNDS {
        for ((_, hash), costs) in peers.iter().zip(&mut costs) {
            costs.push(measure(|| root(&leaves, hash)).0);
        }
    }
    let [first, ..] = costs.as_slice() else { return Ok(()) };
    let light = typical(first);
    println!("  {:<26} {:>12} {:>14} {:>17}", "", "wall", "cpu per node", "to light-poseidon");
    for ((name, _), costs) in peers.iter().zip(&costs) {
        let (wall, cpu) = typical(costs);
        println!(
            "  {name:<26} {:>9.1} ms {:>11.0} ns {:>7.1}× wall {:>5.1}× cpu",
            wall.as_secs_f64() * 1e3,
            cpu.as_secs_f64() * 1e9 / hashes as f64,
            light.0.as_secs_f64() / wall.as_secs_f64(),
            light.1.as_secs_f64() / cpu.as_secs_f64(),
        );
    }
    Ok(())
}

fn root(leaves: &[Fr], hash: &Hash) -> Fr {
    let mut below = leaves.to_vec();
    while below.len() > 1 {
        let mut above = vec![Fr::default(); below.len() / INPUTS];
        let tasks = above.par_chunks_mut(TASK).zip(below.par_chunks(INPUTS * TASK));
        tasks.for_each(|(out, inputs)| hash(inputs, out));
        below = above;
    }
    below[0]
}

fn on(backend: Backend) -> Hash {
    Box::new(move |inputs, out| poseidon8_on(backend, inputs, out))
}

fn one_by_one(inputs: &[Fr], out: &mut [Fr]) {
    for (inputs, out) in inputs.chunks_exact(INPUTS).zip(out) {
        *out = poseidon::hash(inputs);
    }
}

fn light(inputs: &[Fr], out: &mut [Fr]) {
    thread_local! {
        // Its state is part of the hasher, and making one copies the constants.
        static HASHER: RefCell<Poseidon<Fr>> =
            RefCell::new(Poseidon::<Fr>::new_circom(INPUTS).expect("light-poseidon has constants for eight inputs"));
    }
    HASHER.with_borrow_mut(|hasher| {
        for (inputs, out) in inputs.chunks_exact(INPUTS).zip(out) {
            *out = hasher.hash(inputs).expect("eight inputs");
        }
    });
}

/// Median on the wall, mean on the processor.
fn typical(costs: &[Cost]) -> (Duration, Duration) {
    let mut walls: Vec<Duration> = costs.iter().map(|cost| cost.wall).collect();
    walls.sort();
    let cpu: Duration = costs.iter().map(|cost| cost.cpu).sum();
    (walls[walls.len() / 2], cpu / costs.len() as u32)
}
