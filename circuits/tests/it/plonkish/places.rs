//! Sorts of mutants that nothing notices, by part, operation and class: those that accept what the statement accepts, and
//! why; and those that no attempt here lets in.

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

/// Equivalent ones.
pub const SAME: &[(Place, &str)] = &[
    (("C1-key/key/range", "arithmetic", Longer), EACH_OTHER),
    (("C3-rules/q", "arithmetic", Longer), SIGN),
    (("C4-batch", "arithmetic", Longer), EACH_OTHER),
    (("C4-batch/below", "arithmetic", Longer), EACH_OTHER),
    (("C7-outcome", "arithmetic", Longer), BOUNDED),
    (("U1-draw", "arithmetic", Longer), COMPARED),
    (("U1-draw/canonical", "arithmetic", Longer), COMPARED),
    (("U1-draw/index", "arithmetic", Longer), EACH_OTHER),
    (("U1-draw/quotient", "arithmetic", Longer), BOUNDED),
    (("U3-attestation/hash/canonical", "arithmetic", Longer), COMPARED),
    (("U3-attestation/range", "arithmetic", Longer), EACH_OTHER),
    (("U6-quorum", "arithmetic", Longer), BOUNDED),
    (("S2-order/batch", "arithmetic", Longer), BOUNDED),
    (("S2-order/order", "arithmetic", Longer), SIGN),
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
    (("B6-draw/canonical", "arithmetic", Longer), COMPARED),
    (("B6-draw/index", "arithmetic", Longer), EACH_OTHER),
    (("B6-draw/quotient", "arithmetic", Longer), BOUNDED),
    (("B8-attestation/hash/canonical", "arithmetic", Longer), COMPARED),
    (("B8-attestation/range", "arithmetic", Longer), EACH_OTHER),
    (("B10-rate", "arithmetic", Longer), BOUNDED),
    (("B10-rate/quorum", "arithmetic", Longer), SIGN),
    (("B11-gate", "arithmetic", Longer), BOUNDED),
];

/// Without an attempt: not known to be equivalent. This list is to become shorter.
pub const NOT_SHOWN: &[Place] = &[
    ("C2-device/depth", "arithmetic", Dropped),
    ("C3-rules/k", "arithmetic", Dropped),
    ("C3-rules/k", "boolean", Dropped),
    ("C3-rules/k", "boolean", Third),
    ("C3-rules/slots", "arithmetic", Dropped),
    ("U1-draw/below_k", "arithmetic", Dropped),
    ("U1-draw/canonical", "arithmetic", Dropped),
    ("U1-draw/index", "arithmetic", Third),
    ("U2-seat/depth", "arithmetic", Dropped),
    ("U2-seat/root", "arithmetic", Dropped),
    ("U3-attestation/equation", "arithmetic", Dropped),
    ("U3-attestation/hash/canonical", "arithmetic", Dropped),
    ("U3-attestation/on_curve", "arithmetic", Dropped),
    ("U5-bitmap", "arithmetic", Dropped),
    ("U5-bitmap", "arithmetic", Longer),
    ("S1-sector/depth", "arithmetic", Dropped),
    ("S1-sector/depth", "boolean", Dropped),
    ("S1-sector/depth", "boolean", Third),
    ("S1-sector/root", "arithmetic", Dropped),
    ("S2-order", "arithmetic", Longer),
    ("S4-size/height", "arithmetic", Dropped),
    ("S6-opening", "arithmetic", Longer),
    ("B1-allotment/depth", "arithmetic", Dropped),
    ("B1-allotment/index", "arithmetic", Dropped),
    ("B1-allotment/index", "arithmetic", Third),
    ("B1-allotment/root", "arithmetic", Dropped),
    ("B2-order", "arithmetic", Longer),
    ("B4-receipt/equation", "arithmetic", Dropped),
    ("B4-receipt/hash/canonical", "arithmetic", Dropped),
    ("B4-receipt/on_curve", "arithmetic", Dropped),
    ("B6-draw/below_k", "arithmetic", Dropped),
    ("B6-draw/canonical", "arithmetic", Dropped),
    ("B6-draw/index", "arithmetic", Third),
    ("B7-challenger/depth", "arithmetic", Dropped),
    ("B7-challenger/root", "arithmetic", Dropped),
    ("B8-attestation/equation", "arithmetic", Dropped),
    ("B8-attestation/hash/canonical", "arithmetic", Dropped),
    ("B8-attestation/on_curve", "arithmetic", Dropped),
];
