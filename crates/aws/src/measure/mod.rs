//! Series of CloudWatch metrics.
//!
//! ```text
//!   queries ──> lower: what CloudWatch is asked ──> batches ──> read: one series for each query
//! ```

pub(crate) mod lower;
pub(crate) mod read;

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{MetricDataQuery, ScanBy};
use futures::{StreamExt, TryStreamExt, stream};
use plimsoll_core::cloud::{ActError, ErrorClass, Query, Series, Window};
use plimsoll_core::units::Seconds;
use plimsoll_core::world::Metric;

use crate::call::Call;
use crate::client::{Aws, Clients};
use crate::convert::date_time;
use crate::error::act_error;
use lower::Lowered;

/// Most metrics of one call. Source: API reference, `GetMetricData`, `MetricDataQueries`.
const MOST_QUERIES: usize = 500;

/// Calls that run at once; CloudWatch throttles this one at 50 a second for an account and region.
const AT_ONCE: usize = 8;

/// What one call asks, and whose it is.
struct Batch {
    window: Window,
    /// The id in the call and the position of the query, for each series that is asked for.
    asked: Vec<(String, usize)>,
    queries: Vec<MetricDataQuery>,
}

/// Measures in one region.
///
/// # Errors
/// With the first call that fails, unless CloudWatch refuses what is asked: then the series of the
/// call say so.
pub(crate) async fn region(
    aws: &Aws,
    region: &str,
    queries: &[Query],
    window: Window,
) -> Result<Vec<Series>, ActError> {
    let mut series = vec![Series::default(); queries.len()];
    let (batches, unknown) = batches(queries, window);
    let clients = aws.clients(region);
    let answers: Vec<_> =
        stream::iter(batches.into_iter().map(|batch| ask(&clients, region, batch)))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
    for (position, found) in answers.into_iter().flatten().chain(unknown) {
        if let Some(place) = series.get_mut(position) {
            *place = found;
        }
    }
    Ok(series)
}

/// The calls that answer the queries, and what is known of a query without a call.
///
/// Metrics with the same period share a call, since the ends of its window are on that period's
/// boundaries. Metric math has a call of its own: its ids are its own, and `METRICS()` means all
/// metrics of the call.
fn batches(queries: &[Query], window: Window) -> (Vec<Batch>, Vec<(usize, Series)>) {
    let (mut batches, mut unknown) = (Vec::new(), Vec::new());
    let mut shared: BTreeMap<Seconds, (Window, Vec<(usize, Lowered)>)> = BTreeMap::new();
    for (position, query) in queries.iter().enumerate() {
        let period = query.metric.period();
        match (lower::query(query, position), window.whole_periods(period)) {
            (Err(why), _) => unknown.push((position, Series::unknown(why))),
            // No period of it lies in the window, so there is nothing to read.
            (Ok(_), None) => {}
            (Ok(lowered), Some(window)) if matches!(query.metric, Metric::Math(_)) => {
                batches.push(Batch::of(window, [(position, lowered)]));
            }
            (Ok(lowered), Some(window)) => {
                let (_, others) = shared.entry(period).or_insert_with(|| (window, Vec::new()));
                others.push((position, lowered));
            }
        }
    }
    for (window, mut lowered) in shared.into_values() {
        while !lowered.is_empty() {
            let some = lowered.drain(..lowered.len().min(MOST_QUERIES));
            batches.push(Batch::of(window, some));
        }
    }
    (batches, unknown)
}

impl Batch {
    fn of(window: Window, lowered: impl IntoIterator<Item = (usize, Lowered)>) -> Self {
        let mut batch = Self { window, asked: Vec::new(), queries: Vec::new() };
        for (position, lowered) in lowered {
            batch.asked.push((lowered.id, position));
            batch.queries.extend(lowered.queries);
        }
        batch
    }
}

/// Makes one call, page by page.
async fn ask(
    clients: &Clients,
    region: &str,
    batch: Batch,
) -> Result<Vec<(usize, Series)>, ActError> {
    let Batch { window, asked, queries } = batch;
    let pages = clients
        .cloudwatch
        .get_metric_data()
        .set_metric_data_queries(Some(queries))
        .start_time(date_time(window.start))
        .end_time(date_time(window.end))
        .scan_by(ScanBy::TimestampAscending)
        .into_paginator()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await;
    let mut found = match pages {
        Ok(pages) => {
            let call = Call::GetMetricData.name();
            tracing::debug!(region, call, pages = pages.len(), "measured");
            read::series(&pages)
        }
        Err(error) => {
            let error = act_error(Call::GetMetricData, region, &error);
            if error.class != ErrorClass::Invalid {
                return Err(error);
            }
            let refused = |(_, position)| (position, Series::unknown(error.message.clone()));
            return Ok(asked.into_iter().map(refused).collect());
        }
    };
    let of = |(id, position): (String, usize)| {
        let unsaid = || Series::unknown("CloudWatch's answer does not speak of it");
        (position, found.remove(&id).unwrap_or_else(unsaid))
    };
    Ok(asked.into_iter().map(of).collect())
}
