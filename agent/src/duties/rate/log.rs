//! Rates as others see and check them.

use std::collections::{BTreeMap, BTreeSet};

use popw_core::document::{ChallengerInput, WitnessInput};
use popw_core::draw::{self, Duty};
use popw_core::eddsa::Signature;
use popw_core::message;
use popw_network::epoch::directory::Epoch;
use serde::{Deserialize, Serialize};

use super::store::device::StoredRate;
use crate::evidence::{self, About, Item, Kind, Problem, Report};

/// A rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedRate {
    /// Who signed it.
    pub witness: WitnessInput,
    /// In 0.1 Mbit/s.
    pub rate: u32,
    /// Over `popw_core::message::rate_attestation`.
    pub signature: Signature,
}

pub(crate) fn logged(rates: &[StoredRate], epoch: &Epoch) -> Vec<LoggedRate> {
    let rate = |stored: &StoredRate| {
        let witness = evidence::witness(epoch, stored.witness_index)?;
        Some(LoggedRate { witness, rate: stored.rate, signature: stored.signature })
    };
    rates.iter().filter_map(rate).collect()
}

/// Checks those of a log.
pub(crate) fn check(about: &About<'_>, rates: &[LoggedRate], report: &mut Report) {
    let challengers = about.drawn(Duty::Rate);
    let mut signed = Signed::default();
    for one in rates {
        let problem = (!challengers.contains(&one.witness.index)).then_some(Problem::NotDrawn);
        check_one(report, about, &one.witness, one.rate, &one.signature, &mut signed, problem);
    }
}

/// Checks those of a proof's input.
pub(crate) fn check_inputs(about: &About<'_>, challengers: &[ChallengerInput], report: &mut Report) {
    let (rules, rho) = (&about.epoch.rules, about.epoch.opening.rho());
    let mut owners = BTreeSet::new();
    let mut signed = Signed::default();
    for one in challengers {
        let drawn = one.seat < rules.k
            && draw::seat(Duty::Rate, rho, about.leaf, one.seat, rules.n_w) == one.witness.index;
        let problem = match (drawn, about.in_tree(&one.witness, &one.path)) {
            (false, _) => Some(Problem::NotDrawn),
            (true, false) => Some(Problem::Path),
            (true, true) => (!owners.insert(one.witness.owner)).then_some(Problem::OwnerTwice),
        };
        check_one(report, about, &one.witness, one.rate, &one.signature, &mut signed, problem);
    }
}

/// The first rate of each witness.
type Signed = BTreeMap<u32, (u32, Signature)>;

fn check_one(
    report: &mut Report,
    about: &About<'_>,
    witness: &WitnessInput,
    rate: u32,
    signature: &Signature,
    signed: &mut Signed,
    other: Option<Problem>,
) {
    let epoch = about.epoch;
    let text = message::rate_attestation(epoch.domain, epoch.epoch, epoch.opening.rho(), about.leaf, rate);
    let own = (witness.owner == about.owner).then_some(Problem::OwnOwner);
    let mut problem = about.signed(&witness.public_key, text, signature).or(own);
    if problem.is_none() {
        match signed.get(&witness.index) {
            Some((first, of_first)) if *first != rate => {
                let signed = [(first.to_string(), *of_first), (rate.to_string(), *signature)];
                report.caught(Kind::Rate, witness, signed);
                problem = Some(Problem::Contradicts);
            }
            Some(_) => {}
            None => {
                signed.insert(witness.index, (rate, *signature));
            }
        }
    }
    let problem = problem.or(other);
    let counted = if problem.is_none() { rate.into() } else { 0 };
    let (number, amount) = (witness.index.into(), rate.into());
    report.items.push(Item { kind: Kind::Rate, number, amount, counted, problem });
}
