//! Peers: what every region publishes of itself, and what is read of it.
//!
//! ```text
//!   decision ──> samples ──> own CloudWatch ──> questions of the peers ──> read ──> Input.peers
//! ```
//!
//! A controller writes in its own region alone. Its peers read it there, and so a region that is cut
//! off still knows itself, and nobody depends on a place in between.
//!
//! Every metric that is asked for costs, so a quiet tick asks for few: of each peer a brief, and the
//! details per service only when something is the matter anywhere, or the spec keeps a standing N-1.

mod questions;
mod read;
mod streak;
mod summary;

pub use questions::{Question, Questions, What, about_peers, brief, details};
pub use read::{Answer, Told, read, wants_details};
pub use streak::lasted;
pub use summary::{Health, health, loads, samples, share};

/// Where summaries are published.
pub const NAMESPACE: &str = "Plimsoll/Controller";

/// Names of metrics, in [`NAMESPACE`].
pub mod metric {
    /// 1 with every tick. Of a region.
    pub const HEARTBEAT: &str = "Heartbeat";
    /// Instances that are missing and will not come. Of a region, and of a service.
    pub const SHORTAGE: &str = "Shortage";
    /// Percent of 5xx answers. Of a region.
    pub const ERRORS: &str = "ErrorsPercent";
    /// Percent of healthy targets of the worst service. Of a region.
    pub const HEALTHY: &str = "HealthyPercent";
    /// 1 when the region holds the database primary, 0 when it holds a replica. Of a region.
    pub const PRIMARY: &str = "Primary";
    /// Instances that the load asks for, whatever the bounds are. Of a service.
    pub const WANTED: &str = "Wanted";
    /// Instances by which the load could grow. Of a service.
    pub const HEADROOM: &str = "Headroom";
    /// Requests per second. Of a service.
    pub const DEMAND: &str = "Demand";
    /// 1 when another region's endpoint answered, 0 when it did not.
    pub const REACHABLE: &str = "Reachable";
}

/// Names of dimensions.
mod dimension {
    pub(super) const PLATFORM: &str = "Platform";
    pub(super) const ENVIRONMENT: &str = "Environment";
    pub(super) const SERVICE: &str = "Service";
    pub(super) const REGION: &str = "Region";
}
