//! Mutants of a whole claim's table: constraints and copies, one of each sort in each part, made wrong by themselves, are
//! noticed by the rank of `rank`, by an attempt that violates nothing else, or by the derivation of `derivation`; and a
//! sample of more of the same sorts. `make test-long` tries them all.
//!
//! Claims of work have the parts of the other kinds, which is the same code: of their rules those of sorts that no other
//! kind has, wherever in a row, are tried.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use ark_ff::Zero;
use popw_circuits::{
    claims::{Kind, Shape},
    drivers::plonkish::Audited,
};
use popw_core::Fr;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use super::{
    attempts::{Bench, filled},
    derivation::{Change, Derivation, Frame},
    places::{ALONE, Listed, SAME},
    programs::Program,
    system::System,
    unique::assumed,
};
use crate::common::{Network, determinism::dependent_rows, shapes};

/// How a rule is made wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It is not there.
    Dropped,
    /// A boolean, or the place in a path, may have a third value.
    Third,
    /// A decomposition may have a bit more.
    Longer,
}

/// Mutants that are tried besides the first of each sort.
const SAMPLE: usize = 100;
const SEED: u64 = 22;

const CLASSES: [Class; 3] = [Class::Dropped, Class::Third, Class::Longer];

/// What notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Rank,
    Attempt,
    Derivation,
    Nothing,
}

/// Everything that mutants are held against.
struct Trial<'a> {
    frame: &'a Frame<'a>,
    dependent: BTreeSet<usize>,
    derivation: Derivation<'a>,
    /// What rules come to in attempts that violate nothing else.
    attempts: OnceCell<BTreeMap<usize, Vec<Fr>>>,
    /// Whether each place of a sort is tried by itself.
    each: bool,
}

impl<'a> Trial<'a> {
    fn new(frame: &'a Frame<'a>, each: bool) -> Self {
        let (rows, columns) = frame.system.jacobian();
        let dependent = dependent_rows(&rows, columns.len()).into_iter().collect();
        let assumed = assumed(&frame.shape());
        let paths: Vec<&str> = assumed.iter().map(|(path, _)| *path).collect();
        let (derivation, _) = Derivation::of(frame, &paths);
        Self { frame, dependent, derivation, attempts: OnceCell::new(), each }
    }

    fn attempts(&self) -> &BTreeMap<usize, Vec<Fr>> {
        self.attempts.get_or_init(|| {
            let mut bench = Bench::new(self.frame);
            bench.forgeries();
            bench.inputs();
            bench.one_hots();
            bench.heights();
            bench.hints();
            if self.each {
                bench.roots();
            }
            let mut attempts = BTreeMap::<usize, Vec<Fr>>::new();
            for attempt in bench.attempts {
                attempts.entry(attempt.rule).or_default().push(attempt.excess);
            }
            attempts
        })
    }

    /// Whether there is such a mutant of a rule.
    fn exists(&self, rule: usize, class: Class) -> bool {
        match class {
            Class::Dropped => true,
            Class::Third => self.frame.restricts(rule),
            Class::Longer => self.frame.next_bit(rule).is_some(),
        }
    }

    /// Whether an attempt is accepted by the mutant.
    fn lets_in(&self, rule: usize, class: Class) -> bool {
        let next = self.frame.next_bit(rule).unwrap_or_default();
        self.attempts()
            .get(&rule)
            .is_some_and(|all| class != Class::Longer || all.iter().any(|excess| (*excess + next).is_zero()))
    }

    /// What notices a mutant of one of these rules, which say the same in different places.
    fn way(&self, rules: &[usize], class: Class) -> Way {
        if class == Class::Dropped && rules.iter().any(|rule| !self.dependent.contains(rule)) {
            return Way::Rank;
        }
        let attempt = || rules.iter().any(|rule| self.lets_in(*rule, class));
        // Made for the first that needs them: claims of work need none for most.
        let soon = self.attempts.get().is_some() || self.frame.shape().kind != Kind::Work;
        if soon && attempt() {
            Way::Attempt
        } else if self.derives(rules[0], class) {
            Way::Derivation
        } else if !soon && !self.is_listed(rules[0], class) && attempt() {
            Way::Attempt
        } else {
            Way::Nothing
        }
    }

    /// Whether something is derived from a rule that is not derived from the mutant.
    fn derives(&self, rule: usize, class: Class) -> bool {
        let change = match class {
            Class::Longer => Change::Longer(self.frame.next_bit(rule).expect("a decomposition")),
            Class::Dropped | Class::Third => Change::Dropped,
        };
        // In a path a place is the prover's, and nothing is derived from its rule.
        let derives = class != Class::Third || self.frame.system.operation(rule) == "boolean";
        derives && !self.derivation.survives(rule, change)
    }

    fn is_listed(&self, rule: usize, class: Class) -> bool {
        let (path, operation) = self.frame.system.place_of(rule);
        SAME.iter().any(|(place, ..)| *place == (&path[..], operation, class))
    }
}

/// Rules by their sorts.
fn sorts(frame: &Frame<'_>) -> BTreeMap<Sort, Vec<usize>> {
    let mut sorts = BTreeMap::<_, Vec<usize>>::new();
    for rule in (0..frame.system.rules.len()).filter(|rule| !frame.says_nothing(*rule)) {
        sorts.entry(frame.kind(rule)).or_default().push(rule);
    }
    sorts
}

/// What rules share that say the same in other places.
type Sort = (String, &'static str, usize, Vec<Fr>);

/// A sort wherever in a row it stands: halves of rows, booleans and cells of copies are alike.
fn anywhere_in_a_row((path, operation, constraint, fixed): Sort) -> Sort {
    let alike = matches!(operation, "arithmetic" | "boolean" | "copy");
    (path, operation, if alike { 0 } else { constraint }, fixed)
}

fn table(shape: Shape) -> Audited {
    filled(&shape, &Network::new(shape).beyond_every_limit().witness())
}

/// One mutant of each sort that no claim of `others` has, and so many more of the same sorts; what nothing notices is
/// listed, and all that is listed.
fn noticed(shape: Shape, others: &[Shape], more: usize) {
    let (programs, audited) = (Program::all(), table(shape));
    let system = System::new(&audited, &programs);
    let frame = Frame::new(shape, &system);
    let mut sorts = sorts(&frame);
    let all = sorts.len();
    for other in others {
        let audited = table(*other);
        let system = System::new(&audited, &programs);
        let theirs: BTreeSet<_> =
            self::sorts(&Frame::new(*other, &system)).into_keys().map(anywhere_in_a_row).collect();
        sorts.retain(|sort, _| !theirs.contains(&anywhere_in_a_row(sort.clone())));
    }
    let kind = shape.kind.id();
    println!("{kind}: {} of {all} sorts of rules are of no other kind", sorts.len());

    let trial = Trial::new(&frame, more == usize::MAX);
    let mut ways = BTreeMap::<(Class, Way), usize>::new();
    let mut unnoticed = BTreeMap::<Listed, usize>::new();
    let mut rest = Vec::new();
    for rules in sorts.values() {
        for class in CLASSES {
            let rules: Vec<usize> = rules.iter().copied().filter(|rule| trial.exists(*rule, class)).collect();
            let Some(first) = rules.first() else { continue };
            let way = trial.way(&rules, class);
            *ways.entry((class, way)).or_default() += 1;
            if way == Way::Nothing {
                let (path, operation) = system.place_of(*first);
                *unnoticed.entry((path, operation.into(), class)).or_default() += 1;
            }
            // Attempts are at one of a sort.
            if matches!(way, Way::Rank | Way::Derivation) {
                let rules = Rc::new(rules);
                rest.extend((1..rules.len()).map(|i| (Rc::clone(&rules), i, class)));
            }
        }
    }
    for class in CLASSES {
        let of = |way: Way| ways.get(&(class, way)).copied().unwrap_or_default();
        let [rank, attempts, derivation, nothing] =
            [Way::Rank, Way::Attempt, Way::Derivation, Way::Nothing].map(of);
        let killed = rank + attempts + derivation;
        println!(
            "{kind}, {class:?}: {killed} of {} noticed, {rank} by rank, {attempts} by attempts, {derivation} by \
             derivation",
            killed + nothing
        );
    }

    let number = SINGLE.iter().position(|single| single.kind == shape.kind);
    let listed: BTreeMap<Listed, usize> = SAME
        .iter()
        .map(|((path, operation, class), counts, _)| {
            // Of claims of work few are tried.
            let count = number.map_or(usize::MAX, |number| counts[number]);
            (((*path).into(), (*operation).into(), *class), count)
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    let excused = |(place, count): &(&Listed, &usize)| {
        listed.get(*place).is_some_and(|listed| *count == listed || number.is_none())
    };
    let unlisted: Vec<_> = unnoticed.iter().filter(|found| !excused(found)).collect();
    assert!(unlisted.is_empty(), "{unlisted:#?}");
    if number.is_some() {
        let noticed: Vec<_> = listed.keys().filter(|place| !unnoticed.contains_key(*place)).collect();
        assert!(noticed.is_empty(), "{noticed:#?}");
    }

    let of_rest =
        rand::seq::index::sample(&mut ChaCha20Rng::seed_from_u64(SEED), rest.len(), more.min(rest.len()));
    println!("{kind}: {} of {} more, seed {SEED}", of_rest.len(), rest.len());
    let mut escaped = BTreeMap::<_, Vec<usize>>::new();
    for (rules, i, class) in of_rest.into_iter().map(|i| &rest[i]) {
        let alone = trial.way(&[rules[*i]], *class) != Way::Nothing;
        if !alone && !rules.iter().any(|rule| trial.lets_in(*rule, *class)) {
            escaped.entry((frame.kind(rules[*i]), *class)).or_default().push(rules[*i]);
        }
    }
    if more == usize::MAX {
        let mut alone = BTreeMap::<Listed, usize>::new();
        for (((path, operation, ..), class), rules) in &escaped {
            *alone.entry((path.clone(), (*operation).into(), *class)).or_default() += rules.len();
        }
        let listed = ALONE.iter().filter(|(_, kind, ..)| *kind == shape.kind);
        let listed = listed.map(|((path, operation, class), _, count, _)| {
            (((*path).into(), (*operation).into(), *class), *count)
        });
        assert_eq!(alone, listed.collect(), "{escaped:#?}");
    } else {
        escaped.retain(|((path, operation, ..), class), _| {
            !ALONE.iter().any(|(place, kind, ..)| *kind == shape.kind && *place == (path, operation, *class))
        });
        assert!(escaped.is_empty(), "{escaped:#?}");
    }
}

/// Kinds whose parts claims of work have.
const SINGLE: [Shape; 3] = [shapes::UPTIME, shapes::POSSESSION, shapes::BANDWIDTH];

macro_rules! of_every_kind {
    ($($kind:ident $shape:expr, $others:expr;)*) => {$(
        mod $kind {
            use super::*;

            #[test]
            fn one_mutant_of_each_sort_is_noticed() {
                noticed($shape, $others, SAMPLE);
            }

            #[test]
            #[ignore = "minutes: make test-long"]
            fn every_mutant_is_noticed_in_full() {
                noticed($shape, $others, usize::MAX);
            }
        }
    )*};
}

of_every_kind! {
    uptime_claims shapes::UPTIME, &[];
    possession_claims shapes::POSSESSION, &[];
    bandwidth_claims shapes::BANDWIDTH, &[];
    work_claims shapes::WORK, &SINGLE;
}
