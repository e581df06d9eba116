//! Spans, periods and the ends of runs.

use plimsoll_core::spec::Mode;

use super::*;
use crate::run::simulate;

const CPU: &str =
    "    scaling: { policies: { cpu: { target_tracking: { metric: cpu, target: 50 } } } }\n";

#[test]
fn a_run_that_ends_within_a_minute_counts_what_there_was() {
    for seconds in [0, 1, 59, 61, 3_599] {
        let options = Options { seconds, trace: true, ..options(&[]) };
        let outcome = simulate(&one(CPU), &steady("web", 10.0), &options);
        let expected = f64::from(u32::try_from(seconds).unwrap()) * 10.0;
        assert!((outcome.total.requests - expected).abs() < 1e-6, "{seconds}");
        assert_eq!(outcome.seconds, seconds);
        let trace = outcome.trace.unwrap();
        let points = usize::try_from(seconds.div_ceil(trace.step)).unwrap();
        let curves = &trace.groups[0];
        assert_eq!(curves.offered.len(), points, "{seconds}");
        assert!(curves.offered.iter().all(|offered| (offered - 10.0).abs() < 1e-9));
        assert!(curves.in_service.iter().all(|count| *count == 4));
    }
}

#[test]
fn a_start_within_a_minute_is_moved_to_its_beginning() {
    let start = "2027-01-04T00:00:42Z".parse().unwrap();
    let outcome = simulate(&one(""), &Load::default(), &Options { start, ..options(&[]) });
    assert_eq!(outcome.start.to_string(), "2027-01-04T00:00:00Z");
}

#[test]
fn a_fault_from_the_first_second_is_there_in_the_first_second() {
    let dark = Kind::DataPlaneDark { region: EAST.to_owned() };
    let outcome = simulate(
        &one(""),
        &steady("web", 10.0),
        &Options { seconds: 100, ..options(&[(0, 40, dark)]) },
    );
    assert!((outcome.total.lost - 400.0).abs() < 1e-6, "{}", outcome.total.lost);
}

#[test]
fn a_fault_at_the_end_of_a_span_begins_and_ends_at_its_second() {
    let dark = |from, to| (from, to, Kind::DataPlaneDark { region: EAST.to_owned() });
    for (from, to) in [(60, 120), (59, 61), (119, 180), (61, 62)] {
        let mut options = options(&[dark(from, to)]);
        options.seconds = 240;
        let outcome = simulate(&one(""), &steady("web", 1.0), &options);
        let expected = f64::from(u32::try_from(to - from).unwrap());
        assert!((outcome.total.lost - expected).abs() < 1e-6, "{from} to {to}");
    }
}

#[test]
fn every_period_ends_with_a_span_whatever_the_load_is_given_by() {
    let mut spec = one(&CPU.replace("scaling: {", "scaling: { mode: managed,"));
    let service = spec.regions.get_mut(EAST).unwrap().services.get_mut("web").unwrap();
    let Mode::Managed(managed) = &mut service.mode else { unreachable!() };
    managed.interval.0 = 30;
    for (step, span) in [(20, 10), (60, 30), (25, 10), (7, 6), (1, 1)] {
        let rate = Curve::Samples { step, values: vec![1.0, 2.0] };
        let engine = Engine::new(&spec, &open("web", None, rate), &options(&[]));
        assert_eq!(engine.span, span, "samples of {step} s");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let mut options = options(&[]);
    (options.model, options.trace) = (Model::default(), true);
    let load = open("web", None, Curve::Lines(vec![(0, 100.0), (1_800, 700.0), (3_600, 100.0)]));
    let run = |seed| simulate(&one(CPU), &load, &Options { seed, ..options.clone() });
    assert_eq!(run(7), run(7));
    assert_ne!(run(7).trace, run(8).trace);
}
