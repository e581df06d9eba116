//! Standing N-1: floors such that any one region may vanish.

use super::relief::{self, Part};
use super::{Effect, Finding, Input, Reflex, Verdict};
use crate::lease::Cause;
use crate::spec::Service;
use crate::units::Instances;
use crate::world::Group;

const LEASE: (Cause, &str) = (Cause::Standing, "n-1");

/// Keeps the room.
pub(super) fn rule<'a>(input: &Input<'a>, verdicts: &mut Vec<Verdict<'a>>) {
    if !input.spec.controller.standing {
        return;
    }
    for (name, service, group) in input.stateless() {
        let Some((region, comes)) = worst(input, (name, service), group) else { continue };
        let need = relief::need(input, (name, group), LEASE, comes);
        let part = Part { service: name, group, need };
        let why = || format!("{region} may vanish with {comes} of its load coming here");
        let mut effects: Vec<Effect> = part.floor(input, LEASE, why).into_iter().collect();
        let most = relief::most(input, name, group);
        if need > most {
            effects.push(Effect::Find(Finding {
                about: name.to_owned(),
                what: format!("if {region} vanishes it needs {need} instances and may have {most}"),
                next: format!("raise its maximum in {}, or add a region", input.region),
            }));
        }
        if !effects.is_empty() {
            verdicts.push(Verdict { reflex: Reflex::Standing, about: name, outcome: Ok(effects) });
        }
    }
}

/// The region whose end would bring most here, and how much.
fn worst<'a>(
    input: &Input<'a>,
    (name, service): (&str, &Service),
    group: &Group,
) -> Option<(&'a str, Instances)> {
    let asks = relief::asks(input, name, group);
    let ours = relief::weight(input, input.region);
    let others = input.spec.regions.keys().map(String::as_str);
    let others = others.filter(|it| *it != input.region && relief::carries(input, it, name));
    let comes = others.map(|region| {
        let (carried, _) = relief::carried(input, region, (name, service), asks);
        let open = relief::open_weight(input, |it| it == region);
        (relief::portion(carried, ours, open), region)
    });
    comes.max().map(|(comes, region)| (region, comes))
}
