//! The spec from outside: files in, specs and problems out.
#![allow(clippy::disallowed_methods, reason = "tests read the examples from disk")]

#[cfg(test)]
mod alfred;
#[cfg(test)]
mod diagnostics;
