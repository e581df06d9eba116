//! CloudWatch's answers in the core's words.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataOutput;
use aws_sdk_cloudwatch::types::{MessageData, MetricDataResult, StatusCode};
use jiff::Timestamp;
use plimsoll_core::cloud::{Extent, Point, Series};

use crate::convert::timestamp;

/// The series of the pages of one answer, by their id.
pub(crate) fn series(pages: &[GetMetricDataOutput]) -> BTreeMap<String, Series> {
    let mut all: BTreeMap<String, Pieces> = BTreeMap::new();
    for result in pages.iter().flat_map(GetMetricDataOutput::metric_data_results) {
        let id = result.id().unwrap_or_default();
        all.entry(id.to_owned()).or_default().add(result);
    }
    // What is said of the whole answer is said of each of its series.
    let said = said(pages.iter().flat_map(GetMetricDataOutput::messages));
    all.into_iter().map(|(id, pieces)| (id, pieces.series(said.clone()))).collect()
}

/// A series while its pages come in.
#[derive(Default)]
struct Pieces {
    points: Vec<(Timestamp, Point)>,
    /// Whether the last page that spoke of it was to be followed by another.
    unfinished: bool,
    /// What no later page can mend.
    wrong: Option<String>,
}

impl Pieces {
    fn add(&mut self, result: &MetricDataResult) {
        let (times, values) = (result.timestamps(), result.values());
        let before = self.points.len();
        let point = |(time, value): (_, &f64)| Some((timestamp(Some(time))?, Point::from(*value)));
        self.points.extend(times.iter().zip(values).filter_map(point));
        let read = self.points.len() - before;
        self.unfinished = false;
        let wrong = match result.status_code() {
            _ if read != times.len() || read != values.len() => {
                let (moments, values) = (times.len(), values.len());
                Some(format!("of {moments} moments and {values} values, {read} belong together"))
            }
            Some(StatusCode::Complete) => said(result.messages()),
            Some(StatusCode::PartialData) => {
                self.unfinished = true;
                said(result.messages())
            }
            Some(other) => Some(
                said(result.messages())
                    .unwrap_or_else(|| format!("CloudWatch could not read it: {other}")),
            ),
            None => Some("CloudWatch does not say whether this is all".to_owned()),
        };
        self.wrong = self.wrong.take().or(wrong);
    }

    /// The series, `said` being what is said of all series of the answer.
    fn series(mut self, said: Option<String>) -> Series {
        self.points.sort_by_key(|(at, _)| *at);
        let read = self.points.len();
        self.points.dedup_by_key(|(at, _)| *at);
        let twice =
            (self.points.len() < read).then(|| "it has two values for one moment".to_owned());
        let unfinished = self.unfinished.then(|| "CloudWatch sent a part of it".to_owned());
        let wrong = self.wrong.or(said).or(twice).or(unfinished);
        Series { points: self.points, extent: wrong.map_or(Extent::Complete, Extent::Partial) }
    }
}

/// CloudWatch explains what it left out, such as the points of a division by zero.
fn said<'a>(messages: impl IntoIterator<Item = &'a MessageData>) -> Option<String> {
    let words = |message: &MessageData| {
        let (code, value) = (message.code().unwrap_or_default(), message.value());
        value.map_or_else(|| code.to_owned(), |value| format!("{code}: {value}"))
    };
    let all: Vec<String> = messages.into_iter().map(words).collect();
    (!all.is_empty()).then(|| all.join("; "))
}
