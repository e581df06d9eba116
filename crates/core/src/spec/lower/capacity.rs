//! What one instance carries and costs, and what a service leans on.

use std::collections::BTreeMap;

use super::Lower;
use crate::spec::document::{CapacityDoc, Signal, Use};
use crate::spec::model::Capacity;
use crate::spec::problem::code;
use crate::units::{HourlyPrice, MetricValue};

impl Lower<'_> {
    pub(super) fn capacity(&mut self, doc: &CapacityDoc) -> Capacity {
        self.not_negative(doc.requests_per_second, &["capacity", "requests_per_second"]);
        self.not_negative(doc.hourly_price, &["capacity", "hourly_price"]);
        for (name, signal) in &doc.signals {
            let value = match signal {
                Signal::PerRequest(value) | Signal::Constant(value) => Some(*value),
                Signal::Connections => None,
            };
            self.not_negative(value, &["capacity", "signals", name]);
        }
        Capacity {
            requests_per_second: doc.requests_per_second,
            base_latency_ms: doc.base_latency_ms,
            hourly_price: doc.hourly_price.map(|price| HourlyPrice(price.micros())),
            connections: doc.connections,
            signals: doc.signals.clone(),
        }
    }

    pub(super) fn uses(&mut self, uses: &BTreeMap<String, Use>) -> BTreeMap<String, Use> {
        for (name, how) in uses {
            self.not_negative(how.per_request, &["uses", name, "per_request"]);
        }
        uses.clone()
    }

    fn not_negative(&mut self, value: Option<MetricValue>, path: &[&str]) {
        if let (Some(value), Some(key)) = (value, path.last())
            && value < MetricValue::default()
        {
            let message = format!("`{key}` cannot be {value}");
            self.error(code::OUT_OF_RANGE, path, message, "write 0 or more");
        }
    }
}
