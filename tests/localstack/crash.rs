//! `apply` killed at every write, before it and after it: the next run lands in the same world.

use std::sync::Mutex;
use std::thread;

use serde_json::Value;

use crate::harness::{Account, Operator, Proxy, Rule, Spec};

/// Each run has an account of its own; the server is one process, so more do not go faster.
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
                while let Some(rule) = { rules.lock().unwrap().next() } {
                    let failed = crash(rule, &world);
                    failures.lock().unwrap().extend(failed);
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

/// Applies and is killed, applies again: what is wrong with that.
fn crash(rule: Rule, world: &Value) -> Option<String> {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let proxy = Proxy::start(rule);
    let killed = Operator::new(&account, &spec).through(&proxy).run("apply --yes");
    // What was passed on before the end is done before the next run begins.
    let last = proxy.writes().pop();
    if killed.code.is_some() {
        return Some(format!("{rule:?}: it was not killed but ended with {killed:?}"));
    }
    let again = Operator::new(&account, &spec).run("apply --yes");
    if again.code != Some(0) {
        return Some(format!("{rule:?} at {last:?}: the next run failed: {again:?}"));
    }
    let differences = differences(world, &account.normalised(), "");
    (!differences.is_empty())
        .then(|| format!("{rule:?} at {last:?}: another world:\n  {}", differences.join("\n  ")))
}

/// The places in which two documents differ.
fn differences(wanted: &Value, found: &Value, place: &str) -> Vec<String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let names = wanted.keys().chain(found.keys().filter(|key| !wanted.contains_key(*key)));
            let get = |of: &serde_json::Map<String, Value>, name: &str| {
                of.get(name).cloned().unwrap_or(Value::Null)
            };
            names
                .flat_map(|name| {
                    differences(&get(wanted, name), &get(found, name), &format!("{place}/{name}"))
                })
                .collect()
        }
        _ if wanted == found => Vec::new(),
        _ => vec![format!("{place}: {wanted} and not {found}")],
    }
}
