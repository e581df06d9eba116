//! What CloudWatch answers: a quiet morning, in which some services may be hot.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::answers;
use super::cbor::{Cbor, decode};
use super::http::{Answer, Request};
use super::world::World;

/// Points of each series: a quarter of an hour.
const MINUTES: u32 = 15;

/// The body of a request, in either protocol that CloudWatch speaks.
pub(super) fn asked(request: &Request) -> Value {
    assert!(request.header("content-encoding").is_empty(), "the stub unpacks nothing");
    if is_cbor(request) {
        return decode(&request.body).expect("a body in CBOR");
    }
    serde_json::from_slice(&request.body).expect("a body in JSON")
}

pub(super) fn is_cbor(request: &Request) -> bool {
    request.header("smithy-protocol") == "rpc-v2-cbor"
}

/// Takes samples in.
pub(super) fn put(request: &Request, asked: &Value, world: &mut World) -> Answer {
    let namespace = asked["Namespace"].as_str().unwrap_or_default();
    for sample in asked["MetricData"].as_array().into_iter().flatten() {
        let name = sample["MetricName"].as_str().unwrap_or_default();
        world.published.insert(format!("{namespace} {name}"));
    }
    if is_cbor(request) {
        return answers::cbor(&Cbor::Map(Vec::new()));
    }
    Answer::ok("application/x-amz-json-1.0", "{}")
}

/// Each series that is asked for, minute by minute until now.
pub(super) fn data(request: &Request, asked: &Value, world: &World) -> Answer {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let minutes = (1..=u64::from(MINUTES)).rev().map(|minute| now / 60 * 60 - minute * 60);
    let times: Vec<f64> = minutes.map(|time| f64::from(u32::try_from(time).unwrap())).collect();
    let queries = asked["MetricDataQueries"].as_array().into_iter().flatten();
    let wanted = queries.filter(|query| query["ReturnData"] != json!(false));
    let series = wanted.map(|query| {
        let id = query["Id"].as_str().unwrap_or_default().to_owned();
        (id, value(query, world))
    });
    if is_cbor(request) {
        let result = |(id, value): (String, Option<f64>)| {
            let times = if value.is_some() { times.as_slice() } else { &[] };
            let values = times.iter().zip(value.iter().cycle());
            Cbor::Map(vec![
                ("Id", Cbor::Text(id.clone())),
                ("Label", Cbor::Text(id)),
                ("Timestamps", Cbor::List(times.iter().copied().map(Cbor::Time).collect())),
                ("Values", Cbor::List(values.map(|(_, value)| Cbor::Float(*value)).collect())),
                ("StatusCode", Cbor::Text("Complete".to_owned())),
            ])
        };
        let results = series.map(result).collect();
        return answers::cbor(&Cbor::Map(vec![("MetricDataResults", Cbor::List(results))]));
    }
    let result = |(id, value): (String, Option<f64>)| {
        let times = if value.is_some() { times.as_slice() } else { &[] };
        let values: Vec<_> = times.iter().zip(value.iter().cycle()).map(|(_, it)| it).collect();
        json!({
            "Id": id, "Label": id, "Timestamps": times, "Values": values, "StatusCode": "Complete",
        })
    };
    let results: Vec<Value> = series.map(result).collect();
    answers::json(&json!({ "MetricDataResults": results }))
}

/// The value of a series in every minute; `None` when there is no data.
fn value(query: &Value, world: &World) -> Option<f64> {
    let metric = &query["MetricStat"]["Metric"];
    let Some(name) = metric["MetricName"].as_str() else { return Some(28.0) };
    let dimensions = metric["Dimensions"].as_array().into_iter().flatten();
    let mut names = dimensions.filter_map(|dimension| dimension["Value"].as_str());
    let group = names.find_map(|name| world.groups.get(name));
    match name {
        "CPUUtilization" if group.is_some_and(|group| world.hot.contains(group.service)) => {
            Some(95.0)
        }
        "CPUUtilization" | "mem_used_percent" | "requests_per_second" => Some(60.0),
        "vector_searches_per_second" => Some(30.0),
        "ApproximateNumberOfMessagesVisible" => Some(45.0),
        "RequestCountPerTarget" => Some(600.0),
        "RequestCount" => Some(1800.0),
        "HealthyHostCount" => Some(3.0),
        "GroupDesiredCapacity" | "GroupInServiceInstances" | "GroupTotalInstances" => {
            group.map(|group| f64::from(group.desired))
        }
        "HealthyPercent" => Some(100.0),
        "Heartbeat" | "TrafficShare" => Some(1.0),
        "UnHealthyHostCount" | "ErrorsPercent" | "Shortage" => Some(0.0),
        // Counts of errors have no data while there are none.
        _ => None,
    }
}
