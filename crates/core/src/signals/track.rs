//! A series as it is read here: whole periods only, in order of time, in seconds.

use std::collections::BTreeMap;

use super::questions::{Purpose, Questions};
use crate::cloud::{Extent, Point, Series};
use crate::scaling::managed::BadData;
use crate::units::MetricValue;

/// So many periods may lie between the end of the newest one and now. CloudWatch shows a period a
/// minute or two after it ended.
const PATIENCE: i64 = 3;

/// The value of a period, or why it is none.
pub(super) type Value = Result<MetricValue, BadData>;

/// A series that is all there is.
#[derive(Clone, Debug)]
pub(super) struct Track {
    /// The length of its periods, in seconds; above 0.
    pub(super) period: i64,
    /// How often a value comes, in seconds; at least the period.
    pub(super) pace: i64,
    /// Beginnings of periods with their values, oldest first.
    pub(super) points: Vec<(i64, Value)>,
}

impl Track {
    /// `None` for a series that may lack points.
    fn of(series: Series, period: i64, pace: i64, now: i64) -> Option<Self> {
        if series.extent != Extent::Complete {
            return None;
        }
        let value = |point| match point {
            Point::Value(value) => Ok(value),
            Point::NotANumber => Err(BadData::NotANumber),
        };
        let points = series.points.into_iter().map(|(at, point)| (at.as_second(), value(point)));
        let mut points: Vec<(i64, Value)> = points.filter(|(at, _)| at + period <= now).collect();
        points.sort_by_key(|(at, _)| *at);
        Some(Self { period, pace: pace.max(period), points })
    }

    /// The newest whole period, if it is fresh.
    pub(super) fn newest(&self, now: i64) -> Option<(i64, Value)> {
        self.fresh_at(now - self.period)
    }

    /// The newest period that began at `moment` or before, if it is fresh then.
    pub(super) fn fresh_at(&self, moment: i64) -> Option<(i64, Value)> {
        let end = self.points.partition_point(|(at, _)| *at <= moment);
        let (at, value) = *self.points.get(end.checked_sub(1)?)?;
        (moment - at <= PATIENCE * self.pace).then_some((at, value))
    }

    /// The periods that began after `after` and at `until` or before.
    pub(super) fn between(
        &self,
        after: i64,
        until: i64,
    ) -> impl Iterator<Item = (i64, Value)> + '_ {
        let start = self.points.partition_point(|(at, _)| *at <= after);
        let periods = self.points.get(start..).unwrap_or_default().iter().copied();
        periods.take_while(move |(at, _)| *at <= until)
    }
}

/// The series of one answer, by what they are about and for.
#[derive(Debug)]
pub(super) struct Tracks<'a> {
    found: BTreeMap<&'a str, BTreeMap<&'a Purpose, Track>>,
    questions: &'a Questions,
}

impl<'a> Tracks<'a> {
    pub(super) fn of(questions: &'a Questions, series: Vec<Series>, now: i64) -> Self {
        let mut found: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        let asked = questions.asked.iter().zip(&questions.queries).zip(series);
        for ((asked, query), series) in asked {
            let period = i64::from(query.metric.period().0.max(1));
            if let Some(track) = Track::of(series, period, asked.pace.0.into(), now) {
                found.entry(asked.about.as_str()).or_default().insert(&asked.purpose, track);
            }
        }
        Self { found, questions }
    }

    /// A series; `None` when it was not asked for, or is not all there is.
    pub(super) fn get(&self, about: &str, purpose: &Purpose) -> Option<&Track> {
        self.found.get(about)?.get(purpose)
    }

    /// Whether a series was asked for.
    pub(super) fn was_asked(&self, about: &str, purpose: &Purpose) -> bool {
        self.questions.asked.iter().any(|it| it.about == about && it.purpose == *purpose)
    }

    /// The load balancer of a service.
    pub(super) fn balancer(&self, service: &str) -> Option<&'a str> {
        self.questions.balancers.get(service).map(String::as_str)
    }
}
