//! Several proposals become one.

use super::ratio::Tolerance;
use super::reading::Reading;
use super::{Hold, Reason};
use crate::units::Instances;

/// The largest proposal, and the first reading that makes it. With a reading that failed, what
/// the others say is enough to grow or to stay, and not enough to shrink.
pub(super) fn largest(
    readings: &[Reading],
    current: Instances,
    tolerance: Tolerance,
) -> Result<(Instances, Reason), Hold> {
    let mut largest: Option<(Instances, Reason)> = None;
    let (mut failed, mut first) = (0, None);
    for (index, reading) in readings.iter().enumerate() {
        let verdict = |value| Ok((value, reading.verdict(value, current, tolerance)?));
        let (value, verdict) = match reading.value.and_then(verdict) {
            Ok(found) => found,
            Err(why) => {
                failed += 1;
                first = first.or(Some(why));
                continue;
            }
        };
        let proposal = verdict.proposal(current);
        if largest.is_none_or(|(most, _)| proposal > most) {
            let Reading { kind, target, .. } = *reading;
            largest = Some((proposal, Reason::Reading { index, kind, value, target, verdict }));
        }
    }
    match (largest, first) {
        (None, None) => Err(Hold::NoReading),
        (None, Some(why)) => Err(Hold::AllFailed { failed, why }),
        (Some((rest, _)), Some(why)) if rest < current => {
            Err(Hold::SomeFailed { failed, of: readings.len(), why, rest, current })
        }
        (Some(found), _) => Ok(found),
    }
}
