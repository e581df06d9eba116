use insta::assert_snapshot;
use plimsoll_twin::outcome::{MarkKind, Span};

use super::super::samples::{REGIONS, mark, shown, trace, traced};
use super::super::words::clock;
use super::*;

const SERVICE: &str = "agent-core";

/// The lines of a timeline.
struct Lines(Outcome, usize);

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(outcome, most) = self;
        timeline(outcome, *most)
            .iter()
            .try_for_each(|moment| moment.write(f, &clock(outcome.start, moment.at, 7_200)))
    }
}

fn told(grown: u32, marks: Vec<Mark>, faults: Vec<Span>) -> String {
    shown(&Lines(traced(trace(grown, marks, faults)), 30))
}

fn everywhere(at: u64, kind: MarkKind, text: &str) -> Vec<Mark> {
    let turn = |(region, later): (&&str, u64)| mark(at + later, region, SERVICE, kind, text);
    REGIONS.iter().zip([0, 4, 9]).map(turn).collect()
}

#[test]
fn changes_that_follow_each_other_are_one_moment_over_all_regions() {
    let text = |size: &str| format!("{size}: policy requests, 1750 at a target of 1000");
    let mut marks = everywhere(480, MarkKind::ScaleOut, &text("2 -> 4"));
    marks.extend(everywhere(540, MarkKind::ScaleOut, &text("4 -> 8")));
    marks.extend(everywhere(4_000, MarkKind::ScaleIn, "8 -> 7: all policies agree"));
    assert_snapshot!(told(8, marks, Vec::new()), @r"
    07:08  agent-core grows 2 -> 8 in each region (policy requests), in 2 steps
               until 07:09
           -> all in service by 07:10
    08:06  agent-core shrinks 8 -> 7 in each region (all policies agree)
           -> saves $0.26 an hour
    ");
}

#[test]
fn a_dark_region_is_told_with_what_was_lost_and_where_the_traffic_went() {
    let dark = "us-east-1";
    let marks = vec![
        mark(480, dark, "", MarkKind::Fault, "us-east-1: data plane dark"),
        mark(480, dark, SERVICE, MarkKind::Overload, "requests are lost"),
        mark(
            630,
            dark,
            "",
            MarkKind::Traffic,
            "us-east-1 gets no traffic: 150 s after it went dark",
        ),
        mark(900, dark, SERVICE, MarkKind::Overload, "no request is lost any more"),
        mark(3_600, dark, "", MarkKind::Fault, "us-east-1: data plane is back"),
    ];
    let text = "us-east-1: data plane dark".to_owned();
    let faults = vec![Span { from: 480, to: 3_600, region: dark.to_owned(), text }];
    assert_snapshot!(told(8, marks, faults), @r"
    07:08  us-east-1: data plane dark
           -> until 08:00
    07:08  agent-core loses requests in us-east-1
           -> 300 lost until 07:09
    07:10  us-east-1 gets no traffic: 150 s after it went dark
    08:00  us-east-1: data plane is back
    ");
}

#[test]
fn regions_that_differ_are_told_apart() {
    let marks = vec![
        mark(480, "us-east-1", SERVICE, MarkKind::ScaleOut, "2 -> 4: policy cpu"),
        mark(490, "eu-central-1", SERVICE, MarkKind::ScaleOut, "2 -> 3: policy requests"),
    ];
    let text = told(4, marks, Vec::new());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sizes = "2 -> 3 in eu-central-1, 2 -> 4 in us-east-1";
    assert!(text.contains(sizes), "{text}");
    assert!(text.contains("(policy cpu and policy requests)"), "{text}");
}

#[test]
fn capacity_that_never_came_is_said() {
    let marks = vec![mark(480, "us-east-1", SERVICE, MarkKind::ScaleOut, "2 -> 10: policy cpu")];
    assert!(told(8, marks, Vec::new()).contains("not all of it came into service"));
}

#[test]
fn the_kinds_that_nobody_plans_name_their_place_and_their_number() {
    let failed = "no capacity for c6i.large";
    let marks = vec![
        mark(60, "us-east-1", SERVICE, MarkKind::LaunchFailed, failed),
        mark(120, "us-east-1", SERVICE, MarkKind::LaunchFailed, failed),
        mark(300, "eu-central-1", SERVICE, MarkKind::Replaced, "its zone is lost"),
        mark(360, "eu-central-1", SERVICE, MarkKind::Schedule, "weekday-morning: min 2 -> 4"),
    ];
    assert_snapshot!(told(8, marks, Vec::new()), @r"
    07:01  agent-core cannot launch in us-east-1, 2 times: no capacity for
               c6i.large
    07:05  agent-core: 1 instance replaced in eu-central-1: its zone is lost
    07:06  agent-core in eu-central-1: weekday-morning: min 2 -> 4
    ");
}

#[test]
fn a_text_of_another_form_is_told_as_it_is() {
    let marks = vec![mark(480, "us-east-1", SERVICE, MarkKind::ScaleOut, "grew a lot")];
    let text = told(8, marks, Vec::new());
    assert!(text.contains("agent-core in us-east-1: grew a lot"), "{text}");
}

#[test]
fn a_restless_day_is_condensed_until_a_person_can_read_it() {
    let mut marks: Vec<Mark> = (0..200)
        .flat_map(|turn| everywhere(turn * 36, MarkKind::ScaleOut, "2 -> 3: policy cpu"))
        .chain((0..10).flat_map(|turn| everywhere(turn * 700, MarkKind::ScaleIn, "3 -> 2: cpu")))
        .collect();
    marks.sort_by_key(|mark| mark.at);
    let outcome = traced(trace(3, marks, Vec::new()));
    assert!(timeline(&outcome, 30).len() <= 30);
    assert!(timeline(&outcome, 4).len() <= 4);
    assert!(timeline(&outcome, 30).is_sorted_by_key(|moment| moment.at));
}

#[test]
fn without_a_trace_nothing_is_told() {
    assert_eq!(timeline(&super::super::samples::outcome(), 30), []);
}
