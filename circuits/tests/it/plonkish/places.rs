//! Sorts of mutants that nothing notices, by part, operation and class, and how many there are: they accept what the
//! statement accepts, and this is why.

use popw_circuits::claims::Kind;

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

/// Equivalent ones, with their numbers in claims of uptime, possession and bandwidth: a sort more in the same place is not
/// excused.
pub const SAME: &[(Place, [usize; 3], &str)] = &[
    (("C1-key/key/range", "arithmetic", Longer), [1, 1, 1], EACH_OTHER),
    (("C3-rules/k", "boolean", Dropped), [1, 0, 1], LAST_OF_K),
    (("C3-rules/k", "boolean", Third), [1, 0, 1], LAST_OF_K),
    (("C3-rules/q", "arithmetic", Longer), [2, 0, 2], SIGN),
    (("C4-batch", "arithmetic", Longer), [0, 1, 1], EACH_OTHER),
    (("C4-batch/below", "arithmetic", Longer), [0, 1, 1], EACH_OTHER),
    (("C7-outcome", "arithmetic", Longer), [1, 1, 2], BOUNDED),
    (("U1-draw", "arithmetic", Longer), [1, 0, 0], COMPARED),
    (("U1-draw/below_k", "arithmetic", Dropped), [1, 0, 0], AT_K),
    (("U1-draw/below_k", "copy", Dropped), [1, 0, 0], AT_K),
    (("U1-draw/canonical", "arithmetic", Longer), [2, 0, 0], COMPARED),
    (("U1-draw/index", "arithmetic", Longer), [1, 0, 0], EACH_OTHER),
    (("U1-draw/quotient", "arithmetic", Longer), [1, 0, 0], BOUNDED),
    (("U3-attestation/hash/canonical", "arithmetic", Longer), [2, 0, 0], COMPARED),
    (("U3-attestation/range", "arithmetic", Longer), [1, 0, 0], EACH_OTHER),
    (("U6-quorum", "arithmetic", Longer), [1, 0, 0], BOUNDED),
    // Booleans of a height begin in the row of a path's depth.
    (("S1-sector/depth", "boolean", Dropped), [0, 4, 0], CYCLE),
    (("S1-sector/depth", "boolean", Third), [0, 4, 0], CYCLE),
    (("S2-order/batch", "arithmetic", Longer), [0, 1, 0], BOUNDED),
    (("S2-order/order", "arithmetic", Longer), [0, 1, 0], SIGN),
    (("S4-size/height", "arithmetic", Dropped), [0, 4, 0], CYCLE),
    (("S4-size/height", "copy", Dropped), [0, 8, 0], CYCLE),
    (("S4-size/height", "arithmetic", Longer), [0, 1, 0], SIGN),
    (("S4-size/nodes", "arithmetic", Longer), [0, 1, 0], EACH_OTHER),
    (("S5-challenge/canonical", "arithmetic", Longer), [0, 1, 0], COMPARED),
    (("S5-challenge/index", "arithmetic", Longer), [0, 1, 0], EACH_OTHER),
    (("S7-stored", "arithmetic", Longer), [0, 1, 0], BOUNDED),
    (("B2-order/batch", "arithmetic", Longer), [0, 0, 1], BOUNDED),
    (("B2-order/order", "arithmetic", Longer), [0, 0, 1], SIGN),
    (("B4-receipt/hash", "arithmetic", Longer), [0, 0, 1], COMPARED),
    (("B4-receipt/hash/canonical", "arithmetic", Longer), [0, 0, 2], COMPARED),
    (("B4-receipt/range", "arithmetic", Longer), [0, 0, 1], EACH_OTHER),
    (("B5-served", "arithmetic", Longer), [0, 0, 1], BOUNDED),
    (("B6-draw", "arithmetic", Longer), [0, 0, 1], COMPARED),
    (("B6-draw/below_k", "arithmetic", Dropped), [0, 0, 1], AT_K),
    (("B6-draw/below_k", "copy", Dropped), [0, 0, 1], AT_K),
    (("B6-draw/canonical", "arithmetic", Longer), [0, 0, 2], COMPARED),
    (("B6-draw/index", "arithmetic", Longer), [0, 0, 1], EACH_OTHER),
    (("B6-draw/quotient", "arithmetic", Longer), [0, 0, 1], BOUNDED),
    (("B8-attestation/hash/canonical", "arithmetic", Longer), [0, 0, 1], COMPARED),
    (("B8-attestation/range", "arithmetic", Longer), [0, 0, 1], EACH_OTHER),
    (("B10-rate", "arithmetic", Longer), [0, 0, 1], BOUNDED),
    (("B10-rate/quorum", "arithmetic", Longer), [0, 0, 1], SIGN),
    (("B11-gate", "arithmetic", Longer), [0, 0, 2], BOUNDED),
];

/// Rules whose mutants nothing notices although it notices those of others that say the same elsewhere, and how many there
/// are: what is derived without them depends on an honest prover's values.
pub const ALONE: &[(Place, Kind, usize, &str)] = &[
    (("U3-attestation/hash", "arithmetic", Longer), Kind::Uptime, 1, COMPARED),
    (("B8-attestation/hash", "arithmetic", Longer), Kind::Bandwidth, 1, COMPARED),
];
