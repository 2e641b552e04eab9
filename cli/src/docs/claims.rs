//! The claims' pages say what the circuits say: statements, shapes and costs.

use std::{collections::BTreeSet, iter};

use popw_circuits::claims::{Kind, SHAPES, Shape, Violation, clauses, shape};
use popw_core::{
    Fr,
    claim::{Measure, Part, Registries},
};

use super::{read, table_rows};
use crate::kinds::word;

/// What a page repeats: the statement of the frame, or of a part.
struct Statement {
    page: &'static str,
    module: String,
    letter: char,
    part: Option<Part>,
}

fn statements() -> impl Iterator<Item = Statement> {
    let frame = Statement { page: "claims", module: "circuits/src/frame.rs".into(), letter: 'C', part: None };
    let of_part = |part: Part| Statement {
        page: word(part.id()),
        module: format!("circuits/src/parts/{}.rs", part.id()),
        letter: part.letter(),
        part: Some(part),
    };
    iter::once(frame).chain(Part::ALL.map(of_part))
}

/// A kind's page.
fn page(kind: Kind) -> String {
    read(format!("docs/src/{}.md", word(kind.id())))
}

/// A module's rows, by the name of the clause.
fn rows(module: &str, letter: char) -> Vec<(String, String)> {
    let code = read(module);
    let rows = code.lines().filter_map(|line| line.strip_prefix("//! "));
    let clause = |row: &str| {
        let (id, name) = row.strip_prefix("| ")?.split_once(" |")?.0.split_once(' ')?;
        let number = id.strip_prefix(letter)?;
        number.parse::<u8>().ok().map(|_| (format!("{id}-{name}"), row.to_owned()))
    };
    rows.filter_map(clause).collect()
}

#[test]
fn the_statements_are_the_circuits() {
    for Statement { page, module, letter, .. } in statements() {
        let book = read(format!("docs/src/{page}.md"));
        for (_, row) in rows(&module, letter) {
            assert!(book.lines().any(|line| line == row), "{page}.md has no row {row}");
        }
        let numbered = |line: &&str| {
            let rest = line.strip_prefix("| ").and_then(|rest| rest.strip_prefix(letter));
            let id = rest.and_then(|rest| rest.split_once(' '));
            id.is_some_and(|(number, _)| number.parse::<u8>().is_ok())
        };
        let found = book.lines().filter(numbered).count();
        assert_eq!(found, rows(&module, letter).len(), "{page}.md has rows that {module} has not");
    }
}

/// Frame and parts together have every clause of every shape, under the name that constraints carry, and no other.
#[test]
fn every_clause_is_stated() {
    for shape in SHAPES {
        let stated: Vec<String> = statements()
            .filter(|statement| statement.part.is_none_or(|part| shape.kind.has(part)))
            .flat_map(|statement| rows(&statement.module, statement.letter))
            .map(|(name, _)| name)
            .filter(|name| shape.kind.is_batched() || name != Violation::BATCH.name())
            .collect();
        let checked: BTreeSet<String> = clauses(shape.kind).map(|clause| clause.name().to_owned()).collect();
        assert_eq!(stated.len(), checked.len(), "{} {}", shape.kind.id(), shape.name);
        assert_eq!(stated.into_iter().collect::<BTreeSet<_>>(), checked, "{}", shape.kind.id());
    }
}

/// A golden's lines: name and number.
fn golden(shape: &Shape, file: &str) -> Vec<(String, String)> {
    let golden = read(format!("circuits/tests/golden/{}-{}-{file}.txt", shape.kind.id(), shape.name));
    let split = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("name and value");
        (name.trim().to_owned(), value.to_owned())
    };
    golden.lines().map(split).collect()
}

/// Where a row stands in a cost table: clauses in the statement's order, then sums.
fn place(name: &str) -> (usize, &str) {
    const SUMS: [&str; 6] = ["constraints", "witness", "entries of A, B, C", "copies", "rows", "k"];
    let clause = clauses(Kind::Work).position(|clause| clause.name() == name);
    let sum = SUMS.iter().position(|sum| *sum == name).map(|sum| 1000 + sum);
    (clause.or(sum).unwrap_or(500), name)
}

/// The cost table of a kind on one arithmetisation, as the page has it.
fn cost_table(kind: Kind, file: &str, heading: &str) -> String {
    let [demo, standard] =
        ["demo", "standard"].map(|name| golden(&shape(kind, name).expect("both shapes"), file));
    let mut rows: Vec<_> = demo
        .into_iter()
        .map(|(name, demo)| {
            let found = standard.iter().find(|(same, _)| *same == name);
            (name, demo, found.map_or_else(|| "–".to_owned(), |(_, value)| value.clone()))
        })
        .collect();
    rows.sort_by(|a, b| place(&a.0).cmp(&place(&b.0)));
    let head = format!("| {heading} | `demo` | `standard` |\n| --- | ---: | ---: |\n");
    let body = rows.iter().map(|(name, demo, standard)| format!("| {name} | {demo} | {standard} |\n"));
    head + &body.collect::<String>()
}

#[test]
fn cost_tables_are_the_goldens() {
    for kind in Kind::ALL {
        for (file, heading) in [("r1cs", "clause"), ("plonkish", "gate")] {
            let table = cost_table(kind, file, heading);
            assert!(page(kind).contains(&format!("{table}\n")), "the page of {} needs:\n{table}", kind.id());
        }
    }
}

/// One of a shape's numbers.
type Size = fn(&Shape) -> usize;

#[test]
fn shapes_are_the_circuits() {
    let rows = table_rows(&read("docs/src/claims.md"));
    let [demo, standard] = ["demo", "standard"].map(|name| shape(Kind::Work, name).expect("both shapes"));
    let sizes: [(&str, Size); 10] = [
        ("depth of the device registry", |shape| shape.device_depth),
        ("depth of the witness registry", |shape| shape.witness_depth),
        ("S, most slots", |shape| shape.slots),
        ("K, most seats of a committee", Shape::committee),
        ("most sectors of a claim", |shape| shape.sectors),
        ("c, challenges a sector", |shape| shape.challenges),
        ("height of the largest sector's tree", |shape| shape.height),
        ("depth of the sector registry", |shape| shape.sector_depth),
        ("most receipts of a claim", |shape| shape.receipts),
        ("depth of the allotment registry", |shape| shape.allotment_depth),
    ];
    for (name, size) in sizes {
        let row = [name.to_owned(), size(&demo).to_string(), size(&standard).to_string()];
        assert!(rows.iter().any(|found| *found == row), "claims.md has no row {row:?}");
    }
}

#[test]
fn amounts_are_the_parts() {
    let page = read("docs/src/claims.md").replace('\n', " ");
    let measures: Vec<&Measure> = Part::ALL.into_iter().flat_map(Part::measures).collect();
    let widths: Vec<usize> = measures.iter().map(|measure| measure.bits).collect();
    let [up, stored, served, rate] = widths[..] else { panic!("{widths:?}") };
    let layout = format!("up slots {up} bits, MiB stored {stored}, MiB served {served}, rate {rate} ");
    assert!(page.contains(&layout), "claims.md needs: {layout}");
    let saturating: Vec<&str> =
        measures.iter().filter(|measure| measure.saturates).map(|measure| measure.name).collect();
    assert_eq!(saturating, ["served_mib", "rate"]);
    assert!(page.contains("MiB served and rate saturate; the others cannot overflow."));
}

#[test]
fn roots_are_the_kinds() {
    let rows = table_rows(&read("docs/src/claims.md"));
    for kind in Kind::ALL {
        let Registries { device, witness, allotment, sector } = kind.registries();
        let read = |read| if read { "✓" } else { "" };
        let row = [kind.id(), read(device), read(witness), read(allotment), read(sector)];
        assert!(rows.iter().any(|found| *found == row), "claims.md has no row {row:?}");
    }
}

/// A key has the columns that its table fills.
#[test]
fn fixed_columns_are_the_tables() {
    for kind in Kind::ALL {
        let layout = popw_prover::claim::layout(&shape(kind, "demo").expect("both shapes"));
        let filled = |column: &&Vec<Fr>| column.iter().any(|value| *value != Fr::from(0u64));
        let columns = layout.fixed.iter().filter(filled).count();
        let stated = format!("6 advice columns, {columns} fixed columns");
        assert!(page(kind).contains(&stated), "the page of {} needs \"{stated}\"", kind.id());
    }
}
