//! A mistake in a spec, as a value: coded, placed, and with a way out.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::tree::LIMITS;

/// A mistake or a doubt.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Where in the file.
    pub place: Option<Place>,
    /// Stable over releases; one kind of mistake each.
    pub code: Code,
    /// Whether it stops the work.
    pub severity: Severity,
    /// Names the value and what is wrong with it.
    pub message: String,
    /// What was expected, or the way out.
    pub help: Option<String>,
}

/// Whether a problem stops the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing is done until it is mended.
    Error,
    /// The spec keeps what was asked for, and the operator is told. `--strict` makes it an error.
    Warning,
}

/// A place in the text of a spec, or of the overlay on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// The text that it lies in. It stands first, so that places sort text by text.
    #[serde(skip_serializing_if = "Text::is_spec")]
    pub text: Text,
    /// Counts from 1.
    pub line: u32,
    /// Counts from 1, in characters.
    pub column: u32,
    /// Where it begins, in bytes.
    pub offset: u32,
    /// How long it is, in bytes.
    pub length: u32,
}

/// The texts that a document is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Text {
    /// The spec.
    #[default]
    Spec,
    /// The overlay that a deployment passes on.
    Overlay,
}

impl Text {
    /// Whether it is the spec. JSON says nothing then.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
    fn is_spec(&self) -> bool {
        *self == Self::Spec
    }
}

impl Place {
    /// Whether it lies in an overlay.
    pub(crate) fn is_of_overlay(self) -> bool {
        self.text == Text::Overlay
    }

    /// The same place, in the overlay's text.
    pub(super) const fn in_overlay(self) -> Self {
        Self { text: Text::Overlay, ..self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The kind of a problem. Its text form, such as `PL0101`, never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PL{:04}", self.0)
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Problem {
    /// A mistake.
    pub(crate) fn error(code: Code, place: Option<Place>, message: impl Into<String>) -> Self {
        let message = shortened(message.into());
        Self { place, code, severity: Severity::Error, message, help: None }
    }

    /// A doubt.
    pub(crate) fn warning(code: Code, place: Option<Place>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }

    /// The text that it was found in.
    #[must_use]
    pub fn text(&self) -> Text {
        self.place.unwrap_or_default().text
    }

    /// The same, found in the overlay's text. What is wrong with all of it begins where it begins.
    pub(super) fn in_overlay(self) -> Self {
        let start = Place { line: 1, column: 1, ..Place::default() };
        Self { place: Some(self.place.unwrap_or(start).in_overlay()), ..self }
    }

    /// The same with a way out.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(shortened(help.into()));
        self
    }
}

/// Longest message. Values are quoted in messages, and a file can hold a value of a megabyte.
const LONGEST_TEXT: usize = 500;

fn shortened(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Problems as they are found, each once.
#[derive(Debug, Default)]
pub(super) struct Findings {
    all: Vec<Problem>,
    seen: BTreeSet<(Place, Code, Severity)>,
    looked_at: usize,
}

impl Findings {
    /// Adds what was found in one part of the platform. What another part said of the same place
    /// is not said again: a default that is wrong is wrong in every service.
    pub(super) fn add(&mut self, part: Vec<Problem>) {
        let key =
            |problem: &Problem| problem.place.map(|place| (place, problem.code, problem.severity));
        self.looked_at += part.len();
        let new: Vec<Problem> = part
            .into_iter()
            .filter(|problem| key(problem).is_none_or(|key| !self.seen.contains(&key)))
            .collect();
        self.seen.extend(new.iter().filter_map(key));
        self.all.extend(new);
    }

    /// Whether it is time to stop looking: ten times what is shown, since most of a long list is
    /// one mistake in many services.
    pub(super) fn enough(&self) -> bool {
        self.looked_at > LIMITS.problems * 10
    }

    /// In the order of the file.
    pub(super) fn in_order(mut self) -> Vec<Problem> {
        self.all.sort();
        self.all.dedup();
        self.all.truncate(LIMITS.problems);
        self.all
    }
}

/// Declares the codes once: as constants with their meaning, and as a list.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal;)+) => {
        /// Every code with its meaning. Hundreds group them: text, structure, names, sizes,
        /// instances, scaling, and what a service leans on; 1000 and up are warnings, 2000 and up
        /// are found in the world and not in the file.
        pub mod code {
            use super::Code;
            $($(#[doc = $doc])+ pub const $name: Code = Code($number);)+

            /// All codes, with their meanings.
            pub const ALL: &[(Code, &str)] = &[$(($name, concat!($($doc),+))),+];
        }
    };
}

codes! {
    /// The text is not YAML.
    NOT_YAML = 1;
    /// The file is larger, deeper or more entangled than a spec can be.
    TOO_LARGE = 2;
    /// A key that means nothing here.
    UNKNOWN_KEY = 101;
    /// A value of the wrong type or out of its range.
    WRONG_VALUE = 102;
    /// Something that must be given is not.
    MISSING = 103;
    /// A setting that AWS or Plimsoll has retired.
    RETIRED = 104;
    /// An overlay for a service or region that the platform does not have.
    UNKNOWN_OVERLAY = 105;
    /// An environment that the spec does not declare.
    UNKNOWN_ENVIRONMENT = 106;
    /// A placeholder that means nothing.
    UNKNOWN_PLACEHOLDER = 107;
    /// A key that is given twice in one mapping.
    DUPLICATE_KEY = 108;
    /// A name with characters that AWS refuses.
    BAD_NAME = 201;
    /// A name that is too long for AWS.
    LONG_NAME = 202;
    /// An id that cannot be one.
    BAD_ID = 203;
    /// An account that cannot be one.
    BAD_ACCOUNT = 204;
    /// A region name that cannot be one.
    BAD_REGION = 205;
    /// An ARN that points to another account or is malformed.
    BAD_ARN = 206;
    /// A minimum above its maximum.
    MIN_ABOVE_MAX = 301;
    /// A stateful service with more than one instance.
    STATEFUL_SCALED_OUT = 303;
    /// A maximum above a declared absolute limit.
    ABOVE_LIMIT = 304;
    /// Not exactly one region has the database primary.
    DATABASE_PRIMARY = 305;
    /// A user data file that cannot be used.
    USER_DATA = 401;
    /// A value outside the range that AWS accepts.
    OUT_OF_RANGE = 402;
    /// Two policies on one metric.
    SAME_METRIC = 501;
    /// More policies or scheduled actions than a group can have.
    QUOTA = 502;
    /// Two scheduled actions that start at the same moment.
    CLASHING_SCHEDULE = 503;
    /// A recurrence that is no cron expression AWS accepts.
    BAD_CRON = 504;
    /// A time zone that does not exist.
    BAD_TIME_ZONE = 505;
    /// A predictive policy that would raise the maximum.
    RAISES_MAX = 506;
    /// A load balancer metric on a service without a target group.
    NO_TARGET_GROUP = 507;
    /// Steps that overlap, leave gaps or are too many.
    BAD_STEPS = 508;
    /// Metric math that does not yield one series.
    BAD_MATH = 509;
    /// A scheduled action that sets nothing, or lacks its time.
    EMPTY_SCHEDULE = 510;
    /// More than one predictive policy that acts.
    TWO_FORECASTS = 511;
    /// A stateful service with scaling policies.
    STATEFUL_SCALING = 512;
    /// A policy, or a part of one, that managed scaling does not know.
    NOT_MANAGED = 513;
    /// A rule for the pace of managed scaling outside what `autoscaling/v2` accepts.
    BAD_BEHAVIOR = 514;
    /// Two metrics of managed services whose alarms would have one name.
    CLASHING_ALARM = 515;
    /// A service leans on one that the platform does not have.
    UNKNOWN_DEPENDENCY = 601;
    /// The instance metadata service answers without tokens.
    IMDS_V1 = 1001;
    /// Instances have public addresses.
    PUBLIC_ADDRESS = 1002;
    /// Metrics come every five minutes.
    BASIC_MONITORING = 1003;
    /// The root volume is not encrypted.
    UNENCRYPTED = 1004;
    /// A request target far from what an instance is rated for.
    TARGET_OFF_RATING = 1010;
    /// At its maximum, a service sends more than a dependency is rated for.
    OUTRUNS_REQUESTS = 1011;
    /// At their maxima, services open more connections than a dependency accepts.
    OUTRUNS_CONNECTIONS = 1012;
    /// A pace for managed scaling on a service that is not managed.
    UNUSED_BEHAVIOR = 1013;
    /// No subnet or security group of the region is meant.
    NO_NETWORK = 2001;
    /// A target group that the region does not have.
    NO_SUCH_TARGET_GROUP = 2002;
    /// No load balancer forwards to the target group.
    NO_LOAD_BALANCER = 2003;
    /// A name that belongs to somebody else.
    NAME_TAKEN = 2004;
    /// No instance type is large enough.
    NO_INSTANCE_TYPE = 2005;
    /// Two groups both claim to be the active one.
    TWO_ACTIVE = 2006;
}
