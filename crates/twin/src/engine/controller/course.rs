//! For how long something has been as it is.

use plimsoll_core::reflex::Condition;
use plimsoll_core::units::Seconds;

/// What one kind of evidence said last, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Course {
    /// Impaired or not, and the second from which on.
    last: Option<(bool, u64)>,
}

impl Course {
    /// Takes in what is said now; nothing said is nothing known, and ends what went on.
    pub(super) fn see(&mut self, now: u64, impaired: Option<bool>) {
        self.last = impaired.map(|impaired| match self.last {
            Some((before, since)) if before == impaired => (impaired, since),
            _ => (impaired, now),
        });
    }

    /// The same for a decision.
    pub(super) fn condition(self, now: u64) -> Condition {
        let span = |since: u64| Seconds(u32::try_from(now - since).unwrap_or(u32::MAX));
        match self.last {
            None => Condition::Unknown,
            Some((true, since)) => Condition::Impaired(span(since)),
            Some((false, since)) => Condition::Well(span(since)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_lasts_until_it_changes_and_silence_ends_it() {
        let mut course = Course::default();
        let mut said = |now, impaired| {
            course.see(now, impaired);
            course.condition(now)
        };
        assert_eq!(said(0, Some(false)), Condition::Well(Seconds(0)));
        assert_eq!(said(60, Some(false)), Condition::Well(Seconds(60)));
        assert_eq!(said(120, Some(true)), Condition::Impaired(Seconds(0)));
        assert_eq!(said(300, Some(true)), Condition::Impaired(Seconds(180)));
        assert_eq!(said(360, None), Condition::Unknown);
        assert_eq!(said(420, Some(true)), Condition::Impaired(Seconds(0)));
    }
}
