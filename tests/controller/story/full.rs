//! A region grows with its load, gets more than it can carry, is helped, and recovers.
//!
//! Nobody resolves names here, so the test plays DNS: it reads the alarms behind the records, and
//! moves as much of the load as they close.

use std::time::Duration;

use serde_json::Value;

use crate::control;
use crate::harness::REGIONS;
use crate::house::{Group, House};
use crate::platform;
use crate::story::PATIENCE;
use crate::traffic::{open_quarters, share};
use crate::weather::Weather;

const FULL: &str = "us-east-1";
const PEERS: [&str; 2] = ["us-west-2", "eu-central-1"];

/// The service whose load is more than its region can carry.
const SERVICE: &str = "agent-core";

/// Its load in percent of an instance: what two instances carry, and what they cannot.
const CALM: f64 = 140.0;
const PEAK: f64 = 210.0;
const AFTER: f64 = 100.0;

/// A lease of five minutes, a tick, and a machine that is busy.
const EXPIRY: Duration = Duration::from_mins(7);

#[test]
#[ignore = "minutes: cargo xtask test runs it"]
fn a_region_grows_with_its_load_and_its_peers_help_when_it_is_full() {
    let mut house = House::first("full", |account| platform::alfred(account, &[]));
    house.deploy();
    let mut weather = Weather::default();
    grows(&house, &mut weather);
    is_helped(&house, &mut weather);
    recovers(&house, &mut weather);
    is_as_the_spec_says(&house, &mut weather);
}

/// Step 1: a real alarm wakes the function, which sizes the group.
fn grows(house: &House, weather: &mut Weather) {
    const HOT: &str = "agent-financial";
    assert_eq!(house.group(PEERS[1], HOT).desired, 1);
    weather.set(PEERS[1], HOT, 95.0);
    weather.tell(house);
    house.say("CPU of agent-financial in eu-central-1 is at 95 %, its target is 75 %");
    house.until("an alarm woke the controller in eu-central-1", PATIENCE, || {
        house.records(PEERS[1]).into_iter().find(|line| {
            let woken = line["record"]["woken_by"].to_string();
            woken.contains("plimsoll-alfred-production-wake-agent-financial-cpu")
        })
    });
    house.until("agent-financial has 2 instances in service there", PATIENCE, || {
        let group = house.group(PEERS[1], HOT);
        (group.desired == 2 && group.in_service == 2).then_some(())
    });
}

/// Step 2: a region cannot launch, its peers make room, and its share falls when the room is there.
fn is_helped(house: &House, weather: &mut Weather) {
    control::no_capacity(house, FULL);
    weather.set(FULL, SERVICE, PEAK);
    for peer in PEERS {
        weather.set(peer, SERVICE, CALM);
    }
    house.say("us-east-1 has no capacity for new instances, and agent-core is hot there");
    house.until("us-east-1 remembers that agent-core cannot launch", PATIENCE, || {
        weather.tell(house);
        let group = house.group(FULL, SERVICE);
        let is_short = group.notes.iter().any(|(key, _)| key == "plimsoll:shortage");
        (is_short && group.desired > group.in_service).then_some(())
    });
    house.until(
        "both peers have a floor for its load, with an end, and the instances",
        PATIENCE,
        || {
            look(house, weather);
            let groups = at_peers(house);
            let has_room = |group: &Group| {
                group.has_lease("overflow:us-east-1")
                    && group.ends.iter().any(|end| end == "plimsoll-lease-end-overflow-us-east-1")
                    && group.min > 2
                    && group.in_service >= group.min
            };
            groups.iter().all(has_room).then_some(())
        },
    );
    let told = house.until("both peers judge that us-east-1 gives traffic away", PATIENCE, || {
        let told = look(house, weather);
        let shares = [share(&told[0], FULL)?, share(&told[1], FULL)?];
        shares.iter().all(|share| *share < 4).then_some(shares)
    });
    house.say(format_args!(
        "it keeps {told:?} quarters of its traffic, as us-west-2 and eu-central-1 say"
    ));
    assert!(told.iter().all(|share| *share > 0), "overflow never closes a region: {told:?}");
}

/// The rush is over and there is capacity again. The alarms go by what was judged when the minute
/// ends, and the load goes by the alarms; then the traffic comes back, a quarter at a time.
fn recovers(house: &House, weather: &mut Weather) {
    control::capacity(house, FULL);
    weather.set(FULL, SERVICE, AFTER);
    house.say("us-east-1 has capacity again, and the rush is over");
    house.until("alarms of both peers close quarters of its records", PATIENCE, || {
        look(house, weather);
        let open = open_quarters(house, FULL, &PEERS);
        open.iter().all(|open| (1..4).contains(open)).then_some(())
    });
    house.until("both peers let all of its traffic back", PATIENCE * 3, || {
        let open = open_quarters(house, FULL, &PEERS).into_iter().min().unwrap();
        // So many quarters that a cast loses nothing.
        let open = f64::from(u8::try_from(open).unwrap()) / 4.0;
        weather.set(FULL, SERVICE, AFTER * open);
        for peer in PEERS {
            weather.set(peer, SERVICE, CALM + AFTER * (1.0 - open) / 2.0);
        }
        let told = look(house, weather);
        told.iter().all(|line| share(line, FULL).is_none_or(|share| share == 4)).then_some(())
    });
}

/// Leases ran out, what ended them is gone, and a plan finds nothing to do.
fn is_as_the_spec_says(house: &House, weather: &mut Weather) {
    house.until("every lease, every end and every note is gone, everywhere", EXPIRY, || {
        look(house, weather);
        let all =
            platform::STATELESS.iter().flat_map(|(service, ..)| REGIONS.map(|it| (it, *service)));
        let groups = house.groups(&all.collect::<Vec<_>>());
        groups.iter().all(|group| group.notes.is_empty() && group.ends.is_empty()).then_some(())
    });
    house.until("all alarms about us-east-1 are off", PATIENCE, || {
        look(house, weather);
        open_quarters(house, FULL, &PEERS).iter().all(|open| *open == 4).then_some(())
    });
    platform::bounds_are_the_specs(house);
    house.operator().run("plan --detailed-exitcode").expect(0, &["Up to date"]);
    house.say("bounds are those of the spec, and a plan finds nothing to do");
}

/// Tells the minutes that are over, and lets all look: the region itself first, so that its peers
/// know what it knows. What the peers say.
fn look(house: &House, weather: &mut Weather) -> Vec<Value> {
    weather.tell(house);
    let own = house.tick(FULL);
    let told = house.ticks(&PEERS);
    platform::stays_within_bounds(&[own]);
    platform::stays_within_bounds(&told);
    told
}

fn at_peers(house: &House) -> Vec<Group> {
    house.groups(&PEERS.map(|peer| (peer, SERVICE)))
}
