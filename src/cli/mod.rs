//! The command line: what may be typed, and one file per subcommand that turns it into the
//! library's terms and the answer into an exit status.

mod ca;
mod capture;
mod check;
mod completions;
mod declared;
mod explain;
mod fleet;
mod invocation;
mod lab;
mod list;
mod log;
mod man;
mod manual;
mod mistyped;
#[cfg(feature = "network")]
mod online;
#[cfg(not(feature = "network"))]
#[path = "offline.rs"]
mod online;
mod options;
mod overview;
#[cfg(feature = "network")]
mod pull;
mod verify;

pub use options::{Cli, Command, Common};

use crate::diagnosis::Verdict;
use crate::encoding;
use crate::input;
use crate::report::{Format, Style, json, nagios};
use crate::text::{is_deceptive, shown};
use clap::FromArgMatches as _;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How a command ended; the numbers are part of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Pass,
    Fail,
    Usage,
    CannotTell,
    /// As a monitoring plugin: its numbers are others.
    Plugin(nagios::State),
}

impl Exit {
    const fn status(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::Usage => 2,
            Self::CannotTell => 3,
            Self::Plugin(state) => state.status(),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
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
    // Memory may hold the private keys of files that were just read, and a dump would be the copy of them
    // that this program never makes. Where the system refuses, nothing else changes.
    crate::os::forbid_core_dumps();
    if asks_for_version(std::env::args_os()) {
        // Declaring every command and option takes longer than all the rest of this.
        let _ = writeln!(io::stdout(), "certposture {}", env!("CARGO_PKG_VERSION"));
        return Exit::Pass.into();
    }
    let cli = match parse() {
        Ok(Ok(cli)) => cli.settled(),
        Ok(Err(unused)) => {
            let _ = writeln!(io::stderr(), "certposture: {unused}");
            return Exit::Usage.into();
        }
        Err(error) => {
            let error = mistyped::explained(error, std::env::args_os());
            tell_usage(&error);
            if error.use_stderr() && asks_for_plugin(std::env::args_os()) {
                return no_answer("wrong usage; standard error says what").into();
            }
            return ExitCode::from(error.exit_code().clamp(0, 255) as u8);
        }
    };
    let plugin = cli.common.format == Format::Nagios;
    let judges = judges(&cli);
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(error) if is_broken_pipe(&error) && !plugin && !judges => Exit::Pass.into(),
        Err(error) => {
            let why = format!("{error:#}");
            let _ = writeln!(io::stderr(), "certposture: {}", shown(&why));
            let usage = error.downcast_ref::<UsageError>().is_some();
            match (plugin, usage) {
                (true, _) => no_answer(&why).into(),
                (false, true) => Exit::Usage.into(),
                (false, false) => Exit::CannotTell.into(),
            }
        }
    }
}

/// What was typed; or an option that the command has no use for.
fn parse() -> Result<Result<Cli, UsageError>, clap::Error> {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let mut matches = declared::command_for(&typed).try_get_matches_from(typed)?;
    let unused = declared::refuse_unused(&matches);
    let cli = Cli::from_arg_matches_mut(&mut matches)?;
    Ok(unused.map(|()| cli))
}

/// Whether nothing else was typed.
fn asks_for_version(typed: impl Iterator<Item = OsString>) -> bool {
    let typed: Vec<OsString> = typed.skip(1).collect();
    matches!(&typed[..], [only] if only == "--version" || only == "-V")
}

/// Standard input can be read once.
fn refuse_to_read_twice<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Result<(), UsageError> {
    if files.into_iter().filter(|file| input::is_standard_input(file)).count() > 1 {
        return Err(UsageError("standard input (-) can stand for one file only".to_owned()));
    }
    Ok(())
}

/// Says what is wrong with what was typed. Of what was typed itself nothing deceptive reaches the terminal.
fn tell_usage(error: &clap::Error) {
    if !std::env::args_os().any(|argument| argument.to_string_lossy().contains(is_deceptive)) {
        let _ = error.print();
        return;
    }
    let text = error.render().to_string();
    let lines: Vec<_> = text.lines().map(shown).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
}

/// Whether the exit status is an answer, which a pipe that was closed must not turn into a better one.
const fn judges(cli: &Cli) -> bool {
    !matches!(
        cli.command,
        None | Some(
            Command::Explain(_) | Command::Completions { .. } | Command::Man { .. } | Command::Lab(_)
        )
    )
}

/// Whoever reads the answer may have had enough of it: the verdict, and so the exit status, stays what it is.
fn as_far_as_read(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// Whether a monitor called, though the rest of what was typed cannot be understood.
fn asks_for_plugin(arguments: impl Iterator<Item = OsString>) -> bool {
    let arguments: Vec<OsString> = arguments.collect();
    arguments.iter().any(|argument| argument == "--format=nagios")
        || arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "nagios")
}

/// A monitor wants a line and its own exit status whatever happens.
fn no_answer(why: &str) -> Exit {
    nagios::no_answer(why).map_or(Exit::CannotTell, Exit::Plugin)
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    refuse_format(&cli)?;
    if let Some(file) = &cli.common.p12_pass_file {
        read_pass_phrase(file)?;
    }
    let style = Style::detect(cli.common.color, cli.common.verbose, cli.common.quiet);
    match cli.command {
        Some(Command::Check(arguments)) => check::run(&arguments, &cli.common, &style),
        Some(Command::List(arguments)) => list::run(&arguments, &cli.common, &style),
        Some(Command::Verify(arguments)) => verify::run(&arguments, &cli.common, &style),
        Some(Command::Ca(command)) => ca::run(&command, &cli.common, &style),
        Some(Command::Log(arguments)) => log::run(&arguments, &cli.common, &style),
        Some(Command::Online(command)) => online::run(&command, &cli.common, &style),
        Some(Command::Lab(arguments)) => lab::run(&arguments, &cli.common, &style),
        Some(Command::Capture(arguments)) => capture::run(&arguments, &cli.common),
        Some(Command::Fleet(arguments)) => fleet::run(&arguments, &cli.common, &style),
        Some(Command::Explain(arguments)) => explain::run(&arguments, &cli.common, &style),
        Some(Command::Completions { shell }) => completions::run(shell),
        Some(Command::Man { directory }) => man::run(&directory),
        None => overview::run(&cli.common, &style),
    }
}

/// A file with more in it than this holds no pass phrase.
const MAX_PASS_FILE: u64 = 1 << 16;

/// The pass phrase is in a file, for a command line is seen by every user and kept in a history.
fn read_pass_phrase(file: &Path) -> Result<(), UsageError> {
    let refused = |why: &str| {
        UsageError(format!("--p12-pass-file names {}, which {why}", shown(&file.to_string_lossy())))
    };
    let bytes = input::read_named(file, MAX_PASS_FILE).map_err(|why| refused(&why.to_string()))?;
    encoding::give_pass_phrase(file.to_path_buf(), &bytes);
    Ok(())
}

/// Not every command has every form.
fn refuse_format(cli: &Cli) -> Result<(), UsageError> {
    let is_check = matches!(cli.command, Some(Command::Check(_)));
    let what = match cli.common.format {
        Format::Table | Format::Json => return Ok(()),
        Format::Html | Format::Ndjson | Format::Ocsf if matches!(cli.command, Some(Command::Fleet(_))) => {
            return Ok(());
        }
        Format::Html if is_check || matches!(cli.command, Some(Command::Verify(_))) => return Ok(()),
        Format::Html => "only check, verify and fleet write HTML: give --format table or --format json",
        Format::Ndjson | Format::Ocsf => {
            "only fleet writes that format: give --format table or --format json"
        }
        Format::Markdown | Format::Junit | Format::Nagios | Format::Prometheus if is_check => return Ok(()),
        Format::Markdown | Format::Junit | Format::Nagios | Format::Prometheus => {
            "only check writes that format: give --format table or --format json"
        }
    };
    Err(UsageError(what.to_owned()))
}

/// Gives whoever parses the output a document even when a command could not do its work. (Wrong
/// usage leaves standard output empty.)
fn with_document(schema: &str, common: &Common, outcome: anyhow::Result<Exit>) -> anyhow::Result<Exit> {
    if let Err(error) = &outcome
        && common.format == Format::Json
        && !error.is::<UsageError>()
    {
        json::print(&serde_json::json!({"schema": schema, "error": format!("{error:#}")}))?;
    }
    outcome
}

/// Whoever reads our output has had enough: that is not an error of ours.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}
