//! What a group needs to follow its leases: end actions, bounds, and no tag that is over.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Lease, Leases};
use crate::action::{Action, GroupChange};
use crate::bounds::{Bounds, Declared};
use crate::units::Instances;
use crate::world::{Group, ScheduledAction};

/// What the names of the native scheduled actions that end leases begin with; behind it stand cause
/// and id. Each lease has its own: one for all would leave the later ends to a controller.
pub const END: &str = "plimsoll-lease-end";

/// Whether a scheduled action ends a lease.
#[must_use]
pub fn is_end(name: &str) -> bool {
    name.strip_prefix(END).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// What lets a group follow its leases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The bounds that it has then.
    pub bounds: Bounds,
    /// How it gets there, in the order in which it is written.
    pub actions: Vec<Action>,
}

/// Makes a group follow its leases together with those that are granted now.
///
/// A lease that is granted replaces the one with its key. `dropped` are keys of leases that are
/// given up. Nothing is written that is there already.
///
/// The order is lease, end action, bounds, and last what is over: a crash between two of them leaves
/// a lease without effect or an end without a lease, and never bounds that nothing ends.
#[must_use]
pub fn settle(
    group: &Group,
    declared: &Declared<'_>,
    granted: &[Lease],
    dropped: &BTreeSet<String>,
    now: Timestamp,
) -> Settled {
    let leases = after(group, granted, dropped);
    let mut actions = Vec::new();
    let tags: BTreeMap<_, _> = granted
        .iter()
        .map(|lease| (lease.key(), lease.tag()))
        .filter(|(key, tag)| group.tags.get(key) != Some(tag))
        .collect();
    let name = || group.name.clone();
    if !tags.is_empty() {
        actions.push(Action::PutTags { group: name(), tags });
    }
    let ends = ends(declared, &leases, now);
    for (end, schedule) in &ends {
        if group.schedules.get(end) != Some(schedule) {
            let schedule = Box::new(schedule.clone());
            actions.push(Action::PutSchedule { group: name(), name: end.clone(), schedule });
        }
    }
    let bounds = declared.with(&leases, now).bounds;
    actions.extend(follow(group, bounds));
    for end in group.schedules.keys().filter(|end| is_end(end) && !ends.contains_key(*end)) {
        actions.push(Action::DeleteSchedule { group: name(), name: end.clone() });
    }
    let over = |lease: &Lease| !lease.in_force(now) || dropped.contains(&lease.key());
    let granted: BTreeSet<String> = granted.iter().map(Lease::key).collect();
    let keys: BTreeSet<String> = Leases::of(group)
        .readable
        .iter()
        .filter(|lease| over(lease) && !granted.contains(&lease.key()))
        .map(Lease::key)
        .collect();
    if !keys.is_empty() {
        actions.push(Action::DeleteTags { group: name(), keys });
    }
    Settled { bounds, actions }
}

/// The leases that a group has then.
fn after(group: &Group, granted: &[Lease], dropped: &BTreeSet<String>) -> Vec<Lease> {
    let mut leases: BTreeMap<String, Lease> =
        Leases::of(group).readable.into_iter().map(|lease| (lease.key(), lease)).collect();
    leases.retain(|key, _| !dropped.contains(key));
    leases.extend(granted.iter().map(|lease| (lease.key(), lease.clone())));
    leases.into_values().collect()
}

/// The bounds of a group, if they are others. The size follows them where AWS sets them.
fn follow(group: &Group, bounds: Bounds) -> Option<Action> {
    let differs = |is: Instances, should: Instances| (is != should).then_some(should);
    let desired = bounds.clamp(group.desired);
    let change = GroupChange {
        min: differs(group.bounds.min, bounds.min),
        max: differs(group.bounds.max, bounds.max),
        desired: differs(group.desired, desired).filter(|_| group.bounds == bounds),
        ..GroupChange::default()
    };
    let (group, change) = (group.name.clone(), Box::new(change));
    (*change != GroupChange::default()).then_some(Action::UpdateGroup { group, change })
}

/// The scheduled actions that end the leases in force, each with the bounds of its moment.
fn ends(
    declared: &Declared<'_>,
    leases: &[Lease],
    now: Timestamp,
) -> BTreeMap<String, ScheduledAction> {
    let mut taken: BTreeSet<Timestamp> = BTreeSet::new();
    let mut ends = BTreeMap::new();
    for lease in leases.iter().filter(|lease| lease.in_force(now)) {
        let start = free(declared, lease.until, &taken);
        taken.insert(start);
        let Bounds { min, max } = declared.with(leases, start).bounds;
        let schedule = ScheduledAction {
            recurrence: None,
            time_zone: None,
            start: Some(start),
            end: None,
            min: Some(min),
            max: Some(max),
            desired: None,
        };
        ends.insert(lease.end_name(), schedule);
    }
    ends
}

/// The first second from `moment` on at which nothing else of the group fires: AWS refuses two
/// scheduled actions with the same start. Source: Auto Scaling user guide, "Scheduled scaling".
fn free(declared: &Declared<'_>, moment: Timestamp, taken: &BTreeSet<Timestamp>) -> Timestamp {
    let second = SignedDuration::from_secs(1);
    let mut start = moment;
    while taken.contains(&start) || declared.fires_at(start) {
        let Ok(next) = start.checked_add(second) else { break };
        start = next;
    }
    start
}
