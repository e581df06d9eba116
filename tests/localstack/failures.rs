//! Regions that fail, and an API that is asked too often.

use crate::harness::{Account, Operator, Proxy, REGIONS, Rule, Spec};

/// Applies while one region fails: the others are applied, the report says what failed and what to
/// do, and once the region is back the same command does the rest.
fn others_are_applied(dark: &str, rule: Rule, report: &[&str]) {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let proxy = Proxy::start(rule);
    let ran = Operator::new(&account, &spec).through(&proxy).run("apply --yes");
    ran.expect(3, &[dark, "next: "]);
    ran.expect(3, report);
    let world = account.read_back();
    for region in REGIONS {
        let groups = world.kind(region, "groups").len();
        assert_eq!(groups, if region == dark { 0 } else { 2 }, "groups in {region}");
    }
    let operator = Operator::new(&account, &spec);
    assert!(operator.differences("").iter().all(|difference| difference.starts_with(dark)));
    operator.done("apply --yes");
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
}

// The first region by name is also the first to be asked whose credentials these are.
#[test]
fn a_region_that_answers_only_errors_does_not_stop_the_others() {
    let report = ["ServiceUnavailable", "the API does not answer"];
    others_are_applied("eu-central-1", Rule::Unavailable("eu-central-1"), &report);
}

#[test]
fn a_region_that_answers_nonsense_does_not_stop_the_others() {
    let report = ["the API does not answer"];
    others_are_applied("eu-central-1", Rule::Broken("eu-central-1"), &report);
}

#[test]
fn a_region_that_takes_no_connections_does_not_stop_the_others() {
    let report = ["no connection", "the API does not answer"];
    others_are_applied("us-west-2", Rule::HangUp("us-west-2"), &report);
}

#[test]
fn a_region_in_which_nothing_may_be_written_does_not_stop_the_others() {
    let report = ["ec2:CreateLaunchTemplate", "AccessDenied", "check the credentials"];
    others_are_applied("us-east-1", Rule::Deny("us-east-1"), &report);
}

#[test]
fn a_plan_shows_what_it_can_read_and_says_what_it_cannot() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let proxy = Proxy::start(Rule::Unavailable("us-east-1"));
    let ran = Operator::new(&account, &spec).through(&proxy).run("plan");
    ran.expect(3, &["us-east-1", "ServiceUnavailable", "create group alfred-production-redis-a"]);
}

#[test]
fn throttled_calls_are_made_again() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let proxy = Proxy::start(Rule::Throttle(2));
    let operator = Operator::new(&account, &spec).through(&proxy);
    operator.done("apply --yes");
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
    let puts = proxy.writes().into_iter().filter(|call| call.action == "PutScalingPolicy");
    assert_eq!(puts.count(), 3 * (2 + 2), "two policies in each region, and two refusals");
}

#[test]
fn credentials_of_another_account_are_refused_before_anything_is_read_or_written() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let proxy = Proxy::start(Rule::Pass);
    let operator = Operator::new(&account, &spec).through(&proxy).with_account("222222222222");
    for command in ["plan", "apply --yes", "destroy --yes-destroy alfred/production", "status"] {
        operator.run(command).expect(1, &[&account.id, "222222222222"]);
    }
    assert!(proxy.calls().iter().all(|call| call.action == "GetCallerIdentity"));
}

#[test]
fn a_profile_that_is_named_wins_over_keys_in_the_environment() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let operator = Operator::new(&account, &spec).with_account("222222222222");
    std::fs::create_dir(operator.file(".aws")).unwrap();
    let keys = format!("[good]\naws_access_key_id={}\naws_secret_access_key=x\n", account.id);
    std::fs::write(operator.file(".aws/credentials"), keys).unwrap();
    operator.run("plan --profile good").expect(0, &["Plan: 30 to add"]);
    operator.run("plan --profile nobody").expect(1, &["profile `nobody` was not defined"]);
}
