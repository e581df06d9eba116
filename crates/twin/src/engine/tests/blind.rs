//! Native policies that see nothing, or that nobody hears, and what is said of faults.

use super::*;
use crate::fault::MetricFault;

const NATIVE: &str = "
    scaling:
      mode: target_tracking
      policies: { cpu: { target_tracking: { metric: cpu, target: 50 } } }
";

fn holds(kind: Kind) -> BTreeMap<String, u64> {
    let load = open("web", None, Curve::Lines(vec![(600, 180.0), (600, 340.0)]));
    let mut engine = Engine::new(&one(NATIVE), &load, &options(&[(300, 2_100, kind)]));
    engine.run_until(2_099);
    engine.score("", &[], 1).rows.remove(0).holds
}

#[test]
fn a_policy_whose_metric_does_not_show_says_so_each_minute() {
    for how in [MetricFault::Missing, MetricFault::Nan, MetricFault::Delayed(300)] {
        let kind = Kind::Metrics { region: EAST.to_owned(), service: None, how };
        let holds = holds(kind);
        assert!(holds["the metric has no value"] >= 25, "{how:?}: {holds:?}");
    }
}

#[test]
fn an_alarm_that_the_control_plane_does_not_answer_says_so_each_minute() {
    let holds = holds(Kind::ControlPlaneDark { region: EAST.to_owned() });
    assert!(holds["the control plane does not answer"] >= 15, "{holds:?}");
    assert!(!holds.contains_key("the metric has no value"), "{holds:?}");
}

#[test]
fn faults_are_told_without_a_trace() {
    let kind = Kind::ZoneLost { region: EAST.to_owned(), zone: format!("{EAST}a") };
    let mut engine = engine(&one(NATIVE), 100.0, &[(300, u64::MAX, kind)]);
    engine.run_until(600);
    let outcome = engine.score("", &[], 1);
    let fault = &outcome.faults[0];
    assert_eq!((fault.from, fault.to), (300, 600));
    assert_eq!(fault.text, "us-east-1: zone us-east-1a lost");
}

#[test]
fn a_stateful_service_in_a_lost_zone_is_told_of() {
    let kind = Kind::ZoneLost { region: EAST.to_owned(), zone: format!("{EAST}a") };
    let mut engine = Engine::new(&alfred(), &Load::default(), &options(&[(300, 900, kind)]));
    engine.run_until(600);
    let told = engine.notes.iter().any(|note| note.contains("us-east-1a, which is lost"));
    assert!(told, "{:?}", engine.notes);
}
