//! `plimsoll iam policy`: the least policy for a role, without AWS.

use anyhow::{Result, bail};
use plimsoll_aws::iam::{self, Boundary, Role};
use plimsoll_core::spec::{Region, Spec};

use crate::args::{IamCommand, IamPolicyArgs, RoleArg};
use crate::exit::Exit;
use crate::spec_file::SpecFile;
use crate::view::{Console, json};

/// Prints the policy. It is JSON in both forms of output: AWS takes nothing else.
pub(crate) fn run(command: &IamCommand, console: Console) -> Result<Exit> {
    let IamCommand::Policy(args) = command;
    let file = SpecFile::read(&args.spec)?;
    let (spec, doubts) = file.compiled(args.spec.environment.as_deref(), args.spec.strict)?;
    if doubts.any() {
        console.aside(format_args!("{doubts}; `plimsoll validate` shows them"));
    }
    let boundary = boundary(&spec, args)?;
    let mut policy = iam::policy(role(args.role), &boundary);
    if args.traffic {
        policy = iam::with_traffic(policy, &boundary);
    }
    // Whether the JSON crate sorts by itself depends on what else is compiled with it.
    policy.sort_all_objects();
    json(&policy)?;
    Ok(Exit::Done)
}

const fn role(role: RoleArg) -> Role {
    match role {
        RoleArg::Controller => Role::Controller,
        RoleArg::Operator => Role::Operator,
        RoleArg::Reader => Role::Reader,
    }
}

fn boundary(spec: &Spec, args: &IamPolicyArgs) -> Result<Boundary> {
    let regions: Vec<&str> = spec.regions.keys().map(String::as_str).collect();
    let declared = regions.join(", ");
    let region = match (&args.region, regions.as_slice()) {
        (Some(asked), all) if !all.contains(&asked.as_str()) => {
            bail!("--region {asked}: the spec has no such region; it has {declared}")
        }
        (Some(asked), _) => asked.clone(),
        (None, [only]) => (*only).to_owned(),
        (None, _) if args.role == RoleArg::Controller => {
            bail!("a controller writes in its own region alone; name it with --region: {declared}")
        }
        (None, _) => "*".to_owned(),
    };
    if args.traffic && args.role != RoleArg::Controller {
        bail!(
            "--traffic is a controller's vote on where traffic goes; leave it out, or ask --for controller"
        );
    }
    // All regions of a platform lie in one account, and so in one partition.
    let partition = Boundary::partition_of(regions.first().copied().unwrap_or_default());
    Ok(Boundary {
        partition: partition.to_owned(),
        account: args.account.clone().unwrap_or_else(|| spec.account.clone()),
        region,
        platform: spec.platform.clone(),
        environment: spec.environment.clone(),
        most: spec.regions.values().map(most).max().unwrap_or_default(),
    })
}

/// The largest size that a group may ever have in a region: its declared limit, or else the largest
/// maximum that a service or its schedule declares.
fn most(region: &Region) -> u32 {
    let declared = region.services.values().flat_map(|service| {
        let scheduled = service.schedule.values().filter_map(|entry| entry.max);
        scheduled.chain([service.bounds.max])
    });
    region.limits.instances_per_service.or_else(|| declared.max()).unwrap_or_default()
}
