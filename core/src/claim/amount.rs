//! What is claimed, in one packed number.

use serde::{Deserialize, Serialize};
use thiserror::Error;

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

const MAX_SERVED_MIB: u32 = (1 << 30) - 1;
const MAX_RATE: u32 = (1 << 20) - 1;

impl Amount {
    /// An amount of up slots alone.
    pub fn uptime(up_slots: u8) -> Self {
        Self { up_slots, ..Self::default() }
    }

    /// The packed form, below 2^90. MiB served and rate saturate at their fields' maxima.
    pub fn pack(&self) -> u128 {
        u128::from(self.up_slots)
            | u128::from(self.stored_mib) << 8
            | u128::from(self.served_mib.min(MAX_SERVED_MIB)) << 40
            | u128::from(self.rate.min(MAX_RATE)) << 70
    }

    /// The amount with this packed form.
    ///
    /// # Errors
    /// [`AmountError`] for 2^90 or more.
    pub fn unpack(packed: u128) -> Result<Self, AmountError> {
        if packed >> 90 != 0 {
            return Err(AmountError);
        }
        Ok(Self {
            up_slots: (packed & 0xff) as u8,
            stored_mib: (packed >> 8 & u128::from(u32::MAX)) as u32,
            served_mib: (packed >> 40 & u128::from(MAX_SERVED_MIB)) as u32,
            rate: (packed >> 70 & u128::from(MAX_RATE)) as u32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let saturated = Amount { served_mib: MAX_SERVED_MIB, rate: MAX_RATE, ..all };
        assert_eq!(Amount::unpack(all.pack()), Ok(saturated));
        assert_eq!(Amount::unpack(1 << 90), Err(AmountError));
    }

    proptest! {
        #[test]
        fn packing_round_trips(up_slots: u8, stored_mib: u32, served in 0u32..1 << 30, rate in 0u32..1 << 20) {
            let amount = Amount { up_slots, stored_mib, served_mib: served, rate };
            prop_assert_eq!(Amount::unpack(amount.pack()), Ok(amount));
        }
    }
}
