//! `plimsoll status`: every service in every region. Makes no change.

use anyhow::Result;
use jiff::Timestamp;
use plimsoll_core::status::status;

use crate::args::TargetArgs;
use crate::exit::Exit;
use crate::session::Session;
use crate::view::Console;
use crate::view::status::StatusView;

/// Shows the table.
pub(crate) async fn run(args: &TargetArgs, console: Console) -> Result<Exit> {
    let session = Session::open(args, None, console).await?;
    let world = session.observe(true).await?;
    let status = status(&session.spec, &world, Timestamp::now(), &session.options);
    console.result(&StatusView { status: &status, doubts: session.doubts.problems() })?;
    Ok(if status.unreachable.is_empty() { Exit::Done } else { Exit::Partial })
}
