//! What the spec names and the world must have.

use plimsoll_core::action::Action;
use plimsoll_core::plan::Plan;
use plimsoll_core::spec::code;
use plimsoll_core::world::{Metric, Policy, World};

use super::setting::{alfred, ground, planned, region_mut, steps};

fn planned_with(change: impl Fn(&mut World)) -> Plan {
    let mut world = ground();
    change(&mut world);
    planned(&alfred(), &world)
}

#[test]
fn the_resource_label_is_derived_from_the_target_group() {
    let plan = planned(&alfred(), &ground());
    let label = steps(&plan, "us-east-1").iter().find_map(|step| match &step.action {
        Action::PutPolicy { group, policy, .. } if group.contains("agent-core") => {
            match &**policy {
                Policy::TargetTracking(policy) => match &policy.metric {
                    Metric::Predefined { resource_label, .. } => resource_label.clone(),
                    Metric::Single(_) | Metric::Math(_) => None,
                },
                Policy::Step(_) | Policy::Predictive(_) | Policy::Foreign(_) => None,
            }
        }
        _ => None,
    });
    assert_eq!(label.unwrap(), "app/alfred-prod/1/targetgroup/alfred-prod-agent-core/1");
}

#[test]
fn a_target_group_that_a_region_lacks_is_named_with_the_nearest() {
    let plan = planned_with(|world| {
        let region = region_mut(world, "us-east-1");
        region.target_groups.iter_mut().for_each(|group| group.name.push('2'));
    });
    let problem = &plan.problems[0];
    assert_eq!(problem.code, code::NO_SUCH_TARGET_GROUP);
    assert_eq!(problem.message, "target group `alfred-prod-agent-core` is not in us-east-1");
    assert_eq!(problem.help.as_deref(), Some("did you mean `alfred-prod-agent-core2`?"));
    assert!(problem.place.is_some());
}

#[test]
fn a_target_group_behind_no_load_balancer_gives_no_metric() {
    let plan = planned_with(|world| {
        let region = region_mut(world, "us-east-1");
        region.target_groups.iter_mut().for_each(|group| group.load_balancers.clear());
    });
    assert!(plan.problems.iter().all(|problem| problem.code == code::NO_LOAD_BALANCER));
    assert!(!plan.problems.is_empty());
}

#[test]
fn no_subnet_or_security_group_is_a_problem_of_the_region() {
    let plan = planned_with(|world| {
        region_mut(world, "us-east-1").subnets.clear();
        region_mut(world, "us-west-2").security_groups.clear();
    });
    let said = |word: &str| plan.problems.iter().any(|problem| problem.message.contains(word));
    assert!(said("us-east-1 has no subnet with the tags"), "{:#?}", plan.problems);
    assert!(said("us-west-2 has no security group with the tags"), "{:#?}", plan.problems);
}

#[test]
fn subnets_in_two_networks_are_refused() {
    let plan = planned_with(|world| {
        region_mut(world, "us-east-1").subnets[0].vpc = "vpc-2".to_owned();
    });
    assert!(plan.problems[0].message.contains("lie in vpc-1 and vpc-2"), "{:#?}", plan.problems);
}

#[test]
fn the_smallest_type_that_fits_is_chosen_and_a_living_one_is_kept() {
    let chosen = |plan: &Plan, service: &str| {
        steps(plan, "us-east-1").iter().find_map(|step| match &step.action {
            Action::CreateTemplate { data, .. } if step.service == service => {
                Some(data.instance_type.clone())
            }
            _ => None,
        })
    };
    let plan = planned(&alfred(), &ground());
    assert_eq!(chosen(&plan, "redis").unwrap(), "t3.micro");
    assert_eq!(chosen(&plan, "vector-db").unwrap(), "c6i.large");

    let memory = super::memory::Memory::new(ground());
    memory.apply(&plan);
    let mut world = memory.world();
    let region = region_mut(&mut world, "us-east-1");
    let mut newer = region.instance_types[0].clone();
    newer.name = "a9.micro".to_owned();
    region.instance_types.push(newer);
    assert!(planned(&alfred(), &world).is_empty(), "a new type at AWS replaces nothing");
}
