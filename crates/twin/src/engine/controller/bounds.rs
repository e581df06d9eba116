//! Effective bounds, worked out again only when something may have changed them: recurrences take
//! longer to read than all else of a quiet decision.

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_core::bounds::{Declared, Effective, next_change};
use plimsoll_core::lease::leases_of;
use plimsoll_core::spec::{Kind, Region, Service};
use plimsoll_core::world::{Group, Role, tag_keys};

/// The effective bounds of a region's stateless services.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) effective: BTreeMap<String, Effective>,
    /// The first moment at which each is another one, in the order of the services; the first of
    /// all for one that was never worked out.
    until: Vec<Timestamp>,
}

impl Known {
    pub(super) fn of(region: &Region, now: Timestamp) -> Self {
        let stateless = region.services.iter().filter(|(_, it)| it.kind == Kind::Stateless);
        let declared =
            stateless.map(|(name, it)| (name.clone(), Declared::of(region, it).with(&[], now)));
        let effective: BTreeMap<String, Effective> = declared.collect();
        let until = vec![Timestamp::MIN; effective.len()];
        Self { effective, until }
    }

    /// Works out again what may have changed; `changed` says so of a service's group.
    pub(super) fn refresh(
        &mut self,
        region: &Region,
        groups: &[Group],
        now: Timestamp,
        mut changed: impl FnMut(&str) -> bool,
    ) {
        for ((name, effective), until) in self.effective.iter_mut().zip(&mut self.until) {
            if !changed(name) && now < *until {
                continue;
            }
            let Some(service) = region.services.get(name) else { continue };
            let group = groups.iter().find(|group| is_active(group, name));
            (*effective, *until) = worked_out(region, service, group, now);
        }
    }
}

/// The bounds of a service, and the first moment at which they may be others.
fn worked_out(
    region: &Region,
    service: &Service,
    group: Option<&Group>,
    now: Timestamp,
) -> (Effective, Timestamp) {
    let mut effective = Declared::of(region, service).with(&leases_of(service, group), now);
    let ends = effective.leases.iter().map(|lease| lease.until);
    let fires = next_change(&service.schedule, now).map_or(Timestamp::MAX, |(at, _)| at);
    let until = ends.min().map_or(fires, |end| end.min(fires));
    effective.until = Some(fires);
    (effective, until)
}

fn is_active(group: &Group, service: &str) -> bool {
    group.tag(tag_keys::SERVICE) == Some(service)
        && group.tag(tag_keys::ROLE).is_none_or(|role| role == Role::Active.as_str())
}
