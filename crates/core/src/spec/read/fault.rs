//! Why a value could not be read, in a person's words.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::spec::problem::{Place, Problem, code};
use crate::spec::suggest;
use crate::spec::tree::{Entry, Node};

/// What to write for settings that are missing.
const EXAMPLES: [(&str, &str); 15] = [
    ("metric", "`metric: cpu`"),
    ("target", "`target: 75`"),
    ("on", "`on: launch` or `on: terminate`"),
    ("steps", "`steps: [{ from: 0, change: 1 }]`"),
    ("adjustment", "`adjustment: change_in_capacity`"),
    ("namespace", "`namespace: AWS/SQS`, or your own"),
    ("name", "`name:` and the metric's name in CloudWatch"),
    ("vcpus", "`vcpus: 2`"),
    ("memory_gib", "`memory_gib: 4`"),
    ("value", "`value: …`"),
    ("propagate", "`propagate: true`, or write the value alone"),
    ("min_healthy_percent", "`min_healthy_percent: 100`"),
    ("max_healthy_percent", "`max_healthy_percent: 150`"),
    ("type", "`type: Percent` or `type: Instances`"),
    ("periodSeconds", "`periodSeconds: 60`"),
];

/// Why a value could not be read.
#[derive(Debug)]
pub(super) struct Fault<'a> {
    /// The value that is left out when the mapping around it is read again.
    pub(super) culprit: Option<&'a Node>,
    place: Option<Place>,
    what: What,
    help: Option<String>,
}

#[derive(Debug)]
enum What {
    /// A value of the wrong type.
    Type(Box<Mismatch>),
    /// A key that must be there is not.
    Missing(&'static str),
    /// It was there and could not be read, which was reported.
    Silent,
    /// Anything else.
    Other(String),
}

/// What was expected, what was found, and the key once it is known.
#[derive(Debug)]
struct Mismatch {
    key: Option<String>,
    expected: String,
    found: String,
}

impl<'a> Fault<'a> {
    fn new(what: What) -> Self {
        Self { culprit: None, place: None, what, help: None }
    }

    /// A value that cannot be read without the part that could not be.
    pub(super) fn follows(node: &'a Node) -> Self {
        Self::new(What::Silent).at(node)
    }

    /// A mapping with none or several of the alternatives, or no mapping at all.
    pub(super) fn not_one_of(
        node: &'a Node,
        entries: &'a [Entry],
        variants: &'static [&'static str],
    ) -> Self {
        let expected = format!("exactly one of {}", suggest::list(variants));
        let mut fault = match entries {
            [_, second, ..] => {
                let keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
                let message = format!("{} stand side by side", suggest::list(&keys));
                Self::new(What::Other(message)).shown_at(second.key_place)
            }
            _ => Self::new(What::Other("one alternative must be chosen".to_owned())),
        };
        fault.help = Some(format!("write {expected}"));
        fault.at(node)
    }

    /// The fault lies in this value, unless it lies deeper.
    pub(super) fn at(mut self, node: &'a Node) -> Self {
        if self.culprit.is_none() {
            // What is missing because it could not be read was reported.
            if let What::Missing(key) = self.what
                && node.get(key).is_some()
            {
                self.what = What::Silent;
            }
            self.culprit = Some(node);
            self.place.get_or_insert(node.place);
        }
        self
    }

    /// Where a person is pointed to, when it is not the value.
    pub(super) fn shown_at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }

    /// Names the key of the value that has the wrong type.
    pub(super) fn named(mut self, entry: &Entry) -> Self {
        let here = self.culprit.is_some_and(|node| std::ptr::eq(node, &raw const entry.node));
        if let What::Type(mismatch) = &mut self.what
            && here
        {
            mismatch.key.get_or_insert_with(|| entry.key.clone());
        }
        self
    }

    pub(super) fn with_help(mut self, help: String) -> Self {
        self.help.get_or_insert(help);
        self
    }

    /// Says what the mapping holds that was expected.
    pub(super) fn holds(self, fields: &'static [&'static str]) -> Self {
        self.with_help(format!("it holds {}", suggest::list(fields)))
    }

    /// As a problem, unless it follows from one that was reported.
    pub(super) fn into_problem(self, root: Place) -> Option<Problem> {
        let (code, message) = match self.what {
            What::Silent => return None,
            What::Missing(key) => (code::MISSING, format!("`{key}` is missing")),
            What::Type(mismatch) => {
                let Mismatch { key, expected, found } = *mismatch;
                let message = match key {
                    Some(key) => format!("`{key}` takes {expected}, not {found}"),
                    None => format!("expected {expected}, found {found}"),
                };
                (code::WRONG_VALUE, message)
            }
            What::Other(message) => (code::WRONG_VALUE, message),
        };
        let place = Some(self.place.unwrap_or(root)).filter(|place| place.line > 0);
        let problem = Problem::error(code, place, message);
        Some(match self.help {
            Some(help) => problem.help(help),
            None => problem,
        })
    }
}

impl std::error::Error for Fault<'_> {}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.what)
    }
}

impl de::Error for Fault<'_> {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        match message.split_once("; ") {
            // Our own types say what is wrong, then the way out.
            Some((wrong, way_out)) => {
                Self::new(What::Other(wrong.to_owned())).with_help(way_out.to_owned())
            }
            None => Self::new(What::Other(message)),
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = plain(expected);
        let scalar = !matches!(found, Unexpected::Map | Unexpected::Seq | Unexpected::Unit);
        let help = match expected.as_str() {
            "a whole number, 0 or more" => Some("write 0 or more in digits, such as `2`"),
            "a whole number" | "a number" => Some("write it in digits, such as `2`"),
            "true or false" => Some("write `true` or `false`, without quotes"),
            "a list" => Some("write it as `[ … ]`, or one `- …` a line"),
            text if text.starts_with("text") && scalar => Some("put it in quotes"),
            _ => None,
        };
        let mismatch = Mismatch { key: None, expected, found: shown(found) };
        let fault = Self::new(What::Type(Box::new(mismatch)));
        match help {
            Some(help) => fault.with_help(help.to_owned()),
            None => fault,
        }
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn missing_field(field: &'static str) -> Self {
        let example = EXAMPLES.iter().find(|(key, _)| *key == field);
        let example =
            example.map_or_else(|| format!("`{field}: …`"), |(_, text)| (*text).to_owned());
        Self::new(What::Missing(field)).with_help(format!("add {example}"))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let list = suggest::list(expected);
        let nearest = suggest::nearest(variant, expected.iter().copied());
        Self::new(What::Other(format!("`{variant}` is none of {list}")))
            .with_help(nearest.unwrap_or_else(|| format!("write one of {list}")))
    }
}

/// Serde's words for a type in a person's words.
fn plain(expected: &dyn Expected) -> String {
    let words = expected.to_string();
    match words.as_str() {
        "u16" | "u32" | "u64" => "a whole number, 0 or more".to_owned(),
        "i32" | "i64" => "a whole number".to_owned(),
        "f64" => "a number".to_owned(),
        "a string" => "text".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a map" => "a mapping of names".to_owned(),
        "a sequence" => "a list".to_owned(),
        other if other.starts_with("struct ") => "a mapping".to_owned(),
        _ => words,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what YAML cannot hold is never found")]
fn shown(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Unsigned(number) => format!("`{number}`"),
        Unexpected::Signed(number) => format!("`{number}`"),
        Unexpected::Float(number) => format!("`{number}`"),
        Unexpected::Str(text) => format!("`{text}`"),
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a mapping".to_owned(),
        other => other.to_string(),
    }
}
