//! The spec's text as a tree in which every node knows its place.
//!
//! Overlays are merged on this tree and not on typed values: a value keeps the place where it was
//! written, whichever layer it came from, and a layer may hold any part of a service.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Options, Spanned};

use super::problem::{Place, Problem, code};

/// How much a spec may ask of the reader. Alfred, with eight services, is 9 KB and 600 nodes; the
/// limits leave two orders of magnitude and still end a hostile file within milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most bytes of a file.
    pub file_bytes: usize,
    /// Most nodes, aliases expanded.
    pub nodes: usize,
    /// Deepest nesting.
    pub depth: usize,
}

/// The limits in force.
pub const LIMITS: Limits = Limits { file_bytes: 1024 * 1024, nodes: 50_000, depth: 32 };

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// What a node holds. Scalars keep their text, so that `0123` can be read as the account it is.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its place, and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Place,
    pub(super) node: Node,
}

impl Node {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with it as YAML, or which limit it breaks.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        if text.len() > LIMITS.file_bytes {
            return Err(Problem::error(
                code::TOO_LARGE,
                None,
                format!("the file has more than {} bytes", LIMITS.file_bytes),
            )
            .help("a spec describes one platform; move user data to files of its own"));
        }
        let raw: Raw = serde_saphyr::from_str_with_options(text, options())
            .map_err(|error| unreadable(&error))?;
        Ok(raw.into_node(text))
    }

    /// An empty mapping, at no place.
    pub(super) fn empty() -> Self {
        Self { place: Place::default(), value: Value::Map(Vec::new()) }
    }

    /// The entries, when this is a mapping.
    pub(super) fn entries(&self) -> &[Entry] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The value of a key, when this is a mapping that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The node at a path of keys.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// This mapping without one of its keys.
    pub(super) fn without(mut self, key: &str) -> Self {
        if let Value::Map(entries) = &mut self.value {
            entries.retain(|entry| entry.key != key);
        }
        self
    }

    /// This tree with another laid over it: mappings merge key by key, `null` takes a key away,
    /// and everything else replaces. A key of [`CHOICES`] replaces whole, since it holds one
    /// alternative of several.
    #[must_use]
    pub(super) fn overlaid(mut self, top: &Node) -> Self {
        let (Value::Map(entries), Value::Map(over)) = (&mut self.value, &top.value) else {
            return top.clone();
        };
        for entry in over {
            let below = entries.iter().position(|under| under.key == entry.key);
            let Some(under) = below.map(|index| entries.remove(index)) else {
                entries.push(entry.clone());
                continue;
            };
            if matches!(entry.node.value, Value::Null) {
                continue;
            }
            let node = if CHOICES.contains(&entry.key.as_str()) {
                entry.node.clone()
            } else {
                under.node.overlaid(&entry.node)
            };
            entries.push(Entry { node, ..entry.clone() });
        }
        self
    }
}

/// Keys whose value is one alternative of several: an overlay that names another alternative
/// replaces the first and does not stand beside it.
pub(super) const CHOICES: [&str; 5] = ["subnets", "security_groups", "image", "machine", "metric"];

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: LIMITS.nodes,
            max_events: LIMITS.nodes * 4,
            max_depth: LIMITS.depth,
            max_documents: 1,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: LIMITS.nodes },
    }
}

fn unreadable(error: &serde_saphyr::Error) -> Problem {
    let place = error.location().map(place_of);
    let error = error.without_snippet();
    let message = error.to_string();
    let hostile = ["budget", "limit", "alias", "depth", "recursion"];
    let (code, help) = if hostile.iter().any(|word| message.to_lowercase().contains(word)) {
        (code::TOO_LARGE, "a spec may hold 50,000 nodes, 32 levels deep, aliases expanded")
    } else {
        (code::NOT_YAML, "the file must be one YAML document with a mapping at the top")
    };
    Problem::error(code, place, message).help(help)
}

fn place_of(location: serde_saphyr::Location) -> Place {
    let span = location.span();
    let offset = span.byte_offset().unwrap_or(0);
    Place {
        line: u32::try_from(location.line()).unwrap_or(u32::MAX),
        column: u32::try_from(location.column()).unwrap_or(u32::MAX),
        offset: u32::try_from(offset).unwrap_or(u32::MAX),
        length: u32::try_from(span.byte_len().unwrap_or(0)).unwrap_or(u32::MAX),
    }
}

/// A node as the YAML reader hands it out.
struct Raw(Spanned<RawValue>);

enum RawValue {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Raw>),
    Map(Vec<(Spanned<String>, Raw)>),
}

impl Raw {
    fn into_node(self, text: &str) -> Node {
        let mut place = place_of(self.0.referenced);
        // The reader marks where a collection begins; its first line is what a person
        // wants to see underlined.
        if matches!(self.0.value, RawValue::List(_) | RawValue::Map(_)) {
            place.length = first_line(text, place);
        }
        let value = match self.0.value {
            RawValue::Null => Value::Null,
            RawValue::Bool(value) => Value::Bool(value),
            RawValue::Int(value) => Value::Int(value),
            RawValue::Float(value) => Value::Float(value),
            RawValue::Text(value) => Value::Text(value),
            RawValue::List(items) => {
                Value::List(items.into_iter().map(|item| item.into_node(text)).collect())
            }
            RawValue::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, node)| Entry {
                        key_place: place_of(key.referenced),
                        key: key.value,
                        node: node.into_node(text),
                    })
                    .collect(),
            ),
        };
        Node { place, value }
    }
}

fn first_line(text: &str, place: Place) -> u32 {
    let rest = text.get(place.offset as usize..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let code = line.split(" #").next().unwrap_or_default();
    u32::try_from(code.trim_end().len()).unwrap_or(u32::MAX).max(1)
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_none<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawValue, D::Error> {
        RawValue::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawValue, E> {
        Ok(RawValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<RawValue, E> {
        Ok(RawValue::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<RawValue, E> {
        Ok(i64::try_from(value).map_or_else(|_| RawValue::Text(value.to_string()), RawValue::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<RawValue, E> {
        Ok(RawValue::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<RawValue, E> {
        Ok(RawValue::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<RawValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(RawValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(RawValue::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_place() {
        let tree = Node::parse("a: 1\nb:\n  c: [x, 'y z']\n  d: 012\n").unwrap();
        let place = |path: &[&str]| tree.at(path).unwrap().place;
        assert_eq!(place(&["a"]).to_string(), "1:4");
        assert_eq!(place(&["b", "c"]).to_string(), "3:6");
        let Value::List(items) = &tree.at(&["b", "c"]).unwrap().value else { panic!() };
        assert_eq!((items[1].place.column, items[1].place.length), (10, 5));
    }

    #[test]
    fn an_overlay_merges_removes_and_keeps_places() {
        let base = Node::parse("a: {x: 1, y: 2}\nimage: {id: ami-1}\nb: 1\n").unwrap();
        let top = Node::parse("a: {y: 3}\nimage: {ssm: /p}\nb: null\n").unwrap();
        let merged = base.overlaid(&top);
        assert!(matches!(merged.at(&["a", "x"]).unwrap().value, Value::Int(1)));
        assert!(matches!(merged.at(&["a", "y"]).unwrap().value, Value::Int(3)));
        assert!(merged.at(&["image", "id"]).is_none());
        assert!(merged.get("b").is_none());
    }

    #[test]
    fn hostile_files_are_refused_quickly() {
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let alias = format!("*a{}", level - 1);
            bomb.extend([format!("a{level}: &a{level} [{}]\n", vec![alias; 9].join(","))]);
        }
        let deep = "[".repeat(10_000);
        let large = "x".repeat(LIMITS.file_bytes + 1);
        for text in [&bomb, &deep, &large] {
            let problem = Node::parse(text).unwrap_err();
            assert_eq!(problem.code, code::TOO_LARGE, "{}", problem.message);
        }
    }

    #[test]
    fn what_is_no_yaml_says_where() {
        let problem = Node::parse("a: [1\nb: }\n").unwrap_err();
        assert_eq!(problem.code, code::NOT_YAML);
        assert!(problem.place.is_some());
    }
}
