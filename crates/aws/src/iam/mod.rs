//! The least policy for each role, generated from the table of calls.
//!
//! ```text
//!   call.rs: every call that is made ──> table: who makes it, on what ──> statements ──> JSON
//! ```
//!
//! Source of actions, dependent actions and condition keys: the service authorization reference.
//! Every match in the table is over all calls, so one that is added there does not compile before it
//! has its place here. `infra/tests/policies.json` holds the policies of the reference platform; the
//! tests there hold it against the reference and against what the controller's template grants.

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

impl Boundary {
    /// The partition of a region; of `*`, that of the commercial regions.
    #[must_use]
    pub fn partition_of(region: &str) -> &'static str {
        match region {
            _ if region.starts_with("cn-") => "aws-cn",
            _ if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }
}

/// The policy of a role, as an IAM policy document. The controller's holds what its function needs
/// to be woken and to write its log, and not what moves traffic, see [`with_traffic`].
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
        grants.iter().map(|(bound, actions)| statement::granted(*bound, role, actions, boundary));
    let needed = depends.iter().map(|action| statement::needed(*action, boundary));
    let shell = (role == Role::Controller).then(|| statement::shell(boundary));
    let statements: Vec<Value> = granted.chain(needed).chain(shell.into_iter().flatten()).collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A policy with the grant to move traffic: to publish judged shares. It is apart from all others,
/// since regions that have it can together empty another.
#[must_use]
pub fn with_traffic(mut policy: Value, boundary: &Boundary) -> Value {
    let grant = statement::metrics("MoveTraffic", plimsoll_core::traffic::NAMESPACE, boundary);
    if let Some(statements) = policy.get_mut("Statement").and_then(Value::as_array_mut) {
        statements.push(grant);
    }
    policy
}
