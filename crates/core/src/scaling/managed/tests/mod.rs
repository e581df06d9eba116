//! Every paragraph of the algorithm, with builders of inputs that say only what differs.

mod laws;
mod pace;
mod readings;
mod steps;
mod windows;

use super::*;
use crate::scaling::{RateKind, RatePolicy, Rules, SelectPolicy};
use crate::units::{MetricValue, Seconds};

const WIDE: Bounds = Bounds { min: 1, max: 1_000 };

/// A group of `current` instances with a proposal, wide bounds and no behaviour.
fn proposing(current: Instances, proposal: Instances) -> Input<'static> {
    Input {
        current,
        bounds: WIDE,
        behavior: None,
        demand: Demand::Proposal(proposal),
        recommendations: &[],
        events: &[],
        tick: Tick::EXACT,
    }
}

/// Rules without a window.
fn rules(select_policy: SelectPolicy, policies: &[RatePolicy]) -> Rules {
    Rules {
        stabilization_window: Seconds(0),
        select_policy,
        policies: policies.to_vec(),
        tolerance: None,
    }
}

/// A behaviour of two windows that limits no rate.
fn windows(up: u32, down: u32) -> Behavior {
    let free =
        |window| Rules { stabilization_window: Seconds(window), ..rules(SelectPolicy::Min, &[]) };
    Behavior { scale_up: free(up), scale_down: free(down) }
}

/// A behaviour without windows and with these rules both ways.
fn both_ways(rules: &Rules) -> Behavior {
    Behavior { scale_up: rules.clone(), scale_down: rules.clone() }
}

const fn instances(value: Instances, period: u32) -> RatePolicy {
    RatePolicy { kind: RateKind::Instances, value, period: Seconds(period) }
}

const fn percent(value: Instances, period: u32) -> RatePolicy {
    RatePolicy { kind: RateKind::Percent, value, period: Seconds(period) }
}

const fn log(capacity: Instances, seconds: u64) -> Recommendation {
    Recommendation { capacity, age: Age::seconds(seconds) }
}

const fn event(change: i64, seconds: u64) -> Event {
    Event { change, age: Age::seconds(seconds) }
}

/// Capacity and limit of a decision.
fn outcome(input: &Input<'_>) -> (Instances, Limit) {
    let decision = decide(input).unwrap();
    (decision.capacity, decision.limited_by)
}

fn value(units: f64) -> MetricValue {
    MetricValue::from_f64(units).unwrap()
}

fn reading(kind: ReadingKind, units: f64, target: f64, counts: Counts) -> Reading {
    Reading { kind, value: Ok(value(units)), target: value(target), counts }
}
