//! Why the YAML reader gave up, in a person's words.

use plimsoll_core::spec::{Place, nearest};
use serde_saphyr::{Error, Location};

use super::FaultError;

/// Why the reader gave up, in a person's words.
#[expect(clippy::wildcard_enum_match_arm, reason = "the reader has sixty words for no YAML")]
pub(super) fn unreadable(error: &Error) -> FaultError {
    let place = error.location().and_then(place_of);
    let error = if let Error::AliasError { error, .. } = error { error } else { error };
    let said = match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            FaultError::new(format!("`{field}` means nothing here"), allowed(field, expected))
        }
        Error::SerdeMissingField { field, .. } => {
            FaultError::new(format!("`{field}` is missing"), format!("add `{field}: …`"))
        }
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            FaultError::new(format!("{unexpected} stands where it cannot"), expects(expected))
        }
        Error::Unexpected { expected, .. } => {
            FaultError::new("the value here is of another kind than it must be", expects(expected))
        }
        Error::InvalidScalar { ty, .. } => {
            FaultError::new(format!("the value here is no {ty}"), expects(ty))
        }
        Error::DuplicateMappingKey { key, .. } => FaultError::new(
            format!("`{}` is given twice", key.as_deref().unwrap_or("a key")),
            "keep one of them; a second fault begins with a `-` of its own",
        ),
        other => told(&other.to_string()),
    };
    FaultError { place, ..said }
}

/// The nearest of the keys that can stand there, and all of them: who mistook one may want another.
fn allowed(key: &str, expected: &[&str]) -> String {
    let all = expected.join(", ");
    nearest(key, expected.iter().copied())
        .map_or_else(|| format!("write one of {all}"), |near| format!("{near} Known are {all}"))
}

/// Our own types say what is wrong, then the way out; the reader adds the place.
fn told(message: &str) -> FaultError {
    let message = message.split(" at line ").next().unwrap_or_default();
    match message.split_once("; ") {
        Some((wrong, way_out)) => FaultError::new(wrong, way_out),
        None => FaultError::new(
            format!("this is no file of faults: {message}"),
            "look at indentation, brackets and quotes, here and on the line above",
        ),
    }
}

/// Serde's words for a type in a person's words.
fn expects(expected: &str) -> String {
    match expected {
        "sequence start" | "a sequence" => "write a list, one `- …` a fault".to_owned(),
        "boolean" | "a boolean" => "write `true` or `false`".to_owned(),
        "floating point" | "f64" => "write a number, such as 3".to_owned(),
        "scalar" | "string scalar" | "a string" => "write one word".to_owned(),
        mapping if mapping == "mapping start" || mapping.starts_with("struct ") => {
            "write a mapping, such as `{ region: us-east-1 }`".to_owned()
        }
        other => format!("write {other}"),
    }
}

/// A place of the reader; `None` for what lies nowhere.
pub(super) fn place_of(location: Location) -> Option<Place> {
    let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    let span = location.span();
    let place = Place {
        line: number(location.line()),
        column: number(location.column()),
        offset: number(span.byte_offset().unwrap_or(0)),
        length: number(span.byte_len().unwrap_or(0)),
        ..Place::default()
    };
    Some(place).filter(|place| place.line > 0)
}
