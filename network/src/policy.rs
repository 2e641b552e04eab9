//! `network.toml`: the rules a network has agreed on, and its clock.
//!
//! Everyone of a network holds the same file; [`Policy::digest`] tells whether they do. What it fixes enters every
//! proof (domain, rules), or decides when a registration acts, when an epoch is snapshotted and which drand round
//! opens and closes it. It has no overrides from the environment: a value that differs on one machine would only
//! make that machine's messages invalid.

use std::path::{Path, PathBuf};

use popw_core::Fr;
use popw_core::claim::{self, Kind, Measure, Rules};
use popw_core::strict::Strict;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::beacon::{DrandChain, DrandError, Source};
use crate::files::{self, Access, FileError, Overwrite};

mod clock;
mod template;

pub use clock::Clock;

/// `format` of network.toml.
pub const FORMAT: &str = "popw.network";
/// Version of network.toml that this program reads and writes.
pub const VERSION: u32 = 1;
const WHAT: &str = "network policy (network.toml)";
const LIMIT: u64 = 256 << 10;

/// The size of circuit a network's claims use. Its maxima bound the policy's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// For demonstrations and tests.
    Demo,
    /// For networks.
    Standard,
}

impl Shape {
    /// Most slots of an epoch.
    pub const fn max_slots(self) -> u32 {
        self.sizes().slots as u32
    }

    /// Most seats of a committee.
    pub const fn max_seats(self) -> u32 {
        self.sizes().committee() as u32
    }

    /// Its name in files and commands.
    pub const fn name(self) -> &'static str {
        self.sizes().name
    }

    /// Those of work, which has every part.
    const fn sizes(self) -> claim::Shape {
        match self {
            Self::Demo => claim::Shape::demo(Kind::Work),
            Self::Standard => claim::Shape::standard(Kind::Work),
        }
    }
}

/// Which claims a network pays. Their nullifiers differ, so a network that paid both would pay the same work twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pays {
    /// Uptime, possession and bandwidth, each by itself.
    Singles,
    /// All of a device's work in one claim.
    Work,
    /// Possession alone, for which no witnesses are drawn: a network may have none.
    Possession,
}

impl Pays {
    /// Its name in files and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Singles => "singles",
            Self::Work => "work",
            Self::Possession => "possession",
        }
    }

    /// Whether claims of a kind are paid.
    pub fn includes(self, kind: Kind) -> bool {
        match self {
            Self::Singles => kind.parts().len() == 1,
            Self::Work => kind == Kind::Work,
            Self::Possession => kind == Kind::Possession,
        }
    }

    /// The kinds whose claims are paid.
    pub fn kinds(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.includes(*kind))
    }

    /// Whether a claim that is paid has a committee, so that an epoch needs witnesses.
    pub fn needs_witnesses(self) -> bool {
        self.kinds().any(Kind::has_committee)
    }
}

/// A network's policy. Fields are public for building one; [`Policy::validate`] is called on every read and write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// A name for people.
    pub name: String,
    /// CAIP-10 of the contract that keeps the nullifiers, or `popw:local:<64 hex>` without one.
    pub domain_id: String,
    /// The circuits' shape.
    pub shape: Shape,
    /// Which claims are paid.
    pub pays: Pays,
    /// Time.
    pub clock: ClockPolicy,
    /// What a claim counts.
    pub rules: RulesPolicy,
    /// Registrations and snapshots.
    pub registry: RegistryPolicy,
    /// Randomness.
    pub beacon: BeaconPolicy,
}

/// `[clock]`: slots in epochs, back to back from the genesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockPolicy {
    /// Start of epoch 0, Unix milliseconds.
    pub genesis_unix_ms: u64,
    /// Length of a slot, milliseconds.
    pub slot_ms: u32,
    /// How long after its end an epoch's claims are accepted, milliseconds.
    pub answer_window_ms: u64,
}

/// `[rules]`: the packed rules of the protocol, without the number of witnesses (a snapshot's).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesPolicy {
    /// Slots of an epoch.
    pub slots: u32,
    /// Seats of a committee, k.
    pub committee: u32,
    /// Votes that make a slot up, q.
    pub quorum: u32,
    /// Longest run of down slots that still earns, in slots.
    pub max_gap: u32,
    /// Claims of one kind per device and epoch, B.
    pub batches: u32,
    /// Least certified rate that earns, 0.1 Mbit/s.
    pub min_rate: u32,
}

/// `[registry]`: when a registration acts and when it is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryPolicy {
    /// A registration or removal made in epoch e acts from e + this.
    pub activation_delay: u32,
    /// The registry for an epoch is taken this long before the epoch starts, milliseconds.
    pub snapshot_lead_ms: u64,
}

/// `[beacon]`: where randomness comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeaconPolicy {
    /// The source.
    pub source: SourceName,
    /// Δ: the opening beacon is made at least this long after the snapshot, milliseconds.
    pub delay_ms: u64,
    /// Whether drand rounds have to be those of the epoch's time.
    #[serde(default)]
    pub timing: Timing,
    /// The pinned chain, for `drand` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drand: Option<DrandChain>,
}

/// The sources by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceName {
    /// drand rounds, verified.
    Drand,
    /// A block's value, given by hand.
    Chain,
    /// A file's value.
    File,
}

/// Whether a drand round must fit the epoch's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Timing {
    /// Opening: the first round at least Δ after the snapshot. Closing: the first round after the epoch's end.
    #[default]
    Scheduled,
    /// Any verified rounds in order: recorded ones, for demonstrations. Anyone can know them beforehand.
    Recorded,
}

/// Why a policy is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Not readable or writable.
    #[error(transparent)]
    File(#[from] FileError),
    /// Not TOML, a field missing, unknown or of another type.
    #[error("{} is not a valid network policy: {reason}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// Line, column and reason, from the parser.
        reason: String,
    },
    /// A field's value is out of its range or does not fit another's.
    #[error("network.toml: {field}: {problem}")]
    Field {
        /// The field, dotted.
        field: &'static str,
        /// What is wrong, and the remedy.
        problem: String,
    },
    /// The pinned drand chain does not hold together.
    #[error("network.toml: [beacon.drand]: {0}")]
    Drand(#[from] DrandError),
}

impl Policy {
    /// Reads and validates a network.toml.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn read(path: &Path) -> Result<Self, PolicyError> {
        Self::parse(&files::read_text(path, WHAT, LIMIT)?, path)
    }

    /// As [`Policy::read`], for text already read from `path` (used in messages only).
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, PolicyError> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let toml_error =
            |error: toml::de::Error| PolicyError::Toml { path: path.into(), reason: error.to_string() };
        let head: Head = read_toml(text).map_err(toml_error)?;
        check_head(&head.format, head.version)?;
        let policy: Self = read_toml(text).map_err(toml_error)?;
        policy.validate()?;
        Ok(policy)
    }

    /// Writes the policy as TOML with a comment on each field.
    ///
    /// # Errors
    /// [`PolicyError`] when it is not valid or cannot be written.
    pub fn write(&self, path: &Path, overwrite: Overwrite) -> Result<(), PolicyError> {
        self.validate()?;
        files::write(path, WHAT, self.to_toml().as_bytes(), overwrite, Access::Public)?;
        Ok(())
    }

    /// BLAKE3 over all values in their fixed order (not over the file's text): equal for everyone of a network.
    pub fn digest(&self) -> [u8; 32] {
        let canonical = serde_json::to_vec(self).expect("a policy has no maps with odd keys");
        let mut hash = blake3::Hasher::new_derive_key("popw network policy 1");
        hash.update(&canonical);
        *hash.finalize().as_bytes()
    }

    /// The domain, as it enters proofs.
    ///
    /// # Errors
    /// [`PolicyError::Field`] naming `domain_id`.
    pub fn domain(&self) -> Result<Fr, PolicyError> {
        popw_core::identity::domain(&self.domain_id).map_err(|error| PolicyError::Field {
            field: "domain_id",
            problem: format!(
                "{error}; use the CAIP-10 of the contract in lower case (eip155:<chain>:0x<40 hex>), \
                 or popw:local:<64 hex> without one"
            ),
        })
    }

    /// The rules for an epoch with `n_w` witnesses.
    pub fn rules(&self, n_w: u32) -> Rules {
        let rules = &self.rules;
        Rules {
            n_w,
            k: rules.committee,
            q: rules.quorum,
            slots: rules.slots,
            max_gap: rules.max_gap,
            batches: rules.batches,
            min_rate: rules.min_rate,
        }
    }

    /// Where beacons come from.
    ///
    /// # Errors
    /// [`PolicyError::Field`] when `beacon.drand` is missing or superfluous.
    pub fn source(&self) -> Result<Source, PolicyError> {
        match (self.beacon.source, &self.beacon.drand) {
            (SourceName::Drand, Some(chain)) => Ok(Source::Drand(Box::new(chain.clone()))),
            (SourceName::Drand, None) => field(
                "beacon.drand",
                "missing: pin the chain's parameters in [beacon.drand], or choose another source",
            ),
            (_, Some(_)) => {
                field("beacon.drand", "only for source = \"drand\": remove the table or change the source")
            }
            (SourceName::Chain, None) => Ok(Source::Chain),
            (SourceName::File, None) => Ok(Source::File),
        }
    }

    /// The network's clock.
    pub fn clock(&self) -> Clock {
        Clock::of(self)
    }

    /// From which epoch a registration or removal made now acts.
    ///
    /// One made before epoch 0 is snapshotted acts from epoch 0.
    pub fn acts_from(&self, now_unix_ms: u64) -> u32 {
        let clock = self.clock();
        if now_unix_ms < clock.snapshot_at(0) {
            return 0;
        }
        clock.epoch_at(now_unix_ms).unwrap_or(0).saturating_add(self.registry.activation_delay)
    }

    /// The first epoch that bytes can still be bought for: its registry is not taken yet.
    pub fn allotments_from(&self, now_unix_ms: u64) -> u32 {
        let clock = self.clock();
        if now_unix_ms < clock.snapshot_at(0) {
            return 0;
        }
        let taken = clock.epoch_at(now_unix_ms.saturating_add(clock.snapshot_lead_ms));
        taken.map_or(u32::MAX, |epoch| epoch.saturating_add(1))
    }

    /// Checks every field, alone and against the others.
    ///
    /// # Errors
    /// [`PolicyError::Field`] naming the first field that does not fit, and the remedy; [`PolicyError::Drand`].
    pub fn validate(&self) -> Result<(), PolicyError> {
        check_head(&self.format, self.version)?;
        if self.name.is_empty() || self.name.len() > 64 || self.name.chars().any(char::is_control) {
            return field("name", "must have 1 to 64 bytes and no control characters: choose another name");
        }
        self.domain()?;
        self.validate_clock()?;
        self.validate_rules()?;
        self.validate_beacon()
    }

    fn validate_clock(&self) -> Result<(), PolicyError> {
        let clock = &self.clock;
        within(
            "clock.genesis_unix_ms",
            clock.genesis_unix_ms,
            0,
            MAX_UNIX_MS,
            "give Unix time in milliseconds",
        )?;
        within("clock.slot_ms", clock.slot_ms.into(), 100, DAY_MS, "choose a slot between 0.1 s and a day")?;
        let remedy = "give claims at least a second and at most a year";
        within("clock.answer_window_ms", clock.answer_window_ms, 1_000, 366 * DAY_MS, remedy)
    }

    fn validate_rules(&self) -> Result<(), PolicyError> {
        let (rules, shape) = (&self.rules, self.shape);
        let slots: u64 = rules.slots.into();
        let shape_remedy = match shape {
            Shape::Demo => "lower it, or use shape = \"standard\"",
            Shape::Standard => "lower it: this is the largest shape",
        };
        within("rules.slots", slots, 1, shape.max_slots().into(), shape_remedy)?;
        within("rules.committee", rules.committee.into(), 1, shape.max_seats().into(), shape_remedy)?;
        let remedy = "a quorum needs at least one vote and at most rules.committee";
        within("rules.quorum", rules.quorum.into(), 1, rules.committee.into(), remedy)?;
        within("rules.max_gap", rules.max_gap.into(), 0, slots, "a gap cannot be longer than rules.slots")?;
        within(
            "rules.batches",
            rules.batches.into(),
            1,
            u32::MAX.into(),
            "use 1 unless claims come in batches",
        )?;
        let remedy = "the unit is 0.1 Mbit/s and a rate has 20 bits";
        within("rules.min_rate", rules.min_rate.into(), 0, Measure::RATE.most().into(), remedy)
    }

    fn validate_beacon(&self) -> Result<(), PolicyError> {
        let registry = &self.registry;
        let remedy = "2 is the protocol's; more only delays registrations";
        within("registry.activation_delay", registry.activation_delay.into(), 2, 1 << 16, remedy)?;
        let epoch_ms = u64::from(self.rules.slots) * u64::from(self.clock.slot_ms);
        // A registration made at the end of epoch e must be known before e + delay is snapshotted.
        let longest = epoch_ms * u64::from(registry.activation_delay - 1);
        let remedy =
            "it cannot exceed (activation_delay − 1) epochs, or late registrations would miss the snapshot";
        within("registry.snapshot_lead_ms", registry.snapshot_lead_ms, 0, longest, remedy)?;

        let source = self.source()?;
        let wait = match &source {
            Source::Drand(chain) => {
                chain.validate()?;
                self.beacon.delay_ms.saturating_add(u64::from(chain.period_s) * 1000)
            }
            Source::Chain | Source::File => {
                if self.beacon.timing == Timing::Recorded {
                    return field("beacon.timing", "\"recorded\" is for drand rounds only: remove it");
                }
                self.beacon.delay_ms
            }
        };
        if wait > registry.snapshot_lead_ms {
            return field(
                "beacon.delay_ms",
                &format!(
                    "the opening beacon can come {wait} ms after the snapshot, but the snapshot is only {} ms before the \
                     epoch: lower it, or raise registry.snapshot_lead_ms",
                    registry.snapshot_lead_ms
                ),
            );
        }
        Ok(())
    }
}

const DAY_MS: u64 = 86_400_000;
/// The year 5138: leaves room for 2^32 epochs of a day in 64 bits.
const MAX_UNIX_MS: u64 = 100_000_000_000_000;

/// Tables where the policy has tables, and strings where it has names.
fn read_toml<T: DeserializeOwned>(text: &str) -> Result<T, toml::de::Error> {
    T::deserialize(Strict(toml::Deserializer::parse(text)?))
}

fn check_head(format: &str, version: u32) -> Result<(), PolicyError> {
    if format != FORMAT {
        return field(
            "format",
            &format!("is \"{format}\", but a network policy says \"{FORMAT}\": is it the right file?"),
        );
    }
    if version != VERSION {
        return field(
            "version",
            &format!("is {version}; this program reads {VERSION}: use a matching release"),
        );
    }
    Ok(())
}

fn within(name: &'static str, value: u64, low: u64, high: u64, remedy: &str) -> Result<(), PolicyError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    field(name, &format!("{value} is not in {low}..={high}: {remedy}"))
}

fn field<T>(field: &'static str, problem: &str) -> Result<T, PolicyError> {
    Err(PolicyError::Field { field, problem: problem.to_owned() })
}
