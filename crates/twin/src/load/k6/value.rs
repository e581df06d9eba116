//! What is known of a script's values.

use jiff::SignedDuration;
use plimsoll_core::units::Seconds;

use super::Fault;
use crate::load::curve::LARGEST;

/// Ten years, in milliseconds.
const LONGEST: u64 = 315_360_000_000;

/// What is known about an expression without running it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(String),
    /// A text of which only the beginning is known, such as a URL that ends in a computed path.
    Begins(String),
    Truth(bool),
    /// `null`, `undefined`, and what the environment would have set.
    Missing,
    List(Vec<Located>),
    Object(Vec<(String, Located)>),
    /// Only a run would show it.
    Unknown,
}

impl Value {
    /// Bytes of text and parts of lists and objects, all the way down.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) | Self::Begins(text) => text.len(),
            Self::List(items) => items.iter().map(|item| 1 + item.value.size()).sum(),
            Self::Object(fields) => {
                fields.iter().map(|(name, field)| 1 + name.len() + field.value.size()).sum()
            }
            Self::Number(_) | Self::Truth(_) | Self::Missing | Self::Unknown => 1,
        }
    }
}

/// A value, and the byte of the script at which it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Located {
    pub(super) at: u32,
    pub(super) value: Value,
}

impl Located {
    fn fault(&self, what: &str, kind: &str, example: &str) -> Fault {
        let message = match &self.value {
            Value::Unknown | Value::Begins(_) => format!("{what} is not a constant"),
            Value::Number(number) => format!("{what} is {number} and not {kind}"),
            Value::Text(text) => format!("{what} is `{text}` and not {kind}"),
            Value::Truth(_) | Value::Missing | Value::List(_) | Value::Object(_) => {
                format!("{what} is not {kind}")
            }
        };
        Fault::new(self.at, message, format!("write {kind}, such as {example}"))
    }

    /// A number that is not negative.
    pub(super) fn number(&self, what: &str) -> Result<f64, Fault> {
        match self.value {
            Value::Number(number) if (0.0..=LARGEST).contains(&number) => Ok(number),
            _ => Err(self.fault(what, "a number that is not negative", "100")),
        }
    }

    pub(super) fn text(&self, what: &str, example: &str) -> Result<&str, Fault> {
        match &self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.fault(what, "a text", example)),
        }
    }

    pub(super) fn list(&self, what: &str, example: &str) -> Result<&[Self], Fault> {
        match &self.value {
            Value::List(items) => Ok(items),
            _ => Err(self.fault(what, "a list", example)),
        }
    }

    pub(super) fn fields(&self, what: &str, example: &str) -> Result<Fields<'_>, Fault> {
        match &self.value {
            Value::Object(entries) => Ok(Fields { at: self.at, entries }),
            _ => Err(self.fault(what, "an object", example)),
        }
    }

    /// A span of time in milliseconds: a text such as `1m30s`, or a number of them.
    pub(super) fn milliseconds(&self, what: &str) -> Result<u64, Fault> {
        let milliseconds = match &self.value {
            Value::Number(number) => SignedDuration::try_from_secs_f64(number / 1e3).ok(),
            Value::Text(text) => {
                let days = || text.contains('d').then(|| text.parse::<Seconds>().ok())?;
                let days = || Some(SignedDuration::from_secs(i64::from(days()?.0)));
                text.parse::<SignedDuration>().ok().or_else(days)
            }
            _ => None,
        };
        milliseconds
            .and_then(|span| u64::try_from(span.as_millis()).ok())
            .filter(|&span| span <= LONGEST)
            .ok_or_else(|| self.fault(what, "a duration", "'5m'"))
    }

    /// Whether JavaScript takes the value as true; `None` if only a run would show it.
    pub(super) fn truth(&self) -> Option<bool> {
        match &self.value {
            Value::Unknown => None,
            Value::Begins(known) => (!known.is_empty()).then_some(true),
            Value::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            Value::Text(text) => Some(!text.is_empty()),
            Value::Truth(truth) => Some(*truth),
            Value::Missing => Some(false),
            Value::List(_) | Value::Object(_) => Some(true),
        }
    }

    /// The known beginning of the value as text, and whether that is all of it.
    pub(super) fn beginning(&self) -> Option<(String, bool)> {
        match &self.value {
            Value::Number(number) => Some((number.to_string(), true)),
            Value::Text(text) => Some((text.clone(), true)),
            Value::Begins(text) => Some((text.clone(), false)),
            _ => None,
        }
    }
}

/// The entries of an object.
#[derive(Clone, Copy)]
pub(super) struct Fields<'v> {
    pub(super) at: u32,
    pub(super) entries: &'v [(String, Located)],
}

impl<'v> Fields<'v> {
    /// The last entry of a name, as JavaScript has it; one that is not set is none.
    pub(super) fn get(self, name: &str) -> Option<&'v Located> {
        let entry = self.entries.iter().rev().find(|(other, _)| other == name);
        entry.map(|(_, value)| value).filter(|value| value.value != Value::Missing)
    }

    pub(super) fn need(self, name: &str, what: &str) -> Result<&'v Located, Fault> {
        self.get(name).ok_or_else(|| {
            Fault::new(self.at, format!("{what} has no `{name}`"), format!("add `{name}`"))
        })
    }
}
