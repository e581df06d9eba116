//! What the controller's rules make of what is seen.

mod damping;
mod guard;
mod managed;
mod signals;
mod support;
