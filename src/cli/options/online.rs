//! The commands of a build that has the network.

use super::{Pull, Upload};
use clap::Subcommand;

/// Beside the commands that every build has.
#[derive(Debug, Subcommand)]
pub enum Online {
    /// Fetch a rule and its CA from the API into one file for `check --rule`
    Pull(Pull),
}

/// The same, of those below `ca`.
#[derive(Debug, Subcommand)]
pub enum OnlineCa {
    /// Upload a certificate through the API and print the UUID for the rule
    #[command(after_help = CREDENTIALS)]
    Upload(Upload),
}

const CREDENTIALS: &str = "Credentials come from the environment, as for Cloudflare's own tools: CLOUDFLARE_API_TOKEN, or \
    CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY; or from --token-file. CLOUDFLARE_BASE_URL replaces the API's address, \
    CLOUDFLARE_ACCOUNT_ID stands in for --account-id, and HTTPS_PROXY is honoured.";

/// What `ca` is for.
pub(super) const CA: &str = "Is this the file to upload? Look at it, make the API's body, or upload it";

/// Why a command is not there: this build has them all.
pub fn why_absent(_: &str) -> Option<&'static str> {
    None
}
