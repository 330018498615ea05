//! Options of `capture` and `fleet`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

pub(super) const CAPTURE_EXAMPLES: &str = "Examples:\n  \
    certposture capture -o device-042.ndjson\n  \
    sudo certposture capture --id \"$(hostname)\" >> fleet.ndjson\n  \
    certposture check --store capture:device-042.ndjson --rule rule.json --ca root-ca.pem";

#[derive(Args, Debug)]
pub struct Capture {
    /// A rule whose files are to be captured too: the API's JSON, or a bundle made by `pull`
    #[arg(long, value_name = "FILE")]
    pub rule: Vec<PathBuf>,
    /// A file of certificates to capture too, as a rule's locations.paths names it
    #[arg(long, value_name = "PATH")]
    pub path: Vec<PathBuf>,
    /// How much to capture of places where the client does not look
    #[arg(long, value_name = "HOW_MUCH", value_enum, default_value_t = Elsewhere::Near)]
    pub elsewhere: Elsewhere,
    /// What to call the device, such as its number in the inventory
    #[arg(long, value_name = "TEXT")]
    pub id: Option<String>,
    /// Write to this file, which only its owner may read, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How much is captured of places where the client does not look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Elsewhere {
    /// Certificates with a key, those that are no CA's, and their issuers; the rest is counted
    Near,
    /// Everything
    All,
    /// Nothing
    None,
}

pub(super) const FLEET_EXAMPLES: &str = "Examples:\n  \
    certposture fleet captures.ndjson.zst --rule rule.json --ca root-ca.pem\n  \
    certposture fleet captures.ndjson --rule rule.json --ca old.pem --against-ca new.pem\n  \
    certposture fleet captures.ndjson --rule bundle.json --log posture-results.ndjson.gz\n  \
    certposture fleet - --rows --rule bundle.json < captures.ndjson";

#[derive(Args, Debug)]
pub struct Fleet {
    /// Captures, one on a line; `-` or nothing for standard input. May be .gz or .zst
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A posture rule as the API's JSON, or a bundle made by `pull`
    #[arg(long, value_name = "FILE", required = true)]
    pub rule: Vec<PathBuf>,
    /// The CA certificate that was uploaded
    #[arg(long, value_name = "FILE")]
    pub ca: Vec<PathBuf>,
    /// Certificates that may stand between a client certificate and the CA
    #[arg(long, value_name = "FILE")]
    pub intermediate: Vec<PathBuf>,
    /// Compare with this rule in place of each
    #[arg(long, value_name = "FILE")]
    pub against_rule: Option<PathBuf>,
    /// Compare with this CA in place of the others
    #[arg(long, value_name = "FILE")]
    pub against_ca: Vec<PathBuf>,
    /// Compare with this moment
    #[arg(long, value_name = "RFC3339", value_parser = super::parse_moment)]
    pub against_at: Option<jiff::Timestamp>,
    /// Cloudflare's records beside the verdicts: what Logpush writes of device_posture_results. May be .gz or .zst
    #[arg(long, value_name = "FILE")]
    pub log: Vec<PathBuf>,
    /// What the lines are
    #[arg(long, value_name = "KIND", value_enum, default_value_t = Source::Capture)]
    pub from: Source,
    /// One line of JSON for each line of the input, in its order
    #[arg(long)]
    pub rows: bool,
    /// In each row all reasons and fixes, and those of the other rule type, as `check` tells them
    #[arg(long)]
    pub detail: bool,
    /// Only rows with these outcomes
    #[arg(long, value_name = "WHICH", value_enum, value_delimiter = ',', conflicts_with = "rows")]
    pub only: Vec<Only>,
    /// Processors to use; as many as there are
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Write the summary as JSON to this file too
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
    /// Write rejected lines to this file, with the number and the reason of each
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// End with status 1 when a device has one of these outcomes
    #[arg(long, value_name = "WHICH", value_enum, value_delimiter = ',')]
    pub fail_on: Vec<FailOn>,
}

/// What the lines of the input are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Source {
    /// Lines that `certposture capture` wrote
    Capture,
    /// Results of osquery
    Osquery,
}

/// Outcomes that rows may be chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Only {
    Pass,
    Fail,
    Unknown,
    Rejected,
    /// The verdict differs from the one that it is compared with
    Changed,
    /// Cloudflare recorded another result (--log)
    Differs,
}

/// Outcomes that make the command fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Fail,
    Unknown,
    /// A device passes now and would fail after the change
    Breaks,
    /// Cloudflare recorded another result (--log)
    Differs,
}
