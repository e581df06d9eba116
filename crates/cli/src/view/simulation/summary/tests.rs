use insta::assert_snapshot;
use plimsoll_twin::outcome::Span;

use super::super::samples::{counts, outcome, row, shown, trace, traced};
use super::*;

fn stateful() -> BTreeSet<String> {
    BTreeSet::from(["db-postgres".to_owned()])
}

fn text(outcome: &Outcome, columns: Option<usize>) -> String {
    shown(&SummaryView { outcome, stateful: &stateful(), columns })
}

#[test]
fn what_failed_and_what_was_lost_comes_first() {
    assert_snapshot!(text(&outcome(), None), @r"
    alfred/production
    under examples/k6.js x30, for 1d from 2027-01-04T00:00:00Z, seed 1

    FAILED: 1 of 2 conditions did not hold
      FAIL  http_req_failed: rate<0.01: 2 % of 74M requests failed
      pass  http_req_duration: p(95)<500: 52.4 ms over 74M requests
    Lost 247k of 74M requests (0.33 %): agent-core in us-east-1 247k (2.0 %),
        agent-core in eu-central-1 <1 (<0.01 %)
    Above target for 84 group-minutes: agent-core in ap-southeast-1 14, agent-core
        in eu-central-1 14, agent-core in us-east-1 14, and 3 more
    In all: 74M requests, p95 52.4 ms; 1972 instance-hours, $76.50; 180 scaling
        events

    Service           Peak  Mean  Hours    Cost   Above     Re-  Lost   p95  Events
      Region                                     target  quests          ms   /hour
    agent-core              18.8    450  $38.25      42     37M  247k  52.4     3.8
      ap-southeast-1    10   6.2    150  $12.75      14   12.3M     0  52.4     1.2
      eu-central-1      10   6.2    150  $12.75      14   12.3M    <1  52.4     1.2
      us-east-1         10   6.2    150  $12.75      14   12.3M  247k  52.4     1.2
    agent-financial         18.8    450  $38.25      42     37M     0  52.4     3.8
      ap-southeast-1    10   6.2    150  $12.75      14   12.3M     0  52.4     1.2
      eu-central-1      10   6.2    150  $12.75      14   12.3M     0  52.4     1.2
      us-east-1         10   6.2    150  $12.75      14   12.3M     0  52.4     1.2
    Above target: minutes. Hours: instance-hours billed.

    Stateful          Cost   Above     Re-  Lost   p95
      Region                target  quests          ms
    db-postgres
      ap-southeast-1     -       0   12.3M     0  52.4
      eu-central-1       -       0   12.3M     0  52.4
      us-east-1          -       0   12.3M     0  52.4

    What changed the size, and how often:
      agent-core: policy requests 81, schedule weekday-morning 3
      agent-financial: policy requests 81, schedule weekday-morning 3

    From a rise of the load to the capacity that it needs; the worst one in parts:
    Rises             Met   Mean  Worst  Delay  Detect  Rounds  Launch   Boot
    agent-core
      ap-southeast-1  3/4  5m20s  7m21s     1m      3m      2m      6s  1m15s
      eu-central-1    3/4  5m20s  7m21s     1m      3m      2m      6s  1m15s
      us-east-1       3/4  5m20s  7m21s     1m      3m      2m      6s  1m15s
    agent-financial
      ap-southeast-1  3/4  5m20s  7m21s     1m      3m      2m      6s  1m15s
      eu-central-1    3/4  5m20s  7m21s     1m      3m      2m      6s  1m15s
      us-east-1       3/4  5m20s  7m21s     1m      3m      2m      6s  1m15s
    Assumed: a metric shows 1m after its period, a launch follows 6s after the
        decision, a boot takes 1m15s on average and the last of many longer.

    Why nothing was done, and how often:
      agent-core: at the maximum 36
      agent-financial: at the maximum 36

    note: policy backlog of agent-rag follows a metric without a model
    ");
}

#[test]
fn a_run_without_trouble_says_so() {
    let mut calm = outcome();
    calm.rows.truncate(1);
    calm.rows[0].minutes_above_target = 0;
    calm.rows[0].rises = plimsoll_twin::outcome::Rises::default();
    calm.rows[0].holds.clear();
    calm.verdicts.retain(|verdict| verdict.holds);
    calm.total.lost = 0.0;
    calm.total.minutes_above_target = 0;
    calm.notes.clear();
    assert_snapshot!(text(&calm, None), @r"
    alfred/production
    under examples/k6.js x30, for 1d from 2027-01-04T00:00:00Z, seed 1

    PASSED: 1 condition held
      pass  http_req_duration: p(95)<500: 52.4 ms over 74M requests
    Lost none of 74M requests
    No group was above a target of its policies
    In all: 74M requests, p95 52.4 ms; 1972 instance-hours, $76.50; 180 scaling
        events

    Service           Peak  Mean  Hours    Cost   Above     Re-  Lost   p95  Events
      Region                                     target  quests          ms   /hour
    agent-core               6.2    150  $12.75       0   12.3M     0  52.4     1.2
      ap-southeast-1    10   6.2    150  $12.75       0   12.3M     0  52.4     1.2
    Above target: minutes. Hours: instance-hours billed.

    What changed the size, and how often:
      agent-core: policy requests 27, schedule weekday-morning 1
    ");
    calm.verdicts.clear();
    assert!(text(&calm, None).contains("No condition was set"));
}

#[test]
fn the_largest_figures_still_fit_eighty_columns() {
    let mut large = row("agent-financial", "ap-southeast-1");
    large.peak_capacity = 1_000;
    large.mean_capacity = 987.6;
    large.instance_hours = 8_765_432.0;
    large.cost = Some(9_999.49);
    large.minutes_above_target = 525_600;
    large.requests = 987_654_321_000.0;
    large.lost = 876_543_210.0;
    large.p95_ms = Some(98_765.0);
    large.scaling_events_per_hour = 59.96;
    large.rises.count = 1_234;
    large.rises.met = 1_200;
    large.rises.mean_seconds = Some(86_399.0);
    let mut slowest = large.rises.slowest.unwrap();
    for part in [&mut slowest.rounds, &mut slowest.launch, &mut slowest.boot] {
        *part = 35_999;
    }
    slowest.to_capacity = 120_000;
    large.rises.slowest = Some(slowest);
    large.drivers =
        counts(&[("a cause with a long name, such as those of operators", 1_000_000); 3]);
    let year = Outcome { rows: vec![large], seconds: 31_536_000, ..outcome() };
    let text = text(&year, None);
    for figure in ["1000", "988", "8.8M", "$9999", "526k", "988G", "877M", "98.8k", "1200/1234"] {
        assert!(text.contains(figure), "{figure} is missing in:\n{text}");
    }
}

#[test]
fn json_is_the_outcome_itself() {
    let outcome = outcome();
    let view = SummaryView { outcome: &outcome, stateful: &stateful(), columns: None };
    assert_eq!(serde_json::to_value(&view).unwrap(), serde_json::to_value(&outcome).unwrap());
}

#[test]
fn a_chart_is_drawn_only_where_there_is_a_terminal() {
    let outcome = traced(trace(8, Vec::new(), Vec::new()));
    assert!(!text(&outcome, None).contains('▁'));
    assert!(text(&outcome, Some(80)).contains('▁'));
}

#[test]
fn faults_are_told_above_what_they_did() {
    let text_of = "us-east-1: zone us-east-1a lost".to_owned();
    let fault = |from, to| Span { from, to, region: "us-east-1".to_owned(), text: text_of.clone() };
    let faults = vec![fault(1_800, 86_400), fault(60, 120)];
    let shown = text(&Outcome { faults, ..outcome() }, None);
    let lines: Vec<&str> = shown.lines().skip(2).take(2).collect();
    assert_eq!(
        lines,
        [
            "us-east-1: zone us-east-1a lost, from 30m to the end",
            "us-east-1: zone us-east-1a lost, from 1m to 2m",
        ]
    );
}
