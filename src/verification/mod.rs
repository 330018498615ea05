//! Whether a certificate is what the rule asks for: signature, path (RFC 5280 §6), validity, usages
//! and names. Pure functions of bytes and a time; nothing here reads a file or prints.
//!
//! Nothing stops at the first fault: each function returns every [`Finding`].

use crate::reason::Code;

/// One thing that verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: Code,
    /// The place in the chain of the certificate it concerns: 0 is the certificate judged.
    pub depth: usize,
    /// What was seen and what was wanted; safe to print.
    pub message: String,
}
