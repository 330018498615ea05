//! Chains that were found, and which of them is worth telling.

use crate::reason::Finding;
use crate::verification::judgement::is_warning;

/// A chain that was found, whole or not.
pub struct Attempt {
    /// Issuers from the one of the certificate judged upwards.
    pub issuers: Vec<usize>,
    pub nearness: Nearness,
    /// Why the chain does not go on, unless it is whole.
    pub end: Option<Finding>,
    pub findings: Vec<Finding>,
}

/// How near a chain comes to an anchor; the nearest is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    SelfSigned,
    /// A certificate of the pool has the name of the issuer, but not its key.
    OtherKey,
    OtherRoot,
    IssuerMissing,
    /// An anchor has the name of the issuer, but not its key.
    AnchorsOtherKey,
    /// An anchor has the name of the issuer, but its key cannot be used.
    AnchorUnusable,
    Whole,
}

impl Attempt {
    /// Whether it is the one to tell: nearer to an anchor, with fewer faults, shorter when it is whole and
    /// longer when it is not.
    pub fn is_better_than(&self, other: &Self) -> bool {
        if self.nearness != other.nearness {
            return self.nearness > other.nearness;
        }
        let faults = |attempt: &Self| attempt.findings.iter().filter(|finding| !is_warning(finding)).count();
        let (mine, theirs) = (self.issuers.len(), other.issuers.len());
        match self.nearness {
            Nearness::Whole => (faults(self), mine) < (faults(other), theirs),
            _ => (mine, faults(other)) > (theirs, faults(self)),
        }
    }
}
