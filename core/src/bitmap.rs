//! The slots of an epoch as bits.

use ark_ff::{BigInt, PrimeField};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

use crate::{
    Fr,
    field::{self, hex32},
};

/// Slots a bitmap has room for; with them it always fits a field element.
pub const MAX_SLOTS: u32 = 252;

/// Which slots were answered: bit s of the integer is slot s, slot s sits in word s / 64.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SlotBitmap([u64; 4]);

/// Why something is not a bitmap of slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BitmapError {
    /// A slot of 252 or more.
    #[error("slot {0} does not exist: an epoch has at most {MAX_SLOTS} slots, counted from 0")]
    NoSuchSlot(u32),
    /// A bit at 252 or above.
    #[error("the bitmap has bits at or above slot {MAX_SLOTS}")]
    StrayBits,
}

impl SlotBitmap {
    /// The bitmap with these words, slot 0 first.
    ///
    /// # Errors
    /// [`BitmapError::StrayBits`].
    pub fn from_words(words: [u64; 4]) -> Result<Self, BitmapError> {
        if words[3] >> 60 == 0 { Ok(Self(words)) } else { Err(BitmapError::StrayBits) }
    }

    /// Its words, slot 0 first.
    pub fn words(&self) -> [u64; 4] {
        self.0
    }

    /// Marks a slot as answered.
    ///
    /// # Errors
    /// [`BitmapError::NoSuchSlot`].
    pub fn set(&mut self, slot: u32) -> Result<(), BitmapError> {
        if slot >= MAX_SLOTS {
            return Err(BitmapError::NoSuchSlot(slot));
        }
        let (word, bit) = place(slot);
        self.0[word] |= bit;
        Ok(())
    }

    /// Whether a slot was answered; false for slots that do not exist.
    pub fn get(&self, slot: u32) -> bool {
        let (word, bit) = place(slot);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// The slots of either.
    pub fn union(&self, other: &Self) -> Self {
        let mut union = *self;
        union.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
        union
    }

    /// Whether every slot of `other` is one of these.
    pub fn contains(&self, other: &Self) -> bool {
        self.union(other) == *self
    }

    /// The number of answered slots.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether every answered slot is below `slots`.
    pub fn fits(&self, slots: u32) -> bool {
        (slots..MAX_SLOTS).all(|slot| !self.get(slot))
    }

    /// As signed and as circuits see it.
    pub fn to_fr(&self) -> Fr {
        field::from_words(self.0)
    }

    /// The bitmap a field element stands for.
    ///
    /// # Errors
    /// [`BitmapError::StrayBits`] for 2^252 or more.
    pub fn from_fr(value: &Fr) -> Result<Self, BitmapError> {
        let BigInt(words) = value.into_bigint();
        Self::from_words(words)
    }
}

/// Word and bit of a slot.
fn place(slot: u32) -> (usize, u64) {
    ((slot / 64) as usize, 1 << (slot % 64))
}

/// 64 hex digits: the integer in big-endian bytes.
impl Serialize for SlotBitmap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hex32::serialize(&field::integer_to_be_bytes(&BigInt(self.0)), serializer)
    }
}

impl<'de> Deserialize<'de> for SlotBitmap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let BigInt(words) = field::integer_from_be_bytes(&hex32::deserialize(deserializer)?);
        Self::from_words(words).map_err(D::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for SlotBitmap {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "SlotBitmap".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^0[0-9a-f]{63}$",
            "description": "256-bit big-endian integer in hex; bit s is slot s"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn slots_are_bits() {
        let mut bitmap = SlotBitmap::default();
        for slot in [0, 64, 251] {
            bitmap.set(slot).unwrap();
        }
        assert_eq!(bitmap.set(252), Err(BitmapError::NoSuchSlot(252)));
        assert_eq!(bitmap.words(), [1, 1, 0, 1 << 59]);
        assert_eq!(bitmap.count(), 3);
        assert!(bitmap.get(251) && !bitmap.get(252) && !bitmap.get(u32::MAX));
        assert!(bitmap.fits(252) && !bitmap.fits(251));
        assert!(!bitmap.contains(&SlotBitmap::from_words([2, 0, 0, 0]).unwrap()));
    }

    #[test]
    fn refuses_stray_bits() {
        assert_eq!(SlotBitmap::from_words([0, 0, 0, 1 << 60]), Err(BitmapError::StrayBits));
        let high = field::from_words([0, 0, 0, 1 << 60]);
        assert_eq!(SlotBitmap::from_fr(&high), Err(BitmapError::StrayBits));
        let text = alloc::format!("\"1{}\"", "0".repeat(63));
        let error = serde_json::from_str::<SlotBitmap>(&text).unwrap_err();
        assert!(error.to_string().starts_with(&BitmapError::StrayBits.to_string()));
    }

    proptest! {
        #[test]
        fn forms_round_trip(words: [u64; 4]) {
            let bitmap = SlotBitmap::from_words([words[0], words[1], words[2], words[3] >> 4]).unwrap();
            prop_assert_eq!(SlotBitmap::from_fr(&bitmap.to_fr()), Ok(bitmap));
            let text = serde_json::to_string(&bitmap).unwrap();
            prop_assert_eq!(serde_json::from_str::<SlotBitmap>(&text).unwrap(), bitmap);
            let sum = (0..MAX_SLOTS).filter(|slot| bitmap.get(*slot)).count() as u32;
            prop_assert_eq!(sum, bitmap.count());
        }
    }
}
