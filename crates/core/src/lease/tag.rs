//! A lease as a tag of its group.
//!
//! ```text
//!   plimsoll:lease:overflow:us-east-1 = 1 floor=6 until=2026-11-24T18:30:00Z by=controller why=...
//! ```
//!
//! The key holds cause and id. The value begins with the version of its form, then come words in
//! any order, and `why=` takes the rest. A tag holds 256 characters of letters, digits, spaces and
//! `+ - = . _ : / @`. Source: Auto Scaling user guide, "Tag Auto Scaling groups and instances".

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::Timestamp;
use serde::Serialize;

use super::{Cause, Lease, is_end};
use crate::spec::{Kind, Service};
use crate::units::Instances;
use crate::world::{Group, Tag};

/// What the key of a lease begins with.
pub const KEY_PREFIX: &str = "plimsoll:lease:";

/// The form that is written.
const VERSION: &str = "1";

/// Characters of the reason that a tag keeps.
const REASON: usize = 60;

/// Characters of an owner that a tag keeps: the longest session name of STS.
const OWNER: usize = 64;

/// Characters of an id.
const ID: usize = 32;

/// The leases of a group, in force or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Leases {
    /// Those that could be read, by the keys of their tags.
    pub readable: Vec<Lease>,
    /// Tags that could not be read. They have no effect and are never touched.
    pub unreadable: Vec<Unreadable>,
}

/// A tag with the key of a lease that is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("tag {key} is no lease: {why}; it is ignored, delete it or grant it again")]
pub struct Unreadable {
    /// Its key.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

impl Leases {
    /// The leases in the tags of a group.
    #[must_use]
    pub fn of(group: &Group) -> Self {
        let mut leases = Self::default();
        for (key, tag) in lease_tags(&group.tags) {
            match Lease::from_tag(key, &tag.value) {
                Ok(lease) => leases.readable.push(lease),
                Err(unreadable) => leases.unreadable.push(unreadable),
            }
        }
        leases
    }

    /// Those that are in force.
    pub fn in_force(&self, now: Timestamp) -> impl Iterator<Item = &Lease> {
        self.readable.iter().filter(move |lease| lease.in_force(now))
    }
}

/// The leases of a service's group; a stateful service has none, whatever its tags say.
#[must_use]
pub fn leases_of(service: &Service, group: Option<&Group>) -> Vec<Lease> {
    match (service.kind, group) {
        (Kind::Stateless, Some(group)) => Leases::of(group).readable,
        _ => Vec::new(),
    }
}

/// Whether a group has anything of a lease: a tag or an end action.
#[must_use]
pub fn has_traces(group: &Group) -> bool {
    lease_tags(&group.tags).next().is_some() || group.schedules.keys().any(|name| is_end(name))
}

/// The tags whose keys are those of leases.
fn lease_tags(tags: &BTreeMap<String, Tag>) -> impl Iterator<Item = (&String, &Tag)> {
    tags.range::<str, _>((Bound::Included(KEY_PREFIX), Bound::Unbounded))
        .take_while(|(key, _)| key.starts_with(KEY_PREFIX))
}

impl Lease {
    /// The key of its tag.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{KEY_PREFIX}{}:{}", self.cause, word(&self.id, ID))
    }

    /// The name of the native scheduled action that ends it.
    #[must_use]
    pub fn end_name(&self) -> String {
        format!("{}-{}-{}", super::END, self.cause, word(&self.id, ID))
    }

    /// Its tag. Instances do not get it: it is about the group.
    #[must_use]
    pub fn tag(&self) -> Tag {
        let size = |name, size: Option<Instances>| {
            size.map_or_else(String::new, |size| format!(" {name}={size}"))
        };
        let (floor, ceiling) = (size("floor", self.floor), size("ceiling", self.ceiling));
        let zero = if self.zero { " zero=confirmed" } else { "" };
        let why = words(&self.why, REASON);
        let why = if why.is_empty() { why } else { format!(" why={why}") };
        let (until, by) = (self.until, word(&self.by, OWNER));
        let value = format!("{VERSION}{floor}{ceiling}{zero} until={until} by={by}{why}");
        Tag { value, propagate: false }
    }

    /// The lease that a tag holds.
    ///
    /// # Errors
    /// When the key or the value is not of the form of a lease.
    pub fn from_tag(key: &str, value: &str) -> Result<Self, Unreadable> {
        read(key, value).map_err(|why| Unreadable { key: key.to_owned(), why })
    }
}

fn read(key: &str, value: &str) -> Result<Lease, String> {
    let rest = key.strip_prefix(KEY_PREFIX).unwrap_or(key);
    let (cause, id) = rest.split_once(':').ok_or("its key has no id")?;
    let cause = Cause::ALL
        .into_iter()
        .find(|known| known.as_str() == cause)
        .ok_or_else(|| format!("`{cause}` is no cause"))?;
    if id.is_empty() || word(id, ID) != id {
        return Err(format!("`{id}` is no id"));
    }
    let (head, why) = value.split_once(" why=").unwrap_or((value, ""));
    let mut parts = head.split_ascii_whitespace();
    match parts.next() {
        Some(VERSION) => {}
        version => return Err(format!("version `{}` is unknown", version.unwrap_or_default())),
    }
    let fields = fields(parts)?;
    let size = |name| -> Result<Option<Instances>, String> {
        let number = |text: &&str| text.parse().map_err(|_| format!("`{name}={text}` is no size"));
        fields.get(name).map(number).transpose()
    };
    let (floor, ceiling) = (size("floor")?, size("ceiling")?);
    if floor.is_none() && ceiling.is_none() {
        return Err("it sets neither floor nor ceiling".to_owned());
    }
    let until = fields.get("until").ok_or("it has no `until`")?;
    let until = until.parse().map_err(|_| format!("`until={until}` is no moment"))?;
    let by = fields.get("by").copied().unwrap_or("unknown").to_owned();
    let zero = fields.get("zero") == Some(&"confirmed");
    Ok(Lease { cause, id: id.to_owned(), floor, ceiling, zero, until, by, why: why.to_owned() })
}

/// Words of the form `name=value`. Names that this version does not know are a later version's.
fn fields<'a>(words: impl Iterator<Item = &'a str>) -> Result<BTreeMap<&'a str, &'a str>, String> {
    let mut fields = BTreeMap::new();
    for word in words {
        let (name, value) = word.split_once('=').ok_or_else(|| format!("`{word}` has no `=`"))?;
        if fields.insert(name, value).is_some() {
            return Err(format!("`{name}` is there twice"));
        }
    }
    Ok(fields)
}

/// A text as one word that a tag can hold.
fn word(text: &str, most: usize) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "-_.@+".contains(c) { c } else { '_' };
    text.chars().take(most).map(allowed).collect()
}

/// A text as words that a tag can hold.
fn words(text: &str, most: usize) -> String {
    let allowed = |c: char| if c.is_alphanumeric() || "+-=._:/@".contains(c) { c } else { ' ' };
    let cut: String = text.chars().map(allowed).collect();
    let spaced = cut.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = spaced.chars().take(most).collect();
    cut.trim_end().to_owned()
}
