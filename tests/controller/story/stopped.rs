//! What the controller leaves to others: the region of the database primary to a person, and the end
//! of a lease to AWS.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::client::call;
use crate::endpoints::Endpoint;
use crate::harness::REGIONS;
use crate::house::{House, SWITCH, name_of};
use crate::platform;
use crate::story::PATIENCE;
use crate::traffic::{About, open_quarters, share, told_before};

/// The region of the database primary.
const PRIMARY: &str = "us-west-2";
const PEERS: [&str; 2] = ["us-east-1", "eu-central-1"];

/// The service that an operator grants a lease, in a region whose own view is calm.
const SERVICE: &str = "agent-rag";

/// Steps 4 and 5.
#[test]
#[ignore = "minutes: cargo xtask test runs it"]
fn the_primary_is_left_to_a_person_and_a_lease_of_a_stopped_controller_to_aws() {
    let doors = REGIONS.map(|region| (region, Endpoint::open()));
    let addresses = doors.each_ref().map(|(region, door)| (*region, door.url()));
    doors.iter().find(|(region, _)| *region == PRIMARY).unwrap().1.fail();
    let mut house = House::new("stopped", |account| platform::alfred(account, &addresses));
    // As in the story of the closed region: the door has failed since before the controllers.
    for judge in PEERS {
        for seen in REGIONS.iter().filter(|seen| **seen != judge) {
            let answered = if *seen == PRIMARY { 0.0 } else { 1.0 };
            told_before(&house, judge, About::Reachable, seen, 2, answered);
        }
    }
    house.say(
        "the endpoint of us-west-2, which has the database primary, has failed for two minutes",
    );
    house.deploy();
    is_left_to_a_person(&house);
    ends_by_aws_alone(&house);
    is_cleared_when_it_runs_again(&house);
    // Nothing of this moved traffic, however long it lasted.
    keeps_its_traffic(&house, &house.ticks(&PEERS));
}

/// Step 4: a finding, and no evacuation.
fn is_left_to_a_person(house: &House) {
    let findings = house.until("both peers say what a person should do", PATIENCE, || {
        let told = house.ticks(&PEERS);
        keeps_its_traffic(house, &told);
        let found: Vec<String> = told.iter().filter_map(finding).collect();
        (found.len() == PEERS.len()).then_some(found)
    });
    house.say(&findings[0]);
    house.until("and have made room all the same", PATIENCE, || {
        let groups = house.groups(&PEERS.map(|peer| (peer, "agent-core")));
        let ready = groups.iter().all(|it| it.has_lease("failover:us-west-2") && it.in_service > 2);
        ready.then_some(())
    });
    // Nothing is missing any more that would speak against it; and still it is left to a person.
    let told = house.ticks(&PEERS);
    keeps_its_traffic(house, &told);
    assert!(told.iter().all(|line| finding(line).is_some()), "{told:?}");
}

/// What a controller told a person of the primary's region.
fn finding(line: &Value) -> Option<String> {
    let found = line["record"]["findings"].as_array().unwrap().iter();
    let mut found = found.filter(|it| it["about"] == PRIMARY);
    let found = found.find(|it| it["what"].as_str().unwrap().contains("primary"))?;
    let (what, next) = (found["what"].as_str().unwrap(), found["next"].as_str().unwrap());
    assert!(next.contains("put Open = 0 about us-west-2"), "{next}");
    Some(format!("finding: us-west-2: {what}; {next}"))
}

fn keeps_its_traffic(house: &House, told: &[Value]) {
    for line in told {
        assert!(share(line, PRIMARY).is_none_or(|share| share == 4), "{line}");
    }
    assert_eq!(open_quarters(house, PRIMARY, &PEERS), [4, 4]);
}

/// Step 5: a lease is in force, the controller is stopped, and AWS ends the lease.
fn ends_by_aws_alone(house: &House) {
    // Long enough for one tick, and short enough to be waited for.
    let until = Timestamp::from_second(Timestamp::now().as_second() + 60).unwrap();
    let tag = json!({ "ResourceId": name_of(SERVICE), "ResourceType": "auto-scaling-group",
        "Key": "plimsoll:lease:surge:rush", "PropagateAtLaunch": false,
        "Value": format!("1 floor=5 until={until} by=maria why=a rush") });
    let with = json!({ "Tags": [tag] });
    house.client.one(call(PRIMARY, "autoscaling", "create_or_update_tags", with));
    house.tick(PRIMARY);
    let leased = house.group(PRIMARY, SERVICE);
    assert_eq!((leased.min, leased.max, leased.desired), (5, 8, 5), "{leased:?}");
    assert_eq!(leased.ends, ["plimsoll-lease-end-surge-rush"]);
    house.say(format_args!("agent-rag in us-west-2 has a floor of 5 by a lease until {until}"));
    press(house, "stop maria: network test");
    let line = house.tick(PRIMARY);
    assert_eq!(line["record"]["conduct"]["stopped"], "maria: network test", "{line}");
    house.say("maria stopped the controller there");
    house.until("AWS ended the lease by its scheduled action", PATIENCE, || {
        let group = house.group(PRIMARY, SERVICE);
        (group.min == 2).then(|| {
            assert!(Timestamp::now() >= until - SignedDuration::from_secs(1), "not before its end");
            // It was not a controller: what only a controller clears is there.
            assert!(group.has_lease("surge:rush"), "{group:?}");
        })
    });
    let tried = house.tick(PRIMARY);
    let did = tried["record"]["did"].as_array().unwrap();
    assert!(!did.is_empty() && did.iter().all(|did| did["outcome"] == "not_tried"), "{tried}");
    house.say("the stopped controller says what it would clear, and clears nothing");
}

fn is_cleared_when_it_runs_again(house: &House) {
    press(house, "run");
    house.tick(PRIMARY);
    let group = house.group(PRIMARY, SERVICE);
    assert!(group.notes.is_empty() && group.ends.is_empty(), "{group:?}");
    assert_eq!((group.min, group.max), (2, 8));
    house.say("it runs again, and nothing is left of the lease");
}

/// Presses the red button of the primary's region.
fn press(house: &House, words: &str) {
    let with = json!({ "Name": SWITCH, "Type": "String", "Value": words, "Overwrite": true });
    house.client.one(call(PRIMARY, "ssm", "put_parameter", with));
}
