//! The posture rule: what Cloudflare was told to look for.

mod api;
mod schedule;
mod slips;
mod variables;

pub use api::{RuleFile, RuleFileError, read_rule, read_rules};
pub use schedule::{Interval, spoken};
pub use slips::{Unfilled, bare_alternative_name, dn_common_name, is_placeholder, unfilled};
pub use variables::{Resolution, Variable, has_variable, resolve, template_of, values};

use crate::posture::RuleType;
use crate::posture::Usage;
use crate::reason::Finding;
use crate::system::System;
use std::path::PathBuf;

/// A posture rule with the API's field names.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: Option<String>,
    pub name: Option<String>,
    pub rule_type: RuleType,
    /// The type was not given; the original one was assumed.
    pub type_assumed: bool,
    /// UUID of the uploaded CA.
    pub certificate_id: Option<String>,
    /// The name as it was written, variables and all. Any bytes: it may come from a command line.
    pub common_name: Option<Vec<u8>>,
    /// The system a v2 rule is for, or the platforms an original one is matched to; empty: any.
    pub systems: Vec<System>,
    /// `None` when the rule says nothing of locations.
    pub locations: Option<Locations>,
    pub check_private_key: bool,
    pub extended_key_usage: Vec<Usage>,
    pub subject_alternative_names: Vec<String>,
    /// How often the client checks; `None` for the default of five minutes.
    pub schedule: Option<Interval>,
    /// How long a result stays valid; `None`: until the next one.
    pub expiration: Option<Interval>,
    /// Whether it was read from the API's JSON (as opposed to flags).
    pub from_file: bool,
    /// What is wrong with the rule itself; it makes every verdict under it `unknown`.
    pub problems: Vec<Finding>,
}

/// Where a v2 rule looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locations {
    pub trust_stores: Vec<TrustStore>,
    /// Linux only: absolute paths of PEM files.
    pub paths: Vec<PathBuf>,
}

impl Locations {
    /// Paths that do not begin at the root: the client expands neither `~` nor a variable.
    pub fn relative_paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.paths.iter().filter(|path| !path.has_root())
    }
}

/// A value of `locations.trust_stores`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustStore {
    System,
    User,
}

impl TrustStore {
    /// The name that the API uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
        }
    }
}

impl Rule {
    /// How long a result counts, where that is less than two schedules: one check that is late or missed
    /// leaves the device without a result.
    pub fn early_expiration(&self) -> Option<Interval> {
        let schedule = self.schedule.unwrap_or(Interval::DEFAULT_SCHEDULE);
        self.expiration.filter(|expiration| expiration.0 < schedule.0.saturating_mul(2))
    }

    /// Whether nothing could be read of the file it was to come from, not even its type.
    pub fn is_unreadable(&self) -> bool {
        self.from_file && self.type_assumed
    }

    /// A rule as flags give it: a name and perhaps a type.
    pub fn from_flags(common_name: Option<Vec<u8>>, rule_type: Option<RuleType>) -> Self {
        Self {
            id: None,
            name: None,
            rule_type: rule_type.unwrap_or(RuleType::ClientCertificate),
            type_assumed: rule_type.is_none(),
            certificate_id: None,
            common_name,
            systems: Vec::new(),
            locations: None,
            check_private_key: false,
            extended_key_usage: Vec::new(),
            subject_alternative_names: Vec::new(),
            schedule: None,
            expiration: None,
            from_file: false,
            problems: Vec::new(),
        }
    }
}
