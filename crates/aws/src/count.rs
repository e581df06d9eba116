//! How many requests are sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// Counts the requests of a client, repeated ones included: that is what AWS throttles by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count(Arc<AtomicU64>);

impl Count {
    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// The client, counted.
    pub(crate) fn over(&self, client: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Counted { count: self.clone(), inner: client })
    }
}

#[derive(Debug)]
struct Counted<T> {
    count: Count,
    inner: T,
}

impl HttpClient for Counted<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Counted { count: self.count.clone(), inner })
    }
}

impl HttpConnector for Counted<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.count.0.fetch_add(1, Ordering::Relaxed);
        self.inner.call(request)
    }
}
