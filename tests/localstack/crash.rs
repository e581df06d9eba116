//! `apply` killed at every write, before it and after it: the next run lands in the same world.

use std::sync::Mutex;
use std::thread;

use serde_json::Value;

use crate::harness::{Account, Operator, Proxy, Rule, Spec, differences};

/// The server is one process, so more do not go faster.
const AT_ONCE: usize = 3;

#[test]
fn apply_killed_at_any_write_is_finished_by_the_next_one() {
    let account = Account::production();
    let writes = applied(&account);
    let world = account.normalised();
    assert!(writes >= 30, "{writes} writes are all that two services in three regions take");

    let rules = (1..=writes).flat_map(|k| [Rule::KillBefore(k), Rule::KillAfter(k)]);
    let rules = Mutex::new(rules);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let mut account = Account::production();
                while let Some(rule) = { rules.lock().unwrap().next() } {
                    if let Some(failure) = crash(&account, rule, &world) {
                        failures.lock().unwrap().push(failure);
                        account = Account::production();
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "of {} runs\n{}", 2 * writes, failures.join("\n"));
}

/// Applies undisturbed; how many writes that takes.
fn applied(account: &Account) -> usize {
    let spec = Spec::pair(account);
    let proxy = Proxy::start(Rule::Pass);
    Operator::new(account, &spec).through(&proxy).done("apply --yes");
    proxy.writes().len()
}

/// Applies and is killed, applies again: what is wrong with that. Leaves the ground bare for the
/// next, which is quicker than new ground.
fn crash(account: &Account, rule: Rule, world: &Value) -> Option<String> {
    let spec = Spec::pair(account);
    let proxy = Proxy::start(rule);
    let killed = Operator::new(account, &spec).through(&proxy).run("apply --yes");
    // What was passed on before the end is done before the next run begins.
    let last = proxy.writes().pop();
    if killed.code.is_some() {
        return Some(format!("{rule:?}: it was not killed but ended with {killed:?}"));
    }
    let again = Operator::new(account, &spec).run("apply --yes");
    if again.code != Some(0) {
        return Some(format!("{rule:?} at {last:?}: the next run failed: {again:?}"));
    }
    let differences = differences(world, &account.normalised());
    Operator::new(account, &spec).done("destroy --yes-destroy alfred/production");
    (!differences.is_empty())
        .then(|| format!("{rule:?} at {last:?}: another world:\n  {}", differences.join("\n  ")))
}
