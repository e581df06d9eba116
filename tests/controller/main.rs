//! The controller end to end: its functions in three regions of a real LocalStack, woken by real
//! alarms, events and schedules, beside the operator who runs the built binary.
//!
//! `cargo xtask test` starts the server and runs this; `--nocapture` shows the stories. Each story
//! has an account and so a world of its own, and all run side by side: most of their time is waiting
//! for minutes to end.
//!
//! LocalStack enforces no permissions, so those of the templates are not tried here.

#![expect(clippy::tests_outside_test_module, reason = "the whole file is a test")]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a story fails where it goes wrong, and is read"
)]

mod client;
mod control;
mod endpoints;
#[allow(
    dead_code,
    unused_imports,
    reason = "shared with the tests of the CLI, and neither needs all of it"
)]
#[path = "../localstack/harness/mod.rs"]
mod harness;
mod house;
mod platform;
mod storm;
mod story;
mod traffic;
mod weather;
