//! What became of a group in the last hour: its moves, and how many instances were warmed up when.

use super::sizes::Sizes;
use super::track::{Track, Value};
use super::{instances, seconds};
use crate::reflex::moves;
use crate::scaling::managed::{Age, Counts, Event};
use crate::units::{Instances, MetricValue, Seconds};
use crate::world::Group;

/// A change of the desired capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    /// The metric had the old size then, or the move was decided then.
    after: i64,
    /// The metric has the new size since then.
    at: i64,
    from: Instances,
    to: Instances,
}

/// A change that the metric shows so long after a remembered move is that move.
const LAG: i64 = 120;

/// An hour.
const HOUR: i64 = 3_600;

/// What became of a group.
#[derive(Debug)]
pub(super) struct History<'a> {
    group: &'a Group,
    sizes: Sizes,
    /// Oldest first.
    changes: Vec<Change>,
    /// Whether the metric tells of changes.
    is_told: bool,
    in_service: Option<&'a Track>,
}

impl<'a> History<'a> {
    pub(super) fn of(
        group: &'a Group,
        desired: Option<&Track>,
        in_service: Option<&'a Track>,
        now: i64,
    ) -> Self {
        let mut changes: Vec<Change> = moves::of(group)
            .into_iter()
            .map(|it| (it.at.as_second(), it.from, it.to))
            .map(|(at, from, to)| Change { after: at, at, from, to })
            .collect();
        changes.sort_by_key(|change| change.at);
        let shown = desired.map(|track| shown(track, group.desired, now)).unwrap_or_default();
        let unexplained = unexplained(&changes, shown);
        changes.extend(unexplained);
        changes.sort_by_key(|change| change.at);
        let is_told = desired.is_some_and(|track| track.known(now).is_some());
        Self { group, sizes: Sizes::of(group), changes, is_told, in_service }
    }

    /// How many changes there were in the last hour; `None` when the metric does not tell.
    pub(super) fn changes(&self, now: i64) -> Option<u32> {
        let recent = self.changes.iter().filter(|change| now - change.at < HOUR).count();
        self.is_told.then(|| u32::try_from(recent).unwrap_or(u32::MAX))
    }

    /// The moves with their ages.
    pub(super) fn events(&self, now: i64) -> Vec<Event> {
        let event = |it: &Change| Event {
            change: i64::from(it.to) - i64::from(it.from),
            age: Age::seconds(u64::try_from(now - it.at).unwrap_or(0)),
        };
        self.changes.iter().map(event).collect()
    }

    /// What the desired capacity was.
    pub(super) fn desired_at(&self, moment: i64) -> Instances {
        let next = self.changes.iter().find(|change| change.at > moment);
        next.map_or(self.group.desired, |change| change.from)
    }

    /// Whether it is known how many instances were behind the values that are read: new ones counted
    /// with values from before them would ask for more and more.
    pub(super) fn knows_sizes(&self, now: i64) -> bool {
        self.in_service.and_then(|track| track.fresh_at(now)).is_some()
    }

    /// The instances behind a value of the period that began at `at`, for a decision now. The world
    /// does not tell since when an instance is in service: those that were not there all the time of
    /// the warmup are not ready, and neither are those that are still to come.
    pub(super) fn counts_now(&self, at: i64, warmup: i64, now: i64) -> Counts {
        let Sizes { in_service, pending, .. } = self.sizes;
        let ready = self.least(in_service, (now - warmup).min(at), now);
        let coming = self.group.desired.saturating_sub(ready);
        Counts { ready, missing: 0, unready: (pending + in_service - ready).max(coming) }
    }

    /// The same as [`Self::counts_now`] for a decision at an earlier moment. Where the metric does not tell, all that were
    /// wanted were there.
    pub(super) fn counts_then(&self, at: i64, warmup: i64, moment: i64) -> Counts {
        let desired = self.desired_at(moment);
        let told = self.in_service.and_then(|track| track.fresh_at(moment));
        let in_service = told.and_then(|(_, value)| count(value)).unwrap_or(desired);
        let ready = self.least(in_service, (moment - warmup).min(at), moment);
        Counts { ready, missing: 0, unready: in_service.max(desired) - ready }
    }

    /// The fewest that were in service in a span of time, as far as it is known. A group that grew
    /// within it had no more than before it grew.
    fn least(&self, in_service: Instances, since: i64, until: i64) -> Instances {
        let shown = self.in_service.into_iter().flat_map(|track| {
            // A size is of some moment of its period, so one that had ended by `since` counts too.
            track.between(since - track.period - 1, until).filter_map(|(_, value)| count(value))
        });
        let grew = self.changes.iter().filter(|it| since < it.at && it.at <= until);
        let before = grew.filter(|change| change.to > change.from).map(|change| change.from);
        shown.chain(before).fold(in_service, Instances::min)
    }
}

/// How many instances a value counts.
fn count(value: Value) -> Option<Instances> {
    value.ok().map(instances)
}

/// The changes that a metric shows, and the one that it does not show yet. A mean that is no whole
/// number is of a minute in which the size changed; the next one tells what it became.
fn shown(track: &Track, desired: Instances, now: i64) -> Vec<Change> {
    let whole = |value: MetricValue| value.micros() % 1_000_000 == 0;
    let known = track.points.iter().filter_map(|(at, value)| Some((*at, (*value).ok()?)));
    let mut sizes: Vec<(i64, Instances)> =
        known.filter(|(_, value)| whole(*value)).map(|(at, it)| (at, instances(it))).collect();
    if !sizes.is_empty() {
        sizes.push((now, desired));
    }
    let pairs = sizes.iter().zip(sizes.iter().skip(1));
    let changed = pairs.filter(|((_, from), (_, to))| from != to);
    changed
        .map(|((after, from), (at, to))| Change { after: *after, at: *at, from: *from, to: *to })
        .collect()
}

/// The changes of the metric that no remembered moves explain. Several moves of one minute show as
/// one change.
fn unexplained(remembered: &[Change], shown: Vec<Change>) -> Vec<Change> {
    let mut rest: Vec<Change> = remembered.to_vec();
    let is_new = |change: &Change| {
        let Some((start, count)) = chain(&rest, change) else { return true };
        rest.drain(start..start + count);
        false
    };
    shown.into_iter().filter(is_new).collect()
}

/// Where the moves begin that together are a change, and how many they are.
fn chain(moves: &[Change], change: &Change) -> Option<(usize, usize)> {
    let earliest = change.after.min(change.at - LAG);
    let near = |it: &Change| earliest <= it.at && it.at < change.at + 60;
    for start in 0..moves.len() {
        let (mut size, mut count) = (change.from, 0);
        for it in moves.iter().skip(start).take_while(|it| near(it)) {
            if it.from != size {
                break;
            }
            (size, count) = (it.to, count + 1);
            if size == change.to {
                return Some((start, count));
            }
        }
    }
    None
}

/// For how long a group has had fewer instances than it steers to: as long as the metrics show it
/// without a break until now. `None` when it is short and they do not tell since when.
pub(super) fn short_for(
    group: &Group,
    desired: Option<&Track>,
    total: Option<&Track>,
    now: i64,
) -> Option<Seconds> {
    if Sizes::of(group).alive >= group.desired {
        return Some(Seconds(0));
    }
    let (desired, total) = (desired?, total?);
    let (newest, _) = total.known(now)?;
    let mut since = newest + total.period;
    for (at, value) in total.points.iter().rev().skip_while(|(at, _)| *at > newest) {
        let wanted = desired.fresh_at(*at).and_then(|(_, value)| value.ok());
        let short = (*value).ok().zip(wanted).is_some_and(|(total, wanted)| total < wanted);
        if !short || *at + total.period < since {
            break;
        }
        since = *at;
    }
    Some(seconds((now - since).max(1)))
}
