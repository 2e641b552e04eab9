//! An epoch's published facts, made from registry, policy and beacons; and the check of someone else's.
//!
//! [`snapshot`] takes roots, n_w and rules together and opens the epoch with its beacon; [`close`] adds the closing
//! beacon after its end; [`verify`] checks a published epoch against the policy, as everyone who trusts the policy
//! and nothing else can. The roots themselves are checked against the lists behind them by
//! [`EpochDirectory::check_against`](directory::EpochDirectory::check_against).

use popw_core::document::{Beacon, Document, DocumentError, EpochFormat, EpochPublic, Version};

use crate::beacon::{BeaconError, Source};
use crate::database::DatabaseError;
use crate::files::FileError;
use crate::policy::{Policy, PolicyError, Timing};
use crate::registry::Registry;

pub mod directory;

use directory::Taken;

/// Which of an epoch's two beacons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// ρ, before the epoch.
    Opening,
    /// ρ′, after it.
    Closing,
}

impl std::fmt::Display for Which {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Opening => "opening",
            Self::Closing => "closing",
        })
    }
}

/// Why an epoch cannot be made, or is not one of this network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EpochError {
    /// The policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The registry.
    #[error(transparent)]
    Registry(#[from] DatabaseError),
    /// Not readable or writable.
    #[error(transparent)]
    File(#[from] FileError),
    /// The document contradicts itself.
    #[error("the epoch does not hold together: {0}")]
    Document(#[from] DocumentError),
    /// Registry and policy are of different networks.
    #[error("registry and network.toml are of different networks: use the files of one network")]
    OtherRegistry,
    /// No device acts in the epoch.
    #[error("no device acts in epoch {epoch}: {hint}")]
    NoDevices {
        /// The epoch.
        epoch: u32,
        /// What the registry has instead.
        hint: String,
    },
    /// Fewer owners of witnesses than a quorum needs.
    #[error(
        "{owners} owners have witnesses that act in epoch {epoch}, but a quorum takes {quorum} different ones: {hint}"
    )]
    TooFewWitnesses {
        /// The epoch.
        epoch: u32,
        /// Different owners of acting witnesses.
        owners: u64,
        /// q.
        quorum: u32,
        /// What the registry has instead.
        hint: String,
    },
    /// An epoch without witness seats, of a network that pays claims with a committee.
    #[error(
        "epoch {epoch} has no witness seats (rules.n_w is 0), but the network pays claims whose witnesses are drawn: \
         register witnesses, or pay for stored data alone (pays = \"possession\" in network.toml)"
    )]
    NoWitnesses {
        /// The epoch.
        epoch: u32,
    },
    /// More members, sectors or allotments than a tree's index can name.
    #[error("more than 2^{0} entries of one kind: the circuits cannot hold such a registry")]
    TooMany(u32),
    /// A beacon that does not hold.
    #[error("{which} beacon: {source}")]
    Beacon {
        /// Which.
        which: Which,
        /// Why.
        source: BeaconError,
    },
    /// A verified round of another time.
    #[error(
        "the {which} beacon of epoch {epoch} is round {expected}, made at {due_unix_ms} ms, not round {found}"
    )]
    Round {
        /// Which.
        which: Which,
        /// The epoch.
        epoch: u32,
        /// The round given.
        found: u64,
        /// The round that the policy's times make.
        expected: u64,
        /// When that round is made, Unix milliseconds.
        due_unix_ms: u64,
    },
    /// The closing beacon does not come after the opening one.
    #[error("the closing beacon (round {closing}) does not come after the opening beacon (round {opening})")]
    Order {
        /// The opening round.
        opening: u64,
        /// The closing round.
        closing: u64,
    },
    /// Both beacons have one randomness.
    #[error("opening and closing beacon are the same value")]
    SameBeacon,
    /// The epoch has its closing beacon already.
    #[error("epoch {0} is closed already")]
    Closed(u32),
    /// The epoch is of another network, or was made with another policy.
    #[error(
        "the epoch's {field} is {found}, but network.toml makes it {expected}: it is another network's, or was altered"
    )]
    Differs {
        /// The field.
        field: &'static str,
        /// The document's.
        found: String,
        /// The policy's.
        expected: String,
    },
}

/// What a reader of a verified epoch has to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether it has its closing beacon, so that claims can be made.
    pub closed: bool,
    /// What weakens it: development beacons, recorded rounds.
    pub caveats: Vec<&'static str>,
}

const RECORDED: &str = "recorded beacons: the rounds are genuine but not of the epoch's time, so anyone could know them beforehand";
/// Depths of the standard shape's trees.
const WITNESS_DEPTH: u32 = 20;
const DEVICE_DEPTH: u32 = 32;

/// Takes an epoch's snapshot: roots of the members that act in it and of what devices store and clients have bought,
/// n_w and rules, and its opening beacon; also the closing one when it is there already.
///
/// All is streamed from the registry; one tree at a time takes 64 bytes of memory per leaf, and another 40 per device.
///
/// # Errors
/// [`EpochError`].
pub fn snapshot(
    registry: &Registry,
    policy: &Policy,
    epoch: u32,
    opening: Beacon,
    closing: Option<Beacon>,
) -> Result<EpochPublic, EpochError> {
    policy.validate()?;
    let domain = policy.domain()?;
    if registry.domain() != domain {
        return Err(EpochError::OtherRegistry);
    }
    let Taken { roots, n_w } = registry.view(|registry| {
        enough(registry, policy, epoch)?;
        Taken::of(&directory::Source::new(registry, epoch)?)
    })?;
    let public = EpochPublic {
        format: EpochFormat::Epoch,
        version: Version,
        network: policy.name.clone(),
        domain_id: policy.domain_id.clone(),
        domain,
        epoch,
        start_unix_ms: policy.clock().epoch_start(epoch),
        slot_ms: policy.clock.slot_ms,
        opening,
        closing,
        roots,
        rules: policy.rules(n_w),
    };
    verify(&public, policy)?;
    Ok(public)
}

/// Adds the closing beacon to an epoch.
///
/// # Errors
/// [`EpochError::Closed`], and those of [`verify`].
pub fn close(public: &EpochPublic, policy: &Policy, closing: Beacon) -> Result<EpochPublic, EpochError> {
    if public.closing.is_some() {
        return Err(EpochError::Closed(public.epoch));
    }
    let closed = EpochPublic { closing: Some(closing), ..public.clone() };
    verify(&closed, policy)?;
    Ok(closed)
}

/// Checks an epoch against the policy: domain, time, rules, and both beacons with their signatures and rounds. It
/// says nothing about the roots.
///
/// # Errors
/// [`EpochError`], naming the first field that does not fit.
pub fn verify(public: &EpochPublic, policy: &Policy) -> Result<Standing, EpochError> {
    public.check()?;
    let clock = policy.clock();
    equal("domain_id", &public.domain_id, &policy.domain_id)?;
    equal("network", &public.network, &policy.name)?;
    equal("start_unix_ms", &public.start_unix_ms, &clock.epoch_start(public.epoch))?;
    equal("slot_ms", &public.slot_ms, &clock.slot_ms)?;
    let (found, expected) = (public.rules, policy.rules(public.rules.n_w));
    equal("rules.k", &found.k, &expected.k)?;
    equal("rules.q", &found.q, &expected.q)?;
    equal("rules.slots", &found.slots, &expected.slots)?;
    equal("rules.max_gap", &found.max_gap, &expected.max_gap)?;
    equal("rules.batches", &found.batches, &expected.batches)?;
    equal("rules.min_rate", &found.min_rate, &expected.min_rate)?;
    if found.n_w == 0 && policy.pays.needs_witnesses() {
        return Err(EpochError::NoWitnesses { epoch: public.epoch });
    }
    verify_beacons(public, policy)
}

fn verify_beacons(public: &EpochPublic, policy: &Policy) -> Result<Standing, EpochError> {
    let source = policy.source()?;
    let check = |which, beacon: &Beacon| {
        source.verify(beacon).map_err(|source| EpochError::Beacon { which, source })?;
        on_time(&source, policy, public.epoch, which, beacon)
    };
    check(Which::Opening, &public.opening)?;
    if let Some(closing) = &public.closing {
        check(Which::Closing, closing)?;
        if closing.round <= public.opening.round {
            return Err(EpochError::Order { opening: public.opening.round, closing: closing.round });
        }
        if closing.randomness == public.opening.randomness {
            return Err(EpochError::SameBeacon);
        }
    }
    let recorded = (policy.beacon.timing == Timing::Recorded).then_some(RECORDED);
    Ok(Standing {
        closed: public.closing.is_some(),
        caveats: source.caveat().into_iter().chain(recorded).collect(),
    })
}

/// That a drand round is the one its epoch's times make.
fn on_time(
    source: &Source,
    policy: &Policy,
    epoch: u32,
    which: Which,
    beacon: &Beacon,
) -> Result<(), EpochError> {
    let (Source::Drand(chain), Some((opening, closing))) = (source, policy.scheduled_rounds(epoch)) else {
        return Ok(());
    };
    let expected = match which {
        Which::Opening => opening,
        Which::Closing => closing,
    };
    if beacon.round == expected {
        return Ok(());
    }
    let due_unix_ms = chain.round_time_ms(expected);
    Err(EpochError::Round { which, epoch, found: beacon.round, expected, due_unix_ms })
}

/// Refuses an epoch in which nothing that the network pays could be claimed: one without devices, or, where witnesses are drawn,
/// without a quorum of them.
fn enough(registry: &Registry, policy: &Policy, epoch: u32) -> Result<(), EpochError> {
    let tally = registry.tally(epoch)?;
    let hint = || {
        let waiting = match tally.unproven {
            0 => String::new(),
            n => format!("{n} entries wait for their proof of possession, "),
        };
        format!("{waiting}and registrations act from two epochs later on; see the registry's list")
    };
    if policy.pays.needs_witnesses() && tally.witness_owners < policy.rules.quorum.into() {
        let quorum = policy.rules.quorum;
        return Err(EpochError::TooFewWitnesses {
            epoch,
            owners: tally.witness_owners,
            quorum,
            hint: hint(),
        });
    }
    if tally.devices == 0 {
        return Err(EpochError::NoDevices { epoch, hint: hint() });
    }
    for (count, depth) in [(tally.witnesses, WITNESS_DEPTH), (tally.devices, DEVICE_DEPTH)] {
        if count > 1 << depth {
            return Err(EpochError::TooMany(depth));
        }
    }
    Ok(())
}

fn equal<T: PartialEq + ToString>(field: &'static str, found: &T, expected: &T) -> Result<(), EpochError> {
    if found == expected {
        return Ok(());
    }
    Err(EpochError::Differs { field, found: found.to_string(), expected: expected.to_string() })
}
