//! How old something is, and what that means in ticks.

use std::num::NonZeroU64;

use crate::units::Seconds;

/// Milliseconds in a second.
const SECOND: u64 = 1_000;

/// How long ago something was written down, to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Age(u64);

impl Age {
    /// So many seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// So many milliseconds.
    #[must_use]
    pub const fn millis(millis: u64) -> Self {
        Self(millis)
    }
}

/// How often decisions are made. Ages and windows are compared in whole ticks, each rounded to the
/// nearest, so that a tick which comes a few seconds early or late decides the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick(NonZeroU64);

impl Tick {
    /// Ages are compared as they are, to the millisecond.
    pub const EXACT: Self = Self(NonZeroU64::MIN);

    /// A decision every so many seconds; 0 s is [`Tick::EXACT`].
    #[must_use]
    pub fn every(interval: Seconds) -> Self {
        NonZeroU64::new(u64::from(interval.0) * SECOND).map_or(Self::EXACT, Self)
    }

    /// Whether something is younger than a window.
    pub(super) fn is_younger(self, age: Age, window: Seconds) -> bool {
        self.ticks_of(age) < self.window(window)
    }

    /// Whether something is younger than a window, or just as old.
    pub(super) fn is_no_older(self, age: Age, window: Seconds) -> bool {
        self.ticks_of(age) <= self.window(window)
    }

    /// A window in ticks. One that is shorter than half a tick still covers the tick itself:
    /// otherwise a rate policy would forget what was done in this very tick.
    fn window(self, window: Seconds) -> u64 {
        self.ticks_of(Age::seconds(u64::from(window.0))).max(u64::from(window.0 > 0))
    }

    fn ticks_of(self, age: Age) -> u64 {
        age.0.saturating_add(self.0.get() / 2) / self.0
    }
}
