//! One line: what a decision depends on.

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use plimsoll_core::bounds::Bounds;
use plimsoll_core::scaling::Behavior;
use plimsoll_core::scaling::managed::{
    Age, BadData, Counts, Demand, Event, Input, Reading, ReadingKind, Recommendation, Tick,
};
use plimsoll_core::units::{Instances, MetricValue};
use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::behavior::BehaviorDoc;
use super::number;
use super::object::Object;

/// A line as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineDoc {
    current: Instances,
    min: Option<Instances>,
    max: Instances,
    proposal: Option<Instances>,
    metrics: Option<Vec<Object<MetricDoc>>>,
    behavior: Option<Object<BehaviorDoc>>,
    recommendations: Option<Vec<Object<RecommendationDoc>>>,
    events: Option<Vec<Object<EventDoc>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MetricDoc {
    #[serde(rename = "type")]
    kind: KindDoc,
    #[serde(deserialize_with = "number::sample")]
    value: Result<MetricValue, BadData>,
    #[serde(deserialize_with = "number::target")]
    target: MetricValue,
    /// Default: all that are neither missing nor unready.
    ready: Option<Instances>,
    #[serde(default)]
    missing: Instances,
    #[serde(default)]
    unready: Instances,
}

/// The target types of `autoscaling/v2`, in either case.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum KindDoc {
    #[serde(alias = "Utilization")]
    Utilization,
    #[serde(alias = "AverageValue")]
    AverageValue,
    #[serde(alias = "Value")]
    Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecommendationDoc {
    capacity: Instances,
    #[serde(rename = "ageSeconds", deserialize_with = "age")]
    age: Age,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventDoc {
    change: i64,
    #[serde(rename = "ageSeconds", deserialize_with = "age")]
    age: Age,
}

/// Seconds, whole or not, cut to milliseconds: nothing that is younger than a window of whole
/// seconds becomes as old as it.
fn age<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Age, D::Error> {
    let seconds = number::exact(deserializer)?;
    u64::try_from(seconds.micros())
        .map(|micros| Age::millis(micros / 1_000))
        .map_err(|_| de::Error::custom(format_args!("ageSeconds {seconds} is below 0")))
}

/// A line that makes sense.
pub(super) struct Question {
    current: Instances,
    bounds: Bounds,
    behavior: Option<Behavior>,
    asked: Asked,
    recommendations: Vec<Recommendation>,
    events: Vec<Event>,
}

enum Asked {
    Proposal(Instances),
    Readings(Vec<Reading>),
}

impl Question {
    /// Reads a line.
    pub(super) fn read(text: &str) -> Result<Self> {
        let bare = text.trim_start();
        ensure!(
            bare.starts_with('{'),
            "column {}: not a JSON object; `plimsoll policy eval --help` has the form",
            text.len() - bare.len() + 1
        );
        let Object(doc): Object<LineDoc> =
            serde_json::from_str(text).map_err(|error| located(&error))?;
        let bounds = Bounds { min: doc.min.unwrap_or(1), max: doc.max };
        ensure!(bounds.min <= bounds.max, "min {} is above max {}", bounds.min, bounds.max);
        let asked = match (doc.proposal, doc.metrics) {
            (Some(proposal), None) => Asked::Proposal(proposal),
            (None, Some(metrics)) => Asked::Readings(readings(metrics, doc.current)?),
            (Some(_), Some(_)) => bail!("both `proposal` and `metrics` are given; remove one"),
            (None, None) => bail!("neither `proposal` nor `metrics` is given; add one"),
        };
        let recommendation = |RecommendationDoc { capacity, age }| Recommendation { capacity, age };
        let event = |EventDoc { change, age }| Event { change, age };
        Ok(Self {
            current: doc.current,
            bounds,
            behavior: doc.behavior.map(|Object(doc)| doc.lower()).transpose()?,
            asked,
            recommendations: listed(doc.recommendations, recommendation),
            events: listed(doc.events, event),
        })
    }

    /// The input of the decision. Ages count as they are, not in ticks.
    pub(super) fn input(&self) -> Input<'_> {
        Input {
            current: self.current,
            bounds: self.bounds,
            behavior: self.behavior.as_ref(),
            demand: match &self.asked {
                Asked::Proposal(proposal) => Demand::Proposal(*proposal),
                Asked::Readings(readings) => Demand::Readings(readings),
            },
            recommendations: &self.recommendations,
            events: &self.events,
            tick: Tick::EXACT,
        }
    }
}

/// The items of a list that may be left out or null, as programs in Go write an empty one.
fn listed<D, T>(docs: Option<Vec<Object<D>>>, lower: impl Fn(D) -> T) -> Vec<T> {
    docs.into_iter().flatten().map(|Object(doc)| lower(doc)).collect()
}

fn readings(metrics: Vec<Object<MetricDoc>>, current: Instances) -> Result<Vec<Reading>> {
    let at = |(index, Object(metric)): (usize, Object<MetricDoc>)| {
        metric.lower(current).with_context(|| format!("metrics[{index}]"))
    };
    metrics.into_iter().enumerate().map(at).collect()
}

impl MetricDoc {
    fn lower(self, current: Instances) -> Result<Reading> {
        let Self { kind, value, target, missing, unready, .. } = self;
        ensure!(target > MetricValue::default(), "target {target} is not above 0");
        let others = missing.saturating_add(unready);
        let ready = self.ready.unwrap_or_else(|| current.saturating_sub(others));
        let kind = match kind {
            KindDoc::Utilization => ReadingKind::Utilization,
            KindDoc::AverageValue => ReadingKind::AverageValue,
            KindDoc::Value => ReadingKind::Value,
        };
        Ok(Reading { kind, value, target, counts: Counts { ready, missing, unready } })
    }
}

/// The message of a parser without its own line number, which is always 1.
fn located(error: &serde_json::Error) -> anyhow::Error {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let end = format!(" at line {line} column {column}");
    anyhow!("column {column}: {}", message.strip_suffix(&end).unwrap_or(&message))
}
