//! What must hold in the end: the thresholds of a k6 script, or `--assert`.

use std::fmt;

/// One condition on a whole run.
#[derive(Clone, Debug, PartialEq)]
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
    /// The duration, in milliseconds, that this share (0 to 1) of all requests does not exceed.
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

impl Comparison {
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

impl fmt::Display for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
