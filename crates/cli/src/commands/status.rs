//! `plimsoll status`: every service in every region. Makes no change.

use anyhow::Result;
use jiff::Timestamp;
use plimsoll_aws::published;
use plimsoll_core::status::{Status, status};

use crate::args::TargetArgs;
use crate::exit::Exit;
use crate::parameters::{self, ByRegion, Parameters};
use crate::session::Session;
use crate::view::Console;
use crate::view::published::{Differing, Published};
use crate::view::status::StatusView;

/// Shows the table.
pub(crate) async fn run(args: &TargetArgs, console: Console) -> Result<Exit> {
    let session = Session::open(args, None, console).await?;
    let (world, parameters) =
        futures::future::join(session.observe(true), parameters::read(&session)).await;
    let world = world?;
    let status = status(&session.spec, &world, Timestamp::now(), &session.options);
    let published = differing(&session, parameters, &status);
    console.result(&StatusView {
        status: &status,
        doubts: session.doubts.problems(),
        published,
    })?;
    let stopped = session.stopped_by(&status.problems);
    Ok(ended(stopped, !status.unreachable.is_empty()))
}

/// Where the controllers read another spec. A region without a published spec says nothing, and one
/// that could not be read at all has said so.
fn differing(session: &Session, read: ByRegion<Parameters>, status: &Status) -> Differing {
    let source = &session.file.document.source;
    let regions = read.into_iter().filter(|(region, _)| !status.unreachable.contains_key(region));
    let published = regions.map(|(region, read)| {
        let of = |found: Parameters| Published::of(found.spec.as_deref(), &source.text);
        (region, read.map_or_else(Published::Unknown, of))
    });
    let differs =
        |published: &Published| !matches!(published, Published::Nothing | Published::Same);
    Differing {
        file: source.name.clone(),
        digest: published::digest(&source.text),
        regions: published.filter(|(_, published)| differs(published)).collect(),
    }
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
