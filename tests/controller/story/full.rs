//! A region grows with its load, gets more than it can carry, is helped, and recovers.

use crate::house::House;
use crate::platform;
use crate::story::PATIENCE;
use crate::weather::Weather;

const FULL: &str = "us-east-1";
const PEERS: [&str; 2] = ["us-west-2", "eu-central-1"];

#[test]
fn a_region_grows_with_its_load_and_its_peers_help_when_it_is_full() {
    let house = House::new("full", |account| platform::alfred(account, &[]));
    house.deploy();
    let mut weather = Weather::default();
    grows(&house, &mut weather);
}

/// Step 1: a real alarm wakes the function, which sizes the group.
fn grows(house: &House, weather: &mut Weather) {
    const SERVICE: &str = "agent-financial";
    assert_eq!(house.group(PEERS[1], SERVICE).desired, 1);
    weather.set(PEERS[1], SERVICE, 95.0);
    weather.tell(house);
    house.say("CPU of agent-financial in eu-central-1 is at 95 %, its target is 75 %");
    house.until("an alarm woke the controller in eu-central-1", PATIENCE, || {
        house.records(PEERS[1]).into_iter().find(|line| {
            let woken = line["record"]["woken_by"].to_string();
            woken.contains("plimsoll-alfred-production-wake-agent-financial-cpu")
        })
    });
    house.until("agent-financial has 2 instances in service there", PATIENCE, || {
        let group = house.group(PEERS[1], SERVICE);
        (group.desired == 2 && group.in_service == 2).then_some(())
    });
}
