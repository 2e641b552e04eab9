//! Attestations of uptime as others see and check them.

use std::collections::BTreeMap;

use popw_core::bitmap::SlotBitmap;
use popw_core::document::WitnessInput;
use popw_core::draw::Duty;
use popw_core::eddsa::Signature;
use popw_core::{field, message};
use popw_network::epoch::directory::Epoch;
use serde::{Deserialize, Serialize};

use super::store::device::Stored;
use crate::evidence::{self, About, Item, Kind, Problem, Report};

/// An attestation of uptime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedAttestation {
    /// Who signed it.
    pub witness: WitnessInput,
    /// The slots seen answered.
    pub bitmap: SlotBitmap,
    /// Over `popw_core::message::uptime_attestation`.
    pub signature: Signature,
}

pub(crate) fn logged(attestations: &[Stored], epoch: &Epoch) -> Vec<LoggedAttestation> {
    let attestation = |stored: &Stored| {
        let witness = evidence::witness(epoch, stored.witness_index)?;
        Some(LoggedAttestation { witness, bitmap: stored.bitmap, signature: stored.signature })
    };
    attestations.iter().filter_map(attestation).collect()
}

/// Checks those of a log.
pub(crate) fn check(about: &About<'_>, attestations: &[LoggedAttestation], report: &mut Report) {
    let committee = about.drawn(Duty::Uptime);
    let mut signed = Signed::default();
    for one in attestations {
        let problem = (!committee.contains(&one.witness.index)).then_some(Problem::NotDrawn);
        check_one(report, about, &one.witness, one.bitmap, &one.signature, &mut signed, problem);
    }
}

/// All bitmaps of each witness that agree with each other.
type Signed = BTreeMap<u32, Vec<(SlotBitmap, Signature)>>;

fn check_one(
    report: &mut Report,
    about: &About<'_>,
    witness: &WitnessInput,
    bitmap: SlotBitmap,
    signature: &Signature,
    signed: &mut Signed,
    other: Option<Problem>,
) {
    let epoch = about.epoch;
    let rho = epoch.opening.rho();
    let text = message::uptime_attestation(epoch.domain, epoch.epoch, rho, about.leaf, &bitmap);
    let own = (witness.owner == about.owner).then_some(Problem::OwnOwner);
    let mut problem = about.signed(&witness.public_key, text, signature).or(own);
    if problem.is_none() {
        let before = signed.entry(witness.index).or_default();
        // What an honest witness signs forms a chain: any two of its bitmaps are nested.
        let apart = before.iter().find(|(known, _)| !known.contains(&bitmap) && !bitmap.contains(known));
        if let Some((known, of_known)) = apart {
            let text = |bitmap: &SlotBitmap| field::to_decimal(&bitmap.to_fr());
            let signed = [(text(known), *of_known), (text(&bitmap), *signature)];
            report.caught(Kind::Uptime, witness, signed);
            problem = Some(Problem::Contradicts);
        } else {
            before.push((bitmap, *signature));
        }
    }
    let problem = problem.or(other);
    let amount = bitmap.count().into();
    let counted = if problem.is_none() { amount } else { 0 };
    let number = witness.index.into();
    report.items.push(Item { kind: Kind::Uptime, number, amount, counted, problem });
}
