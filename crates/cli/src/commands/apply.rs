//! `plimsoll apply`: makes the regions match the spec.

use anyhow::{Result, bail};
use jiff::Timestamp;
use plimsoll_core::action::Action;
use plimsoll_core::plan::{self, Plan, RegionPlan};

use super::carry_out::{AGAIN, carry_out};
use crate::args::ApplyArgs;
use crate::exit::Exit;
use crate::plan_file::PlanFile;
use crate::session::Session;
use crate::view::plan::PlanView;
use crate::view::prompt::{agree, agree_by_name};
use crate::view::{Console, count, note};

/// Plans, shows, asks, acts and reports.
pub(crate) async fn run(args: &ApplyArgs, console: Console) -> Result<Exit> {
    let saved = args.plan_file.as_deref().map(PlanFile::read).transpose()?;
    let session = match &saved {
        Some(saved) => Session::resume(saved, &args.target, console).await?,
        None => Session::open(&args.target, Some(args.reach), console).await?,
    };
    let world = session.observe(false).await?;
    let plan = plan::plan(&session.spec, &world, Timestamp::now(), &session.options);
    if let Some(saved) = &saved {
        saved.check_against(&plan)?;
    }
    let idle = session.up_to_date(&plan);
    let view = PlanView::new(&plan, session.doubts.problems(), &idle);
    if !plan.is_empty() {
        note(&view);
    }
    session.refuse(&plan.problems)?;
    if !plan.is_empty() {
        confirm(args, &session, &plan)?;
    }
    let again = saved.map_or(AGAIN, |_| "Plan again for the rest");
    carry_out(&session, view, again).await
}

fn confirm(args: &ApplyArgs, session: &Session, plan: &Plan) -> Result<()> {
    let title = session.spec.title();
    let regions = plan.regions.values().filter(|region| !region.steps().is_empty()).count();
    if !args.yes {
        let these = if plan.len() == 1 { "this" } else { "these" };
        agree(&format!(
            "Apply {these} {} to {title} in {}?",
            count(plan.len(), "change"),
            count(regions, "region")
        ))?;
    }
    let deleted = plan
        .regions
        .values()
        .flat_map(RegionPlan::steps)
        .filter(|step| matches!(step.action, Action::DeleteGroup { .. }))
        .count();
    if deleted > 0 {
        let what = format!("Pruning deletes {} with all instances.", count(deleted, "group"));
        agree_by_name(&title, &what, "--yes-prune", args.yes_prune.as_deref())?;
    } else if let Some(name) = args.yes_prune.as_ref().filter(|name| **name != title) {
        bail!("--yes-prune is `{name}` and not `{title}`; nothing was done");
    }
    Ok(())
}
