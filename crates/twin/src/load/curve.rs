//! A quantity over time.

use serde::{Deserialize, Serialize};

use super::daily::Daily;

/// The largest value of a curve that is read: sums over years stay finite and exact enough.
pub(super) const LARGEST: f64 = 1e12;

/// A quantity over time, from second 0 of the run. It is finite and never negative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Curve {
    /// Always the same.
    Steady(f64),
    /// One value for each span of `step` seconds; the last one stays.
    Samples {
        /// Seconds that each value holds; above 0.
        step: u64,
        /// In order of time.
        values: Vec<f64>,
    },
    /// Straight lines between moments in seconds; flat before the first and after the last. Two
    /// points at one moment are a jump, and the later one counts from there on.
    Lines(Vec<(u64, f64)>),
    /// The same day again and again.
    Daily(Daily),
}

impl Curve {
    /// The mean over `from..to`, exactly; what is at `from` when the span is empty.
    #[must_use]
    pub fn mean(&self, from: u64, to: u64) -> f64 {
        match self {
            Self::Steady(value) => *value,
            Self::Samples { step, values } => mean_of_samples((*step).max(1), values, from, to),
            Self::Lines(points) => mean_of_lines(points, from, to),
            Self::Daily(daily) => daily.mean(from, to),
        }
    }

    /// The value at a moment.
    #[must_use]
    pub fn at(&self, at: u64) -> f64 {
        self.mean(at, at)
    }

    /// The longest span, in seconds, over which the curve may be taken as constant: the engine
    /// asks for its mean once in each such span.
    #[must_use]
    pub fn resolution(&self) -> u64 {
        match self {
            Self::Steady(_) | Self::Daily(_) => 60,
            Self::Samples { step, .. } => (*step).clamp(1, 60),
            Self::Lines(_) => 10,
        }
    }

    /// The same curve with every value times `factor`, which is finite and not negative.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        match self {
            Self::Steady(value) => Self::Steady(value * factor),
            Self::Samples { step, values } => {
                let values = values.iter().map(|value| value * factor).collect();
                Self::Samples { step: *step, values }
            }
            Self::Lines(points) => {
                Self::Lines(points.iter().map(|&(at, value)| (at, value * factor)).collect())
            }
            Self::Daily(daily) => Self::Daily(daily.scaled(factor)),
        }
    }

    /// A curve of steps: each value holds until the next moment, the last one stays, and before
    /// the first moment there is nothing. Moments rise.
    ///
    /// Evenly spaced steps become samples, found by index. Others stay a list, so that memory
    /// follows the number of steps and not the length of time.
    pub(super) fn from_steps(steps: &[(u64, f64)]) -> Self {
        let mut steps = steps.to_vec();
        if steps.first().is_none_or(|&(at, _)| at > 0) {
            steps.insert(0, (0, 0.0));
        }
        if let [(_, only)] = steps.as_slice() {
            return Self::Steady(*only);
        }
        let step = steps.iter().fold(0, |step, &(at, _)| greatest_common_divisor(step, at));
        let last = steps.last().map_or(0, |&(at, _)| at);
        let slots = last / step.max(1) + 1;
        if slots <= 4 * u64::try_from(steps.len()).unwrap_or(u64::MAX) {
            Self::Samples { step, values: filled(&steps, step) }
        } else {
            Self::Lines(jumps(&steps))
        }
    }

    /// What makes the curve useless, in words, for one that somebody wrote.
    pub(super) fn fault(&self) -> Option<String> {
        let bad = |value: &f64| !(0.0..=LARGEST).contains(value);
        let found = match self {
            Self::Steady(value) => Some(*value).filter(bad),
            Self::Samples { step: 0, .. } => return Some("`step` is 0".to_owned()),
            Self::Samples { values, .. } if values.is_empty() => {
                return Some("`values` is empty".to_owned());
            }
            Self::Samples { values, .. } => values.iter().copied().find(bad),
            Self::Lines(points) if points.is_empty() => {
                return Some("`lines` is empty".to_owned());
            }
            Self::Lines(points) => {
                if let Some(at) = points.windows(2).find_map(fallen) {
                    return Some(format!("second {at} of `lines` comes after a later one"));
                }
                points.iter().map(|&(_, value)| value).find(bad)
            }
            // It checks itself while it is read.
            Self::Daily(_) => None,
        };
        found.map(|value| format!("the value {value} is not between 0 and {LARGEST:e}"))
    }
}

fn fallen(pair: &[(u64, f64)]) -> Option<u64> {
    match pair {
        [(earlier, _), (later, _)] if later < earlier => Some(*later),
        _ => None,
    }
}

/// A number of seconds in arithmetic; exact below 2^53 seconds, which is 285 million years.
#[expect(clippy::cast_precision_loss, reason = "no run is that long")]
pub(super) fn real(seconds: u64) -> f64 {
    seconds as f64
}

fn mean_of_samples(step: u64, values: &[f64], from: u64, to: u64) -> f64 {
    let first = from / step;
    let last = values.last().copied().unwrap_or_default();
    let index = usize::try_from(first).unwrap_or(usize::MAX);
    if to <= from || (to - 1) / step == first {
        return values.get(index).copied().unwrap_or(last);
    }
    let mut at = from;
    let mut sum = 0.0;
    for value in values.get(index..).unwrap_or_default() {
        let end = (at / step + 1).saturating_mul(step).min(to);
        sum += value * real(end - at);
        at = end;
        if at == to {
            break;
        }
    }
    (sum + last * real(to - at)) / real(to - from)
}

/// The area of the trapezia below the lines, by the length of the span.
fn mean_of_lines(points: &[(u64, f64)], from: u64, to: u64) -> f64 {
    let (before, mut rest) = points.split_at(points.partition_point(|&(moment, _)| moment <= from));
    // Flat before the first point, as if one of its height stood at `from`.
    let level = (from, rest.first().map_or(0.0, |&(_, value)| value));
    let start = before.last().copied().unwrap_or(level);
    let mut at = from;
    let mut value = rest.first().map_or(start.1, |&end| between(start, end, from));
    if to <= from {
        return value;
    }
    let mut area = 0.0;
    while let Some(&(moment, reached)) = rest.first().filter(|&&(moment, _)| moment < to) {
        area += f64::midpoint(value, reached) * real(moment - at);
        let (here, later) = rest.split_at(rest.partition_point(|&(other, _)| other == moment));
        value = here.last().map_or(reached, |&(_, value)| value);
        (at, rest) = (moment, later);
    }
    let end = rest.first().map_or(value, |&point| between((at, value), point, to));
    (area + f64::midpoint(value, end) * real(to - at)) / real(to - from)
}

/// The value at a moment on the line between two points; a mean of the two, so never negative.
fn between(start: (u64, f64), end: (u64, f64), at: u64) -> f64 {
    let share = real(at - start.0) / real((end.0 - start.0).max(1));
    start.1 * (1.0 - share) + end.1 * share
}

pub(super) fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

fn filled(steps: &[(u64, f64)], step: u64) -> Vec<f64> {
    let mut values = Vec::new();
    for (index, &(at, value)) in steps.iter().enumerate() {
        let until = steps.get(index + 1).map_or(at + step, |&(next, _)| next);
        values.extend((at..until).step_by(usize::try_from(step).unwrap_or(1)).map(|_| value));
    }
    values
}

fn jumps(steps: &[(u64, f64)]) -> Vec<(u64, f64)> {
    let mut points = Vec::with_capacity(steps.len() * 2);
    let mut before = None;
    for &(at, value) in steps {
        points.extend(before.map(|before| (at, before)));
        points.push((at, value));
        before = Some(value);
    }
    points
}

#[cfg(test)]
mod tests;
