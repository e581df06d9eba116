//! The contract of [`Cloud`], as cases that every implementation keeps.
//!
//! A runner brings a [`Subject`], and makes tests of the cases with `every_case`. A case gets a
//! world of its own: networks and a target group in two regions, and nothing else. Where a cloud
//! cannot keep the contract, the gap is written down in its runner and nowhere else.

mod alarms;
mod groups;
mod measures;
mod parts;
mod plans;
mod published;
mod reads;
mod steps;
mod templates;
mod updates;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use plimsoll_core::cloud::{Cloud, Window};
use plimsoll_core::spec::{Document, Files, Source, Spec};

pub(crate) use alarms::*;
pub(crate) use groups::*;
pub(crate) use measures::*;
pub(crate) use parts::*;
pub(crate) use plans::*;
pub(crate) use published::*;
pub(crate) use reads::*;
pub(crate) use templates::*;
pub(crate) use updates::*;

/// The region in which the cases work.
pub(crate) const HERE: &str = "us-east-1";
/// The region that may cease to answer.
pub(crate) const THERE: &str = "us-west-2";
/// A group with every part.
pub(crate) const WEB: &str = "contract-production-web-a";
/// A group of a stateful service, with few parts.
pub(crate) const CACHE: &str = "contract-production-cache-a";
/// A group that is not there.
pub(crate) const NOBODY: &str = "contract-production-nobody-a";

/// A cloud that is tried, and what a case needs besides it.
pub(crate) trait Subject {
    /// The implementation.
    type Cloud: Cloud;

    /// The cloud.
    fn cloud(&self) -> &Self::Cloud;

    /// The same cloud, in which [`THERE`] does not answer any more.
    fn without_there(&self) -> &Self::Cloud;

    /// What time it is there.
    fn now(&self) -> Timestamp;

    /// Lets pass what an instance needs until it is in service.
    fn settle(&self);

    /// Lets [`WEB`]'s CPU be measured for minutes, and says in which time.
    fn measured(&self) -> Window;
}

/// The platform that every case stands on.
pub(crate) fn spec() -> &'static Spec {
    static SPEC: LazyLock<Spec> = LazyLock::new(|| {
        let text = include_str!("platform.yaml").to_owned();
        let document = Document::parse(Source { name: "platform.yaml".to_owned(), text });
        let compiled = document.compile("production", &Files::new());
        compiled.spec.unwrap_or_else(|| panic!("{:#?}", compiled.problems))
    });
    &SPEC
}

/// A map of one entry.
fn one<T>(key: &str, value: T) -> BTreeMap<String, T> {
    BTreeMap::from([(key.to_owned(), value)])
}

/// Hands every case to a macro of the runner, which makes a test of it.
macro_rules! every_case {
    ($test:ident) => {
        $test!(a_plan_that_was_applied_leaves_nothing_to_do);
        $test!(a_plan_that_is_carried_out_again_changes_nothing);
        $test!(a_platform_that_was_destroyed_leaves_nothing);
        $test!(a_create_that_is_repeated_finds_its_own_group);
        $test!(a_name_that_somebody_else_has_is_taken);
        $test!(a_create_that_names_no_owner_takes_no_group_over);
        $test!(a_group_is_not_made_with_its_bounds_in_the_wrong_order);
        $test!(a_group_that_is_not_there_cannot_be_changed);
        $test!(what_is_removed_from_a_group_that_is_not_there_is_removed);
        $test!(a_deleted_group_is_gone_and_its_neighbour_stays);
        $test!(groups_of_others_stand_beside_ours);
        $test!(bounds_in_the_wrong_order_are_refused_and_change_nothing);
        $test!(a_desired_capacity_outside_the_bounds_is_refused_and_changes_nothing);
        $test!(new_bounds_take_the_desired_capacity_along);
        $test!(every_setting_is_read_back_as_it_was_changed);
        $test!(settings_that_were_unset_are_read_back_as_unset);
        $test!(a_change_leaves_what_it_does_not_name);
        $test!(an_update_to_no_version_of_a_template_is_refused);
        $test!(a_template_that_is_created_again_keeps_its_version);
        $test!(a_template_that_launches_something_else_keeps_its_name);
        $test!(versions_of_a_template_count_up_and_a_repeat_makes_none);
        $test!(a_template_that_is_not_there_gets_no_version);
        $test!(a_template_that_was_deleted_and_made_again_is_another);
        $test!(policies_are_read_back_as_they_were_put);
        $test!(schedules_hooks_and_warm_pools_are_read_back_as_they_were_put);
        $test!(a_put_replaces_the_whole_part);
        $test!(every_action_on_a_part_may_be_repeated);
        $test!(tags_of_others_stay);
        $test!(alarms_are_read_back_as_they_were_put);
        $test!(an_alarm_that_is_put_again_is_replaced);
        $test!(alarms_that_are_not_there_are_deleted);
        $test!(only_alarms_with_the_prefix_of_the_platform_are_read);
        $test!(reads_change_nothing);
        $test!(only_what_is_asked_for_is_read);
        $test!(the_health_of_targets_is_that_of_the_instances_in_service);
        $test!(a_namesake_is_told_apart_from_our_groups);
        $test!(a_region_that_does_not_answer_is_data_and_the_rest_works);
        $test!(an_action_in_a_region_that_does_not_answer_is_unreachable);
        $test!(series_come_in_the_order_of_the_queries);
        $test!(points_are_whole_periods_of_the_window_in_order);
        $test!(a_metric_that_nobody_knows_is_a_series_that_says_so);
        $test!(a_region_that_does_not_answer_is_not_measured);
        $test!(what_is_published_can_be_measured);
        $test!(nothing_is_published_where_nobody_answers);
        $test!(an_endpoint_that_does_not_answer_is_not_well);
    };
}
pub(crate) use every_case;
