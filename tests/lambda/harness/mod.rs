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
pub(crate) mod runtime_api;
pub(crate) mod stub;

/// The spec that the stub's world belongs to.
pub(crate) static SPEC: &str = include_str!("../../../examples/alfred-managed.yaml");

/// The account that it is pinned to.
pub(crate) const ACCOUNT: &str = "000000000000";

/// The region that the function runs in.
pub(crate) const REGION: &str = "eu-central-1";

/// The event of a first alarm, as the queue hands it over.
pub(crate) fn alarm() -> String {
    let alarm = serde_json::json!({
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
    });
    serde_json::json!({ "Records": [{
        "messageId": "19dd0b57-b21e-4ac1-bd88-01bbb068cb78",
        "receiptHandle": "MessageReceiptHandle",
        "body": alarm.to_string(),
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:plimsoll-alfred-production-controller"),
        "awsRegion": REGION,
    }] })
    .to_string()
}
