//! The bounds of a group at a moment: the spec's, as the schedule entries that have fired left
//! them, with the leases in force on top.
//!
//! An entry sets what it names and leaves the rest, and its effect stays until another entry sets
//! it again: that is what Auto Scaling does with scheduled actions. Plan, status and the twin all
//! use it, so a schedule is never drift and never reverted. [`next_change`] says when
//! there is anything new to see.

mod recurrence;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

pub use recurrence::{Recurrence, time_zone};

use crate::lease::{Lease, Limits};
use crate::spec;
use crate::units::Instances;
use crate::world::ScheduledAction;

/// Minimum and maximum size of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Bounds {
    /// At least so many instances.
    pub min: Instances,
    /// At most so many instances; never below `min`.
    pub max: Instances,
}

impl Bounds {
    /// The nearest size inside the bounds.
    #[must_use]
    pub fn clamp(self, size: Instances) -> Instances {
        size.clamp(self.min, self.max.max(self.min))
    }
}

/// Bounds at a moment, and what made them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Effective {
    /// The bounds.
    pub bounds: Bounds,
    /// The schedule entry that set the minimum, if any.
    pub min_from: Option<String>,
    /// The schedule entry that set the maximum, if any.
    pub max_from: Option<String>,
    /// The leases in force, which come on top of the schedule.
    pub leases: Vec<Lease>,
    /// What the bounds would be without them.
    pub scheduled: Bounds,
    /// The next moment at which the schedule may set others, where somebody has worked it out:
    /// [`next_change`] reads every recurrence again.
    #[serde(skip)]
    pub until: Option<Timestamp>,
}

/// What a spec says of the bounds of a group, at any moment.
#[derive(Clone, Copy, Debug)]
pub struct Declared<'a> {
    /// While no schedule entry has fired.
    pub bounds: Bounds,
    /// Schedule entries by name.
    pub schedule: &'a BTreeMap<String, ScheduledAction>,
    /// The region's hard limit for one service.
    pub most: Option<Instances>,
}

impl<'a> Declared<'a> {
    /// What a spec says of a service in a region.
    #[must_use]
    pub fn of(region: &spec::Region, service: &'a spec::Service) -> Self {
        Self {
            bounds: service.bounds,
            schedule: &service.schedule,
            most: region.limits.instances_per_service,
        }
    }

    /// The bounds that hold at `now`, with these leases.
    #[must_use]
    pub fn with(&self, leases: &[Lease], now: Timestamp) -> Effective {
        let mut effective = effective(self.bounds, self.schedule, now);
        effective.bounds = Limits::of(leases, now).on(effective.scheduled, self.most);
        effective.leases = leases.iter().filter(|lease| lease.in_force(now)).cloned().collect();
        effective
    }

    /// Whether a schedule entry fires at this very moment.
    #[must_use]
    pub fn fires_at(&self, moment: Timestamp) -> bool {
        self.schedule.values().any(|entry| last_fired(entry, moment) == Some(moment))
    }
}

/// The bounds that hold at `now` without any lease; [`Declared::with`] has them with leases.
///
/// A schedule that would put the minimum above the maximum is cut to the maximum: hard limits are
/// stronger than floors.
#[must_use]
pub fn effective(
    declared: Bounds,
    schedule: &BTreeMap<String, ScheduledAction>,
    now: Timestamp,
) -> Effective {
    let mut fired: Vec<(Timestamp, &str, &ScheduledAction)> = schedule
        .iter()
        .filter_map(|(name, entry)| Some((last_fired(entry, now)?, name.as_str(), entry)))
        .collect();
    // At one moment the name decides, so that the order of the file does not.
    fired.sort_by_key(|(at, name, _)| (*at, *name));
    let mut effective = Effective {
        bounds: declared,
        min_from: None,
        max_from: None,
        leases: Vec::new(),
        scheduled: declared,
        until: None,
    };
    for (_, name, entry) in fired {
        if let Some(min) = entry.min {
            effective.bounds.min = min;
            effective.min_from = Some(name.to_owned());
        }
        if let Some(max) = entry.max {
            effective.bounds.max = max;
            effective.max_from = Some(name.to_owned());
        }
    }
    effective.bounds.min = effective.bounds.min.min(effective.bounds.max);
    effective.scheduled = effective.bounds;
    effective
}

/// The next moment after `after` at which entries fire, and their names in the order in which their
/// effects are laid over one another: the later name wins. `None` when none fires any more.
///
/// Bounds change at these moments only, so a clock may jump from one to the next.
#[must_use]
pub fn next_change(
    schedule: &BTreeMap<String, ScheduledAction>,
    after: Timestamp,
) -> Option<(Timestamp, Vec<&str>)> {
    let firings: Vec<(Timestamp, &str)> = schedule
        .iter()
        .filter_map(|(name, entry)| Some((next_firing(entry, after)?, name.as_str())))
        .collect();
    let (first, _) = *firings.iter().min()?;
    Some((first, firings.iter().filter(|(at, _)| *at == first).map(|(_, name)| *name).collect()))
}

/// When an entry fires next, strictly after `after`.
fn next_firing(entry: &ScheduledAction, after: Timestamp) -> Option<Timestamp> {
    let Some(recurrence) = &entry.recurrence else {
        return entry.start.filter(|start| *start > after);
    };
    // It may fire at its start itself.
    let before_start =
        entry.start.and_then(|at| at.checked_sub(SignedDuration::from_nanos(1)).ok());
    let after = before_start.map_or(after, |start| start.max(after));
    let next =
        Recurrence::parse(recurrence).ok()?.next_after(&after.to_zoned_datetime(zone(entry)?))?;
    entry.end.is_none_or(|end| next <= end).then_some(next)
}

/// When an entry fired last, at `now` or before.
fn last_fired(entry: &ScheduledAction, now: Timestamp) -> Option<Timestamp> {
    let Some(recurrence) = &entry.recurrence else {
        return entry.start.filter(|start| *start <= now);
    };
    let latest = entry.end.map_or(now, |end| end.min(now));
    let zoned = latest.to_zoned_datetime(zone(entry)?);
    let fired = Recurrence::parse(recurrence).ok()?.last_before(&zoned)?;
    entry.start.is_none_or(|start| start <= fired).then_some(fired)
}

/// The zone in which an entry's recurrence is read.
fn zone(entry: &ScheduledAction) -> Option<TimeZone> {
    entry.time_zone.as_deref().map_or(Some(TimeZone::UTC), time_zone)
}
