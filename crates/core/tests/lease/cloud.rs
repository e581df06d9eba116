//! One group, a clock, and scheduled actions that fire by it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::action::Action;
use plimsoll_core::bounds::{Bounds, Declared, next_change};
use plimsoll_core::lease::{Cause, Lease, Leases, Settled, Steady, is_end, is_settled, settle};
use plimsoll_core::world::{Group, GroupSettings, ScheduledAction, ZoneDistribution};
use proptest::prelude::*;

/// A Tuesday noon.
pub(crate) fn noon() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

/// What a spec says of the group: 2 to 10, and perhaps 4 to 12 from 13:00 until 15:00 each day.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spec {
    bounds: Bounds,
    schedule: BTreeMap<String, ScheduledAction>,
}

impl Spec {
    fn without_schedule() -> Self {
        Self { bounds: Bounds { min: 2, max: 10 }, schedule: BTreeMap::new() }
    }

    fn with_schedule() -> Self {
        let daily = |hour: u32, min, max| ScheduledAction {
            recurrence: Some(format!("0 {hour} * * *")),
            time_zone: None,
            start: None,
            end: None,
            min: Some(min),
            max: Some(max),
            desired: None,
        };
        let schedule = [("rush", daily(13, 4, 12)), ("calm", daily(15, 2, 10))];
        Self {
            schedule: schedule.map(|(name, entry)| (name.to_owned(), entry)).into(),
            ..Self::without_schedule()
        }
    }

    fn declared(&self) -> Declared<'_> {
        Declared { bounds: self.bounds, schedule: &self.schedule, most: None }
    }
}

/// The group, and what time it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cloud {
    spec: Spec,
    pub(crate) group: Group,
    pub(crate) now: Timestamp,
}

impl Cloud {
    /// A group whose schedule sets its bounds twice a day.
    pub(crate) fn new() -> Self {
        Self::of(Spec::with_schedule())
    }

    /// A group whose bounds nothing but the end of a lease sets again.
    pub(crate) fn plain() -> Self {
        Self::of(Spec::without_schedule())
    }

    /// Either.
    pub(crate) fn any(scheduled: bool) -> Self {
        if scheduled { Self::new() } else { Self::plain() }
    }

    fn of(spec: Spec) -> Self {
        let group = Group {
            name: "shop-production-web-a".to_owned(),
            arn: "arn:group".to_owned(),
            bounds: spec.bounds,
            desired: 3,
            settings: GroupSettings {
                template: None,
                subnets: BTreeSet::new(),
                health_checks: BTreeSet::new(),
                health_check_grace: plimsoll_core::units::Seconds(0),
                warmup: None,
                termination_policies: Vec::new(),
                maintenance: None,
                zones: ZoneDistribution::default(),
                scale_in_protection: false,
                max_instance_lifetime: None,
            },
            template_id: None,
            tags: BTreeMap::new(),
            metrics: BTreeSet::new(),
            suspended: BTreeSet::new(),
            target_groups: BTreeSet::new(),
            instances: Vec::new(),
            policies: BTreeMap::new(),
            schedules: spec.schedule.clone(),
            hooks: None,
            warm_pool: None,
            deleting: None,
        };
        Self { spec, group, now: noon() }
    }

    /// What has to be written, seen from here and now.
    pub(crate) fn settled(&self, granted: &[Lease], dropped: &BTreeSet<String>) -> Settled {
        settle(&self.group, &self.spec.declared(), granted, dropped, self.now)
    }

    /// Grants leases and writes all of it.
    /// Whether the cheap answer is that all is in place.
    pub(crate) fn is_settled(&self) -> bool {
        let next = next_change(self.spec.declared().schedule, self.now).map(|(at, _)| at);
        let scheduled = self.spec.declared().with(&[], self.now).scheduled;
        let until = Some(next.unwrap_or(Timestamp::MAX));
        is_settled(&self.group, &Steady { scheduled, most: None, until }, self.now)
    }

    pub(crate) fn grant(&mut self, granted: &[Lease]) -> Vec<Action> {
        self.write(self.settled(granted, &BTreeSet::new()).actions)
    }

    /// Gives leases up and writes all of it.
    pub(crate) fn drop_leases(&mut self, keys: &[String]) -> Vec<Action> {
        self.write(self.settled(&[], &keys.iter().cloned().collect()).actions)
    }

    /// What a tick does: nothing is granted, and what is over is cleared away.
    pub(crate) fn tick(&mut self) -> Vec<Action> {
        self.grant(&[])
    }

    pub(crate) fn write(&mut self, actions: Vec<Action>) -> Vec<Action> {
        for action in &actions {
            self.act(action).unwrap_or_else(|why| panic!("{action}: {why}\n{:#?}", self.group));
        }
        actions
    }

    /// Carries one action out, or refuses it as AWS does.
    pub(crate) fn act(&mut self, action: &Action) -> Result<(), &'static str> {
        match action {
            Action::PutSchedule { name, schedule, .. } => {
                let start = schedule.start.filter(|start| *start > self.now);
                start.ok_or("AWS refuses a start in the past")?;
                let mut others = self.group.schedules.iter().filter(|(other, _)| *other != name);
                if others.any(|(_, other)| other.start == start) {
                    return Err("AWS refuses two scheduled actions with one start");
                }
                action.change_parts(&mut self.group);
            }
            Action::UpdateGroup { change, .. } => {
                let Bounds { min, max } = self.group.bounds;
                let bounds =
                    Bounds { min: change.min.unwrap_or(min), max: change.max.unwrap_or(max) };
                if bounds.min > bounds.max {
                    return Err("AWS refuses a minimum above the maximum");
                }
                self.set(bounds);
            }
            other => other.change_parts(&mut self.group),
        }
        let leases = Leases::of(&self.group);
        assert_eq!(leases.unreadable, []);
        Ok(())
    }

    fn set(&mut self, bounds: Bounds) {
        self.group.bounds = bounds;
        self.group.desired = bounds.clamp(self.group.desired);
    }

    /// Lets time pass in which nobody but AWS does anything.
    pub(crate) fn pass(&mut self, to: Timestamp) {
        while let Some((at, names)) = next_change(&self.group.schedules, self.now) {
            if at > to {
                break;
            }
            let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            for name in names {
                let entry = self.group.schedules[&name].clone();
                let Bounds { min, max } = self.group.bounds;
                let (min, max) = (entry.min.unwrap_or(min), entry.max.unwrap_or(max));
                self.set(Bounds { min, max });
                if entry.recurrence.is_none() {
                    self.group.schedules.remove(&name);
                }
            }
            self.now = at;
        }
        self.now = self.now.max(to);
    }

    /// The bounds that the group should have.
    pub(crate) fn effective(&self) -> Bounds {
        let leases = Leases::of(&self.group).readable;
        self.spec.declared().with(&leases, self.now).bounds
    }

    /// The moments at which leases end natively, by the name of the scheduled action.
    pub(crate) fn ends(&self) -> BTreeMap<String, Timestamp> {
        let ends = self.group.schedules.iter().filter(|(name, _)| is_end(name));
        ends.map(|(name, end)| (name.clone(), end.start.unwrap())).collect()
    }

    /// That nothing is left to do, and every lease in force has an end, shortly after it.
    pub(crate) fn assert_settled(&self) {
        assert_eq!(self.settled(&[], &BTreeSet::new()).actions, [], "{:#?}", self.group);
        assert_eq!(self.group.bounds, self.effective());
        let leases = Leases::of(&self.group).readable;
        let ends = self.ends();
        assert_eq!(ends.len(), leases.len(), "{ends:?}");
        for lease in &leases {
            assert!(lease.in_force(self.now), "{lease}");
            let late = ends[&lease.end_name()].duration_since(lease.until).as_secs();
            assert!((0..=60).contains(&late), "{lease} ends {late} s late");
        }
        let moments: BTreeSet<_> = ends.values().collect();
        assert_eq!(moments.len(), ends.len(), "no two at one moment");
    }

    /// That AWS alone brings the group back to its declared bounds.
    pub(crate) fn assert_ends_by_itself(&self) {
        let mut left_alone = self.clone();
        // Noon, a week after the last lease could end.
        left_alone.pass(after(8 * 86_400));
        assert_eq!(left_alone.ends(), BTreeMap::new());
        assert_eq!(left_alone.group.bounds, left_alone.effective(), "{:#?}", self.group);
    }
}

pub(crate) fn lease(cause: Cause, id: &str, until: Timestamp) -> Lease {
    Lease {
        cause,
        id: id.to_owned(),
        floor: None,
        ceiling: None,
        zero: false,
        until,
        by: "controller".to_owned(),
        why: String::new(),
    }
}

/// A lease of any strength that ends within five hours of noon: often at the same moment as others,
/// and now and then when the schedule fires.
pub(crate) fn any_lease() -> impl Strategy<Value = Lease> {
    let causes = prop_oneof![
        Just(Cause::Overflow),
        Just(Cause::Dark),
        Just(Cause::Maintain),
        Just(Cause::Guard),
    ];
    let sizes = prop_oneof![
        (0..14u32).prop_map(|floor| (Some(floor), None)),
        (0..14u32).prop_map(|ceiling| (None, Some(ceiling))),
        (0..14u32, 0..14u32).prop_map(|(floor, ceiling)| (Some(floor), Some(ceiling))),
    ];
    let until = prop_oneof![(1..5i64).prop_map(|hours| hours * 3_600), 3_600..3_605i64];
    (causes, "[ab]", sizes, until).prop_map(|(cause, id, (floor, ceiling), until)| Lease {
        floor,
        ceiling,
        ..lease(cause, &id, after(until))
    })
}
