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
    let stopped = session.stopped_by(&status.problems);
    Ok(ended(stopped, !status.unreachable.is_empty()))
}

/// A service that could not be compared weighs more than a region that could not be read: it has
/// to be mended, where the region may come back.
const fn ended(stopped: bool, dark: bool) -> Exit {
    match (stopped, dark) {
        (true, _) => Exit::Error,
        (false, true) => Exit::Partial,
        (false, false) => Exit::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_compared_is_no_success() {
        assert_eq!(ended(false, false), Exit::Done);
        assert_eq!(ended(false, true), Exit::Partial);
        assert_eq!(ended(true, false), Exit::Error);
        assert_eq!(ended(true, true), Exit::Error);
    }
}
