//! The curves of one group, as they are drawn.

use plimsoll_core::units::Instances;

use super::flow::Flow;
use crate::outcome::Curves;

/// Draws the curves of one group: sums up a span, and adds a point at its end.
#[derive(Clone, Debug)]
pub(crate) struct Strip {
    curves: Curves,
    span: Span,
    /// Whether requests were lost when it was last looked at.
    pub(crate) overloaded: bool,
}

/// What has happened in the span that runs.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    seconds: f64,
    offered: f64,
    lost: f64,
    cpu: f64,
    p95_ms: Option<f64>,
    fewest: Option<Instances>,
    desired: Instances,
}

impl Strip {
    pub(crate) fn new(service: &str, region: &str) -> Self {
        let (service, region) = (service.to_owned(), region.to_owned());
        Self {
            curves: Curves { service, region, ..Curves::default() },
            span: Span::default(),
            overloaded: false,
        }
    }

    /// A flow went on for so many seconds.
    pub(crate) fn add(
        &mut self,
        flow: &Flow,
        in_service: Instances,
        p95: Option<f64>,
        seconds: f64,
    ) {
        let span = &mut self.span;
        span.seconds += seconds;
        span.offered += flow.offered * seconds;
        span.lost += flow.lost * seconds;
        span.cpu = span.cpu.max(flow.cpu());
        span.fewest = Some(span.fewest.map_or(in_service, |fewest| fewest.min(in_service)));
        if let Some(p95) = p95 {
            span.p95_ms = Some(span.p95_ms.map_or(p95, |highest| highest.max(p95)));
        }
    }

    /// The desired capacity is so much.
    pub(crate) fn desire(&mut self, desired: Instances) {
        self.span.desired = self.span.desired.max(desired);
    }

    /// A span ends.
    pub(crate) fn end(&mut self, min: Instances, max: Instances, desired: Instances) {
        self.desire(desired);
        let span = std::mem::take(&mut self.span);
        let mean = |sum: f64| if span.seconds > 0.0 { sum / span.seconds } else { 0.0 };
        let curves = &mut self.curves;
        curves.offered.push(mean(span.offered));
        curves.lost.push(mean(span.lost));
        curves.min.push(min);
        curves.max.push(max);
        curves.desired.push(span.desired);
        curves.in_service.push(span.fewest.unwrap_or_default());
        curves.cpu.push(span.cpu);
        curves.p95_ms.push(span.p95_ms);
    }

    pub(crate) fn into_curves(self) -> Curves {
        self.curves
    }
}
