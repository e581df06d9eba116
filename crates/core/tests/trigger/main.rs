//! Why the controller woke, from outside: texts in, triggers and reasons out.
#![allow(clippy::disallowed_methods, reason = "tests read the payloads from disk")]

#[cfg(test)]
mod coalesce;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod payloads;
#[cfg(test)]
mod support;
