//! A certificate that may have issued others: its strict reading and its key, each made once.

use super::algorithm::Scheme;
use super::key::PublicKey;
use super::memo::{IssuerKey, Memo};
use super::reading::Reading;
use crate::certificate::Certificate;
use crate::reason::Finding;
use std::sync::{Arc, OnceLock};

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
    key: OnceLock<Arc<IssuerKey>>,
    /// Its key, if that made its own signature.
    own_key: OnceLock<Option<Arc<IssuerKey>>>,
    anchor_findings: OnceLock<Arc<[Finding]>>,
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

/// A certificate whose signature is to be checked.
#[derive(Clone, Copy, Debug)]
pub struct Child<'s> {
    pub certificate: &'s Certificate,
    pub reading: &'s Reading<'s>,
    /// Its own key, where that is known to have made its signature.
    pub own_key: Option<&'s IssuerKey>,
}

impl<'a> Issuer<'a> {
    pub fn new(certificate: &'a Certificate, anchor: Option<usize>) -> Self {
        Self {
            certificate,
            anchor,
            name: None,
            reading: OnceLock::new(),
            key: OnceLock::new(),
            own_key: OnceLock::new(),
            anchor_findings: OnceLock::new(),
        }
    }

    pub fn reading(&self) -> Result<&Reading<'a>, &str> {
        self.strict().as_ref().map_err(String::as_str)
    }

    fn strict(&self) -> &Result<Reading<'a>, String> {
        self.reading.get_or_init(|| {
            let read = if self.anchor.is_some() { Reading::of_anchor } else { Reading::of };
            Box::new(read(self.certificate))
        })
    }

    /// The key in its certificate; `Err` when that is malformed.
    pub fn key(&self, memo: &Memo) -> Result<&IssuerKey, &str> {
        let spki = self.reading()?.spki;
        Ok(self.key.get_or_init(|| memo.key(spki)))
    }

    /// Whether this issuer's key signed `child`.
    pub fn signed(&self, child: Child<'_>, memo: &Memo) -> Signed {
        match self.key(memo) {
            Ok(key) => signed_with(key, child, memo),
            Err(what) => Signed::Unreadable(what.to_owned()),
        }
    }

    /// Its key, if that made its own signature.
    pub fn own_key(&self, memo: &Memo) -> Option<&IssuerKey> {
        let own_key = || own_key(self.certificate, self.reading().ok()?, memo);
        self.own_key.get_or_init(own_key).as_deref()
    }

    /// What there is to report about it as a trust anchor.
    pub fn anchor_findings(&self, at: i64, memo: &Memo) -> &[Finding] {
        self.anchor_findings.get_or_init(|| memo.anchor(self.certificate, self.strict(), at))
    }
}

/// The key of a certificate that names itself its issuer, if that key made its signature.
pub fn own_key(certificate: &Certificate, reading: &Reading<'_>, memo: &Memo) -> Option<Arc<IssuerKey>> {
    if !reading.is_self_issued() {
        return None;
    }
    let key = memo.key(reading.spki);
    let child = Child { certificate, reading, own_key: None };
    (signed_with(&key, child, memo) == Signed::Yes).then_some(key)
}

/// Whether `key` signed `child`.
pub fn signed_with(key: &IssuerKey, child: Child<'_>, memo: &Memo) -> Signed {
    match (&key.public, child.own_key.map(|own| &own.public)) {
        (Err(what), _) => Signed::Unsupported(what.clone()),
        // Its own key made the signature, so another did not: of a hundred self-signed certificates
        // with one subject, each takes one check.
        (Ok(public), Some(Ok(own))) if !public.is_same(own) => check(child.reading, |_, _, _| false),
        (Ok(public), _) => memo.outcome(key, child.certificate.der(), || check_with(public, child.reading)),
    }
}

fn check_with(key: &PublicKey, child: &Reading<'_>) -> Signed {
    let mut refusal = None;
    let outcome = check(child, |scheme, message, signature| {
        refusal = key.refuses(scheme);
        refusal.is_none() && key.verifies(scheme, message, signature)
    });
    match (outcome, refusal) {
        (Signed::No(_), Some(why)) => Signed::No(why),
        (outcome, _) => outcome,
    }
}

fn check(child: &Reading<'_>, verifies: impl FnOnce(Scheme, &[u8], &[u8]) -> bool) -> Signed {
    // RFC 5280 §4.1.1.2
    if child.inner_algorithm != child.outer_algorithm {
        return Signed::No("the algorithm beside its signature is not the one inside its signed part");
    }
    match Scheme::read(child.outer_algorithm) {
        Ok(scheme) if verifies(scheme, child.signed, child.signature) => Signed::Yes,
        Ok(_) => Signed::No("that key did not make its signature"),
        Err(what) => Signed::Unsupported(what),
    }
}
