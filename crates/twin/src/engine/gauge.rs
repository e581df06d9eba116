//! A metric as CloudWatch shows it: made from what a group did in a period, published some time
//! later, and watched by two alarms.

use plimsoll_core::cloud::Point;
use plimsoll_core::scaling::target_tracking::{Reading, low_threshold};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::Metric;

use super::signal::{Period, Signal};
use crate::alarm::{Missing, Rule, State, Window};

/// Periods that are kept until they are published: an hour of minutes and a little.
const KEPT: usize = 64;

/// What publishing meets in a region.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    /// Seconds from the end of a period until its data point shows.
    pub(crate) delay: u64,
    /// Data points do not come.
    pub(crate) missing: bool,
    /// Data points are no numbers.
    pub(crate) nan: bool,
}

/// A metric with a target.
#[derive(Clone, Debug)]
pub(crate) struct Gauge {
    /// The policy that tracks it.
    pub(crate) policy: String,
    /// What it tracks.
    pub(crate) metric: Metric,
    /// Seconds of a period.
    pub(crate) period: u64,
    signal: Signal,
    target: MetricValue,
    target_number: f64,
    low_number: f64,
    scale_in: bool,
    high: Alarm,
    low: Alarm,
    values: [f64; KEPT],
    /// Periods that have ended, and those of them that were published.
    ended: u64,
    published: u64,
    /// The newest value that shows.
    newest: f64,
}

/// An alarm of a policy.
#[derive(Clone, Copy, Debug)]
struct Alarm {
    rule: Rule,
    window: Window,
    state: State,
}

impl Alarm {
    const fn of(periods: u32) -> Self {
        let rule = Rule { datapoints: periods, periods, missing: Missing::Missing };
        Self { rule, window: Window::EMPTY, state: State::Ok }
    }

    fn look(&mut self) {
        self.state = self.rule.evaluate(self.window, self.state);
    }
}

/// What a gauge is made of.
#[derive(Clone, Debug)]
pub(crate) struct Tracked {
    pub(crate) policy: String,
    pub(crate) metric: Metric,
    pub(crate) period: u64,
    pub(crate) signal: Signal,
    pub(crate) target: MetricValue,
    pub(crate) scale_in: bool,
    /// In percent of the target.
    pub(crate) low_percent: u8,
}

impl Gauge {
    /// A metric without a past: the alarms of a new policy are quiet.
    pub(crate) fn new(tracked: Tracked, ended: u64) -> Self {
        let Tracked { policy, metric, period, signal, target, scale_in, low_percent } = tracked;
        Self {
            policy,
            metric,
            period,
            signal,
            target,
            target_number: target.as_f64(),
            low_number: low_threshold(target, low_percent).as_f64(),
            scale_in,
            // Source: alarms that AWS makes for target tracking: 3 of 3 above, 15 of 15 below.
            high: Alarm::of(3),
            low: Alarm::of(15),
            values: [f64::NAN; KEPT],
            ended,
            published: ended,
            newest: f64::NAN,
        }
    }

    /// A period ends. Publishes what is due, and looks at the alarms. The end of the newest period
    /// above the target that came to show, if one did.
    pub(crate) fn end(&mut self, period: &Period, weather: Weather) -> Option<u64> {
        let value = if weather.missing { None } else { self.signal.value(period, self.period) };
        let value = if weather.nan { f64::INFINITY } else { value.unwrap_or(f64::NAN) };
        if let Some(place) = self.values.get_mut(place(self.ended)) {
            *place = value;
        }
        self.ended += 1;
        self.high.window.age();
        self.low.window.age();
        let late = weather.delay.div_ceil(self.period);
        let mut above = None;
        while self.published + late < self.ended {
            if self.publish() {
                above = Some(self.published * self.period);
            }
        }
        self.high.look();
        self.low.look();
        above
    }

    /// Publishes the next period, and says whether it is above the target.
    fn publish(&mut self) -> bool {
        let value = self.values.get(place(self.published)).copied().unwrap_or(f64::NAN);
        let ago = u32::try_from(self.ended - 1 - self.published).unwrap_or(u32::MAX);
        self.published += 1;
        self.newest = value;
        // What is missing, or no number, is no data point to an alarm.
        if !value.is_finite() {
            return false;
        }
        let above = value > self.target_number;
        self.high.window.put(ago, above);
        self.low.window.put(ago, value < self.low_number);
        above
    }

    /// Whether one of its alarms asks for something.
    pub(crate) fn asks(&self) -> bool {
        self.high.state == State::Alarm || (self.scale_in && self.low.state == State::Alarm)
    }

    /// What its policy sees.
    pub(crate) fn reading(&self) -> Reading {
        Reading {
            high: self.high.state == State::Alarm,
            low: self.low.state == State::Alarm,
            metric: self.value(),
            target: self.target,
            scale_in: self.scale_in,
        }
    }

    /// The data points that show, of the last hour, with the second at which their period began.
    pub(crate) fn points(&self) -> impl Iterator<Item = (u64, Point)> {
        let oldest = self.ended.saturating_sub(KEPT as u64);
        (oldest..self.published).filter_map(|period| {
            let value = *self.values.get(place(period))?;
            (!value.is_nan()).then(|| (period * self.period, Point::from(value)))
        })
    }

    /// The newest value that shows, number or not.
    pub(crate) fn shown(&self) -> Option<f64> {
        Some(self.newest).filter(|value| !value.is_nan())
    }

    /// The newest value that shows, if it is a number.
    pub(crate) fn value(&self) -> Option<MetricValue> {
        MetricValue::from_f64(self.newest).ok()
    }

    /// Whether it goes on where another began: the same metric of the same policy.
    pub(crate) fn tracks_as(&self, other: &Self) -> bool {
        self.policy == other.policy
            && self.signal == other.signal
            && self.period == other.period
            && self.target == other.target
            && self.scale_in == other.scale_in
    }

    /// The target.
    pub(crate) fn target(&self) -> MetricValue {
        self.target
    }

    /// Whether the period that ended last was above the target, shown or not.
    pub(crate) fn was_above(&self) -> bool {
        let last = self.ended.checked_sub(1).and_then(|last| self.values.get(place(last)));
        last.is_some_and(|value| *value > self.target_number && value.is_finite())
    }

    /// Instances that each request per second needs at the target; 0 for what load does not move.
    pub(crate) fn instances_per_rps(&self) -> f64 {
        self.signal.per_rps() / self.target_number
    }
}

/// Where a period is kept.
fn place(period: u64) -> usize {
    usize::try_from(period % KEPT as u64).unwrap_or(0)
}
