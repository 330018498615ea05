//! Reason codes: the stable vocabulary in which every verdict is explained.
//!
//! One table, in `table/`, holds each code, how much it weighs and its texts. `certposture explain`,
//! `docs/reasons.md` and the JSON all come from it.

mod document;
mod finding;
mod table;
mod verdict;

pub use document::{explanation, listing, markdown};
pub use finding::{About, Finding};
pub use table::{Code, Stage};
pub use verdict::Verdict;

use crate::posture::RuleType;
use std::fmt;

/// How much a code weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The check fails.
    Fault,
    /// Nobody can tell from here whether the check passes.
    Unknown,
    /// The check's outcome does not change, but somebody should know.
    Warning,
    /// A fault for `client_certificate`; a warning for `client_certificate_v2`, which is not
    /// documented to look at it.
    FaultOriginalOnly,
    /// A fault when it is what makes the check fail, otherwise a warning.
    FaultOrWarning,
    /// `unknown` when what was not seen could decide, otherwise a warning.
    UnknownOrWarning,
    /// A fault; or `unknown` when it concerns the only certificate that could pass.
    FaultOrUnknown,
}

/// What a reason does to the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Fault,
    Unknown,
    Warning,
}

/// The texts of a code, for `explain` and `docs/reasons.md`.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// What certposture saw.
    pub seen: &'static str,
    /// Why that decides the check.
    pub why: &'static str,
    /// What to do about it. Like every message it has no full stop at its end.
    pub fix: &'static str,
    /// Commands that do it, or that show what to look at, in the order of use.
    pub commands: &'static [Command],
}

impl Texts {
    /// What to do about it, as a message: plain text, where the table's is Markdown.
    pub fn advice(&self) -> String {
        self.fix.replace('`', "")
    }
}

/// A command as an example: words in capitals are for the reader to replace.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// The system that it is for, or the program that runs on every system.
    pub label: &'static str,
    /// What to type.
    pub line: &'static str,
}

/// The page that explains every code; each has its anchor there.
const PAGE: &str = "docs/reasons.md";

impl Weight {
    /// The word for it in `certposture explain --format json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::FaultOriginalOnly => "fault-original-only",
            Self::FaultOrWarning => "fault-or-warning",
            Self::UnknownOrWarning => "unknown-or-warning",
            Self::FaultOrUnknown => "fault-or-unknown",
        }
    }

    /// What a code of this weight does to the verdict, in a sentence.
    pub const fn effect(self) -> &'static str {
        match self {
            Self::Fault => "The check fails.",
            Self::Unknown => "The verdict is unknown: it cannot be told from here whether the check passes.",
            Self::Warning => "A warning: the verdict stays as it is.",
            Self::FaultOriginalOnly => {
                "The check fails for client_certificate; for client_certificate_v2 it is a warning."
            }
            Self::FaultOrWarning => {
                "The check fails if this keeps the certificate from being found; otherwise it is a warning."
            }
            Self::UnknownOrWarning => {
                "The verdict is unknown where it could decide; otherwise it is a warning."
            }
            Self::FaultOrUnknown => {
                "The check fails; if no other certificate could pass, the verdict is unknown."
            }
        }
    }
}

impl Code {
    /// Where it is explained. Cargo.toml's `repository` makes the address absolute, for the very version; without
    /// one it is the path within the project's files.
    pub fn url(self) -> String {
        match env!("CARGO_PKG_REPOSITORY") {
            "" => format!("{PAGE}#{self}"),
            repository => format!("{repository}/blob/v{}/{PAGE}#{self}", env!("CARGO_PKG_VERSION")),
        }
    }

    /// What the code does to the verdict under a rule of the type `rule`, where the circumstances
    /// do not say otherwise.
    pub fn severity(self, rule: RuleType) -> Severity {
        match self.weight() {
            Weight::Fault | Weight::FaultOrWarning | Weight::FaultOrUnknown => Severity::Fault,
            Weight::Unknown => Severity::Unknown,
            Weight::Warning | Weight::UnknownOrWarning => Severity::Warning,
            Weight::FaultOriginalOnly => match rule {
                RuleType::ClientCertificate => Severity::Fault,
                RuleType::ClientCertificateV2 => Severity::Warning,
            },
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| UnknownCode(text.to_owned()))
    }
}

/// A text that is not a reason code.
#[derive(Debug, thiserror::Error)]
#[error("there is no reason code {0:?}; `certposture explain` shows them all")]
pub struct UnknownCode(String);
