//! Claims as tables.

use std::collections::{BTreeMap, BTreeSet};

use popw_circuits::{
    claims::{Kind, Shape, Witness, synthesize},
    drivers::{
        audit::clause_of,
        plonkish::{Audited, Cell, Checker, Column, Layout, Plonkish, check},
    },
};

use super::{
    forging::{forged, places},
    support::free_cells,
};
use crate::{
    common::{Network, audit, deletion::Forger, fr, golden, random, shapes, table},
    forgeries::forgeries,
};

fn fill(shape: &Shape, witness: &Witness) -> Audited {
    Plonkish::audit(|d| synthesize(d, shape, Some(witness)))
}

fn layout(shape: &Shape) -> Layout {
    Plonkish::layout(|d| synthesize(d, shape, None))
}

/// Rows of every operation, of the published shapes.
fn costs(kind: Kind, k: [u32; 2]) {
    for (shape, k) in shapes::published(kind).into_iter().zip(k) {
        let layout = layout(&shape);
        let mut rows: Vec<_> = layout.cost.iter().map(|(name, rows)| (*name, *rows)).collect();
        rows.push(("copies", layout.copies.len()));
        rows.push(("k", layout.k as usize));
        rows.push(("rows", layout.rows));
        golden(&format!("{}-{}-plonkish.txt", kind.id(), shape.name), &table(&rows));
        assert_eq!(layout.k, k);
    }
}

/// Setup, proving and audit fill the same table, and it holds.
fn filled(shape: &Shape, witness: &Witness, layout: &Layout) {
    let audited = fill(shape, witness);
    assert_eq!(check(&audited.layout, &audited.advice), Ok(()));
    assert_eq!(audited.layout, *layout);
    assert_eq!(audited.advice, Plonkish::advice(|d| synthesize(d, shape, Some(witness))));
    assert_eq!(audited.advice.public, witness.instance(shape).expect("well-formed").to_array());
}

fn honest(kind: Kind, small: &Shape) {
    let [demo, _] = shapes::published(kind);
    filled(&demo, &Network::new(demo).witness(), &layout(&demo));
    let layout = layout(small);
    for seed in 31..=33 {
        filled(small, &random::witness(&random::network(*small, seed), seed), &layout);
    }
}

/// Clauses that a table violates, of the same layout as an honest one: gates are looked at where the two differ.
fn violated(checker: &Checker<'_>, honest: &Audited, other: &Audited) -> BTreeSet<String> {
    let (layout, rows) = (&other.layout, other.layout.rows);
    let differs = |row: usize| {
        let mut columns = honest.advice.columns.iter().zip(other.advice.columns.iter());
        row < rows && columns.any(|(a, b)| a[row] != b[row])
    };
    let mut paths = BTreeSet::new();
    let mut row = 0;
    while row < rows {
        // A gate reads the rows before and behind its own; three rows are looked at around each.
        if differs(row) || differs(row + 1) || row > 0 && differs(row - 1) {
            let around = checker.violations_around(&other.advice, 0, row + 1);
            paths.extend(around.iter().map(|violation| violation.path(&other.trace).to_string()));
            row += 2;
        }
        row += 1;
    }
    let value = |cell: &Cell| match cell.column {
        Column::Advice(column) => other.advice.columns[usize::from(column)][cell.row as usize],
        Column::Instance => other.advice.public[cell.row as usize],
    };
    let copies = layout.copies.iter().enumerate().filter(|(_, (from, to))| value(from) != value(to));
    paths.extend(copies.map(|(copy, _)| other.trace.copy(copy).to_string()));
    paths.iter().map(|path| clause_of(path).to_string()).collect()
}

/// Every forgery is refused by the clauses that refuse it on the other arithmetisation, forged hints and all.
fn refused_alike(shape: &Shape) {
    let honest = fill(shape, &Network::new(*shape).witness());
    let checker = Checker::new(&honest.layout);
    assert_eq!(checker.violations(&honest.advice), []);
    let places = places(shape);
    let mut wrong = Vec::new();
    for forgery in forgeries(*shape) {
        let what = format!("{} ({})", forgery.clause.name(), forgery.what);
        match forged(&forgery, &places) {
            Err((part, n)) => wrong.push(format!("{what}: the table has no wire {n} of {part}")),
            Ok(audited) => {
                assert_eq!(audited.layout, honest.layout, "{what}");
                let found = violated(&checker, &honest, &audited);
                if found != forgery.refused_by() {
                    wrong.push(format!("{what}: {found:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// No value of the whole claim can be changed by itself, wherever it is copied to.
fn no_free_value(shape: &Shape) {
    let audited = fill(shape, &Network::new(*shape).beyond_every_limit().witness());
    let free = free_cells(&audited);
    let paths: Vec<_> = free.iter().map(|cell| audited.trace.row(cell.row as usize, 0)).collect();
    assert!(free.is_empty(), "{paths:?}");
}

/// A row from another honest table, everything else kept: refused wherever it differs.
fn no_splice(shape: &Shape) {
    let mut other = Network::new(*shape);
    other.domain = fr(78);
    other.closing += fr(1);
    other.device_owner = fr(1001);
    let (table, donor) = (fill(shape, &Network::new(*shape).witness()), fill(shape, &other.witness()));
    let checker = Checker::new(&table.layout);
    let mut advice = table.advice.clone();
    let mut spliced = 0;
    for row in 0..table.layout.rows {
        let different =
            |column: &usize| table.advice.columns[*column][row] != donor.advice.columns[*column][row];
        let columns: Vec<usize> = (0..6).filter(different).collect();
        for &column in &columns {
            advice.columns[column][row] = donor.advice.columns[column][row];
        }
        let mut noticed =
            columns.iter().any(|column| !checker.violations_around(&advice, *column, row).is_empty());
        noticed |= columns.is_empty();
        assert!(noticed, "row {row}, {}", table.trace.row(row, 0));
        spliced += usize::from(!columns.is_empty());
        for &column in &columns {
            advice.columns[column][row] = table.advice.columns[column][row];
        }
    }
    assert!(spliced > table.layout.rows / 2, "{spliced} of {}", table.layout.rows);
}

macro_rules! of_every_kind {
    ($($name:ident $kind:expr, $k:expr, $small:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn golden_costs() {
                costs($kind, $k);
            }

            #[test]
            fn honest_witnesses_fill_the_layout_of_setup() {
                honest($kind, &$small);
            }

            #[test]
            fn both_arithmetisations_refuse_alike() {
                refused_alike(&$small);
            }

            #[test]
            fn no_value_is_free() {
                no_free_value(&$small);
            }

            #[test]
            fn splices_are_refused() {
                no_splice(&$small);
            }
        }
    )*};
}

of_every_kind! {
    uptime_claims Kind::Uptime, [13, 14], shapes::UPTIME;
    possession_claims Kind::Possession, [13, 16], shapes::POSSESSION;
    bandwidth_claims Kind::Bandwidth, [14, 16], shapes::BANDWIDTH;
    work_claims Kind::Work, [15, 17], shapes::WORK;
}

/// Changes that violate several clauses at once.
#[test]
fn both_arithmetisations_find_the_same_clauses() {
    type Change = fn(&mut Witness);
    let changes: [(&str, Change); 28] = [
        ("domain", |w| w.frame.domain += fr(1)),
        ("epoch", |w| w.frame.epoch += fr(1)),
        ("epoch of 33 bits", |w| w.frame.epoch += fr(1 << 32)),
        ("opening", |w| w.frame.opening += fr(1)),
        ("closing", |w| w.frame.closing += fr(1)),
        ("device root", |w| w.frame.device_root += fr(1)),
        ("no device root", |w| w.frame.device_root = fr(0)),
        ("witness root", |w| w.frame.witness_root += fr(1)),
        ("no witness root", |w| w.frame.witness_root = fr(0)),
        ("no sector root", |w| w.frame.sector_root = fr(0)),
        ("no allotment root", |w| w.frame.allotment_root = fr(0)),
        ("k", |w| w.frame.rules[1] = fr(6)),
        ("q", |w| w.frame.rules[2] = fr(0)),
        ("slots", |w| w.frame.rules[3] = fr(25)),
        ("B", |w| w.frame.rules[5] = fr(0)),
        ("min_rate", |w| w.frame.rules[6] = -fr(1)),
        ("batch", |w| w.frame.batch = fr(1)),
        ("payee", |w| w.frame.payee = -fr(1)),
        ("secret", |w| w.frame.secret += fr(1)),
        ("owner", |w| w.frame.owner += fr(1)),
        ("seat index", |w| w.uptime.seats[1].index += fr(1)),
        ("seat key", |w| w.uptime.seats[1].key.0 += fr(1)),
        ("seat owner", |w| w.uptime.seats[1].owner = w.frame.owner),
        ("bitmap", |w| w.uptime.seats[1].attested += fr(1)),
        ("bytes stored", |w| w.possession.sectors[1].bytes = -fr(1)),
        ("root of a sector", |w| w.possession.sectors[1].comm_r += fr(1)),
        ("number of a receipt", |w| w.bandwidth.receipts[0].seq = -fr(1)),
        ("rate", |w| w.bandwidth.challengers[1].attested = -fr(1)),
    ];
    let shape = shapes::WORK;
    let witness = Network::new(shape).witness();
    let honest = fill(&shape, &witness);
    let checker = Checker::new(&honest.layout);
    let system = audit(&shape, &witness);
    for (what, change) in changes {
        let mut witness = witness.clone();
        change(&mut witness);
        let audited = fill(&shape, &witness);
        assert_eq!(audited.layout, honest.layout, "{what}");
        let z = Forger::run(&BTreeMap::new(), |d| synthesize(d, &shape, Some(&witness)));
        let expected: BTreeSet<_> = system.violated_by(&z).into_keys().collect();
        let found = violated(&checker, &honest, &audited);
        assert!(!expected.is_empty(), "{what}");
        assert_eq!(found, expected, "{what}");
    }
}

/// Public inputs are compared, one by one.
#[test]
fn other_public_inputs_are_refused() {
    let shape = shapes::UPTIME;
    let mut audited = fill(&shape, &Network::new(shape).witness());
    for (i, clause) in ["C5-context", "C6-nullifier", "C7-outcome"].into_iter().enumerate() {
        audited.advice.public[i] += fr(1);
        let violated = Checker::new(&audited.layout).violated(&audited.advice, &audited.trace);
        assert_eq!(violated.into_keys().collect::<Vec<_>>(), [clause]);
        audited.advice.public[i] -= fr(1);
    }
}
