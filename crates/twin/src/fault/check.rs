//! Whether faults make sense, by themselves and against a spec.

use std::collections::BTreeSet;

use plimsoll_core::spec::{self, Machine, Spec};
use plimsoll_core::units::Seconds;

use super::words::moment;
use super::{Fault, FaultError, Kind};
use crate::model::ZONES;

/// Reads at AWS lag writes by seconds; beyond this a run would show no AWS.
const STALEST: u32 = 30;

/// Checks faults against a spec: what they name is there, and each can come to pass.
///
/// # Errors
/// The first fault that names an unknown region, a service that does not run in its region, a zone
/// that its region does not have or an instance type that none of its services asks for; and the
/// first that ends before it begins, keeps reads stale for more than 30 s, or makes boots faster.
pub fn check(faults: &[Fault], spec: &Spec) -> Result<(), FaultError> {
    each(faults, |fault| makes_sense(fault).and_then(|()| names_what_is_there(fault, spec)))
}

/// Checks that every fault begins before a run of so many seconds is over.
///
/// # Errors
/// The first fault that does not: it would pass without a word.
pub fn check_length(faults: &[Fault], seconds: u64) -> Result<(), FaultError> {
    each(faults, |fault| {
        if fault.from < seconds {
            return Ok(());
        }
        let (from, end) = (moment(fault.from), moment(seconds));
        Err(FaultError::new(
            format!("it begins at {from}, and the run ends at {end}"),
            "let it begin earlier, or the run last longer",
        ))
    })
}

/// The first fault that is refused. It came from no file that is known here, so it is told by its
/// number.
fn each(
    faults: &[Fault],
    check: impl Fn(&Fault) -> Result<(), FaultError>,
) -> Result<(), FaultError> {
    for (index, fault) in faults.iter().enumerate() {
        check(fault).map_err(|error| {
            let message = format!("fault {} ({}): {}", index + 1, fault.kind, error.message);
            FaultError { message, ..error }
        })?;
    }
    Ok(())
}

/// Whether a fault makes sense whatever the spec says.
pub(super) fn makes_sense(fault: &Fault) -> Result<(), FaultError> {
    if fault.from >= fault.to {
        return Err(FaultError::new(
            format!("it ends at {} and begins at {}", moment(fault.to), moment(fault.from)),
            "end it later, or write neither `for` nor `until` to let it last",
        ));
    }
    match &fault.kind {
        Kind::StaleReads { seconds, .. } if *seconds > STALEST => Err(FaultError::new(
            format!("reads that are {} old are not AWS's", Seconds(*seconds)),
            format!("write {STALEST}s or less"),
        )),
        Kind::InstancesFail { count: 0, .. } => {
            Err(FaultError::new("no instance fails", "write a `count` of 1 or more"))
        }
        Kind::SlowBoot { percent, .. } if *percent < 100 => Err(FaultError::new(
            format!("a boot of {percent} % of its usual time is not slow"),
            "write 1 or more, such as `times: 3`",
        )),
        Kind::Partition { between, and } if between == and => Err(FaultError::new(
            format!("{between} cannot be cut off from itself"),
            "name two regions",
        )),
        Kind::NoCapacity { region, zone: Some(zone), .. } | Kind::ZoneLost { region, zone }
            if !ZONES.iter().any(|letter| zone.strip_prefix(region.as_str()) == Some(letter)) =>
        {
            let zones = ZONES.map(|letter| format!("{region}{letter}")).join(", ");
            Err(FaultError::new(
                format!("`{zone}` is no zone of {region} in the twin"),
                format!("write one of {zones}"),
            ))
        }
        Kind::NoCapacity { .. }
        | Kind::ControlPlaneDark { .. }
        | Kind::DataPlaneDark { .. }
        | Kind::Partition { .. }
        | Kind::ZoneLost { .. }
        | Kind::InstancesFail { .. }
        | Kind::Throttled { .. }
        | Kind::SlowBoot { .. }
        | Kind::Metrics { .. }
        | Kind::StaleReads { .. }
        | Kind::LostAnswers { .. } => Ok(()),
    }
}

fn names_what_is_there(fault: &Fault, spec: &Spec) -> Result<(), FaultError> {
    match &fault.kind {
        Kind::Partition { between, and } => {
            region_is_there(between, spec)?;
            region_is_there(and, spec)
        }
        Kind::Metrics { region, service, .. } => {
            region_is_there(region, spec)?;
            service.as_ref().map_or(Ok(()), |service| service_is_there(region, service, spec))
        }
        Kind::InstancesFail { region, service, .. } => {
            region_is_there(region, spec)?;
            service_is_there(region, service, spec)
        }
        Kind::NoCapacity { region, instance_type: Some(instance_type), .. } => {
            region_is_there(region, spec)?;
            type_is_there(region, instance_type, spec)
        }
        Kind::NoCapacity { region, instance_type: None, .. }
        | Kind::ControlPlaneDark { region }
        | Kind::DataPlaneDark { region }
        | Kind::ZoneLost { region, .. }
        | Kind::Throttled { region }
        | Kind::SlowBoot { region, .. }
        | Kind::StaleReads { region, .. }
        | Kind::LostAnswers { region } => region_is_there(region, spec),
    }
}

fn region_is_there(region: &str, spec: &Spec) -> Result<(), FaultError> {
    if spec.regions.contains_key(region) {
        return Ok(());
    }
    let regions = spec.regions.keys().map(String::as_str);
    let message = format!("`{region}` is no region of {}", spec.title());
    Err(FaultError::new(message, way_out(region, regions)))
}

fn service_is_there(region: &str, service: &str, spec: &Spec) -> Result<(), FaultError> {
    let services = spec.regions.get(region).map(|region| &region.services);
    if services.is_some_and(|services| services.contains_key(service)) {
        return Ok(());
    }
    let names = services.into_iter().flat_map(|services| services.keys()).map(String::as_str);
    let message = format!("`{service}` is no service in {region}");
    Err(FaultError::new(message, way_out(service, names)))
}

/// A `fits` machine may become any type that offers enough.
fn type_is_there(region: &str, instance_type: &str, spec: &Spec) -> Result<(), FaultError> {
    let mut types = BTreeSet::new();
    for service in spec.regions.get(region).into_iter().flat_map(|region| region.services.values())
    {
        match &service.instances.machine {
            Machine::Fits(_) => return Ok(()),
            Machine::Type(name) => types.insert(name.as_str()),
        };
    }
    if types.contains(instance_type) {
        return Ok(());
    }
    let message = format!("no service in {region} runs on `{instance_type}`");
    let names = types.into_iter().collect::<Vec<_>>().join(", ");
    Err(FaultError::new(message, format!("write one of {names}, or none for all types")))
}

/// The nearest of the names that are there, or all of them.
fn way_out<'a>(word: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> String {
    spec::nearest(word, names.clone()).unwrap_or_else(|| {
        let names: Vec<&str> = names.into_iter().collect();
        format!("write one of {}", names.join(", "))
    })
}
