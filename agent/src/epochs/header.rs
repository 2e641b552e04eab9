//! What a file of the folder is, told by its first fields: a directory may have a gigabyte, and there may be one for every
//! day of years.

use std::fmt;
use std::io::{BufRead, BufReader, Read};

use popw_core::document::{Document, EpochPublic};
use popw_network::epoch::directory::EpochDirectory;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A published epoch.
    Published,
    /// The directory of this epoch.
    Directory(u32),
    /// JSON of another kind, which may well lie there.
    Other,
}

/// Reads as much of a file as tells what it is; `Err` says why that cannot be told.
pub(super) fn kind(file: impl Read) -> Result<Kind, String> {
    let mut file = BufReader::new(file);
    let start = file.fill_buf().map_err(|error| format!("it cannot be read: {error}"))?;
    if start.is_empty() {
        return Err("it is empty".into());
    }
    if start.starts_with(b"\xef\xbb\xbf") {
        return Err("it begins with a byte order mark: save it as UTF-8 without one".into());
    }
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        return Err("it is UTF-16: save it as UTF-8, without a byte order mark".into());
    }
    let mut header = Header::default();
    let read = DeserializeSeed::deserialize(&mut header, &mut serde_json::Deserializer::from_reader(file));
    match (header.kind(), read) {
        (Some(kind), _) => Ok(kind),
        (None, Ok(())) if header.format.is_some() => Err("the field `epoch` is missing".into()),
        (None, Ok(())) => Ok(Kind::Other),
        (None, Err(error)) if error.is_eof() => Err(format!("it is cut off: {error}")),
        (None, Err(error)) if error.is_data() && header.format.is_none() => Ok(Kind::Other),
        (None, Err(error)) => Err(error.to_string()),
    }
}

/// The fields that tell.
#[derive(Debug, Default)]
struct Header {
    format: Option<String>,
    epoch: Option<u32>,
}

impl Header {
    /// `None` while more has to be read.
    fn kind(&self) -> Option<Kind> {
        match self.format.as_deref()? {
            EpochPublic::FORMAT => Some(Kind::Published),
            EpochDirectory::FORMAT => self.epoch.map(Kind::Directory),
            _ => Some(Kind::Other),
        }
    }
}

impl<'de> DeserializeSeed<'de> for &mut Header {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Header {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a document")
    }

    /// Ends as soon as it can; what serde says of the rest then is of no interest.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while self.kind().is_none() {
            match map.next_key::<String>()?.as_deref() {
                Some("format") => self.format = Some(map.next_value()?),
                Some("epoch") => self.epoch = Some(map.next_value()?),
                Some(_) => {
                    map.next_value::<IgnoredAny>()?;
                }
                None => break,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_fields_tell() {
        let directory =
            br#"{"format": "popw.epoch-directory", "version": 1, "domain": "7", "epoch": 3, "devi"#;
        assert_eq!(kind(&directory[..]), Ok(Kind::Directory(3)), "what follows is not looked at");
        let other_order = br#"{"devices": [{"a": [1, {}]}], "epoch": 4, "format": "popw.epoch-directory"}"#;
        assert_eq!(kind(&other_order[..]), Ok(Kind::Directory(4)));
        assert_eq!(kind(&br#"{"format": "popw.epoch""#[..]), Ok(Kind::Published));
        for other in
            ["{\"format\": \"popw.proof\", ", "{}", "[1, 2]", "7", "{\"format\": 7}", "{\"epoch\": \"x\"}"]
        {
            assert_eq!(kind(other.as_bytes()), Ok(Kind::Other), "{other}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_said() {
        for (bytes, said) in [
            (&b""[..], "empty"),
            (b"\xef\xbb\xbf{}", "byte order mark"),
            (b"\xff\xfe{\0}\0", "UTF-16"),
            (b"{\"format\": \"popw.ep", "cut off"),
            (b"{\"format\": \"popw.epoch-directory\", \"version\": 1", "cut off"),
            (b"no document at all", "expected"),
            (b"{\"format\": \"popw.epoch-directory\"}", "`epoch` is missing"),
            (b"{\"format\": \"popw.epoch-directory\", \"epoch\": -1}", "-1"),
        ] {
            let problem = kind(bytes).expect_err(said);
            assert!(problem.contains(said), "{said}: {problem}");
        }
    }
}
