//! The commands that need the network, `ca upload` and `pull`, and what they share: the way to the API.

use super::{Common, Exit, UsageError, ca, options, pull};
use crate::cloudflare::{Api, ApiError, BadCredentials, Credentials, DEFAULT_BASE, Transport, is_account};
use crate::report::Style;
use crate::text::shown;
use std::env;
use std::io::{self, Write as _};

pub fn run(command: &options::Online, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    match command {
        options::Online::Pull(arguments) => pull::run(arguments, common, style),
    }
}

/// The same, of those below `ca`.
pub fn run_ca(command: &options::OnlineCa, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    match command {
        options::OnlineCa::Upload(arguments) => ca::upload::run(arguments, common, style),
    }
}

/// A variable of the environment that is set to something.
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The account's ID, if it can be one: nothing else is sent, and no file's name or host gets into a path.
pub fn account_id(access: &options::Access) -> anyhow::Result<&str> {
    if !is_account(&access.account_id) {
        return Err(usage(
            "the account ID has 32 hexadecimal characters; the dashboard shows it on the account's page",
        ));
    }
    Ok(&access.account_id)
}

/// The API with the credentials that the environment or the token file holds.
pub fn api(access: &options::Access) -> anyhow::Result<Api> {
    account_id(access)?;
    let credentials =
        Credentials::find(access.token_file.as_deref(), &variable).map_err(|why| usage(&why.to_string()))?;
    let base = variable("CLOUDFLARE_BASE_URL").unwrap_or_else(|| DEFAULT_BASE.to_owned());
    let transport = Transport::new(base.trim(), credentials, &variable).map_err(|why| match why {
        ApiError::BadBase(_) | ApiError::BadProxy => usage(&why.to_string()),
        other => other.into(),
    })?;
    Ok(Api::new(transport, notice))
}

/// Whether nothing at all was given to sign in with.
pub fn has_no_credentials(access: &options::Access) -> bool {
    matches!(Credentials::find(access.token_file.as_deref(), &variable), Err(BadCredentials::None))
}

pub fn usage(what: &str) -> anyhow::Error {
    UsageError(what.to_owned()).into()
}

/// Tells of something on the side, on standard error.
pub fn notice(what: &str) {
    let _ = writeln!(io::stderr(), "certposture: {}", shown(what));
}
