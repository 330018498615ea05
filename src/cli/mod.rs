//! The command line: what may be typed, and one file per subcommand that turns it into the
//! library's terms and the answer into an exit status.

mod ca;
mod check;
mod completions;
mod explain;
mod lab;
mod list;
mod man;
mod mistyped;
#[cfg(not(feature = "network"))]
mod offline;
#[cfg(feature = "network")]
mod online;
mod options;
mod overview;
#[cfg(feature = "network")]
mod pull;
mod verify;

#[cfg(not(feature = "network"))]
use offline as pull;
pub use options::{Cli, Command, Common};

use crate::diagnosis::Verdict;
use crate::report::{Format, Style, json};
use clap::Parser as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// How a command ended; the numbers are part of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Pass = 0,
    Fail = 1,
    Usage = 2,
    CannotTell = 3,
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Pass,
            Verdict::Fail => Self::Fail,
            Verdict::Unknown => Self::CannotTell,
        }
    }
}

/// A mistake in how the command was called: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Runs the command that was typed and maps its outcome to an exit status.
pub fn main() -> ExitCode {
    crate::core_dump::forbid();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let error = mistyped::explained(error, std::env::args_os());
            let _ = error.print();
            return ExitCode::from(error.exit_code().clamp(0, 255) as u8);
        }
    };
    match run(cli) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) if is_broken_pipe(&error) => ExitCode::from(Exit::Pass as u8),
        Err(error) => {
            let usage = error.downcast_ref::<UsageError>().is_some();
            let _ = writeln!(io::stderr(), "certposture: {}", crate::text::shown(&format!("{error:#}")));
            ExitCode::from(if usage { Exit::Usage } else { Exit::CannotTell } as u8)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    refuse_html(&cli)?;
    let style = Style::detect(cli.common.color, cli.common.verbose, cli.common.quiet);
    match cli.command {
        Some(Command::Check(arguments)) => check::run(&arguments, &cli.common, &style),
        Some(Command::List(arguments)) => list::run(&arguments, &cli.common, &style),
        Some(Command::Verify(arguments)) => verify::run(&arguments, &cli.common, &style),
        Some(Command::Ca(command)) => ca::run(&command, &cli.common, &style),
        Some(Command::Pull(arguments)) => pull::run(&arguments, &cli.common, &style),
        Some(Command::Lab(arguments)) => lab::run(&arguments, &cli.common, &style),
        Some(Command::Explain(arguments)) => explain::run(&arguments, &style),
        Some(Command::Completions { shell }) => completions::run(shell),
        Some(Command::Man { directory }) => man::run(&directory),
        None => overview::print(),
    }
}

/// Two commands alone have a page to write.
fn refuse_html(cli: &Cli) -> Result<(), UsageError> {
    let has_page = matches!(cli.command, Some(Command::Check(_) | Command::Verify(_)));
    if cli.common.format == Format::Html && !has_page {
        let what = "only check and verify write HTML: give --format table or --format json";
        return Err(UsageError(what.to_owned()));
    }
    Ok(())
}

/// Gives whoever parses the output a document even when a command could not do its work. (Wrong
/// usage is nobody's output.)
fn with_document(schema: &str, common: &Common, outcome: anyhow::Result<Exit>) -> anyhow::Result<Exit> {
    if let Err(error) = &outcome
        && common.format == Format::Json
        && !error.is::<UsageError>()
    {
        json::print(&serde_json::json!({"schema": schema, "error": format!("{error:#}")}))?;
    }
    outcome
}

/// Whoever reads our output has had enough: that is no error of ours.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}
