//! The twin behind the port of the core: what plans and controllers read and change in production,
//! they read and change here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use plimsoll_core::action::Action;
use plimsoll_core::cloud::{ActError, Cloud, Outcome, Probe, Query, Sample, Scope, Series, Window};
use plimsoll_core::spec::Spec;
use plimsoll_core::world::{Unreachable, World};

use crate::engine::Engine;
use crate::load::Load;
use crate::run::Options;

/// Simulated regions as a cloud. Time stands still until it is told to pass.
#[derive(Debug)]
pub struct Twin {
    engine: Mutex<Engine>,
}

impl Twin {
    /// Regions with networks, target groups and nothing else.
    #[must_use]
    pub fn empty(spec: &Spec, load: &Load, options: &Options) -> Self {
        Self { engine: Mutex::new(Engine::empty(spec, load, options)) }
    }

    /// Regions that the spec's platform was brought to and that have settled.
    #[must_use]
    pub fn settled(spec: &Spec, load: &Load, options: &Options) -> Self {
        Self { engine: Mutex::new(Engine::new(spec, load, options)) }
    }

    /// Lets so many seconds pass.
    pub fn pass(&self, seconds: u64) {
        let mut engine = self.engine();
        let end = engine.now() + seconds;
        engine.run_until(end);
    }

    /// What an observer sees who stands in a region: a partition hides the other side.
    #[must_use]
    pub fn seen_from<'a>(&'a self, region: &'a str) -> View<'a> {
        View { twin: self, from: Some(region) }
    }

    fn outside(&self) -> View<'_> {
        View { twin: self, from: None }
    }

    /// A panic while it was locked leaves an engine that can still be looked at.
    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The twin as it is seen from somewhere.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    twin: &'a Twin,
    from: Option<&'a str>,
}

impl Cloud for View<'_> {
    async fn observe(&self, scope: &Scope) -> World {
        self.twin.engine().observe(scope, self.from)
    }

    async fn measure(
        &self,
        region: &str,
        queries: &[Query],
        window: Window,
    ) -> Result<Vec<Series>, Unreachable> {
        self.twin.engine().measure(region, queries, window, self.from)
    }

    async fn publish(&self, region: &str, samples: &[Sample]) -> Result<(), ActError> {
        self.twin.engine().publish(region, samples, self.from)
    }

    async fn probe(&self, endpoint: &str) -> Probe {
        self.twin.engine().probe(endpoint, self.from)
    }

    async fn act(&self, region: &str, action: &Action) -> Result<Outcome, ActError> {
        self.twin.engine().act_from(region, action, self.from)
    }
}

impl Cloud for Twin {
    async fn observe(&self, scope: &Scope) -> World {
        self.outside().observe(scope).await
    }

    async fn measure(
        &self,
        region: &str,
        queries: &[Query],
        window: Window,
    ) -> Result<Vec<Series>, Unreachable> {
        self.outside().measure(region, queries, window).await
    }

    async fn publish(&self, region: &str, samples: &[Sample]) -> Result<(), ActError> {
        self.outside().publish(region, samples).await
    }

    async fn probe(&self, endpoint: &str) -> Probe {
        self.outside().probe(endpoint).await
    }

    async fn act(&self, region: &str, action: &Action) -> Result<Outcome, ActError> {
        self.outside().act(region, action).await
    }
}
