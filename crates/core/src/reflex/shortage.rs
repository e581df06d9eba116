//! A shortage that is remembered: a tag with an expiry.
//!
//! ```text
//!   plimsoll:shortage = 1 why=at_maximum missing=3 until=2026-11-24T10:15:00Z
//! ```

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::effect::{Scarcity, Shortage};
use crate::action::Action;
use crate::world::{Group, Tag};

/// The key of the tag.
pub const KEY: &str = "plimsoll:shortage";

/// The form that is written.
const VERSION: &str = "1";

/// The words for the reasons.
const REASONS: [(Scarcity, &str); 2] =
    [(Scarcity::AtMaximum, "at_maximum"), (Scarcity::CannotLaunch, "cannot_launch")];

impl Shortage {
    /// What a group remembers, over or not; `None` when it remembers nothing that can be read.
    #[must_use]
    pub fn of(group: &Group) -> Option<Self> {
        let mut words = group.tag(KEY)?.split_ascii_whitespace();
        if words.next() != Some(VERSION) {
            return None;
        }
        let fields: BTreeMap<&str, &str> = words.filter_map(|word| word.split_once('=')).collect();
        let (why, _) = REASONS.into_iter().find(|(_, word)| fields.get("why") == Some(word))?;
        let missing = fields.get("missing")?.parse().ok()?;
        Some(Self { why, missing, until: fields.get("until")?.parse().ok()? })
    }

    /// What a group remembers and is not over.
    #[must_use]
    pub fn now(group: &Group, now: Timestamp) -> Option<Self> {
        Self::of(group).filter(|shortage| now < shortage.until)
    }

    /// Its tag.
    #[must_use]
    pub fn tag(&self) -> Tag {
        let why = REASONS.into_iter().find(|(why, _)| *why == self.why).map_or("", |(_, it)| it);
        let Self { missing, until, .. } = self;
        let value = format!("{VERSION} why={why} missing={missing} until={until}");
        Tag { value, propagate: false }
    }
}

/// Remembers a shortage, or forgets one that is over.
pub(super) fn actions(group: &Group, found: Option<&Shortage>, now: Timestamp) -> Vec<Action> {
    let (name, key) = (group.name.clone(), KEY.to_owned());
    match found {
        Some(shortage) => {
            vec![Action::PutTags { group: name, tags: BTreeMap::from([(key, shortage.tag())]) }]
        }
        None if group.tags.contains_key(KEY) && Shortage::now(group, now).is_none() => {
            vec![Action::DeleteTags { group: name, keys: BTreeSet::from([key]) }]
        }
        None => Vec::new(),
    }
}
