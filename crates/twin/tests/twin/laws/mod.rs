//! The laws of the house over random platforms, loads and faults: whatever happens in a run, these
//! hold.

mod world;

use jiff::SignedDuration;
use plimsoll_core::cloud::{Cloud, Query, Series, Window};
use plimsoll_core::plan::{Options as PlanOptions, plan, scope};
use plimsoll_core::spec::Spec;
use plimsoll_core::world::{Policy, RegionState, World};
use plimsoll_twin::cloud::Twin;
use plimsoll_twin::fault::{Fault, Kind, MetricFault, TO_THE_END};
use plimsoll_twin::load::{Curve, Load, Source};
use plimsoll_twin::model::Model;
use plimsoll_twin::outcome::{Curves, Outcome};
use plimsoll_twin::run::{Options, simulate};
use proptest::prelude::*;

use crate::setting::{at_once, options, web};
use world::{LENGTH, REGIONS, everything, load, platform, spec};

fn choices(seed: u64, faults: &[Fault]) -> Options {
    Options { seed, model: Model::default(), faults: faults.to_vec(), ..options(LENGTH) }
}

fn curves(outcome: &Outcome) -> &[Curves] {
    &outcome.trace.as_ref().unwrap().groups
}

/// The least and the most of a curve over the points from some time ago to one of them.
fn around(curve: &[u32], place: usize, back: usize) -> (u32, u32) {
    let recent = &curve[place.saturating_sub(back)..=place];
    (*recent.iter().min().unwrap(), *recent.iter().max().unwrap())
}

proptest! {
    // Shrunk cases are not kept in files: what one shows becomes a test with a name.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    /// Law 1. A point has the highest desired capacity of its span and the bounds at its end, so
    /// that the bounds of the point before count too.
    #[test]
    fn no_desired_capacity_lies_outside_the_bounds((text, load, faults, seed) in everything()) {
        let outcome = simulate(&spec(&text), &load, &choices(seed, &faults));
        for group in curves(&outcome) {
            for (place, desired) in group.desired.iter().enumerate() {
                let least = around(&group.min, place, 1).0;
                let most = around(&group.max, place, 1).1;
                prop_assert!((least..=most).contains(desired), "{desired} at {place}: {group:?}");
            }
        }
    }

    /// What is in service was desired, a launch that was refused being tried again after a minute
    /// and what is too much being terminated then.
    #[test]
    fn no_more_is_in_service_than_was_desired((text, load, faults, seed) in everything()) {
        let outcome = simulate(&spec(&text), &load, &choices(seed, &faults));
        let step = outcome.trace.as_ref().unwrap().step;
        let back = usize::try_from(120 / step + 1).unwrap();
        for group in curves(&outcome) {
            for (place, in_service) in group.in_service.iter().enumerate() {
                let most = around(&group.desired, place, back).1;
                prop_assert!(*in_service <= most, "{in_service} at {place}: {group:?}");
            }
        }
    }

    /// Law 2. The load falls to nothing at one o'clock, and from a while before there is no data:
    /// only a lower maximum takes anything away from then on.
    #[test]
    fn without_data_nothing_shrinks(
        (text, _) in platform(),
        rate in 100..2_000u32,
        how in prop_oneof![
            Just(MetricFault::Nan),
            Just(MetricFault::Missing),
            Just(MetricFault::Delayed(36_000)),
        ],
        seed: u64,
    ) {
        let spec = spec(&text);
        let rate = Curve::Lines(vec![(3_600, f64::from(rate)), (3_600, 0.0)]);
        let mut services: Vec<&str> = spec.services().map(|(_, name, _)| name).collect();
        services.dedup();
        let source = |service: &str| {
            Source::Open { service: service.to_owned(), region: None, rate: rate.clone() }
        };
        let load = Load { sources: services.into_iter().map(source).collect(), ..Load::default() };
        let fault = |region: &&str| {
            let kind = Kind::Metrics { region: (*region).to_owned(), service: None, how };
            Fault { from: 3_500, to: TO_THE_END, kind }
        };
        let faults: Vec<Fault> = REGIONS.iter().take(spec.regions.len()).map(fault).collect();
        let outcome = simulate(&spec, &load, &choices(seed, &faults));
        let step = outcome.trace.as_ref().unwrap().step;
        // The last data point from before shows a minute later, and may still be acted on.
        let first = usize::try_from(3_720 / step).unwrap();
        for group in curves(&outcome) {
            for place in first + 1..group.desired.len() {
                let before = group.desired[place - 1].min(group.max[place]);
                let desired = group.desired[place];
                prop_assert!(desired >= before, "{desired} at {place}: {group:?}");
            }
        }
    }

    /// Law 4. A platform that its plan was applied to needs none, at any moment of its schedules.
    #[test]
    fn a_settled_platform_needs_no_plan(
        (text, load) in platform().prop_flat_map(|(text, size)| (Just(text), load(size))),
        passes in proptest::collection::vec(0..7_200u64, 1..6),
        seed: u64,
    ) {
        let spec = spec(&text);
        let options = choices(seed, &[]);
        let twin = Twin::settled(&spec, &load, &options);
        let mut now = options.start;
        for seconds in passes {
            twin.pass(seconds);
            now += SignedDuration::from_secs(i64::try_from(seconds).unwrap());
            let all = PlanOptions::default();
            let plan = plan(&spec, &at_once(twin.observe(&scope(&spec, &all))), now, &all);
            prop_assert!(plan.is_empty() && plan.problems.is_empty(), "{now}: {plan:#?}");
        }
    }

    /// Law 5. Same input, same output, bit for bit.
    #[test]
    fn a_run_is_a_function((text, load, faults, seed) in everything()) {
        let spec = spec(&text);
        let (one, other) = (choices(seed, &faults), choices(seed, &faults));
        prop_assert_eq!(simulate(&spec, &load, &one), simulate(&spec, &load, &other));
        let untraced = Options { trace: false, ..one.clone() };
        let traced = Outcome { trace: None, ..simulate(&spec, &load, &one) };
        prop_assert_eq!(simulate(&spec, &load, &untraced), traced, "a trace changes nothing");
    }

    /// Laws 5 and 6. It does not matter in which order faults and streams are listed.
    #[test]
    fn the_order_of_a_list_does_not_matter((text, load, faults, seed) in everything()) {
        let spec = spec(&text);
        let outcome = simulate(&spec, &load, &choices(seed, &faults));
        let (mut back, mut load) = (faults, load);
        back.reverse();
        load.sources.reverse();
        let other = simulate(&spec, &load, &choices(seed, &back));
        prop_assert_eq!(in_order(outcome), in_order(other));
    }

    /// Law 8. Reading, measuring and planning change nothing.
    #[test]
    fn reads_never_write((text, load, faults, seed) in everything()) {
        let spec = spec(&text);
        let options = choices(seed, &faults);
        let read = Twin::settled(&spec, &load, &options);
        let unread = Twin::settled(&spec, &load, &options);
        let all = PlanOptions::default();
        for round in 0..6u64 {
            let seconds = 500 + 13 * round;
            read.pass(seconds);
            unread.pass(seconds);
            let world = at_once(read.observe(&scope(&spec, &all)));
            drop(plan(&spec, &world, options.start, &all));
            shown(&read, &spec, &options);
        }
        prop_assert_eq!(shown(&read, &spec, &options), shown(&unread, &spec, &options));
    }

    /// What comes in is answered or lost, what runs is paid for, and all numbers are numbers.
    #[test]
    fn nothing_comes_from_nothing((text, load, faults, seed) in everything()) {
        let outcome = simulate(&spec(&text), &load, &choices(seed, &faults));
        for row in &outcome.rows {
            prop_assert!((0.0..=row.requests * (1.0 + 1e-9)).contains(&row.lost), "{row:?}");
            let hours = row.mean_capacity * real(outcome.seconds) / 3_600.0;
            prop_assert!(row.instance_hours >= hours - 1e-6, "{row:?}");
            prop_assert!(f64::from(row.peak_capacity) >= row.mean_capacity - 1e-9, "{row:?}");
            prop_assert!(row.p95_ms.is_none_or(|p95| (0.0..3_600_000.0).contains(&p95)), "{row:?}");
            prop_assert_eq!(row.drivers.values().sum::<u64>(), row.scaling_events);
        }
        for group in curves(&outcome) {
            let p95 = group.p95_ms.iter().flatten();
            let all = group.offered.iter().chain(&group.lost).chain(&group.cpu).chain(p95);
            for value in all {
                prop_assert!(value.is_finite() && *value >= 0.0, "{group:?}");
            }
            prop_assert!(group.cpu.iter().all(|cpu| *cpu <= 100.0), "{group:?}");
        }
        let wanted: f64 = load.sources.iter().map(asked).sum();
        let found = outcome.total.requests;
        prop_assert!((found - wanted).abs() <= wanted * 1e-9 + 1e-6, "{found} of {wanted}");
    }
}

#[test]
fn of_two_delays_the_longer_counts_in_either_order() {
    let spec = web("{}");
    let load = crate::setting::load(&spec, "step:90..360,at=10m");
    let late = |seconds| {
        let how = MetricFault::Delayed(seconds);
        let kind = Kind::Metrics { region: "us-east-1".to_owned(), service: None, how };
        Fault { from: 0, to: TO_THE_END, kind }
    };
    for faults in [vec![late(0), late(60)], vec![late(60), late(0)]] {
        let outcome = simulate(&spec, &load, &Options { faults, ..options(3_600) });
        let rise = outcome.rows[0].rises.first.unwrap();
        assert_eq!(rise.to_decision, 240 + 60);
    }
}

#[test]
fn a_load_that_rises_while_traffic_moves_loses_no_request() {
    let spec = web("{}");
    let rate = Curve::Lines(vec![(0, 0.0), (3_600, 360.0)]);
    let source = Source::Open { service: "web".to_owned(), region: None, rate };
    let load = Load { sources: vec![source], ..Load::default() };
    let kind = Kind::DataPlaneDark { region: "us-east-1".to_owned() };
    // Noticed after 150 s, so in the middle of a span of 10 s.
    let faults = vec![Fault { from: 1_234, to: 2_345, kind }];
    let outcome = simulate(&spec, &load, &Options { faults, ..options(3_600) });
    // Half of 360 a second over an hour.
    assert!((outcome.total.requests - 648_000.0).abs() < 1e-3, "{}", outcome.total.requests);
}

/// Requests of an open stream over the whole run.
fn asked(source: &Source) -> f64 {
    match source {
        Source::Open { rate, .. } => rate.mean(0, LENGTH) * real(LENGTH),
        Source::Closed { .. } => 0.0,
    }
}

fn real(seconds: u64) -> f64 {
    f64::from(u32::try_from(seconds).unwrap())
}

/// An outcome whose lists of what happened at one moment have an order.
fn in_order(mut outcome: Outcome) -> Outcome {
    let trace = outcome.trace.as_mut().unwrap();
    trace.marks.sort_by_key(|mark| {
        (mark.at, mark.region.clone(), mark.service.clone(), mark.text.clone())
    });
    trace.faults.sort_by_key(|span| (span.from, span.to, span.region.clone(), span.text.clone()));
    outcome
}

/// What shows of a twin: the world, and every metric of its last hours.
fn shown(twin: &Twin, spec: &Spec, options: &Options) -> (World, Vec<Option<Vec<Series>>>) {
    let world = at_once(twin.observe(&scope(spec, &PlanOptions::default())));
    let end = options.start + SignedDuration::from_secs(i64::try_from(LENGTH).unwrap());
    let window = Window { start: options.start, end };
    let measured = |(region, state): (&String, &RegionState)| {
        let RegionState::Observed(seen) = state else { return None };
        let queries = seen.groups.iter().flat_map(|group| {
            group.policies.values().filter_map(|policy| match policy {
                Policy::TargetTracking(policy) => {
                    Some(Query { group: group.name.clone(), metric: policy.metric.clone() })
                }
                Policy::Step(_) | Policy::Predictive(_) | Policy::Foreign(_) => None,
            })
        });
        at_once(twin.measure(region, &queries.collect::<Vec<_>>(), window)).ok()
    };
    let series = world.regions.iter().map(measured).collect();
    (world, series)
}
