//! A controller that is told a thousand things, and one that is killed while it acts.

use std::thread;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::client::{Client, call};
use crate::control;
use crate::harness::{Proxy, REGIONS, Rule};
use crate::house::{FUNCTION, Group, House, invocation, name_of};
use crate::platform;
use crate::storm::Storm;
use crate::story::PATIENCE;
use crate::weather::Weather;

/// Where events storm, where the same happens without them, and where the controller is killed.
const STORM: &str = "eu-central-1";
const QUIET: &str = "us-east-1";
const KILLED: &str = "us-west-2";

/// The controller is killed at each of its first so many writes. There are two for each of three
/// groups, so that one is left at least.
const KILLS: usize = 5;

/// Steps 6, 7 and 8.
#[test]
#[ignore = "minutes: cargo xtask test runs it"]
fn storms_and_kills_change_nothing_and_quiet_is_cheap() {
    let mut house = House::new("busy", |account| platform::alfred(account, &[]));
    house.deploy();
    let mut weather = Weather::default();
    quiet_is_cheap(&house, &mut weather);
    storms(&house, &mut weather);
    is_killed(&house);
}

/// Step 8: a tick over a platform that needs nothing.
fn quiet_is_cheap(house: &House, weather: &mut Weather) {
    for region in REGIONS {
        for (service, min, _) in platform::STATELESS {
            // So few that a cast loses nothing.
            weather.set(region, service, 70.0 * f64::from(u32::try_from(min).unwrap()));
        }
    }
    weather.tell(house);
    for (region, line) in REGIONS.iter().zip(house.ticks(&REGIONS)) {
        let calls = line["api_calls"].as_u64().unwrap();
        let did = line["record"]["did"].as_array().unwrap();
        assert!(did.is_empty(), "there was something to do: {line}");
        assert!(calls <= 10, "{calls} API calls in {region}: {line}");
        let took = &line["duration_ms"];
        house
            .say(format_args!("a tick of {region} that changes nothing: {calls} calls, {took} ms"));
    }
}

/// Step 6: the same happens in two regions, and in one of them a thousand events tell of it.
fn storms(house: &House, weather: &mut Weather) {
    let until = Timestamp::from_second(Timestamp::now().as_second() + 1_800).unwrap();
    for region in [STORM, QUIET] {
        grant(house, region, "agent-rag", 5, until);
        weather.set(region, "agent-legal", 95.0);
    }
    house.until("a service is hot and another has a lease, in two regions", PATIENCE, || {
        weather.tell(house);
        let newest = house.groups(&[(STORM, "agent-legal"), (QUIET, "agent-legal")]);
        newest.iter().all(|group| group.desired == 2).then_some(())
    });
    let storm = Storm::over(house, STORM);
    let kinds = storm.kinds();
    assert!(storm.events() >= 1_000 && kinds.len() >= 8, "{kinds:?}");
    let calls = storm.invocations();
    assert!(calls.len() > 100, "{} invocations", calls.len());
    house.say(format_args!(
        "{} events of {} kinds come in {} invocations",
        storm.events(),
        kinds.len(),
        calls.len()
    ));
    house.handled(&calls);
    let told = house.ticks(&[STORM, QUIET]);
    platform::stays_within_bounds(&told);
    platform::stays_within_bounds(&house.records(STORM));
    let crashed = house
        .log(STORM, Timestamp::UNIX_EPOCH)
        .into_iter()
        .find(|line| line.contains("panicked") || line.contains("Runtime.ExitError"));
    assert_eq!(crashed, None);
    let picture =
        |region| house.groups(&platform::STATELESS.map(|(service, ..)| (region, service)));
    assert_eq!(picture(STORM), picture(QUIET), "the storm changed something");
    house.say("no invocation failed, no bound was crossed, and both regions are the same");
}

/// Step 7: killed at a write, and the next tick completes what is missing.
fn is_killed(house: &House) {
    let services = ["agent-core", "agent-rag", "agent-social"];
    let invoker = Client::of(&house.account.id);
    for at in 1..=KILLS {
        let proxy = Proxy::start(Rule::KillAfter(at));
        lead(house, Some(proxy.endpoint()));
        let floor = 3 + u64::from(at % 2 == 0);
        let until = Timestamp::from_second(Timestamp::now().as_second() + 1_800).unwrap();
        for service in services {
            grant(house, KILLED, service, floor, until);
        }
        let event = json!({ "plimsoll": "wake", "by": "maria", "why": format!("kill {at}") });
        let call = invocation(KILLED, &event);
        let answer = thread::scope(|scope| {
            let asked = scope.spawn(|| invoker.one(call));
            house.until(&format!("write {at} is done, its answer is held back"), PATIENCE, || {
                proxy.strikes().then_some(())
            });
            assert!(control::kill(house, KILLED) > 0, "there was nobody to kill");
            asked.join().unwrap()
        });
        assert!(answer["Payload"].to_string().contains("signal: killed"), "{answer}");
        let half = picture(house, &services);
        lead(house, None);
        house.tick(KILLED);
        let whole = picture(house, &services);
        assert_ne!(half, whole, "nothing was left to be completed");
        for group in &whole {
            assert!(group.min == floor && group.in_service >= floor, "{group:?}");
            assert_eq!(group.ends, ["plimsoll-lease-end-surge-rush"]);
        }
    }
    house.say(format_args!(
        "killed after each of {KILLS} writes; the next tick completed it each time"
    ));
}

fn picture(house: &House, services: &[&str]) -> Vec<Group> {
    house.groups(&services.iter().map(|service| (KILLED, *service)).collect::<Vec<_>>())
}

/// An operator's lease, written by hand.
fn grant(house: &House, region: &str, service: &str, floor: u64, until: Timestamp) {
    let tag = json!({ "ResourceId": name_of(service), "ResourceType": "auto-scaling-group",
        "Key": "plimsoll:lease:surge:rush", "PropagateAtLaunch": false,
        "Value": format!("1 floor={floor} until={until} by=maria why=a rush") });
    house.client.one(call(
        region,
        "autoscaling",
        "create_or_update_tags",
        json!({ "Tags": [tag] }),
    ));
}

/// Leads the function's calls through a proxy, or straight to AWS again.
fn lead(house: &House, endpoint: Option<&String>) {
    let name = json!({ "FunctionName": FUNCTION });
    let asked = call(KILLED, "lambda", "get_function_configuration", name.clone());
    let mut variables: Value = house.client.one(asked)["Environment"]["Variables"].take();
    let variables = variables.as_object_mut().unwrap();
    variables.remove("AWS_ENDPOINT_URL");
    variables.extend(endpoint.map(|endpoint| ("AWS_ENDPOINT_URL".to_owned(), json!(endpoint))));
    let with = json!({ "FunctionName": FUNCTION, "Environment": { "Variables": variables } });
    house.client.one(call(KILLED, "lambda", "update_function_configuration", with));
    let with =
        json!({ "FunctionName": FUNCTION, "WaiterConfig": { "Delay": 1, "MaxAttempts": 60 } });
    house.client.one(call(KILLED, "lambda", "wait:function_updated_v2", with));
}
