//! Alarms, as CloudWatch evaluates them: M of N data points, with its rules for missing ones.
//!
//! Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data" and
//! "Avoiding premature transitions to alarm state".

/// The state of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Fewer data points breach than the alarm asks for.
    Ok,
    /// Enough data points breach.
    Alarm,
    /// There is nothing to judge by.
    InsufficientData,
}

/// What a missing data point counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// As missing. AWS's default, and what target tracking uses.
    #[default]
    Missing,
    /// The state stays.
    Ignore,
    /// As one that breaches.
    Breaching,
    /// As one that does not.
    NotBreaching,
}

/// Data points beyond N that CloudWatch looks back for, when newer ones are missing. It publishes
/// no number; its example looks at 5 points for N = 3.
const LOOK_BACK: u32 = 2;

/// The latest periods of a metric, seen from one threshold: the lowest bit is the newest period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    real: u64,
    breaching: u64,
}

impl Window {
    /// Without any data point.
    pub const EMPTY: Self = Self { real: 0, breaching: 0 };

    /// A period ends: every data point is one period older, and the newest is missing.
    pub const fn age(&mut self) {
        self.real <<= 1;
        self.breaching <<= 1;
    }

    /// Whether the latest so many periods, at most 63, have no data point.
    #[must_use]
    pub const fn is_empty(self, periods: u32) -> bool {
        self.real & ((1 << periods) - 1) == 0
    }

    /// The data point of the period that ended so many periods ago (0 is the newest) is there.
    pub const fn put(&mut self, periods_ago: u32, breaches: bool) {
        if periods_ago < u64::BITS {
            self.real |= 1 << periods_ago;
            self.breaching |= (breaches as u64) << periods_ago;
        }
    }
}

/// When an alarm goes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// M: so many data points must breach. 1 to `periods`.
    pub datapoints: u32,
    /// N: of so many. 1 to 60.
    pub periods: u32,
    /// What a missing one counts as.
    pub missing: Missing,
}

impl Rule {
    /// The state after looking at a window.
    #[must_use]
    pub const fn evaluate(self, window: Window, state: State) -> State {
        let mut real = window.real & ((1 << (self.periods + LOOK_BACK)) - 1);
        let mut known = real.count_ones();
        // Enough real points: the newest of them, and the rule for missing ones does not matter.
        while known > self.periods {
            real &= !(1 << real.ilog2());
            known -= 1;
        }
        let breaching = (window.breaching & real).count_ones();
        if breaching >= self.datapoints {
            return State::Alarm;
        }
        if known >= self.periods {
            return State::Ok;
        }
        let to_fill = self.periods - known;
        match self.missing {
            Missing::Breaching if breaching + to_fill >= self.datapoints => State::Alarm,
            Missing::Breaching | Missing::NotBreaching => State::Ok,
            Missing::Missing if known == 0 => State::InsufficientData,
            // One point that does not breach settles it.
            Missing::Missing | Missing::Ignore if breaching < known => State::Ok,
            // All that is known breaches. It has to be as old as M, so that a first point alone
            // does not set the alarm off.
            Missing::Missing if real.ilog2() + 1 >= self.datapoints => State::Alarm,
            Missing::Missing | Missing::Ignore => state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oldest first, as AWS writes them: `0` is fine, `X` breaches, `-` is missing.
    fn window(points: &str) -> Window {
        let mut window = Window::default();
        for point in points.chars() {
            window.age();
            if point != '-' {
                window.put(0, point == 'X');
            }
        }
        window
    }

    fn check(datapoints: u32, points: &str, missing: Missing, expected: Option<State>) {
        let rule = Rule { datapoints, periods: 3, missing };
        for state in [State::Ok, State::Alarm, State::InsufficientData] {
            let result = rule.evaluate(window(points), state);
            assert_eq!(
                result,
                expected.unwrap_or(state),
                "{datapoints} of 3, {points}, {missing:?}"
            );
        }
    }

    /// The tables of the user guide, row by row: missing, ignore, breaching, not breaching. `None`
    /// is "retain the current state".
    #[test]
    fn missing_data_counts_as_the_tables_say() {
        use State::{Alarm, InsufficientData, Ok};
        let (ok, alarm, keep) = (Some(Ok), Some(Alarm), None);
        let rows = [
            (3, "0-X-X", [ok, ok, ok, ok]),
            (3, "0----", [ok, ok, ok, ok]),
            (3, "-----", [Some(InsufficientData), keep, alarm, ok]),
            (3, "0XX-X", [alarm, alarm, alarm, alarm]),
            (3, "--X--", [alarm, keep, alarm, ok]),
            (2, "0-X-X", [alarm, alarm, alarm, alarm]),
            (2, "00X0X", [alarm, alarm, alarm, alarm]),
            (2, "0-X--", [ok, ok, alarm, ok]),
            (2, "----0", [ok, ok, alarm, ok]),
            (2, "---X-", [alarm, keep, alarm, ok]),
        ];
        let columns =
            [Missing::Missing, Missing::Ignore, Missing::Breaching, Missing::NotBreaching];
        for (datapoints, points, expected) in rows {
            for (missing, expected) in columns.into_iter().zip(expected) {
                check(datapoints, points, missing, expected);
            }
        }
    }

    #[test]
    fn a_first_breach_alone_does_not_set_the_alarm_off() {
        check(3, "----X", Missing::Missing, None);
        check(3, "---X-", Missing::Missing, None);
    }

    #[test]
    fn the_alarms_of_target_tracking_go_off_at_the_last_point_and_not_before() {
        let high = Rule { datapoints: 3, periods: 3, missing: Missing::Missing };
        assert_eq!(high.evaluate(window("000XX"), State::Ok), State::Ok);
        assert_eq!(high.evaluate(window("00XXX"), State::Ok), State::Alarm);
        assert_eq!(high.evaluate(window("0XXX-"), State::Ok), State::Alarm, "the newest is late");
        assert_eq!(high.evaluate(window("XXX0"), State::Alarm), State::Ok);
        let low = Rule { datapoints: 15, periods: 15, missing: Missing::Missing };
        assert_eq!(low.evaluate(window(&"X".repeat(14)), State::Ok), State::Ok);
        assert_eq!(low.evaluate(window(&"X".repeat(15)), State::Ok), State::Alarm);
    }
}
