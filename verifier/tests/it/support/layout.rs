//! Where the parts of the encodings lie, for the fixture's key and for every proof.

use std::ops::Range;

/// A part of an encoding.
#[derive(Debug, Clone)]
pub struct Span {
    pub name: String,
    pub range: Range<usize>,
}

/// Parts and their lengths, in order.
pub struct Layout(&'static [(&'static str, Part)]);

enum Part {
    Bytes(usize),
    G1,
    G2,
}
use Part::{Bytes, G1, G2};

/// A key file for claim `uptime`, shape `demo`.
pub const KEY: Layout = Layout(&[
    ("magic", Bytes(8)),
    ("version", Bytes(2)),
    ("system", Bytes(1)),
    ("development", Bytes(1)),
    ("claim_version", Bytes(2)),
    ("claim.length", Bytes(1)),
    ("claim.text", Bytes(6)),
    ("shape.length", Bytes(1)),
    ("shape.text", Bytes(4)),
    ("payload_length", Bytes(4)),
    ("alpha", G1),
    ("beta", G2),
    ("gamma", G2),
    ("delta", G2),
    ("ic_count", Bytes(4)),
    ("ic0", G1),
    ("ic1", G1),
    ("ic2", G1),
    ("ic3", G1),
]);

/// A proof.
pub const PROOF: Layout = Layout(&[("a", G1), ("b", G2), ("c", G1)]);

impl Layout {
    fn parts(&self) -> impl Iterator<Item = (&'static str, &'static Part, usize)> {
        self.0.iter().scan(0, |end, (name, part)| {
            let start = *end;
            *end += match part {
                Bytes(length) => *length,
                G1 => 64,
                G2 => 128,
            };
            Some((*name, part, start))
        })
    }

    /// All parts, points split into coordinates.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for (name, part, start) in self.parts() {
            let coordinates: &[&str] = match part {
                Bytes(length) => {
                    spans.push(Span { name: name.into(), range: start..start + length });
                    continue;
                }
                G1 => &["x", "y"],
                G2 => &["x.c1", "x.c0", "y.c1", "y.c0"],
            };
            for (index, coordinate) in coordinates.iter().enumerate() {
                let start = start + 32 * index;
                spans.push(Span { name: format!("{name}.{coordinate}"), range: start..start + 32 });
            }
        }
        spans
    }

    /// The points.
    pub fn points(&self) -> Vec<Span> {
        self.parts()
            .filter_map(|(name, part, start)| {
                let length = match part {
                    Bytes(_) => return None,
                    G1 => 64,
                    G2 => 128,
                };
                Some(Span { name: name.into(), range: start..start + length })
            })
            .collect()
    }
}

/// The part, or point, with this name.
#[track_caller]
pub fn find(layout: &Layout, name: &str) -> Span {
    let mut all = layout.spans().into_iter().chain(layout.points());
    all.find(|span| span.name == name).unwrap_or_else(|| panic!("no part {name}"))
}
