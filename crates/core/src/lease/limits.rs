//! How leases combine: the strongest of each kind, in whatever order they come.

use jiff::Timestamp;

use super::Lease;
use crate::bounds::Bounds;
use crate::units::Instances;

/// What leases together demand. A semilattice: [`Limits::and`] is commutative, associative and
/// idempotent, and [`Limits::default`] demands nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Limits {
    /// The lowest ceiling of an operator.
    pub operator_ceiling: Option<Instances>,
    /// The highest floor of an operator.
    pub operator_floor: Option<Instances>,
    /// The highest automatic floor.
    pub automatic_floor: Option<Instances>,
    /// The lowest automatic ceiling.
    pub automatic_ceiling: Option<Instances>,
}

impl Limits {
    /// What the leases that are in force demand together.
    #[must_use]
    pub fn of<'a>(leases: impl IntoIterator<Item = &'a Lease>, now: Timestamp) -> Self {
        let in_force = leases.into_iter().filter(|lease| lease.in_force(now));
        in_force.fold(Self::default(), |all, lease| all.and(Self::from(lease)))
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            operator_ceiling: pick(Ord::min, self.operator_ceiling, other.operator_ceiling),
            operator_floor: pick(Ord::max, self.operator_floor, other.operator_floor),
            automatic_floor: pick(Ord::max, self.automatic_floor, other.automatic_floor),
            automatic_ceiling: pick(Ord::min, self.automatic_ceiling, other.automatic_ceiling),
        }
    }

    /// The bounds that come of it. From the strongest to the weakest: the hard limit, an operator's
    /// ceiling, an operator's floor, an automatic floor, an automatic ceiling, which never goes
    /// below the declared minimum. A floor never raises the maximum that was declared: it is what
    /// the platform was sized for.
    #[must_use]
    pub fn on(self, declared: Bounds, hard: Option<Instances>) -> Bounds {
        let top = hard.map_or(declared.max, |hard| declared.max.min(hard));
        let least = declared.min.min(top);
        let floor = |floor: Option<Instances>| floor.map_or(0, |floor| floor.min(top));
        let mut max = self.automatic_ceiling.map_or(top, |ceiling| ceiling.max(least).min(top));
        let min = least.max(floor(self.automatic_floor)).max(floor(self.operator_floor));
        max = max.max(min);
        if let Some(ceiling) = self.operator_ceiling {
            max = max.min(ceiling);
        }
        Bounds { min: min.min(max), max }
    }
}

impl From<&Lease> for Limits {
    fn from(lease: &Lease) -> Self {
        let (floor, ceiling) = (lease.floor, lease.allowed());
        if lease.cause.is_operator() {
            Self { operator_floor: floor, operator_ceiling: ceiling, ..Self::default() }
        } else {
            Self { automatic_floor: floor, automatic_ceiling: ceiling, ..Self::default() }
        }
    }
}

/// The one that is there, or the stronger of two.
fn pick(
    stronger: impl Fn(Instances, Instances) -> Instances,
    one: Option<Instances>,
    other: Option<Instances>,
) -> Option<Instances> {
    match (one, other) {
        (Some(one), Some(other)) => Some(stronger(one, other)),
        (one, other) => one.or(other),
    }
}
