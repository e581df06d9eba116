//! Whose is what: strays, namesakes, regions in the dark, and going away.

use plimsoll_core::action::Action;
use plimsoll_core::cloud::ErrorClass;
use plimsoll_core::plan::{Options, Plan, RegionPlan, destroy, plan, release};
use plimsoll_core::spec::code;
use plimsoll_core::world::{RegionState, Unreachable, World};

use super::memory::Memory;
use super::setting::{
    REGIONS, alfred, alfred_with, ground, group_mut, noon, notes, planned, region_mut, settled,
    steps, words,
};

const RAG: &str = "alfred-production-agent-rag-a";

fn without_rag() -> plimsoll_core::spec::Spec {
    alfred_with(|text| {
        text.replace(
            "environments:\n  production:\n    services:\n",
            "environments:\n  production:\n    services:\n      agent-rag: null\n",
        )
    })
}

fn with(world: &World, options: &Options) -> Plan {
    plan(&alfred(), world, noon(), options)
}

#[test]
fn a_service_that_the_spec_dropped_is_shown_and_stays() {
    let plan = planned(&without_rag(), &settled().world());
    assert!(plan.is_empty(), "{:#?}", words(&plan));
    let expected = format!("the spec no longer has {RAG} (2 instances); --prune deletes it");
    assert_eq!(notes(&plan, "us-east-1"), [expected]);
}

#[test]
fn prune_deletes_it_with_its_template() {
    let memory = settled();
    let options = Options { prune: true, ..Options::default() };
    let pruned = plan(&without_rag(), &memory.world(), noon(), &options);
    let doomed: Vec<_> = steps(&pruned, "us-east-1").iter().map(|s| s.action.to_string()).collect();
    assert_eq!(doomed, [format!("delete group {RAG}"), format!("delete launch template {RAG}")]);
    memory.apply(&pruned);
    assert!(plan(&without_rag(), &memory.world(), noon(), &options).is_empty());
}

/// A world in which somebody else's group has the name that we want.
fn taken() -> World {
    let mut world = settled().world();
    let region = region_mut(&mut world, "us-east-1");
    let at = region.groups.iter().position(|group| group.name == RAG).unwrap();
    let mut group = region.groups.remove(at);
    group.tags.retain(|key, _| !key.starts_with("plimsoll:"));
    region.namesakes.push(group);
    world
}

#[test]
fn a_group_of_another_owner_is_refused() {
    let plan = with(&taken(), &Options::default());
    let [problem] = plan.problems.as_slice() else { panic!("{:#?}", plan.problems) };
    assert_eq!(problem.code, code::NAME_TAKEN);
    assert!(problem.message.contains("was not made by Plimsoll"), "{}", problem.message);
    assert!(steps(&plan, "us-east-1").is_empty());
}

#[test]
fn adopting_it_sets_our_tags_and_nothing_else() {
    let memory = Memory::new(taken());
    let options = Options { adopt: true, ..Options::default() };
    let plan = with(&memory.world(), &options);
    let [step] = steps(&plan, "us-east-1") else { panic!("{:#?}", words(&plan)) };
    assert!(matches!(step.action, Action::PutTags { .. }));
    memory.apply(&plan);
    assert!(with(&memory.world(), &options).is_empty());
}

#[test]
fn a_region_in_the_dark_is_data_and_the_others_are_planned() {
    let mut world = ground();
    let why = Unreachable {
        call: "autoscaling:DescribeAutoScalingGroups".to_owned(),
        class: ErrorClass::Unreachable,
        message: "no answer".to_owned(),
    };
    world.regions.insert("us-east-1".to_owned(), RegionState::Unreachable(why.clone()));
    let plan = planned(&alfred(), &world);
    assert_eq!(plan.regions["us-east-1"], RegionPlan::Unreachable(why));
    assert!(!steps(&plan, "us-west-2").is_empty());
}

#[test]
fn a_step_that_fails_skips_the_rest_of_its_service_only() {
    let mut memory = Memory::new(ground());
    memory.broken = Some("create group alfred-production-agent-core-a");
    let reports = memory.apply(&planned(&alfred(), &ground()));
    for region in REGIONS {
        let report = &reports[region];
        assert_eq!(report.failed.len(), 1);
        assert_eq!(report.failed[0].service, "agent-core");
        assert!(report.skipped > 0);
    }
    memory.broken = None;
    let rest = planned(&alfred(), &memory.world());
    assert!(words(&rest).iter().any(|word| word.contains("create group")), "{:#?}", words(&rest));
    memory.apply(&rest);
    assert!(planned(&alfred(), &memory.world()).is_empty());
}

#[test]
fn destroy_takes_groups_and_templates_and_finishes_what_was_cut_short() {
    let memory = settled();
    let options = Options::default();
    memory.apply_until(&destroy(&alfred(), &memory.world(), &options), 11);
    memory.apply(&destroy(&alfred(), &memory.world(), &options));
    let mut world = memory.world();
    for region in REGIONS {
        let region = region_mut(&mut world, region);
        assert!(region.groups.is_empty() && region.templates.is_empty());
    }
    assert!(destroy(&alfred(), &world, &options).is_empty());
}

#[test]
fn release_takes_our_tags_and_leaves_the_rest() {
    let memory = settled();
    let before = memory.world();
    memory.apply(&release(&alfred(), &before, &Options::default()));
    let (mut before, mut after) = (before, memory.world());
    for region in REGIONS {
        for (old, new) in region_mut(&mut before, region)
            .groups
            .iter_mut()
            .zip(&region_mut(&mut after, region).groups)
        {
            old.tags.retain(|key, _| !key.starts_with("plimsoll:"));
            assert_eq!(old, new);
        }
    }
}

#[test]
fn a_filter_leaves_out_other_regions_and_services() {
    let options = Options {
        regions: ["us-east-1".to_owned()].into(),
        services: ["redis".to_owned()].into(),
        ..Options::default()
    };
    let plan = with(&ground(), &options);
    assert_eq!(plan.regions.len(), 1);
    assert!(steps(&plan, "us-east-1").iter().all(|step| step.service == "redis"));
}

#[test]
fn a_template_that_a_released_group_launches_from_stays() {
    let memory = settled();
    memory.apply(&release(&alfred(), &memory.world(), &Options::default()));
    // What the AWS port reads then: no group of ours, and groups with the names of our templates.
    let mut world = memory.world();
    for region in REGIONS {
        let region = region_mut(&mut world, region);
        region.namesakes = std::mem::take(&mut region.groups);
    }
    let plan = destroy(&alfred(), &world, &Options::default());
    assert!(plan.is_empty(), "{:#?}", words(&plan));
    assert!(
        notes(&plan, "us-east-1").contains(&format!("launch template {RAG} stays: {RAG} uses it"))
    );
}

#[test]
fn a_service_tag_that_was_lost_is_put_back_and_the_group_is_no_stray() {
    let mut world = settled().world();
    group_mut(&mut world, "us-east-1", RAG).tags.remove("plimsoll:service");
    let options = Options { prune: true, ..Options::default() };
    let plan = with(&world, &options);
    let [step] = steps(&plan, "us-east-1") else { panic!("{:#?}", words(&plan)) };
    assert!(matches!(step.action, Action::PutTags { .. }));
    let memory = Memory::new(world);
    memory.apply(&plan);
    assert!(with(&memory.world(), &options).is_empty());
}

#[test]
fn a_role_that_somebody_set_is_not_guessed_away() {
    let mut world = settled().world();
    let group = group_mut(&mut world, "us-east-1", RAG);
    group.tags.get_mut("plimsoll:role").unwrap().value = "retired".to_owned();
    let plan = with(&world, &Options::default());
    let [problem] = plan.problems.as_slice() else { panic!("{:#?}", plan.problems) };
    assert!(problem.message.contains("is `retired`, not `active`"), "{}", problem.message);
    assert!(steps(&plan, "us-east-1").is_empty());
}

#[test]
fn a_template_that_was_made_again_under_its_name_is_pointed_at() {
    let mut world = settled().world();
    let region = region_mut(&mut world, "us-east-1");
    region.templates.get_mut(RAG).unwrap().id = "lt-another".to_owned();
    let plan = with(&world, &Options::default());
    let [step] = steps(&plan, "us-east-1") else { panic!("{:#?}", words(&plan)) };
    let Action::UpdateGroup { change, .. } = &step.action else { panic!("{}", step.action) };
    assert_eq!(change.template.as_ref().unwrap().version, "1");
}

#[test]
fn an_adopted_group_gets_the_hooks_at_once() {
    let spec = alfred_with(|text| {
        text.replace(
            "  agent-rag:\n    bounds",
            "  agent-rag:\n    hooks: { drain: { on: terminate } }\n    bounds",
        )
    });
    let mut world = taken();
    region_mut(&mut world, "us-east-1").namesakes[0].hooks = None;
    let options = Options { adopt: true, ..Options::default() };
    let plan = plan(&spec, &world, noon(), &options);
    let hook = |step: &plimsoll_core::plan::Step| matches!(step.action, Action::PutHook { .. });
    assert!(steps(&plan, "us-east-1").iter().any(hook), "{:#?}", words(&plan));
}
