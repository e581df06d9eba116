//! Faults begin and end, and the global load balancer notices.

use std::collections::BTreeSet;

use super::queue::{At, Event};
use super::site::Ailments;
use super::{Engine, groups};
use crate::fault::{Kind, MetricFault};
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
        let in_force: Vec<Kind> = self
            .faults
            .iter()
            .filter(|fault| (fault.from..fault.to).contains(&now))
            .map(|fault| fault.kind.clone())
            .collect();
        for kind in &in_force {
            self.ail(kind);
        }
        self.set_weather(&in_force);
        for (place, before) in before.into_iter().enumerate() {
            self.follow(place, &before);
        }
        self.reflow_all();
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
            Kind::Partition { .. } | Kind::Metrics { .. } => {}
        }
    }

    /// What publishing meets, group by group.
    fn set_weather(&mut self, in_force: &[Kind]) {
        let usual = u64::from(self.model.metric_delay.0);
        for site in &mut self.sites {
            for group in &mut site.groups {
                group.weather.delay = usual;
                (group.weather.missing, group.weather.nan) = (false, false);
                for kind in in_force {
                    let Kind::Metrics { region, service, how } = kind else { continue };
                    let other = |service: &String| *service != group.service;
                    if *region != site.name || service.as_ref().is_some_and(other) {
                        continue;
                    }
                    match how {
                        MetricFault::Delayed(seconds) => {
                            group.weather.delay =
                                group.weather.delay.max(usual + u64::from(*seconds));
                        }
                        MetricFault::Missing => group.weather.missing = true,
                        MetricFault::Nan => group.weather.nan = true,
                    }
                }
            }
        }
    }

    /// What a change of a region's ailments sets off.
    fn follow(&mut self, place: usize, before: &Ailments) {
        let Some(site) = self.sites.get(place) else { return };
        let (now, after) = (self.now, &site.ails);
        if after.data_dark != before.data_dark {
            let noticed = now + u64::from(self.model.traffic_detection.0);
            self.queue.push(noticed, Event::Traffic(place));
        }
        let lost: BTreeSet<String> =
            after.lost_zones.difference(&before.lost_zones).cloned().collect();
        let count = site.groups.len();
        for group in 0..count {
            let at = At { site: place, group };
            let mut killed = 0;
            for zone in &lost {
                self.with(at, |group, seen| killed += group.fleet.kill_zone(seen, zone));
            }
            if killed > 0 {
                let found = now + u64::from(self.model.health_detection.0);
                self.queue.push(found, Event::Replace(at));
            }
        }
    }

    /// The global load balancer has noticed how a region fares.
    pub(super) fn notice(&mut self, place: usize) {
        let Some(site) = self.sites.get_mut(place) else { return };
        let open = !site.ails.data_dark;
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
        // The load stays what it is over the whole span: the rest of a span has another mean.
        let from = at / self.span * self.span;
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
