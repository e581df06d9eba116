//! What the twin assumes where AWS, or the application, gives no rule: every delay and share that a
//! result depends on, in one place.

use plimsoll_core::units::Seconds;

/// Zones of every region, without the region's name before them: `a` of `us-east-1` is `us-east-1a`.
pub const ZONES: [&str; 3] = ["a", "b", "c"];

/// The assumptions of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// From the end of a metric's period until CloudWatch shows the data point.
    pub metric_delay: Seconds,
    /// The low alarm's threshold in percent of the target. AWS was seen to use 70 and 90.
    pub low_percent: u8,
    /// From a new desired capacity to the launch or termination of instances. Seen at AWS: 5 to
    /// 6 s in 2024, up to 29 s in 2018.
    pub launch_delay: Seconds,
    /// Shortest time from launch to service, hooks aside.
    pub boot_least: Seconds,
    /// Mean time from launch to service, hooks aside. The rest above the least is exponential.
    pub boot_mean: Seconds,
    /// The same from a warm pool.
    pub boot_warm: Seconds,
    /// What a lifecycle hook takes until it is completed.
    pub hook: Seconds,
    /// Deregistration delay of target groups. AWS's default is 300 s.
    pub drain: Seconds,
    /// From the loss of a zone's or instance's health until the load balancer sends no more there.
    pub health_detection: Seconds,
    /// From the loss of a region's data plane until the global load balancer sends no more there:
    /// three health checks of 30 s, and a TTL of 60 s.
    pub traffic_detection: Seconds,
    /// Whether the records of a region hang on a health check of its endpoint, as those of most
    /// operators do. Without it only the judged shares close a region.
    pub endpoint_checks: bool,
    /// From the judgement of a region's peers until clients follow it: 60 s until the metric's
    /// period has ended, 30 s until CloudWatch and the health check of Route 53 have looked at it,
    /// and a TTL of 60 s.
    pub traffic_delay: Seconds,
    /// How long a virtual user waits for a request that nobody answers. k6 waits 60 s, as does the
    /// idle timeout of an Application Load Balancer.
    pub timeout: Seconds,
    /// Memory that an instance uses when idle, and at its rated load, in percent.
    pub memory: (f64, f64),
    /// Latency of a service without load when the spec gives none, in milliseconds.
    pub base_latency_ms: u32,
    /// Requests that wait at an instance at most, in seconds of its rated load; more are refused.
    pub queue_seconds: f64,
    /// Idle groups still report 0 requests per target, as AWS's current guide says; an older one
    /// says that there is no data then.
    pub zero_when_idle: bool,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            metric_delay: Seconds(60),
            low_percent: 90,
            launch_delay: Seconds(6),
            boot_least: Seconds(45),
            boot_mean: Seconds(75),
            boot_warm: Seconds(20),
            hook: Seconds(30),
            drain: Seconds(300),
            health_detection: Seconds(30),
            traffic_detection: Seconds(150),
            endpoint_checks: true,
            traffic_delay: Seconds(150),
            timeout: Seconds(60),
            memory: (40.0, 80.0),
            base_latency_ms: 10,
            queue_seconds: 1.0,
            zero_when_idle: true,
        }
    }
}
