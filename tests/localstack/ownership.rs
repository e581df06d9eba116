//! Whose groups they are: taken over, given up, deleted.

use crate::harness::{Account, Operator, Proxy, REGIONS, Rule, Spec, World};

const EAST: &str = "us-east-1";
const CORE: &str = "alfred-production-agent-core-a";
const REDIS: &str = "alfred-production-redis-a";
const DESTROY: &str = "destroy --yes-destroy alfred/production";

fn groups(world: &World, region: &str) -> Vec<String> {
    world.kind(region, "groups").keys().cloned().collect()
}

/// The pair without its stateful service.
fn without_redis(account: &Account) -> Spec {
    let redis = "  redis:\n    kind: stateful\n    bounds: { min: 1, max: 1 }\n    capacity: { hourly_price: 0.085 }\n";
    Spec::pair(account).edit(redis, "")
}

#[test]
fn a_service_that_the_spec_no_longer_has_is_shown_and_deleted_only_when_confirmed() {
    let account = Account::production();
    Operator::new(&account, &Spec::pair(&account)).done("apply --yes");
    let spec = without_redis(&account);
    let proxy = Proxy::start(Rule::Pass);
    let operator = Operator::new(&account, &spec).through(&proxy);

    let shown = format!("the spec no longer has {REDIS}");
    operator.run("plan --detailed-exitcode").expect(0, &[&shown, "--prune deletes it"]);
    operator.done("apply --yes");
    operator.run("apply --prune --yes").expect(1, &["--yes-prune alfred/production"]);
    operator.run("apply --prune --yes --yes-prune alfred/staging").expect(1, &["nothing was done"]);
    operator.run("apply --prune --service agent-core --yes").expect(64, &["--prune", "--service"]);
    assert_eq!(proxy.writes(), []);

    operator.done("apply --prune --yes --yes-prune alfred/production");
    let world = account.read_back();
    for region in REGIONS {
        assert_eq!(groups(&world, region), [CORE]);
        assert_eq!(world.kind(region, "templates").keys().collect::<Vec<_>>(), [CORE]);
    }
    operator.run("plan --prune --detailed-exitcode").expect(0, &["Up to date"]);
}

/// A group by hand that has the name of one of ours.
fn namesake(account: &Account) {
    account.aws(
        EAST,
        "ec2 create-launch-template --launch-template-name by-hand \
         --launch-template-data {\"ImageId\":\"ami-04681a1dbd79675a5\",\"InstanceType\":\"t3.micro\"}",
    );
    let subnet = account.ground(EAST, "subnets")[0].as_str().unwrap();
    account.aws(
        EAST,
        &format!(
            "autoscaling create-auto-scaling-group --auto-scaling-group-name {CORE} \
             --launch-template LaunchTemplateName=by-hand,Version=1 --min-size 2 --max-size 3 \
             --vpc-zone-identifier {subnet} --tags Key=team,Value=theirs,PropagateAtLaunch=true"
        ),
    );
}

#[test]
fn a_group_of_another_owner_is_refused_and_taken_over_with_adopt() {
    let account = Account::production();
    namesake(&account);
    let spec = Spec::pair(&account);
    let before = account.read_back();
    let operator = Operator::new(&account, &spec);
    let refusal = format!("group {CORE} in {EAST} was not made by Plimsoll");
    operator.run("plan").expect(1, &[&refusal, "--adopt"]);
    operator.run("apply --yes").expect(1, &[&refusal, "--adopt"]);
    assert!(before == account.read_back(), "nothing was touched anywhere");

    operator.done("apply --yes --adopt");
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
    let world = account.read_back();
    let (was, is) = (before.group(EAST, CORE), world.group(EAST, CORE));
    assert_eq!(is["Instances"], was["Instances"], "its instances run on");
    assert_eq!(is["Tags"]["team"], was["Tags"]["team"], "tags of others stay");
    assert_eq!(is["Tags"]["plimsoll:platform"][0], "alfred");
    assert_eq!(is["MaxSize"], 4);
}

#[test]
fn released_groups_run_on_as_they_are_without_our_tags() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let operator = Operator::new(&account, &spec);
    operator.done("apply --yes");
    let before = account.read_back();
    operator.run("release").expect(1, &["--yes-release alfred/production"]);
    assert!(before == account.read_back(), "nothing was done");

    operator.done("release --yes-release alfred/production");
    let mut expected = before;
    for region in REGIONS {
        for name in [CORE, REDIS] {
            let tags = expected.0[region]["groups"][name]["Tags"].as_object_mut().unwrap();
            tags.retain(|key, _| !key.starts_with("plimsoll:"));
            assert_eq!(tags.len(), 1, "the spec's own tag stays");
        }
    }
    assert!(expected == account.read_back(), "only the tags are gone");
    operator.run("plan").expect(1, &["was not made by Plimsoll", "--adopt"]);
    operator.done("apply --yes --adopt");
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
}

#[test]
fn destroy_asks_for_the_name_and_deletes_one_environment_and_nothing_else() {
    let account = Account::new();
    let spec = Spec::pair(&account).edit("  production: {}", PRODUCTION_AND_DEVELOPMENT);
    let operator = Operator::new(&account, &spec);
    let laid = account.read_back();
    operator.done("apply --yes");
    Operator::new(&account, &spec).of("development").done("apply --yes");
    let before = account.read_back();

    operator.run("destroy").expect(1, &["--yes-destroy alfred/production"]);
    operator.run("destroy --yes-destroy alfred").expect(1, &["nothing was done"]);
    assert!(before == account.read_back(), "nothing was done");

    operator.done(DESTROY);
    let world = account.read_back();
    assert!(before.others() == world.others(), "the other environment is as it was");
    assert_empty(&world);
    Operator::new(&account, &spec).of("development").run("plan --detailed-exitcode").expect(0, &[]);

    Operator::new(&account, &spec)
        .of("development")
        .done("destroy --yes-destroy alfred/development");
    assert!(laid == account.read_back(), "only the ground is left");
    operator.run(DESTROY).expect(0, &["Nothing to delete"]);
}

const PRODUCTION_AND_DEVELOPMENT: &str = "  production: {}
  development:
    services:
      agent-core: { load_balancing: { target_group: alfred-dev-agent-core } }";

/// Nothing of production is left.
fn assert_empty(world: &World) {
    for region in REGIONS {
        for kind in ["groups", "templates"] {
            let left: Vec<_> = world
                .kind(region, kind)
                .keys()
                .filter(|name| name.starts_with("alfred-production-"))
                .collect();
            assert!(left.is_empty(), "{region}: {left:?}");
        }
    }
}

#[test]
fn destroy_killed_half_way_is_finished_by_the_next_one() {
    for rule in [Rule::KillBefore(4), Rule::KillAfter(7)] {
        let account = Account::production();
        let spec = Spec::pair(&account);
        Operator::new(&account, &spec).done("apply --yes");
        let proxy = Proxy::start(rule);
        let killed = Operator::new(&account, &spec).through(&proxy).run(DESTROY);
        assert_eq!((killed.code, proxy.writes().is_empty()), (None, false), "{}", killed.said());
        Operator::new(&account, &spec).done(DESTROY);
        assert_empty(&account.read_back());
    }
}
