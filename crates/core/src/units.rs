//! Quantities: each with its unit, its bounds and one text form.
//!
//! Decisions count in integers. The only way from a float to a count is [`MetricValue::from_f64`],
//! which refuses what is not a number (law 2: bad data is never a small number).

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

/// A number of EC2 instances.
pub type Instances = u32;

/// A span of time in whole seconds.
///
/// Its text form is `90s`, `5m`, `2h`, `1d` or a sum such as `1h30m`; a bare number is seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Seconds(pub u32);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecondsVisitor)
    }
}

struct SecondsVisitor;

impl de::Visitor<'_> for SecondsVisitor {
    type Value = Seconds;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as 90s, 5m or 1h30m")
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Seconds, E> {
        u32::try_from(seconds)
            .map(Seconds)
            .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(seconds), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Seconds, E> {
        text.parse().map_err(E::custom)
    }
}

impl JsonSchema for Seconds {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A duration such as 90s, 5m or 1h30m; a bare number is seconds.",
            "anyOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": "^([0-9]+[dhms])+$" },
            ],
        })
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
            let count = rest / length;
            rest %= length;
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        Ok(())
    }
}

impl std::str::FromStr for Seconds {
    type Err = ParseSecondsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || ParseSecondsError(text.to_owned());
        if let Ok(seconds) = text.parse() {
            return Ok(Self(seconds));
        }
        let mut total: u32 = 0;
        let mut digits = String::new();
        for character in text.chars() {
            if character.is_ascii_digit() {
                digits.push(character);
                continue;
            }
            let length = match character {
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                _ => return Err(fail()),
            };
            let count: u32 = digits.parse().map_err(|_| fail())?;
            digits.clear();
            total = count
                .checked_mul(length)
                .and_then(|part| total.checked_add(part))
                .ok_or_else(fail)?;
        }
        if text.is_empty() || !digits.is_empty() {
            return Err(fail());
        }
        Ok(Self(total))
    }
}

/// A text that is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration; write whole units such as 90s, 5m, 2h or 1h30m")]
pub struct ParseSecondsError(pub String);

/// A value of a metric, or a target or threshold for one: fixed point with six decimals.
///
/// Holds ±9.2e12, which covers every unit that Auto Scaling tracks (percent, counts, bytes).
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(into = "f64", try_from = "f64")]
#[schemars(with = "f64")]
pub struct MetricValue(i64);

/// Steps of a [`MetricValue`] in one unit.
const MICRO: i64 = 1_000_000;

impl MetricValue {
    /// A whole number of units.
    #[must_use]
    pub const fn whole(units: i32) -> Self {
        Self(units as i64 * MICRO)
    }

    /// So many millionths of a unit.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The nearest representable value.
    ///
    /// # Errors
    /// Refuses NaN, infinities and magnitudes beyond ±9e12.
    pub fn from_f64(value: f64) -> Result<Self, NotAValue> {
        // The bound keeps the product inside i64 with room to spare, so the cast below is exact.
        if !value.is_finite() || value.abs() > 9e12 {
            return Err(NotAValue(value.to_string()));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::float_arithmetic,
            reason = "the one checked way from a float; the range was checked above"
        )]
        Ok(Self((value * 1e6).round() as i64))
    }

    /// The value for a person to read: three digits behind the point at most, and none from 100 on.
    #[must_use]
    pub fn rounded(self) -> String {
        let step = if self.0.unsigned_abs() >= 100 * MICRO.unsigned_abs() { MICRO } else { 1_000 };
        let half = if self.0 < 0 { -step / 2 } else { step / 2 };
        Self(self.0.saturating_add(half) / step * step).to_string()
    }

    /// The value in millionths of a unit.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// So many percent of the value, cut to whole millionths.
    #[must_use]
    pub fn percent(self, percent: u8) -> Self {
        let part = i128::from(self.0) * i128::from(percent) / 100;
        // At most 255 % of a value that leaves room for a million times as much.
        Self(i64::try_from(part).unwrap_or(i64::MAX))
    }

    /// So many parts of a whole, such as 10 seconds of a minute, cut to whole millionths. A whole of
    /// 0 counts as 1.
    #[must_use]
    pub fn share(self, parts: u32, whole: u32) -> Self {
        let part = i128::from(self.0) * i128::from(parts) / i128::from(whole.max(1));
        Self(i64::try_from(part).unwrap_or(i64::MAX))
    }

    /// The value in the form that the APIs take.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            clippy::float_arithmetic,
            reason = "only for the wire; six decimals survive the round trip up to 2e9 units"
        )]
        {
            self.0 as f64 / 1e6
        }
    }
}

impl From<MetricValue> for f64 {
    fn from(value: MetricValue) -> Self {
        value.as_f64()
    }
}

impl TryFrom<f64> for MetricValue {
    type Error = NotAValue;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        Self::from_f64(value)
    }
}

impl fmt::Display for MetricValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fixed_point(f, self.0, MICRO, 0)
    }
}

/// A float that is no usable number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a usable number; it must be finite and within ±9e12")]
pub struct NotAValue(pub String);

/// Money per hour, in millionths of a US dollar.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct HourlyPrice(pub i64);

impl HourlyPrice {
    /// The price of `count` instances at this price.
    #[must_use]
    pub fn times(self, count: i64) -> Self {
        Self(self.0.saturating_mul(count))
    }
}

impl std::ops::Add for HourlyPrice {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::iter::Sum for HourlyPrice {
    fn sum<I: Iterator<Item = Self>>(prices: I) -> Self {
        prices.fold(Self(0), |total, price| total + price)
    }
}

impl fmt::Display for HourlyPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 < 0 { "-$" } else { "$" })?;
        fixed_point(f, self.0.saturating_abs(), MICRO, 2)?;
        f.write_str("/h")
    }
}

/// Writes `value / scale` without trailing zeros, but with at least `decimals` decimals.
fn fixed_point(f: &mut fmt::Formatter<'_>, value: i64, scale: i64, decimals: usize) -> fmt::Result {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.unsigned_abs() / scale.unsigned_abs(), value % scale);
    let fraction = format!("{:06}", rest.unsigned_abs());
    let mut shown = fraction.trim_end_matches('0').to_owned();
    while shown.len() < decimals {
        shown.push('0');
    }
    let point = if shown.is_empty() { "" } else { "." };
    write!(f, "{sign}{whole}{point}{shown}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_duration_reads_back_as_it_is_shown(seconds: u32) {
            let shown = Seconds(seconds).to_string();
            prop_assert_eq!(shown.parse::<Seconds>().unwrap(), Seconds(seconds));
        }

        #[test]
        fn a_metric_value_survives_the_wire(micros in -2_000_000_000_000_000i64..2_000_000_000_000_000) {
            let value = MetricValue(micros);
            prop_assert_eq!(MetricValue::from_f64(value.as_f64()).unwrap(), value);
        }
    }

    #[test]
    fn what_is_no_number_is_refused_and_never_a_small_one() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            assert!(MetricValue::from_f64(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_that_mean_nothing_are_refused() {
        for bad in ["", "5x", "m", "1h30", "-5s", "99999999999s", "5 m"] {
            assert!(bad.parse::<Seconds>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn money_and_values_are_shown_plainly() {
        assert_eq!(HourlyPrice(85_000).times(3).to_string(), "$0.255/h");
        assert_eq!(HourlyPrice(-1_500_000).to_string(), "-$1.50/h");
        assert_eq!(HourlyPrice(2_000_000).to_string(), "$2.00/h");
        assert_eq!(MetricValue::whole(75).to_string(), "75");
        assert_eq!(MetricValue::from_f64(16.7).unwrap().to_string(), "16.7");
    }
}
