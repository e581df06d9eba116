//! From text to [`Node`]s: the YAML reader, its limits and its refusals.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, Options, Spanned};

use super::refusal::{too_large, unreadable};
use super::{Entry, LIMITS, Node, Value};
use crate::spec::problem::{Place, Problem, code};

impl Node {
    /// Reads a text, and reports what is wrong in it but leaves it readable.
    ///
    /// # Errors
    /// What is wrong with it as YAML, or which limit it breaks.
    pub(in crate::spec) fn parse(text: &str) -> Result<(Self, Vec<Problem>), Problem> {
        if text.len() > LIMITS.file_bytes {
            let message = format!(
                "the file has {} bytes; a spec holds {} at most",
                text.len(),
                LIMITS.file_bytes
            );
            return Err(Problem::error(code::TOO_LARGE, None, message)
                .help("a spec describes one platform; move user data to files of its own"));
        }
        let raw: Raw = serde_saphyr::from_str_with_options(text, options())
            .map_err(|error| unreadable(text, error.without_snippet()))?;
        let mut builder = Builder { text, nodes: 0, problems: Vec::new() };
        let root = builder.node(raw, false)?;
        Ok((root, builder.problems))
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: LIMITS.nodes,
            max_events: LIMITS.nodes * 4,
            max_depth: LIMITS.depth,
            max_documents: 1,
            max_recorded_anchor_events: LIMITS.nodes * 4,
            max_merge_keys: LIMITS.keys,
            // What aliases unfold to is limited, and not how often one is used.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: LIMITS.nodes },
        // Duplicates are reported here, beside every other mistake.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        reject_unsupported_tags: true,
    }
}

pub(super) fn place_of(location: Location) -> Place {
    let span = location.span();
    let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    Place {
        line: number(location.line()),
        column: number(location.column()),
        offset: number(span.byte_offset().unwrap_or(0)),
        length: number(span.byte_len().unwrap_or(0)),
        ..Place::default()
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

/// Gives every node the place that a person would point to.
struct Builder<'a> {
    text: &'a str,
    nodes: usize,
    problems: Vec<Problem>,
}

impl Builder<'_> {
    /// `inside_alias`: a value that an alias repeats lies where it was written, and only the alias
    /// itself lies where it is used.
    fn node(&mut self, raw: Raw, inside_alias: bool) -> Result<Node, Problem> {
        self.nodes += 1;
        let spanned = raw.0;
        let mut place = place_of(if inside_alias { spanned.defined } else { spanned.referenced });
        if self.nodes > LIMITS.nodes {
            return Err(too_large(Some(place), &BudgetBreach::Nodes { nodes: self.nodes }));
        }
        let inside_alias = inside_alias || spanned.defined != spanned.referenced;
        let value = match spanned.value {
            RawValue::Null => Value::Null,
            RawValue::Bool(value) => Value::Bool(value),
            RawValue::Int(value) => Value::Int(value),
            RawValue::Float(value) => Value::Float(value),
            RawValue::Text(value) => Value::Text(value),
            RawValue::List(items) => {
                place.length = self.first_line(place);
                let items = items.into_iter().map(|item| self.node(item, inside_alias));
                Value::List(items.collect::<Result<_, _>>()?)
            }
            RawValue::Map(entries) => {
                place.length = self.first_line(place);
                Value::Map(self.entries(entries, place, inside_alias)?)
            }
        };
        Ok(Node { place, value })
    }

    fn entries(
        &mut self,
        raw: Vec<(Spanned<String>, Raw)>,
        place: Place,
        inside_alias: bool,
    ) -> Result<Vec<Entry>, Problem> {
        if raw.len() > LIMITS.keys {
            let message =
                format!("a mapping holds {} keys at most, not {}", LIMITS.keys, raw.len());
            return Err(Problem::error(code::TOO_LARGE, Some(place), message)
                .help("a spec describes one platform; split it"));
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(raw.len());
        let mut seen: BTreeMap<String, Place> = BTreeMap::new();
        for (key, raw) in raw {
            let key_place = place_of(if inside_alias { key.defined } else { key.referenced });
            let mut node = self.node(raw, inside_alias)?;
            // A person points at a mapping, a list or nothing by its key.
            if matches!(node.value, Value::Null | Value::List(_) | Value::Map(_)) {
                node.place = key_place;
            }
            if let Some(first) = seen.get(&key.value) {
                let message = format!("`{}` is given twice", key.value);
                self.problems.push(
                    Problem::error(code::DUPLICATE_KEY, Some(key_place), message)
                        .help(format!("it stands on line {} already; keep one", first.line)),
                );
                continue;
            }
            seen.insert(key.value.clone(), key_place);
            entries.push(Entry { key: key.value, key_place, node });
        }
        Ok(entries)
    }

    /// The reader marks where a collection begins; its first line is what a person wants to see
    /// underlined.
    fn first_line(&self, place: Place) -> u32 {
        let rest = self.text.get(place.offset as usize..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let code = line.split(" #").next().unwrap_or_default();
        u32::try_from(code.trim_end().len()).unwrap_or(u32::MAX)
    }
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
