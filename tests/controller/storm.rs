//! A storm: a thousand events in the shapes that reach a controller, and in some that should not.
//!
//! Everything is drawn from one seed, so that a storm that goes wrong comes again.

use std::collections::BTreeMap;
use std::fs;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::harness::file;
use crate::house::{House, invocation};

const SEED: u64 = 20_261_125;
const EVENTS: usize = 1_000;

/// Events of one invocation, as a queue hands them over.
const BATCH: usize = 8;

/// What the payloads name.
const ACCOUNT: &str = "111122223333";

/// Events, and how many there are of each kind.
pub(crate) struct Storm {
    kinds: BTreeMap<String, usize>,
    invocations: Vec<Value>,
}

impl Storm {
    /// A storm for the controller of a region.
    pub(crate) fn over(house: &House, region: &str) -> Self {
        let mut draw = Draw(SEED);
        let shapes = shapes(&house.account.id);
        let mut kinds = BTreeMap::new();
        let mut events: Vec<String> = Vec::new();
        while events.len() < EVENTS {
            // One in five is one that came already.
            let twin = draw.below(5) == 0 && !events.is_empty();
            let event = if twin {
                *kinds.entry("duplicated".to_owned()).or_default() += 1;
                events[draw.below(events.len())].clone()
            } else {
                let (kind, text) = &shapes[draw.below(shapes.len())];
                *kinds.entry(kind.clone()).or_default() += 1;
                moved(text, &mut draw)
            };
            events.push(event);
        }
        draw.shuffle(&mut events);
        let batches = events.chunks(BATCH).enumerate();
        let invocations =
            batches.map(|(at, bodies)| invocation(region, &batch(region, at, bodies)));
        Self { kinds, invocations: invocations.collect() }
    }

    pub(crate) fn events(&self) -> usize {
        self.kinds.values().sum()
    }

    pub(crate) fn kinds(&self) -> Vec<&String> {
        self.kinds.keys().collect()
    }

    pub(crate) fn invocations(&self) -> Vec<Value> {
        self.invocations.clone()
    }
}

/// Every payload of the core's tests, by its name: bare events, and the bodies of batches.
fn shapes(account: &str) -> Vec<(String, String)> {
    let folder = file("crates/core/tests/trigger/payloads");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    let mut shapes = Vec::new();
    for path in paths {
        let kind = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap().replace(ACCOUNT, account);
        let parsed: Option<Value> = serde_json::from_str(&text).ok();
        let records = parsed.as_ref().and_then(|it| it["Records"].as_array());
        match records {
            Some(records) => {
                let bodies = records.iter().filter_map(|record| record["body"].as_str());
                shapes.extend(bodies.map(|body| (kind.clone(), body.to_owned())));
            }
            None => shapes.push((kind, text)),
        }
    }
    shapes
}

/// The same event at another time: now, late, or from a clock that is ahead.
fn moved(text: &str, draw: &mut Draw) -> String {
    let Ok(mut event) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    let Some(time) = event.get_mut("time").filter(|time| time.is_string()) else {
        return text.to_owned();
    };
    let ago = [0, 0, 5, 90, 2_400, -120][draw.below(6)];
    *time = json!((Timestamp::now() - SignedDuration::from_secs(ago)).to_string());
    event.to_string()
}

/// Bodies as a mapping of a queue hands them to a function.
fn batch(region: &str, at: usize, bodies: &[String]) -> Value {
    let records = bodies.iter().enumerate().map(|(place, body)| {
        json!({
            "messageId": format!("{at:08}-0000-4000-8000-{place:012}"),
            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
            "body": body,
            "attributes": { "ApproximateReceiveCount": "1" },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "awsRegion": region,
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

/// Numbers from a seed: xorshift64*. Source: S. Vigna, "An experimental exploration of Marsaglia's
/// xorshift generators, scrambled".
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(drawn).unwrap() % limit
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let other = self.below(last + 1);
            all.swap(last, other);
        }
    }
}
