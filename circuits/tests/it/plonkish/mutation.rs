//! Mutants of a whole claim's table: constraints and copies, one of each sort in each part, made wrong by themselves, are
//! noticed by the rank of `rank`, by an attempt that violates nothing else, or by the derivation of `derivation`. Claims
//! of work have the parts of the other kinds.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::Zero;
use popw_circuits::claims::Shape;
use popw_core::Fr;

use super::{
    attempts::{Bench, filled},
    derivation::{Change, Derivation, Frame},
    places::{Listed, NOT_SHOWN, SAME},
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
    attempts: BTreeMap<usize, Vec<Fr>>,
}

impl<'a> Trial<'a> {
    fn new(frame: &'a Frame<'a>) -> Self {
        let (rows, columns) = frame.system.jacobian();
        let dependent = dependent_rows(&rows, columns.len()).into_iter().collect();
        let assumed = assumed(&frame.shape());
        let paths: Vec<&str> = assumed.iter().map(|(path, _)| *path).collect();
        let (derivation, _) = Derivation::of(frame, &paths);
        let mut bench = Bench::new(frame);
        bench.forgeries();
        bench.inputs();
        bench.one_hots();
        bench.hints();
        let mut attempts = BTreeMap::<usize, Vec<Fr>>::new();
        let mut named = BTreeMap::<String, usize>::new();
        for attempt in bench.attempts {
            *named.entry(attempt.what).or_default() += 1;
            attempts.entry(attempt.rule).or_default().push(attempt.excess);
        }
        println!("{}: rules that attempts violate alone: {named:?}", frame.shape().kind.id());
        Self { frame, dependent, derivation, attempts }
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
        self.attempts
            .get(&rule)
            .is_some_and(|all| class != Class::Longer || all.iter().any(|excess| (*excess + next).is_zero()))
    }

    /// What notices a mutant of one of these rules, which say the same in different places.
    fn way(&self, rules: &[usize], class: Class) -> Way {
        let change = |rule: usize| match class {
            Class::Longer => Change::Longer(self.frame.next_bit(rule).expect("a decomposition")),
            Class::Dropped | Class::Third => Change::Dropped,
        };
        let first = rules[0];
        // In a path a place is the prover's, and nothing is derived from its rule.
        let derives = class != Class::Third || self.frame.system.operation(first) == "boolean";
        if class == Class::Dropped && rules.iter().any(|rule| !self.dependent.contains(rule)) {
            Way::Rank
        } else if rules.iter().any(|rule| self.lets_in(*rule, class)) {
            Way::Attempt
        } else if derives && !self.derivation.survives(first, change(first)) {
            Way::Derivation
        } else {
            Way::Nothing
        }
    }
}

/// One mutant of each sort that there is; those that nothing notices are listed, and no others.
fn noticed(shape: Shape) {
    let programs = Program::all();
    let audited = filled(&shape, &Network::new(shape).beyond_every_limit().witness());
    let system = System::new(&audited, &programs);
    let frame = Frame::new(shape, &system);
    let trial = Trial::new(&frame);
    let mut sorts = BTreeMap::<_, Vec<usize>>::new();
    for rule in (0..system.rules.len()).filter(|rule| !frame.says_nothing(*rule)) {
        sorts.entry(frame.kind(rule)).or_default().push(rule);
    }
    let mut ways = BTreeMap::<(Class, Way), usize>::new();
    let mut unnoticed = BTreeMap::<Listed, usize>::new();
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
        }
    }
    println!("{}: {ways:?}", shape.kind.id());
    for ((path, operation, class), n) in &unnoticed {
        println!("    {path:32} {operation:12} {class:?} {n}");
    }
    let of_kind = |path: &str| (0..system.rules.len()).any(|rule| system.path_of(rule) == path);
    let listed = SAME.iter().map(|(place, _)| place).chain(NOT_SHOWN);
    let listed: BTreeSet<Listed> = listed
        .filter(|(path, ..)| of_kind(path))
        .map(|(path, operation, class)| ((*path).into(), (*operation).into(), *class))
        .collect();
    assert_eq!(unnoticed.into_keys().collect::<BTreeSet<_>>(), listed);
}

macro_rules! of_every_kind {
    ($($kind:ident $shape:expr;)*) => {$(
        mod $kind {
            use super::*;

            #[test]
            fn one_mutant_of_each_sort_is_noticed() {
                noticed($shape);
            }
        }
    )*};
}

of_every_kind! {
    uptime_claims shapes::UPTIME;
    possession_claims shapes::POSSESSION;
    bandwidth_claims shapes::BANDWIDTH;
}
