//! `plimsoll destroy`: deletes every group of an environment, with its instances.

use anyhow::Result;
use plimsoll_core::plan;

use super::carry_out::{AGAIN, carry_out};
use crate::args::DestroyArgs;
use crate::exit::Exit;
use crate::session::Session;
use crate::view::plan::PlanView;
use crate::view::prompt::agree_by_name;
use crate::view::{Console, note};

/// Plans, shows, asks for the name, deletes and reports.
pub(crate) async fn run(args: &DestroyArgs, console: Console) -> Result<Exit> {
    let session = Session::open(&args.target, None, console).await?;
    let world = session.observe(false).await?;
    let plan = plan::destroy(&session.spec, &world, &session.options);
    let title = session.spec.title();
    let idle = format!("Nothing to delete: {title} has no groups and no launch templates");
    let view = PlanView::new(&plan, session.doubts.problems(), &idle);
    session.refuse(&plan.problems)?;
    if !plan.is_empty() {
        note(&view);
        let what = "This deletes all of the above, with all instances.";
        agree_by_name(&title, what, "--yes-destroy", args.yes_destroy.as_deref())?;
    }
    carry_out(&session, view, AGAIN).await
}
