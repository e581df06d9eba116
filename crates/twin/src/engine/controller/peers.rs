//! What a controller knows of the other regions: what their controllers published a minute ago, what
//! their metrics say, and whether their endpoints answered.

use std::collections::BTreeMap;

use plimsoll_core::reflex::{Condition, Evidence, Peer, Pulse};
use plimsoll_core::spec::Spec;

use super::beat::Beat;
use super::course::Course;
use crate::engine::site::Site;

/// Regions of which nothing is known yet.
pub(super) fn unheard(spec: &Spec, here: &str) -> BTreeMap<String, Peer> {
    let peer = || Peer {
        pulse: Pulse::Never,
        evidence: Evidence::default(),
        loads: BTreeMap::new(),
        judged: None,
        judges_us: None,
        is_primary: None,
    };
    spec.regions.keys().filter(|name| *name != here).map(|name| (name.clone(), peer())).collect()
}

/// What the endpoints of the peers answered to one controller.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    each: Vec<Course>,
    /// No endpoint answered in the newest minute, so that this controller is the one cut off.
    none_answers: bool,
}

impl Asked {
    pub(super) fn nobody(peers: usize) -> Self {
        Self { each: vec![Course::default(); peers], none_answers: false }
    }

    /// Asks the endpoints of all peers. A failure counts when another one answers.
    pub(super) fn ask(&mut self, spec: &Spec, here: &Site, others: &[&Site], now: u64) {
        let answers = |site: &Site| {
            let endpoint = spec.regions.get(&site.name).and_then(|it| it.endpoint.as_ref());
            endpoint.map(|_| !site.ails.data_dark && !here.ails.cut_off_from.contains(&site.name))
        };
        let asked = others.iter().any(|site| answers(site).is_some());
        self.none_answers = asked && !others.iter().any(|site| answers(site) == Some(true));
        if !self.none_answers {
            for (course, site) in self.each.iter_mut().zip(others) {
                course.see(now, answers(site).map(|well| !well));
            }
        }
    }

    fn condition(&self, index: usize, now: u64) -> Condition {
        match self.each.get(index).map(|course| course.condition(now)) {
            Some(Condition::Well(_) | Condition::Impaired(_)) if self.none_answers => {
                Condition::CutOff
            }
            known => known.unwrap_or_default(),
        }
    }
}

/// Brings what the controller of a region knows of another one up to date, but for its loads.
pub(super) fn update(
    peer: &mut Peer,
    (asked, index): (&Asked, usize),
    (here, there): ((usize, &Site), (usize, &Site)),
    beats: &[Beat],
    now: u64,
) {
    let ((own, here), (place, site)) = (here, there);
    let Some(beat) = beats.get(place) else { return };
    let is_readable = reads(here, site);
    let told = if is_readable { beat.evidence(now) } else { Evidence::default() };
    peer.evidence = Evidence { endpoint: asked.condition(index, now), ..told };
    peer.pulse = if !is_readable {
        Pulse::Unreadable
    } else if beat.is_fresh(now) {
        Pulse::Heard
    } else if beat.is_known(now) {
        Pulse::Silent
    } else {
        Pulse::Never
    };
    let judged = |by: usize, about: usize| beats.get(by)?.judged_as_read(about, now);
    peer.judged = judged(own, place);
    peer.judges_us = judged(place, own).filter(|_| is_readable);
}

/// Whether metrics of a region can be read from another one.
pub(super) fn reads(here: &Site, site: &Site) -> bool {
    let cut = here.ails.cut_off_from.contains(&site.name);
    !(cut || site.ails.control_dark || site.ails.throttled)
}
