//! Payloads, and the controller that reads them.

use std::fs;

use jiff::Timestamp;
use plimsoll_core::trigger::{Alarm, AlarmState, CapacityEvent, Change, Progress, Scope};
use plimsoll_core::trigger::{Ignored, Trigger};

pub(crate) fn scope() -> Scope {
    Scope {
        platform: "alfred".to_owned(),
        environment: "production".to_owned(),
        region: "eu-central-1".to_owned(),
    }
}

/// Half a minute after noon, when the payloads were sent.
pub(crate) fn now() -> Timestamp {
    "2026-11-25T12:00:30Z".parse().unwrap()
}

pub(crate) fn payload(name: &str) -> String {
    fs::read_to_string(format!("tests/trigger/payloads/{name}.json")).unwrap()
}

/// Every payload that AWS or an operator sends.
pub(crate) fn payloads() -> Vec<String> {
    let mut paths: Vec<_> = fs::read_dir("tests/trigger/payloads")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.file_name().unwrap().to_str().unwrap().starts_with("hostile_"))
        .collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

pub(crate) fn alarm(name: &str, state: AlarmState, at: Timestamp) -> Trigger {
    let (name, region) = (name.to_owned(), "eu-central-1".to_owned());
    Trigger::Alarm(Alarm { name, region, state, previous: None, at })
}

pub(crate) fn capacity(group: &str, change: Change, progress: Progress) -> Trigger {
    Trigger::Capacity(CapacityEvent {
        change,
        progress,
        group: group.to_owned(),
        region: "eu-central-1".to_owned(),
        instance: None,
        at: now(),
        cause: None,
        message: None,
    })
}

/// The words for what was read.
pub(crate) fn words(read: &Result<Trigger, Ignored>) -> String {
    read.as_ref().map_or_else(ToString::to_string, ToString::to_string)
}
