//! Events of `EventBridge`.

use super::fields::{Fields, line, need};
use super::unknown;
use crate::trigger::Trigger;
use crate::trigger::alarm::{Alarm, AlarmState};
use crate::trigger::capacity::{CapacityEvent, Change, Progress};
use crate::trigger::ignored::Ignored;

const ALARM: &str = "alarm event";
const CAPACITY: &str = "Auto Scaling event";

/// Reads an event by its source and type. Nobody but AWS can put an event on a bus whose source
/// begins with `aws.`, so the source counts as much as the type.
pub(super) fn read(event: Fields<'_>, source: &str, kind: &str) -> Result<Trigger, Ignored> {
    let launch = |progress| capacity(event, Change::Launch, progress);
    let terminate = |progress| capacity(event, Change::Terminate, progress);
    match (source, kind) {
        ("aws.cloudwatch", "CloudWatch Alarm State Change") => alarm(event),
        // A rule with a schedule, and the scheduler that came after it.
        ("aws.events" | "aws.scheduler", "Scheduled Event") => {
            let at = need(event.time("time"), "scheduled event", "time")?;
            Ok(Trigger::Tick { at })
        }
        ("aws.autoscaling", "EC2 Instance Launch Successful") => launch(Progress::Succeeded),
        ("aws.autoscaling", "EC2 Instance Launch Unsuccessful") => launch(Progress::Failed),
        ("aws.autoscaling", "EC2 Instance-launch Lifecycle Action") => launch(waiting(event)?),
        ("aws.autoscaling", "EC2 Instance Terminate Successful") => terminate(Progress::Succeeded),
        ("aws.autoscaling", "EC2 Instance Terminate Unsuccessful") => terminate(Progress::Failed),
        ("aws.autoscaling", "EC2 Instance-terminate Lifecycle Action") => {
            terminate(waiting(event)?)
        }
        _ => Err(unknown(&format!("{} of {}", line(kind, 50), line(source, 25)))),
    }
}

fn alarm(event: Fields<'_>) -> Result<Trigger, Ignored> {
    let detail = need(event.object("detail"), ALARM, "detail")?;
    let state = need(detail.object("state"), ALARM, "state")?;
    Ok(Trigger::Alarm(Alarm {
        name: need(detail.name("alarmName"), ALARM, "alarmName")?,
        region: need(event.name("region"), ALARM, "region")?,
        state: need(state.text("value").and_then(AlarmState::parse), ALARM, "state")?,
        previous: previous(detail),
        at: need(state.time("timestamp").or_else(|| event.time("time")), ALARM, "time")?,
    }))
}

/// The state before, in the words that events share with an alarm's Lambda action.
pub(super) fn previous(detail: Fields<'_>) -> Option<AlarmState> {
    detail.object("previousState")?.text("value").and_then(AlarmState::parse)
}

fn waiting(event: Fields<'_>) -> Result<Progress, Ignored> {
    let hook = event.object("detail").and_then(|detail| detail.name("LifecycleHookName"));
    Ok(Progress::Waiting { hook: need(hook, CAPACITY, "LifecycleHookName")? })
}

fn capacity(event: Fields<'_>, change: Change, progress: Progress) -> Result<Trigger, Ignored> {
    let detail = need(event.object("detail"), CAPACITY, "detail")?;
    Ok(Trigger::Capacity(CapacityEvent {
        change,
        progress,
        group: need(detail.name("AutoScalingGroupName"), CAPACITY, "AutoScalingGroupName")?,
        region: need(event.name("region"), CAPACITY, "region")?,
        instance: detail.name("EC2InstanceId"),
        at: need(detail.time("EndTime").or_else(|| event.time("time")), CAPACITY, "time")?,
        cause: detail.sentence("Cause"),
        message: detail.sentence("StatusMessage"),
    }))
}
