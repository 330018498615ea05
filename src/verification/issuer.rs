//! A certificate that may have issued others: its strict reading and its key, each made once.

use super::algorithm::Scheme;
use super::key::PublicKey;
use super::reading::Reading;
use super::{Finding, anchor};
use crate::certificate::Certificate;
use std::sync::OnceLock;

/// An anchor or a certificate of the pool.
#[derive(Debug)]
pub struct Issuer<'a> {
    pub certificate: &'a Certificate,
    /// Its place among the anchors.
    pub anchor: Option<usize>,
    /// Which of the verifier's names its subject is.
    pub name: Option<usize>,
    // Boxed: of a pool of thousands, few are ever asked for theirs.
    reading: OnceLock<Box<Result<Reading<'a>, String>>>,
    key: OnceLock<Box<Result<PublicKey, String>>>,
    anchor_findings: OnceLock<Vec<Finding>>,
}

/// Whether one certificate's signature is by another's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signed {
    Yes,
    No(&'static str),
    /// The key or the algorithm cannot be used here.
    Unsupported(String),
    /// The issuer's certificate is malformed.
    Unreadable(String),
}

impl<'a> Issuer<'a> {
    pub fn new(certificate: &'a Certificate, anchor: Option<usize>) -> Self {
        Self {
            certificate,
            anchor,
            name: None,
            reading: OnceLock::new(),
            key: OnceLock::new(),
            anchor_findings: OnceLock::new(),
        }
    }

    pub fn reading(&self) -> Result<&Reading<'a>, &str> {
        let reading = self.reading.get_or_init(|| Box::new(Reading::of(self.certificate)));
        reading.as_ref().as_ref().map_err(String::as_str)
    }

    /// Whether this issuer's key signed `child`.
    pub fn signed(&self, child: &Reading<'_>) -> Signed {
        let spki = match self.reading() {
            Ok(reading) => reading.spki,
            Err(what) => return Signed::Unreadable(what.to_owned()),
        };
        match self.key.get_or_init(|| Box::new(PublicKey::read(spki))).as_ref() {
            Ok(key) => check(child, key),
            Err(what) => Signed::Unsupported(what.clone()),
        }
    }

    /// What is to be said of it as a trust anchor.
    pub fn anchor_findings(&self, at: i64) -> &[Finding] {
        self.anchor_findings.get_or_init(|| match self.reading() {
            Ok(reading) => anchor::findings(reading, at),
            Err(what) => vec![anchor::unparseable(what)],
        })
    }
}

/// Whether `reading`'s own key signed it.
pub fn signed_by_itself(reading: &Reading<'_>) -> Signed {
    match PublicKey::read(reading.spki) {
        Ok(key) => check(reading, &key),
        Err(what) => Signed::Unsupported(what),
    }
}

fn check(child: &Reading<'_>, key: &PublicKey) -> Signed {
    // RFC 5280 §4.1.1.2
    if child.inner_algorithm != child.outer_algorithm {
        return Signed::No("the algorithm beside its signature is not the one inside its signed part");
    }
    match Scheme::read(child.outer_algorithm) {
        Ok(scheme) if key.verifies(scheme, child.signed, child.signature) => Signed::Yes,
        Ok(_) => Signed::No("that key did not make its signature"),
        Err(what) => Signed::Unsupported(what),
    }
}
