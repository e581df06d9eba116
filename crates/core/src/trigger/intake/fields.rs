//! Reading one JSON object.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::spec::Arn;
use crate::trigger::ignored::Ignored;

/// Most characters of a name. AWS's longest, an alarm's or a group's, holds 255.
const NAME: usize = 255;
/// Most characters of a sentence: a cause tells every step of an activity.
const SENTENCE: usize = 1024;

/// The fields of one JSON object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(super) const fn of(map: &'a Map<String, Value>) -> Self {
        Self(map)
    }

    pub(super) fn has(self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// A text that is not empty.
    pub(super) fn text(self, key: &str) -> Option<&'a str> {
        self.0.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub(super) fn object(self, key: &str) -> Option<Self> {
        self.0.get(key).and_then(Value::as_object).map(Self)
    }

    pub(super) fn name(self, key: &str) -> Option<String> {
        self.text(key).map(|name| line(name, NAME))
    }

    pub(super) fn sentence(self, key: &str) -> Option<String> {
        self.text(key).map(|text| line(text, SENTENCE))
    }

    /// A moment: RFC 3339, with or without the colon in the offset, which `CloudWatch` leaves out.
    pub(super) fn time(self, key: &str) -> Option<Timestamp> {
        self.text(key).and_then(|text| text.parse().ok())
    }

    /// The region that an ARN names.
    pub(super) fn region_of_arn(self, key: &str) -> Option<String> {
        let arn = self.text(key).and_then(Arn::parse)?;
        (!arn.region.is_empty()).then(|| line(arn.region, NAME))
    }

    /// The first keys, for a person who wonders what this was.
    pub(super) fn outline(self) -> String {
        let mut keys = self.0.keys();
        let first: Vec<String> = keys.by_ref().take(3).map(|key| line(key, 20)).collect();
        if first.is_empty() {
            return "an empty object".to_owned();
        }
        let rest = if keys.next().is_some() { ", …" } else { "" };
        format!("an object with {}{rest}", first.join(", "))
    }
}

/// What a known shape needs.
pub(super) fn need<T>(
    found: Option<T>,
    shape: &'static str,
    lacks: &'static str,
) -> Result<T, Ignored> {
    found.ok_or(Ignored::Incomplete { shape, lacks })
}

/// A text on one line, and of a length that a log can bear: what comes from outside is quoted in
/// lines that operators read.
pub(super) fn line(text: &str, most: usize) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let mut characters = text.chars().map(|c| if breaks(c) { ' ' } else { c });
    let mut line: String = characters.by_ref().take(most).collect();
    if characters.next().is_some() {
        line.pop();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_on_one_line_and_short() {
        assert_eq!(line("two\r\nlines\u{2028}", 80), "two  lines ");
        assert_eq!(line("exactly", 7), "exactly");
        assert_eq!(line("too long", 7), "too lo…");
        assert_eq!(line("ääää", 3), "ää…");
    }

    #[test]
    fn every_way_that_aws_writes_a_moment_is_read() {
        let moment: Timestamp = "2024-04-16T08:47:36.96Z".parse().unwrap();
        for text in [
            "2024-04-16T08:47:36.960+0000",
            "2024-04-16T08:47:36.960Z",
            "2024-04-16T08:47:36.960+00:00",
            "2024-04-16T10:47:36.960+0200",
        ] {
            let map = Map::from_iter([("time".to_owned(), Value::from(text))]);
            assert_eq!(Fields::of(&map).time("time"), Some(moment), "{text}");
        }
        for text in ["2024-04-16T08:47:36", "2024-04-16", "yesterday", "1713257256960", ""] {
            let map = Map::from_iter([("time".to_owned(), Value::from(text))]);
            assert_eq!(Fields::of(&map).time("time"), None, "{text}");
        }
    }
}
