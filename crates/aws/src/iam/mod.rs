//! The least policy for each role, generated from the table of calls.
//!
//! ```text
//!   call.rs: every call that is made ──> table: who makes it, on what ──> statements ──> JSON
//! ```
//!
//! Source of actions, dependent actions and condition keys: the service authorization reference.
//! Every match in the table is over all calls, so one that is added there does not compile before it
//! has its place here.

mod statement;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::call::CALLS;
use table::{Bound, Depends};

/// Who a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The controller of one region.
    Controller,
    /// A person or a pipeline that plans, applies and operates.
    Operator,
    /// Who only looks: plan, status, simulate.
    Reader,
}

/// What a policy is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The account, twelve digits.
    pub account: String,
    /// The region, or `*` for all.
    pub region: String,
    /// The platform.
    pub platform: String,
    /// The environment.
    pub environment: String,
    /// The largest size that any group may ever have.
    pub most: u32,
}

/// The policy of a role, as an IAM policy document.
#[must_use]
pub fn policy(role: Role, boundary: &Boundary) -> Value {
    let mut grants: BTreeMap<Bound, BTreeSet<&'static str>> = BTreeMap::new();
    let mut depends: BTreeSet<Depends> = BTreeSet::new();
    for call in CALLS {
        if let Some(bound) = table::bound(*call, role) {
            grants.entry(bound).or_default().insert(call.name());
            depends.extend(table::depends(*call, role));
        }
    }
    let granted =
        grants.iter().flat_map(|(bound, actions)| statement::granted(*bound, actions, boundary));
    let needed = depends.iter().map(|action| statement::needed(*action, boundary));
    let statements: Vec<Value> = granted.chain(needed).collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// The grant to move traffic: to publish judged shares. It is apart from all others, since whoever
/// has it can empty a region.
#[must_use]
pub fn traffic() -> Value {
    statement::metrics("MoveTraffic", &[plimsoll_core::traffic::NAMESPACE])
}
