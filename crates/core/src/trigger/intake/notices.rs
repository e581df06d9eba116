//! What comes without `EventBridge`: an alarm's own actions, a group's notifications, an operator.

use super::events::previous;
use super::fields::{Fields, need};
use super::unknown;
use crate::spec::is_region;
use crate::trigger::Trigger;
use crate::trigger::alarm::{Alarm, AlarmState};
use crate::trigger::capacity::{CapacityEvent, Change, Progress};
use crate::trigger::ignored::Ignored;

const ACTION: &str = "alarm action";
const MESSAGE: &str = "alarm message";
const NOTIFICATION: &str = "Auto Scaling notification";

/// An alarm whose action is the function itself.
pub(super) fn direct_alarm(action: Fields<'_>, data: Fields<'_>) -> Result<Trigger, Ignored> {
    let region = action.region_of_arn("alarmArn").or_else(|| action.name("region"));
    let state = need(data.object("state"), ACTION, "state")?;
    Ok(Trigger::Alarm(Alarm {
        name: need(data.name("alarmName"), ACTION, "alarmName")?,
        region: need(region, ACTION, "region")?,
        state: need(state.text("value").and_then(AlarmState::parse), ACTION, "state")?,
        previous: previous(data),
        at: need(state.time("timestamp").or_else(|| action.time("time")), ACTION, "time")?,
    }))
}

/// An alarm whose action is a topic. `Region` is a name for people, such as `Europe (Frankfurt)`,
/// so the ARN tells; a stand-in for AWS may have it the other way round.
pub(super) fn sns_alarm(message: Fields<'_>) -> Result<Trigger, Ignored> {
    let region = message
        .region_of_arn("AlarmArn")
        .or_else(|| message.name("Region").filter(|region| is_region(region)));
    let state = message.text("NewStateValue").and_then(AlarmState::parse);
    Ok(Trigger::Alarm(Alarm {
        name: need(message.name("AlarmName"), MESSAGE, "AlarmName")?,
        region: need(region, MESSAGE, "AlarmArn")?,
        state: need(state, MESSAGE, "NewStateValue")?,
        previous: message.text("OldStateValue").and_then(AlarmState::parse),
        at: need(message.time("StateChangeTime"), MESSAGE, "StateChangeTime")?,
    }))
}

/// A group's notification. A hook's notification has no `Event` and no ARN, so it is incomplete;
/// `EventBridge` tells the same.
pub(super) fn group(notification: Fields<'_>) -> Result<Trigger, Ignored> {
    let (change, progress) = match need(notification.text("Event"), NOTIFICATION, "Event")? {
        "autoscaling:EC2_INSTANCE_LAUNCH" => (Change::Launch, Progress::Succeeded),
        "autoscaling:EC2_INSTANCE_LAUNCH_ERROR" => (Change::Launch, Progress::Failed),
        "autoscaling:EC2_INSTANCE_TERMINATE" => (Change::Terminate, Progress::Succeeded),
        "autoscaling:EC2_INSTANCE_TERMINATE_ERROR" => (Change::Terminate, Progress::Failed),
        other => return Err(unknown(other)),
    };
    let group = notification.name("AutoScalingGroupName");
    let region = notification.region_of_arn("AutoScalingGroupARN");
    let at = notification.time("EndTime").or_else(|| notification.time("Time"));
    Ok(Trigger::Capacity(CapacityEvent {
        change,
        progress,
        group: need(group, NOTIFICATION, "AutoScalingGroupName")?,
        region: need(region, NOTIFICATION, "AutoScalingGroupARN")?,
        instance: notification.name("EC2InstanceId"),
        at: need(at, NOTIFICATION, "Time")?,
        cause: notification.sentence("Cause"),
        message: notification.sentence("StatusMessage"),
    }))
}

/// Somebody who invokes the function, or sends to its queue. A wake is only a look, so the name
/// needs no proof.
pub(super) fn operator(request: Fields<'_>) -> Result<Trigger, Ignored> {
    let by = need(request.name("by"), "operator's request", "by")?;
    Ok(Trigger::Operator { by, why: request.sentence("why") })
}
