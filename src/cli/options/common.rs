//! Options that more than one command takes.

use super::StoreArgument;
use crate::posture::RuleType;
use crate::report::{ColorChoice, Format};
use crate::system::System;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Args, Command, ValueHint};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::ffi::OsStr;
use std::path::PathBuf;

/// Options that may stand before and behind every command; `declared` says which commands use which.
#[derive(Args, Debug)]
pub struct Common {
    /// Read this store instead of this machine's: nss:DIR, keychain:FILE, windows:CurrentUser\My,
    /// windows:LocalMachine\My, file:PATH (may be repeated)
    #[arg(long, value_name = "SPEC", global = true, value_hint = ValueHint::AnyPath, help_heading = "Where to look")]
    pub store: Vec<StoreArgument>,
    /// The pass phrase of .p12 files is the first line of this file; without it, it comes from
    /// CERTPOSTURE_P12_PASSWORD in the environment
    #[arg(long, value_name = "FILE", global = true, value_hint = ValueHint::FilePath, help_heading = "Where to look")]
    pub p12_pass_file: Option<PathBuf>,
    /// Whose look-up applies to file: stores
    #[arg(long, value_name = "SYSTEM", global = true, value_parser = systems(), help_heading = "What to judge")]
    pub os: Option<System>,
    /// The type of the rule: client_certificate (v1, the default) or client_certificate_v2 (v2)
    #[arg(long = "type", value_name = "TYPE", global = true, value_parser = types(), hide_possible_values = true, help_heading = "What to judge")]
    pub rule_type: Option<RuleType>,
    /// Judge as of this moment, such as 2026-12-01 or 2026-12-01T09:00:00Z
    #[arg(long, value_name = "TIME", global = true, value_parser = parse_moment, help_heading = "What to judge")]
    pub at: Option<Timestamp>,
    /// Warn of certificates that expire within so many days
    #[arg(long, value_name = "DAYS", default_value_t = 30, global = true, help_heading = "What to judge")]
    pub expiry_warning: u32,
    /// Stands for ${hostname} instead of this device's
    #[arg(long, value_name = "NAME", global = true, help_heading = "What to judge")]
    pub hostname: Option<String>,
    /// Stands for ${serial_number} instead of this device's
    #[arg(long, value_name = "NUMBER", global = true, help_heading = "What to judge")]
    pub serial_number: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t, global = true, help_heading = "Output")]
    pub format: Format,
    /// Short for --format json
    #[arg(long, global = true, conflicts_with = "format", help_heading = "Output")]
    pub json: bool,
    /// When to use colour (NO_COLOR and CLICOLOR_FORCE are honoured)
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true, help_heading = "Output")]
    pub color: ColorChoice,
    /// Print the verdict and its first code alone; errors still go to standard error
    #[arg(short, long, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// Show every certificate and every step
    #[arg(short, long, global = true, conflicts_with = "quiet", help_heading = "Output")]
    pub verbose: bool,
}

impl Common {
    /// The declarations alone, to be given to the commands that use them.
    pub fn declarations() -> Vec<Arg> {
        Self::augment_args(Command::new("common")).get_arguments().cloned().collect()
    }
}

/// Reads a word and knows those that completions offer. What is wrong with another, `parse` says.
#[derive(Clone)]
pub struct Words<T> {
    pub all: fn() -> Vec<&'static str>,
    pub parse: fn(&str) -> Result<T, String>,
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Words<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        self.parse.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.all)().into_iter().map(PossibleValue::new)))
    }
}

fn systems() -> Words<System> {
    Words { all: || vec!["linux", "macos", "windows"], parse: parse_system }
}

fn parse_system(name: &str) -> Result<System, String> {
    System::from_name(name).ok_or_else(|| "the systems are linux, macos (or mac) and windows".to_owned())
}

fn types() -> Words<RuleType> {
    Words { all: || vec!["client_certificate", "client_certificate_v2", "v1", "v2"], parse: parse_type }
}

fn parse_type(name: &str) -> Result<RuleType, String> {
    RuleType::from_word(name).ok_or_else(|| {
        "the types are client_certificate (or v1) and client_certificate_v2 (or v2)".to_owned()
    })
}

pub(super) fn parse_moment(text: &str) -> Result<Timestamp, String> {
    // A day alone: what reads a date would pass over a time behind it.
    let day = || TimeZone::UTC.to_timestamp(Date::strptime("%Y-%m-%d", text).ok()?.at(0, 0, 0, 0)).ok();
    let moment = text.parse().ok().or_else(day);
    moment.ok_or_else(|| {
        "write the moment as 2026-12-01 (the beginning of that day, UTC), as 2026-12-01T00:00:00Z, or with an offset \
         such as +01:00"
            .to_owned()
    })
}
