//! Settings and bounds of a group that is there.

use std::collections::BTreeSet;

use plimsoll_core::action::GroupChange;
use plimsoll_core::bounds::Bounds;
use plimsoll_core::cloud::ErrorClass;
use plimsoll_core::units::{Instances, Seconds};
use plimsoll_core::world::{Group, MaintenancePolicy, TemplateRef, ZoneDistribution};

use super::steps::{done, group, observe, refused, region, stand, update};
use super::{HERE, Subject, WEB};

/// A change of bounds and desired capacity alone.
fn sizes(
    min: Option<Instances>,
    max: Option<Instances>,
    desired: Option<Instances>,
) -> GroupChange {
    GroupChange { min, max, desired, ..GroupChange::default() }
}

async fn refused_without_effect(subject: &impl Subject, changes: &[GroupChange]) {
    stand(subject).await;
    let before = group(subject, WEB).await;
    for change in changes {
        // What comes with it is not done either.
        let change = GroupChange { health_check_grace: Some(Seconds(7)), ..change.clone() };
        refused(subject, &update(WEB, change), ErrorClass::Invalid).await;
        assert_eq!(group(subject, WEB).await, before);
    }
}

pub(crate) async fn bounds_in_the_wrong_order_are_refused_and_change_nothing(
    subject: &impl Subject,
) {
    let changes =
        [sizes(Some(7), None, None), sizes(None, Some(1), None), sizes(Some(4), Some(3), None)];
    refused_without_effect(subject, &changes).await;
}

pub(crate) async fn a_desired_capacity_outside_the_bounds_is_refused_and_changes_nothing(
    subject: &impl Subject,
) {
    let changes = [
        sizes(None, None, Some(1)),
        sizes(None, None, Some(7)),
        sizes(Some(3), None, Some(2)),
        sizes(None, Some(4), Some(5)),
    ];
    refused_without_effect(subject, &changes).await;
}

pub(crate) async fn new_bounds_take_the_desired_capacity_along(subject: &impl Subject) {
    stand(subject).await;
    for (change, bounds, desired) in [
        (sizes(Some(4), None, None), (4, 6), 4),
        (sizes(Some(1), None, None), (1, 6), 4),
        (sizes(None, Some(3), None), (1, 3), 3),
        (sizes(None, Some(9), None), (1, 9), 3),
        (sizes(None, None, Some(8)), (1, 9), 8),
        (sizes(Some(2), Some(5), Some(2)), (2, 5), 2),
        (sizes(Some(6), Some(7), None), (6, 7), 6),
    ] {
        done(subject, &update(WEB, change.clone())).await;
        let group = group(subject, WEB).await;
        let (min, max) = bounds;
        assert_eq!((group.bounds, group.desired), (Bounds { min, max }, desired), "{change:?}");
    }
}

/// Every setting, each unlike what it was, but the template.
fn unlike(group: &Group) -> GroupChange {
    let mut subnets: BTreeSet<String> = group.settings.subnets.clone();
    subnets.pop_first();
    GroupChange {
        min: Some(1),
        max: Some(9),
        desired: Some(3),
        template: None,
        subnets: Some(subnets),
        health_checks: Some(BTreeSet::from(["EC2".to_owned()])),
        health_check_grace: Some(Seconds(17)),
        warmup: Some(Some(Seconds(33))),
        termination_policies: Some(vec!["OldestInstance".to_owned(), "Default".to_owned()]),
        maintenance: Some(Some(MaintenancePolicy {
            min_healthy_percent: 90,
            max_healthy_percent: 120,
        })),
        zones: Some(ZoneDistribution::BalancedOnly),
        scale_in_protection: Some(true),
        max_instance_lifetime: Some(Some(Seconds(604_800))),
    }
}

pub(crate) async fn every_setting_is_read_back_as_it_was_changed(subject: &impl Subject) {
    stand(subject).await;
    let before = group(subject, WEB).await;
    let change = unlike(&before);
    done(subject, &update(WEB, change.clone())).await;
    let after = group(subject, WEB).await;
    assert_eq!((after.bounds, after.desired), (Bounds { min: 1, max: 9 }, 3));
    let settings = &after.settings;
    assert_eq!(settings.template, before.settings.template);
    assert_eq!(Some(&settings.subnets), change.subnets.as_ref());
    assert_eq!(Some(&settings.health_checks), change.health_checks.as_ref());
    assert_eq!(Some(settings.health_check_grace), change.health_check_grace);
    assert_eq!(Some(settings.warmup), change.warmup);
    assert_eq!(Some(&settings.termination_policies), change.termination_policies.as_ref());
    assert_eq!(Some(settings.maintenance), change.maintenance);
    assert_eq!(Some(settings.zones), change.zones);
    assert_eq!(Some(settings.scale_in_protection), change.scale_in_protection);
    assert_eq!(Some(settings.max_instance_lifetime), change.max_instance_lifetime);
    done(subject, &update(WEB, change)).await;
    assert_eq!(group(subject, WEB).await, after, "twice");
}

pub(crate) async fn settings_that_were_unset_are_read_back_as_unset(subject: &impl Subject) {
    stand(subject).await;
    let set = unlike(&group(subject, WEB).await);
    done(subject, &update(WEB, set)).await;
    let unset = GroupChange {
        warmup: Some(None),
        maintenance: Some(None),
        max_instance_lifetime: Some(None),
        ..GroupChange::default()
    };
    done(subject, &update(WEB, unset)).await;
    let settings = group(subject, WEB).await.settings;
    assert_eq!(settings.warmup, None);
    assert_eq!(settings.maintenance, None);
    assert_eq!(settings.max_instance_lifetime, None);
}

pub(crate) async fn a_change_leaves_what_it_does_not_name(subject: &impl Subject) {
    stand(subject).await;
    let mut expected = group(subject, WEB).await;
    let grace = Seconds(17);
    let change = GroupChange { health_check_grace: Some(grace), ..GroupChange::default() };
    done(subject, &update(WEB, change)).await;
    expected.settings.health_check_grace = grace;
    assert_eq!(group(subject, WEB).await, expected);
    let bounds = sizes(None, Some(8), None);
    done(subject, &update(WEB, bounds)).await;
    expected.bounds.max = 8;
    assert_eq!(group(subject, WEB).await, expected);
}

pub(crate) async fn an_update_to_no_version_of_a_template_is_refused(subject: &impl Subject) {
    stand(subject).await;
    let before = observe(subject).await;
    let template = TemplateRef { name: WEB.to_owned(), version: String::new() };
    let change = GroupChange { template: Some(template), ..GroupChange::default() };
    refused(subject, &update(WEB, change), ErrorClass::Invalid).await;
    assert_eq!(region(&observe(subject).await, HERE), region(&before, HERE));
}
