//! The uptime claim as a table.

use popw_circuits::{
    claims::{
        Shape, Witness, synthesize,
        uptime::{DEMO, STANDARD},
    },
    drivers::plonkish::{Audited, Checker, Plonkish, check},
};

use crate::{
    common::{Network, audit, fr, golden, table},
    support::free_cells,
};

fn fill(shape: &Shape, witness: &Witness) -> Audited {
    Plonkish::audit(|d| synthesize(d, shape, Some(witness)))
}

#[test]
fn honest_witnesses_fill_the_layout_of_setup() {
    for (shape, k) in [(DEMO, 13), (STANDARD, 14)] {
        let witness = Network::new(shape).witness();
        let audited = fill(&shape, &witness);
        assert_eq!(check(&audited.layout, &audited.advice), Ok(()));
        assert_eq!(audited.layout, Plonkish::layout(|d| synthesize(d, &shape, None)));
        assert_eq!(audited.advice, Plonkish::advice(|d| synthesize(d, &shape, Some(&witness))));
        assert_eq!(audited.advice.public, witness.instance(&shape).expect("well-formed").to_array());
        let mut rows: Vec<_> = audited.layout.cost.iter().map(|(name, rows)| (*name, *rows)).collect();
        rows.push(("copies", audited.layout.copies.len()));
        rows.push(("k", audited.layout.k as usize));
        rows.push(("rows", audited.layout.rows));
        golden(&format!("uptime-{}-plonkish.txt", shape.name), &table(&rows));
        assert_eq!(audited.layout.k, k);
    }
}

/// Each refused, and by the same clauses as the constraints of the other arithmetisation.
#[test]
fn both_arithmetisations_refuse_alike() {
    type Change = fn(&mut Witness);
    let changes: [(&str, Change); 22] = [
        ("domain", |w| w.domain += fr(1)),
        ("epoch", |w| w.epoch += fr(1)),
        ("epoch of 33 bits", |w| w.epoch += fr(1 << 32)),
        ("opening", |w| w.opening += fr(1)),
        ("device root", |w| w.device_root += fr(1)),
        ("no device root", |w| w.device_root = fr(0)),
        ("witness root", |w| w.witness_root += fr(1)),
        ("no witness root", |w| w.witness_root = fr(0)),
        ("k", |w| w.rules[1] = fr(6)),
        ("q", |w| w.rules[2] = fr(0)),
        ("slots", |w| w.rules[3] = fr(25)),
        ("min_rate", |w| w.rules[6] = -fr(1)),
        ("payee", |w| w.payee = -fr(1)),
        ("secret", |w| w.secret += fr(1)),
        ("owner", |w| w.owner += fr(1)),
        ("device path", |w| w.device_path.depth = 11),
        ("seat index", |w| w.seats[1].index += fr(1)),
        ("seat key", |w| w.seats[1].key.0 += fr(1)),
        ("seat owner", |w| w.seats[1].owner = w.owner),
        ("seat path", |w| w.seats[1].path.siblings[0] += fr(1)),
        ("bitmap", |w| w.seats[1].attested += fr(1)),
        ("signature", |w| w.seats[1].s += fr(1)),
    ];
    let honest = Network::new(DEMO).witness();
    let layout = Plonkish::layout(|d| synthesize(d, &DEMO, None));
    let checker = Checker::new(&layout);
    for (what, change) in changes {
        let mut witness = honest.clone();
        change(&mut witness);
        let audited = fill(&DEMO, &witness);
        assert_eq!(audited.layout, layout, "{what}");
        let expected: Vec<_> = audit(&DEMO, &witness).violated().into_keys().collect();
        let found: Vec<_> = checker.violated(&audited.advice, &audited.trace).into_keys().collect();
        assert!(!expected.is_empty(), "{what}");
        assert_eq!(found, expected, "{what}");
    }
}

/// Public inputs are compared, one by one.
#[test]
fn other_public_inputs_are_refused() {
    let mut audited = fill(&DEMO, &Network::new(DEMO).witness());
    for (i, clause) in ["C5-context", "C6-nullifier", "C7-outcome"].into_iter().enumerate() {
        audited.advice.public[i] += fr(1);
        let violated = Checker::new(&audited.layout).violated(&audited.advice, &audited.trace);
        assert_eq!(violated.into_keys().collect::<Vec<_>>(), [clause]);
        audited.advice.public[i] -= fr(1);
    }
}

/// No value of the whole claim can be changed by itself, wherever it is copied to.
#[test]
fn no_value_is_free() {
    let audited = fill(&DEMO, &Network::new(DEMO).witness());
    let free = free_cells(&audited);
    let paths: Vec<_> = free.iter().map(|cell| audited.trace.row(cell.row as usize, 0)).collect();
    assert!(free.is_empty(), "{paths:?}");
}

/// A row from another honest table, everything else kept: refused wherever it differs.
#[test]
fn splices_are_refused() {
    let mut other = Network::new(DEMO);
    other.domain = fr(78);
    other.device_owner = fr(1001);
    let (table, donor) = (fill(&DEMO, &Network::new(DEMO).witness()), fill(&DEMO, &other.witness()));
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
    assert!(spliced > table.layout.rows / 2);
}
