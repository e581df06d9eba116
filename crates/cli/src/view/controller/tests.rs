use insta::assert_snapshot;
use plimsoll_core::cloud::ErrorClass;

use super::*;

const NOON: Timestamp = Timestamp::constant(1_795_608_000, 0);

fn stop() -> Switch {
    Switch::Stop(Stop::new("maria", NOON, "network test in us-east-1, ask me first"))
}

fn refused(call: &str) -> ActError {
    ActError {
        call: call.to_owned(),
        resource: "/plimsoll/alfred/production/controller".to_owned(),
        class: ErrorClass::Denied,
        message: "AccessDeniedException: not authorized".to_owned(),
    }
}

fn shown(value: &impl fmt::Display) -> String {
    anstream::adapter::strip_str(&value.to_string()).to_string()
}

fn pressed(switch: Switch, regions: Vec<(&str, Fate)>) -> PressView {
    let regions = regions.into_iter().map(|(name, fate)| (name.to_owned(), fate)).collect();
    PressView { title: "alfred/production".to_owned(), switch, regions }
}

#[test]
fn a_stop_says_what_became_of_each_region() {
    let view = pressed(stop(), vec![("us-east-1", Fate::Written), ("us-west-2", Fate::Written)]);
    assert_eq!(view.exit(), Exit::Done);
    assert_snapshot!(shown(&view), @r"
    us-east-1: stopped
    us-west-2: stopped

    The controllers of alfred/production are stopped; they follow within a minute
    ");
    let view = pressed(
        stop(),
        vec![
            ("eu-central-1", Fate::Failed(refused("ssm:PutParameter"))),
            ("us-east-1", Fate::Written),
            ("us-west-2", Fate::Already(stop())),
        ],
    );
    assert_eq!(view.exit(), Exit::Partial);
    assert_snapshot!(shown(&view), @r"
    eu-central-1: ssm:PutParameter on /plimsoll/alfred/production/controller:
        AccessDeniedException: not authorized
      next: check the credentials (--profile) and the permissions for this call
    us-east-1: stopped
    us-west-2: already stopped by maria at 2026-11-25T12:00:00Z: network test in
        us-east-1, ask me first

    Not all is done: 1 of 3 regions did not take it
    Run the same command again for the rest
    ");
}

#[test]
fn a_start_that_no_region_takes_is_an_error() {
    let failed = || Fate::Failed(refused("ssm:PutParameter"));
    let view = pressed(Switch::Run, vec![("us-east-1", failed()), ("us-west-2", failed())]);
    assert_eq!(view.exit(), Exit::Error);
    let view = pressed(
        Switch::Run,
        vec![("us-east-1", Fate::Written), ("us-west-2", Fate::Already(Switch::Run))],
    );
    assert_eq!(view.exit(), Exit::Done);
    assert_snapshot!(shown(&view), @r"
    us-east-1: is no longer stopped
    us-west-2: was not stopped

    The controllers of alfred/production are not stopped; whether they act is their stacks' Mode
    ");
}

fn controllers(regions: Vec<(&str, RegionView)>) -> ControllersView {
    ControllersView {
        title: "alfred/production".to_owned(),
        file: "alfred.yaml".to_owned(),
        digest: "fedcba9876543210".to_owned(),
        now: NOON,
        regions: regions.into_iter().map(|(name, view)| (name.to_owned(), view)).collect(),
    }
}

fn controller(switch: Switch, heartbeat: Heartbeat, published: Published) -> RegionView {
    RegionView::Read(ControllerView { switch, heartbeat, published })
}

#[test]
fn each_controller_says_whether_it_may_act_lives_and_what_it_reads() {
    let minute = |ago: i64| Heartbeat::At(NOON - jiff::SignedDuration::from_secs(ago));
    let dark = Heartbeat::Unknown(Unreachable {
        call: "cloudwatch:GetMetricData".to_owned(),
        class: ErrorClass::Unreachable,
        message: "no connection".to_owned(),
    });
    let other = Published::Other("0123456789abcdef".to_owned());
    let broken = Published::Unreadable("the text is cut off".to_owned());
    let well = vec![
        ("ap-southeast-1", controller(Switch::Run, minute(40), Published::Same)),
        ("eu-central-1", controller(stop(), minute(125), other)),
        ("eu-west-1", controller(Switch::Run, Heartbeat::None, Published::Nothing)),
    ];
    assert_eq!(controllers(well).exit(), Exit::Done);
    let view = controllers(vec![
        ("ap-southeast-1", controller(Switch::Run, minute(40), Published::Same)),
        ("eu-central-1", controller(stop(), minute(125), Published::Other("0123".to_owned()))),
        ("eu-west-1", controller(Switch::Run, Heartbeat::None, Published::Nothing)),
        ("us-east-1", controller(Switch::read(Some("halt!")), dark, broken)),
        ("us-west-2", RegionView::Failed(refused("ssm:GetParameters"))),
    ]);
    assert_eq!(view.exit(), Exit::Partial);
    let text = shown(&view);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert_snapshot!(text, @r"
    alfred/production

    ap-southeast-1: not stopped
      last heard of less than a minute ago
      reads alfred.yaml (fedcba9876543210)
    eu-central-1: stopped by maria at 2026-11-25T12:00:00Z: network test in
        us-east-1, ask me first
      last heard of 2 min ago
      reads another spec (0123) than alfred.yaml (fedcba9876543210); publish it with
          plimsoll apply --publish
    eu-west-1: not stopped
      not heard of for an hour; is it deployed?
      no spec is published; publish it with plimsoll apply --publish
    us-east-1: stopped: halt!
      its heartbeat could not be read: cloudwatch:GetMetricData: no connection
        next: the API does not answer; run the command again when it does
      what is published is no spec: the text is cut off; publish it with plimsoll
          apply --publish
    us-west-2 could not be read: ssm:GetParameters on
        /plimsoll/alfred/production/controller: AccessDeniedException: not
        authorized
      next: check the credentials (--profile) and the permissions for this call
    ");
}
