//! `certposture completions`: a completion script on standard output.

use super::{Cli, Exit};
use clap::CommandFactory as _;
use clap_complete::Shell;
use std::io;

pub fn run(shell: Shell) -> anyhow::Result<Exit> {
    clap_complete::generate(shell, &mut Cli::command(), "certposture", &mut io::stdout());
    Ok(Exit::Pass)
}
