//! Groups: made, found again, and deleted.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::action::{Action, GroupChange, NewGroup};
use plimsoll_core::bounds::Bounds;
use plimsoll_core::cloud::{Cloud as _, ErrorClass};
use plimsoll_core::world::tag_keys;

use super::measures::cpu_of;
use super::parts::{
    hook, pool, put_hook, put_policy, put_pool, put_schedule, schedule, tag, tracking,
};
use super::steps::{create_of, done, group, groups, namesake, refused, stand, update};
use super::{CACHE, HERE, NOBODY, Subject, WEB, one};

fn create(new: &NewGroup) -> Action {
    Action::CreateGroup(Box::new(new.clone()))
}

pub(crate) async fn a_create_that_is_repeated_finds_its_own_group(subject: &impl Subject) {
    let new = create_of(subject, WEB).await;
    done(subject, &create(&new)).await;
    let made = group(subject, WEB).await;
    assert_eq!((made.bounds, made.desired), (new.bounds, new.bounds.min));
    assert_eq!(made.settings, new.settings);
    assert_eq!(made.target_groups, new.target_groups);
    assert_eq!(made.hooks.as_ref(), Some(&new.hooks));
    assert_eq!(made.tags, new.tags);
    assert_eq!(made.warm_pool, None, "it does not travel in the create call");
    done(subject, &create(&new)).await;
    assert_eq!(group(subject, WEB).await, made);
}

pub(crate) async fn a_name_that_somebody_else_has_is_taken(subject: &impl Subject) {
    let ours = create_of(subject, WEB).await;
    for key in tag_keys::IDENTITY {
        let mut theirs = ours.clone();
        theirs.tags.insert(key.to_owned(), tag("somebody-else"));
        done(subject, &create(&theirs)).await;
        refused(subject, &create(&ours), ErrorClass::Taken).await;
        done(subject, &Action::DeleteGroup { group: WEB.to_owned() }).await;
    }
}

pub(crate) async fn a_create_that_names_no_owner_takes_no_group_over(subject: &impl Subject) {
    let ours = create_of(subject, WEB).await;
    done(subject, &create(&ours)).await;
    let nobodys = NewGroup { tags: BTreeMap::new(), ..ours };
    refused(subject, &create(&nobodys), ErrorClass::Taken).await;
}

pub(crate) async fn a_group_is_not_made_with_its_bounds_in_the_wrong_order(subject: &impl Subject) {
    let new = create_of(subject, WEB).await;
    let wrong = NewGroup { bounds: Bounds { min: 3, max: 2 }, ..new };
    refused(subject, &create(&wrong), ErrorClass::Invalid).await;
    assert!(groups(subject).await.is_empty());
}

pub(crate) async fn a_group_that_is_not_there_cannot_be_changed(subject: &impl Subject) {
    stand(subject).await;
    let metrics = BTreeSet::from(["GroupInServiceInstances".to_owned()]);
    let processes = BTreeSet::from(["AZRebalance".to_owned()]);
    let arns = group(subject, WEB).await.target_groups;
    let group = NOBODY.to_owned();
    let changes = [
        update(NOBODY, GroupChange { max: Some(3), ..GroupChange::default() }),
        Action::AttachTargetGroups { group: group.clone(), arns },
        Action::EnableMetrics { group: group.clone(), metrics: metrics.clone() },
        Action::DisableMetrics { group: group.clone(), metrics },
        Action::SuspendProcesses { group: group.clone(), processes: processes.clone() },
        Action::ResumeProcesses { group: group.clone(), processes },
        Action::PutTags { group, tags: one("Team", tag("web")) },
        put_policy(NOBODY, "any", &tracking(1_000_000)),
        put_schedule(NOBODY, "any", &schedule()),
        put_hook(NOBODY, "any", &hook()),
        put_pool(NOBODY, &pool()),
    ];
    for change in &changes {
        refused(subject, change, ErrorClass::NotFound).await;
    }
}

pub(crate) async fn what_is_removed_from_a_group_that_is_not_there_is_removed(
    subject: &impl Subject,
) {
    stand(subject).await;
    let arns = group(subject, WEB).await.target_groups;
    let (group, name) = (NOBODY.to_owned(), "any".to_owned());
    let removals = [
        Action::DeleteTags { group: group.clone(), keys: BTreeSet::from(["Team".to_owned()]) },
        Action::DetachTargetGroups { group: group.clone(), arns },
        Action::DeletePolicy { group: group.clone(), name: name.clone() },
        Action::DeleteSchedule { group: group.clone(), name: name.clone() },
        Action::DeleteHook { group: group.clone(), name },
        Action::DeleteWarmPool { group: group.clone() },
        Action::DeleteGroup { group: group.clone() },
        Action::DeleteTemplate { name: group },
    ];
    for removal in &removals {
        done(subject, removal).await;
    }
}

pub(crate) async fn a_deleted_group_is_gone_and_its_neighbour_stays(subject: &impl Subject) {
    stand(subject).await;
    let before = groups(subject).await;
    let delete = Action::DeleteGroup { group: CACHE.to_owned() };
    for _ in 0..2 {
        done(subject, &delete).await;
        let left = groups(subject).await;
        assert_eq!(left.keys().collect::<Vec<_>>(), [WEB]);
        assert_eq!(left[WEB], before[WEB]);
    }
}

pub(crate) async fn groups_of_others_stand_beside_ours(subject: &impl Subject) {
    let mut theirs = NewGroup { name: NOBODY.to_owned(), ..create_of(subject, WEB).await };
    for key in tag_keys::IDENTITY {
        theirs.tags.insert(key.to_owned(), tag("somebody-else"));
    }
    done(subject, &create(&theirs)).await;
    stand(subject).await;
    let window = subject.measured();
    let series = subject.cloud().measure(HERE, &[cpu_of(WEB)], window).await.unwrap();
    assert!(!series[0].points.is_empty(), "{series:?}");
    let ours = groups(subject).await;
    let sizes: Vec<_> = ours.iter().map(|(name, group)| (&**name, group.in_service())).collect();
    assert_eq!(sizes, [(CACHE, 1), (WEB, 2)]);

    let change = GroupChange { min: Some(3), max: Some(4), ..GroupChange::default() };
    done(subject, &update(NOBODY, change)).await;
    done(subject, &put_policy(NOBODY, "any", &tracking(1_000_000))).await;
    assert_eq!(groups(subject).await, ours);
    done(subject, &Action::DeleteGroup { group: CACHE.to_owned() }).await;
    done(subject, &Action::DeleteGroup { group: WEB.to_owned() }).await;
    let left = namesake(subject, NOBODY).await;
    assert_eq!((left.bounds, left.desired), (Bounds { min: 3, max: 4 }, 3));
    assert_eq!(left.policies, one("any", tracking(1_000_000)));
}
