//! Faults begin and end, and the global load balancer notices.

use std::collections::BTreeSet;

use plimsoll_core::spec::Kind as Role;

use super::gauge::Weather;
use super::queue::{At, Event, Step};
use super::site::Ailments;
use super::{Engine, groups};
use crate::fault::{Fault, Kind, MetricFault};
use crate::model::Model;
use crate::outcome::{Mark, MarkKind};

impl Engine {
    /// Queues the beginning and the end of every fault.
    pub(super) fn queue_faults(&mut self) {
        for (index, fault) in self.faults.iter().enumerate() {
            self.queue.push(fault.from, Event::Fault(index));
            if fault.to < u64::MAX {
                self.queue.push(fault.to, Event::Fault(index));
            }
        }
    }

    /// A fault begins or ends: what ails every region is worked out again from the faults in
    /// force, since faults may overlap.
    pub(super) fn change_fault(&mut self, index: usize) {
        let now = self.now;
        for site in &mut self.sites {
            site.advance(now);
        }
        self.mark_fault(index);
        let before: Vec<Ailments> = self.sites.iter().map(|site| site.ails.clone()).collect();
        for site in &mut self.sites {
            site.ails = Ailments { boot_percent: 100, ..Ailments::default() };
        }
        let kinds: Vec<Kind> = in_force(&self.faults, now).cloned().collect();
        for kind in &kinds {
            self.ail(kind);
        }
        for site in &mut self.sites {
            for group in &mut site.groups {
                group.weather = weather(&self.faults, now, &self.model, &site.name, &group.service);
            }
        }
        for (place, before) in before.into_iter().enumerate() {
            self.tell_lost(place, &before);
            self.follow(place, &before);
        }
        self.reflow_all();
    }

    /// Says which faults a run without controllers cannot meet: nobody reads or writes in it.
    pub(crate) fn note_unseen_faults(&mut self) {
        if self.controllers.is_some() {
            return;
        }
        let unseen = self.faults.iter().filter(|fault| match &fault.kind {
            Kind::Partition { .. } | Kind::StaleReads { .. } | Kind::LostAnswers { .. } => true,
            Kind::NoCapacity { .. }
            | Kind::ControlPlaneDark { .. }
            | Kind::DataPlaneDark { .. }
            | Kind::ZoneLost { .. }
            | Kind::Throttled { .. }
            | Kind::SlowBoot { .. }
            | Kind::InstancesFail { .. }
            | Kind::Metrics { .. } => false,
        });
        let told = unseen.map(|fault| {
            format!("{}: changes nothing here, since nobody reads or writes in a run", fault.kind)
        });
        self.notes.extend(told.collect::<Vec<_>>());
    }

    fn ail(&mut self, kind: &Kind) {
        if let Kind::Partition { between, and } = kind {
            for (one, other) in [(between, and), (and, between)] {
                if let Some(site) = self.sites.iter_mut().find(|site| site.name == *one) {
                    site.ails.cut_off_from.insert(other.clone());
                }
            }
            return;
        }
        let Some(site) = self.sites.iter_mut().find(|site| Some(&*site.name) == kind.region())
        else {
            return;
        };
        let ails = &mut site.ails;
        match kind {
            Kind::NoCapacity { zone, instance_type, .. } => {
                ails.no_capacity.push((zone.clone(), instance_type.clone()));
            }
            Kind::ControlPlaneDark { .. } => ails.control_dark = true,
            Kind::DataPlaneDark { .. } => ails.data_dark = true,
            Kind::ZoneLost { zone, .. } => drop(ails.lost_zones.insert(zone.clone())),
            Kind::Throttled { .. } => ails.throttled = true,
            Kind::SlowBoot { percent, .. } => ails.boot_percent = ails.boot_percent.max(*percent),
            Kind::StaleReads { seconds, .. } => ails.stale = ails.stale.max(*seconds),
            Kind::LostAnswers { .. } => ails.lost_answers = true,
            Kind::InstancesFail { service, count, .. } => {
                let silent = ails.silent.entry(service.clone()).or_default();
                *silent = silent.saturating_add(usize::try_from(*count).unwrap_or(usize::MAX));
            }
            Kind::Partition { .. } | Kind::Metrics { .. } => {}
        }
    }

    /// Tells which stateful services have their only instance in a zone that is lost now: nothing
    /// replaces it elsewhere.
    fn tell_lost(&mut self, place: usize, before: &Ailments) {
        let Some(site) = self.sites.get(place) else { return };
        let Some(wanted) = self.spec.regions.get(&site.name) else { return };
        let is_stateful = |name: &str| {
            wanted.services.get(name).is_some_and(|service| service.kind == Role::Stateful)
        };
        let pairs = || site.groups.iter().zip(self.groups_of(place));
        let stands = |zone: &str| {
            let there = pairs().filter(|(group, seen)| group.fleet.in_zone(seen, zone) > 0);
            let names = there.map(|(group, _)| group.service.clone());
            names.filter(|name| is_stateful(name)).collect::<BTreeSet<String>>()
        };
        let lost = site.ails.lost_zones.difference(&before.lost_zones);
        let notes: Vec<String> = lost.filter_map(|zone| stand(&stands(zone), zone)).collect();
        self.notes.extend(notes);
    }

    /// What a change of a region's ailments sets off.
    fn follow(&mut self, place: usize, before: &Ailments) {
        let Some(site) = self.sites.get(place) else { return };
        let after = site.ails.clone();
        if after.data_dark != before.data_dark {
            let noticed = self.now + u64::from(self.model.traffic_detection.0);
            self.queue.push(noticed, Event::Traffic(place));
        }
        let returned = before.lost_zones.difference(&after.lost_zones).count() > 0;
        let back = before.control_dark && !after.control_dark;
        for group in 0..site.groups.len() {
            let at = At { site: place, group };
            if self.strike(at, before, &after) > 0 {
                self.queue_in(u64::from(self.model.health_detection.0), at, Step::HealthCheck);
            }
            if returned {
                self.reconcile_soon(at);
            }
        }
        if back {
            self.catch_up(place);
        }
    }

    /// Instances of a group stop answering, or answer again. How many.
    fn strike(&mut self, at: At, before: &Ailments, after: &Ailments) -> usize {
        let now = self.now;
        let struck = self.with(at, |group, seen| {
            let fleet = &mut group.fleet;
            let mut struck = 0;
            for zone in after.lost_zones.difference(&before.lost_zones) {
                struck += fleet.lose_zone(seen, zone, now);
            }
            for zone in before.lost_zones.difference(&after.lost_zones) {
                struck += fleet.regain_zone(seen, zone, now);
            }
            let silent = |ails: &Ailments| ails.silent.get(&group.service).copied().unwrap_or(0);
            let (was, is) = (silent(before), silent(after));
            struck += fleet.fall_silent(is.saturating_sub(was), now);
            struck + fleet.speak_again(was.saturating_sub(is), now)
        });
        struck.unwrap_or_default()
    }

    /// The global load balancer has noticed how a region fares.
    pub(super) fn notice(&mut self, place: usize) {
        let Some(site) = self.sites.get_mut(place) else { return };
        let open = !(site.ails.data_dark && self.model.endpoint_checks);
        if std::mem::replace(&mut site.open, open) == open {
            return;
        }
        let region = site.name.clone();
        let text = if open {
            format!("traffic comes back to {region}")
        } else {
            format!("traffic goes to the other regions: {region} does not answer")
        };
        let (at, kind, service) = (self.now, MarkKind::Traffic, String::new());
        if let Some(recorder) = &mut self.recorder {
            recorder.marks.push(Mark { at, region, service, kind, text });
        }
        for site in &mut self.sites {
            site.advance(at);
        }
        self.spread_again();
    }

    /// Spreads the load of the span that runs again. It stays what it is over the whole span: the
    /// rest of a span has another mean.
    pub(super) fn spread_again(&mut self) {
        let from = self.now / self.span * self.span;
        self.traffic.sample(from, from + self.span, &mut self.sites);
        self.reflow_all();
    }

    fn mark_fault(&mut self, index: usize) {
        let (Some(recorder), Some(fault)) = (&mut self.recorder, self.faults.get(index)) else {
            return;
        };
        let ends = self.now >= fault.to;
        recorder.marks.push(Mark {
            at: self.now,
            region: fault.kind.region().unwrap_or_default().to_owned(),
            service: String::new(),
            kind: MarkKind::Fault,
            text: format!("{}{}", fault.kind, if ends { ": over" } else { "" }),
        });
    }

    /// Groups of a region as they are.
    pub(super) fn groups_of(&self, place: usize) -> &[plimsoll_core::world::Group] {
        self.world.regions.values().nth(place).map(groups).unwrap_or_default()
    }
}

/// `a, b and c stand in us-east-1a, which is lost`; `None` for nobody.
fn stand(names: &BTreeSet<String>, zone: &str) -> Option<String> {
    let mut first: Vec<&str> = names.iter().map(String::as_str).collect();
    let last = first.pop()?;
    Some(if first.is_empty() {
        format!("{last} stands in {zone}, which is lost")
    } else {
        format!("{} and {last} stand in {zone}, which is lost", first.join(", "))
    })
}

/// Faults in force at a moment.
fn in_force(faults: &[Fault], now: u64) -> impl Iterator<Item = &Kind> {
    faults
        .iter()
        .filter(move |fault| (fault.from..fault.to).contains(&now))
        .map(|fault| &fault.kind)
}

/// What publishing meets at a moment, for the metrics of a service in a region.
pub(super) fn weather(
    faults: &[Fault],
    now: u64,
    model: &Model,
    region: &str,
    service: &str,
) -> Weather {
    let usual = u64::from(model.metric_delay.0);
    let mut weather = Weather { delay: usual, ..Weather::default() };
    for kind in in_force(faults, now) {
        let Kind::Metrics { region: of, service: only, how } = kind else { continue };
        if of != region || only.as_ref().is_some_and(|only| only != service) {
            continue;
        }
        match how {
            MetricFault::Delayed(seconds) => {
                weather.delay = weather.delay.max(usual + u64::from(*seconds));
            }
            MetricFault::Missing => weather.missing = true,
            MetricFault::Nan => weather.nan = true,
        }
    }
    weather
}
