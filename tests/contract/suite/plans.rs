//! Plans: applied, repeated and undone.

use plimsoll_core::cloud::Cloud as _;
use plimsoll_core::plan::{self, Options};

use super::steps::{act_out, carry_out, groups, observe, planned, region, stand};
use super::{CACHE, HERE, Subject, THERE, WEB, spec};

pub(crate) async fn a_plan_that_was_applied_leaves_nothing_to_do(subject: &impl Subject) {
    stand(subject).await;
    let world = observe(subject).await;
    for name in [HERE, THERE] {
        let mut groups: Vec<_> =
            region(&world, name).groups.iter().map(|group| (&*group.name, group.desired)).collect();
        groups.sort_unstable();
        assert_eq!(groups, [(CACHE, 1), (WEB, 2)], "{name}");
    }
    let second = planned(subject).await;
    assert!(second.is_empty(), "{second:#?}");
    subject.settle();
    let later = planned(subject).await;
    assert!(later.is_empty(), "{later:#?}");
}

pub(crate) async fn a_plan_that_is_carried_out_again_changes_nothing(subject: &impl Subject) {
    let plan = planned(subject).await;
    let actions = act_out(subject, &plan, HERE).await;
    assert_eq!(actions.len(), plan.regions[HERE].steps().len());
    let before = observe(subject).await;
    for action in &actions {
        subject.cloud().act(HERE, action).await.unwrap_or_else(|error| panic!("{action}: {error}"));
    }
    let after = observe(subject).await;
    assert_eq!(region(&after, HERE), region(&before, HERE));
}

pub(crate) async fn a_platform_that_was_destroyed_leaves_nothing(subject: &impl Subject) {
    stand(subject).await;
    let destroy = plan::destroy(spec(), &observe(subject).await, &Options::default());
    carry_out(subject, &destroy).await;
    assert!(groups(subject).await.is_empty());
    let world = observe(subject).await;
    assert!(region(&world, HERE).templates.is_empty());
    // A second run of the same plan, as after a run whose end nobody saw.
    carry_out(subject, &destroy).await;
    let left = plan::destroy(spec(), &observe(subject).await, &Options::default());
    assert!(left.is_empty(), "{left:#?}");
}
