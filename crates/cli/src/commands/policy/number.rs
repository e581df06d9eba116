//! Numbers as JSON and Kubernetes write them.

use std::fmt;

use plimsoll_core::scaling::managed::BadData;
use plimsoll_core::units::MetricValue;
use serde::de::{self, Deserialize, Deserializer};

/// A number, or a quantity of Kubernetes such as `"0.05"`, `"500m"` or `"2Ki"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number(f64);

/// What may follow the digits of a quantity; longer ones first.
/// Source: `k8s.io/apimachinery/pkg/api/resource`, `Quantity`.
const SUFFIXES: [(&str, f64); 15] = [
    ("Ki", 1_024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
    ("Ei", 1_152_921_504_606_846_976.0),
    ("n", 1e-9),
    ("u", 1e-6),
    ("m", 1e-3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("E", 1e18),
];

/// How data that is no number is written where JSON has no word for it.
const NO_NUMBERS: [(&str, f64); 3] =
    [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)];

fn quantity(text: &str) -> Option<f64> {
    if let Some((_, value)) = NO_NUMBERS.iter().find(|(word, _)| *word == text) {
        return Some(*value);
    }
    decimal(text).or_else(|| {
        SUFFIXES
            .iter()
            .find_map(|(suffix, scale)| Some(decimal(text.strip_suffix(suffix)?)? * scale))
    })
}

/// A decimal number; Rust would also read words such as `inf`.
fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    plain.then(|| text.parse().ok()).flatten()
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl de::Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a quantity such as \"500m\"")
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON numbers are doubles to most writers")]
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
        Ok(Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON numbers are doubles to most writers")]
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
        Ok(Number(value as f64))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
        Ok(Number(value))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
        let unknown = || E::invalid_value(de::Unexpected::Str(text), &self);
        quantity(text).map(Number).ok_or_else(unknown)
    }
}

/// A value that must be one.
pub(super) fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MetricValue, D::Error> {
    let Number(value) = Number::deserialize(deserializer)?;
    MetricValue::from_f64(value).map_err(de::Error::custom)
}

/// A target: one that is too small to be told from 0 is named as it was given.
pub(super) fn target<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MetricValue, D::Error> {
    let Number(value) = Number::deserialize(deserializer)?;
    let target = MetricValue::from_f64(value).map_err(de::Error::custom)?;
    if target == MetricValue::default() && value != 0.0 {
        let message = format_args!("target {value:e} is too small; write 0.000001 or more");
        return Err(de::Error::custom(message));
    }
    Ok(target)
}

/// The same as [`exact`] where it may be left out.
pub(super) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<MetricValue>, D::Error> {
    let number = Option::<Number>::deserialize(deserializer)?;
    number.map(|Number(value)| MetricValue::from_f64(value)).transpose().map_err(de::Error::custom)
}

/// A sample: `null`, `"NaN"` and figures beyond all measure are bad data and no mistake.
pub(super) fn sample<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Result<MetricValue, BadData>, D::Error> {
    let number = Option::<Number>::deserialize(deserializer)?;
    Ok(number.map_or(Err(BadData::Missing), |Number(value)| Ok(MetricValue::from_f64(value)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_kubernetes_reads_them() {
        let cases = [
            ("0.05", 0.05),
            ("50m", 0.05),
            ("100u", 0.000_1),
            ("5e-2", 0.05),
            ("1E3", 1_000.0),
            ("9T", 9e12),
            ("2Ki", 2_048.0),
            ("1.5M", 1_500_000.0),
            ("-3k", -3_000.0),
            (".5", 0.5),
        ];
        for (text, expected) in cases {
            let read = quantity(text).map(MetricValue::from_f64);
            assert_eq!(read, Some(MetricValue::from_f64(expected)), "{text}");
        }
    }

    #[test]
    fn an_exponent_is_told_from_exa() {
        assert_eq!([quantity("1E"), quantity("1E1")], [Some(1e18), Some(10.0)]);
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "m", "inf", "nan", "1 k", "1kk", "0x10", "1e", "5%"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }
}
