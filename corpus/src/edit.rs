//! Changes of something valid.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Takes `remove` bytes out at `at` and puts `insert` there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Offset in bytes.
    pub at: usize,
    /// Bytes taken out.
    pub remove: usize,
    /// Bytes put there, hex.
    pub insert: String,
}

/// Replaces the value at `pointer` (RFC 6901).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldEdit {
    /// Where.
    pub pointer: String,
    /// The new value.
    pub value: Value,
}

pub(crate) fn apply(mut bytes: Vec<u8>, edits: &[Edit]) -> Result<Vec<u8>, String> {
    for edit in edits {
        let end = edit.at.checked_add(edit.remove).filter(|end| *end <= bytes.len());
        let end =
            end.ok_or_else(|| format!("an edit at {} lies outside of {} bytes", edit.at, bytes.len()))?;
        let insert = hex::decode(&edit.insert).map_err(|error| format!("edit at {}: {error}", edit.at))?;
        bytes.splice(edit.at..end, insert);
    }
    Ok(bytes)
}

pub(crate) fn change(mut document: Value, edits: &[FieldEdit]) -> Result<Value, String> {
    for FieldEdit { pointer, value } in edits {
        *document.pointer_mut(pointer).ok_or_else(|| format!("no field {pointer}"))? = value.clone();
    }
    Ok(document)
}

/// 32 big-endian bytes of a decimal number below 2^256.
pub(crate) fn decimal(text: &str) -> Option<[u8; 32]> {
    let mut number = [0u8; 32];
    for digit in text.bytes() {
        let mut carry = u16::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
        for byte in number.iter_mut().rev() {
            carry += u16::from(*byte) * 10;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return None;
        }
    }
    (!text.is_empty()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        assert_eq!(decimal("0"), Some([0; 32]));
        let mut expected = [0; 32];
        expected[30..].copy_from_slice(&[1, 2]);
        assert_eq!(decimal("258"), Some(expected));
        let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        assert_eq!(decimal(most), Some([0xff; 32]));
        let more = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
        assert_eq!([decimal(more), decimal(""), decimal("-1"), decimal("0x1")], [None; 4]);
    }

    #[test]
    fn edits() {
        let edit = |at, remove, insert: &str| Edit { at, remove, insert: insert.into() };
        assert_eq!(apply(vec![1, 2, 3], &[edit(1, 1, "0405")]), Ok(vec![1, 4, 5, 3]));
        assert_eq!(apply(vec![1, 2, 3], &[edit(3, 0, "00")]), Ok(vec![1, 2, 3, 0]));
        assert!(apply(vec![1], &[edit(1, 1, "")]).is_err());
        assert!(apply(vec![1], &[edit(usize::MAX, 2, "")]).is_err());
        assert!(apply(vec![1], &[edit(0, 0, "0")]).is_err());
        let edits = [FieldEdit { pointer: "/a/b".into(), value: 2.into() }];
        assert_eq!(
            change(serde_json::json!({"a": {"b": 1}}), &edits),
            Ok(serde_json::json!({"a": {"b": 2}}))
        );
        assert!(change(serde_json::json!({"a": 1}), &edits).is_err());
    }
}
