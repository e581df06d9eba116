//! What goes wrong in a run, and when: read from a file, checked against a spec, and said in the
//! operator's words.

mod check;
mod document;
mod error;
mod file;
mod refusal;
#[cfg(test)]
mod tests;
mod words;

pub use check::{check, check_length};
pub use error::FaultError;
pub use file::read;

/// The end of a fault that lasts to the end of the run.
pub const TO_THE_END: u64 = u64::MAX;

/// Something that goes wrong for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Seconds from the first moment of the run.
    pub from: u64,
    /// Seconds from the first moment of the run; after `from`. [`TO_THE_END`] for no end.
    pub to: u64,
    /// What.
    pub kind: Kind,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Launches fail for want of capacity. A zone or an instance type narrows it.
    NoCapacity {
        /// The region.
        region: String,
        /// Such as `us-east-1a`; `None` for all.
        zone: Option<String>,
        /// Such as `c6i.large`; `None` for all.
        instance_type: Option<String>,
    },
    /// Nothing can be read or changed, and nothing is launched; what runs goes on.
    ControlPlaneDark {
        /// The region.
        region: String,
    },
    /// No request is answered; the API still works.
    DataPlaneDark {
        /// The region.
        region: String,
    },
    /// Two regions cannot see each other.
    Partition {
        /// One.
        between: String,
        /// The other.
        and: String,
    },
    /// The instances of a zone are gone, and none can be launched there. When it is over, those
    /// that were not replaced are back.
    ZoneLost {
        /// The region.
        region: String,
        /// Such as `us-east-1a`.
        zone: String,
    },
    /// Instances in service stop answering while their machines run on.
    InstancesFail {
        /// The region.
        region: String,
        /// The service.
        service: String,
        /// How many; those that are in service, if that is fewer.
        count: u32,
    },
    /// Calls are refused for their number.
    Throttled {
        /// The region.
        region: String,
    },
    /// Instances boot slower.
    SlowBoot {
        /// The region.
        region: String,
        /// How many times as long, in percent: 300 for three times.
        percent: u32,
    },
    /// Data points come later, or not at all, or are no numbers.
    Metrics {
        /// The region.
        region: String,
        /// The service; `None` for all.
        service: Option<String>,
        /// How they suffer.
        how: MetricFault,
    },
    /// Reads show what was true up to so many seconds ago; at most 30.
    StaleReads {
        /// The region.
        region: String,
        /// Seconds.
        seconds: u32,
    },
    /// Writes are carried out and their answers lost; repeated, a create says that it exists.
    LostAnswers {
        /// The region.
        region: String,
    },
}

impl Kind {
    /// The region that suffers; `None` for what concerns several.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        match self {
            Self::NoCapacity { region, .. }
            | Self::ControlPlaneDark { region }
            | Self::DataPlaneDark { region }
            | Self::ZoneLost { region, .. }
            | Self::InstancesFail { region, .. }
            | Self::Throttled { region }
            | Self::SlowBoot { region, .. }
            | Self::Metrics { region, .. }
            | Self::StaleReads { region, .. }
            | Self::LostAnswers { region } => Some(region),
            Self::Partition { .. } => None,
        }
    }
}

/// How data points suffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricFault {
    /// They come so many seconds later than usual.
    Delayed(u32),
    /// They do not come.
    Missing,
    /// They are not numbers.
    Nan,
}
