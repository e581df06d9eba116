//! The domain of Plimsoll: what is wanted, what is, and what to do about it.
//!
//! ```text
//!   spec (what is wanted) ──┐
//!   world (what is) ────────┼──> plan ──> actions, in order, each with its consequence
//!   now ────────────────────┘
//! ```
//!
//! Everything here is a pure function of its arguments. The crate sees no clock, no environment,
//! no file system, no runtime and no AWS type: `cargo xtask check` compares its dependencies with a
//! list, and clippy refuses the calls. Time is an argument, files are handed in as text.
//!
//! | room | what it holds |
//! |---|---|
//! | [`units`] | quantities, each with its unit and its bounds |
//! | [`spec`] | the operator's file: text, problems with their place, a valid [`spec::Spec`] |
//! | [`world`] | what was observed, region by region |
//! | [`bounds`] | the bounds of a group at a moment |
//! | [`lease`] | other bounds for a while: grant, combine, expire |
//! | [`scaling`] | the arithmetic of scaling |
//! | [`signals`] | what metrics say of a region: which are read, and what they mean |
//! | [`reflex`] | the controller's rules |
//! | [`controller`] | one tick of a region's controller, over the port |
//! | `capacity` | how much load a service can carry, beyond its own bounds |
//! | [`peers`] | what regions publish of themselves, and what is read of it |
//! | [`plan`] | spec and world to ordered actions with their consequences |
//! | [`action`] | the vocabulary of change |
//! | [`apply`] | carrying a plan out, over the port |
//! | [`status`] | one table of a platform |
//! | [`traffic`] | shares of a region's traffic |
//! | [`trigger`] | why the controller woke |
//! | [`cloud`] | the port: observe, measure and act |
#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

pub mod action;
pub mod apply;
pub mod bounds;
mod capacity;
pub mod cloud;
pub mod controller;
pub mod lease;
pub mod peers;
pub mod plan;
pub mod reflex;
pub mod scaling;
pub mod signals;
pub mod spec;
pub mod status;
pub mod traffic;
pub mod trigger;
pub mod units;
pub mod world;
