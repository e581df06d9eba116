//! What is counted over a run, in space that does not grow with it.

use std::collections::BTreeMap;

use plimsoll_core::scaling::target_tracking::Hold;
use plimsoll_core::units::Instances;

use super::flow::{Blame, Flow};
use crate::station::{LEVELS, Position, Station};

/// An instance with this utilisation is taken as saturated: there is hardly a moment without queue.
const SATURATED: f64 = 0.98;

/// Counts of one group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: f64,
    pub(crate) lost: f64,
    /// Instances in service, times seconds.
    pub(crate) capacity_seconds: f64,
    /// Instances that are billed, times seconds.
    pub(crate) billed_seconds: f64,
    pub(crate) peak: Instances,
    pub(crate) minutes_above: u64,
    pub(crate) events: u64,
    pub(crate) drivers: BTreeMap<String, u64>,
    pub(crate) holds: BTreeMap<String, u64>,
    pub(crate) native_holds: BTreeMap<Hold, u64>,
    saturated: Saturated,
    blamed: BTreeMap<Blame, f64>,
    latency: Latency,
}

impl Tally {
    /// A flow went on for so many seconds, through as many instances as there may be or fewer.
    pub(crate) fn add(&mut self, flow: &Flow, full: bool, seconds: f64) {
        if flow.utilisation >= SATURATED {
            let of = if full { &mut self.saturated.full } else { &mut self.saturated.growing };
            *of += seconds;
        }
        self.requests += flow.offered * seconds;
        self.lost += flow.lost * seconds;
        if let Some(blame) = flow.blame.filter(|_| flow.lost > 0.0) {
            *self.blamed.entry(blame).or_default() += flow.lost * seconds;
        }
        self.latency.add(flow, (flow.offered - flow.lost) * seconds);
    }

    /// Counts one more.
    pub(crate) fn one_more(counts: &mut BTreeMap<String, u64>, key: &str) {
        match counts.get_mut(key) {
            Some(count) => *count += 1,
            None => drop(counts.insert(key.to_owned(), 1)),
        }
    }

    /// Native policies held still.
    pub(crate) fn hold(&mut self, hold: Hold) {
        *self.native_holds.entry(hold).or_default() += 1;
    }

    /// How long the instances had as much to do as they can.
    pub(crate) const fn saturated(&self) -> Saturated {
        self.saturated
    }

    /// Requests that were lost elsewhere than at the group's own instances, by what lost them.
    pub(crate) fn blamed(&self) -> impl Iterator<Item = (Blame, f64)> {
        self.blamed.iter().map(|(blame, lost)| (*blame, *lost))
    }

    pub(crate) const fn latency(&self) -> &Latency {
        &self.latency
    }
}

/// Seconds in which instances had as much to do as they can.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Saturated {
    /// While there were as many as there may be.
    pub(crate) full: f64,
    /// While there could have been more.
    pub(crate) growing: f64,
}

/// How many answered requests met which level of utilisation, and so what their latencies were.
#[derive(Clone, Debug)]
pub(crate) struct Latency {
    levels: Vec<f64>,
    /// Requests that waited for other services too, by the power of two of the milliseconds.
    slowed: BTreeMap<u32, Vec<f64>>,
}

impl Default for Latency {
    fn default() -> Self {
        Self { levels: vec![0.0; LEVELS], slowed: BTreeMap::new() }
    }
}

impl Latency {
    fn add(&mut self, flow: &Flow, answered: f64) {
        let levels = if flow.elsewhere < 0.000_5 {
            &mut self.levels
        } else {
            let class = class_of(flow.elsewhere);
            self.slowed.entry(class).or_insert_with(|| vec![0.0; LEVELS])
        };
        // Between two levels, both get their share: the mean comes out right.
        if let Some([below, above]) =
            levels.get_mut(flow.at.level..).and_then(|rest| rest.first_chunk_mut::<2>())
        {
            let upper = answered * flow.at.share;
            *below += answered - upper;
            *above += upper;
        }
    }

    fn classes(&self) -> impl Iterator<Item = (f64, &[f64])> {
        let slowed = self.slowed.iter().map(|(class, levels)| (seconds_of(*class), &**levels));
        std::iter::once((0.0, &*self.levels)).chain(slowed)
    }

    /// Requests that were answered.
    pub(crate) fn answered(&self) -> f64 {
        self.classes().flat_map(|(_, levels)| levels).sum()
    }

    /// The sum of their waits for other services, in seconds.
    pub(crate) fn elsewhere(&self) -> f64 {
        self.classes().map(|(elsewhere, levels)| elsewhere * levels.iter().sum::<f64>()).sum()
    }

    /// The sum of their latencies as if there had been no load, in seconds.
    pub(crate) fn idle(&self, station: &Station) -> f64 {
        self.answered() * station.mean(Position::default())
    }

    /// How many of them took longer than so many seconds.
    pub(crate) fn slower_than(&self, station: &Station, seconds: f64) -> f64 {
        let mut slower = 0.0;
        for (elsewhere, levels) in self.classes() {
            for (level, count) in levels.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                let share = if seconds < elsewhere {
                    1.0
                } else {
                    station.slower_than(level, seconds - elsewhere)
                };
                slower += count * share;
            }
        }
        slower
    }

    /// The sum of their latencies, in seconds.
    pub(crate) fn sum(&self, station: &Station) -> f64 {
        let mut sum = 0.0;
        for (elsewhere, levels) in self.classes() {
            for (level, count) in levels.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                sum += count * (station.mean_at(level) + elsewhere);
            }
        }
        sum
    }
}

/// Waits elsewhere are told apart by a quarter of a power of two.
fn class_of(seconds: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some 80 classes up to an hour; what is no number becomes 0"
    )]
    {
        ((seconds * 1_000.0).log2() * 4.0).round().max(0.0) as u32
    }
}

fn seconds_of(class: u32) -> f64 {
    (f64::from(class) / 4.0).exp2() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantile;
    use crate::station::position;

    /// So many requests at a utilisation that wait so long for others.
    fn add(latency: &mut Latency, utilisation: f64, elsewhere: f64, requests: f64) {
        let flow = Flow { at: position(utilisation), elsewhere, ..Flow::default() };
        latency.add(&flow, requests);
    }

    #[test]
    fn the_quantile_of_a_mixture_is_that_of_all_its_requests() {
        let station = Station::new(500.0, 0.05, 1.0);
        let mut latency = Latency::default();
        // Nine in ten meet an idle instance, one in ten waits a second for others as well: the
        // slowest twentieth is the slower half of those, 1 s and ln 2 of 50 ms.
        add(&mut latency, 0.03, 0.0, 900.0);
        add(&mut latency, 0.03, 1.024, 100.0);
        assert!((latency.answered() - 1_000.0).abs() < 1e-9);
        let beyond = |seconds| latency.slower_than(&station, seconds) / 1_000.0;
        let p95 = quantile::of_tail(0.95, 60.0, beyond);
        assert!((p95 - (1.024 + 0.05 * 2f64.ln())).abs() < 1e-3, "{p95}");
        let mean = latency.sum(&station) / 1_000.0;
        assert!((mean - (0.05 + 0.1024)).abs() < 1e-4, "{mean}");
    }

    #[test]
    fn between_two_levels_the_mean_comes_out_right() {
        let station = Station::new(10.0, 0.1, 1_000.0);
        let mut latency = Latency::default();
        add(&mut latency, 0.76, 0.0, 1.0);
        let mean = station.mean(position(0.76));
        assert!((latency.sum(&station) - mean).abs() < 1e-9);
    }

    #[test]
    fn waits_elsewhere_are_told_apart_by_less_than_a_tenth() {
        for milliseconds in 1..5_000u32 {
            let seconds = f64::from(milliseconds) / 1_000.0;
            let error = seconds_of(class_of(seconds)) / seconds - 1.0;
            assert!(error.abs() < 0.1, "{milliseconds} ms: {error}");
        }
    }
}
