//! `plimsoll plan`: what apply would do. Makes no change.

use anyhow::Result;
use jiff::Timestamp;
use plimsoll_core::plan;

use crate::args::PlanArgs;
use crate::exit::Exit;
use crate::plan_file::PlanFile;
use crate::session::Session;
use crate::view::Console;
use crate::view::plan::PlanView;

/// Shows the plan, and writes it to a file when asked.
pub(crate) async fn run(args: &PlanArgs, console: Console) -> Result<Exit> {
    // Before AWS is asked: a refusal at the end would waste the wait.
    args.out.as_deref().map_or(Ok(()), PlanFile::check_place)?;
    let session = Session::open(&args.target, Some(args.reach), console).await?;
    let world = session.observe(false).await?;
    let plan = plan::plan(&session.spec, &world, Timestamp::now(), &session.options);
    let idle = session.up_to_date(&plan);
    let view = PlanView::new(&plan, session.doubts.problems(), &idle);
    console.result(&view)?;
    if let Some(path) = &args.out {
        PlanFile::new(&session.file, &session.options, &plan)?.write(path)?;
        let path = path.display();
        console.aside(format_args!("Wrote {path}; carry it out with: plimsoll apply {path}"));
    }
    Ok(if session.stopped_by(&plan.problems) {
        Exit::Error
    } else if view.summary.unreachable > 0 {
        Exit::Partial
    } else if args.detailed_exitcode && !plan.is_empty() {
        Exit::ChangesPending
    } else {
        Exit::Done
    })
}
