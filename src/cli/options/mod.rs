//! Everything that may be typed. Declarations only.

mod cloudflare;
mod common;
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
pub use common::Common;
pub use fleet::{Capture, Elsewhere, FailOn, Fleet, Only, Source};
pub use lab::Lab;
pub use log::Log;
pub use online::{Online, OnlineCa, why_absent};
pub use store::{CaptureArgument, StoreArgument, capture, stores};

use self::common::{Words, parse_moment};
use crate::reason::Code;
use crate::report::Format;
use crate::verification;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
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
    /// Explain a reason code: what was seen, why it decides, how to fix it; without one, list them all
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Print a completion script for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell that is to complete what is typed
        shell: Shell,
    },
    /// Write the man pages into a folder
    Man {
        /// The folder to write them into; it is made where it is missing
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

const COMPLETIONS_EXAMPLES: &str = "Examples:\n  \
    certposture completions bash > ~/.local/share/bash-completion/completions/certposture\n  \
    certposture completions zsh > \"${fpath[1]}/_certposture\"\n  \
    certposture completions fish > ~/.config/fish/completions/certposture.fish";

const EXPLAIN_EXAMPLES: &str = "Examples:\n  \
    certposture explain\n  \
    certposture explain nickname-differs\n  \
    certposture explain --format json | jq -r '.codes[] | select(.weight == \"fault\").code'";

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
    /// Cloudflare's own record of the check (see `certposture log --help`), or an archive of the client's `warp-diag`, to
    /// stand beneath the verdict
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

/// Any text, for it is answered with the nearest code; completions offer the codes.
fn any_code() -> Words<String> {
    Words { all: || Code::ALL.iter().map(|code| code.as_str()).collect(), parse: |text| Ok(text.to_owned()) }
}

#[derive(Args, Debug)]
pub struct Explain {
    /// The code, as it stands in brackets in a report; without one, every code with its title
    #[arg(value_name = "CODE", value_parser = any_code(), hide_possible_values = true)]
    pub code: Option<String>,
    /// Show every code alone, one a line
    #[arg(long, conflicts_with = "code")]
    pub list: bool,
    /// Print the page of all codes (docs/reasons.md)
    #[arg(long, conflicts_with_all = ["code", "list"])]
    pub markdown: bool,
}
