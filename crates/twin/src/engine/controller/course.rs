//! For how long something has been as it is, read as the controllers read their metrics: a gap ends
//! nothing unless it is long.

use plimsoll_core::peers::lasted;
use plimsoll_core::reflex::Condition;

/// What is older than so many seconds is no news.
const FRESH: u64 = 180;

/// A gap of so many seconds ends what went on before it.
const GAP: u64 = 600;

/// What one kind of evidence said, minute by minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Course {
    impaired: bool,
    /// Minutes that said the same; 0 for none.
    minutes: u32,
    first: u64,
    last: u64,
}

impl Course {
    /// Takes in what a minute says; one without data says nothing.
    pub(super) fn see(&mut self, now: u64, impaired: Option<bool>) {
        let Some(impaired) = impaired else { return };
        let goes_on = self.minutes > 0 && impaired == self.impaired && now - self.last <= GAP;
        let minutes = if goes_on { self.minutes.saturating_add(1) } else { 1 };
        let first = if goes_on { self.first } else { now };
        *self = Self { impaired, minutes, first, last: now };
    }

    /// The same for a decision.
    pub(super) fn condition(self, now: u64) -> Condition {
        if self.minutes == 0 || now - self.last > FRESH {
            return Condition::Unknown;
        }
        let seconds = i64::try_from(now - self.first).unwrap_or(i64::MAX);
        let span = lasted(seconds, self.minutes);
        if self.impaired { Condition::Impaired(span) } else { Condition::Well(span) }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_core::units::Seconds;

    use super::*;

    #[test]
    fn minutes_count_and_a_long_gap_ends_what_went_on() {
        let mut course = Course::default();
        assert_eq!(course.condition(0), Condition::Unknown);
        let mut said = |now, impaired| {
            // It is read a minute after it was published.
            course.see(now, impaired);
            course.condition(now + 60)
        };
        assert_eq!(said(60, Some(false)), Condition::Well(Seconds(60)));
        assert_eq!(said(120, Some(true)), Condition::Impaired(Seconds(60)));
        assert_eq!(said(240, Some(true)), Condition::Impaired(Seconds(180)), "one was missed");
        assert_eq!(said(300, None), Condition::Impaired(Seconds(240)));
        assert_eq!(said(480, None), Condition::Unknown);
        assert_eq!(said(480, Some(true)), Condition::Impaired(Seconds(360)), "two for each");
        assert_eq!(said(1_200, Some(true)), Condition::Impaired(Seconds(60)));
    }
}
