//! `plimsoll controller status`: whether the controllers are stopped, are alive, and follow this spec.
//! Makes no change.

use anyhow::Result;
use futures::future::{join, join_all};
use jiff::Timestamp;
use plimsoll_aws::published;
use plimsoll_core::cloud::Cloud as _;
use plimsoll_core::controller::switch::Switch;
use plimsoll_core::peers::{self, Questions, What};

use super::some_answer;
use crate::args::ControllerArgs;
use crate::exit::Exit;
use crate::parameters;
use crate::session::Session;
use crate::view::Console;
use crate::view::controller::{ControllerView, ControllersView, Heartbeat};
use crate::view::published::Published;

/// Shows each region's controller.
pub(super) async fn run(args: &ControllerArgs, console: Console) -> Result<Exit> {
    let session = Session::open(&args.target(), None, console).await?;
    let now = Timestamp::now();
    let heartbeats = join_all(session.regions().map(|region| heartbeat(&session, region, now)));
    let (read, heartbeats) = join(parameters::read(&session), heartbeats).await;
    some_answer(&read)?;
    let source = &session.file.document.source;
    let regions = read.into_iter().zip(heartbeats).map(|((region, read), heartbeat)| {
        let view = read.map(|found| ControllerView {
            switch: Switch::read(found.switch.as_deref()),
            heartbeat,
            published: Published::of(found.spec.as_deref(), &source.text),
        });
        (region, view.into())
    });
    let view = ControllersView {
        title: session.spec.title(),
        file: source.name.clone(),
        digest: published::digest(&source.text),
        now,
        regions: regions.collect(),
    };
    console.result(&view)?;
    Ok(view.exit())
}

/// When a region's controller was last heard of.
async fn heartbeat(session: &Session, region: &str, now: Timestamp) -> Heartbeat {
    let Questions { window, mut questions } = peers::brief(&session.spec, region, now);
    questions.retain(|question| question.what == What::Heartbeat);
    let queries = Questions { window, questions }.queries();
    match session.aws.measure(region, &queries, window).await {
        Ok(series) => {
            let points = series.iter().flat_map(|series| &series.points);
            points.map(|(at, _)| *at).max().map_or(Heartbeat::None, Heartbeat::At)
        }
        Err(why) => Heartbeat::Unknown(why),
    }
}
