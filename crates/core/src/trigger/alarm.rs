//! An alarm that changed its state.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

/// What a `CloudWatch` alarm said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// The region it lives in.
    pub region: String,
    /// Its state now, as far as the message knows.
    pub state: AlarmState,
    /// Its state before, if that was told.
    pub previous: Option<AlarmState>,
    /// When the state changed.
    pub at: Timestamp,
}

/// The state of an alarm. Source: `CloudWatch` API, `StateValue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// The metric is where it should be.
    Ok,
    /// The metric is not.
    Alarm,
    /// Nothing is known about the metric.
    InsufficientData,
}

impl AlarmState {
    /// The state by AWS's name for it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData]
            .into_iter()
            .find(|state| state.name() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

impl Alarm {
    /// Whether it is target tracking's alarm for too little load. AWS names a policy's alarms
    /// `TargetTracking-{group}-AlarmHigh-{id}` and `TargetTracking-{group}-AlarmLow-{id}`, and an
    /// id is a UUID; a group's name may hold anything, so the last mark counts.
    #[must_use]
    pub fn is_for_low_load(&self) -> bool {
        self.name.starts_with("TargetTracking-")
            && self.name.rsplit_once("-Alarm").is_some_and(|(_, tail)| tail.starts_with("Low-"))
    }
}

impl fmt::Display for AlarmState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, region, state, previous, at } = self;
        write!(f, "alarm {name} in {region} went ")?;
        if let Some(previous) = previous {
            write!(f, "from {previous} ")?;
        }
        write!(f, "to {state} at {at}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_mark_tells_what_an_alarm_is_for() {
        let id = "1bd75141-14b2-4f14-ad2b-6d26ea7c94a8";
        let is_low = |name: String| {
            let (region, state) = ("eu-central-1".to_owned(), AlarmState::Alarm);
            let at = Timestamp::UNIX_EPOCH;
            Alarm { name, region, state, previous: None, at }.is_for_low_load()
        };
        assert!(is_low(format!("TargetTracking-alfred-production-api-a-AlarmLow-{id}")));
        assert!(!is_low(format!("TargetTracking-alfred-production-api-a-AlarmHigh-{id}")));
        assert!(!is_low(format!("TargetTracking-p-e-x-AlarmLow-y-a-AlarmHigh-{id}")));
        assert!(!is_low("plimsoll-alfred-production-wake-api-AlarmLow-cpu".to_owned()));
    }
}
