//! What is claimed, in one packed number.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::part::{FIELDS, MEASURES, Measure, Part};

/// Work done in an epoch. Packed least significant first: up slots 8 bits, MiB stored 32, MiB served 30, rate 20.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Amount {
    /// Slots the device was up.
    pub up_slots: u8,
    /// MiB proven to be stored.
    pub stored_mib: u32,
    /// MiB served to paying clients, below 2^30.
    pub served_mib: u32,
    /// Certified rate in 0.1 Mbit/s, below 2^20.
    pub rate: u32,
}

/// A packed amount with bits above its last field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a packed amount has 90 bits, this value has more")]
pub struct AmountError;

impl Amount {
    /// An amount of up slots alone.
    pub fn uptime(up_slots: u8) -> Self {
        Self { up_slots, ..Self::default() }
    }

    fn fields(&self) -> [u32; FIELDS] {
        [u32::from(self.up_slots), self.stored_mib, self.served_mib, self.rate]
    }

    /// Every field with its part and what it measures, in their order.
    pub fn measured(&self) -> impl Iterator<Item = (Part, &'static Measure, u32)> + use<> {
        MEASURES.iter().zip(self.fields()).map(|((part, measure), value)| (*part, measure, value))
    }

    /// The packed form, below 2^90. MiB served and rate saturate at their fields' maxima.
    pub fn pack(&self) -> u128 {
        let fields = MEASURES.iter().zip(self.fields()).rev();
        fields.fold(0, |packed: u128, ((_, measure), value)| {
            packed << measure.bits | u128::from(value.min(measure.most()))
        })
    }

    /// The amount with this packed form.
    ///
    /// # Errors
    /// [`AmountError`] for 2^90 or more.
    pub fn unpack(packed: u128) -> Result<Self, AmountError> {
        let mut rest = packed;
        let [up_slots, stored_mib, served_mib, rate] = MEASURES.map(|(_, measure)| {
            let value = rest as u32 & measure.most();
            rest >>= measure.bits;
            value
        });
        if rest != 0 {
            return Err(AmountError);
        }
        Ok(Self { up_slots: up_slots as u8, stored_mib, served_mib, rate })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn layout_is_least_significant_first() {
        assert_eq!(Amount::uptime(200).pack(), 200);
        assert_eq!(
            Amount { up_slots: 1, stored_mib: 2, served_mib: 3, rate: 4 }.pack(),
            1 | 2 << 8 | 3 << 40 | 4 << 70
        );
    }

    #[test]
    fn neighbours_never_overlap() {
        let all = Amount { up_slots: 0, stored_mib: 0, served_mib: u32::MAX, rate: u32::MAX };
        let saturated = Amount { served_mib: (1 << 30) - 1, rate: (1 << 20) - 1, ..all };
        assert_eq!(Amount::unpack(all.pack()), Ok(saturated));
        assert_eq!(Amount::unpack(1 << 90), Err(AmountError));
    }

    #[test]
    fn measures_have_their_fields() {
        let amount = Amount { up_slots: 1, stored_mib: 2, served_mib: 3, rate: 4 };
        let measured: Vec<_> =
            amount.measured().map(|(part, measure, value)| (part, measure.name, value)).collect();
        assert_eq!(
            measured,
            [
                (Part::Uptime, "up_slots", 1),
                (Part::Possession, "stored_mib", 2),
                (Part::Bandwidth, "served_mib", 3),
                (Part::Bandwidth, "rate", 4),
            ]
        );
        let json = serde_json::to_value(amount).unwrap();
        for (_, measure, value) in amount.measured() {
            assert_eq!(json[measure.name], value);
        }
    }

    /// Those that do not saturate fill the type of their field.
    #[test]
    fn nothing_else_saturates() {
        let all = Amount { up_slots: u8::MAX, stored_mib: u32::MAX, served_mib: u32::MAX, rate: u32::MAX };
        for (_, measure, value) in all.measured() {
            assert_eq!(value > measure.most(), measure.saturates, "{}", measure.name);
        }
    }

    proptest! {
        #[test]
        fn packing_round_trips(up_slots: u8, stored_mib: u32, served in 0u32..1 << 30, rate in 0u32..1 << 20) {
            let amount = Amount { up_slots, stored_mib, served_mib: served, rate };
            prop_assert_eq!(Amount::unpack(amount.pack()), Ok(amount));
        }
    }
}
