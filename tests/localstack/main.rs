//! Plimsoll against a real LocalStack: the built binary from outside, three regions, and clients
//! that share no code with it. `cargo xtask test` starts the server.
//!
//! Every test that changes something has an account of its own and so a world of its own; all run
//! side by side.

#[cfg(test)]
mod built;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod interleaved;
#[cfg(test)]
mod managed;
#[cfg(test)]
mod operating;
#[cfg(test)]
mod ownership;
#[cfg(test)]
mod plan_file;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod questions;
#[cfg(test)]
mod reads;
#[cfg(test)]
mod settled;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod status;
