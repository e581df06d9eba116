//! `plimsoll controller stop` and `start`: the red button.

use anyhow::Result;
use jiff::Timestamp;
use plimsoll_core::controller::switch::{self, Stop, Switch};

use super::some_answer;
use crate::args::{ControllerArgs, StartArgs, StopArgs};
use crate::exit::Exit;
use crate::parameters;
use crate::session::Session;
use crate::view::controller::{Fate, PressView};
use crate::view::prompt::agree;
use crate::view::{Console, count};

/// Stops the controllers that are not stopped yet: who stopped one first, and why, stays.
pub(super) async fn stop(args: &StopArgs, console: Console) -> Result<Exit> {
    let session = open(&args.controllers, console).await?;
    let wanted = Switch::Stop(Stop::new(&session.caller, Timestamp::now(), &args.reason));
    press(&session, wanted, args.yes).await
}

/// Lets the controllers that are stopped act again.
pub(super) async fn start(args: &StartArgs, console: Console) -> Result<Exit> {
    let session = open(&args.controllers, console).await?;
    press(&session, Switch::Run, args.yes).await
}

async fn open(args: &ControllerArgs, console: Console) -> Result<Session> {
    Session::open(&args.target(), None, console).await
}

async fn press(session: &Session, wanted: Switch, yes: bool) -> Result<Exit> {
    let read = parameters::read(session).await;
    some_answer(&read)?;
    let as_wanted = |found: &Switch| {
        matches!((found, &wanted), (Switch::Run, Switch::Run) | (Switch::Stop(_), Switch::Stop(_)))
    };
    let due = parameters::due(&read, |found| as_wanted(&Switch::read(found.switch.as_deref())));
    let title = session.spec.title();
    if !due.is_empty() && !yes {
        agree(&question(&wanted, &title, due.len()))?;
    }
    let name = switch::parameter(&session.spec.platform, &session.spec.environment);
    let mut written = parameters::write(session, &due, &name, &wanted.to_string()).await;
    let regions = read.into_iter().map(|(region, read)| {
        let fate = match (written.remove(&region), read) {
            (Some(Ok(())), _) => Fate::Written,
            (Some(Err(error)), _) | (None, Err(error)) => Fate::Failed(error),
            (None, Ok(found)) => Fate::Already(Switch::read(found.switch.as_deref())),
        };
        (region, fate)
    });
    let view = PressView { title, switch: wanted.clone(), regions: regions.collect() };
    session.console.result(&view)?;
    Ok(view.exit())
}

fn question(wanted: &Switch, title: &str, regions: usize) -> String {
    let regions = count(regions, "region");
    match wanted {
        Switch::Run => format!("Let the controllers of {title} act again in {regions}?"),
        Switch::Stop(_) => format!("Stop the controllers of {title} in {regions}?"),
    }
}
