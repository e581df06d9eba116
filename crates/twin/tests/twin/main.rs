//! Proof of the twin from outside: scenarios with scores worked out by hand, intervals that AWS was
//! seen to keep, and the laws over random platforms, loads and faults.
#![allow(clippy::disallowed_methods, reason = "tests read scenarios and examples from disk")]

#[cfg(test)]
mod controller;
#[cfg(test)]
mod intervals;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod scenario;
#[cfg(test)]
mod setting;
