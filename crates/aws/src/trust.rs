//! Whose certificates are believed, and the HTTP client that believes them.
//!
//! TLS is rustls over ring, which builds with the system's C compiler alone, for other processors too.

use std::path::{Path, PathBuf};
use std::{fs, io};

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// What makes the connections.
const TLS: Provider = Provider::Rustls(CryptoMode::Ring);

/// The roots of Amazon Trust Services, of which every certificate of an AWS API is.
///
/// They lie in the program, so no file has to be found and read while a function starts. Source:
/// Amazon Trust Services, "Certificate Authorities in PEM format"; AWS security blog, "How to prepare
/// for AWS's move to its own certificate authority".
static AMAZON: &[u8] = include_bytes!("amazon_roots.pem");

/// Whose certificates are believed.
#[derive(Clone, Debug, Default)]
pub struct Trust(Roots);

#[derive(Clone, Debug, Default)]
enum Roots {
    #[default]
    System,
    Amazon,
    Bundle(Vec<u8>),
}

/// Certificates that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file cannot be read.
    #[error("cannot read the certificates of {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file holds no certificates, or something else too.
    #[error("{} holds no certificates in PEM format, or one that is no authority's", .path.display())]
    NoCertificates {
        /// The file.
        path: PathBuf,
    },
}

impl Trust {
    /// Believes whom this machine believes, a company's proxy among them.
    #[must_use]
    pub const fn system() -> Self {
        Self(Roots::System)
    }

    /// Believes the authorities that sign AWS's APIs and nobody else.
    #[must_use]
    pub const fn amazon() -> Self {
        Self(Roots::Amazon)
    }

    /// Believes the authorities of a PEM file and nobody else, as `AWS_CA_BUNDLE` says it to the
    /// AWS CLI.
    ///
    /// # Errors
    /// When the file cannot be read, or holds anything that is no authority's certificate.
    pub fn bundle(path: &Path) -> Result<Self, TrustError> {
        let pem = fs::read(path)
            .map_err(|source| TrustError::Unreadable { path: path.to_owned(), source })?;
        if authorities(&pem).is_none_or(|found| found == 0) {
            return Err(TrustError::NoCertificates { path: path.to_owned() });
        }
        Ok(Self(Roots::Bundle(pem)))
    }

    /// A client that makes its connections, and reads the certificates, when the first call comes.
    pub(crate) fn client(&self) -> SharedHttpClient {
        let client = aws_smithy_http_client::Builder::new().tls_provider(TLS);
        match self.context() {
            Some(context) => client.tls_context(context).build_https(),
            None => client.build_https(),
        }
    }

    /// What makes single requests, outside the SDK's clients.
    pub(crate) fn connector(&self) -> Connector {
        let connector = Connector::builder().tls_provider(TLS);
        match self.context() {
            Some(context) => connector.tls_context(context).build(),
            None => connector.build(),
        }
    }

    /// Making one never fails as of 1.5. Were it to, the default believes the system.
    fn context(&self) -> Option<TlsContext> {
        let store = match &self.0 {
            Roots::System => TrustStore::default(),
            Roots::Amazon => TrustStore::empty().with_pem_certificate(AMAZON),
            Roots::Bundle(pem) => TrustStore::empty().with_pem_certificate(pem.as_slice()),
        };
        TlsContext::builder().with_trust_store(store).build().ok()
    }

    /// Whom to believe where endpoints are asked that are not AWS's: a test's authority, or whom
    /// the system believes.
    pub(crate) fn of_endpoints(&self) -> Self {
        match &self.0 {
            Roots::Bundle(_) => self.clone(),
            Roots::System | Roots::Amazon => Self::system(),
        }
    }
}

/// How many authorities a PEM file holds; `None` when there is anything else in it. The client
/// would panic over it.
fn authorities(pem: &[u8]) -> Option<usize> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        store.add(certificate.ok()?).ok()?;
    }
    Some(store.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amazons_roots_are_five_and_all_are_authorities() {
        assert_eq!(authorities(AMAZON), Some(5));
    }

    #[test]
    fn a_file_without_certificates_is_refused_by_its_name() {
        let path = std::env::temp_dir().join(format!("plimsoll-trust-{}", std::process::id()));
        fs::write(&path, "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n").unwrap();
        let refused = Trust::bundle(&path).unwrap_err();
        fs::write(&path, "no certificates here").unwrap();
        let empty = Trust::bundle(&path).unwrap_err();
        fs::remove_file(&path).unwrap();
        let gone = Trust::bundle(&path).unwrap_err();
        assert!(matches!(refused, TrustError::NoCertificates { .. }), "{refused}");
        assert!(matches!(empty, TrustError::NoCertificates { .. }), "{empty}");
        assert!(matches!(gone, TrustError::Unreadable { .. }), "{gone}");
        assert!(gone.to_string().contains(&path.display().to_string()));
    }
}
