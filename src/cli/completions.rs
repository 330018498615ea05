//! `certposture completions`: a completion script on standard output.

use super::{Exit, declared};
use crate::reason::Code;
use clap_complete::Shell;
use std::io::{self, Write as _};

pub fn run(shell: Shell) -> anyhow::Result<Exit> {
    let codes = Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(" ");
    clap_complete::generate(shell, &mut declared::shown(), "certposture", &mut io::stdout());
    if shell == Shell::Fish {
        // The generator leaves out the values of what is not an option.
        let when = "__fish_certposture_using_subcommand explain";
        writeln!(io::stdout(), "complete -c certposture -n \"{when}\" -f -a \"{codes}\"")?;
    }
    Ok(Exit::Pass)
}
