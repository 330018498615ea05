//! Which stored certificates the documented command would return. One file per command; the kind
//! of store decides which command applies, so a database copied from a Linux laptop is judged by
//! the Linux rules on any machine.

pub mod certutil;
pub mod powershell;
pub mod security;

use crate::certificate::Certificate;
use crate::reason::Code;
use std::path::PathBuf;

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
    /// Its exit status.
    pub exit_status: i32,
    /// What it writes to standard error; empty when it finds something.
    pub standard_error: String,
    /// Why it answers otherwise than one would think.
    pub notes: Vec<Note>,
}

/// A certificate that the command prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The stored certificate at this position.
    Stored(usize),
    /// A file outside the store, which certutil reads when no nickname matches.
    File(PathBuf, Certificate),
}

/// A peculiarity of the command that touched this look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub code: Code,
    /// Safe to print.
    pub message: String,
}
