//! Intervals that real activity logs show, kept by the twin.
//!
//! The logs: an event of 2024 whose group has no warmup, in which the alarm above the target went
//! off at 21:22:22 and the group went from 2 to 3 at 21:27:22, and the alarm below it went off at
//! 21:43:47 and the group went from 2 to 1 at 21:48:47; and a log of 2018 with two scale-ins of one
//! policy a minute apart.

use plimsoll_core::spec::Spec;
use plimsoll_core::world::{Group, RegionState};
use plimsoll_twin::cloud::Twin;
use plimsoll_twin::load::{Curve, Load, Source};
use plimsoll_twin::outcome::{Mark, MarkKind, Outcome};
use plimsoll_twin::run::simulate;

use crate::setting::{at_once, load, options, web};

/// What the groups of the logs have: no load balancer, so that nothing drains. The first has no
/// warmup either.
const WITHOUT_WARMUP: &str = "
defaults: { warmup: null }
services: { web: { bounds: { min: 1 }, load_balancing: null } }
";
const WITH_WARMUP: &str = "services: { web: { bounds: { min: 1 }, load_balancing: null } }";

/// Requests per second that change at moments, in jumps.
fn jumps(steps: &[(u64, f64)]) -> Load {
    let mut points: Vec<(u64, f64)> = Vec::new();
    for &(at, rate) in steps {
        points.extend(points.last().map(|&(_, before)| (at, before)));
        points.push((at, rate));
    }
    let rate = Curve::Lines(points);
    let source = Source::Open { service: "web".to_owned(), region: None, rate };
    Load { sources: vec![source], ..Load::default() }
}

/// The moments of the changes of one kind, with what they were.
fn changes(outcome: &Outcome, kind: MarkKind) -> Vec<(u64, &str)> {
    let marks = &outcome.trace.as_ref().unwrap().marks;
    let what = |mark: &Mark| mark.text.find(':').unwrap_or(mark.text.len());
    let of_kind = marks.iter().filter(|mark| mark.kind == kind);
    of_kind.map(|mark| (mark.at, &mark.text[..what(mark)])).collect()
}

#[test]
fn without_a_warmup_the_next_scale_out_comes_five_minutes_later() {
    // 140 a second are 100 % of one instance, which asks for 2, and 70 % of two, which ask for 2.8.
    let load = jumps(&[(0, 40.0), (600, 140.0)]);
    let outcome = simulate(&web(WITHOUT_WARMUP), &load, &options(1_800));
    // The alarm goes off with its third point, 4 minutes after the rise.
    let expected = [(840, "1 -> 2"), (840 + 300, "2 -> 3")];
    assert_eq!(changes(&outcome, MarkKind::ScaleOut), expected);
}

#[test]
fn without_a_warmup_the_next_scale_in_comes_five_minutes_later() {
    // From 5:30 on there are 3 instances. 60 a second are 20 % of them, which asks for 1.2; the alarm
    // goes off 16 minutes after the fall. 40 a second are 20 % of two, which asks for 0.8.
    let low = 2_400 + 16 * 60;
    let load = jumps(&[(0, 140.0), (2_400, 60.0), (low, 40.0)]);
    let outcome = simulate(&web(WITHOUT_WARMUP), &load, &options(5_400));
    let expected = [(low, "3 -> 2"), (low + 300, "2 -> 1")];
    assert_eq!(changes(&outcome, MarkKind::ScaleIn), expected);
}

#[test]
fn with_a_warmup_two_scale_ins_come_a_minute_apart() {
    // 120 a second are 30 % of 4, which asks for 2.4. A minute later there are 3, the newest point
    // still tells of 4 at 30 %, and 3 at 30 % ask for 1.8.
    let load = jumps(&[(0, 180.0), (2_400, 120.0)]);
    let outcome = simulate(&web(WITH_WARMUP), &load, &options(3_600));
    let low = 2_400 + 16 * 60;
    assert_eq!(changes(&outcome, MarkKind::ScaleIn), [(low, "4 -> 3"), (low + 60, "3 -> 2")]);
}

/// The only group of us-east-1, as it shows.
fn group(twin: &Twin, spec: &Spec) -> Group {
    let scope = plimsoll_core::plan::scope(spec, &plimsoll_core::plan::Options::default());
    let world = at_once(plimsoll_core::cloud::Cloud::observe(twin, &scope));
    let Some(RegionState::Observed(region)) = world.regions.get("us-east-1") else {
        panic!("us-east-1 is dark")
    };
    region.groups.first().unwrap().clone()
}

/// Seconds until something can be seen of the group.
fn until(twin: &Twin, spec: &Spec, seen: impl Fn(&Group) -> bool) -> u64 {
    for second in 0..7_200 {
        if seen(&group(twin, spec)) {
            return second;
        }
        twin.pass(1);
    }
    panic!("it did not happen in two hours")
}

fn of(group: &Group, lifecycle: &str) -> usize {
    group.instances.iter().filter(|instance| instance.lifecycle == lifecycle).count()
}

#[test]
fn instances_are_launched_and_terminated_six_seconds_after_the_decision() {
    let spec = web("{}");
    let twin = Twin::settled(&spec, &load(&spec, "step:90..180,at=10m"), &options(0));
    assert_eq!(until(&twin, &spec, |group| group.desired == 4), 840);
    assert_eq!(until(&twin, &spec, |group| of(group, "Pending") == 2), 6);
    assert_eq!(until(&twin, &spec, |group| of(group, "InService") == 4), 60);
    let twin = Twin::settled(&spec, &load(&spec, "step:180..60,at=30m"), &options(0));
    assert_eq!(until(&twin, &spec, |group| group.desired == 4), 180);
    assert_eq!(until(&twin, &spec, |group| group.desired == 2), 1_800 + 960 - 180);
    assert_eq!(until(&twin, &spec, |group| of(group, "Terminating") == 2), 6);
    assert_eq!(until(&twin, &spec, |group| group.instances.len() == 2), 300, "they drain");
}

#[test]
fn launches_avoid_a_zone_without_capacity_and_balance_the_others() {
    let spec = web("services: { web: { bounds: { min: 3 } } }");
    let faults = "faults:\n  - no_capacity: { region: us-east-1, zone: us-east-1a }";
    let mut options = options(0);
    options.faults = plimsoll_twin::fault::read(faults, "faults").unwrap();
    let twin = Twin::settled(&spec, &load(&spec, "step:120..290,at=1m"), &options);
    until(&twin, &spec, |group| of(group, "InService") == 6);
    let group = group(&twin, &spec);
    let in_zone = |zone| group.instances.iter().filter(|instance| instance.zone == zone).count();
    assert_eq!(["us-east-1a", "us-east-1b", "us-east-1c"].map(in_zone), [1, 3, 2]);
}
