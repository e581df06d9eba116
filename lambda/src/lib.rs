//! Plimsoll's controller as a Lambda function: one per region.
//!
//! ```text
//!   EventBridge ──> SQS ──> event ─┐
//!   environment ──> settings ──────┼──> handler ──> answer: the messages that failed
//!   parameter or file ──> spec ────┘      └──> log: one line of JSON a record
//! ```
//!
//! The handler is a plain function of settings, a cloud, an event and the time; the binary
//! `bootstrap` only wires it to the Runtime API.

pub mod handler;
pub mod log;
pub mod settings;
pub mod spec_source;
