//! The twin: simulated regions in virtual time that behave like AWS.
//!
//! | room | what it holds |
//! |---|---|
//! | [`load`] | what is asked of a platform: curves, virtual users, and what must hold |
//! | [`fault`] | what goes wrong, and when |
//! | [`model`] | what is assumed where AWS gives no rule |
//! | [`run`] | a spec, a load and the assumptions in, an outcome out |
//! | [`parallel`] | many runs at once |
//! | `engine` | the regions in virtual time |
//! | `station` | what an instance makes of its load |
//! | [`cloud`] | the twin behind the port of the core |
//! | [`alarm`] | alarms, as CloudWatch evaluates them |
//! | [`outcome`] | what a run showed: the summary, and on request the curves |

pub mod alarm;
pub mod cloud;
mod engine;
pub mod fault;
pub mod load;
pub mod model;
pub mod outcome;
pub mod parallel;
mod quantile;
pub mod run;
mod station;
mod units;
