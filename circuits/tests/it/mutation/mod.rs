//! Every constraint of every kind of claim, made wrong: one that is dropped, a boolean with a third value, a number with
//! a bit more. Each such mutant is noticed by a test, or it is in the list of those that accept nothing new.
//!
//! Nothing is synthesized again: a mutant is a predicate on one constraint, and an attempt that violates this one alone,
//! in a way that the mutant has room for, is one that the mutant accepts. Which constraints determine a wire is found
//! for all of them at once.
//!
//! A mutant's place is its path and what it is there. Of each place, class and form of constraint the first mutant is
//! tried, of ranges and listed places all, of the others a sample; `make test-long` tries them all.

mod equivalents;
mod generated;
mod known;
mod mutants;
mod prepared;
mod rank;
mod runs;

use std::collections::{BTreeMap, BTreeSet};

use popw_circuits::claims::{Kind, Shape};
use popw_core::Fr;
use rand::{SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha20Rng;

use self::{
    equivalents::{EQUIVALENTS, Equivalent},
    generated::{WAYS, Way, attack},
    mutants::{CLASSES, Class, Mutant, System},
    runs::{Run, Target},
};
use crate::{common::shapes, forgeries::forgeries};

/// Mutants that are tried besides the first of each sort.
const SAMPLE: usize = 100;

struct Hunt {
    system: System,
    runs: Vec<Run>,
    /// The comparison with the device's root.
    root: usize,
    noticed: BTreeMap<Mutant, Way>,
}

impl Hunt {
    /// With all that is noticed in ways that are the same for all mutants.
    fn new(shape: Shape) -> Self {
        let system = System::new(shape);
        let runs = runs::runs(&system);
        let root = system.in_place("C2-device/root")[0];
        let mut hunt = Self { system, runs, root, noticed: BTreeMap::new() };
        // Nothing used, and most of what there is used.
        for run in hunt.runs.iter().filter(|run| run.ranked) {
            for row in rank::needed(&hunt.system, root, run) {
                hunt.noticed.insert(Mutant { row, class: Class::Dropped }, Way::Rank);
            }
        }
        forgeries(shape).iter().for_each(|forgery| hunt.attempt(&forgery.run(), Way::Forgery));
        for (witness, forged) in prepared::prepared(&hunt.system) {
            hunt.attempt(&runs::run(shape, &witness, &forged), Way::Attempt);
        }
        hunt
    }

    /// Whatever accepts `z` is noticed.
    fn attempt(&mut self, z: &[Fr], way: Way) {
        if let [row] = self.system.violated(&self.runs[0].z, z)[..] {
            for class in CLASSES {
                let target = Target { system: &self.system, mutant: Mutant { row, class }, root: self.root };
                if target.admits(z) {
                    self.noticed.entry(target.mutant).or_insert(way);
                }
            }
        }
    }

    /// Tries a mutant. What has a third value accepted has it accepted when it is not there, too, and nothing else is
    /// tried there: those that were `missed`.
    fn try_one(&mut self, mutant: Mutant, missed: &mut BTreeSet<usize>) {
        let dropped = mutant.class == Class::Dropped;
        if self.noticed.contains_key(&mutant) || (dropped && missed.contains(&mutant.row)) {
            return;
        }
        match attack(&self.system, &self.runs, self.root, mutant) {
            Some(way) => {
                self.noticed.insert(mutant, way);
                if mutant.class == Class::Third {
                    self.noticed.entry(Mutant { class: Class::Dropped, ..mutant }).or_insert(way);
                }
            }
            None if mutant.class == Class::Third => _ = missed.insert(mutant.row),
            None => {}
        }
    }

    /// Mutants that are tried when not all are.
    fn chosen(&self, seed: u64) -> BTreeSet<Mutant> {
        let all = self.system.mutants();
        let (mut seen, mut rest) = (BTreeSet::new(), Vec::new());
        let mut chosen: BTreeSet<Mutant> =
            self.listed().into_iter().flat_map(|(_, mutants)| mutants).collect();
        for mutant in all {
            if self.noticed.contains_key(&mutant) || mutant.class == Class::Wider {
                chosen.insert(mutant);
            }
            let sort = (self.system.place(mutant.row), mutant.class, self.system.form(mutant.row));
            if seen.insert(sort) {
                chosen.insert(mutant);
            } else if !chosen.contains(&mutant) {
                rest.push(mutant);
            }
        }
        chosen.extend(rest.choose_multiple(&mut ChaCha20Rng::seed_from_u64(seed), SAMPLE));
        chosen
    }

    /// What is listed as equivalent in this kind of claim.
    fn listed(&self) -> Vec<(&'static Equivalent, Vec<Mutant>)> {
        let listed = EQUIVALENTS.iter().filter(|listed| (listed.of)(self.system.shape.kind));
        let mutants = |listed: &Equivalent| {
            let rows = self.system.in_place(listed.place).into_iter().enumerate();
            let rows = rows.filter(|(n, _)| listed.only.is_empty() || listed.only.contains(n));
            let of_row = |(_, row)| listed.classes.iter().map(move |class| Mutant { row, class: *class });
            rows.flat_map(of_row).collect()
        };
        listed.map(|listed| (listed, mutants(listed))).collect()
    }
}

/// Every mutant, or those that stand for all, is noticed or listed, and no listed one is noticed.
fn every_mutant(shape: Shape, all: bool) {
    let mut hunt = Hunt::new(shape);
    let seed = 22;
    let chosen = if all { hunt.system.mutants().into_iter().collect() } else { hunt.chosen(seed) };
    // Third values first: they say about the dropped constraints, too.
    let mut missed = BTreeSet::new();
    chosen.iter().rev().for_each(|mutant| hunt.try_one(*mutant, &mut missed));

    let mut wrong = Vec::new();
    let mut equivalent = BTreeSet::new();
    for (listed, mutants) in hunt.listed() {
        if mutants.is_empty() {
            wrong.push(format!("{}: listed, and there is no such place", listed.place));
        }
        if let Some(mutant) = mutants.iter().find(|mutant| hunt.noticed.contains_key(mutant)) {
            wrong.push(format!("{} {:?}: listed ({}), and noticed", listed.place, mutant.class, listed.why));
        }
        equivalent.extend(mutants);
    }
    let mut open = BTreeMap::<(String, Class), usize>::new();
    for mutant in
        chosen.iter().filter(|mutant| !hunt.noticed.contains_key(mutant) && !equivalent.contains(mutant))
    {
        *open.entry((hunt.system.place(mutant.row).into(), mutant.class)).or_default() += 1;
    }
    wrong.extend(
        open.iter().map(|((place, class), count)| format!("{place} {class:?}: {count} are not noticed")),
    );
    report(&hunt, &chosen, &equivalent, (!all).then_some(seed));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn report(hunt: &Hunt, chosen: &BTreeSet<Mutant>, equivalent: &BTreeSet<Mutant>, seed: Option<u64>) {
    let (shape, total) = (hunt.system.shape, hunt.system.mutants().len());
    let which = seed
        .map_or_else(|| "all".into(), |seed| format!("the first of each sort, and a sample of seed {seed}"));
    println!("{:?}: {} of {total} mutants ({which})", shape.kind, chosen.len());
    for class in CLASSES {
        let of_class = || chosen.iter().filter(|mutant| mutant.class == class);
        let by = |way: Way| of_class().filter(|mutant| hunt.noticed.get(mutant) == Some(&way)).count();
        let ways: Vec<String> = WAYS.iter().map(|way| format!("{way:?} {}", by(*way))).collect();
        let noticed: usize = WAYS.iter().map(|way| by(*way)).sum();
        let others = of_class().filter(|mutant| equivalent.contains(mutant)).count();
        let share = 100.0 * noticed as f64 / (of_class().count() - others).max(1) as f64;
        println!(
            "{class:?}: {share:.2} % of {}, {} equivalent; {}",
            of_class().count() - others,
            others,
            ways.join(", ")
        );
    }
}

macro_rules! of_every_kind {
    ($($name:ident $shape:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn a_mutant_of_every_sort_is_noticed() {
                every_mutant($shape, false);
            }

            #[test]
            #[ignore = "minutes: make test-long"]
            fn every_mutant_is_noticed_in_full() {
                every_mutant($shape, true);
            }
        }
    )*};
}

of_every_kind! {
    uptime_claims shapes::UPTIME;
    possession_claims shapes::POSSESSION;
    bandwidth_claims shapes::BANDWIDTH;
    work_claims shapes::WORK;
}

/// What is equivalent with three seats is not with five: −1 in the last place, and ones for 3 and 4, are k = 2.
#[test]
fn a_last_place_that_is_not_boolean_counts_with_more_seats() {
    let system = System::new(Shape::demo(Kind::Uptime));
    let runs = runs::runs(&system);
    let root = system.in_place("C2-device/root")[0];
    let row = system.in_place("C3-rules/k: last of 0..=5")[0];
    for class in [Class::Dropped, Class::Third] {
        assert_eq!(attack(&system, &runs, root, Mutant { row, class }), Some(Way::Attempt));
    }
}
