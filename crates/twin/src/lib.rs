//! The twin: simulated regions in virtual time that behave like AWS.
//!
//! | room | what it holds |
//! |---|---|
//! | [`load`] | what is asked of a platform: curves, virtual users, and what must hold |
//! | [`outcome`] | what a run showed: the summary, and on request the curves |

pub mod load;
pub mod outcome;
