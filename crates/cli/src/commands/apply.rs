//! `plimsoll apply`: makes the regions match the spec.

use anyhow::{Result, bail};
use jiff::Timestamp;
use plimsoll_core::action::Action;
use plimsoll_core::plan::{self, Plan, RegionPlan};
use plimsoll_core::world::World;

use super::carry_out::{AGAIN, carry_out};
use super::publish::Publishing;
use crate::args::ApplyArgs;
use crate::exit::Exit;
use crate::plan_file::PlanFile;
use crate::session::Session;
use crate::view::plan::PlanView;
use crate::view::prompt::{Consent, agree, agree_by_name};
use crate::view::{Console, count, note};

/// Plans, shows, asks, acts and reports.
pub(crate) async fn run(args: &ApplyArgs, console: Console) -> Result<Exit> {
    let saved = args.plan_file.as_deref().map(PlanFile::read).transpose()?;
    let session = match &saved {
        Some(saved) => Session::resume(saved, &args.target, console).await?,
        None => Session::open(&args.target, Some(args.reach), console).await?,
    };
    // Before anything is done: a spec that is too large to be published would be found last.
    let publishing = if args.publish { Some(Publishing::prepare(&session).await?) } else { None };
    let due = publishing.as_ref().map_or(0, |publishing| publishing.due.len());
    let world = session.observe(false).await?;
    let make = |world: &World| plan::plan(&session.spec, world, Timestamp::now(), &session.options);
    let plan = make(&world);
    if let Some(saved) = &saved {
        saved.check_against(&plan)?;
    }
    let idle = session.up_to_date(&plan);
    if !plan.is_empty() {
        note(PlanView::new(&plan, session.doubts.problems(), &idle));
    }
    session.refuse(&plan.problems)?;
    let consent = if plan.is_empty() && due == 0 {
        Consent::Given
    } else {
        confirm(args, &session, &plan, due)?
    };
    let plan = session.renew(plan, consent, make).await?;
    let view = PlanView::new(&plan, session.doubts.problems(), &idle);
    let again = saved.map_or(AGAIN, |_| "Plan again for the rest");
    carry_out(&session, view, again, publishing).await
}

fn confirm(args: &ApplyArgs, session: &Session, plan: &Plan, due: usize) -> Result<Consent> {
    let title = session.spec.title();
    let mut consent = Consent::Given;
    if !args.yes {
        consent = agree(&question(plan, &title, due))?;
    }
    let deleted = plan
        .regions
        .values()
        .flat_map(RegionPlan::steps)
        .filter(|step| matches!(step.action, Action::DeleteGroup { .. }))
        .count();
    if deleted > 0 {
        let what = format!("Pruning deletes {} with all instances.", count(deleted, "group"));
        let named = agree_by_name(&title, &what, "--yes-prune", args.yes_prune.as_deref())?;
        if named == Consent::Answered {
            consent = named;
        }
    } else if let Some(name) = args.yes_prune.as_ref().filter(|name| **name != title) {
        bail!("--yes-prune is `{name}` and not `{title}`; nothing was done");
    }
    Ok(consent)
}

fn question(plan: &Plan, title: &str, due: usize) -> String {
    let publish = format!("ublish the spec of {title} in {}?", count(due, "region"));
    if plan.is_empty() {
        return format!("P{publish}");
    }
    let regions = plan.regions.values().filter(|region| !region.steps().is_empty()).count();
    let these = if plan.len() == 1 { "" } else { "these " };
    let (changes, regions) = (count(plan.len(), "change"), count(regions, "region"));
    let apply = format!("Apply {these}{changes} to {title} in {regions}");
    if due == 0 { format!("{apply}?") } else { format!("{apply}, then p{publish}") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plimsoll_core::plan::{Planned, Step};

    use super::*;

    fn asked(steps: usize, due: usize) -> String {
        let step = Step {
            service: "web".to_owned(),
            action: Action::DeleteTemplate { name: "harbour-production-web-a".to_owned() },
            changes: vec![],
            consequences: vec![],
            destructive: true,
        };
        let planned = Planned { steps: vec![step; steps], ..Planned::default() };
        let plan = Plan {
            platform: "harbour".to_owned(),
            environment: "production".to_owned(),
            regions: BTreeMap::from([("us-east-1".to_owned(), RegionPlan::Planned(planned))]),
            problems: vec![],
        };
        question(&plan, "harbour/production", due)
    }

    #[test]
    fn the_question_counts() {
        assert_eq!(asked(1, 0), "Apply 1 change to harbour/production in 1 region?");
        assert_eq!(asked(2, 0), "Apply these 2 changes to harbour/production in 1 region?");
        assert_eq!(asked(0, 2), "Publish the spec of harbour/production in 2 regions?");
        assert_eq!(
            asked(1, 3),
            "Apply 1 change to harbour/production in 1 region, then publish the spec of \
             harbour/production in 3 regions?"
        );
    }
}
