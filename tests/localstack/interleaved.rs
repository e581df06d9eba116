//! Writes that are done twice: because an answer was lost, or because two operators work at once.

use std::thread;

use crate::harness::{Account, Operator, Proxy, REGIONS, Rule, Spec, differences};

/// Expects the world of one undisturbed apply.
fn assert_undisturbed(account: &Account) {
    let other = Account::production();
    Operator::new(&other, &Spec::pair(&other)).done("apply --yes");
    let differences = differences(&other.normalised(), &account.normalised());
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn lost_answers_make_nothing_twice() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let proxy = Proxy::start(Rule::Lose);
    Operator::new(&account, &spec).through(&proxy).done("apply --yes");
    assert_undisturbed(&account);

    let larger = Spec::pair(&account).edit("type: c6i.large", "type: c6i.xlarge");
    let proxy = Proxy::start(Rule::Lose);
    let operator = Operator::new(&account, &larger).through(&proxy);
    operator.done("apply --yes");
    let made = |action: &str| proxy.writes().iter().filter(|call| call.action == action).count();
    assert_eq!(made("CreateLaunchTemplateVersion"), 3 * (2 + 1), "one answer lost in each region");
    let world = account.read_back();
    for region in REGIONS {
        for (name, template) in world.kind(region, "templates") {
            assert_eq!(template["LatestVersionNumber"], 2, "{name} in {region}");
        }
    }
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
}

#[test]
fn two_operators_at_once_build_one_world() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| Operator::new(&account, &spec).done("apply --yes"));
        }
    });
    assert_undisturbed(&account);
}
