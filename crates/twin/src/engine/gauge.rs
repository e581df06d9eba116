//! A metric as CloudWatch shows it: made from what a group did in a period, published some time
//! later, and watched by two alarms.

use std::collections::VecDeque;

use plimsoll_core::cloud::Point;
use plimsoll_core::scaling::target_tracking::{Reading, low_threshold};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::Metric;

use super::signal::{Period, Signal};
use crate::alarm::{Missing, Rule, State, Window};

/// Periods beyond the usual delay after which the newest value is too old to decide by: as many as an
/// alarm above the target looks at. AWS publishes no number.
const STALE: u64 = 3;

/// Data points that can be read are at most so old, in seconds.
const KEPT: u64 = 3_600;

/// How often a policy is invoked while an alarm of it stays in `ALARM`, in seconds.
/// Source: CloudWatch user guide, "Alarm actions".
const REPEAT: u64 = 60;

/// How long a gauge is new, in seconds: the first data points are on their way.
const NEW: u64 = 180;

/// What publishing meets in a region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// The values of the latest periods that have ended, oldest first; NaN for none, and infinity
    /// for one that is no number.
    values: VecDeque<f64>,
    /// Periods that have ended, and those of them that were published.
    ended: u64,
    published: u64,
    /// Periods that usually are yet to show.
    usual: u64,
    /// The newest value that shows.
    newest: f64,
    /// Whether the period that ended last was above the target, shown or not.
    pub(crate) was_above: bool,
    /// Whether that period had a value, shown or not.
    pub(crate) had_value: bool,
}

/// An alarm of a policy.
#[derive(Clone, Copy, Debug)]
struct Alarm {
    rule: Rule,
    window: Window,
    state: State,
    /// When it came into its state.
    since: u64,
}

impl Alarm {
    /// Source: CloudWatch API, `PutMetricAlarm`: it begins with insufficient data.
    const fn of(periods: u32) -> Self {
        let rule = Rule { datapoints: periods, periods, missing: Missing::Missing };
        Self { rule, window: Window::EMPTY, state: State::InsufficientData, since: 0 }
    }

    fn look(&mut self, now: u64) {
        let state = self.rule.evaluate(self.window, self.state);
        if state != self.state {
            (self.state, self.since) = (state, now);
        }
    }

    fn is_on(&self) -> bool {
        self.state == State::Alarm
    }

    /// Whether it invokes its policy now: when it goes off, and each minute from then on.
    fn invokes(&self, now: u64) -> bool {
        self.is_on() && now.saturating_sub(self.since).is_multiple_of(REPEAT)
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
    /// Seconds after which a data point usually shows.
    pub(crate) delay: u64,
}

impl Gauge {
    /// A metric without a past: so many periods ended before anybody looked.
    pub(crate) fn new(tracked: Tracked, ended: u64) -> Self {
        let Tracked { policy, metric, period, signal, target, scale_in, low_percent, delay } =
            tracked;
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
            values: VecDeque::new(),
            ended,
            published: ended,
            usual: delay.div_ceil(period),
            newest: f64::NAN,
            was_above: false,
            had_value: false,
        }
    }

    /// Takes up the data points of another, if that has the same metric: a new policy is judged by
    /// the data from before its creation, and one that changed keeps the states of its alarms.
    pub(crate) fn take_up(mut self, others: &[Self]) -> Self {
        let same = |other: &&Self| other.signal == self.signal && other.period == self.period;
        let of_policy = |other: &&Self| same(other) && other.policy == self.policy;
        let Some(other) = others.iter().find(of_policy).or_else(|| others.iter().find(same)) else {
            return self;
        };
        if other.policy == self.policy {
            (self.high.state, self.high.since) = (other.high.state, other.high.since);
            (self.low.state, self.low.since) = (other.low.state, other.low.since);
        }
        self.values.clone_from(&other.values);
        (self.ended, self.newest, self.was_above) = (other.ended, other.newest, other.was_above);
        self.published = self.first();
        while self.published < other.published {
            self.publish();
        }
        self
    }

    /// The oldest period whose value is kept.
    fn first(&self) -> u64 {
        self.ended - u64::try_from(self.values.len()).unwrap_or(self.ended)
    }

    fn value_of(&self, period: u64) -> Option<f64> {
        let place = usize::try_from(period.checked_sub(self.first())?).ok()?;
        self.values.get(place).copied()
    }

    /// A period ends. Publishes what is due, and looks at the alarms. The end of the newest period
    /// above the target that came to show, if one did.
    pub(crate) fn end(&mut self, period: &Period, weather: Weather) -> Option<u64> {
        let value = self.signal.value(period, self.period).unwrap_or(f64::NAN);
        self.was_above = value > self.target_number;
        self.had_value = value.is_finite();
        let late = weather.delay.div_ceil(self.period);
        while u64::try_from(self.values.len()).is_ok_and(|kept| kept > KEPT / self.period + late) {
            self.values.pop_front();
        }
        self.values.push_back(match weather {
            Weather { missing: true, .. } => f64::NAN,
            Weather { nan: true, .. } => f64::INFINITY,
            Weather { .. } => value,
        });
        self.ended += 1;
        self.high.window.age();
        self.low.window.age();
        let mut above = None;
        while self.published + late < self.ended {
            if self.publish() {
                above = Some(self.published * self.period);
            }
        }
        let now = self.ended * self.period;
        self.high.look(now);
        self.low.look(now);
        above
    }

    /// Publishes the next period, and says whether it is above the target.
    fn publish(&mut self) -> bool {
        let value = self.value_of(self.published).unwrap_or(f64::NAN);
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

    /// Whether one of its alarms invokes the policy now.
    pub(crate) fn invokes(&self, now: u64) -> bool {
        self.high.invokes(now) || (self.scale_in && self.low.invokes(now))
    }

    /// Whether none of the periods that its upper alarm judges has a data point that shows. One
    /// that nobody looked at for so long has not come to its first points yet.
    pub(crate) fn is_blind(&self) -> bool {
        let seen = u64::try_from(self.values.len()).unwrap_or_default() * self.period;
        seen >= NEW && self.high.window.is_empty(self.high.rule.periods)
    }

    /// What its policy sees.
    pub(crate) fn reading(&self) -> Reading {
        Reading {
            high: self.high.is_on(),
            low: self.low.is_on(),
            metric: self.value(),
            target: self.target,
            scale_in: self.scale_in,
        }
    }

    /// The data points that show, of the last hour and before it as far as they come late, with the
    /// second at which their period began.
    pub(crate) fn points(&self) -> impl Iterator<Item = (u64, Point)> {
        (self.first()..self.published).filter_map(|period| {
            let value = self.value_of(period)?;
            (!value.is_nan()).then(|| (period * self.period, Point::from(value)))
        })
    }

    /// The newest value that shows, number or not, unless it is too old to decide by.
    pub(crate) fn shown(&self) -> Option<f64> {
        let fresh = self.ended - self.published <= self.usual + STALE;
        Some(self.newest).filter(|value| fresh && !value.is_nan())
    }

    /// The newest value that shows, if it is a number and not too old to decide by.
    pub(crate) fn value(&self) -> Option<MetricValue> {
        MetricValue::from_f64(self.shown()?).ok()
    }

    /// The target.
    pub(crate) fn target(&self) -> MetricValue {
        self.target
    }

    /// Instances that each request per second needs at the target; 0 for what load does not move.
    pub(crate) fn instances_per_rps(&self) -> f64 {
        self.signal.per_rps() / self.target_number
    }
}
