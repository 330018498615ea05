//! What every stage of the pipeline gives: one thing that it found.

use super::Code;
use std::path::{Path, PathBuf};

/// One thing that was found: its code, the words for it, and what it concerns. What it does to a verdict is
/// decided where the verdict is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: Code,
    /// What was seen and what was wanted; safe to print, without a full stop at the end. For people only:
    /// what the program needs to know is in `code` and `about`.
    pub message: String,
    pub about: About,
}

/// What a finding concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum About {
    /// The rule, the look-up or a store as a whole.
    #[default]
    Check,
    /// A file or folder.
    File(PathBuf),
    /// An uploaded CA: the file it came from, and the UUID that the API gave it.
    UploadedCa { file: Option<PathBuf>, id: Option<String> },
    /// The certificate at this place of a chain; 0 is the one that is verified.
    Chain(usize),
    /// The certificate with this SHA-256.
    Certificate(String),
}

impl Finding {
    /// A finding about the check as a whole.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), about: About::Check }
    }

    /// The same about something in particular.
    pub fn about(self, about: About) -> Self {
        Self { about, ..self }
    }

    /// The same about the certificate at this place of a chain.
    pub fn at(self, depth: usize) -> Self {
        self.about(About::Chain(depth))
    }

    /// The place in its chain of the certificate that it concerns.
    pub const fn depth(&self) -> Option<usize> {
        match self.about {
            About::Chain(depth) => Some(depth),
            _ => None,
        }
    }

    /// The file or folder that it concerns.
    pub fn file(&self) -> Option<&Path> {
        match &self.about {
            About::File(file) | About::UploadedCa { file: Some(file), .. } => Some(file),
            _ => None,
        }
    }

    /// SHA-256 of the certificate that it concerns.
    pub fn certificate(&self) -> Option<&str> {
        match &self.about {
            About::Certificate(sha256) => Some(sha256),
            _ => None,
        }
    }
}
