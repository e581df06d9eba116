//! The bounds of a group at a moment: the spec's, as the schedule entries that have fired left
//! them.
//!
//! An entry sets what it names and leaves the rest, and its effect stays until another entry sets
//! it again: that is what Auto Scaling does with scheduled actions. Plan, status and the twin all
//! use [`effective`], so a schedule is never drift and never reverted.

mod recurrence;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

pub use recurrence::{Recurrence, time_zone};

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

/// Bounds at a moment, and which schedule entries made them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Effective {
    /// The bounds.
    pub bounds: Bounds,
    /// The entry that set the minimum, if any.
    pub min_from: Option<String>,
    /// The entry that set the maximum, if any.
    pub max_from: Option<String>,
}

/// The bounds that hold at `now`.
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
    let mut effective = Effective { bounds: declared, min_from: None, max_from: None };
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
    effective
}

/// When an entry fired last, at `now` or before.
fn last_fired(entry: &ScheduledAction, now: Timestamp) -> Option<Timestamp> {
    let Some(recurrence) = &entry.recurrence else {
        return entry.start.filter(|start| *start <= now);
    };
    let zone = match &entry.time_zone {
        Some(name) => time_zone(name)?,
        None => TimeZone::UTC,
    };
    let latest = entry.end.map_or(now, |end| end.min(now));
    let fired = Recurrence::parse(recurrence).ok()?.last_before(&latest.to_zoned_datetime(zone))?;
    entry.start.is_none_or(|start| start <= fired).then_some(fired)
}
