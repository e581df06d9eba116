use insta::assert_snapshot;

use super::super::samples::{REGIONS, mark, shown, trace, traced};
use super::super::timeline;
use super::*;

const ACTS: [Act; 2] = [
    Act { at: 0, title: "A load", text: "It comes." },
    Act { at: 3_600, title: "Silence", text: "It is gone." },
];

fn told(columns: Option<usize>) -> String {
    use plimsoll_twin::outcome::MarkKind::ScaleOut;
    let grown = |region: &&str| mark(480, region, "agent-core", ScaleOut, "2 -> 8: policy cpu");
    let outcome = traced(trace(8, REGIONS.iter().map(grown).collect(), Vec::new()));
    let next = ["plimsoll simulate --help".to_owned()];
    let timeline = timeline(&outcome, 30);
    let view = StoryView {
        acts: &ACTS,
        timeline,
        outcome: &outcome,
        without: &outcome,
        drawn: "agent-core",
        columns,
        next: &next,
    };
    let json = serde_json::to_value(&view).unwrap();
    assert!(json["outcome"].get("trace").is_none(), "{json}");
    assert_eq!(json["timeline"].as_array().unwrap().len(), 1);
    shown(&view)
}

#[test]
fn a_story_is_told_act_by_act() {
    assert_snapshot!(told(None), @r"
    alfred/production
    under examples/k6.js x30, for 2h from 2027-01-04T07:00:00Z, seed 1

    07:00  A load
      It comes.
      07:08  agent-core grows 2 -> 8 in each region (policy cpu)
             -> all in service by 07:10

    08:00  Silence
      It is gone.
      Nothing had to change.

    What came of it
    FAILED: 1 of 2 conditions did not hold
      FAIL  http_req_failed: rate<0.01: 2 % of 74M requests failed
      pass  http_req_duration: p(95)<500: 52.4 ms over 74M requests
    Lost 247k of 74M requests (0.33 %): agent-core in us-east-1 247k (2.0 %),
        agent-core in eu-central-1 <1 (<0.01 %)
    In all: 74M requests, p95 52.4 ms; 1972 instance-hours, $76.50; 180 scaling
        events

    Without the controller, and with it

                                 A       B
    Requests lost
      A load                   900     900
      Silence                    0       0

    In all
      cost                  $76.50  $76.50
      instance-hours          1972    1972
      requests                 74M     74M
      lost                    247k    247k
      p95 ms                  52.4    52.4
      minutes above target      84      84
      scaling events           180     180

    Try next
      plimsoll simulate --help
    ");
}

#[test]
fn a_terminal_gets_the_chart_of_the_service_in_question() {
    assert!(told(Some(80)).contains("load/s"));
}
