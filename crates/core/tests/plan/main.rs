//! Plans from outside: a spec and a world in, actions out, and a cloud in memory to carry them
//! out.
#![allow(clippy::disallowed_methods, reason = "tests read the examples from disk")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a test looks at one action of many")]

#[cfg(test)]
mod alarms;
#[cfg(test)]
mod consequences;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod leases;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod ownership;
#[cfg(test)]
mod references;
#[cfg(test)]
mod setting;
