//! What clap does not say of a mistyped option: short ones that are nearly right, and values that begin
//! with a dash; and of a command that this build lacks.

use super::{declared, options};
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::ffi::OsString;

/// Options whose value may be anything, even something with a dash in front.
const FREE: [&str; 5] = ["--cn", "--hostname", "--serial-number", "--rule-name", "--name"];

/// The error with a tip, where there is one to give.
pub fn explained(mut error: Error, typed: impl Iterator<Item = OsString>) -> Error {
    if let Some(ContextValue::String(command)) = error.get(ContextKind::InvalidSubcommand)
        && let Some(why) = options::why_absent(command)
    {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![why.into()]));
        return error;
    }
    let is_new = error.get(ContextKind::SuggestedArg).is_none();
    let argument = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) if error.kind() == ErrorKind::UnknownArgument && is_new => {
            argument.clone()
        }
        _ => return error,
    };
    let typed: Vec<String> = typed.map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(tip) = dashed_value(&typed, &argument) {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    } else if let Some(nearest) = nearest(&argument) {
        error.insert(ContextKind::SuggestedArg, ContextValue::String(nearest));
    }
    error
}

/// `--cn -dash`: clap takes the value for options.
fn dashed_value(typed: &[String], argument: &str) -> Option<String> {
    let pair =
        typed.windows(2).find(|pair| FREE.contains(&pair[0].as_str()) && pair[1].starts_with(argument))?;
    Some(format!("a value that begins with a dash is written {}={}", pair[0], crate::text::shown(&pair[1])))
}

/// The option that one slip of the finger turns into `argument`.
fn nearest(argument: &str) -> Option<String> {
    let command = declared::shown();
    let commands = command.get_subcommands().chain(std::iter::once(&command));
    let options = commands.flat_map(clap::Command::get_arguments).filter_map(clap::Arg::get_long);
    let mut options = options.map(|long| format!("--{long}"));
    options.find(|option| strsim::damerau_levenshtein(option, argument) == 1)
}
