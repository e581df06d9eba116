//! What the tests stand on: a server, accounts in it, the operator who runs Plimsoll, an
//! independent client, and a proxy that watches and disturbs.

mod account;
mod operator;
mod proxy;
mod server;
mod spec;
mod world;

pub(crate) use account::Account;
pub(crate) use operator::Operator;
pub(crate) use proxy::{Proxy, Rule};
pub(crate) use server::{file, server};
pub(crate) use spec::Spec;
pub(crate) use world::{World, differences};

/// The regions of every platform here, in the order of their names.
pub(crate) const REGIONS: [&str; 3] = ["eu-central-1", "us-east-1", "us-west-2"];
