//! What a controller reads of a group, minute by minute: what its metrics show, and what events told.

use std::collections::VecDeque;

use plimsoll_core::units::Instances;

use super::flow::Blame;
use super::gauge::Weather;
use super::group::Group;

/// How far back changes of the desired capacity count, in seconds.
const HOUR: u64 = 3_600;

/// Minutes that are kept: no metric that is later than these is read.
const KEPT: usize = 32;

/// What is written down of a group while controllers run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    /// The latest minutes, the newest last.
    minutes: VecDeque<Minute>,
    /// Requests that arrived and that were lost, until the last minute ended.
    counted: (f64, f64),
    /// When the desired capacity changed within the last hour.
    changes: VecDeque<u64>,
    /// Since when instances are missing that nobody launches.
    short_since: Option<u64>,
    /// An instance could not be launched since this was asked last.
    pub(crate) failed: bool,
    /// Tags, schedules or bounds were changed since this was asked last.
    pub(crate) changed: bool,
}

/// What a minute's metrics say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Minute {
    /// Requests that arrived.
    pub(crate) requests: f64,
    /// Of those, answered with an error, or refused.
    pub(crate) errors: f64,
    /// Instances in service at its end: the targets that are registered.
    pub(crate) registered: Instances,
    /// Of those, the load balancer sends requests to.
    pub(crate) healthy: Instances,
    /// Whether the region answered, and the metrics were published as numbers.
    pub(crate) is_known: bool,
}

impl Watch {
    /// The desired capacity became another one.
    pub(crate) fn resized(&mut self, now: u64) {
        while self.changes.front().is_some_and(|at| at + HOUR <= now) {
            self.changes.pop_front();
        }
        self.changes.push_back(now);
    }

    /// Changes of the desired capacity within the last hour.
    pub(crate) fn changes(&self, now: u64) -> u32 {
        let recent = self.changes.iter().rev().take_while(|at| **at + HOUR > now);
        u32::try_from(recent.count()).unwrap_or(u32::MAX)
    }

    /// For how many seconds instances have been missing.
    pub(crate) fn short_for(&self, now: u64) -> u64 {
        self.short_since.map_or(0, |since| now - since)
    }

    /// The newest minute that its metrics show, if it is known.
    pub(crate) fn shown(&self, weather: Weather) -> Option<Minute> {
        let late = usize::try_from(weather.delay.div_ceil(60)).ok()?;
        let newest = self.minutes.len().checked_sub(1)?;
        let minute = self.minutes.get(newest.checked_sub(late)?)?;
        Some(*minute).filter(|minute| minute.is_known)
    }
}

impl Group {
    /// A minute ended: what it was like is written down for those who will read its metrics.
    pub(crate) fn end_minute(&mut self, now: u64, desired: Instances) {
        let counts = self.fleet.counts();
        let total = (self.tally.requests, self.tally.lost);
        let watch = &mut self.watch;
        let (requests, lost) = (total.0 - watch.counted.0, total.1 - watch.counted.1);
        watch.counted = total;
        if watch.minutes.len() >= KEPT {
            watch.minutes.pop_front();
        }
        let Weather { missing, nan, .. } = self.weather;
        // A load balancer that answers nothing counts nothing.
        let dark = self.flow.blame == Some(Blame::Dark);
        watch.minutes.push_back(Minute {
            requests,
            errors: lost,
            registered: counts.in_service,
            healthy: counts.targets,
            is_known: !(missing || nan || dark),
        });
        if counts.live() >= desired {
            watch.short_since = None;
        } else if watch.short_since.is_none() {
            watch.short_since = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(requests: &[f64]) -> Watch {
        let minute =
            |requests: &f64| Minute { requests: *requests, is_known: true, ..Minute::default() };
        Watch { minutes: requests.iter().map(minute).collect(), ..Watch::default() }
    }

    fn weather(delay: u64) -> Weather {
        Weather { delay, ..Weather::default() }
    }

    #[test]
    fn what_shows_is_as_old_as_metrics_are_late() {
        let watch = minutes(&[1.0, 2.0, 3.0]);
        let shown = |delay| watch.shown(weather(delay)).map(|minute| minute.requests);
        assert_eq!(
            [0, 60, 90, 120, 180].map(shown),
            [Some(3.0), Some(2.0), Some(1.0), Some(1.0), None]
        );
    }

    #[test]
    fn a_minute_that_was_not_published_is_unknown_and_no_older_one_stands_in_for_it() {
        let mut watch = minutes(&[1.0, 2.0]);
        watch.minutes[1].is_known = false;
        assert_eq!(watch.shown(weather(0)), None);
        assert!(watch.shown(weather(60)).is_some());
    }

    #[test]
    fn changes_count_for_an_hour() {
        let mut watch = Watch::default();
        for at in [0, 60, 3_000] {
            watch.resized(at);
        }
        assert_eq!([3_000, 3_600, 3_660, 6_600].map(|now| watch.changes(now)), [3, 2, 1, 0]);
    }
}
