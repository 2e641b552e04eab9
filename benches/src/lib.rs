//! What measurements share: circuits to measure with, clocks, memory.
//!
//! Peers are measured in turns. The least of several runs counts in one process, the median where each has processes of its
//! own: on a machine that does other things, ratios of such figures hold where single figures do not.

pub mod circuits;
pub mod memory;
pub mod proving;

use std::{
    fs,
    time::{Duration, Instant},
};

use memory::{Peak, reset_peak};

/// What one run of something took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Time on the wall.
    pub wall: Duration,
    /// Time of all threads on a processor; resolution 10 ms.
    pub cpu: Duration,
    /// Peak resident memory while it ran, bytes; 0 where the system does not tell.
    pub memory: u64,
}

impl Cost {
    fn least(self, other: Self) -> Self {
        Self {
            wall: self.wall.min(other.wall),
            cpu: self.cpu.min(other.cpu),
            memory: self.memory.min(other.memory),
        }
    }
}

/// Measures one run.
pub fn measure<T>(run: impl FnOnce() -> T) -> (Cost, T) {
    reset_peak();
    let (cpu, begin) = (cpu_time(), Instant::now());
    let value = run();
    let memory = Peak::read("self").resident;
    (Cost { wall: begin.elapsed(), cpu: cpu_time() - cpu, memory }, value)
}

/// Something to be measured.
pub type Run<'a> = Box<dyn FnMut() + 'a>;

/// Runs all of `runs` in turns, `rounds` times, and returns the least cost of each.
pub fn compare(rounds: usize, runs: &mut [Run<'_>]) -> Vec<Cost> {
    let mut least: Vec<Cost> = runs.iter_mut().map(|run| measure(run).0).collect();
    for _ in 1..rounds {
        for (least, run) in least.iter_mut().zip(runs.iter_mut()) {
            *least = least.least(measure(run).0);
        }
    }
    least
}

/// A row of a table: name, wall, processor, memory, and the ratio of processor times to a peer's.
pub fn row(name: &str, cost: &Cost, peer: Option<&Cost>) -> String {
    let ratio = peer.map_or(String::new(), |peer| {
        let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64().max(1e-9);
        format!("  {:.2}× wall, {:.2}× cpu", ratio(cost.wall, peer.wall), ratio(cost.cpu, peer.cpu))
    });
    format!(
        "  {name:<44} {:>9.1} ms {:>9.0} ms cpu {:>7} MiB{ratio}",
        cost.wall.as_secs_f64() * 1e3,
        cost.cpu.as_secs_f64() * 1e3,
        cost.memory >> 20,
    )
}

/// User and system time of all threads of this process.
pub fn cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
