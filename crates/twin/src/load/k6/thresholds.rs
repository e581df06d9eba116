//! Thresholds as assertions.

use std::collections::BTreeSet;

use super::Fault;
use super::value::{Located, Value};
use crate::load::Assertion;

const EXAMPLE: &str = "['p(95)<500']";

/// The thresholds that a run can check. Those of k6's other metrics become notes, so that nobody
/// takes them for passed.
pub(super) fn read(
    thresholds: &Located,
    notes: &mut BTreeSet<String>,
) -> Result<Vec<Assertion>, Fault> {
    let metrics = thresholds.fields("`thresholds`", "{ http_req_duration: ['p(95)<500'] }")?;
    let mut assertions = Vec::new();
    for (metric, conditions) in metrics.entries {
        let conditions = match &conditions.value {
            Value::List(conditions) => conditions.as_slice(),
            _ => std::slice::from_ref(conditions),
        };
        for condition in conditions {
            let expression = expression(condition, notes)?;
            match Assertion::parse(metric, expression) {
                Ok(assertion) => assertions.push(assertion),
                Err(error) if error.is_unmeasured() => {
                    notes.insert(format!(
                        "the threshold `{metric}: {expression}` is NOT checked: {error}"
                    ));
                }
                Err(error) => {
                    return Err(Fault::new(
                        condition.at,
                        error.to_string(),
                        format!("write conditions of k6, such as {EXAMPLE}"),
                    ));
                }
            }
        }
    }
    Ok(assertions)
}

/// The condition itself, which may stand in an object with what to do when it fails.
fn expression<'v>(condition: &'v Located, notes: &mut BTreeSet<String>) -> Result<&'v str, Fault> {
    if !matches!(condition.value, Value::Object(_)) {
        return condition.text("a threshold", EXAMPLE);
    }
    let fields = condition.fields("a threshold", EXAMPLE)?;
    if fields.get("abortOnFail").is_some_and(|abort| abort.truth() != Some(false)) {
        notes.insert("abortOnFail is not simulated: the run goes to its end".to_owned());
    }
    fields.need("threshold", "a threshold")?.text("`threshold`", "'p(95)<500'")
}
