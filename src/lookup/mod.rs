//! Which stored certificates the documented command would return. One file per command; the kind
//! of store decides which command applies, so a database copied from a Linux laptop is judged by
//! the Linux rules on any machine.

pub mod by_name;
pub mod certutil;
pub mod powershell;
pub mod security;

use crate::certificate::Certificate;
use crate::posture::RuleType;
use crate::reason::Finding;
use crate::store::{Contents, Evidence, StoreSpec};
use crate::system::System;
use crate::text;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// What the documented command answers.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    /// The command as one would type it in that system's shell.
    pub command: String,
    /// What it prints, in its order.
    pub returned: Vec<Found>,
    /// Stored certificates (their positions) that have the name, but that the command does not
    /// print because it stops at the first.
    pub shadowed: Vec<usize>,
    /// What it would print depends on the session that runs it, and cannot be determined from here.
    pub undetermined: bool,
    /// Its exit status.
    pub exit_status: i32,
    /// What it writes to standard error; empty when it finds something.
    pub standard_error: String,
    /// Why it answers otherwise than one would think.
    pub notes: Vec<Finding>,
    /// Why it may find more than was seen: no failure is certain then.
    pub unseen: Option<Finding>,
}

/// A certificate that the command prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The stored certificate at this position.
    Stored(usize),
    /// A file outside the store, which certutil reads when no nickname matches.
    File(PathBuf, Certificate),
}

/// What a look-up is asked for.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    pub rule_type: RuleType,
    /// The rule's name with its variables filled in; `None` where a v2 rule gives none.
    pub name: Option<&'a [u8]>,
    /// The same with other forms of the host name.
    pub other_forms: &'a [Vec<u8>],
    /// Whose command applies to a store that belongs to no system.
    pub system: System,
    pub at: Timestamp,
    /// The folder in which certutil would look for a file of that name; `None`: do not look.
    pub working_directory: Option<&'a Path>,
}

/// Answers `query` from what a store held.
pub fn look_up(contents: &Contents, query: &Query<'_>) -> Lookup {
    if query.rule_type == RuleType::ClientCertificateV2 {
        return by_name::exact(contents, query);
    }
    let name = query.name.unwrap_or_default();
    match (&contents.spec, system_of(&contents.evidence, query.system)) {
        (StoreSpec::Nss(_), _) => certutil::lookup(contents, name, query.at, query.working_directory),
        (_, System::Macos) => security::lookup(contents, name),
        (_, System::Windows) => powershell::lookup(contents, name),
        (_, System::Linux) => by_name::as_if_imported(contents, name),
    }
}

/// What the documented command compares with the rule's name, where that is made of the subject: on Windows
/// its whole text, on a Mac its common name. (certutil compares nicknames.)
pub fn subject_compared(spec: &StoreSpec, system: System, certificate: &Certificate) -> Option<String> {
    certificate.outline().ok()?;
    let compared = match (spec, system) {
        (StoreSpec::Nss(_), _) | (_, System::Linux) => None,
        (_, System::Macos) => security::common_name(certificate),
        (_, System::Windows) => Some(powershell::subject(certificate)),
    };
    compared.map(|text| text::bounded(&text).into_owned())
}

/// The system whose command applies to what was read.
pub fn system_of(evidence: &Evidence, otherwise: System) -> System {
    evidence.system.unwrap_or(otherwise)
}
