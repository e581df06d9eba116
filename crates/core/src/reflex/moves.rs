//! The last moves of a managed group, remembered in a tag.
//!
//! ```text
//!   plimsoll:scaled = 1 2026-11-24T10:03:20Z 4 6 / 2026-11-24T10:01:00Z 3 4
//! ```
//!
//! The tag is written before the desired capacity, so that an alarm and a tick in the same minute do
//! not both act on an old picture. The newest few are kept; older moves are in the group's own
//! metrics.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::action::{Action, GroupChange};
use crate::units::Instances;
use crate::world::{Group, Tag};

/// The key of the tag.
pub const KEY: &str = "plimsoll:scaled";

/// The form that is written.
const VERSION: &str = "1";

/// Moves that are kept: five of at most 40 characters fit into a tag's 256.
const MOST: usize = 5;

/// A move of the desired capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// When it was decided, in whole seconds.
    pub at: Timestamp,
    /// What the desired capacity was.
    pub from: Instances,
    /// What it became.
    pub to: Instances,
}

/// The moves that a group remembers, the newest first. What cannot be read is none: older moves are
/// in the group's metrics.
#[must_use]
pub fn of(group: &Group) -> Vec<Move> {
    let Some(rest) = group.tag(KEY).and_then(|value| value.strip_prefix(VERSION)) else {
        return Vec::new();
    };
    rest.split('/').filter_map(read).collect()
}

fn read(text: &str) -> Option<Move> {
    let mut words = text.split_ascii_whitespace();
    let (at, from, to) = (words.next()?, words.next()?, words.next()?);
    Some(Move { at: at.parse().ok()?, from: from.parse().ok()?, to: to.parse().ok()? })
}

/// Moves a group: the memory first, then the desired capacity.
pub(super) fn actions(
    group: &Group,
    now: Timestamp,
    from: Instances,
    to: Instances,
) -> [Action; 2] {
    let at = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let mut moves = vec![Move { at, from, to }];
    moves.extend(of(group));
    let text: Vec<String> =
        moves.iter().take(MOST).map(|Move { at, from, to }| format!("{at} {from} {to}")).collect();
    let value = format!("{VERSION} {}", text.join(" / "));
    let tags = BTreeMap::from([(KEY.to_owned(), Tag { value, propagate: false })]);
    let change = Box::new(GroupChange { desired: Some(to), ..GroupChange::default() });
    let name = || group.name.clone();
    [Action::PutTags { group: name(), tags }, Action::UpdateGroup { group: name(), change }]
}
