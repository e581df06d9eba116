//! Reads: they change nothing, read what is asked for, and take a dark region for data.

use std::collections::BTreeSet;

use plimsoll_core::action::{Action, GroupChange};
use plimsoll_core::cloud::{Cloud as _, ErrorClass, RegionScope, Scope};
use plimsoll_core::world::{RegionState, tag_keys};

use super::parts::tag;
use super::steps::{act, create_of, done, group, observe, region, scope, stand, update};
use super::{CACHE, HERE, Subject, THERE, WEB, one};

/// What is asked for of [`HERE`] alone.
fn asked(here: RegionScope) -> Scope {
    Scope { regions: one(HERE, here), ..scope() }
}

pub(crate) async fn reads_change_nothing(subject: &impl Subject) {
    stand(subject).await;
    let window = subject.measured();
    let first = observe(subject).await;
    let everything = RegionScope {
        policies: true,
        target_groups: true,
        group_names: BTreeSet::from([WEB.to_owned()]),
        hooks_of: BTreeSet::from([WEB.to_owned()]),
        resources: true,
        instance_types: true,
        alarms: true,
        target_health: true,
    };
    subject.cloud().observe(&asked(everything)).await;
    subject.cloud().measure(HERE, &[super::measures::cpu_of(WEB)], window).await.unwrap();
    assert_eq!(observe(subject).await, first);
}

pub(crate) async fn only_what_is_asked_for_is_read(subject: &impl Subject) {
    stand(subject).await;
    let world = subject.cloud().observe(&asked(RegionScope::default())).await;
    assert_eq!(world.regions.keys().collect::<Vec<_>>(), [HERE]);
    let bare = region(&world, HERE);
    assert_eq!(bare.groups.len(), 2, "groups are found by their tags");
    assert!(bare.groups.iter().all(|group| group.hooks.is_none()));
    assert!(bare.templates.is_empty() && bare.subnets.is_empty());
    assert!(bare.security_groups.is_empty() && bare.target_groups.is_empty());
    assert!(bare.instance_types.is_empty() && bare.alarms.is_empty());

    let hooks_of = BTreeSet::from([WEB.to_owned()]);
    let hooks = RegionScope { hooks_of, ..RegionScope::default() };
    let world = subject.cloud().observe(&asked(hooks)).await;
    for group in &region(&world, HERE).groups {
        assert_eq!(group.hooks.is_some(), group.name == WEB, "{}", group.name);
    }

    let resources = RegionScope { resources: true, ..RegionScope::default() };
    let world = subject.cloud().observe(&asked(resources)).await;
    let here = region(&world, HERE);
    assert_eq!(here.templates.keys().collect::<Vec<_>>(), [CACHE, WEB]);
    assert!(!here.subnets.is_empty() && !here.security_groups.is_empty());
    assert!(!here.target_groups.is_empty());
    assert!(here.target_groups.iter().all(|group| group.healthy_targets.is_none()));

    let labels = RegionScope { target_groups: true, ..RegionScope::default() };
    let world = subject.cloud().observe(&asked(labels)).await;
    let here = region(&world, HERE);
    assert!(here.subnets.is_empty() && here.templates.is_empty());
    assert!(!here.target_groups.is_empty());
    assert!(here.target_groups.iter().all(|group| group.healthy_targets.is_none()));

    let types = RegionScope { instance_types: true, ..RegionScope::default() };
    let world = subject.cloud().observe(&asked(types)).await;
    let types = &region(&world, HERE).instance_types;
    assert!(types.iter().any(|of| of.name == "c6i.large" && of.vcpus == 2));
}

pub(crate) async fn the_health_of_targets_is_that_of_the_instances_in_service(
    subject: &impl Subject,
) {
    stand(subject).await;
    subject.settle();
    let health = RegionScope { target_health: true, ..RegionScope::default() };
    let world = subject.cloud().observe(&asked(health)).await;
    let here = region(&world, HERE);
    let web = here.groups.iter().find(|group| group.name == WEB).unwrap();
    assert_eq!(web.in_service(), 2);
    let instances: BTreeSet<String> = web.instances.iter().map(|of| of.id.clone()).collect();
    for target_group in &here.target_groups {
        let ours = web.target_groups.contains(&target_group.arn);
        let expected = ours.then(|| instances.clone());
        assert_eq!(target_group.healthy_targets, expected, "{}", target_group.name);
    }
    assert_eq!(web.target_groups.len(), 1);
}

pub(crate) async fn a_namesake_is_told_apart_from_our_groups(subject: &impl Subject) {
    let mut theirs = create_of(subject, WEB).await;
    theirs.tags.insert(tag_keys::ENVIRONMENT.to_owned(), tag("staging"));
    done(subject, &Action::CreateGroup(Box::new(theirs))).await;
    let group_names = BTreeSet::from([WEB.to_owned()]);
    for (named, expected) in [(group_names, vec![WEB]), (BTreeSet::new(), vec![])] {
        let scope = RegionScope { group_names: named, ..RegionScope::default() };
        let world = subject.cloud().observe(&asked(scope)).await;
        let here = region(&world, HERE);
        assert!(here.groups.is_empty());
        let namesakes: Vec<&str> = here.namesakes.iter().map(|group| &*group.name).collect();
        assert_eq!(namesakes, expected);
    }
}

pub(crate) async fn a_region_that_does_not_answer_is_data_and_the_rest_works(
    subject: &impl Subject,
) {
    stand(subject).await;
    let cloud = subject.without_there();
    let world = cloud.observe(&scope()).await;
    assert_eq!(region(&world, HERE).groups.len(), 2);
    let RegionState::Unreachable(why) = &world.regions[THERE] else {
        panic!("{:#?}", world.regions[THERE])
    };
    assert_eq!(why.class, ErrorClass::Unreachable, "{why:?}");
    assert!(why.call.contains(':') && !why.message.is_empty(), "{why:?}");

    let change = GroupChange { max: Some(7), ..GroupChange::default() };
    cloud.act(HERE, &update(WEB, change)).await.unwrap();
    assert_eq!(group(subject, WEB).await.bounds.max, 7);
}

pub(crate) async fn an_action_in_a_region_that_does_not_answer_is_unreachable(
    subject: &impl Subject,
) {
    stand(subject).await;
    let action = update(WEB, GroupChange { max: Some(7), ..GroupChange::default() });
    let error = subject.without_there().act(THERE, &action).await.unwrap_err();
    assert_eq!((error.class, &*error.resource), (ErrorClass::Unreachable, WEB), "{error}");
    assert!(error.class.is_transient());
    act(subject, &action).await.unwrap();
}
