//! From the core's integers to the twin's numbers.

/// Dollars of millionths.
#[expect(clippy::cast_precision_loss, reason = "prices and costs are far below 2^52 millionths")]
pub(crate) fn dollars(micros: i64) -> f64 {
    micros as f64 / 1e6
}
