//! What was measured, as JSON and as the tables of the documentation.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::{ARK, SNARKJS, process::Whole};
use crate::memory::Peak;

/// Everything measured.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// The processor.
    pub machine: String,
    /// Threads of each prover.
    pub threads: usize,
    /// How ark-groth16 was built.
    pub ark: String,
    /// Circuits in order.
    pub circuits: Vec<Circuit>,
}

/// A circuit and all provers on it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Circuit {
    /// Its name.
    pub name: String,
    /// Its constraints.
    pub constraints: usize,
    /// Provers in order, keys loaded and warm.
    pub proving: Vec<Proving>,
    /// Processes that make one proof from files.
    pub processes: Vec<Process>,
    /// Ways to load the key and the seconds of each, once.
    pub loading: Vec<(String, f64)>,
}

/// One prover on one circuit.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Proving {
    /// Its name.
    pub prover: String,
    /// Seconds of each proof of every round.
    pub seconds: Vec<f64>,
    /// Peak of each round.
    pub peaks: Vec<Peak>,
}

/// One command on one circuit.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Process {
    /// Its name.
    pub prover: String,
    /// Each run.
    pub runs: Vec<Whole>,
}

/// The middle one, or the mean of the middle two; 0 of nothing.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        count => f64::midpoint(values[(count - 1) / 2], values[count / 2]),
    }
}

impl Proving {
    /// Median seconds a proof.
    pub fn median(&self) -> f64 {
        median(self.seconds.iter().copied())
    }
}

impl Circuit {
    /// Median seconds a proof.
    pub fn seconds(&self, prover: &str) -> Option<f64> {
        self.proving.iter().find(|proving| proving.prover == prover).map(Proving::median)
    }

    /// Median seconds of a whole process.
    pub fn process_seconds(&self, prover: &str) -> Option<f64> {
        let process = self.processes.iter().find(|process| process.prover == prover)?;
        Some(median(process.runs.iter().map(|run| run.seconds)))
    }
}

impl Report {
    /// Provers that were measured on any circuit.
    pub fn provers(&self) -> Vec<&str> {
        let mut provers = Vec::new();
        for proving in self.circuits.iter().flat_map(|circuit| &circuit.proving) {
            if !provers.contains(&proving.prover.as_str()) {
                provers.push(&proving.prover);
            }
        }
        provers
    }

    /// The tables.
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "{}, {} threads; ark-groth16 0.6 built with: {}. Medians, peers in turns, each in a process of its own.\n",
            self.machine, self.threads, self.ark
        );
        let provers = self.provers();
        let names: Vec<String> = provers.iter().map(|prover| title(prover)).collect();
        let ark = |circuit: &Circuit| circuit.seconds(ARK);

        out += "\nSeconds a proof, the key loaded and warm; ratios to ark-groth16:\n\n";
        self.table(&mut out, &names, |circuit, column| {
            let seconds = circuit.seconds(provers[column])?;
            let ratio = ark(circuit).filter(|_| provers[column] != ARK);
            let ratio = ratio.map_or(String::new(), |ark| format!(" ({:.2} ×)", seconds / ark));
            Some(number(seconds) + &ratio)
        });
        out += "\nPeak memory meanwhile, MiB: the process's own (`RssAnon`) / resident, mapped key included:\n\n";
        self.table(&mut out, &names, |circuit, column| {
            let proving = circuit.proving.iter().find(|proving| proving.prover == provers[column])?;
            Some(mebibytes(&proving.peaks))
        });
        self.processes(&mut out);
        self.loading(&mut out);
        out
    }

    fn table(&self, out: &mut String, columns: &[String], cell: impl Fn(&Circuit, usize) -> Option<String>) {
        let _ = writeln!(out, "| circuit | constraints | {} |", columns.join(" | "));
        let _ = writeln!(out, "| --- | ---: |{}", " ---: |".repeat(columns.len()));
        for circuit in &self.circuits {
            let cells: Vec<String> = (0..columns.len())
                .map(|column| cell(circuit, column).unwrap_or_else(|| "–".into()))
                .collect();
            if cells.iter().any(|cell| cell != "–") {
                let _ =
                    writeln!(out, "| {} | {} | {} |", circuit.name, circuit.constraints, cells.join(" | "));
            }
        }
    }

    fn processes(&self, out: &mut String) {
        let mut provers: Vec<&str> = Vec::new();
        for process in self.circuits.iter().flat_map(|circuit| &circuit.processes) {
            if !provers.contains(&process.prover.as_str()) {
                provers.push(&process.prover);
            }
        }
        if provers.is_empty() {
            return;
        }
        *out +=
            "\nWhole processes, from files to one proof: seconds, MiB own / resident; ratios to snarkjs:\n\n";
        let names: Vec<String> = provers.iter().map(|prover| title(prover)).collect();
        self.table(out, &names, |circuit, column| {
            let process = circuit.processes.iter().find(|process| process.prover == provers[column])?;
            let seconds = circuit.process_seconds(provers[column])?;
            let peaks: Vec<Peak> = process.runs.iter().map(|run| run.peak).collect();
            let other = circuit.process_seconds(SNARKJS).filter(|_| provers[column] != SNARKJS);
            let ratio = other.map_or(String::new(), |other| format!(" ({:.2} ×)", seconds / other));
            Some(format!("{}{ratio}, {}", number(seconds), mebibytes(&peaks)))
        });
    }

    fn loading(&self, out: &mut String) {
        for circuit in self.circuits.iter().filter(|circuit| !circuit.loading.is_empty()) {
            let _ = writeln!(out, "\nLoading the key of {}, once, file warm:\n", circuit.name);
            *out += "| | milliseconds |\n| --- | ---: |\n";
            for (way, seconds) in &circuit.loading {
                let _ = writeln!(out, "| {way} | {} |", number(seconds * 1e3));
            }
        }
    }
}

/// A column's head.
pub fn title(prover: &str) -> String {
    match prover {
        ARK | SNARKJS => prover.into(),
        backend => format!("popw, {backend}"),
    }
}

/// Three digits that count.
pub fn number(value: f64) -> String {
    let digits = 2 - (value.max(1e-3).log10().floor() as i32).min(2);
    format!("{value:.*}", digits as usize)
}

fn mebibytes(peaks: &[Peak]) -> String {
    let part = |part: fn(&Peak) -> u64| median(peaks.iter().map(|peak| part(peak) as f64)) / 1048576.0;
    format!("{:.0} / {:.0}", part(|peak| peak.anonymous), part(|peak| peak.resident))
}

/// The processor's name.
pub fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    line.map_or_else(|| "unknown processor".into(), |(_, name)| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_digits() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0]), 2.5);
        assert_eq!(median([]), 0.0);
        assert_eq!(
            [0.01234, 0.5, 1.234, 12.34, 123.4, 1234.0].map(number),
            ["0.0123", "0.500", "1.23", "12.3", "123", "1234"]
        );
    }
}
