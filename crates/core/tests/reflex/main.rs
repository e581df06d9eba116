//! The controller from outside: what it asks metrics, what it reads of them, and what its rules make
//! of that.
#![allow(clippy::disallowed_methods, reason = "tests read the examples from disk")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a test looks at one effect of many")]

#[cfg(test)]
mod damping;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod managed;
#[cfg(test)]
mod signals;
#[cfg(test)]
mod support;
