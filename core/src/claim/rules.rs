//! The rules of an epoch.

use ark_ff::{BigInt, PrimeField};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Kind;
use crate::{Fr, bitmap::MAX_SLOTS, field};

/// What a network has decided for an epoch. Packed into one field element as seven 32-bit fields, least
/// significant first, in the order of the fields here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rules {
    /// Witness seats in the registry; committees are drawn from indices below it.
    pub n_w: u32,
    /// Seats of a committee.
    pub k: u32,
    /// Quorum: seats of different owners that must have seen a slot answered.
    pub q: u32,
    /// Slots in the epoch.
    pub slots: u32,
    /// The longest run of missed slots after which the epoch still counts.
    pub max_gap: u32,
    /// Batches of sectors or allotments, B.
    pub batches: u32,
    /// Served traffic below this rate earns nothing; 0.1 Mbit/s.
    pub min_rate: u32,
}

/// Seats no committee exceeds, whatever the shape: bounds the work that rules from a file can ask for.
pub const MAX_COMMITTEE: u32 = 256;

/// Why rules cannot be those of an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RulesError {
    /// n_w = 0, for a claim with a committee.
    #[error(
        "n_w is 0: a committee is drawn from at least one witness seat, and an epoch without any has claims of possession only"
    )]
    NoWitnesses,
    /// q = 0 or q > k.
    #[error("q is {q} with k = {k}: a quorum is at least 1 and at most the committee")]
    Quorum {
        /// Quorum.
        q: u32,
        /// Committee.
        k: u32,
    },
    /// k beyond [`MAX_COMMITTEE`].
    #[error("k is {0}: a committee has at most {MAX_COMMITTEE} seats")]
    Committee(u32),
    /// slots = 0 or beyond a bitmap.
    #[error("slots is {0}: an epoch has 1 to {MAX_SLOTS}")]
    Slots(u32),
    /// B = 0.
    #[error("batches is 0: there is at least one")]
    NoBatch,
    /// A packed value with bits above the seventh field.
    #[error("packed rules have seven 32-bit fields, this value has more bits")]
    StrayBits,
}

impl Rules {
    /// `Σ field_i · 2^(32·i)`.
    pub fn pack(&self) -> Fr {
        let Self { n_w, k, q, slots, max_gap, batches, min_rate } = *self;
        let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        field::from_words([pair(n_w, k), pair(q, slots), pair(max_gap, batches), pair(min_rate, 0)])
    }

    /// The rules packed into `value`, not yet validated.
    ///
    /// # Errors
    /// [`RulesError::StrayBits`].
    pub fn unpack(value: &Fr) -> Result<Self, RulesError> {
        let BigInt([a, b, c, d]) = value.into_bigint();
        let low = |word: u64| (word & u64::from(u32::MAX)) as u32;
        let high = |word: u64| low(word >> 32);
        if high(d) != 0 {
            return Err(RulesError::StrayBits);
        }
        Ok(Self {
            n_w: low(a),
            k: high(a),
            q: low(b),
            slots: high(b),
            max_gap: low(c),
            batches: high(c),
            min_rate: low(d),
        })
    }

    /// Checks what holds for every claim and shape. A claim with a committee also needs [`Rules::check_witnesses`], and a shape
    /// adds its own maxima for k and slots.
    ///
    /// # Errors
    /// The first rule that cannot be.
    pub fn validate(&self) -> Result<(), RulesError> {
        let Self { k, q, slots, batches, .. } = *self;
        if q == 0 || q > k {
            Err(RulesError::Quorum { q, k })
        } else if k > MAX_COMMITTEE {
            Err(RulesError::Committee(k))
        } else if slots == 0 || slots > MAX_SLOTS {
            Err(RulesError::Slots(slots))
        } else if batches == 0 {
            Err(RulesError::NoBatch)
        } else {
            Ok(())
        }
    }

    /// Checks that there is somebody to draw a claim's committee from.
    ///
    /// # Errors
    /// [`RulesError::NoWitnesses`].
    pub fn check_witnesses(&self, kind: Kind) -> Result<(), RulesError> {
        if kind.has_committee() && self.n_w == 0 { Err(RulesError::NoWitnesses) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULES: Rules = Rules { n_w: 12, k: 5, q: 3, slots: 24, max_gap: 4, batches: 1, min_rate: 0 };

    #[test]
    fn layout_is_least_significant_first() {
        let one_each = Rules { n_w: 1, k: 2, q: 3, slots: 4, max_gap: 5, batches: 6, min_rate: 7 };
        let text = hex::encode(field::to_be_bytes(&one_each.pack()));
        assert_eq!(text, "0000000000000007000000060000000500000004000000030000000200000001");
    }

    #[test]
    fn refuses_what_cannot_be() {
        assert_eq!(RULES.validate(), Ok(()));
        assert_eq!(Rules { n_w: 0, ..RULES }.validate(), Ok(()));
        assert_eq!(Rules { q: 0, ..RULES }.validate(), Err(RulesError::Quorum { q: 0, k: 5 }));
        assert_eq!(Rules { q: 6, ..RULES }.validate(), Err(RulesError::Quorum { q: 6, k: 5 }));
        assert_eq!(Rules { k: 257, ..RULES }.validate(), Err(RulesError::Committee(257)));
        assert_eq!(Rules { slots: 0, ..RULES }.validate(), Err(RulesError::Slots(0)));
        assert_eq!(Rules { slots: 253, ..RULES }.validate(), Err(RulesError::Slots(253)));
        assert_eq!(Rules { batches: 0, ..RULES }.validate(), Err(RulesError::NoBatch));
        let stray = RULES.pack() + field::from_words([0, 0, 0, 1 << 32]);
        assert_eq!(Rules::unpack(&stray), Err(RulesError::StrayBits));
    }

    #[test]
    fn only_possession_does_without_witnesses() {
        for kind in Kind::ALL {
            assert_eq!(RULES.check_witnesses(kind), Ok(()));
            let expected = if kind == Kind::Possession { Ok(()) } else { Err(RulesError::NoWitnesses) };
            assert_eq!(Rules { n_w: 0, ..RULES }.check_witnesses(kind), expected, "{}", kind.id());
        }
    }

    proptest! {
        #[test]
        fn packing_round_trips(words: [u32; 7]) {
            let [n_w, k, q, slots, max_gap, batches, min_rate] = words;
            let rules = Rules { n_w, k, q, slots, max_gap, batches, min_rate };
            prop_assert_eq!(Rules::unpack(&rules.pack()), Ok(rules));
        }
    }
}
