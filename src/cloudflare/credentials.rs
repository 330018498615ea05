//! The secrets that open the API: from the environment or from a file, never from the command line.

use crate::input;
use std::fmt;
use std::path::Path;
use ureq::http::HeaderValue;
use zeroize::Zeroizing;

/// What is shown in place of a secret.
const HIDDEN: &str = "[hidden]";

/// A file with a token is a line of some forty characters.
const MAX_TOKEN_FILE: u64 = 4096;

/// A look into the environment; a function so that tests need not change the real one.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// An API token, or an e-mail address with the global API key.
#[derive(Clone)]
pub struct Credentials(CredentialKind);

#[derive(Clone)]
enum CredentialKind {
    Token(Zeroizing<String>),
    Key { email: String, key: Zeroizing<String> },
}

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
pub enum BadCredentials {
    #[error(
        "no credentials for the API: put an API token into the environment variable CLOUDFLARE_API_TOKEN, or into \
         a file named with --token-file"
    )]
    None,
    #[error("{given} is set, but {missing} is not: the API key needs both, an API token needs neither")]
    Half { given: &'static str, missing: &'static str },
    #[error(
        "{0} is not what Cloudflare gives out: it has a space, a line break or an unusual character in it"
    )]
    Malformed(String),
    #[error("the token file {file} {why}")]
    File { file: String, why: String },
}

impl Credentials {
    /// Those in `token_file`; otherwise those that the environment has, under the names that
    /// Cloudflare's own tools use.
    pub fn find(token_file: Option<&Path>, variable: Environment<'_>) -> Result<Self, BadCredentials> {
        if let Some(file) = token_file {
            return Self::from_file(file);
        }
        let set = |name: &str| {
            let value = Zeroizing::new(variable(name).unwrap_or_default());
            let trimmed = Zeroizing::new(value.trim().to_owned());
            (!trimmed.is_empty()).then_some(trimmed)
        };
        if let Some(token) = set("CLOUDFLARE_API_TOKEN") {
            return Self::token(token, "CLOUDFLARE_API_TOKEN");
        }
        match (set("CLOUDFLARE_EMAIL"), set("CLOUDFLARE_API_KEY")) {
            (Some(email), Some(key)) => Self::key(&email, key),
            (Some(_), None) => {
                Err(BadCredentials::Half { given: "CLOUDFLARE_EMAIL", missing: "CLOUDFLARE_API_KEY" })
            }
            (None, Some(_)) => {
                Err(BadCredentials::Half { given: "CLOUDFLARE_API_KEY", missing: "CLOUDFLARE_EMAIL" })
            }
            (None, None) => Err(BadCredentials::None),
        }
    }

    fn from_file(file: &Path) -> Result<Self, BadCredentials> {
        let name = || crate::text::shown(&file.to_string_lossy()).into_owned();
        let problem = |why: String| BadCredentials::File { file: name(), why };
        let bytes = input::read(file, MAX_TOKEN_FILE).map_err(|why| problem(why.to_string()))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| problem("is not text".to_owned()))?;
        let token = Zeroizing::new(text.trim_start_matches('\u{feff}').trim().to_owned());
        if token.is_empty() {
            return Err(problem("is empty".to_owned()));
        }
        Self::token(token, &format!("the token in {}", name()))
    }

    fn token(token: Zeroizing<String>, whence: &str) -> Result<Self, BadCredentials> {
        if !is_plain(&token) {
            return Err(BadCredentials::Malformed(whence.to_owned()));
        }
        Ok(Self(CredentialKind::Token(token)))
    }

    fn key(email: &str, key: Zeroizing<String>) -> Result<Self, BadCredentials> {
        for (value, name) in [(email, "CLOUDFLARE_EMAIL"), (key.as_str(), "CLOUDFLARE_API_KEY")] {
            if !is_plain(value) {
                return Err(BadCredentials::Malformed(name.to_owned()));
            }
        }
        Ok(Self(CredentialKind::Key { email: email.to_owned(), key }))
    }

    /// Whether these are an API token, which has permissions of its own.
    pub fn is_token(&self) -> bool {
        matches!(self.0, CredentialKind::Token(_))
    }

    /// The headers that carry them.
    pub(super) fn headers(&self) -> Vec<(&'static str, HeaderValue)> {
        let sensitive = |text: &str| {
            let mut value = HeaderValue::from_str(text).ok()?;
            value.set_sensitive(true);
            Some(value)
        };
        let pairs = match &self.0 {
            CredentialKind::Token(token) => {
                let bearer = Zeroizing::new(format!("Bearer {}", token.as_str()));
                vec![("authorization", sensitive(&bearer))]
            }
            CredentialKind::Key { email, key } => {
                vec![("x-auth-email", sensitive(email)), ("x-auth-key", sensitive(key))]
            }
        };
        pairs.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
    }

    /// `text` without the secrets, should it repeat them: some servers echo what they were sent.
    pub(super) fn scrub(&self, text: &str) -> String {
        let (CredentialKind::Token(secret) | CredentialKind::Key { key: secret, .. }) = &self.0;
        text.replace(secret.as_str(), HIDDEN)
    }
}

/// Visible ASCII, which is all that a header may hold and a token has.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_token() { "Credentials(token)" } else { "Credentials(key)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<Credentials, BadCredentials> {
        let owned: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Credentials::find(None, &|name| owned.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()))
    }

    #[test]
    fn a_token_wins_over_a_key_and_a_key_needs_an_address() {
        let key = [("CLOUDFLARE_EMAIL", "jo@example.com"), ("CLOUDFLARE_API_KEY", "k-1")];
        assert!(!found(&key).unwrap().is_token());
        let both = [key[0], key[1], ("CLOUDFLARE_API_TOKEN", " t-1\n")];
        let credentials = found(&both).unwrap();
        assert_eq!(credentials.headers()[0].1, "Bearer t-1");
        assert!(matches!(found(&key[..1]), Err(BadCredentials::Half { missing: "CLOUDFLARE_API_KEY", .. })));
        assert!(matches!(found(&key[1..]), Err(BadCredentials::Half { missing: "CLOUDFLARE_EMAIL", .. })));
        assert!(matches!(found(&[("CLOUDFLARE_API_TOKEN", "  ")]), Err(BadCredentials::None)));
    }

    #[test]
    fn no_message_repeats_a_secret() {
        let error = found(&[("CLOUDFLARE_API_TOKEN", "secret with-space")]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
        let credentials = found(&[("CLOUDFLARE_API_TOKEN", "secret-1")]).unwrap();
        assert!(!format!("{credentials:?} {:?}", credentials.headers()).contains("secret-1"));
        assert_eq!(credentials.scrub("your token secret-1 is bad"), "your token [hidden] is bad");
    }

    #[test]
    fn a_token_file_may_end_in_a_line_break() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "\u{feff}from-file\r\n").unwrap();
        let credentials = Credentials::find(Some(&file), &|_| Some("from-variable".to_owned())).unwrap();
        assert_eq!(credentials.headers()[0].1, "Bearer from-file");
        std::fs::write(&file, "two lines\nof-secret").unwrap();
        let error = Credentials::find(Some(&file), &|_| None).unwrap_err();
        assert!(!error.to_string().contains("of-secret"), "{error}");
    }
}
