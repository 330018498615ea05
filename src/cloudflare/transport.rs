//! One HTTP request: time limits, size limits, TLS with the system's roots, the environment's proxy,
//! and redirects that stay where they are.

use super::credentials::{Credentials, Environment};
use super::error::ApiError;
use crate::text::shown;
use std::io::Read as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{Method, Request, StatusCode, Uri, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Proxy};

/// Where the API is, unless `CLOUDFLARE_BASE_URL` says otherwise.
pub const DEFAULT_BASE: &str = "https://api.cloudflare.com/client/v4";

/// For one request, from looking up the host's name to the last byte of the answer.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// An account has at most some hundred rules or certificates.
const SIZE_LIMIT: u64 = 16 << 20;

const MAX_REDIRECTS: u32 = 5;

/// Sends requests to one API with one set of credentials.
#[derive(Debug)]
pub struct Transport {
    agent: Agent,
    base: String,
    origin: Origin,
    credentials: Credentials,
    time_limit: Duration,
}

/// What an answer consists of, as far as it matters.
#[derive(Debug)]
pub struct ApiResponse {
    pub status: u16,
    pub content_type: String,
    /// The header as it came.
    pub retry_after: Option<String>,
    pub body: Vec<u8>,
}

/// Scheme, host and port: secrets go to no other.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Transport {
    /// For the API at `base`, through the proxy that the environment names.
    pub fn new(base: &str, credentials: Credentials, variable: Environment<'_>) -> Result<Self, ApiError> {
        let base = base.trim_end_matches('/');
        let bad = |why: &str| ApiError::BadBase(why.to_owned());
        let uri: Uri = base.parse().map_err(|_| bad("is no URL"))?;
        let origin = Origin::of(&uri).ok_or_else(|| bad("is not an http or https URL"))?;
        if uri.query().is_some() || uri.authority().is_some_and(|a| a.as_str().contains('@')) {
            return Err(bad("must hold no user name and no query"));
        }
        if origin.scheme == "http" && !origin.is_loopback() {
            return Err(bad(
                "begins with http://, which would send the credentials unencrypted; use https://",
            ));
        }
        let proxy = if origin.is_loopback() { None } else { proxy(variable)? };
        Ok(Self { agent: agent(proxy), base: base.to_owned(), origin, credentials, time_limit: TIME_LIMIT })
    }

    /// The same with another time limit.
    #[must_use]
    pub fn with_time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The API's host, for messages.
    pub fn host(&self) -> String {
        shown(&self.origin.host).into_owned()
    }

    /// The address of `path`.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Sends a request; `path` begins with a slash. Redirects of a GET within the origin are followed.
    pub fn send(&self, method: &Method, path: &str, body: Option<&[u8]>) -> Result<ApiResponse, ApiError> {
        let mut address = self.address(path);
        for _ in 0..=MAX_REDIRECTS {
            let response = self.call(method, &address, body)?;
            match redirect(&response) {
                Some(to) if method == Method::GET => address = self.follow(&address, &to)?,
                Some(to) => {
                    return Err(ApiError::Redirect { host: self.host(), to: self.safe(&to) });
                }
                None => return self.receive(response),
            }
        }
        Err(ApiError::RedirectLoop { host: self.host() })
    }

    fn call(&self, method: &Method, address: &str, body: Option<&[u8]>) -> Result<Response, ApiError> {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in self.credentials.headers() {
            request = request.header(name, value);
        }
        let sent = match body {
            Some(body) => {
                let request = request.header(header::CONTENT_TYPE, "application/json").body(body);
                request.map_err(ureq::Error::from).and_then(|request| self.agent.run(self.limited(request)))
            }
            None => request
                .body(())
                .map_err(ureq::Error::from)
                .and_then(|request| self.agent.run(self.limited(request))),
        };
        sent.map_err(|error| self.failure(&error))
    }

    fn limited<B: ureq::AsSendBody>(&self, request: Request<B>) -> Request<B> {
        self.agent.configure_request(request).timeout_global(Some(self.time_limit)).build()
    }

    /// Where a redirect leads, if that is the same origin.
    fn follow(&self, from: &str, to: &str) -> Result<String, ApiError> {
        let elsewhere = || ApiError::Redirect { host: self.host(), to: self.safe(to) };
        if to.starts_with('/') && !to.starts_with("//") {
            let path =
                from.find("://").and_then(|start| from[start + 3..].find('/').map(|at| start + 3 + at));
            return Ok(format!("{}{to}", &from[..path.unwrap_or(from.len())]));
        }
        let uri: Uri = to.parse().map_err(|_| elsewhere())?;
        if Origin::of(&uri).as_ref() == Some(&self.origin) { Ok(to.to_owned()) } else { Err(elsewhere()) }
    }

    fn receive(&self, mut response: Response) -> Result<ApiResponse, ApiError> {
        let text = |name: header::HeaderName| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let retry_after = text(header::RETRY_AFTER);
        let content_type = text(header::CONTENT_TYPE).unwrap_or_default();
        let mut body = Vec::new();
        let limit = SIZE_LIMIT + 1;
        let read = response.body_mut().as_reader().take(limit).read_to_end(&mut body);
        if body.len() as u64 == limit {
            return Err(ApiError::TooLarge { host: self.host(), limit: SIZE_LIMIT });
        }
        read.map_err(|error| match ureq::Error::from(error) {
            timeout @ ureq::Error::Timeout(_) => self.failure(&timeout),
            _ => ApiError::CutOff { host: self.host() },
        })?;
        Ok(ApiResponse { status: response.status().as_u16(), content_type, retry_after, body })
    }

    fn failure(&self, error: &ureq::Error) -> ApiError {
        let host = self.host();
        let why = match error {
            ureq::Error::Timeout(_) => return ApiError::Timeout { host, limit: self.time_limit },
            ureq::Error::HostNotFound => {
                "its name is not known; check the network, the name server and HTTPS_PROXY".to_owned()
            }
            ureq::Error::ConnectProxyFailed(what) => format!("the proxy refused the connection ({what})"),
            ureq::Error::Rustls(what) => format!(
                "TLS failed ({what}). If a proxy here inspects TLS, its root certificate must be among the system's; \
                 SSL_CERT_FILE can name one on Linux"
            ),
            other => other.to_string(),
        };
        ApiError::Unreachable { host, why: self.safe(&why) }
    }

    /// Text from outside without secrets, fit to print.
    pub(super) fn safe(&self, text: &str) -> String {
        shown(&self.credentials.scrub(text)).into_owned()
    }
}

type Response = ureq::http::Response<ureq::Body>;

/// Nothing automatic: neither redirects, which would carry headers along, nor errors by status.
fn agent(proxy: Option<Proxy>) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(proxy)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("certposture/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// The proxy that the environment names. One that is set and cannot be used is not passed over: the
/// request would leave by a way that nobody wanted.
fn proxy(variable: Environment<'_>) -> Result<Option<Proxy>, ApiError> {
    let names = ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"];
    let is_set = names.iter().any(|name| variable(name).is_some_and(|value| !value.trim().is_empty()));
    if !is_set {
        return Ok(None);
    }
    Proxy::try_from_env().map(Some).ok_or(ApiError::BadProxy)
}

fn redirect(response: &Response) -> Option<String> {
    let redirects = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !redirects.contains(&response.status()) {
        return None;
    }
    let to = response.headers().get(header::LOCATION)?;
    Some(String::from_utf8_lossy(to.as_bytes()).into_owned())
}

impl Origin {
    fn of(uri: &Uri) -> Option<Self> {
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let usual = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => return None,
        };
        let host = uri.host()?.to_ascii_lowercase();
        Some(Self { scheme, host, port: uri.port_u16().unwrap_or(usual) })
    }

    fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transport(base: &str) -> Result<Transport, ApiError> {
        let credentials = Credentials::find(None, &|_| Some("token-1".to_owned())).unwrap();
        Transport::new(base, credentials, &|_| None)
    }

    #[test]
    fn credentials_leave_this_machine_encrypted_only() {
        for base in ["http://api.example.com/v4", "ftp://127.0.0.1", "api.example.com", "", "https://u:p@h/"]
        {
            assert!(matches!(transport(base), Err(ApiError::BadBase(_))), "{base}");
        }
        for base in ["http://127.0.0.1:8080", "http://[::1]:8080/", "http://localhost:1/x", DEFAULT_BASE] {
            assert!(transport(base).is_ok(), "{base}");
        }
    }

    #[test]
    fn redirects_stay_within_the_origin() {
        let transport = transport("https://api.example.com/client/v4").unwrap();
        let follow = |to: &str| transport.follow("https://api.example.com/client/v4/x", to).ok();
        assert_eq!(follow("/y").as_deref(), Some("https://api.example.com/y"));
        assert_eq!(follow("https://API.example.com:443/z").as_deref(), Some("https://API.example.com:443/z"));
        for to in [
            "//evil.example/",
            "https://evil.example/",
            "http://api.example.com/",
            "https://api.example.com:8443/",
            "y",
            "",
        ] {
            assert_eq!(follow(to), None, "{to}");
        }
    }
}
