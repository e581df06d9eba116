//! The spec's text as a tree in which every node knows its place.
//!
//! Overlays are merged on this tree and not on typed values: a value keeps the place where it was
//! written, whichever layer it came from, and a layer may hold any part of a service.

mod refusal;
mod yaml;

use super::problem::Place;

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
    /// Most keys of one mapping.
    pub keys: usize,
    /// Most values that are laid over one another for all services in all regions and
    /// environments: a file of a few thousand services in a few thousand regions is small.
    pub merged: usize,
    /// Most problems that are looked for; a person mends a few and runs again.
    pub problems: usize,
}

/// The limits in force.
pub const LIMITS: Limits = Limits {
    file_bytes: 1024 * 1024,
    nodes: 50_000,
    depth: 32,
    keys: 1_000,
    merged: 1_000_000,
    problems: 200,
};

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
    /// An empty mapping, at no place.
    pub(super) fn empty() -> Self {
        Self { place: Place::default(), value: Value::Map(Vec::new()) }
    }

    /// The same tree, with every place in the overlay's text.
    pub(super) fn in_overlay(self) -> Self {
        let value = match self.value {
            Value::List(items) => Value::List(items.into_iter().map(Self::in_overlay).collect()),
            Value::Map(entries) => {
                let moved = |Entry { key, key_place, node }| Entry {
                    key,
                    key_place: Place::in_overlay(key_place),
                    node: Self::in_overlay(node),
                };
                Value::Map(entries.into_iter().map(moved).collect())
            }
            scalar @ (Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Text(_)) => scalar,
        };
        Self { place: self.place.in_overlay(), value }
    }

    /// The entries, when this is a mapping.
    pub(super) fn entries(&self) -> &[Entry] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The keys, when this is a mapping.
    pub(super) fn keys(&self) -> Vec<&str> {
        self.entries().iter().map(|entry| entry.key.as_str()).collect()
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

    /// Keeps those entries of the mapping under a key that pass.
    pub(super) fn retain_in(&mut self, key: &str, pass: impl FnMut(&Entry) -> bool) {
        let Value::Map(entries) = &mut self.value else { return };
        let inner = entries.iter_mut().find(|entry| entry.key == key);
        if let Some(Value::Map(inner)) = inner.map(|entry| &mut entry.node.value) {
            inner.retain(pass);
        }
    }

    /// How many values there are.
    pub(super) fn count(&self) -> usize {
        1 + match &self.value {
            Value::List(items) => items.iter().map(Self::count).sum(),
            Value::Map(entries) => entries.iter().map(|entry| entry.node.count()).sum(),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => 0,
        }
    }

    /// This tree with another laid over it: mappings merge key by key, `null` takes a key away,
    /// and everything else replaces. One of [`CHOICES`] replaces whole, and so does one of
    /// [`NAMED_CHOICES`] of another kind, since it holds one alternative of several.
    #[must_use]
    pub(super) fn overlaid(self, top: &Node, mappings: Keep) -> Self {
        self.overlaid_under("", top, mappings)
    }

    fn overlaid_under(mut self, parent: &str, top: &Node, mappings: Keep) -> Self {
        let (Value::Map(entries), Value::Map(over)) = (&mut self.value, &top.value) else {
            return top.clone();
        };
        if matches!(mappings, Keep::Top) {
            self.place = top.place;
        }
        for entry in over {
            let key = entry.key.as_str();
            let below = entries.iter().position(|under| under.key == key);
            let Some(under) = below.map(|index| entries.remove(index)) else {
                entries.push(entry.clone());
                continue;
            };
            if matches!(entry.node.value, Value::Null) {
                continue;
            }
            let chosen = CHOICES.contains(&(parent, key))
                || (NAMED_CHOICES.contains(&parent) && under.node.other_kind(&entry.node));
            let node = if chosen {
                entry.node.clone()
            } else {
                under.node.overlaid_under(key, &entry.node, mappings)
            };
            entries.push(Entry { node, ..entry.clone() });
        }
        self
    }

    /// Whether both name one alternative, and not the same.
    fn other_kind(&self, other: &Node) -> bool {
        matches!((self.entries(), other.entries()), ([one], [two]) if one.key != two.key)
    }
}

/// Which place a mapping has that two layers made: something missing in it is pointed at there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keep {
    /// An environment's overlay says little, so the mapping lies where the rest of it is.
    Base,
    /// A service says more than the defaults.
    Top,
}

/// Mappings, each with its parent, that hold one alternative of several: an overlay that names
/// another alternative replaces the first and does not stand beside it. [`NAMED_CHOICES`] hold the
/// other such mappings.
pub(super) const CHOICES: [(&str, &str); 6] = [
    ("network", "subnets"),
    ("network", "security_groups"),
    ("instances", "image"),
    ("instances", "machine"),
    ("target_tracking", "metric"),
    ("guard", "metric"),
];

/// What holds mappings with one alternative of several under names of the operator's; an overlay
/// may change a part of one.
pub(super) const NAMED_CHOICES: [&str; 2] = ["policies", "signals"];

#[cfg(test)]
mod tests;
