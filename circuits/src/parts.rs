//! The parts that claims are made of. Each is a folder that knows the [`frame`](crate::frame) and no other part;
//! [`claims`](crate::claims) puts them together.

pub mod bandwidth;
mod committee;
pub mod possession;
mod serials;
pub mod uptime;

use alloc::vec::Vec;

use popw_core::{
    claim::{self, Amount, Kind, Shape},
    document::ClaimParts,
};

use crate::{
    driver::Driver,
    frame::{Facts, Frame, InputError, Violation},
};

pub use committee::Seat;

/// A part of a claim, by what the prover knows for it. Nothing about that is trusted: lists have the shape's number of
/// entries, those beyond it are ignored, missing ones unused.
pub(crate) trait Part: Sized {
    /// Its row in the table of parts, which has its measures.
    const PART: claim::Part;

    /// Its clauses, in the order in which they are checked.
    const CLAUSES: &'static [Violation];

    /// Whether claims of this kind have it.
    fn is_of(kind: Kind) -> bool {
        kind.has(Self::PART)
    }

    /// # Panics
    /// Unless its sizes are within their limits, and there are some exactly if the kind has it.
    fn assert_possible(shape: &Shape);

    /// Writes its clauses onto `d`: the wires of its measures. `witness` is `None` exactly when `d` knows no values.
    fn synthesize<D: Driver>(
        d: &mut D,
        shape: &Shape,
        witness: Option<&Self>,
        frame: &Frame<D>,
    ) -> Vec<D::Wire>;

    /// Checks its clauses in plain Rust and fills in its fields of the amount.
    ///
    /// # Errors
    /// The first clause that does not hold.
    fn check(&self, shape: &Shape, facts: &Facts<'_>, amount: &mut Amount) -> Result<(), Violation>;

    /// Whether the shape has room for its share of an input.
    fn fits_shape(parts: &ClaimParts<'_>, shape: &Shape) -> Result<(), InputError>;

    /// Its share of an input.
    fn read(parts: &ClaimParts<'_>, shape: &Shape) -> Result<Self, InputError>;
}

/// # Panics
/// Unless there are these sizes exactly if the kind has the part.
fn assert_sizes<P: Part>(shape: &Shape, sizes: [usize; 2]) {
    assert_eq!(sizes.map(|size| size > 0), [P::is_of(shape.kind); 2], "parts are those of the kind");
}
