//! What a function meets in Lambda, on this machine: the Runtime API, and AWS behind TLS.
//!
//! ```text
//!   Function ── /next, /response ──> RuntimeApi
//!      └─────── https ─────────────> Stub: three regions of Alfred
//! ```

pub(crate) mod answers;
pub(crate) mod cbor;
pub(crate) mod function;
pub(crate) mod http;
pub(crate) mod metrics;
pub(crate) mod runtime_api;
pub(crate) mod stub;
pub(crate) mod world;

use serde_json::json;

/// The spec that the stub's world belongs to: Alfred's, without the schedule, by which the bounds of
/// a group are other ones in the morning than at night.
pub(crate) fn spec() -> String {
    let example = include_str!("../../../examples/alfred-managed.yaml");
    let moments = |line: &&str| !line.trim_start().starts_with("weekday-");
    let spec: Vec<&str> = example.lines().filter(moments).collect();
    spec.join("\n").replace("          schedule:", "          schedule: {}")
}

/// The account that it is pinned to.
pub(crate) const ACCOUNT: &str = "000000000000";

/// The region that the function runs in.
pub(crate) const REGION: &str = "eu-central-1";

/// The event of a first alarm, as the queue hands it over.
pub(crate) fn alarm() -> String {
    queued(&[&json!({
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "time": "2026-11-03T09:00:12Z",
        "region": REGION,
        "detail": {
            "alarmName": "plimsoll-alfred-production-wake-agent-core-cpu",
            "state": { "value": "ALARM", "timestamp": "2026-11-03T09:00:12.000+0000" },
            "previousState": { "value": "OK", "timestamp": "2026-11-03T08:30:12.000+0000" },
        },
    })
    .to_string()])
}

/// The event of the schedule, of a moment.
pub(crate) fn minute(time: &str) -> String {
    queued(&[&json!({
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": time,
        "region": REGION,
        "detail": {},
    })
    .to_string()])
}

/// Messages as the queue hands them over.
pub(crate) fn queued(bodies: &[&str]) -> String {
    let record = |body: &&str| {
        json!({
            "messageId": "19dd0b57-b21e-4ac1-bd88-01bbb068cb78",
            "receiptHandle": "MessageReceiptHandle",
            "body": body,
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:plimsoll-alfred-production-controller"),
            "awsRegion": REGION,
        })
    };
    json!({ "Records": bodies.iter().map(record).collect::<Vec<_>>() }).to_string()
}
