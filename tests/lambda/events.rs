//! Events that are no reason to look.

use serde_json::json;

use super::harness::{function::alfred, minute, queued};
use super::{LOOKS, bootstrap, handles, looks_and_writes};

/// The parameters are all that is read.
const PARAMETERS: [&str; 1] = ["ssm:GetParameters eu-central-1"];

#[test]
fn garbage_is_answered_and_its_reasons_are_logged() {
    let stub = alfred();
    let foreign = json!({
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "region": "eu-central-1",
        "time": "2026-11-03T09:00:12Z",
        "detail": {
            "alarmName": "billing",
            "state": { "value": "ALARM", "timestamp": "2026-11-03T09:00:12.000+0000" },
        },
    });
    let event = queued(&["no JSON at all", r#"{"hello":"world"}"#, &foreign.to_string()]);
    let handled = handles(&bootstrap(), &stub, event).is_answered();
    assert_eq!(stub.calls(), PARAMETERS);
    let said = handled.says("nothing to do")["message"].as_str().unwrap();
    assert!(said.contains("`no JSON at all` is no JSON"), "{said}");
    assert!(said.contains("alarm billing is none that wakes the controller"), "{said}");
    assert!(said.contains("says nothing to the controller"), "{said}");
}

#[test]
fn an_event_of_no_queue_is_no_reason_to_look() {
    for event in ["{}", "[]", "null", r#"{"Records":"none"}"#] {
        let stub = alfred();
        handles(&bootstrap(), &stub, event.to_owned()).is_answered().says("nothing to do");
        assert_eq!(stub.calls(), PARAMETERS, "{event}");
    }
}

#[test]
fn a_tick_that_comes_too_late_is_left_to_the_next_one() {
    let stub = alfred();
    let handled = handles(&bootstrap(), &stub, minute("2026-11-03T09:00:00Z")).is_answered();
    assert_eq!(stub.calls(), PARAMETERS);
    handled.says("tick of 2026-11-03T09:00:00Z came");
}

#[test]
fn what_counts_is_followed_whatever_lies_beside_it() {
    let stub = alfred();
    let now = jiff::Timestamp::now();
    let tick = json!({
        "detail-type": "Scheduled Event", "source": "aws.events", "region": "eu-central-1",
        "time": format!("{now:.0}"), "detail": {},
    });
    let event = queued(&["no JSON at all", &tick.to_string()]);
    let handled = handles(&bootstrap(), &stub, event).is_answered();
    assert_eq!(looks_and_writes(&stub).0, LOOKS);
    let ignored = handled.record()["ignored"].to_string();
    assert!(ignored.contains("no JSON at all"), "{ignored}");
}
