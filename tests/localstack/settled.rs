//! A platform that stands as the spec says is left alone, also while scaling and schedules move it.

use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::harness::{Account, Operator, Proxy, Rule, Spec};
use crate::standing::alfred;

const REGION: &str = "us-east-1";

#[test]
fn a_plan_of_what_stands_says_up_to_date() {
    let (account, spec) = (&alfred().account, Spec::alfred(&alfred().account));
    let operator = Operator::new(account, &spec);
    operator.run("plan").expect(0, &["Up to date: 24 groups in 3 regions match the spec"]);
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
}

#[test]
fn applying_what_stands_writes_nothing() {
    let (account, spec) = (&alfred().account, Spec::alfred(&alfred().account));
    let proxy = Proxy::start(Rule::Pass);
    Operator::new(account, &spec).through(&proxy).done("apply --yes");
    assert_eq!(proxy.writes(), []);
}

#[test]
fn the_desired_capacity_belongs_to_scaling_while_it_is_within_bounds() {
    let account = Account::production();
    let wide = || Spec::pair(&account).edit("{ min: 1, max: 4 }", "{ min: 1, max: 10 }");
    let spec = wide();
    Operator::new(&account, &spec).done("apply --yes");
    let group = "alfred-production-agent-core-a";
    account.aws(
        REGION,
        &format!("autoscaling set-desired-capacity --auto-scaling-group-name {group} --desired-capacity 7"),
    );

    let proxy = Proxy::start(Rule::Pass);
    let operator = Operator::new(&account, &spec).through(&proxy);
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
    operator.done("apply --yes");
    assert_eq!(proxy.writes(), []);
    assert_eq!(account.read_back().group(REGION, group)["DesiredCapacity"], 7);

    let narrow = wide().edit("{ min: 1, max: 10 }", "{ min: 1, max: 5 }");
    let operator = Operator::new(&account, &narrow);
    let consequence = "terminates 2 instances: max 10 -> 5, 7 running";
    operator.run("plan --detailed-exitcode").expect(2, &["bounds.max: 10 -> 5", consequence]);
    operator.done("apply --yes");
    let world = account.read_back();
    assert_eq!(world.group(REGION, group)["DesiredCapacity"], 5);
    assert_eq!(world.group(REGION, group)["Instances"].as_array().unwrap().len(), 5);
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
}

#[test]
fn a_schedule_in_force_is_no_drift_before_and_after_it_fires() {
    let account = Account::production();
    let earlier = Timestamp::now() - SignedDuration::from_hours(1);
    // A minute later when this one is nearly over, so that the plan before comes before.
    let soon = Timestamp::now() + SignedDuration::from_secs(75);
    let schedule = format!(
        "fired: {{ cron: \"{}\", min: 2 }}\n        fires: {{ cron: \"{}\", min: 3 }}",
        daily(earlier),
        daily(soon)
    );
    let spec = Spec::pair(&account).edit("new-year: { cron: \"0 0 1 1 *\", min: 1 }", &schedule);
    let operator = Operator::new(&account, &spec);
    operator.done("apply --yes");
    assert_eq!(min_size(&account), 2, "the entry that has fired is in force");
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);

    let deadline = Instant::now() + Duration::from_mins(2);
    while min_size(&account) != 3 {
        assert!(Instant::now() < deadline, "the schedule did not fire");
        thread::sleep(Duration::from_millis(500));
    }
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);

    account.aws(
        REGION,
        "autoscaling update-auto-scaling-group --min-size 1 \
         --auto-scaling-group-name alfred-production-agent-core-a",
    );
    let why = ["bounds.min: 1 -> 3", "schedule entry fires is in force"];
    operator.run("plan --detailed-exitcode").expect(2, &why);
}

/// Each day at this minute, in UTC.
fn daily(moment: Timestamp) -> String {
    let moment = moment.in_tz("UTC").unwrap();
    format!("{} {} * * *", moment.minute(), moment.hour())
}

fn min_size(account: &Account) -> u64 {
    let groups = account.aws(
        REGION,
        "autoscaling describe-auto-scaling-groups \
         --auto-scaling-group-names alfred-production-agent-core-a",
    );
    groups["AutoScalingGroups"][0]["MinSize"].as_u64().unwrap()
}
