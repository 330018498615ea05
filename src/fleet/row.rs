//! What is reported about one device: the facts of a row, without any text that only some reports need.

use crate::diagnosis::{Fix, Reason, Verdict};
use crate::posture::RuleType;
use crate::reason::Code;
use crate::system::System;
use jiff::Timestamp;

/// What became of one line of the input.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line's place in the input, from 1.
    pub line: u64,
    pub outcome: Outcome,
}

/// Whether a line could be judged.
#[derive(Clone, Debug)]
pub enum Outcome {
    Judged(Judged),
    /// The line is empty.
    Blank,
    /// It is not a capture; nothing of it is judged.
    Rejected(Rejection),
}

/// Why a line cannot be judged.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// Safe to print.
    pub reason: String,
    /// The line, for whoever wants to repair it; `None` for one that was too long to keep.
    pub raw: Option<Vec<u8>>,
}

/// A device with its verdict under each rule.
#[derive(Clone, Debug)]
pub struct Judged {
    pub device: DeviceFacts,
    /// In the order of the rules.
    pub answers: Vec<Answer>,
}

/// Which device it is, as its capture says.
#[derive(Clone, Debug, Default)]
pub struct DeviceFacts {
    pub id: Option<String>,
    pub hostname: Option<String>,
    pub serial_number: Option<String>,
    pub captured_at: Option<Timestamp>,
}

impl DeviceFacts {
    /// The name by which people know it.
    pub fn name(&self) -> Option<&str> {
        self.id.as_deref().or(self.hostname.as_deref()).or(self.serial_number.as_deref())
    }
}

/// The answer to one rule.
#[derive(Clone, Debug)]
pub struct Answer {
    pub verdict: Verdict,
    /// The codes of its reasons, in their order; the first decides.
    pub codes: Vec<Code>,
    /// What the first reason says; safe to print.
    pub message: Option<String>,
    /// The certificate that decides, if one does.
    pub certificate: Option<CertificateFacts>,
    pub fix: Option<FixFacts>,
    pub other_type: OtherAnswer,
    /// The answer to what is compared with it.
    pub against: Option<Against>,
    /// What Cloudflare recorded, where its records were given.
    pub recorded: Option<Recorded>,
    /// All that `check` says, where that was asked for.
    pub detail: Option<Box<Detail>>,
}

impl Answer {
    /// The code that decides; `None` for a clean pass.
    pub fn code(&self) -> Option<Code> {
        self.codes.first().copied()
    }

    /// Whether record and verdict end alike; `None` when one of them does not say how it ends.
    pub fn agrees(&self) -> Option<bool> {
        match (self.recorded?, self.verdict) {
            (Recorded::Result { passed: Some(passed), .. }, Verdict::Pass) => Some(passed),
            (Recorded::Result { passed: Some(passed), .. }, Verdict::Fail) => Some(!passed),
            _ => None,
        }
    }
}

/// The latest of Cloudflare's records of a device under a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    Nothing,
    Result {
        at: Option<Timestamp>,
        /// How it ended, where the record says so.
        passed: Option<bool>,
    },
}

/// What a row says of one device when it is to say everything.
#[derive(Clone, Debug)]
pub struct Detail {
    pub reasons: Vec<Reason>,
    pub fixes: Vec<Fix>,
    /// Those of the type that the rule does not have.
    pub other_reasons: Vec<Reason>,
}

/// The verdict under the type that the rule does not have.
#[derive(Clone, Copy, Debug)]
pub struct OtherAnswer {
    pub rule_type: RuleType,
    pub verdict: Verdict,
    pub code: Option<Code>,
}

/// The certificate that a verdict rests on.
#[derive(Clone, Debug)]
pub struct CertificateFacts {
    pub sha256: String,
    pub subject: String,
    pub issuer: String,
    pub serial_number: String,
    pub not_after: Option<Timestamp>,
}

/// The first thing to change.
#[derive(Clone, Debug)]
pub struct FixFacts {
    pub code: Code,
    /// Safe to print.
    pub message: String,
    pub command: Option<String>,
    /// Whose shell the command is for.
    pub system: System,
    /// What remains after it; safe to print.
    pub then: Option<String>,
}

/// The verdict after the change that is considered.
#[derive(Clone, Copy, Debug)]
pub struct Against {
    pub verdict: Verdict,
    pub code: Option<Code>,
    pub change: Change,
}

/// What a change does to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// The verdict stays, whatever it is.
    Same,
    /// It passes now and would fail.
    Breaks,
    /// It fails now and would pass.
    Repairs,
    /// One of the two verdicts is unknown, and the other is not.
    Unknown,
}

impl Change {
    /// From the verdict now to the one after the change.
    pub const fn between(now: Verdict, then: Verdict) -> Self {
        match (now, then) {
            (Verdict::Pass, Verdict::Fail) => Self::Breaks,
            (Verdict::Fail, Verdict::Pass) => Self::Repairs,
            (Verdict::Pass, Verdict::Pass)
            | (Verdict::Fail, Verdict::Fail)
            | (Verdict::Unknown, Verdict::Unknown) => Self::Same,
            (Verdict::Unknown, _) | (_, Verdict::Unknown) => Self::Unknown,
        }
    }

    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Breaks => "breaks",
            Self::Repairs => "repairs",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A clean pass.
    pub fn answer() -> Answer {
        Answer {
            verdict: Verdict::Pass,
            codes: Vec::new(),
            message: None,
            certificate: None,
            fix: None,
            other_type: OtherAnswer {
                rule_type: RuleType::ClientCertificate,
                verdict: Verdict::Pass,
                code: None,
            },
            against: None,
            recorded: None,
            detail: None,
        }
    }

    #[test]
    fn what_does_not_say_how_it_ends_neither_agrees_nor_differs() {
        let agrees = |verdict, recorded| Answer { verdict, recorded, ..answer() }.agrees();
        let result = |passed| Some(Recorded::Result { at: None, passed });
        for passed in [true, false] {
            assert_eq!(agrees(Verdict::Pass, result(Some(passed))), Some(passed));
            assert_eq!(agrees(Verdict::Fail, result(Some(passed))), Some(!passed));
            assert_eq!(agrees(Verdict::Unknown, result(Some(passed))), None);
        }
        for recorded in [None, Some(Recorded::Nothing), result(None)] {
            assert_eq!(agrees(Verdict::Pass, recorded), None);
        }
    }
}
