//! The arithmetic of scaling: from metrics to a capacity with its reason, or to a typed hold.
//!
//! The twin and the controller share it, so what `simulate` shows is what production does.
//! Nothing here keeps state: the log of earlier proposals and moves is an argument.
//!
//! | room | what it holds |
//! |---|---|
//! | [`target_tracking`] | the native policies: proportional sizes, several policies |
//! | [`behavior`] | stabilisation windows and rate policies, as `autoscaling/v2` has them |
//! | [`managed`] | managed scaling: the algorithm of `autoscaling/v2` on groups |
//! | [`step`] | step adjustments, as Auto Scaling makes them |

pub mod behavior;
pub mod managed;
pub mod step;
pub mod target_tracking;

pub use behavior::{Behavior, RateKind, RatePolicy, Rules, SelectPolicy};
