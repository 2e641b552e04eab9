//! Tables of odds are computed, not written down once.

use popw_circuits::claims::{Kind, Shape};
use popw_core::{draw, possession};

use super::{read, table_rows};

/// Three digits are written; what has one or two is rounded more coarsely at its end.
fn close(cell: &str, odds: f64) {
    let written: f64 = cell.trim_end_matches(" %").parse().expect("per cent");
    let percent = 100.0 * odds;
    assert!((written - percent).abs() <= (0.005 * percent).max(0.00051), "{cell}, computed {percent}");
}

/// The rows of numbers under a heading.
fn body(rows: &[Vec<String>], heading: [&str; 2]) -> Vec<Vec<String>> {
    let from = rows.iter().position(|row| row[..2] == heading).expect("the table");
    let number = |row: &&Vec<String>| row[0].parse::<u32>().is_ok();
    rows[from + 2..].iter().take_while(number).cloned().collect()
}

#[test]
fn odds_of_capture_are_those_of_the_draw() {
    for (page, least) in [("uptime", 6), ("bandwidth", 3)] {
        let captures = body(&table_rows(&read(format!("docs/src/{page}.md"))), ["k", "q"]);
        assert!(captures.len() >= least, "{page}.md");
        for row in captures {
            let (k, q) = (row[0].parse().expect("k"), row[1].parse().expect("q"));
            for (cell, share) in row[2..].iter().zip([0.05, 0.1, 0.2, 0.33, 0.5]) {
                close(cell, draw::capture_odds(k, q, share));
            }
        }
    }
}

#[test]
fn odds_of_a_missed_draw_are_those_of_the_draw() {
    let misses = body(&table_rows(&read("docs/src/uptime.md")), ["owners n", "3 of 5"]);
    assert!(misses.len() > 5);
    for row in misses {
        let owners = vec![1; row[0].parse().expect("n")];
        for (cell, (k, q)) in row[1..].iter().zip([(5, 3), (8, 5), (8, 6)]) {
            close(cell, draw::miss_odds(k, q, &owners, 0));
        }
    }
    for (n, percent) in [(5, "38.6"), (8, "12.2"), (12, "4.12")] {
        close(percent, draw::miss_odds(5, 3, &vec![1; n - 1], 1));
    }
    close("18", draw::miss_odds(5, 3, &[3; 4], 0));
}

#[test]
fn odds_of_noticing_a_loss_are_those_of_the_shapes() {
    let found = body(&table_rows(&read("docs/src/storage.md")), ["c", "lost f"]);
    let mut told = Vec::new();
    for row in found {
        let challenges: u32 = row[0].parse().expect("c");
        let lost: f64 = row[1].trim_end_matches(" %").parse().expect("per cent");
        for (cell, epochs) in row[2..].iter().zip([1, 30]) {
            close(cell, possession::detection_odds(challenges, lost / 100.0, epochs));
        }
        told.push((challenges as usize, row[1].clone()));
    }
    let shapes = [Shape::demo(Kind::Possession), Shape::standard(Kind::Possession)].into_iter();
    let expected = shapes.flat_map(|shape| ["1 %", "5 %", "20 %"].map(|f| (shape.challenges, f.to_owned())));
    assert_eq!(told, expected.collect::<Vec<_>>());
}
