//! Reading exactly what a schema says.
//!
//! What serde derives takes arrays for structs and `{"name": null}` for a name among several. Two programs can then read
//! two contents out of one document: the one that was verified, and the one that somebody acts on. [`Strict`] stands
//! between a format and the types, however deep they go, and hands on objects for structs and strings for names alone.

mod access;
mod choice;

use core::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};

use access::{Inside, Nested};
use choice::Choice;

/// A deserializer that takes objects for structs and strings for unit variants. Formats that do not describe themselves
/// (postcard) have nothing to tell apart, and do not go through it.
#[derive(Debug)]
pub struct Strict<D>(pub D);

/// Methods whose visitors never see another value inside.
macro_rules! leaves {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        }
    )*};
}

/// Methods whose visitors do.
macro_rules! nodes {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Nested(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    leaves! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_unit deserialize_identifier deserialize_ignored_any
    }

    nodes! { deserialize_any deserialize_option deserialize_seq deserialize_map }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Nested(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, Nested(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, Nested(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Object(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Choice { visitor, names })
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Takes the fields of an object, and nothing else.
struct Object<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Object<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Inside(fields))
    }
}

#[cfg(test)]
mod tests {
    use alloc::{
        collections::BTreeMap,
        string::{String, ToString as _},
        vec::Vec,
    };

    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::Strict;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Point {
        x: u8,
        y: u8,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Wrapped(Point);

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Shape {
        Empty,
        Named(String),
        Point { x: u8 },
        Pair(u8, u8),
    }

    fn read<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, String> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let value = T::deserialize(Strict(&mut reader)).map_err(|error| alloc::format!("{error}"))?;
        reader.end().map_err(|error| alloc::format!("{error}"))?;
        Ok(value)
    }

    #[test]
    fn structs_are_objects_however_deep() {
        assert_eq!(read(r#"{"x": 1, "y": 2}"#), Ok(Point { x: 1, y: 2 }));
        assert!(read::<Point>("[1, 2]").unwrap_err().contains("expected an object"));
        assert_eq!(read(r#"{"x": 1, "y": 2}"#), Ok(Wrapped(Point { x: 1, y: 2 })));
        read::<Wrapped>("[1, 2]").unwrap_err();
        read::<Vec<Point>>(r#"[{"x": 1, "y": 2}]"#).unwrap();
        read::<Vec<Point>>("[[1, 2]]").unwrap_err();
        read::<[Point; 1]>("[[1, 2]]").unwrap_err();
        read::<(u8, Point)>("[0, [1, 2]]").unwrap_err();
        read::<BTreeMap<String, Option<Point>>>(r#"{"a": {"x": 1, "y": 2}, "b": null}"#).unwrap();
        read::<BTreeMap<String, Option<Point>>>(r#"{"a": [1, 2]}"#).unwrap_err();
        assert!(read::<Point>(r#"{"x": 1, "x": 1, "y": 2}"#).unwrap_err().contains("duplicate field"));
    }

    #[test]
    fn names_are_strings_and_contents_are_objects() {
        assert_eq!(read(r#""empty""#), Ok(Shape::Empty));
        assert_eq!(read(r#"{"named": "a"}"#), Ok(Shape::Named("a".into())));
        assert_eq!(read(r#"{"point": {"x": 1}}"#), Ok(Shape::Point { x: 1 }));
        assert_eq!(read(r#"{"pair": [1, 2]}"#), Ok(Shape::Pair(1, 2)));
        for (json, says) in [
            (r#"{"empty": null}"#, "expected a string"),
            (r#"{"empty": {}}"#, "expected a string"),
            (r#""named""#, "expected an object"),
            (r#""point""#, "expected an object"),
            (r#"{"point": [1]}"#, "expected an object"),
            (r#"{"named": "a", "empty": null}"#, "one field"),
            (r#"{"named": "a", "named": "a"}"#, "one field"),
            ("{}", "one field"),
            (r#"["empty"]"#, r#"expected one of "empty", "named""#),
            ("null", "expected one of"),
            ("1", "expected one of"),
            (r#""other""#, "unknown variant `other`"),
            (r#"{"other": 1}"#, "unknown variant `other`"),
        ] {
            let error = read::<Shape>(json).unwrap_err();
            assert!(error.contains(says), "{json}: {error}");
        }
    }

    #[test]
    fn anything_can_still_be_read() {
        let value = json!({"a": [null, true, -1, 1, 1.5, "text", {"b": []}]});
        assert_eq!(read::<Value>(&value.to_string()), Ok(value));
    }
}
