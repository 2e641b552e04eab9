//! A directory as it comes from the registry, without holding it: serialised field by field, row by row.

use std::cell::RefCell;

use popw_core::Fr;
use popw_core::document::Version;
use serde::ser::{Error as _, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

use super::{DirectoryEntry, DirectoryFormat};
use crate::database::DatabaseError;
use crate::epoch::EpochError;
use crate::files::FileError;
use crate::member::Role;
use crate::registry::Registry;

/// Serialises as the directory of `epoch`. Serde has no place for an error of the registry: it is kept aside.
pub(super) struct Stream<'a> {
    registry: &'a Registry,
    epoch: u32,
    refused: RefCell<Option<EpochError>>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(registry: &'a Registry, epoch: u32) -> Self {
        Self { registry, epoch, refused: RefCell::new(None) }
    }

    /// The registry's error, if there was one, else that of writing.
    pub(super) fn outcome(self, written: Result<(), FileError>) -> Result<(), EpochError> {
        match (written, self.refused.into_inner()) {
            (Err(_), Some(error)) => Err(error),
            (written, _) => Ok(written?),
        }
    }
}

impl Serialize for Stream<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Decimal(#[serde(with = "popw_core::field::decimal")] Fr);

        let mut document = serializer.serialize_struct("EpochDirectory", 6)?;
        document.serialize_field("format", &DirectoryFormat::EpochDirectory)?;
        document.serialize_field("version", &Version::<1>)?;
        document.serialize_field("domain", &Decimal(self.registry.domain()))?;
        document.serialize_field("epoch", &self.epoch)?;
        document.serialize_field("devices", &List { stream: self, role: Role::Device })?;
        document.serialize_field("witnesses", &List { stream: self, role: Role::Witness })?;
        document.end()
    }
}

struct List<'a> {
    stream: &'a Stream<'a>,
    role: Role,
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

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut place = 0;
        let visited = self.stream.registry.each_active(self.role, self.stream.epoch, |member| {
            let entry = DirectoryEntry::new(place, member).map_err(Stop::Registry)?;
            place += 1;
            list.serialize_element(&entry).map_err(Stop::Serializer)
        });
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
