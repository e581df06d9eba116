//! Whether all is in place already: a cheap answer, for groups that keep their leases for hours.

use jiff::Timestamp;

use super::settle::serves;
use super::{Leases, Limits, is_end};
use crate::bounds::Bounds;
use crate::units::Instances;
use crate::world::{Group, ScheduledAction};

/// What a spec says of the bounds of a group as long as its schedule sets no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steady {
    /// The bounds without leases.
    pub scheduled: Bounds,
    /// The region's hard limit for one service.
    pub most: Option<Instances>,
    /// The first moment at which the schedule may set others, if that is known.
    pub until: Option<Timestamp>,
}

/// Whether [`super::settle`] would write nothing, when nothing is granted and nothing is dropped.
/// It may be `false` then as well, and is never `true` wrongly: it reads no recurrence, and so can say
/// nothing of ends that lie beyond the next change of the schedule.
#[must_use]
pub fn is_settled(group: &Group, steady: &Steady, now: Timestamp) -> bool {
    let leases = Leases::of(group).readable;
    if leases.iter().any(|lease| !lease.in_force(now)) {
        return false;
    }
    let at = |moment| Limits::of(&leases, moment).on(steady.scheduled, steady.most);
    let bounds = at(now);
    if group.bounds != bounds || bounds.clamp(group.desired) != group.desired {
        return false;
    }
    let is_right = |end: &ScheduledAction| {
        let Some(start) = end.start.filter(|start| Some(*start) < steady.until) else {
            return false;
        };
        let Bounds { min, max } = at(start);
        let sizes = (end.min, end.max, end.desired) == (Some(min), Some(max), None);
        sizes && end.recurrence.is_none() && end.time_zone.is_none() && end.end.is_none()
    };
    let ends = group.schedules.iter().filter(|(name, _)| is_end(name));
    let mut count = 0;
    for (name, end) in ends {
        let of = |lease: &&super::Lease| lease.end_name() == *name;
        let Some(lease) = leases.iter().find(of) else { return false };
        if !(is_right(end) && end.start.is_some_and(|start| serves(start, lease))) {
            return false;
        }
        count += 1;
    }
    count == leases.len()
}
