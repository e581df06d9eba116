//! `plimsoll release`: forgets an environment and leaves its groups running as they are.

use anyhow::Result;
use plimsoll_core::plan;
use plimsoll_core::world::World;

use super::carry_out::{AGAIN, carry_out};
use crate::args::ReleaseArgs;
use crate::exit::Exit;
use crate::session::Session;
use crate::view::plan::PlanView;
use crate::view::prompt::{Consent, agree_by_name};
use crate::view::{Console, note};

/// Plans, shows, asks for the name, takes the tags off and reports.
pub(crate) async fn run(args: &ReleaseArgs, console: Console) -> Result<Exit> {
    let session = Session::open(&args.target, None, console).await?;
    let world = session.observe(false).await?;
    let make = |world: &World| plan::release(&session.spec, world, &session.options);
    let plan = make(&world);
    let title = session.spec.title();
    let idle = format!("Nothing to release: {title} has no groups");
    session.refuse(&plan.problems)?;
    let mut consent = Consent::Given;
    if !plan.is_empty() {
        note(PlanView::new(&plan, session.doubts.problems(), &idle));
        let what = "Plimsoll forgets these groups; only apply --adopt takes them back.";
        consent = agree_by_name(&title, what, "--yes-release", args.yes_release.as_deref())?;
    }
    let plan = session.renew(plan, consent, make).await?;
    let view = PlanView::new(&plan, session.doubts.problems(), &idle);
    carry_out(&session, view, AGAIN, None).await
}
