//! Sorts of mutants that nothing notices, by part, operation and class: they accept what the statement accepts, and this
//! is why.

use super::mutation::Class::{self, Dropped, Longer, Third};

/// Part, operation, class.
pub type Listed = (String, String, Class);
type Place = (&'static str, &'static str, Class);

/// A difference of numbers in range says which is larger. A negative one is near r, and stays out with one bit more.
const SIGN: &str = "the difference is small or near r";
/// What is decomposed is less by what it is made of, so that the bit more is 0.
const BOUNDED: &str = "the number is below the power already";
/// V and c − V need only not be negative: then V ≤ c and c − V ≤ c, and c has no more bits than both are given.
const EACH_OTHER: &str = "a number and its distance from the bound bound each other";
/// y + above + borrow = high over the integers, so above and y are at most high whatever their bits. And x = c − low +
/// 2^cut·borrow need only not be negative: with above = high there is no borrow, and then low ≤ c.
const COMPARED: &str = "the comparison's numbers need only not be negative";

/// Of seat 0: 1 ≤ q ≤ k, so 0 is below k.
const AT_K: &str = "there is a first seat in every committee";
/// The total makes it 1 − m if m others are 1; for m ≥ 2 the number, which is k, is at most 1 + 2 − 3 = 0 (m = 2) or
/// 0 + 1 + 2 − 6 < 0 (m = 3), and 1 ≤ q ≤ k refuses that. It is the last of a vector for three seats.
const LAST_OF_K: &str = "k would not be positive";
/// Room for a node needs one of them to be 1, or to have a third value; what goes wrong makes another one differ from 0,
/// too. Then comm_r is the node of two heights, and one of these is above the other: a cycle of Poseidon.
const CYCLE: &str = "a node of two heights would be a cycle of Poseidon";

/// Equivalent ones.
pub const SAME: &[(Place, &str)] = &[
    (("C1-key/key/range", "arithmetic", Longer), EACH_OTHER),
    (("C3-rules/k", "boolean", Dropped), LAST_OF_K),
    (("C3-rules/k", "boolean", Third), LAST_OF_K),
    (("C3-rules/q", "arithmetic", Longer), SIGN),
    (("C4-batch", "arithmetic", Longer), EACH_OTHER),
    (("C4-batch/below", "arithmetic", Longer), EACH_OTHER),
    (("C7-outcome", "arithmetic", Longer), BOUNDED),
    (("U1-draw", "arithmetic", Longer), COMPARED),
    (("U1-draw/below_k", "arithmetic", Dropped), AT_K),
    (("U1-draw/below_k", "copy", Dropped), AT_K),
    (("U1-draw/canonical", "arithmetic", Longer), COMPARED),
    (("U1-draw/index", "arithmetic", Longer), EACH_OTHER),
    (("U1-draw/quotient", "arithmetic", Longer), BOUNDED),
    (("U3-attestation/hash/canonical", "arithmetic", Longer), COMPARED),
    (("U3-attestation/range", "arithmetic", Longer), EACH_OTHER),
    (("U6-quorum", "arithmetic", Longer), BOUNDED),
    // Booleans of a height begin in the row of a path's depth.
    (("S1-sector/depth", "boolean", Dropped), CYCLE),
    (("S1-sector/depth", "boolean", Third), CYCLE),
    (("S2-order/batch", "arithmetic", Longer), BOUNDED),
    (("S2-order/order", "arithmetic", Longer), SIGN),
    (("S4-size/height", "arithmetic", Dropped), CYCLE),
    (("S4-size/height", "copy", Dropped), CYCLE),
    (("S4-size/height", "arithmetic", Longer), SIGN),
    (("S4-size/nodes", "arithmetic", Longer), EACH_OTHER),
    (("S5-challenge/canonical", "arithmetic", Longer), COMPARED),
    (("S5-challenge/index", "arithmetic", Longer), EACH_OTHER),
    (("S7-stored", "arithmetic", Longer), BOUNDED),
    (("B2-order/batch", "arithmetic", Longer), BOUNDED),
    (("B2-order/order", "arithmetic", Longer), SIGN),
    (("B4-receipt/hash", "arithmetic", Longer), COMPARED),
    (("B4-receipt/hash/canonical", "arithmetic", Longer), COMPARED),
    (("B4-receipt/range", "arithmetic", Longer), EACH_OTHER),
    (("B5-served", "arithmetic", Longer), BOUNDED),
    (("B6-draw", "arithmetic", Longer), COMPARED),
    (("B6-draw/below_k", "arithmetic", Dropped), AT_K),
    (("B6-draw/below_k", "copy", Dropped), AT_K),
    (("B6-draw/canonical", "arithmetic", Longer), COMPARED),
    (("B6-draw/index", "arithmetic", Longer), EACH_OTHER),
    (("B6-draw/quotient", "arithmetic", Longer), BOUNDED),
    (("B8-attestation/hash/canonical", "arithmetic", Longer), COMPARED),
    (("B8-attestation/range", "arithmetic", Longer), EACH_OTHER),
    (("B10-rate", "arithmetic", Longer), BOUNDED),
    (("B10-rate/quorum", "arithmetic", Longer), SIGN),
    (("B11-gate", "arithmetic", Longer), BOUNDED),
];
