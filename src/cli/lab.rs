//! `certposture lab`: sample certificates in a new folder.

use super::{Common, Exit, UsageError, options, with_document};
use crate::lab::{self, CASES, Databases, LabError, PASS_PHRASE, Wishes};
use crate::report::{self, Format, Style};
use crate::text::{is_deceptive, shown};
use jiff::Timestamp;
use std::io::{self, Write as _};

/// The longest common name (RFC 5280 appendix A.1, ub-common-name).
const MAX_NAME: usize = 64;

pub fn run(arguments: &options::Lab, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    with_document("certposture.lab/1", common, make(arguments, common, style))
}

fn make(arguments: &options::Lab, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    let device = device_name(&arguments.device)?;
    let at = common.at.unwrap_or_else(Timestamp::now);
    let wishes = Wishes { device, days: arguments.days, key: arguments.key, at };
    let made = lab::make(&arguments.directory, &wishes).map_err(|error| match error {
        LabError::NotEmpty(_) | LabError::Dates => UsageError(error.to_string()).into(),
        other => anyhow::Error::from(other),
    })?;
    match common.format {
        Format::Json => report::lab::json(&made)?,
        _ if style.quiet => {}
        _ => tell(&made)?,
    }
    Ok(Exit::Pass)
}

fn device_name(name: &str) -> Result<String, UsageError> {
    let length = name.chars().count();
    if name.trim().is_empty() || length > MAX_NAME || name.chars().any(is_deceptive) {
        let what = format!("--device takes a name of 1 to {MAX_NAME} visible characters");
        return Err(UsageError(what));
    }
    Ok(name.to_owned())
}

fn tell(made: &lab::Lab) -> io::Result<()> {
    let mut output = io::stdout().lock();
    let directory = made.directory.display().to_string();
    let directory = shown(&directory);
    writeln!(output, "A CA and {} client certificates are in {directory}:\n", CASES.len())?;
    for case in CASES {
        writeln!(output, "  {:<16} {}", case.name, case.about)?;
    }
    writeln!(output, "\nThe pass phrase of the PKCS #12 files is {PASS_PHRASE}.")?;
    match made.databases {
        Databases::Made => writeln!(output, "NSS databases are in {directory}/nss.")?,
        Databases::NoTools => {
            writeln!(output, "No NSS databases: certutil and pk12util (libnss3-tools) are not installed.")?;
        }
        Databases::Failed => writeln!(output, "No NSS databases: certutil or pk12util refused.")?,
    }
    writeln!(output, "Start with {directory}/README.md: how to install each, and what to check.")
}
