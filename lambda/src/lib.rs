//! Plimsoll's controller as a Lambda function: one per region.
//!
//! ```text
//!   EventBridge ──> SQS ──> event ─┐
//!   environment ──> settings ──────┼──> handler ──> answer
//!   parameter or file ──> spec ────┘      └──> telemetry: the record and its metrics, as lines
//! ```
//!
//! The handler is a plain function of settings, a cloud, an event and the time; the binary
//! `bootstrap` only wires it to the Runtime API.

pub mod handler;
pub mod log;
pub mod settings;
pub mod spec_source;
pub mod telemetry;
