//! What regions say of each other's traffic: the alarms behind the records in DNS, and the metrics
//! that the controllers remember by.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::client::call;
use crate::house::House;
use crate::weather::minute_of;

/// How many quarters of a region's traffic each of these judges keeps open, by its alarms: a quarter
/// is closed while its alarm is in ALARM, and otherwise open.
pub(crate) fn open_quarters(house: &House, judged: &str, by: &[&str]) -> Vec<usize> {
    let prefix = format!("plimsoll-alfred-production-traffic-{judged}-");
    let asked: Vec<_> = by
        .iter()
        .map(|judge| {
            let with = json!({ "AlarmNamePrefix": prefix });
            call(judge, "cloudwatch", "describe_alarms", with)
        })
        .collect();
    let answers = house.client.done(&asked).into_iter();
    let open = answers.map(|answer| {
        let alarms = answer["MetricAlarms"].as_array().unwrap().clone();
        assert_eq!(alarms.len(), 4, "{alarms:?}");
        alarms.iter().filter(|alarm| alarm["StateValue"] != "ALARM").count()
    });
    open.collect()
}

/// How many quarters of its traffic a region keeps, as a record says; `None` when it says nothing.
pub(crate) fn share(line: &Value, judged: &str) -> Option<usize> {
    let share = line["record"]["shares"].get(judged)?.to_string();
    let quarters = ["0.0", "0.25", "0.5", "0.75", "1.0"].iter().position(|it| *it == share);
    Some(quarters.unwrap_or_else(|| panic!("{share} is no share: {line}")))
}

/// A metric that controllers publish about another region.
#[derive(Clone, Copy)]
pub(crate) enum About {
    Reachable,
    Share,
}

/// Tells what a judge saw or judged of a region in the last minutes before this one, as if its
/// controller had been there already: a controller keeps nothing, and reads its past from metrics.
///
/// Only before a controller is there: then nobody has said anything else of those minutes.
pub(crate) fn told_before(
    house: &House,
    judge: &str,
    about: About,
    judged: &str,
    minutes: i64,
    value: f64,
) {
    let (namespace, name) = match about {
        About::Reachable => ("Plimsoll/Controller", "Reachable"),
        About::Share => ("Plimsoll/Traffic", "TrafficShare"),
    };
    let this = minute_of(Timestamp::now());
    let data: Vec<_> = (1..=minutes)
        .map(|ago| {
            json!({ "MetricName": name, "Value": value,
                "Timestamp": (this - SignedDuration::from_mins(ago)).to_string(),
                "Dimensions": [
                    { "Name": "Platform", "Value": "alfred" },
                    { "Name": "Environment", "Value": "production" },
                    { "Name": "Region", "Value": judged },
                ] })
        })
        .collect();
    let with = json!({ "Namespace": namespace, "MetricData": data });
    house.client.one(call(judge, "cloudwatch", "put_metric_data", with));
}
