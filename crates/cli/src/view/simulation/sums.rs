//! The rows of a service, summed up over its regions.

use plimsoll_core::units::Instances;
use plimsoll_twin::outcome::{Outcome, Row};

/// A service over all its regions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sum<'a> {
    pub(super) service: &'a str,
    pub(super) rows: Vec<&'a Row>,
    /// In the region that had most.
    pub(super) peak: Instances,
    pub(super) mean: f64,
    pub(super) hours: f64,
    /// `None` when no row has a price.
    pub(super) cost: Option<f64>,
    pub(super) above: u64,
    pub(super) requests: f64,
    pub(super) lost: f64,
    /// In the region where it was worst.
    pub(super) p95_ms: Option<f64>,
    pub(super) events: u64,
    pub(super) events_per_hour: f64,
}

impl<'a> Sum<'a> {
    fn of(service: &'a str, rows: Vec<&'a Row>) -> Self {
        let sum = |of: fn(&Row) -> f64| rows.iter().map(|row| of(row)).sum();
        Self {
            service,
            peak: rows.iter().map(|row| row.peak_capacity).max().unwrap_or_default(),
            mean: sum(|row| row.mean_capacity),
            hours: sum(|row| row.instance_hours),
            cost: rows.iter().filter_map(|row| row.cost).reduce(|sum, cost| sum + cost),
            above: rows.iter().map(|row| row.minutes_above_target).sum(),
            requests: sum(|row| row.requests),
            lost: sum(|row| row.lost),
            p95_ms: rows.iter().filter_map(|row| row.p95_ms).reduce(f64::max),
            events: rows.iter().map(|row| row.scaling_events).sum(),
            events_per_hour: sum(|row| row.scaling_events_per_hour),
            rows,
        }
    }
}

/// Every service, in the order of the rows.
pub(super) fn sums(outcome: &Outcome) -> Vec<Sum<'_>> {
    let services = outcome.rows.chunk_by(|one, next| one.service == next.service);
    services
        .filter_map(|rows| Some(Sum::of(&rows.first()?.service, rows.iter().collect())))
        .collect()
}
