//! A day that repeats.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use super::curve::{LARGEST, real};

const DAY: u32 = 86_400;
const MINUTES: usize = 1_440;

/// The shape of a day: half a cosine up from the trough to the peak, and half a one down again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Day {
    /// The least, at the trough.
    pub low: f64,
    /// The most, at the peak; not below `low`.
    pub high: f64,
    /// Second of the day of the trough.
    pub trough: u32,
    /// Second of the day of the peak; another one than the trough's.
    pub peak: u32,
    /// Each minute is up to this share (0 to 1) above or below the shape.
    pub noise: f64,
}

/// A day that repeats, in steps of a minute, from midnight on unless the run [begins](Self::begun_at)
/// at another time.
///
/// A minute's value is the shape at its middle, times a factor of the noise that comes from the
/// number of the minute alone: the same in every run, whatever its seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Day", into = "Day")]
pub struct Daily {
    day: Day,
    /// The shape of one day by the minute: the only table, however long the run is.
    minutes: Vec<f64>,
}

impl Daily {
    /// A day by its shape.
    ///
    /// # Errors
    /// Says, in words, which number is out of its bounds.
    pub fn new(day: Day) -> Result<Self, String> {
        let Day { low, high, trough, peak, noise } = day;
        for value in [low, high] {
            if !(0.0..=LARGEST).contains(&value) {
                return Err(format!("{value} is not between 0 and {LARGEST:e}"));
            }
        }
        if low > high {
            return Err(format!("the low {low} is above the high {high}"));
        }
        if trough >= DAY || peak >= DAY || trough == peak {
            return Err(format!(
                "the trough at second {trough} and the peak at second {peak} are not two moments \
                 of a day"
            ));
        }
        if !(0.0..=1.0).contains(&noise) {
            return Err(format!("a noise of {}% is not between 0% and 100%", noise * 100.0));
        }
        let minutes = (0..DAY / 60).map(|minute| day.at(minute * 60 + 30)).collect();
        Ok(Self { day, minutes })
    }

    /// The mean over `from..to`; what is at `from` when the span is empty.
    pub(super) fn mean(&self, from: u64, to: u64) -> f64 {
        let first = from / 60;
        if to <= from || (to - 1) / 60 == first {
            return self.minute(first);
        }
        let mut sum = 0.0;
        let mut at = from;
        while at < to {
            let end = (at / 60 + 1).saturating_mul(60).min(to);
            sum += self.minute(at / 60) * real(end - at);
            at = end;
        }
        sum / real(to - from)
    }

    fn minute(&self, minute: u64) -> f64 {
        let index = usize::try_from(minute).unwrap_or_default() % MINUTES;
        let shape = self.minutes.get(index).copied().unwrap_or_default();
        if self.day.noise == 0.0 {
            return shape;
        }
        shape * (1.0 + self.day.noise * scatter(minute))
    }

    /// The same days in a run that begins at a second of the day.
    pub(super) fn begun_at(&self, second: u32) -> Self {
        let mut begun = self.clone();
        let minute = usize::try_from(second % DAY / 60).unwrap_or_default();
        begun.minutes.rotate_left(minute);
        begun
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        let day = Day { low: self.day.low * factor, high: self.day.high * factor, ..self.day };
        let minutes = self.minutes.iter().map(|value| value * factor).collect();
        Self { day, minutes }
    }
}

impl Day {
    /// The shape at a second of the day.
    fn at(self, second: u32) -> f64 {
        let since = |moment: u32, origin: u32| (moment + DAY - origin) % DAY;
        let rise = since(self.peak, self.trough);
        let risen = since(second, self.trough);
        let share = if risen < rise {
            f64::from(risen) / f64::from(rise)
        } else {
            1.0 - f64::from(risen - rise) / f64::from(DAY - rise)
        };
        let height = (1.0 - (PI * share).cos()) / 2.0;
        self.low * (1.0 - height) + self.high * height
    }
}

impl TryFrom<Day> for Daily {
    type Error = String;

    fn try_from(day: Day) -> Result<Self, String> {
        Self::new(day)
    }
}

impl From<Daily> for Day {
    fn from(daily: Daily) -> Self {
        daily.day
    }
}

/// A number from -1 to 1 that belongs to a minute: the finalizer of `SplitMix64` (Steele, Lea
/// and Flood, 2014).
fn scatter(minute: u64) -> f64 {
    let mut bits = minute.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let high = u32::try_from((bits ^ (bits >> 31)) >> 32).unwrap_or_default();
    f64::from(high) / f64::from(u32::MAX) * 2.0 - 1.0
}
