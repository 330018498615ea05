//! What can go wrong with the API, and what to do about it, in one line each.

use crate::text::shown;
use std::fmt;
use std::time::Duration;

/// How long to wait before asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    Usual,
    /// What `Retry-After` says.
    RetryAfter(Duration),
}

/// What a request needs of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    PostureRead,
    CertificatesRead,
    CertificatesWrite,
}

impl Permission {
    /// The name that the dashboard gives it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PostureRead => "Access: Device Posture Read",
            Self::CertificatesRead => "Account: SSL and Certificates Read",
            Self::CertificatesWrite => "Account: SSL and Certificates Write",
        }
    }
}

/// Why the API gave no answer that can be used. Safe to print, and free of secrets.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("CLOUDFLARE_BASE_URL {0}")]
    BadBase(String),
    #[error(
        "a proxy is set in the environment (HTTPS_PROXY or ALL_PROXY), but not as a URL such as \
         http://proxy.example:3128"
    )]
    BadProxy,
    #[error("{host} did not answer within {} s; try again, and look at the network and HTTPS_PROXY", .limit.as_secs())]
    Timeout { host: String, limit: Duration },
    #[error("{host} cannot be reached: {why}")]
    Unreachable { host: String, why: String },
    #[error(
        "{host} redirects to {to}, which is another host: it was not followed and got no credentials. Correct \
         CLOUDFLARE_BASE_URL, or look at what stands between this machine and the API"
    )]
    Redirect { host: String, to: String },
    #[error("{host} redirects in circles")]
    RedirectLoop { host: String },
    #[error("the answer of {host} was cut off; try again")]
    CutOff { host: String },
    #[error("the answer of {host} is larger than {} MiB, which no answer of the API is", .limit >> 20)]
    TooLarge { host: String, limit: u64 },
    #[error(
        "{host} answered {}, but not with the API's JSON{what}; a proxy or a login page may stand between, or \
         CLOUDFLARE_BASE_URL is wrong",
        status_text(*.status)
    )]
    NotTheApi { host: String, status: u16, what: String },
    #[error("{0}")]
    Refused(Box<Refusal>),
}

/// The API answered, and said no.
#[derive(Debug)]
pub struct Refusal {
    pub status: u16,
    pub errors: Vec<ApiMessage>,
    /// What the request needs.
    pub permission: Permission,
    /// Whether an API token was used, and not a user's key.
    pub by_token: bool,
    /// For how long the API asks to be left alone.
    pub retry_after: Option<Duration>,
    /// How often it was asked.
    pub attempts: u32,
}

/// One of the API's own messages, scrubbed of secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiMessage {
    pub code: Option<i64>,
    pub message: String,
}

/// Codes with which the API refuses credentials whatever the status: invalid request headers, an
/// invalid format of the Authorization header, an unknown key or address.
const CREDENTIAL_CODES: &[i64] = &[6003, 6100, 6101, 6102, 6103, 6111, 9103, 9106, 9107];

impl ApiError {
    /// How long to wait before the same request may do better; `None` when it will not.
    pub(super) fn pause(&self) -> Option<Pause> {
        let Self::Refused(refusal) = self else { return None };
        match refusal.status {
            429 | 500..=599 => Some(refusal.retry_after.map_or(Pause::Usual, Pause::RetryAfter)),
            _ => None,
        }
    }

    pub(super) fn with_attempts(mut self, attempts: u32) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.attempts = attempts;
        }
        self
    }

    /// Whether the API says that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.status == 404)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the API answered {}", status_text(self.status))?;
        if self.attempts > 1 {
            write!(f, " to each of {} requests", self.attempts)?;
        }
        let said: Vec<String> = self.errors.iter().map(ToString::to_string).collect();
        if !said.is_empty() {
            write!(f, ": {}", said.join("; "))?;
        }
        write!(f, ". {}", self.advice())
    }
}

impl Refusal {
    fn advice(&self) -> String {
        let permission = self.permission.as_str();
        let about_credentials =
            self.errors.iter().any(|e| e.code.is_some_and(|code| CREDENTIAL_CODES.contains(&code)));
        match self.status {
            401 | 400 if self.status == 401 || about_credentials => self.about_credentials(),
            403 if self.by_token => format!(
                "The token needs the permission \"{permission}\" for this account; add it in the dashboard under My \
                 Profile, API Tokens, and check the account ID"
            ),
            403 => format!(
                "This user has no role with the permission \"{permission}\" in this account; check the account ID too"
            ),
            404 => "There is no such thing in this account: check the account ID and the ID asked for".to_owned(),
            429 => match self.retry_after {
                Some(wait) => format!("Too many requests: try again in {} s", wait.as_secs()),
                None => "Too many requests: try again in five minutes".to_owned(),
            },
            500..=599 => {
                "The fault is on the API's side: try again later; https://www.cloudflarestatus.com tells of outages"
                    .to_owned()
            }
            _ => "See the message; the account ID and the file may be wrong".to_owned(),
        }
    }

    fn about_credentials(&self) -> String {
        let permission = self.permission.as_str();
        if self.by_token {
            format!(
                "The API does not accept the token: it is mistyped, expired or revoked, or it lacks the permission \
                 \"{permission}\" for this account"
            )
        } else {
            format!(
                "The API does not accept CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY: check both, or use an API token with \
                 the permission \"{permission}\""
            )
        }
    }
}

impl fmt::Display for ApiMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", shown(&self.message))?;
        self.code.map_or(Ok(()), |code| write!(f, " (code {code})"))
    }
}

/// `403 Forbidden`.
fn status_text(status: u16) -> String {
    let known = ureq::http::StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason());
    known.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}
