//! Bandwidth: "the device served so many bytes to clients who had paid for them, at a rate that drawn challengers
//! measured".
//!
//! # Statement
//! In the [`frame`](crate::frame) of every claim. For every receipt i of the shape:
//!
//! | clause | says |
//! | --- | --- |
//! | B1 allotment | if used, `H(⟦popw.allotment⟧, H(A_i.x, A_i.y, owner_i), H(D, salt_i), H(epoch, cap_i), seq_i)` is in `allotment_root ≠ 0` |
//! | B2 order | used ones come first, their `seq` < 2^64 rise strictly and are ≡ b mod B |
//! | B3 payer | if used, owner_i is not the device's |
//! | B4 receipt | if used, `A_i` signed `H(⟦popw.receipt⟧, H(domain, epoch, seq_i), D, bytes_i)` |
//! | B5 served | bytes, cap < 2^64; `MiB served = ⌊Σ min(bytes, cap) of used receipts / 2^20⌋`, saturating at 30 bits |
//!
//! For every challenger j:
//!
//! | clause | says |
//! | --- | --- |
//! | B6 draw | as U1, with the tag ⟦popw.draw.rate⟧ |
//! | B7 challenger | as U2 |
//! | B8 attestation | if used, `A_j` signed `H(⟦popw.att.rate⟧, H(domain, epoch, ρ), D, rate_j)` |
//! | B9 owners | as U4 |
//! | B10 rate | used rates are below 2^32; R is the q-th largest, those of unused seats counting as 0 |
//! | B11 gate | MiB served and rate are 0 when R < min_rate; the rate saturates at 20 bits |
//!
//! The rate is claimed in batch 0 alone (C4), the gate is passed in each.
//!
//! # Does not prove
//! That clients are strangers: an owner's friend can buy and sign, at the price that the network has set. That the
//! quorum of challengers told the truth, or that devices measured at different times do not share an uplink.
//!
//! # Soundness, by clause
//! - B1, B2: an allotment is one client's, for one device and epoch, and counted once, in one batch.
//! - B5: 2^64 times at most 1024 receipts is below 2^74.
//! - B10: at least q of all K effective rates are ≥ R and fewer than q are ≥ R + 1, which one number fulfils; with fewer
//!   than q used seats it is 0.

mod check;
mod circuit;
mod input;

use alloc::vec::Vec;

use popw_core::{
    Fr,
    claim::{self, Amount, Shape},
    document::ClaimParts,
    draw::Duty,
    tag,
};

use super::{
    Part, assert_sizes,
    committee::{Committee, Seat, unused_point},
};
use crate::{
    driver::Driver,
    frame::{Facts, Frame, InputError, Violation, clauses},
    gadgets::lean_imt::Path,
};

clauses! {
    CLAUSES:
    ALLOTMENT "B1-allotment" "a used allotment is not in the registry for this device and epoch",
    RECEIPT_ORDER "B2-order" "used allotments are not in order, of the batch, and each there once",
    PAYER "B3-payer" "a used allotment was paid for by the device's own owner",
    RECEIPT "B4-receipt" "a used receipt is not signed by its client for this device, epoch and allotment",
    SERVED "B5-served" "the MiB served are not those of the receipts, each up to its cap",
    RATE_DRAW "B6-draw" "a used challenger is not one that was drawn",
    CHALLENGER "B7-challenger" "a used challenger is not in the witness registry",
    RATE_ATTESTATION "B8-attestation" "a used rate is not signed by its challenger for this device and epoch",
    RATE_OWNERS "B9-owners" "an owner stands behind two used challengers, or behind one and the device",
    RATE "B10-rate" "the rate is not the largest that a quorum of challengers reached",
    GATE "B11-gate" "MiB served or rate are claimed below the network's least rate",
}

/// What the prover knows for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// The clients' receipts, used ones first.
    pub receipts: Vec<Receipt>,
    /// The committee that measured the rate; `attested` is the rate in 0.1 Mbit/s.
    pub challengers: Vec<Seat>,
}

/// An allotment and its client's last receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Whether the prover counts this receipt.
    pub used: bool,
    /// The client's public key.
    pub key: (Fr, Fr),
    /// Its owner.
    pub owner: Fr,
    /// The allotment's salt.
    pub salt: Fr,
    /// Bytes paid for.
    pub cap: Fr,
    /// Its number in the registry.
    pub seq: Fr,
    /// Path of its leaf.
    pub path: Path,
    /// Bytes signed for.
    pub bytes: Fr,
    /// Signature: R8's coordinates.
    pub r8: (Fr, Fr),
    /// Signature: S.
    pub s: Fr,
}

impl Receipt {
    /// What fills a receipt that is not used: a well-formed key, nothing else.
    pub fn unused() -> Self {
        let base = unused_point();
        let zero = Fr::from(0u64);
        Self {
            used: false,
            key: base,
            owner: zero,
            salt: zero,
            cap: zero,
            seq: zero,
            path: Path::default(),
            bytes: zero,
            r8: base,
            s: zero,
        }
    }
}

const CHALLENGERS: Committee = Committee {
    duty: Duty::Rate,
    statement: tag::ATT_RATE,
    draw: Violation::RATE_DRAW,
    seat: Violation::CHALLENGER,
    attestation: Violation::RATE_ATTESTATION,
    owners: Violation::RATE_OWNERS,
};

impl Part for Witness {
    const PART: claim::Part = claim::Part::Bandwidth;
    const CLAUSES: &'static [Violation] = CLAUSES;

    fn assert_possible(shape: &Shape) {
        assert_sizes::<Self>(shape, [shape.challengers, shape.receipts]);
        assert!(shape.allotment_depth <= 32, "registries have at most 2^32 leaves");
        assert!(shape.receipts <= 1 << 10, "sums stay far below r");
    }

    fn synthesize<D: Driver>(
        d: &mut D,
        shape: &Shape,
        witness: Option<&Self>,
        frame: &Frame<D>,
    ) -> Vec<D::Wire> {
        circuit::synthesize(d, shape, witness, frame).into()
    }

    fn check(&self, shape: &Shape, facts: &Facts<'_>, amount: &mut Amount) -> Result<(), Violation> {
        let (served, rate) = check::check(shape, self, facts)?;
        (amount.served_mib, amount.rate) = (served, facts.once(rate));
        Ok(())
    }

    fn fits_shape(parts: &ClaimParts<'_>, shape: &Shape) -> Result<(), InputError> {
        input::fits_shape(parts, shape)
    }

    fn read(parts: &ClaimParts<'_>, shape: &Shape) -> Result<Self, InputError> {
        input::read(parts, shape)
    }
}
