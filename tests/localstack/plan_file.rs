//! Plans that are written to a file, and carried out later.

use crate::harness::{Account, Operator, Proxy, Rule, Spec};

#[test]
fn a_plan_in_a_file_is_carried_out_as_it_was_shown() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let operator = Operator::new(&account, &spec);
    let file = operator.file("first.plan");
    operator.done(&format!("plan --out {file}"));
    operator.done(&format!("apply {file} --yes"));
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
}

#[test]
fn a_plan_in_a_file_is_refused_when_the_world_has_moved() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    Operator::new(&account, &spec).done("apply --yes");
    let wider = Spec::pair(&account).edit("{ min: 1, max: 4 }", "{ min: 1, max: 6 }");
    let proxy = Proxy::start(Rule::Pass);
    let operator = Operator::new(&account, &wider).through(&proxy);
    let file = operator.file("wider.plan");
    operator.run(&format!("plan --detailed-exitcode --out {file}")).expect(2, &["4 -> 6"]);

    account.aws(
        "us-west-2",
        "autoscaling update-auto-scaling-group --auto-scaling-group-name \
         alfred-production-redis-a --health-check-grace-period 60",
    );
    let moved =
        ["the world has moved", "us-west-2", "alfred-production-redis-a", "health_check.grace"];
    operator.run(&format!("apply {file} --yes")).expect(1, &moved);
    assert_eq!(proxy.writes(), []);
}
