//! From the tree to typed values, without stopping at the first mistake.
//!
//! Serde ends at the first error. Here an unknown key is reported and passed over, and a value
//! that cannot be read is reported, left out, and the mapping around it is read again without it.
//! Every field of the document is optional, so one mistake never hides another.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};

use super::problem::{Place, Problem, code};
use super::suggest;
use super::tree::{Entry, Node, Value};

/// More mistakes than these are not looked for; a person mends a few and runs again.
const MOST_PROBLEMS: usize = 200;

/// Keys that other tools or older AWS accept and that will not come back, with the way out.
const RETIRED: [(&str, &str); 6] = [
    ("launch_configuration", RETIRED_LAUNCH_CONFIGURATION),
    ("launch_configuration_name", RETIRED_LAUNCH_CONFIGURATION),
    ("LaunchConfigurationName", RETIRED_LAUNCH_CONFIGURATION),
    ("desired", "scaling owns the desired capacity; set `bounds` and remove this key"),
    ("desired_capacity", "scaling owns the desired capacity; set `bounds` and remove this key"),
    ("resource_label", "the label is derived from the target group; remove this key"),
];

const RETIRED_LAUNCH_CONFIGURATION: &str = "AWS retired launch configurations; describe the instances under `instances`, and a launch \
     template is made from it";

/// Reads a value, reporting every mistake. `None` when nothing readable is left.
pub(super) fn read<T: DeserializeOwned>(node: &Node, problems: &mut Vec<Problem>) -> Option<T> {
    let state = State::default();
    let outcome = loop {
        let before = state.skipped.borrow().len();
        match T::deserialize(Reader { node, state: &state }) {
            Ok(value) => break Some(value),
            Err(fault) => {
                let place = fault.place.unwrap_or(node.place);
                let kind = if fault.missing { code::MISSING } else { code::WRONG_VALUE };
                let problem = Problem::error(kind, Some(place), fault.message);
                state.problems.borrow_mut().push(match fault.help {
                    Some(help) => problem.help(help),
                    None => problem,
                });
                let stuck = place == node.place || !state.skipped.borrow_mut().insert(place);
                if stuck || before > MOST_PROBLEMS {
                    break None;
                }
            }
        }
    };
    problems.extend(state.problems.into_inner());
    outcome
}

#[derive(Default)]
struct State {
    problems: RefCell<Vec<Problem>>,
    /// Places of values that could not be read.
    skipped: RefCell<BTreeSet<Place>>,
}

/// Why a value could not be read.
#[derive(Debug)]
struct Fault {
    place: Option<Place>,
    message: String,
    help: Option<String>,
    missing: bool,
}

impl Fault {
    fn at(mut self, node: &Node) -> Self {
        self.place.get_or_insert(node.place);
        self
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { place: None, message: message.to_string(), help: None, missing: false }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format!("expected {}, found {}", plain(expected), shown(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self { missing: true, ..Self::custom(format!("`{field}` is missing")) }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let mut fault = Self::custom(format!("`{variant}` is none of {}", suggest::list(expected)));
        fault.help = suggest::nearest(variant, expected.iter().copied());
        fault
    }
}

/// Serde's words for a type in a person's words.
fn plain(expected: &dyn Expected) -> String {
    let words = expected.to_string();
    match words.as_str() {
        "u16" | "u32" | "u64" => "a whole number, 0 or more".to_owned(),
        "i32" | "i64" => "a whole number".to_owned(),
        "f64" => "a number".to_owned(),
        "a string" => "text".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a map" => "a mapping of names".to_owned(),
        "a sequence" => "a list".to_owned(),
        other if other.starts_with("struct ") => "a mapping".to_owned(),
        _ => words,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what YAML cannot hold is never found")]
fn shown(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Unsigned(number) => format!("`{number}`"),
        Unexpected::Signed(number) => format!("`{number}`"),
        Unexpected::Float(number) => format!("`{number}`"),
        Unexpected::Str(text) => format!("`{text}`"),
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a mapping".to_owned(),
        other => other.to_string(),
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    node: &'a Node,
    state: &'a State,
}

impl<'a> Reader<'a> {
    fn child(self, node: &'a Node) -> Self {
        Self { node, ..self }
    }

    fn readable(self, node: &Node) -> bool {
        !self.state.skipped.borrow().contains(&node.place)
    }

    fn entries(self) -> impl Iterator<Item = &'a Entry> {
        self.node.entries().iter().filter(move |entry| self.readable(&entry.node))
    }

    /// Reports a key that means nothing, once.
    fn unknown(self, entry: &Entry, fields: &'static [&'static str]) {
        let retired = RETIRED.iter().find(|(key, _)| *key == entry.key);
        let problem = match retired {
            Some((key, way_out)) => {
                Problem::error(code::RETIRED, Some(entry.key_place), format!("`{key}` is retired"))
                    .help(*way_out)
            }
            None => Problem::error(
                code::UNKNOWN_KEY,
                Some(entry.key_place),
                format!("`{}` is not known here", entry.key),
            )
            .help(
                suggest::nearest(&entry.key, fields.iter().copied())
                    .unwrap_or_else(|| format!("known here: {}", suggest::list(fields))),
            ),
        };
        let mut problems = self.state.problems.borrow_mut();
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => match u64::try_from(*value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i64(*value),
            },
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Text(text) => visitor.visit_str(text),
            Value::List(items) => visitor.visit_seq(Items { reader: self, items: items.iter() }),
            Value::Map(_) => visitor.visit_map(Fields::new(self, None)),
        }
        .map_err(|fault| fault.at(self.node))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if matches!(self.node.value, Value::Null) {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if !matches!(self.node.value, Value::Map(_)) {
            return self.deserialize_any(visitor);
        }
        visitor.visit_map(Fields::new(self, Some(fields))).map_err(|fault| fault.at(self.node))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let (tag, content) = match (&self.node.value, self.node.entries()) {
            (Value::Text(text), _) => (text.as_str(), None),
            (_, [entry]) => (entry.key.as_str(), Some(&entry.node)),
            _ => {
                let message = format!("expected exactly one of {}", suggest::list(variants));
                return Err(<Fault as de::Error>::custom(message).at(self.node));
            }
        };
        visitor
            .visit_enum(Choice { reader: self, tag, content })
            .map_err(|fault| fault.at(self.node))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// The items of a list, without those that could not be read.
struct Items<'a> {
    reader: Reader<'a>,
    items: std::slice::Iter<'a, Node>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let reader = self.reader;
        let next = self.items.by_ref().find(|item| reader.readable(item));
        next.map(|item| seed.deserialize(reader.child(item)).map_err(|fault| fault.at(item)))
            .transpose()
    }
}

/// The entries of a mapping, without those that could not be read or mean nothing.
struct Fields<'a> {
    entries: Vec<&'a Entry>,
    next: usize,
    reader: Reader<'a>,
}

impl<'a> Fields<'a> {
    fn new(reader: Reader<'a>, fields: Option<&'static [&'static str]>) -> Self {
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
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some(entry) = self.entries.get(self.next) else { return Ok(None) };
        seed.deserialize(de::value::StrDeserializer::<Fault>::new(&entry.key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let entry = self
            .entries
            .get(self.next)
            .ok_or_else(|| <Fault as de::Error>::custom("a value was asked for before its key"))?;
        self.next += 1;
        seed.deserialize(self.reader.child(&entry.node)).map_err(|fault| fault.at(&entry.node))
    }
}

/// One alternative of several: `tag` or `tag: content`.
struct Choice<'a> {
    reader: Reader<'a>,
    tag: &'a str,
    content: Option<&'a Node>,
}

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let tag = seed.deserialize(de::value::StrDeserializer::<Fault>::new(self.tag))?;
        Ok((tag, self))
    }
}

impl<'de> Choice<'de> {
    fn content(&self) -> Result<Reader<'de>, Fault> {
        let content = self.content.ok_or_else(|| {
            <Fault as de::Error>::custom(format!("`{}` needs a value of its own", self.tag))
        })?;
        Ok(self.reader.child(content))
    }
}

impl<'de> VariantAccess<'de> for Choice<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.content {
            None => Ok(()),
            Some(node) => Err(<Fault as de::Error>::custom(format!(
                "`{}` takes no value of its own",
                self.tag
            ))
            .at(node)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        let reader = self.content()?;
        seed.deserialize(reader).map_err(|fault| fault.at(reader.node))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.content()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.content()?.deserialize_struct("", fields, visitor)
    }
}
