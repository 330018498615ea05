//! `certposture man`: the man pages, one for the program and one per subcommand.

use super::{Cli, Exit};
use anyhow::Context as _;
use clap::CommandFactory as _;
use std::fs;
use std::path::Path;

pub fn run(directory: &Path) -> anyhow::Result<Exit> {
    let what = || format!("cannot write man pages into {}", directory.display());
    fs::create_dir_all(directory).with_context(what)?;
    clap_mangen::generate_to(Cli::command(), directory).with_context(what)?;
    Ok(Exit::Pass)
}
