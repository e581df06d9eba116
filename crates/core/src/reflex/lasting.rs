//! What the leases of reflexes have in common: the controller grants them, for a while from now.

use jiff::{SignedDuration, Timestamp};

use crate::lease::Lease;
use crate::units::Seconds;
use crate::world::Group;

/// Who grants automatic leases.
pub(super) const BY: &str = "controller";

/// The end of a lease that is granted now, in whole seconds.
pub(super) fn until(now: Timestamp, span: Seconds) -> Timestamp {
    let second = Timestamp::from_second(now.as_second()).unwrap_or(now);
    second.checked_add(SignedDuration::from_secs(span.0.into())).unwrap_or(Timestamp::MAX)
}

/// The lease in force that a group has under the key of another.
pub(super) fn in_force(group: &Group, lease: &Lease, now: Timestamp) -> Option<Lease> {
    let key = lease.key();
    let granted = Lease::from_tag(&key, group.tag(&key)?).ok()?;
    granted.in_force(now).then_some(granted)
}
