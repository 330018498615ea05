//! Which command uses which of the common options. Where one would do nothing, help, man pages and completions do
//! not show it, and whatever would change another command's answer is refused.

use super::options::{self, Common};
use super::{Cli, UsageError};
use crate::report::Format;
use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory as _, Subcommand as _, ValueEnum as _};
use std::ffi::{OsStr, OsString};

/// The options by the names of their fields.
const STORE: &str = "store";
const P12: &str = "p12_pass_file";
const OS: &str = "os";
const TYPE: &str = "rule_type";
const AT: &str = "at";
const EXPIRY: &str = "expiry_warning";
const NAMES: [&str; 2] = ["hostname", "serial_number"];
const FORMAT: [&str; 2] = ["format", "json"];
const COLOR: &str = "color";
const QUIET: &str = "quiet";
const VERBOSE: &str = "verbose";

/// Those that, ignored, leave another answer than the one that was asked for.
const DECIDE: [&str; 8] = [STORE, P12, OS, TYPE, AT, EXPIRY, NAMES[0], NAMES[1]];

/// The forms in which every command with a form can answer.
const PLAIN: &[Format] = &[Format::Table, Format::Json];

/// What a command makes of the common options.
struct Uses {
    command: &'static str,
    options: &'static [&'static str],
    formats: &'static [Format],
}

#[rustfmt::skip]
const USES: &[Uses] = &[
    Uses { command: "", options: &[AT, FORMAT[0], FORMAT[1], COLOR], formats: PLAIN },
    Uses {
        command: "check",
        options: &[STORE, P12, OS, TYPE, AT, EXPIRY, NAMES[0], NAMES[1], FORMAT[0], FORMAT[1], COLOR, QUIET, VERBOSE],
        formats: &[
            Format::Table, Format::Json, Format::Html, Format::Markdown, Format::Junit, Format::Nagios, Format::Prometheus,
        ],
    },
    Uses { command: "list", options: &[STORE, P12, OS, TYPE, AT, FORMAT[0], FORMAT[1], COLOR, QUIET, VERBOSE], formats: PLAIN },
    Uses {
        command: "verify",
        options: &[STORE, P12, AT, FORMAT[0], FORMAT[1], COLOR, QUIET, VERBOSE],
        formats: &[Format::Table, Format::Json, Format::Html],
    },
    Uses { command: "ca", options: &[], formats: &[] },
    Uses { command: "ca inspect", options: &[STORE, P12, TYPE, AT, FORMAT[0], FORMAT[1], COLOR, QUIET, VERBOSE], formats: PLAIN },
    Uses { command: "ca body", options: &[P12, AT], formats: &[] },
    Uses { command: "ca upload", options: &[P12, AT, FORMAT[0], FORMAT[1], COLOR], formats: PLAIN },
    Uses {
        command: "log",
        options: &[STORE, P12, OS, TYPE, AT, EXPIRY, NAMES[0], NAMES[1], FORMAT[0], FORMAT[1], COLOR, QUIET],
        formats: PLAIN,
    },
    Uses { command: "pull", options: &[AT, FORMAT[0], FORMAT[1], COLOR], formats: PLAIN },
    Uses { command: "lab", options: &[AT, FORMAT[0], FORMAT[1], QUIET], formats: PLAIN },
    Uses { command: "capture", options: &[STORE, P12, OS, AT, NAMES[0], NAMES[1]], formats: &[] },
    Uses {
        command: "fleet",
        options: &[AT, EXPIRY, FORMAT[0], FORMAT[1], COLOR, QUIET],
        formats: &[Format::Table, Format::Json, Format::Html, Format::Ndjson, Format::Ocsf],
    },
    Uses { command: "explain", options: &[FORMAT[0], FORMAT[1]], formats: PLAIN },
    Uses { command: "completions", options: &[], formats: &[] },
    Uses { command: "man", options: &[], formats: &[] },
];

/// Everything that is understood: each option before and behind every command, hidden where it does nothing.
pub fn command() -> Command {
    declared(&|_| true)
}

/// The same for what was typed: a command that is not named there is declared without the common options, which
/// takes most of the time that a small check takes.
pub fn command_for(typed: &[OsString]) -> Command {
    let asks_for_help = typed.iter().any(|word| word == "help");
    declared(&|name| asks_for_help || typed.iter().any(|word| word == name))
}

fn declared(is_wanted: &dyn Fn(&str) -> bool) -> Command {
    let common = Common::declarations();
    let command = Cli::command();
    let uses = uses("");
    let is_common = |argument: &Arg| common.iter().any(|one| one.get_id() == argument.get_id());
    let settle = |argument| if is_common(&argument) { shown_if_used(argument, uses) } else { argument };
    let command = command.mut_args(settle);
    below(command, "", is_wanted, &|command, path| add_hidden(command, path, &common))
}

/// What help shows and nothing else: for completions, whose generators do not know hidden options.
pub fn shown() -> Command {
    let common = Common::declarations();
    let described = Cli::command();
    let command = Command::new("certposture").about(described.get_about().cloned().unwrap_or_default());
    let command = options::Command::augment_subcommands(command.version(env!("CARGO_PKG_VERSION")));
    let command = add_used(command, "", &common);
    below(command, "", &|_| true, &|command, path| add_used(command, path, &common))
}

/// Refuses an option that would have changed another command's answer.
pub fn refuse_unused(matches: &ArgMatches) -> Result<(), UsageError> {
    let mut path = String::new();
    let mut matches = matches;
    while let Some((name, deeper)) = matches.subcommand() {
        path = join(&path, name);
        matches = deeper;
    }
    let used = uses(&path).options;
    let is_typed = |id: &&&str| matches.value_source(id) == Some(ValueSource::CommandLine);
    // The survey and `fleet` say themselves what to do instead of giving a store.
    let is_told = |id: &str| id == STORE && (path.is_empty() || path == "fleet");
    match DECIDE.iter().filter(is_typed).find(|id| !used.contains(*id) && !is_told(id)) {
        None => Ok(()),
        Some(id) => {
            let all = Common::declarations();
            let long = all.iter().find(|argument| argument.get_id() == id).and_then(Arg::get_long);
            let command = if path.is_empty() { "certposture without a command" } else { &path };
            let long = long.unwrap_or(id);
            Err(UsageError(format!(
                "{command} has no use for --{long}: leave it out, it would change nothing"
            )))
        }
    }
}

fn uses(command: &str) -> &'static Uses {
    const NOTHING: &Uses = &Uses { command: "", options: &[], formats: &[] };
    USES.iter().find(|uses| uses.command == command).unwrap_or(NOTHING)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }
}

/// Changes every command below `command`, which stands at `path`, as far as its name is one that is wanted.
fn below(
    mut command: Command,
    path: &str,
    is_wanted: &dyn Fn(&str) -> bool,
    change: &dyn Fn(Command, &str) -> Command,
) -> Command {
    let names = command.get_subcommands().map(Command::get_name).filter(|name| is_wanted(name));
    let names: Vec<String> = names.map(str::to_owned).collect();
    for name in names {
        let path = join(path, &name);
        command = command.mut_subcommand(&name, |one| change(below(one, &path, is_wanted, change), &path));
    }
    command
}

fn add_hidden(command: Command, path: &str, common: &[Arg]) -> Command {
    let uses = uses(path);
    command.args(common.iter().cloned().map(|argument| shown_if_used(argument, uses)))
}

fn add_used(command: Command, path: &str, common: &[Arg]) -> Command {
    let uses = uses(path);
    let used = common.iter().filter(|argument| uses.options.contains(&argument.get_id().as_str())).cloned();
    command.args(used.map(|argument| shown_if_used(argument, uses).global(false)))
}

fn shown_if_used(argument: Arg, uses: &Uses) -> Arg {
    let id = argument.get_id().as_str();
    let is_used = uses.options.contains(&id);
    let lists_formats = is_used && id == FORMAT[0];
    let argument = argument.hide(!is_used);
    if !lists_formats {
        return argument;
    }
    let argument = argument.value_parser(Formats { shown: uses.formats });
    if uses.formats.contains(&Format::Html) {
        argument.help("How the answer is written; html is one page for a ticket")
    } else {
        argument
    }
}

/// Reads every form, so that one which this command lacks is answered with those that have it.
#[derive(Clone)]
struct Formats {
    shown: &'static [Format],
}

impl TypedValueParser for Formats {
    type Value = Format;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Format, clap::Error> {
        EnumValueParser::<Format>::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.shown.iter().filter_map(Format::to_possible_value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declarations_are_consistent() {
        command().debug_assert();
        shown().debug_assert();
    }

    #[test]
    fn every_command_has_its_row_and_every_row_its_command() {
        fn paths(command: &Command, path: &str, found: &mut Vec<String>) {
            for one in command.get_subcommands() {
                let path = join(path, one.get_name());
                paths(one, &path, found);
                found.push(path);
            }
        }
        let mut found = vec![String::new()];
        paths(&Cli::command(), "", &mut found);
        let mut rows: Vec<&str> = USES.iter().map(|uses| uses.command).collect();
        // Commands that a build without the network lacks.
        rows.retain(|row| options::why_absent(row.rsplit(' ').next().unwrap_or_default()).is_none());
        found.sort();
        rows.sort_unstable();
        assert_eq!(found, rows);
    }

    #[test]
    fn every_row_names_options() {
        let declared = Common::declarations();
        let ids: Vec<&str> = declared.iter().map(|argument| argument.get_id().as_str()).collect();
        for uses in USES {
            assert!(uses.options.iter().all(|option| ids.contains(option)), "{}", uses.command);
            assert_eq!(uses.formats.is_empty(), !uses.options.contains(&FORMAT[0]), "{}", uses.command);
        }
    }
}
