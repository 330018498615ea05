//! The commands of a build that has the network, in one without it: none.

use clap::Subcommand;

/// Beside the commands that every build has: nothing.
#[derive(Debug, Subcommand)]
pub enum Online {}

/// The same, of those below `ca`.
#[derive(Debug, Subcommand)]
pub enum OnlineCa {}

/// What `ca` is for.
pub(super) const CA: &str = "Is this the file to upload? Look at it, or make the API's body";

/// Why a command is not there.
pub fn why_absent(command: &str) -> Option<&'static str> {
    let is_online = command == "pull" || command == "upload";
    is_online.then_some(
        "this build of certposture has no network access; use another build, or send the output of \
         `certposture ca body FILE` with curl",
    )
}
