//! From the tree to typed values, without stopping at the first mistake.
//!
//! Serde ends at the first error. Here an unknown key is reported and passed over, and a value
//! that cannot be read is reported, left out, and the mapping around it is read again without it.
//! Every field of the document is optional, so one mistake never hides another.

mod access;
mod fault;

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::{DeserializeOwned, Deserializer, Visitor};

use access::{Choice, Fields, Items};
use fault::Fault;

use super::problem::{Problem, code};
use super::suggest;
use super::tree::{Entry, LIMITS, Node, Value};

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
        match T::deserialize(Reader { node, state: &state }) {
            Ok(value) => break Some(value),
            Err(fault) => {
                let culprit = fault.culprit.unwrap_or(node);
                if let Some(problem) = fault.into_problem(node.place) {
                    state.problems.borrow_mut().push(problem);
                }
                let skipped = state.skipped.borrow_mut().insert(culprit);
                let enough = state.problems.borrow().len() > LIMITS.problems;
                if std::ptr::eq(culprit, node) || !skipped || enough {
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
    /// Values that could not be read, by identity: an alias can repeat a place.
    skipped: RefCell<BTreeSet<*const Node>>,
    /// Keys that mean nothing and were reported.
    unknown: RefCell<BTreeSet<*const Entry>>,
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
        !self.state.skipped.borrow().contains(&std::ptr::from_ref(node))
    }

    fn entries(self) -> impl Iterator<Item = &'a Entry> {
        self.node.entries().iter().filter(move |entry| self.readable(&entry.node))
    }

    /// Reports a key that means nothing, once.
    fn unknown(self, entry: &Entry, fields: &'static [&'static str]) {
        let mut problems = self.state.problems.borrow_mut();
        if problems.len() > LIMITS.problems || !self.state.unknown.borrow_mut().insert(entry) {
            return;
        }
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
        problems.push(problem);
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Fault<'de>;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault<'de>> {
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

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault<'de>> {
        if matches!(self.node.value, Value::Null) {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault<'de>> {
        // A key with nothing behind it, its entries commented out perhaps, is an empty mapping.
        if matches!(self.node.value, Value::Null) {
            return visitor.visit_map(Fields::new(self, None)).map_err(|fault| fault.at(self.node));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault<'de>> {
        if !matches!(self.node.value, Value::Map(_) | Value::Null) {
            return self.deserialize_any(visitor).map_err(|fault| fault.holds(fields));
        }
        visitor.visit_map(Fields::new(self, Some(fields))).map_err(|fault| fault.at(self.node))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault<'de>> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault<'de>> {
        let (tag, content) = match (&self.node.value, self.node.entries()) {
            (Value::Text(text), _) => (text.as_str(), None),
            (_, [entry]) if self.readable(&entry.node) => (entry.key.as_str(), Some(entry)),
            (_, [_]) => return Err(Fault::follows(self.node)),
            (_, entries) => return Err(Fault::not_one_of(self.node, entries, variants)),
        };
        visitor
            .visit_enum(Choice { reader: self, tag, content })
            .map_err(|fault| fault.at(self.node))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct identifier ignored_any
    }
}
