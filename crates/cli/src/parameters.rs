//! The two parameters of each region by which operators and controllers understand each other: the
//! published spec and the red button.

use std::collections::BTreeMap;

use futures::future::join_all;
use plimsoll_aws::published;
use plimsoll_core::cloud::{ActError, ErrorClass};
use plimsoll_core::controller::switch;

use crate::session::Session;

/// What the parameters of a region hold; `None` when one is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    /// The red button.
    pub(crate) switch: Option<String>,
    /// The published spec.
    pub(crate) spec: Option<String>,
}

/// What came of a call, region by region.
pub(crate) type ByRegion<T> = BTreeMap<String, Result<T, ActError>>;

/// Reads both in the regions of this run, regions at once and with one call each.
pub(crate) async fn read(session: &Session) -> ByRegion<Parameters> {
    let (platform, environment) = (&session.spec.platform, &session.spec.environment);
    let button = switch::parameter(platform, environment);
    let spec = published::parameter(platform, environment);
    let (button, spec) = (button.as_str(), spec.as_str());
    let regions = session.regions().map(async |region| {
        let found = session.aws.parameters(region, &[button, spec]).await;
        let parameters = found
            .map(|mut found| Parameters { switch: found.remove(button), spec: found.remove(spec) });
        (region.to_owned(), parameters)
    });
    join_all(regions).await.into_iter().collect()
}

/// Writes one parameter in these regions, at once.
pub(crate) async fn write(
    session: &Session,
    regions: &[String],
    name: &str,
    value: &str,
) -> ByRegion<()> {
    let regions = regions
        .iter()
        .map(async |region| (region.clone(), session.aws.put_parameter(region, name, value).await));
    join_all(regions).await.into_iter().collect()
}

/// The regions in which to write: where what is there is not what it should be, or could not be
/// read although the region answers.
pub(crate) fn due<T>(read: &ByRegion<T>, right: impl Fn(&T) -> bool) -> Vec<String> {
    let is_due = |read: &Result<T, ActError>| match read {
        Ok(found) => !right(found),
        Err(error) => error.class != ErrorClass::Unreachable,
    };
    read.iter().filter(|(_, read)| is_due(read)).map(|(region, _)| region.clone()).collect()
}
