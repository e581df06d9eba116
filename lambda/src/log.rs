//! The log: one line of JSON for each record, on standard output.
//!
//! Lambda sends each line to CloudWatch Logs as an event of its own. The subscriber is written here
//! because so little is asked of it: no spans, one format, and records of other crates only when they
//! warn.

use std::fmt;
use std::io::{self, Write as _};
use std::time::SystemTime;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Begins to log, from a level that Lambda's own setting names (`AWS_LAMBDA_LOG_LEVEL`), or else
/// from `INFO`.
pub fn start(level: Option<&str>) {
    // A second start, as in tests, changes nothing.
    let _ = tracing::subscriber::set_global_default(Lines { level: level_of(level) });
}

/// Lambda's names of levels are tracing's, and `FATAL`.
fn level_of(name: Option<&str>) -> LevelFilter {
    match name.map(str::to_ascii_uppercase).as_deref() {
        Some("TRACE") => LevelFilter::TRACE,
        Some("DEBUG") => LevelFilter::DEBUG,
        Some("WARN") => LevelFilter::WARN,
        Some("ERROR" | "FATAL") => LevelFilter::ERROR,
        _ => LevelFilter::INFO,
    }
}

/// Writes one value as a line, whole: also for records that are not of the log, such as metrics in
/// the embedded format.
pub fn line(record: &Value) {
    let mut text = record.to_string();
    text.push('\n');
    // Nobody is left to tell when standard output is closed.
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

#[derive(Debug)]
struct Lines {
    level: LevelFilter,
}

impl Lines {
    /// What other crates say is worth a line only from `WARN`, whatever the level.
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let ours = metadata.target().starts_with("plimsoll");
        metadata.is_event()
            && *metadata.level() <= self.level
            && (ours || *metadata.level() <= Level::WARN)
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.wants(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let now = Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH);
        line(&record(event, now));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// An event as a record: Lambda's names for time and level, then the event's own fields.
fn record(event: &Event<'_>, now: Timestamp) -> Value {
    let mut fields = Fields(Map::new());
    event.record(&mut fields);
    let Fields(mut record) = fields;
    record.insert("timestamp".to_owned(), format!("{now:.3}").into());
    record.insert("level".to_owned(), event.metadata().level().as_str().into());
    record.insert("target".to_owned(), event.metadata().target().into());
    Value::Object(record)
}

struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Keeps the records that [`Lines`] would write.
    struct Kept(Lines, Arc<Mutex<Vec<Value>>>);

    impl Subscriber for Kept {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            self.0.enabled(metadata)
        }
        fn new_span(&self, span: &Attributes<'_>) -> Id {
            self.0.new_span(span)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            self.1.lock().unwrap().push(record(event, Timestamp::UNIX_EPOCH));
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    fn kept(level: Option<&str>, say: impl FnOnce()) -> Vec<Value> {
        let records = Arc::new(Mutex::new(Vec::new()));
        let lines = Lines { level: level_of(level) };
        tracing::subscriber::with_default(Kept(lines, Arc::clone(&records)), say);
        let records = records.lock().unwrap();
        records.clone()
    }

    #[test]
    fn a_record_holds_its_fields_its_time_and_its_level() {
        let records =
            kept(None, || tracing::info!(groups = 5, region = "eu-central-1", "observed"));
        let expected = serde_json::json!({
            "timestamp": "1970-01-01T00:00:00.000Z",
            "level": "INFO",
            "target": module_path!(),
            "message": "observed",
            "groups": 5,
            "region": "eu-central-1",
        });
        assert_eq!(records, [expected]);
    }

    #[test]
    fn a_line_break_in_a_message_stays_in_its_line() {
        let records = kept(None, || tracing::info!("two\nlines"));
        assert!(!records[0].to_string().contains('\n'));
    }

    #[test]
    fn levels_below_the_one_that_was_asked_for_are_not_written() {
        let say = || {
            tracing::debug!("quiet");
            tracing::error!("loud");
        };
        assert_eq!(kept(None, say).len(), 1);
        assert_eq!(kept(Some("debug"), say).len(), 2);
        assert_eq!(kept(Some("FATAL"), say).len(), 1);
        assert_eq!(kept(Some("nonsense"), say).len(), 1);
    }

    #[test]
    fn other_crates_are_heard_only_when_they_warn() {
        let records = kept(Some("TRACE"), || {
            tracing::info!(target: "hyper", "connected");
            tracing::warn!(target: "hyper", "reset");
        });
        assert_eq!(records.len(), 1);
        assert_eq!(records[0]["message"], "reset");
    }
}
