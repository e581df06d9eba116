//! A region's front door stops answering: its peers make room and close it, and open it again.

use crate::endpoints::Endpoint;
use crate::harness::REGIONS;
use crate::house::House;
use crate::platform;
use crate::story::PATIENCE;
use crate::traffic::{About, open_quarters, share, told_before};

const CLOSED: &str = "us-east-1";
const PEERS: [&str; 2] = ["us-west-2", "eu-central-1"];

/// Step 3, first half: the region is closed, and begins to come back.
#[test]
#[ignore = "minutes: cargo xtask test runs it"]
fn a_region_whose_front_door_fails_is_closed_when_its_peers_have_room() {
    let doors = REGIONS.map(|region| (region, Endpoint::open()));
    let addresses = doors.each_ref().map(|(region, door)| (*region, door.url()));
    let door = &doors.iter().find(|(region, _)| *region == CLOSED).unwrap().1;
    door.fail();
    let mut house = House::new("closed", |account| platform::alfred(account, &addresses));
    // The spec wants two minutes of evidence. The door has failed since before there were
    // controllers; what they would have seen in those minutes is told in their stead.
    for judge in PEERS {
        for seen in REGIONS.iter().filter(|seen| **seen != judge) {
            let answered = if *seen == CLOSED { 0.0 } else { 1.0 };
            told_before(&house, judge, About::Reachable, seen, 2, answered);
        }
    }
    house.say("the endpoint of us-east-1 has answered 503 for two minutes");
    house.deploy();
    closes(&house);
    door.recover();
    house.say("the endpoint of us-east-1 answers again");
    begins_to_open(&house);
}

fn closes(house: &House) {
    house.until(
        "every group of both peers holds its size while it is dark there",
        PATIENCE,
        || {
            house.ticks(&REGIONS);
            let all = PEERS.iter().flat_map(|peer| platform::STATELESS.map(|(it, ..)| (*peer, it)));
            let groups = house.groups(&all.collect::<Vec<_>>());
            let holds =
                |it: &crate::house::Group| it.has_lease("dark:neighbours") && it.min >= it.desired;
            groups.iter().all(holds).then_some(())
        },
    );
    house.until("agent-core of both peers has room for its load, in service", PATIENCE, || {
        house.ticks(&PEERS);
        let groups = house.groups(&PEERS.map(|peer| (peer, "agent-core")));
        let has_room = |it: &crate::house::Group| {
            it.has_lease("failover:us-east-1") && it.min == 3 && it.in_service >= 3
        };
        groups.iter().all(has_room).then_some(())
    });
    house.until("both peers judge that us-east-1 is closed", PATIENCE, || {
        let told = house.ticks(&PEERS);
        platform::stays_within_bounds(&told);
        told.iter().all(|line| share(line, CLOSED) == Some(0)).then_some(())
    });
    house.until("all four alarms of both peers close its records", PATIENCE, || {
        house.ticks(&PEERS);
        open_quarters(house, CLOSED, &PEERS).iter().all(|open| *open == 0).then_some(())
    });
}

fn begins_to_open(house: &House) {
    let shares =
        house.until("after two minutes a quarter of its traffic returns", PATIENCE, || {
            let told = house.ticks(&PEERS);
            let shares: Vec<_> = told.iter().map(|line| share(line, CLOSED)).collect();
            shares.iter().all(|share| share.is_some_and(|share| share > 0)).then_some(shares)
        });
    assert!(shares.iter().all(|share| share.is_some_and(|it| it <= 2)), "at once: {shares:?}");
    house.until("an alarm of each peer opens a record again", PATIENCE, || {
        house.ticks(&PEERS);
        open_quarters(house, CLOSED, &PEERS).iter().all(|open| *open > 0).then_some(())
    });
}

/// Step 3, second half: a region that was closed ten minutes ago and is well gets its traffic back, a
/// quarter each minute.
#[test]
#[ignore = "minutes: cargo xtask test runs it"]
fn a_region_that_is_well_again_gets_its_traffic_back_by_quarters() {
    let doors = REGIONS.map(|region| (region, Endpoint::open()));
    let addresses = doors.each_ref().map(|(region, door)| (*region, door.url()));
    let mut house = House::new("returns", |account| platform::alfred(account, &addresses));
    // Controllers of another day closed it and were removed. What they remembered by is metrics, and
    // so is what they saw since: these are told, and new controllers go on from there.
    for judge in PEERS {
        told_before(&house, judge, About::Share, CLOSED, 10, 0.0);
        for seen in REGIONS.iter().filter(|seen| **seen != judge) {
            told_before(&house, judge, About::Reachable, seen, 3, 1.0);
        }
    }
    house.say("us-east-1 was closed ten minutes ago, and its endpoint is well");
    house.deploy();
    let mut seen = Vec::new();
    house.until("both peers let all of its traffic back", PATIENCE * 4, || {
        let told = house.ticks(&PEERS);
        let shares = [share(&told[0], CLOSED), share(&told[1], CLOSED)];
        if seen.last() != Some(&shares) {
            house.say(format_args!("it keeps {shares:?} quarters"));
            seen.push(shares);
        }
        let back = |peer: usize| seen.iter().any(|shares| shares[peer] == Some(4));
        let open = || open_quarters(&house, CLOSED, &PEERS);
        (back(0) && back(1) && open().iter().all(|open| *open == 4)).then_some(())
    });
    for peer in 0..2 {
        let mut of_peer: Vec<_> = seen.iter().filter_map(|shares| shares[peer]).collect();
        of_peer.dedup();
        let steps = of_peer.windows(2).all(|pair| pair[1] == pair[0] + 1);
        assert!(of_peer[0] <= 1 && steps, "a quarter at a time: {of_peer:?}");
    }
}
