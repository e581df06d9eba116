use std::collections::BTreeMap;

use insta::assert_snapshot;
use plimsoll_core::action::{Action, GroupChange};
use plimsoll_core::cloud::ErrorClass;
use plimsoll_core::plan::{Change, Note, Planned, RegionPlan, Step};
use plimsoll_core::world::Unreachable;
use tempfile::TempDir;

use super::*;
use crate::moved::check_shown;

/// A plan that lowers a maximum from `old`.
fn plan(old: u32) -> Plan {
    let changes = vec![Change {
        field: "bounds.max".to_owned(),
        old: Some(old.to_string()),
        new: Some("5".to_owned()),
        reason: "the spec differs".to_owned(),
    }];
    let change = Box::new(GroupChange { max: Some(5), ..GroupChange::default() });
    let step = Step {
        service: "web".to_owned(),
        action: Action::UpdateGroup { group: "harbour-production-web-a".to_owned(), change },
        changes,
        consequences: vec!["terminates 3 instances".to_owned()],
        destructive: true,
    };
    let planned = Planned { steps: vec![step], ..Planned::default() };
    Plan {
        platform: "harbour".to_owned(),
        environment: "production".to_owned(),
        regions: BTreeMap::from([("us-east-1".to_owned(), RegionPlan::Planned(planned))]),
        problems: Vec::new(),
    }
}

fn saved(plan: &Plan) -> PlanFile {
    let source = Source { name: "harbour.yaml".to_owned(), text: "platform: harbour".to_owned() };
    let document = Document::parse(source);
    let user_data = Err("no such file".to_owned());
    let files = Files::from([("start.sh".to_owned(), user_data)]);
    let options = Options { prune: true, ..Options::default() };
    PlanFile::new(&SpecFile { document, files }, &options, plan).unwrap()
}

#[test]
fn a_plan_reads_back_as_it_was_written() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan.json");
    saved(&plan(10)).write(&path).unwrap();
    let read = PlanFile::read(&path).unwrap();
    assert_eq!(read.environment, "production");
    assert!(read.options().prune && !read.options().adopt);
    let spec = read.spec_file();
    assert_eq!(spec.document.source.text, "platform: harbour");
    assert_eq!(spec.files["start.sh"], Err("no such file".to_owned()));
    read.check_against(&plan(10)).unwrap();
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "no draft stays behind");
}

#[test]
fn a_plan_keeps_the_overlay_that_it_was_made_with() {
    let source = |name: &str, text: &str| Source { name: name.to_owned(), text: text.to_owned() };
    let document = Document::parse(source("harbour.yaml", "platform: harbour"))
        .overlaid(source("west.yaml", "regions: {}"));
    let file = SpecFile { document, files: Files::new() };
    let saved_with = PlanFile::new(&file, &Options::default(), &plan(10)).unwrap();
    let overlay = saved_with.spec_file().document.overlay().cloned();
    assert_eq!(overlay, Some(source("west.yaml", "regions: {}")));
    let refusal = |plan: &PlanFile, asked| {
        plan.check_overlay(asked).map_err(|error| error.to_string()).err().unwrap_or_default()
    };
    assert_eq!(refusal(&saved_with, None), "");
    assert_eq!(refusal(&saved_with, Some(Path::new("west.yaml"))), "");
    assert_eq!(
        refusal(&saved_with, Some(Path::new("east.yaml"))),
        "the plan was made with the overlay west.yaml, and --overlay says east.yaml"
    );
    assert_eq!(
        refusal(&saved(&plan(10)), Some(Path::new("east.yaml"))),
        "the plan was made without an overlay, and --overlay says east.yaml"
    );
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_a_plan_even_where_an_open_file_lay() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan.json");
    std::fs::write(&path, "{\"plimsoll_plan\": 1}").unwrap();
    saved(&plan(10)).write(&path).unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_world_that_moved_is_told_apart() {
    let mut now = plan(8);
    let dark = Unreachable {
        call: "ec2:DescribeSubnets".to_owned(),
        class: ErrorClass::Unreachable,
        message: "no answer".to_owned(),
    };
    now.regions.insert("eu-central-1".to_owned(), RegionPlan::Unreachable(dark));
    assert_snapshot!(saved(&plan(10)).check_against(&now).unwrap_err(), @r"
    the world has moved since the plan was made (- was planned, + would be now):
      - us-east-1: update group harbour-production-web-a: bounds.max 10 -> 5; terminates 3 instances
      + eu-central-1: could not be read: ec2:DescribeSubnets
      + us-east-1: update group harbour-production-web-a: bounds.max 8 -> 5; terminates 3 instances
    Nothing was done. Plan again, and look at it again.
    ");
}

#[test]
fn a_plan_that_was_shown_is_refused_when_the_world_moved_before_the_answer() {
    check_shown(&plan(10), &plan(10)).unwrap();
    assert_snapshot!(check_shown(&plan(10), &plan(8)).unwrap_err(), @r"
    the world has moved since the plan was shown (- was shown, + would be now):
      - us-east-1: update group harbour-production-web-a: bounds.max 10 -> 5; terminates 3 instances
      + us-east-1: update group harbour-production-web-a: bounds.max 8 -> 5; terminates 3 instances
    Nothing was done; run the command again.
    ");
}

#[test]
fn notes_follow_the_load_and_do_not_count() {
    let mut now = plan(10);
    let Some(RegionPlan::Planned(planned)) = now.regions.get_mut("us-east-1") else { panic!() };
    let text = "6 instances still run template v3".to_owned();
    planned.notes.push(Note { service: "web".to_owned(), text });
    saved(&plan(10)).check_against(&now).unwrap();
}

#[test]
fn load_is_no_move_unless_something_ends() {
    let change = |destructive, consequence: &str| {
        let mut plan = plan(10);
        let Some(RegionPlan::Planned(planned)) = plan.regions.get_mut("us-east-1") else {
            panic!()
        };
        planned.steps[0].destructive = destructive;
        planned.steps[0].consequences = vec![consequence.to_owned()];
        plan
    };
    let (then, now) = (change(false, "3 running"), change(false, "4 running"));
    saved(&then).check_against(&now).unwrap();
    let (then, now) = (change(true, "terminates 3"), change(true, "terminates 4"));
    saved(&then).check_against(&now).unwrap_err();
    let (then, now) = (change(false, "3 running"), change(true, "terminates 3"));
    saved(&then).check_against(&now).unwrap_err();
}

#[test]
fn how_a_dark_region_fails_is_no_move() {
    let dark = |message: &str| {
        let mut plan = plan(10);
        let (call, message) = ("sts:GetCallerIdentity".to_owned(), message.to_owned());
        let why = Unreachable { call, class: ErrorClass::Unreachable, message };
        plan.regions.insert("eu-central-1".to_owned(), RegionPlan::Unreachable(why));
        plan
    };
    saved(&dark("request 1")).check_against(&dark("request 2")).unwrap();
}

#[test]
fn only_the_order_within_a_service_counts() {
    let ordered = |services: [&str; 2], maxima: [u32; 2]| {
        let [mut one, other] = maxima.map(plan);
        let step = |plan: &Plan| plan.regions["us-east-1"].steps()[0].clone();
        let mut steps = [step(&one), step(&other)];
        steps.iter_mut().zip(services).for_each(|(step, service)| step.service = service.into());
        let planned = Planned { steps: steps.to_vec(), ..Planned::default() };
        one.regions.insert("us-east-1".to_owned(), RegionPlan::Planned(planned));
        one
    };
    let then = saved(&ordered(["api", "web"], [8, 10]));
    then.check_against(&ordered(["web", "api"], [10, 8])).unwrap();
    let then = saved(&ordered(["web", "web"], [8, 10]));
    let refused = then.check_against(&ordered(["web", "web"], [10, 8])).unwrap_err();
    assert!(refused.to_string().contains("the order of the steps"), "{refused}");
}

#[test]
fn nothing_but_a_plan_is_replaced() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("harbour.yaml");
    std::fs::write(&path, "platform: harbour").unwrap();
    let refused = saved(&plan(10)).write(&path).unwrap_err();
    assert!(refused.to_string().ends_with("exists and is no plan; name another file with --out"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "platform: harbour");
    saved(&plan(10)).write(folder.path()).unwrap_err();
    let path = folder.path().join("plan.json");
    saved(&plan(10)).write(&path).unwrap();
    saved(&plan(8)).write(&path).unwrap();
    PlanFile::read(&path).unwrap().check_against(&plan(8)).unwrap();
}

#[test]
fn a_spec_given_as_a_plan_is_told_apart() {
    let folder = TempDir::new().unwrap();
    for (name, text) in [("alfred.yaml", ""), ("alfred", "environments: { production: {} }")] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let (refused, path) = (PlanFile::read(&path).unwrap_err().to_string(), path.display());
        assert_eq!(refused, format!("{path} is a spec; run `plimsoll apply --file {path}`"));
    }
}
