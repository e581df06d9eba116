//! What must hold in the end: the thresholds of a k6 script, or `--assert`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What may be asked of a duration: all but its end, which a steady state does not have.
const DURATIONS: &str = "p(N) with N below 100 such as p(99.9), avg, med";

/// One condition on a whole run.
///
/// Its text form is that of a k6 threshold, with the metric in front: `http_req_duration:
/// p(95)<500`, `http_req_failed: rate<0.01`, `http_reqs: count>1000`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Assertion {
    /// As the author wrote it, such as `http_req_duration: p(95)<500`.
    pub text: String,
    /// What is measured.
    pub measure: Measure,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what: milliseconds for a duration, a share for a rate, a number for a count.
    pub limit: f64,
}

/// What an assertion measures, over all requests of the load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// The duration, in milliseconds, that this share (from 0, below 1) of all requests does not exceed.
    DurationQuantile(f64),
    /// The mean duration in milliseconds.
    DurationMean,
    /// The share of requests that failed.
    FailedRate,
    /// The number of requests.
    Requests,
    /// Requests per second, on average.
    RequestRate,
}

/// How a measure is compared with its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
}

/// A text that is no assertion, or one that the twin cannot check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// Nothing is known under this name.
    #[error(
        "`{0}` is not measured; assert on http_req_duration, http_req_failed or http_reqs, without \
         tags"
    )]
    UnknownMetric(String),
    /// The metric is known, and has no such value.
    #[error("{metric} has no `{method}` here; write one of {known}")]
    UnknownMethod {
        /// The metric.
        metric: &'static str,
        /// What was asked of it.
        method: String,
        /// What may be asked.
        known: &'static str,
    },
    /// The text does not have the form of an assertion.
    #[error("`{0}` is not a condition; write one such as `http_req_duration: p(95)<500`")]
    Malformed(String),
}

impl AssertionError {
    /// Whether the text is a sound threshold that only the twin cannot check.
    #[must_use]
    pub fn is_unmeasured(&self) -> bool {
        !matches!(self, Self::Malformed(_))
    }
}

impl Assertion {
    /// A threshold of k6: a metric's name, and an expression such as `p(95)<500`.
    ///
    /// # Errors
    /// Refuses an expression that is none, and metrics that a run does not measure.
    pub fn parse(metric: &str, expression: &str) -> Result<Self, AssertionError> {
        let text = format!("{}: {}", metric.trim(), expression.trim());
        let malformed = || AssertionError::Malformed(text.clone());
        let split = expression.find(['<', '>', '=', '!']).ok_or_else(malformed)?;
        let (method, rest) = expression.split_at(split);
        let (comparison, limit) = Comparison::strip(rest).ok_or_else(malformed)?;
        let limit: f64 = limit.trim().parse().map_err(|_| malformed())?;
        if !limit.is_finite() {
            return Err(malformed());
        }
        let measure = Measure::of(metric.trim(), method.trim())?;
        Ok(Self { text, measure, comparison, limit })
    }
}

impl Measure {
    fn of(metric: &str, method: &str) -> Result<Self, AssertionError> {
        let unknown = |metric, known| {
            Err(AssertionError::UnknownMethod { metric, method: method.to_owned(), known })
        };
        match metric {
            "http_req_duration" => match (method, quantile(method)) {
                ("avg", _) => Ok(Self::DurationMean),
                ("med", _) => Ok(Self::DurationQuantile(0.5)),
                (_, Some(share)) => Ok(Self::DurationQuantile(share)),
                _ => unknown("http_req_duration", DURATIONS),
            },
            "http_req_failed" => match method {
                "rate" => Ok(Self::FailedRate),
                _ => unknown("http_req_failed", "rate"),
            },
            "http_reqs" => match method {
                "count" => Ok(Self::Requests),
                "rate" => Ok(Self::RequestRate),
                _ => unknown("http_reqs", "count, rate"),
            },
            _ => Err(AssertionError::UnknownMetric(metric.to_owned())),
        }
    }
}

/// `p(95)` as 0.95. The tail of a steady state has no end, so there is no `p(100)`.
fn quantile(method: &str) -> Option<f64> {
    let percent = method.strip_prefix("p(")?.strip_suffix(')')?;
    let percent: f64 = percent.trim().parse().ok()?;
    (0.0..100.0).contains(&percent).then_some(percent / 100.0)
}

impl Comparison {
    /// The comparison that a text begins with, and what follows it.
    fn strip(text: &str) -> Option<(Self, &str)> {
        // A longer sign stands before the one that it begins with.
        [
            ("<=", Self::AtMost),
            (">=", Self::AtLeast),
            ("===", Self::Equal),
            ("==", Self::Equal),
            ("!=", Self::Unequal),
            ("<", Self::Below),
            (">", Self::Above),
        ]
        .into_iter()
        .find_map(|(sign, comparison)| Some((comparison, text.strip_prefix(sign)?)))
    }

    /// Whether a measured value meets the limit; what is no number never does.
    #[must_use]
    pub fn holds(self, measured: f64, limit: f64) -> bool {
        match self {
            Self::Below => measured < limit,
            Self::AtMost => measured <= limit,
            Self::Above => measured > limit,
            Self::AtLeast => measured >= limit,
            Self::Equal => (measured - limit).abs() < f64::EPSILON,
            Self::Unequal => (measured - limit).abs() >= f64::EPSILON,
        }
    }
}

impl FromStr for Assertion {
    type Err = AssertionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The last colon: a metric's tags have colons of their own.
        match text.rsplit_once(':') {
            Some((metric, expression)) => Self::parse(metric, expression),
            None => Err(AssertionError::Malformed(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Assertion {
    type Error = AssertionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Assertion> for String {
    fn from(assertion: Assertion) -> Self {
        assertion.text
    }
}

impl fmt::Display for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
