//! One payload a file, named by its shape, and what is read from it.

use std::fmt::Write as _;
use std::fs;

use plimsoll_core::trigger::{Ignored, Trigger, intake};

use super::support::{now, payload, scope, words};

#[test]
fn every_payload_is_read_as_its_snapshot_says() {
    insta::glob!("payloads/*", |path| {
        let batch = intake::read(&fs::read_to_string(path).unwrap());
        let mut shown = String::new();
        for message in &batch.messages {
            let id = message.id.as_deref().map(|id| format!("{id}: ")).unwrap_or_default();
            writeln!(shown, "{id}{}", words(&message.read)).unwrap();
        }
        let wake = batch.coalesce(&scope(), now());
        let record = serde_json::to_string_pretty(&wake).unwrap();
        insta::assert_snapshot!("reading", format!("{shown}---\n{wake}\n---\n{record}"));
    });
}

/// The trigger of the only message.
fn only(name: &str) -> Trigger {
    let batch = intake::read(&payload(name));
    let [message] = &batch.messages[..] else { panic!("{name}: {batch:?}") };
    message.read.clone().unwrap()
}

#[test]
fn an_alarm_is_the_same_by_every_road() {
    let wanted = only("sqs_raw_alarm");
    for road in ["sqs_sns_alarm", "sns_to_lambda_alarm", "alarm_to_lambda"] {
        assert_eq!(only(road), wanted, "{road}");
    }
}

#[test]
fn an_event_is_the_same_bare_and_from_a_queue() {
    let queued = intake::read(&payload("sqs_batch"));
    for name in ["event_tick", "event_alarm", "event_launch_unsuccessful"] {
        let bare = Ok(only(name));
        assert!(queued.messages.iter().any(|message| message.read == bare), "{name}");
    }
}

#[test]
fn only_messages_of_a_queue_have_ids() {
    let ids = |name: &str| -> Vec<bool> {
        intake::read(&payload(name)).messages.iter().map(|message| message.id.is_some()).collect()
    };
    assert_eq!(ids("sqs_batch"), [true; 8]);
    assert_eq!(ids("sns_to_lambda_alarm"), [false]);
    assert_eq!(ids("event_tick"), [false]);
}

#[test]
fn nobody_but_aws_can_tell_of_a_launch() {
    let batch = intake::read(&payload("event_launch_of_another_source"));
    assert!(matches!(batch.messages[0].read, Err(Ignored::Unknown { .. })));
}
