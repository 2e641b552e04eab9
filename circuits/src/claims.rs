//! Claims: "this registered device did this work in this epoch, and the reward goes to whom its owner chose".
//!
//! There are four kinds ([`Kind`]). Each is the [`frame`] around one of the [`parts`] or, for `work`, around all. A
//! [`Shape`] fixes the kind and the sizes, and with them the circuit; witness, native [`check`] and circuit are written
//! once.
//!
//! In a claim of work the key, the device's path and the rules are proven once, under one context and one nullifier. A
//! part that is absent (no seat, sector or receipt used) or fails its gate contributes 0 and no other part changes.

mod systems;

use alloc::vec::Vec;

use popw_core::{
    Fr,
    claim::{Amount, Part as Row, PayeeOpening},
    document::{ClaimInput, ClaimParts},
    eddsa::SecretKey,
};

use crate::{
    driver::Driver,
    frame::{self, Facts, Frame, Measured},
    parts::{self, Part},
};

pub use crate::{
    frame::{InputError, Violation},
    parts::{
        Seat,
        bandwidth::Receipt,
        possession::{Opening, Sector},
    },
};
pub use popw_core::claim::{Kind, SHAPES, Shape, shape};
/// What the verifier sees: the public inputs, in the order in which the circuit exposes them.
pub use popw_core::document::PublicInputs as Instance;
pub use systems::{advice, assignment, layout, matrices};

/// Puts parts together, each the folder of that name in `parts`.
macro_rules! claims_of {
    ($($part:ident,)*) => {
        /// What the prover knows. Values are raw field elements: nothing is assumed about them, neither by [`check`] nor
        /// by the circuit. Lists are those of the shape's parts: entries beyond the shape's number are ignored, missing
        /// ones unused.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Witness {
            /// For every claim.
            pub frame: frame::Witness,
            $(
                #[doc = concat!("For ", stringify!($part), ".")]
                pub $part: parts::$part::Witness,
            )*
        }

        /// The clauses of a kind's statement, in the order in which they are checked.
        pub fn clauses(kind: Kind) -> impl Iterator<Item = Violation> {
            let of_kind = |has: bool, clauses: &'static [Violation]| if has { clauses } else { &[] };
            let all = [
                frame::BEFORE_PARTS,
                of_kind(kind.is_batched(), frame::OF_BATCHES),
                $(of_kind(parts::$part::Witness::is_of(kind), parts::$part::Witness::CLAUSES),)*
                frame::AFTER_PARTS,
            ];
            all.into_iter().flatten().copied()
        }

        /// # Panics
        /// Unless every size is within its limit and the parts are those of the kind.
        fn assert_possible(shape: &Shape) {
            frame::circuit::assert_possible(shape);
            $(parts::$part::Witness::assert_possible(shape);)*
        }

        /// What the parts measure, in the order of the amount's fields.
        fn measured<D: Driver>(
            d: &mut D,
            shape: &Shape,
            witness: Option<&Witness>,
            frame: &Frame<D>,
        ) -> Vec<Measured<D::Wire>> {
            let nothing = d.constant(Fr::from(0u64));
            let mut amount = Vec::new();
            $(amount.extend(measured_by(d, shape, witness.map(|w| &w.$part), frame, &nothing));)*
            amount
        }

        // Core packs what they measure in the order of its table.
        const _: () = {
            let parts = [$(parts::$part::Witness::PART,)*];
            assert!(parts.len() == Row::ALL.len(), "every part of the table is here");
            let mut i = 0;
            while i < parts.len() {
                assert!(parts[i] as u8 == Row::ALL[i] as u8, "parts stand in the order of the table");
                i += 1;
            }
        };

        /// The amount, after all clauses of the parts.
        fn amount(shape: &Shape, witness: &Witness, facts: &Facts<'_>) -> Result<Amount, Violation> {
            let mut amount = Amount::default();
            $(
                if parts::$part::Witness::is_of(shape.kind) {
                    witness.$part.check(shape, facts, &mut amount)?;
                }
            )*
            Ok(amount)
        }

        fn fits_shape(input: &ClaimParts<'_>, shape: &Shape) -> Result<(), InputError> {
            frame::input::fits_shape(input, shape)?;
            $(parts::$part::Witness::fits_shape(input, shape)?;)*
            Ok(())
        }

        fn read(
            input: &ClaimParts<'_>,
            shape: &Shape,
            secret: &SecretKey,
            payee: &PayeeOpening,
        ) -> Result<Witness, InputError> {
            Ok(Witness {
                frame: frame::input::read(input, secret, payee)?,
                $($part: parts::$part::Witness::read(input, shape)?,)*
            })
        }
    };
}

// In the order of the table of parts, in which they are checked and proven.
claims_of! {
    uptime,
    possession,
    bandwidth,
}

fn measured_by<D: Driver, P: Part>(
    d: &mut D,
    shape: &Shape,
    witness: Option<&P>,
    frame: &Frame<D>,
    nothing: &D::Wire,
) -> Vec<Measured<D::Wire>> {
    let (claimed, measures) = (P::is_of(shape.kind), P::PART.measures());
    let wires = if claimed {
        P::synthesize(d, shape, witness, frame)
    } else {
        measures.iter().map(|_| nothing.clone()).collect()
    };
    measures.iter().copied().zip(wires).map(|(measure, wire)| Measured { measure, claimed, wire }).collect()
}

/// Writes the statement of `shape` onto `d`. `witness` is `None` exactly when `d` knows no values.
///
/// # Panics
/// If `shape` is outside the limits of its fields.
pub fn synthesize<D: Driver>(d: &mut D, shape: &Shape, witness: Option<&Witness>) {
    assert_possible(shape);
    let of_frame = witness.map(|w| &w.frame);
    let frame = frame::circuit::synthesize(d, shape, of_frame);
    let amount = measured(d, shape, witness, &frame);
    frame::circuit::conclude(d, shape, of_frame, &frame, amount);
}

/// Checks every clause in order, in plain Rust, without a gadget: an independent oracle for the circuit.
///
/// # Errors
/// The first clause that does not hold.
pub fn check(shape: &Shape, instance: &Instance, witness: &Witness) -> Result<(), Violation> {
    let amount = amount(shape, witness, &Facts::new(shape, &witness.frame)?)?;
    frame::check::check(shape, instance, &witness.frame, &amount)
}

/// [`check`] against the witness's own instance, whose values are made rather than compared.
fn check_alone(shape: &Shape, witness: &Witness) -> Result<(), Violation> {
    amount(shape, witness, &Facts::new(shape, &witness.frame)?)?;
    frame::check::check_alone(shape, &witness.frame)
}

impl Witness {
    /// The instance an honest prover of this witness publishes; `None` where a value has no place in it or a clause
    /// before the outcome does not hold.
    pub fn instance(&self, shape: &Shape) -> Option<Instance> {
        let amount = amount(shape, self, &Facts::new(shape, &self.frame).ok()?).ok()?;
        frame::check::instance(shape, &self.frame, &amount)
    }
}

/// The witness of `input`, checked against every clause of the statement.
///
/// # Errors
/// [`InputError`]; a witness that comes back can be proven.
pub fn prepare<I: ClaimInput>(
    shape: &Shape,
    input: &I,
    secret: &SecretKey,
    payee: &PayeeOpening,
) -> Result<Witness, InputError> {
    frame::input::examine(shape, input, secret)?;
    let parts = input.parts();
    fits_shape(&parts, shape)?;
    let witness = read(&parts, shape, secret, payee)?;
    check_alone(shape, &witness)?;
    Ok(witness)
}

/// The smallest shape of its kind that has room for an input; the largest if none has.
pub fn smallest_shape(parts: &ClaimParts<'_>) -> Shape {
    let of_kind = || SHAPES.into_iter().filter(|shape| shape.kind == parts.kind);
    let fitting = of_kind().find(|shape| fits_shape(parts, shape).is_ok());
    fitting.or_else(|| of_kind().next_back()).expect("every kind has shapes")
}
