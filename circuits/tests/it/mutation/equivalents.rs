//! Mutants that accept nothing new, up to wires that mean nothing, each with the reason. The other constraints stay as
//! they are: one alone is wrong at a time.

use popw_circuits::claims::Kind;

use super::mutants::Class::{self, Dropped, Third, Wider};

pub struct Equivalent {
    pub place: &'static str,
    pub classes: &'static [Class],
    /// Which constraints of this place; none: all.
    pub only: &'static [usize],
    /// Of which kinds.
    pub of: fn(Kind) -> bool,
    pub why: &'static str,
}

impl Equivalent {
    const fn wider(place: &'static str, why: &'static str) -> Self {
        Self { place, classes: &[Wider], only: &[], of: |_| true, why }
    }

    const fn only(self, only: &'static [usize]) -> Self {
        Self { only, ..self }
    }

    const fn of(self, of: fn(Kind) -> bool) -> Self {
        Self { of, ..self }
    }

    const fn classes(self, classes: &'static [Class]) -> Self {
        Self { classes, ..self }
    }
}

fn has_committee(kind: Kind) -> bool {
    kind.has_uptime() || kind.has_bandwidth()
}

const QUOTIENT: &str = "quotient·count = low − index with count ≥ 1, which an index below it needs, low < 2^128 and \
    index ≥ 0; the left is below 2^129·2^32, so this holds over the integers, and the quotient is at most low";
const INDEX: &str = "the first: index ≤ count − 1 by the second, and count has no more bits than an index; the second: \
    count − 1 − index is at most count − 1, as index ≥ 0 by the first";
const AT_K: &str = "of seat 0: 1 ≤ q ≤ k, so 0 is below k";
const SERIAL: &str =
    "quotient·B is 0 or seq − b, over the integers; B ≥ 1 and seq < 2^64, so the quotient is below 2^64";
const ORDER: &str = "0 or seq − seq before − 1, both of which are at least 0 and below 2^64";

/// All there are at the shapes of `common::shapes`.
pub const EQUIVALENTS: &[Equivalent] = &[
    Equivalent::wider("C3-rules: sum of 32 bits", "k is the number of a one-hot vector, so k ≤ K").only(&[1]).of(has_committee),
    Equivalent::wider("C3-rules: sum of 32 bits", "q − 1 has four bits").only(&[2]).of(has_committee),
    Equivalent::wider("C3-rules: sum of 32 bits", "slots is the number of a one-hot vector, so slots ≤ S")
        .only(&[3])
        .of(Kind::has_uptime),
    Equivalent::wider("C3-rules/q: sum of 4 bits", "q − 1 < k and k − q < k by each other, and k ≤ K ≤ 15").of(has_committee),
    Equivalent::wider(
        "C3-rules/k: last of 0..=3",
        "the total makes it 1 − m if m others are 1; for m ≥ 2 the number, which is k, is at most 1 + 2 − 3 = 0 (m = 2) \
         or 0 + 1 + 2 − 6 < 0 (m = 3), and 1 ≤ q ≤ k refuses that. Three seats alone have no room for it: \
         `a_last_place_that_is_not_boolean_counts_with_more_seats`",
    )
    .classes(&[Dropped, Third])
    .of(has_committee),
    Equivalent::wider("C4-batch: sum of 32 bits", "B − 1 − b is at least 0, and B < 2^32").of(Kind::is_batched),
    Equivalent::wider("C4-batch/below: sum of 32 bits", "B − 1 − b is at most B − 1 < 2^32, as b ≥ 0").of(Kind::is_batched),
    Equivalent::wider("C7-outcome: sum of 8 bits", "at most 252 slots are up, or none").of(Kind::has_uptime),
    Equivalent::wider("C7-outcome: sum of 32 bits", "the sum that it is the upper part of has at most 32 + 20 bits")
        .of(Kind::has_storage),
    Equivalent::wider("C7-outcome: sum of 30 bits", "saturated at 30 bits, or 0").of(Kind::has_bandwidth),
    Equivalent::wider("C7-outcome: sum of 20 bits", "saturated at 20 bits, or 0").of(Kind::has_bandwidth),
    Equivalent::wider("U1-draw/below_k", AT_K).classes(&[Dropped]).only(&[0]).of(Kind::has_uptime),
    Equivalent::wider("B6-draw/below_k", AT_K).classes(&[Dropped]).only(&[0]).of(Kind::has_bandwidth),
    Equivalent::wider("U1-draw/quotient: sum of 128 bits", QUOTIENT).of(Kind::has_uptime),
    Equivalent::wider("B6-draw/quotient: sum of 128 bits", QUOTIENT).of(Kind::has_bandwidth),
    Equivalent::wider("S5-challenge/quotient: sum of 128 bits", QUOTIENT).of(Kind::has_storage),
    Equivalent::wider("U1-draw/index: sum of 32 bits", INDEX).of(Kind::has_uptime),
    Equivalent::wider("B6-draw/index: sum of 32 bits", INDEX).of(Kind::has_bandwidth),
    Equivalent::wider("S5-challenge/index: sum of 18 bits", INDEX).of(Kind::has_storage),
    Equivalent::wider("U6-quorum: sum of 5 bits", "votes − q + 16 with 0 ≤ votes ≤ K and 1 ≤ q ≤ K, K ≤ 15, is below 32")
        .of(Kind::has_uptime),
    Equivalent::wider("S2-order/batch: sum of 64 bits", SERIAL).of(Kind::has_storage),
    Equivalent::wider("B2-order/batch: sum of 64 bits", SERIAL).of(Kind::has_bandwidth),
    Equivalent::wider("S2-order/order: sum of 64 bits", ORDER).of(Kind::has_storage),
    Equivalent::wider("B2-order/order: sum of 64 bits", ORDER).of(Kind::has_bandwidth),
    Equivalent::wider("S3-term: sum of 32 bits", "of every sector the second: 0 or expiry − epoch − 1, and expiry < 2^32")
        .only(&[1, 3])
        .of(Kind::has_storage),
    Equivalent::wider(
        "S4-size/height: sum of 18 bits",
        "the first: 8^height − nodes < 8^height ≤ 2^18, as nodes ≥ 1 by the second; the second: nodes − 1 − 8^(height − 1) \
         < nodes ≤ 8^height by the first",
    )
    .of(Kind::has_storage),
    Equivalent::wider(
        "S4-size/height: last of 0..=6",
        "the total makes it 1 − m if m others are 1; let s be their sum of 8^h < 8^6/7. Room and what is beyond say \
         1 − (m − 1)·8^5 ≤ nodes ≤ s − (m − 1)·8^6, so (m − 1)·7·8^5 < 8^6/7 and m < 2",
    )
    .classes(&[Dropped, Third])
    .of(Kind::has_storage),
    Equivalent::wider("S7-stored: sum of 24 bits", "two times at most 31·8^6 bytes, below 2^24").of(Kind::has_storage),
    Equivalent::wider(
        "B5-served: sum of 65 bits",
        "bytes − cap + 2^64, and the sum of two numbers that are each at most a cap, with bytes and cap below 2^64",
    )
    .of(Kind::has_bandwidth),
    Equivalent::wider(
        "B10-rate/range: sum of 32 bits",
        "the last, of the certified rate: enough ≥ q ≥ 1 rates reach it, and they are below 2^32",
    )
    .only(&[3])
    .of(Kind::has_bandwidth),
    Equivalent::wider("B10-rate: sum of 33 bits", "rate − bound + 2^32 with a rate below 2^32 and a bound of at least 0")
        .of(Kind::has_bandwidth),
    Equivalent::wider(
        "B10-rate: top bit of 33",
        "rate − bound + 2^32 = 2^32·t + low is in [0, 2^33) with boolean bits in low. Enough and too many are sums of \
         three such t, two of them boolean, and less q they have four bits: so t is an integer, between −20 and 20. \
         Then 2^32·t + low is in [0, 2^33) over the integers, and t is 0 or 1",
    )
    .classes(&[Dropped, Third])
    .of(Kind::has_bandwidth),
    Equivalent::wider(
        "B10-rate/quorum: sum of 4 bits",
        "the first: enough − q < K; the second: q − 1 − too many < q; and both are at most 15",
    )
    .of(Kind::has_bandwidth),
    Equivalent::wider("B11-gate: sum of 33 bits", "R − min_rate + 2^32 with R < 2^32 and min_rate ≥ 0").of(Kind::has_bandwidth),
    Equivalent::wider("B11-gate: sum of 32 bits", "R, whose range is enforced already").of(Kind::has_bandwidth),
];
