//! Whatever comes, something is read, and quickly.

use plimsoll_core::trigger::{Ignored, intake};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::support::{now, payload, payloads, scope, words};

/// The most characters of a line about one message: a name, a sentence and some words.
const LONGEST: usize = 2_000;

/// Reads a text and does everything that a controller does with it.
fn bear(text: &str) {
    let batch = intake::read(text);
    for message in &batch.messages {
        let line = words(&message.read);
        assert!(!line.chars().any(char::is_control), "{line:?}");
        assert!(line.chars().count() < LONGEST, "{line}");
    }
    let wake = batch.coalesce(&scope(), now());
    serde_json::to_string(&wake).unwrap();
    assert!(!wake.to_string().contains('\n'));
}

#[test]
fn nesting_without_end_is_no_json() {
    for open in ["[", "{\"Records\":", "{\"Type\":\"Notification\",\"Message\":"] {
        let text = open.repeat(500_000);
        bear(&text);
        assert!(matches!(intake::read(&text).messages[0].read, Err(Ignored::NotJson { .. })));
    }
}

#[test]
fn envelopes_in_envelopes_are_not_opened() {
    let mut text = payload("event_alarm");
    for _ in 0..8 {
        text = json!({ "Type": "Notification", "Message": text }).to_string();
    }
    let seen = intake::read(&text).messages[0].read.clone().unwrap_err();
    assert!(matches!(seen, Ignored::Unknown { .. }), "{seen}");
}

#[test]
fn a_body_that_makes_no_sense_does_not_hide_its_neighbours() {
    let record = |body: &str| json!({ "eventSource": "aws:sqs", "messageId": "m", "body": body });
    let good = record(&payload("event_alarm"));
    for bad in ["[".repeat(9_999), "1e999".to_owned(), "\"\\ud800\"".to_owned(), String::new()] {
        let text = json!({ "Records": [record(&bad), good] }).to_string();
        let batch = intake::read(&text);
        assert!(matches!(batch.messages[0].read, Err(Ignored::NotJson { .. })), "{bad}");
        assert!(batch.messages[1].read.is_ok(), "{bad}");
    }
}

#[test]
fn half_a_payload_is_borne_wherever_it_ends() {
    for text in payloads() {
        for (end, _) in text.char_indices() {
            if end % 7 == 0 {
                bear(&text[..end]);
            }
        }
    }
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        proptest::sample::select(WORDS.to_vec()).prop_map(Value::from),
        proptest::sample::select(payloads()).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let key = prop_oneof![
            4 => proptest::sample::select(KEYS.to_vec()).prop_map(str::to_owned),
            1 => any::<String>(),
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(key, inner, 0..8)
                .prop_map(|map| Value::from(Map::from_iter(map))),
        ]
    })
}

/// Keys that mean something, so that what is arbitrary comes near to what is real.
const KEYS: [&str; 27] = [
    "Records",
    "eventSource",
    "EventSource",
    "body",
    "messageId",
    "Sns",
    "Message",
    "Type",
    "source",
    "detail-type",
    "detail",
    "region",
    "time",
    "state",
    "value",
    "timestamp",
    "alarmData",
    "alarmName",
    "AlarmName",
    "AlarmArn",
    "NewStateValue",
    "StateChangeTime",
    "Service",
    "Event",
    "AutoScalingGroupName",
    "plimsoll",
    "by",
];

const WORDS: [&str; 12] = [
    "aws:sqs",
    "aws:sns",
    "Notification",
    "aws.cloudwatch",
    "CloudWatch Alarm State Change",
    "aws.events",
    "Scheduled Event",
    "aws.autoscaling",
    "AWS Auto Scaling",
    "ALARM",
    "wake",
    "-009999-01-02T01:59:59Z",
];

/// Every value inside a value, by its JSON pointer, however deep.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| {
            places(inner, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, inner)| {
            places(inner, &format!("{at}/{index}"), found);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A payload with something else in one place. A text that holds JSON is changed inside as well.
fn changed(text: &str, place: prop::sample::Index, by: Value, inside: bool) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    let mut found = vec![];
    places(&value, "", &mut found);
    if inside {
        found.retain(|at| at.ends_with("/body") || at.ends_with("/Message"));
    }
    if found.is_empty() {
        return text.to_owned();
    }
    let target = value.pointer_mut(place.get::<String>(&found)).unwrap();
    *target = match target.as_str().filter(|_| inside) {
        Some(inner) => changed(inner, place, by, false).into(),
        None => by,
    };
    value.to_string()
}

proptest! {
    #[test]
    fn any_text_is_borne(text in any::<String>()) {
        bear(&text);
    }

    #[test]
    fn any_json_is_borne(value in anything()) {
        bear(&value.to_string());
    }

    #[test]
    fn a_payload_with_anything_in_one_place_is_borne(
        text in proptest::sample::select(payloads()),
        place in any::<prop::sample::Index>(),
        by in anything(),
        inside in any::<bool>(),
    ) {
        bear(&changed(&text, place, by, inside));
    }

    #[test]
    fn a_payload_with_other_bytes_is_borne(
        text in proptest::sample::select(payloads()),
        bytes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut text = text.into_bytes();
        for (at, byte) in bytes {
            let at = at.index(text.len());
            text[at] = byte;
        }
        bear(&String::from_utf8_lossy(&text));
    }

    #[test]
    fn every_record_is_answered(records in proptest::collection::vec(anything(), 0..6)) {
        let count = records.len();
        let text = json!({ "Records": records }).to_string();
        prop_assert_eq!(intake::read(&text).messages.len(), count);
    }
}
