//! What to change so that the check passes: a command that works when pasted, or what to ask for
//! and of whom. Nothing here runs anything.

mod advice;
mod linux;
mod macos;
mod plan;
mod windows;

use super::situation::Situation;
use super::{Examined, Reason};
use crate::reason::{Code, Severity};
use crate::store::StoreSpec;
use crate::system::System;
use crate::text::{shown, shown_bytes};
use plan::{Plan, plan};

/// One thing to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The reason that it repairs.
    pub code: Code,
    /// What to do, in words; safe to print.
    pub message: String,
    /// The command that does it.
    pub command: Option<String>,
    /// The faults that it does not repair.
    pub remains: Vec<Code>,
    /// What it leaves to be done of its own; safe to print.
    pub then: Option<String>,
}

impl Fix {
    /// Whether the check passes after it.
    pub fn is_enough(&self) -> bool {
        self.remains.is_empty() && self.then.is_none()
    }
}

/// What a system or an adviser makes of a plan.
pub(super) struct Repair {
    pub message: String,
    pub command: Option<String>,
    /// What this repair leaves undone of its own.
    pub then: Option<String>,
}

impl Repair {
    pub fn by_hand(message: String) -> Self {
        Self { message, command: None, then: None }
    }

    pub fn by_command(message: String, command: String) -> Self {
        Self { message, command: Some(command), then: None }
    }
}

/// A fix for every reason, in the reasons' order, up to one that settles all that follow; warnings have
/// none of their own.
pub(super) fn for_reasons(situation: &Situation<'_>, reasons: &[Reason]) -> Vec<Fix> {
    let faults = reasons.iter().filter(|reason| reason.severity != Severity::Warning);
    let mut faults = faults.map(|reason| &reason.finding);
    let mut fixes = Vec::new();
    while let Some(finding) = faults.next() {
        let plan = plan(situation, finding);
        let by_command = commanded(situation, &plan);
        // The certificate that has the nickname is replaced, with all that is wrong with it.
        let settles_all =
            by_command.is_some() && plan.settles_all() || finding.code == Code::NicknameOtherSubject;
        let Repair { message, command, then } =
            by_command.unwrap_or_else(|| advice::advise(situation, finding));
        let remains = if settles_all { Vec::new() } else { faults.clone().map(|other| other.code).collect() };
        fixes.push(Fix { code: finding.code, message, command, remains, then });
        if settles_all {
            break;
        }
    }
    fixes
}

/// The command that carries out a plan, where the system has one.
fn commanded(situation: &Situation<'_>, plan: &Plan<'_>) -> Option<Repair> {
    match situation.system() {
        System::Linux => linux::repair(situation, plan),
        System::Macos => macos::repair(situation, plan),
        System::Windows => windows::repair(situation, plan),
    }
}

/// Where a certificate lies, as a part of a sentence.
fn where_is(examined: &Examined) -> String {
    let label = examined.stored.label.as_deref().map(shown_bytes);
    match (&examined.spec, label) {
        (StoreSpec::File(_), _) => format!("in the file {}", shown(&examined.stored.location)),
        (spec, Some(label)) => format!("in {} as \"{label}\"", shown(&spec.to_string())),
        (spec, None) => format!("in {}", shown(&spec.to_string())),
    }
}
