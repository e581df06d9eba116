//! What concerns one controller.

use jiff::{SignedDuration, Timestamp};

use super::Trigger;
use super::alarm::{Alarm, AlarmState};
use super::capacity::CapacityEvent;
use super::ignored::{Ignored, Thing};
use crate::units::Seconds;
use crate::world::wake_prefix;

/// The oldest tick that counts: the schedule has a tick for every minute, so an older one has a
/// successor that is due or was here.
const OLDEST_TICK: SignedDuration = SignedDuration::from_mins(1);

/// One controller: a platform's, in an environment and a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The platform, as the spec names it.
    pub platform: String,
    /// The environment, as the spec names it.
    pub environment: String,
    /// The controller's own region.
    pub region: String,
}

impl Scope {
    /// Lets a trigger through that concerns the controller at a moment.
    ///
    /// Names are judged as the controller's event rules judge them, by their beginnings. Another
    /// environment whose name begins with this one's and a hyphen may so cause a look too many; what
    /// is looked at is told by tags. The age of an alarm or a capacity event does not matter: AWS
    /// tells a change once, so one that is dropped stays untold, and a message that is a quarter of
    /// an hour late says that nobody looked for a quarter of an hour. A tick comes again by itself.
    ///
    /// # Errors
    /// Why it does not count.
    pub(super) fn admit<'a>(
        &self,
        trigger: &'a Trigger,
        now: Timestamp,
    ) -> Result<&'a Trigger, Ignored> {
        match trigger {
            Trigger::Alarm(alarm) => self.admit_alarm(alarm)?,
            Trigger::Capacity(event) => self.admit_capacity(event)?,
            Trigger::Operator { .. } => {}
            Trigger::Tick { at } => {
                let age = now.duration_since(*at);
                if age > OLDEST_TICK {
                    let age = Seconds(u32::try_from(age.as_secs()).unwrap_or(u32::MAX));
                    return Err(Ignored::StaleTick { at: *at, age });
                }
            }
        }
        Ok(trigger)
    }

    fn admit_alarm(&self, alarm: &Alarm) -> Result<(), Ignored> {
        let Self { platform, environment, .. } = self;
        let prefixes = [
            wake_prefix(platform, environment),
            format!("TargetTracking-{platform}-{environment}-"),
        ];
        self.own(Thing::Alarm, &alarm.name, &alarm.region, &prefixes)?;
        match alarm.state {
            // Without data the controller is blind, and holds: soon is better than in a minute.
            AlarmState::Alarm | AlarmState::InsufficientData => Ok(()),
            AlarmState::Ok => Err(Ignored::Calm(alarm.clone())),
        }
    }

    fn admit_capacity(&self, event: &CapacityEvent) -> Result<(), Ignored> {
        let prefix = format!("{}-{}-", self.platform, self.environment);
        self.own(Thing::Group, &event.group, &event.region, &[prefix])
    }

    fn own(
        &self,
        thing: Thing,
        name: &str,
        region: &str,
        prefixes: &[String],
    ) -> Result<(), Ignored> {
        let name = name.to_owned();
        if !prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            return Err(Ignored::Foreign { thing, name });
        }
        if region != self.region {
            return Err(Ignored::OtherRegion { thing, name, region: region.to_owned() });
        }
        Ok(())
    }
}
