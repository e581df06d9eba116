//! What an invocation leaves behind: its record, and metrics in the embedded metric format.
//!
//! CloudWatch makes metrics of log lines in that format, so counting costs no call. Source:
//! CloudWatch user guide, "Specification: Embedded metric format".

use std::collections::BTreeMap;
use std::time::Duration;

use plimsoll_core::controller::{Fate, Record};
use plimsoll_core::peers::NAMESPACE;
use serde_json::{Map, Value, json};

use crate::log;

/// What a tick cost.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Requests that were sent to AWS, repeated ones included.
    pub calls: u64,
    /// From the event to the record.
    pub took: Duration,
}

/// Writes the record of a tick, and its metrics.
pub fn tell(record: &Record, digest: &str, effort: Effort) {
    log::line(&whole(record, digest, effort));
    for line in counted(record, effort) {
        log::line(&line);
    }
}

/// The record as one line.
fn whole(record: &Record, digest: &str, effort: Effort) -> Value {
    let mut line = Map::new();
    line.insert("timestamp".to_owned(), json!(record.at));
    line.insert("level".to_owned(), json!("INFO"));
    line.insert("spec".to_owned(), json!(digest));
    line.insert("api_calls".to_owned(), json!(effort.calls));
    line.insert("duration_ms".to_owned(), json!(millis(effort.took)));
    line.insert("in_words".to_owned(), json!(record.to_string()));
    line.insert("record".to_owned(), serde_json::to_value(record).unwrap_or_default());
    Value::Object(line)
}

/// The metrics of a tick: one line for all that is counted once, one for each reason to hold.
fn counted(record: &Record, effort: Effort) -> Vec<Value> {
    let count = |number: usize| json!(number);
    let done = record.did.iter().filter(|did| did.outcome == Fate::Done).count();
    let wanted = record.said.iter().filter(|said| said.holds.is_none()).count();
    let mut holds: BTreeMap<&str, usize> = BTreeMap::new();
    for held in record.said.iter().filter_map(|said| said.holds.as_ref()) {
        *holds.entry(held.code).or_default() += 1;
    }
    let metrics = [
        ("Ticks", "Count", json!(1)),
        ("Decisions", "Count", count(wanted)),
        ("Actions", "Count", count(done)),
        ("Holds", "Count", count(holds.values().sum())),
        ("Findings", "Count", count(record.findings.len())),
        ("Errors", "Count", count(record.failures().len())),
        ("ApiCalls", "Count", json!(effort.calls)),
        ("Duration", "Milliseconds", json!(millis(effort.took))),
    ];
    let mut lines = vec![embedded(record, None, &metrics)];
    for (code, held) in holds {
        lines.push(embedded(record, Some(code), &[("Holds", "Count", count(held))]));
    }
    lines
}

/// One line in the embedded metric format.
fn embedded(record: &Record, reason: Option<&str>, metrics: &[(&str, &str, Value)]) -> Value {
    let mut dimensions = vec!["Platform", "Environment"];
    dimensions.extend(reason.map(|_| "Reason"));
    let named: Vec<Value> =
        metrics.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit })).collect();
    let directive = json!({ "Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": named });
    let mut line = Map::new();
    let about = json!({
        "Timestamp": record.at.as_millisecond(),
        "CloudWatchMetrics": [directive],
    });
    line.insert("_aws".to_owned(), about);
    line.insert("Platform".to_owned(), json!(record.platform));
    line.insert("Environment".to_owned(), json!(record.environment));
    if let Some(reason) = reason {
        line.insert("Reason".to_owned(), json!(reason));
    }
    for (name, _, value) in metrics {
        line.insert((*name).to_owned(), value.clone());
    }
    Value::Object(line)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
