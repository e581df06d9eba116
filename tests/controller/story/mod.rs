//! The stories, one file each.

mod busy;
mod closed;
mod full;
mod stopped;

use std::time::Duration;

/// Beyond what anything takes here: a minute to its end, an alarm, a queue, a machine that is busy.
pub(crate) const PATIENCE: Duration = Duration::from_mins(4);
