//! From the text of an event to a [`Batch`].
//!
//! Shapes are told by what they hold, so the same function may sit behind a queue, a topic, a rule
//! or an alarm's own action, and nobody has to say which:
//!
//! | comes by | what is seen | what is read |
//! |---|---|---|
//! | SQS | `Records[]`, `eventSource: aws:sqs` | each `body`: one of the others |
//! | SNS to a function | `Records[]`, `EventSource: aws:sns` | `Sns.Message`: one of those below |
//! | SNS to a queue | `Type: Notification` | `Message`: one of those below |
//! | `EventBridge` | `detail-type`, `source`, `detail` | see the events |
//! | an alarm's Lambda action | `alarmData` | an alarm |
//! | an alarm's SNS action | `AlarmName`, `NewStateValue` | an alarm |
//! | a group's SNS notification | `Service: AWS Auto Scaling` | a launch or a termination |
//! | an operator | `{"plimsoll": "wake", "by": "ada", "why": "…"}` | an operator |
//!
//! Sources: `CloudWatch` user guide, "Invoke a Lambda function from an alarm", "Alarm events and
//! `EventBridge`" and "Notifying users on alarm changes"; Auto Scaling user guide, "Event reference"
//! and "Amazon SNS notification options"; Lambda developer guide, "Using Lambda with Amazon SQS" and
//! "… SNS".

mod events;
mod fields;
mod notices;

use serde_json::Value;

use super::Trigger;
use super::batch::{Batch, Message};
use super::ignored::Ignored;
use fields::{Fields, line};

/// Most characters of a text that is quoted because nothing else is known about it.
const QUOTED: usize = 80;

/// Reads the text of an event. Whatever the text is, something comes back: nesting beyond 128
/// levels and numbers beyond a double are refused by the parser, texts that are kept are short and
/// have no line breaks, and the work grows with the length of the text.
#[must_use]
pub fn read(event: &str) -> Batch {
    let alone = |read| vec![Message { id: None, read }];
    let messages = match parse(event) {
        Err(ignored) => alone(Err(ignored)),
        Ok(event) => match event.get("Records").and_then(Value::as_array) {
            Some(records) => records.iter().map(record).collect(),
            None => alone(unwrapped(&event)),
        },
    };
    Batch { messages }
}

fn parse(text: &str) -> Result<Value, Ignored> {
    serde_json::from_str(text).map_err(|error| Ignored::NotJson {
        text: line(text, QUOTED),
        problem: line(&error.to_string(), QUOTED),
    })
}

fn record(record: &Value) -> Message {
    let text = |key| record.get(key).and_then(Value::as_str);
    match text("eventSource").or_else(|| text("EventSource")) {
        Some("aws:sqs") => {
            // As it is: it goes back to SQS, which takes no other.
            let id = text("messageId").filter(|id| !id.is_empty()).map(str::to_owned);
            let body =
                text("body").ok_or(Ignored::Incomplete { shape: "SQS record", lacks: "body" });
            Message { id, read: body.and_then(parse).and_then(|body| unwrapped(&body)) }
        }
        Some("aws:sns") => {
            let message = record.pointer("/Sns/Message").and_then(Value::as_str);
            let lacks = Ignored::Incomplete { shape: "SNS record", lacks: "Message" };
            let read = message.ok_or(lacks).and_then(parse).and_then(|message| payload(&message));
            Message { id: None, read }
        }
        Some(other) => unknown_record(&format!("a record of {other}")),
        None => unknown_record("a record that names no source"),
    }
}

fn unknown_record(seen: &str) -> Message {
    Message { id: None, read: Err(unknown(seen)) }
}

/// What lies in the envelope of SNS, if there is one. One is the most that AWS makes.
fn unwrapped(value: &Value) -> Result<Trigger, Ignored> {
    let text = |key| value.get(key).and_then(Value::as_str);
    match (text("Type"), text("Message")) {
        (Some("Notification"), Some(message)) => payload(&parse(message)?),
        _ => payload(value),
    }
}

fn payload(value: &Value) -> Result<Trigger, Ignored> {
    let Some(fields) = value.as_object() else { return Err(unknown(kind(value))) };
    let fields = Fields::of(fields);
    if let (Some(source), Some(kind)) = (fields.text("source"), fields.text("detail-type")) {
        return events::read(fields, source, kind);
    }
    if let Some(data) = fields.object("alarmData") {
        return notices::direct_alarm(fields, data);
    }
    if fields.has("AlarmName") && fields.has("NewStateValue") {
        return notices::sns_alarm(fields);
    }
    if fields.text("Service") == Some("AWS Auto Scaling") {
        return notices::group(fields);
    }
    match (fields.text("plimsoll"), fields.text("Type")) {
        (Some("wake"), _) => notices::operator(fields),
        (_, Some(of)) if fields.has("TopicArn") => Err(unknown(&format!("a {of} of SNS"))),
        _ => Err(unknown(&fields.outline())),
    }
}

fn unknown(seen: &str) -> Ignored {
    Ignored::Unknown { seen: line(seen, QUOTED) }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
