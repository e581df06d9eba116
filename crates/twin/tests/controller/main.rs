//! The controller over the port, in the twin: killed anywhere, run beside itself, run again.
#![allow(clippy::disallowed_methods, reason = "tests read examples from disk")]

#[cfg(test)]
mod crossed;
#[cfg(test)]
mod setting;
#[cfg(test)]
mod story;
#[cfg(test)]
mod words;
