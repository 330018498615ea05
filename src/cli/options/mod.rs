//! Everything that may be typed. Declarations only.

mod cloudflare;
mod fleet;
mod lab;
mod log;
#[cfg(feature = "network")]
mod online;
#[cfg(not(feature = "network"))]
#[path = "offline.rs"]
mod online;
mod store;

pub use cloudflare::*;
pub use fleet::{Capture, Elsewhere, FailOn, Fleet, Only, Source};
pub use lab::Lab;
pub use log::Log;
pub use online::{Online, OnlineCa, why_absent};
pub use store::{CaptureArgument, StoreArgument, capture, stores};

use crate::posture::RuleType;
use crate::report::{ColorChoice, Format};
use crate::system::System;
use crate::verification;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::ffi::OsString;
use std::path::PathBuf;

/// Explains why Cloudflare's client-certificate device posture check passes or fails on this machine.
#[derive(Debug, Parser)]
#[command(name = "certposture", bin_name = "certposture", version, about, max_term_width = 100, after_help = EXIT_STATUS)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub common: Common,
}

impl Cli {
    /// With every short form replaced by what it is short for.
    pub fn settled(mut self) -> Self {
        if self.common.json {
            self.common.format = Format::Json;
        }
        self
    }
}

const EXIT_STATUS: &str = "Exit status: 0 pass, 1 fail, 2 wrong usage, 3 cannot tell.\n\
                           A reason code in [brackets] is explained by: certposture explain CODE";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell whether the posture check passes here, why, and what to change
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Show what the certificate stores hold
    List(List),
    /// Judge certificates against the CA: was each signed by it, directly or through intermediates?
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(Verify),
    #[command(subcommand, about = online::CA)]
    Ca(Ca),
    /// Compare Cloudflare's own record of a check with the verdict reached here
    #[command(after_help = log::HELP)]
    Log(Log),
    #[command(flatten)]
    Online(Online),
    /// Make sample certificates in a new folder: a CA, a good client certificate, and one per common fault
    #[command(after_help = lab::EXAMPLES)]
    Lab(Lab),
    /// Write what a check looks at on this device as one line, without any secret
    #[command(after_help = fleet::CAPTURE_EXAMPLES)]
    Capture(Capture),
    /// Judge captures of many devices: who fails, why, what helps, and what a change would do
    #[command(after_help = fleet::FLEET_EXAMPLES)]
    Fleet(Fleet),
    /// Explain a reason code: what was seen, why it decides, how to fix it
    Explain(Explain),
    /// Print a completion script for a shell
    Completions { shell: Shell },
    /// Write the man pages into a folder
    Man {
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

const CHECK_EXAMPLES: &str = "Examples:\n  \
    certposture check --cn device-042 --ca root-ca.pem\n  \
    certposture check --rule rule.json --ca root-ca.pem --format json\n  \
    certposture check --cn device-042 --ca root-ca.pem --store nss:/mnt/laptop/etc/pki/nssdb";

#[derive(Args, Debug, Default)]
pub struct Check {
    /// The posture rule as the API's JSON, or a bundle made by `pull`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cn", "rule_type"])]
    pub rule: Option<PathBuf>,
    /// Of a file with several rules, the one with this UUID
    #[arg(long, value_name = "ID", requires = "rule", conflicts_with = "cn")]
    pub rule_id: Option<String>,
    /// Of a file with several rules, the one with this name
    #[arg(long, value_name = "NAME", requires = "rule", conflicts_with = "cn")]
    pub rule_name: Option<String>,
    /// The rule's common name (write --cn=-name for one that begins with a dash)
    #[arg(long, value_name = "NAME")]
    pub cn: Option<OsString>,
    /// The CA certificate that was uploaded: PEM, DER, the API's JSON, or PEM as one line with \n
    #[arg(long, value_name = "FILE")]
    pub ca: Vec<PathBuf>,
    /// Certificates that may stand between the client certificate and the CA
    #[arg(long, value_name = "FILE")]
    pub intermediate: Vec<PathBuf>,
    /// Also look where the client does not (on unless --store is given)
    #[arg(long, help_heading = "Where to look")]
    pub elsewhere: bool,
    /// Fail where no client is installed: without it no posture check runs
    #[arg(long, help_heading = "What to judge")]
    pub require_client: bool,
    /// Fail where the certificate that passes now expires within so many days
    #[arg(long, value_name = "DAYS", help_heading = "What to judge")]
    pub fail_on_expiry: Option<u32>,
    /// Cloudflare's own record of the check, to stand beneath the verdict: see `certposture log --help`
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct List {
    /// Only certificates with this common name, and what the documented command would print
    #[arg(long, value_name = "NAME")]
    pub cn: Option<OsString>,
}

const VERIFY_EXAMPLES: &str = "Examples:\n  \
    certposture verify --ca root-ca.pem device-042.pem\n  \
    certposture verify --ca root-ca.pem --intermediate issuing-ca.pem certificates/\n  \
    certposture verify --ca root-ca.pem --store nss:/etc/pki/nssdb --format json";

#[derive(Args, Debug)]
pub struct Verify {
    /// Files of certificates, or folders of such files; without any, the stores are read
    #[arg(value_name = "CERT")]
    pub certificates: Vec<PathBuf>,
    /// The CA certificate that was uploaded: PEM, DER, the API's JSON, or PEM as one line with \n
    #[arg(long, value_name = "FILE", required = true)]
    pub ca: Vec<PathBuf>,
    /// Certificates that may stand between a certificate and the CA
    #[arg(long, value_name = "FILE")]
    pub intermediate: Vec<PathBuf>,
    /// What every certificate of the chain must be good for
    #[arg(long, value_enum, default_value_t)]
    pub purpose: Purpose,
}

/// The purposes by the names that are typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Purpose {
    #[default]
    Any,
    ClientAuth,
    Email,
}

impl From<Purpose> for verification::Purpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Any => Self::Any,
            Purpose::ClientAuth => Self::ClientAuth,
            Purpose::Email => Self::Email,
        }
    }
}

#[derive(Args, Debug)]
pub struct Explain {
    /// The code, as it stands in brackets in a report
    #[arg(value_name = "CODE", required_unless_present_any = ["list", "markdown"])]
    pub code: Option<String>,
    /// Show every code
    #[arg(long)]
    pub list: bool,
    /// Print the page of all codes (docs/reasons.md)
    #[arg(long, conflicts_with_all = ["code", "list"])]
    pub markdown: bool,
}

/// Options that every command takes.
#[derive(Args, Debug)]
pub struct Common {
    /// Read this store instead of this machine's: nss:DIR, keychain:FILE, windows:CurrentUser\My,
    /// windows:LocalMachine\My, file:PATH (may be repeated)
    #[arg(long, value_name = "SPEC", global = true, help_heading = "Where to look")]
    pub store: Vec<StoreArgument>,
    /// Whose look-up applies to file: stores: linux, macos or windows
    #[arg(long, value_name = "SYSTEM", global = true, value_parser = parse_system, help_heading = "What to judge")]
    pub os: Option<System>,
    /// The type of the rule: client_certificate (v1, the default) or client_certificate_v2 (v2)
    #[arg(long = "type", value_name = "TYPE", global = true, value_parser = parse_type, help_heading = "What to judge")]
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
    /// How the answer is written, such as html, one page for a ticket (not every command has every form)
    #[arg(long, value_enum, default_value_t, global = true, help_heading = "Output")]
    pub format: Format,
    /// Short for --format json
    #[arg(long, global = true, conflicts_with = "format", help_heading = "Output")]
    pub json: bool,
    /// When to use colour (NO_COLOR and CLICOLOR_FORCE are honoured)
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true, help_heading = "Output")]
    pub color: ColorChoice,
    /// Print nothing but the verdict; errors still go to standard error
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,
    /// Show every certificate and every step
    #[arg(short, long, global = true, help_heading = "Output")]
    pub verbose: bool,
}

fn parse_system(name: &str) -> Result<System, String> {
    System::from_name(name).ok_or_else(|| "the systems are linux, macos (or mac) and windows".to_owned())
}

fn parse_moment(text: &str) -> Result<Timestamp, String> {
    // A day alone: what reads a date would pass over a time behind it.
    let day = || TimeZone::UTC.to_timestamp(Date::strptime("%Y-%m-%d", text).ok()?.at(0, 0, 0, 0)).ok();
    let moment = text.parse().ok().or_else(day);
    moment.ok_or_else(|| {
        "write the moment as 2026-12-01 (the beginning of that day, UTC), as 2026-12-01T00:00:00Z, or with an offset \
         such as +01:00"
            .to_owned()
    })
}

fn parse_type(name: &str) -> Result<RuleType, String> {
    RuleType::from_word(name).ok_or_else(|| {
        "the types are client_certificate (or v1) and client_certificate_v2 (or v2)".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_declarations_are_consistent() {
        Cli::command().debug_assert();
    }
}
