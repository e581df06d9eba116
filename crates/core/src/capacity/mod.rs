//! Capacity: how much load a service can carry, beyond what the bounds of its own group say.
//!
//! Reflexes ask it when load moves between regions.

mod downstream;

pub(crate) use downstream::{Downstream, Limit};
