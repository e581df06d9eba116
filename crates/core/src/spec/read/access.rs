//! The parts of a value, without those that could not be read.

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::Reader;
use super::fault::Fault;
use crate::spec::tree::{Entry, Node, Value};

/// The items of a list, without those that could not be read.
pub(super) struct Items<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) items: std::slice::Iter<'a, Node>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Fault<'de>;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault<'de>> {
        let reader = self.reader;
        let next = self.items.by_ref().find(|item| reader.readable(item));
        next.map(|item| seed.deserialize(reader.child(item)).map_err(|fault| fault.at(item)))
            .transpose()
    }
}

/// The entries of a mapping, without those that could not be read or mean nothing.
pub(super) struct Fields<'a> {
    entries: Vec<&'a Entry>,
    next: usize,
    pub(super) reader: Reader<'a>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(reader: Reader<'a>, fields: Option<&'static [&'static str]>) -> Self {
        let (known, unknown): (Vec<_>, Vec<_>) = reader
            .entries()
            .partition(|entry| fields.is_none_or(|fields| fields.contains(&entry.key.as_str())));
        for entry in unknown {
            reader.unknown(entry, fields.unwrap_or_default());
        }
        Self { entries: known, next: 0, reader }
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Fault<'de>;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault<'de>> {
        let Some(entry) = self.entries.get(self.next) else { return Ok(None) };
        seed.deserialize(de::value::StrDeserializer::<Fault<'de>>::new(&entry.key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Fault<'de>> {
        let entry = self.entries.get(self.next).ok_or_else(|| {
            <Fault<'_> as de::Error>::custom("a value was asked for before its key")
        })?;
        self.next += 1;
        seed.deserialize(self.reader.child(&entry.node))
            .map_err(|fault| fault.at(&entry.node).named(entry))
    }
}

/// One alternative of several: `tag` or `tag: content`.
pub(super) struct Choice<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) tag: &'a str,
    pub(super) content: Option<&'a Entry>,
}

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Fault<'de>;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), Fault<'de>> {
        let tag = seed
            .deserialize(de::value::StrDeserializer::<Fault<'de>>::new(self.tag))
            .map_err(|fault| match self.content {
                Some(entry) => fault.shown_at(entry.key_place),
                None => fault,
            })?;
        Ok((tag, self))
    }
}

impl<'de> Choice<'de> {
    fn content(&self) -> Result<Reader<'de>, Fault<'de>> {
        let entry = self.content.ok_or_else(|| {
            <Fault<'_> as de::Error>::custom(format!("`{}` needs a value of its own", self.tag))
        })?;
        Ok(self.reader.child(&entry.node))
    }
}

impl<'de> VariantAccess<'de> for Choice<'de> {
    type Error = Fault<'de>;

    fn unit_variant(self) -> Result<(), Fault<'de>> {
        match self.content {
            Some(entry) if !matches!(entry.node.value, Value::Null) => {
                let message = format!("`{}` takes no value of its own", self.tag);
                Err(<Fault<'_> as de::Error>::custom(message)
                    .with_help(format!("write `{}` alone", self.tag))
                    .shown_at(entry.node.place))
            }
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Fault<'de>> {
        let reader = self.content()?;
        seed.deserialize(reader).map_err(|fault| match self.content {
            Some(entry) => fault.at(reader.node).named(entry),
            None => fault.at(reader.node),
        })
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault<'de>> {
        self.content()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault<'de>> {
        self.content()?.deserialize_struct("", fields, visitor)
    }
}
