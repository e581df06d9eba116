//! Small conversions between the SDK's words and the core's.

#[cfg(feature = "operator")]
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use aws_smithy_types::DateTime;
use jiff::Timestamp;
use plimsoll_core::units::{MetricValue, Seconds};

/// A count for the wire, which knows no unsigned numbers.
pub(crate) fn int(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A count from the wire; AWS's `-1` stands for "not set".
pub(crate) fn count(value: Option<i32>) -> Option<u32> {
    value.and_then(|value| u32::try_from(value).ok())
}

/// A span of time from the wire.
pub(crate) fn seconds(value: Option<i32>) -> Option<Seconds> {
    count(value).map(Seconds)
}

/// A number of a metric, if it is one.
pub(crate) fn metric_value(value: Option<f64>) -> Option<MetricValue> {
    value.and_then(|value| MetricValue::from_f64(value).ok())
}

/// A moment from the wire. Auto Scaling's times are whole seconds.
pub(crate) fn timestamp(time: Option<&DateTime>) -> Option<Timestamp> {
    time.and_then(|time| Timestamp::from_second(time.secs()).ok())
}

/// A moment for the wire.
pub(crate) fn date_time(time: Timestamp) -> DateTime {
    DateTime::from_secs(time.as_second())
}

/// A text that means something; the query protocol writes absent values as empty ones.
pub(crate) fn text(value: Option<&str>) -> Option<String> {
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}

/// The parts of a list that AWS writes in one text, such as `subnet-1,subnet-2`.
pub(crate) fn split(list: Option<&str>) -> BTreeSet<String> {
    list.unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The reverse of [`split`].
pub(crate) fn join(parts: &BTreeSet<String>) -> String {
    parts.iter().map(String::as_str).collect::<Vec<_>>().join(",")
}

/// Tags of EC2 resources by key.
#[cfg(feature = "operator")]
pub(crate) fn tags(tags: &[aws_sdk_ec2::types::Tag]) -> BTreeMap<String, String> {
    let pair = |tag: &aws_sdk_ec2::types::Tag| {
        Some((tag.key.clone()?, tag.value.clone().unwrap_or_default()))
    };
    tags.iter().filter_map(pair).collect()
}
