//! A directory as it comes from the registry, without holding it: serialised field by field, row by row.

use std::cell::RefCell;

use popw_core::Fr;
use popw_core::document::Version;
use serde::ser::{Error as _, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

use super::source::Source;
use super::{DirectoryAllotment, DirectoryFormat, DirectorySector, List};
use crate::database::DatabaseError;
use crate::epoch::EpochError;
use crate::files::FileError;
use crate::member::Role;

/// Serialises as an epoch's directory. Serde has no place for an error of the registry: it is kept aside.
pub(super) struct Stream<'a> {
    source: Source<'a>,
    refused: RefCell<Option<EpochError>>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(source: Source<'a>) -> Self {
        Self { source, refused: RefCell::new(None) }
    }

    /// The registry's error, if there was one, else that of writing.
    pub(super) fn outcome(self, written: Result<(), FileError>) -> Result<(), EpochError> {
        match (written, self.refused.into_inner()) {
            (Err(_), Some(error)) => Err(error),
            (written, _) => Ok(written?),
        }
    }

    fn list(&self, list: List) -> Rows<'_> {
        Rows { stream: self, list }
    }
}

impl Serialize for Stream<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Decimal(#[serde(with = "popw_core::field::decimal")] Fr);

        let mut document = serializer.serialize_struct("EpochDirectory", 8)?;
        document.serialize_field("format", &DirectoryFormat::EpochDirectory)?;
        document.serialize_field("version", &Version::<1>)?;
        document.serialize_field("domain", &Decimal(self.source.registry.domain()))?;
        document.serialize_field("epoch", &self.source.epoch)?;
        document.serialize_field("devices", &self.list(List::Device))?;
        document.serialize_field("witnesses", &self.list(List::Witness))?;
        document.serialize_field("sectors", &self.list(List::Sector))?;
        document.serialize_field("allotments", &self.list(List::Allotment))?;
        document.end()
    }
}

struct Rows<'a> {
    stream: &'a Stream<'a>,
    list: List,
}

enum Stop<E> {
    Registry(EpochError),
    Serializer(E),
}

impl<E> From<DatabaseError> for Stop<E> {
    fn from(error: DatabaseError) -> Self {
        Self::Registry(error.into())
    }
}

impl<E> From<EpochError> for Stop<E> {
    fn from(error: EpochError) -> Self {
        Self::Registry(error)
    }
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let source = &self.stream.source;
        let visited = match self.list {
            List::Device => source.members(Role::Device, |entry| push(&mut list, &entry)),
            List::Witness => source.members(Role::Witness, |entry| push(&mut list, &entry)),
            List::Sector => source.listed::<DirectorySector, _>(|sector| push(&mut list, &sector)),
            List::Allotment => {
                source.listed::<DirectoryAllotment, _>(|allotment| push(&mut list, &allotment))
            }
        };
        match visited {
            Ok(()) => list.end(),
            Err(Stop::Serializer(error)) => Err(error),
            Err(Stop::Registry(error)) => {
                let text = error.to_string();
                *self.stream.refused.borrow_mut() = Some(error);
                Err(S::Error::custom(text))
            }
        }
    }
}

fn push<L: SerializeSeq>(list: &mut L, row: &impl Serialize) -> Result<(), Stop<L::Error>> {
    list.serialize_element(row).map_err(Stop::Serializer)
}
