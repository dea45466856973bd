//! How this crate speaks HTTP.

use std::sync::Arc;

use reqwest::redirect;
use rustls::{ClientConfig, RootCertStore};

/// A client with one TLS, rustls on ring, and the roots that come with it: it works in an image without certificates. It
/// follows no redirects: neither a key nor an event goes where it was not sent.
pub(crate) fn builder() -> reqwest::ClientBuilder {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(config).redirect(redirect::Policy::none())
}
