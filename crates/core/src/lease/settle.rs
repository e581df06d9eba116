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
/// a lease without effect or an end without a lease, and never bounds that nothing ends. An end that
/// comes before another leaves that one's lease in force, so later ends are put first and deleted
/// last.
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
    if !tags.is_empty() {
        actions.push(Action::PutTags { group: group.name.clone(), tags });
    }
    let ends = Ends::of(group, declared, &leases, now);
    for (end, schedule) in ends.to_put(group) {
        let (name, schedule) = (end.clone(), Box::new(schedule.clone()));
        actions.push(Action::PutSchedule { group: group.name.clone(), name, schedule });
    }
    let bounds = declared.with(&leases, now).bounds;
    actions.extend(follow(group, bounds));
    for name in ends.over {
        actions.push(Action::DeleteSchedule { group: group.name.clone(), name });
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
        actions.push(Action::DeleteTags { group: group.name.clone(), keys });
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

/// The native scheduled actions that end leases.
struct Ends {
    /// By name, each with the bounds of its moment: those of leases in force, and those that are over
    /// and may still fire before they are deleted.
    wanted: BTreeMap<String, ScheduledAction>,
    /// Names of those that no lease has any more, in the order in which they would fire.
    over: Vec<String>,
}

impl Ends {
    fn of(group: &Group, declared: &Declared<'_>, leases: &[Lease], now: Timestamp) -> Self {
        let living = group.schedules.iter().filter(|(name, _)| is_end(name));
        let starts: BTreeMap<&str, Timestamp> =
            living.filter_map(|(name, end)| Some((name.as_str(), end.start?))).collect();
        let in_force: BTreeMap<String, &Lease> = leases
            .iter()
            .filter(|lease| lease.in_force(now))
            .map(|lease| (lease.end_name(), lease))
            .collect();
        // An end that is there keeps its moment: to let it give way would take two writes, and AWS
        // would refuse the first.
        let mut taken: BTreeMap<Timestamp, &str> =
            starts.iter().map(|(name, start)| (*start, *name)).collect();
        let mut wanted = BTreeMap::new();
        for (name, lease) in &in_force {
            let stays = starts.get(name.as_str()).filter(|start| serves(**start, lease));
            let start = stays.copied().unwrap_or_else(|| free(declared, lease.until, name, &taken));
            taken.insert(start, name);
            wanted.insert(name.clone(), end(declared, leases, start));
        }
        let mut over: Vec<(Option<Timestamp>, String)> = group
            .schedules
            .iter()
            .filter(|(name, _)| is_end(name) && !in_force.contains_key(*name))
            .map(|(name, end)| (end.start, name.clone()))
            .collect();
        over.sort();
        for (start, name) in &over {
            if let Some(start) = start.filter(|start| *start > now) {
                wanted.insert(name.clone(), end(declared, leases, start));
            }
        }
        Self { wanted, over: over.into_iter().map(|(_, name)| name).collect() }
    }

    /// Those that are not there as they should be, the latest first.
    fn to_put(&self, group: &Group) -> Vec<(&String, &ScheduledAction)> {
        let differs =
            |(name, end): &(&String, &ScheduledAction)| group.schedules.get(*name) != Some(*end);
        let mut differing: Vec<_> = self.wanted.iter().filter(differs).collect();
        differing.sort_by_key(|(_, end)| std::cmp::Reverse(end.start));
        differing
    }
}

/// Seconds by which an end may be later than its lease: as many as others can be in its way.
const LATEST: i64 = 60;

/// Whether a moment that an end has already is right for a lease.
pub(super) fn serves(start: Timestamp, lease: &Lease) -> bool {
    (0..=LATEST).contains(&start.duration_since(lease.until).as_secs())
}

/// A scheduled action with the bounds of its moment.
fn end(declared: &Declared<'_>, leases: &[Lease], start: Timestamp) -> ScheduledAction {
    let Bounds { min, max } = declared.with(leases, start).bounds;
    ScheduledAction {
        recurrence: None,
        time_zone: None,
        start: Some(start),
        end: None,
        min: Some(min),
        max: Some(max),
        desired: None,
    }
}

/// The first second from `moment` on at which nothing else of the group fires: AWS refuses two
/// scheduled actions with the same start. Source: Auto Scaling user guide, "Scheduled scaling".
fn free(
    declared: &Declared<'_>,
    moment: Timestamp,
    name: &str,
    taken: &BTreeMap<Timestamp, &str>,
) -> Timestamp {
    let second = SignedDuration::from_secs(1);
    let others = |start: &Timestamp| taken.get(start).is_some_and(|other| *other != name);
    let mut start = moment;
    while others(&start) || declared.fires_at(start) {
        let Ok(next) = start.checked_add(second) else { break };
        start = next;
    }
    start
}
