//! AWS behind TLS: one address for all services and regions.
//!
//! Which service and region is meant is said by the scope of the request's signature, as the SDKs
//! write it: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::{fs, process, thread};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::answers;
use super::http::{Answer, Request, serve};
use super::world::{Fault, Trouble, World};

/// AWS, as far as a controller calls it.
#[derive(Debug)]
pub(crate) struct Stub {
    address: SocketAddr,
    /// The certificate of the authority that signed the stub's, as a file.
    pub(crate) ca_bundle: PathBuf,
    world: Arc<Mutex<World>>,
}

impl Stub {
    pub(crate) fn start(parameters: BTreeMap<String, String>) -> Self {
        let (config, authority) = tls();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let name = format!("plimsoll-stub-{}-{}.pem", process::id(), address.port());
        let ca_bundle = std::env::temp_dir().join(name);
        fs::write(&ca_bundle, authority).unwrap();
        let world = Arc::new(Mutex::new(World::of_alfred(parameters)));
        let shared = Arc::clone(&world);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                stream.set_nodelay(true).unwrap();
                let (config, world) = (Arc::clone(&config), Arc::clone(&shared));
                thread::spawn(move || {
                    let tls = ServerConnection::new(config).unwrap();
                    serve(StreamOwned::new(tls, stream), |request| answer(&request, &world))
                });
            }
        });
        Self { address, ca_bundle, world }
    }

    pub(crate) fn endpoint_url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// What it holds, to look at or to change.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// The calls since this was last asked, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.world().calls)
    }

    /// Sets a parameter, or takes it away.
    pub(crate) fn set(&self, name: &str, value: Option<&str>) {
        let parameters = &mut self.world().parameters;
        match value {
            Some(value) => parameters.insert(name.to_owned(), value.to_owned()),
            None => parameters.remove(name),
        };
    }

    /// Puts an operation out of order in a region; an empty one means all.
    pub(crate) fn spoil(&self, operation: &'static str, region: &'static str, trouble: Trouble) {
        self.world().faults.push(Fault { operation, region, trouble });
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        // A file that is left behind in a temporary folder does no harm.
        let _ = fs::remove_file(&self.ca_bundle);
    }
}

fn answer(request: &Request, world: &Mutex<World>) -> Option<Answer> {
    let scope = request.header("authorization").split_once("Credential=");
    let mut scope = scope.map_or("", |(_, scope)| scope).split('/').skip(2);
    let (region, service) = (scope.next().unwrap_or("?"), scope.next().unwrap_or("?"));
    let operation = answers::operation(request);
    let mut world = world.lock().unwrap();
    match world.trouble(&operation, region) {
        None => Some(answers::answer(request, (service, region), &operation, &mut world)),
        Some(trouble) => {
            world.calls.push(format!("{service}:{operation} {region} in vain"));
            drop(world);
            match trouble {
                Trouble::Refuses(code) => Some(answers::refusal(request, code)),
                Trouble::HangsUp => None,
                Trouble::Silent => loop {
                    // Until the test is over, which ends this thread with its process.
                    thread::park();
                },
            }
        }
    }
}

/// A new authority, and what it signed for `localhost`.
fn tls() -> (Arc<ServerConfig>, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    // OpenSSL takes a certificate whose issuer has its own name for one that signed itself.
    params.distinguished_name.push(DnType::CommonName, "an authority of Plimsoll's tests");
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    (Arc::new(config), authority.pem())
}
