//! One of several names: a string, or, for a name with content, an object of that one field.

use core::{fmt, marker::PhantomData};

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, Unexpected, VariantAccess,
    Visitor, value::StrDeserializer,
};

use super::access::Seed;

/// Reads an enum.
pub(super) struct Choice<V> {
    pub(super) visitor: V,
    pub(super) names: &'static [&'static str],
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Choice<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.names.len() > 1 { "one of " } else { "" })?;
        for (i, name) in self.names.iter().enumerate() {
            write!(f, "{}\"{name}\"", if i > 0 { ", " } else { "" })?;
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<V::Value, E> {
        self.visitor.visit_enum(Bare { name, error: PhantomData::<E> })
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Filled(fields))
    }
}

/// A name without content.
struct Bare<'a, E> {
    name: &'a str,
    error: PhantomData<E>,
}

impl<'de, E: Error> EnumAccess<'de> for Bare<'_, E> {
    type Error = E;
    type Variant = Nothing<E>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Nothing<E>), E> {
        let name = seed.deserialize(StrDeserializer::<E>::new(self.name))?;
        Ok((name, Nothing(self.error)))
    }
}

/// The content of a name without content.
struct Nothing<E>(PhantomData<E>);

impl<E: Error> Nothing<E> {
    fn missing<T>() -> Result<T, E> {
        Err(E::invalid_type(Unexpected::Other("string"), &"an object with the content"))
    }
}

impl<'de, E: Error> VariantAccess<'de> for Nothing<E> {
    type Error = E;

    fn unit_variant(self) -> Result<(), E> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, E> {
        Self::missing()
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, E> {
        Self::missing()
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, E> {
        Self::missing()
    }
}

/// An object whose one field is a name with its content.
struct Filled<A>(A);

impl<'de, A: MapAccess<'de>> Filled<A> {
    fn content<T: DeserializeSeed<'de>>(mut self, seed: T) -> Result<T::Value, A::Error> {
        let content = self.0.next_value_seed(Seed(seed))?;
        match self.0.next_key::<IgnoredAny>()? {
            None => Ok(content),
            Some(_) => Err(not_one()),
        }
    }
}

fn not_one<E: Error>() -> E {
    E::custom("expected an object with exactly one field, which names the content")
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Filled<A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<(S::Value, Self), A::Error> {
        match self.0.next_key_seed(seed)? {
            Some(name) => Ok((name, self)),
            None => Err(not_one()),
        }
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Filled<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        Err(A::Error::invalid_type(Unexpected::Map, &"a string"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.content(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.content(Content { visitor, len: Some(len) })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.content(Content { visitor, len: None })
    }
}

/// What a variant of several fields holds: a list of so many, or an object.
struct Content<V> {
    visitor: V,
    len: Option<usize>,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Content<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        match self.len {
            Some(len) => value.deserialize_tuple(len, self.visitor),
            None => value.deserialize_struct("", &[], self.visitor),
        }
    }
}
