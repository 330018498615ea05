//! The commands that need the network, in a build without it: there are none to run.

use super::{Common, Exit, options};
use crate::report::Style;

pub fn run(command: &options::Online, _: &Common, _: &Style) -> anyhow::Result<Exit> {
    match *command {}
}

/// The same, of those below `ca`.
pub fn run_ca(command: &options::OnlineCa, _: &Common, _: &Style) -> anyhow::Result<Exit> {
    match *command {}
}
