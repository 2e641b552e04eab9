//! `#[serde(with = …)]` modules. Formats for people get decimal or hex text, binary formats fixed bytes.

/// A field element: a decimal string, or 32 big-endian bytes in binary formats.
pub mod decimal {
    use alloc::string::String;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::{Fr, field};

    /// Writes the element.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(value: &Fr, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&field::to_decimal(value))
        } else {
            field::to_be_bytes(value).serialize(serializer)
        }
    }

    /// Reads the element.
    ///
    /// # Errors
    /// For values of r or more and for any but the canonical spelling.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fr, D::Error> {
        if deserializer.is_human_readable() {
            field::from_decimal(&String::deserialize(deserializer)?).map_err(D::Error::custom)
        } else {
            field::from_be_bytes(&<[u8; 32]>::deserialize(deserializer)?).map_err(D::Error::custom)
        }
    }
}

/// A list of field elements, each as in [`decimal`].
pub mod decimals {
    use alloc::vec::Vec;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Fr;

    #[derive(Serialize, Deserialize)]
    struct Element(#[serde(with = "super::decimal")] Fr);

    /// Writes the list.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(values: &[Fr], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|value| Element(*value)))
    }

    /// Reads the list.
    ///
    /// # Errors
    /// If one element is not as [`decimal`](super::decimal) wants it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Fr>, D::Error> {
        let elements = Vec::<Element>::deserialize(deserializer)?;
        Ok(elements.into_iter().map(|Element(value)| value).collect())
    }
}

/// Eight field elements, each as in [`decimal`].
pub mod decimal8 {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Fr;

    #[derive(Serialize, Deserialize)]
    struct Element(#[serde(with = "super::decimal")] Fr);

    /// Writes the elements.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(values: &[Fr; 8], serializer: S) -> Result<S::Ok, S::Error> {
        values.map(Element).serialize(serializer)
    }

    /// Reads the elements.
    ///
    /// # Errors
    /// If there are not eight, or one is not as [`decimal`](super::decimal) wants it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[Fr; 8], D::Error> {
        Ok(<[Element; 8]>::deserialize(deserializer)?.map(|Element(value)| value))
    }
}

/// 32 bytes: 64 lower-case hex digits without `0x`, or the bytes themselves in binary formats.
pub mod hex32 {
    use alloc::string::String;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::decode_hex;
    use crate::field::FieldError;

    /// Writes the bytes.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&hex::encode(bytes))
        } else {
            bytes.serialize(serializer)
        }
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// For anything but 64 lower-case hex digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        if deserializer.is_human_readable() {
            let bytes = decode_hex(&String::deserialize(deserializer)?).map_err(D::Error::custom)?;
            bytes.try_into().map_err(|_| D::Error::custom(FieldError::NotHex))
        } else {
            <[u8; 32]>::deserialize(deserializer)
        }
    }
}

/// A list of 32 bytes each, as in [`hex32`].
pub mod hex32s {
    use alloc::vec::Vec;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Bytes(#[serde(with = "super::hex32")] [u8; 32]);

    /// Writes the list.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(list: &[[u8; 32]], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|bytes| Bytes(*bytes)))
    }

    /// Reads the list.
    ///
    /// # Errors
    /// If one item is not as [`hex32`](super::hex32) wants it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<[u8; 32]>, D::Error> {
        Ok(Vec::<Bytes>::deserialize(deserializer)?.into_iter().map(|Bytes(bytes)| bytes).collect())
    }
}

/// Bytes of any length: lower-case hex digits without `0x`, or the bytes themselves in binary formats.
pub mod hex_bytes {
    use alloc::{string::String, vec::Vec};

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::decode_hex;

    /// Writes the bytes.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&hex::encode(bytes))
        } else {
            bytes.serialize(serializer)
        }
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// For anything but an even number of lower-case hex digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        if deserializer.is_human_readable() {
            decode_hex(&String::deserialize(deserializer)?).map_err(D::Error::custom)
        } else {
            Vec::deserialize(deserializer)
        }
    }
}

/// Perhaps 32 bytes: as [`hex32`], or nothing.
pub mod hex32_option {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Bytes(#[serde(with = "super::hex32")] [u8; 32]);

    /// Writes the bytes, if any.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(bytes: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
        bytes.map(Bytes).serialize(serializer)
    }

    /// Reads the bytes, if any.
    ///
    /// # Errors
    /// Those of [`hex32`](super::hex32).
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<[u8; 32]>, D::Error> {
        Ok(Option::<Bytes>::deserialize(deserializer)?.map(|Bytes(bytes)| bytes))
    }
}

/// Perhaps bytes: as [`hex_bytes`], or nothing.
pub mod hex_bytes_option {
    use alloc::vec::Vec;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Bytes(#[serde(with = "super::hex_bytes")] Vec<u8>);

    /// Writes the bytes, if any.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
        bytes.clone().map(Bytes).serialize(serializer)
    }

    /// Reads the bytes, if any.
    ///
    /// # Errors
    /// Those of [`hex_bytes`](super::hex_bytes).
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
        Ok(Option::<Bytes>::deserialize(deserializer)?.map(|Bytes(bytes)| bytes))
    }
}

fn decode_hex(text: &str) -> Result<alloc::vec::Vec<u8>, super::FieldError> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(super::FieldError::NotHex);
    }
    hex::decode(text).map_err(|_| super::FieldError::NotHex)
}
