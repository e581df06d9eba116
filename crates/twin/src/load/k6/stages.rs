//! Curves from k6's stages: straight lines from target to target.

use super::Fault;
use super::value::{Fields, Located};
use crate::load::Curve;

/// A curve under construction, in milliseconds.
pub(super) struct Ramp {
    points: Vec<(u64, f64)>,
    at: u64,
    value: f64,
}

impl Ramp {
    /// Nothing until `start`, and then `value` at once.
    pub(super) fn new(start: u64, value: f64) -> Self {
        let mut points = Vec::new();
        if start > 0 {
            points.push((start, 0.0));
        }
        points.push((start, value));
        Self { points, at: start, value }
    }

    /// Goes to a target in a straight line, or at once if it takes no time.
    pub(super) fn to(&mut self, duration: u64, target: f64) {
        self.at = self.at.saturating_add(duration);
        self.value = target;
        self.points.push((self.at, target));
    }

    /// Stages `{ duration, target }`, with targets in units of `unit`.
    pub(super) fn stages(&mut self, stages: &Located, unit: f64) -> Result<(), Fault> {
        let stages = stages.list("`stages`", "[{ duration: '5m', target: 100 }]")?;
        for stage in stages {
            let stage: Fields<'_> = stage.fields("a stage", "{ duration: '5m', target: 100 }")?;
            let duration = stage.need("duration", "a stage")?.milliseconds("`duration`")?;
            let target = stage.need("target", "a stage")?.number("`target`")?;
            self.to(duration, target / unit);
        }
        Ok(())
    }

    /// The curve, and its end in seconds, after which there is nothing. Moments are rounded to
    /// whole seconds.
    pub(super) fn finish(mut self, at: u32) -> Result<(Curve, u64), Fault> {
        if self.value > 0.0 {
            self.points.push((self.at, 0.0));
        }
        let seconds = |milliseconds: u64| milliseconds.saturating_add(500) / 1_000;
        let end = seconds(self.at);
        if end == 0 {
            let help = "give it a duration of at least a second";
            return Err(Fault::new(at, "this takes no time", help));
        }
        let points = self.points.into_iter().map(|(at, value)| (seconds(at), value)).collect();
        Ok((Curve::Lines(points), end))
    }
}
