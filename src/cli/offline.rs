//! What the commands that need the network say in a build without it.

use super::{Common, Exit, UsageError};
use crate::report::Style;

/// Refuses, and says what to do instead.
pub fn run<Arguments>(_: &Arguments, _: &Common, _: &Style) -> anyhow::Result<Exit> {
    let what = "this build of certposture has no network access; use another build, or send the output of \
                `certposture ca body FILE` with curl";
    Err(UsageError(what.to_owned()).into())
}
