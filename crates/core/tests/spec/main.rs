//! The spec from outside: files in, specs and problems out.
#![allow(clippy::disallowed_methods, reason = "tests read the examples from disk")]

#[cfg(test)]
mod alfred;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod diagnostics;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod leaning;
#[cfg(test)]
mod managed;
#[cfg(test)]
mod overlay;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod support;
#[cfg(test)]
mod twelve;
