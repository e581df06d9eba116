//! Why a message wakes nobody.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::alarm::Alarm;
use crate::units::Seconds;

/// Why a message wakes nobody. It is a result, is logged and is counted, as a trigger is; it is no
/// failure, since the same message would be ignored again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Ignored {
    /// A text that is no JSON, or is nested too deeply.
    #[error("`{text}` is no JSON: {problem}")]
    NotJson {
        /// How it starts, at most 80 characters.
        text: String,
        /// What the parser says.
        problem: String,
    },
    /// JSON of a shape that says nothing to the controller.
    #[error("{seen} says nothing to the controller")]
    Unknown {
        /// What it looks like: its type and source, or its first keys.
        seen: String,
    },
    /// A known shape without something that it needs, or with something else in its place.
    #[error("{shape} has no {lacks} that can be read")]
    Incomplete {
        /// The shape.
        shape: &'static str,
        /// What is missing.
        lacks: &'static str,
    },
    /// Somebody else's alarm or group, or an alarm of this platform that is not for waking.
    #[error("{thing} {name} is none that wakes the controller of this platform")]
    Foreign {
        /// What it is.
        thing: Thing,
        /// Its name.
        name: String,
    },
    /// An alarm or a group of another region, which has a controller of its own.
    #[error("{thing} {name} is in {region}, not in the controller's region")]
    OtherRegion {
        /// What it is.
        thing: Thing,
        /// Its name.
        name: String,
        /// Its region.
        region: String,
    },
    /// An alarm that went to OK: nothing is urgent, and the next tick sees it.
    #[error("{0}, which can wait for the next tick")]
    Calm(Alarm),
    /// A tick that comes so late that a younger one is due.
    #[error("tick of {at} came {age} late")]
    StaleTick {
        /// The moment that the schedule meant.
        at: Timestamp,
        /// How long ago that was.
        age: Seconds,
    },
}

/// What a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// A `CloudWatch` alarm.
    Alarm,
    /// An Auto Scaling group.
    Group,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alarm => "alarm",
            Self::Group => "group",
        })
    }
}
