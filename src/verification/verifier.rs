//! The verifier: trust anchors and other certificates, made ready once for all that are judged.

use super::issuer::Issuer;
use super::judgement::{Judgement, Purpose};
use super::memo::{Memo, Recent};
use super::names::Canonical;
use super::reading::Reading;
use super::search::{Bearers, Search};
use crate::certificate::{Certificate, Name};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Judges certificates against trust anchors, with a pool of certificates that may link them. Each
/// anchor's and each link's key is parsed once, however many certificates are judged.
#[derive(Debug)]
pub struct Verifier<'a> {
    /// The anchors, then the certificates of the pool.
    pub(super) issuers: Vec<Issuer<'a>>,
    /// The different subjects, numbered.
    names: HashMap<Canonical, usize>,
    /// The same by the octets of the subjects, for names that are written the same.
    spelled: HashMap<&'a [u8], usize>,
    /// For each of these names, who bears it.
    bearers: Vec<Bearers>,
    pub(super) anchors: HashMap<&'a [u8], usize>,
    pub(super) memo: Arc<Memo>,
    /// Issuers by the name and the key identifier that a certificate gives, the likeliest first.
    rankings: Mutex<Recent<Box<[u8]>, Ranking>>,
    pub(super) at: i64,
}

/// Issuers by their index, the likeliest first.
type Ranking = Arc<[usize]>;

/// Rankings of issuers that are kept, at the least.
const RANKINGS: usize = 128;

impl<'a> Verifier<'a> {
    /// A verifier for the moment `at`. Anchors need not be self-signed; the pool may hold anything.
    pub fn new(anchors: &'a [Certificate], pool: &'a [Certificate], at: Timestamp) -> Self {
        Self::with_memo(anchors, pool, at, Arc::default())
    }

    /// The same, with what other verifiers have found out about keys and signatures.
    pub fn with_memo(
        anchors: &'a [Certificate],
        pool: &'a [Certificate],
        at: Timestamp,
        memo: Arc<Memo>,
    ) -> Self {
        let mut verifier = Self {
            issuers: Vec::with_capacity(anchors.len() + pool.len()),
            names: HashMap::new(),
            spelled: HashMap::new(),
            bearers: Vec::new(),
            anchors: HashMap::new(),
            memo,
            rankings: Mutex::default(),
            at: at.as_second(),
        };
        let mut seen = HashSet::new();
        for (index, anchor) in anchors.iter().enumerate() {
            if seen.insert(anchor.der()) {
                verifier.anchors.insert(anchor.der(), index);
                verifier.add(Issuer::new(anchor, Some(index)));
            }
        }
        for certificate in pool.iter().filter(|certificate| seen.insert(certificate.der())) {
            verifier.add(Issuer::new(certificate, None));
        }
        verifier
    }

    fn add(&mut self, mut issuer: Issuer<'a>) {
        let subject = issuer.certificate.subject();
        // A certificate without a subject cannot be named as an issuer (RFC 5280 §4.1.2.4).
        if subject.der.len() > 2 {
            let name = match self.spelled.get(subject.der) {
                Some(known) => *known,
                None => *self.names.entry(Canonical::of(subject)).or_insert(self.bearers.len()),
            };
            if name == self.bearers.len() {
                self.bearers.push(Bearers::default());
            }
            self.spelled.insert(subject.der, name);
            self.bearers[name].add(self.issuers.len());
            issuer.name = Some(name);
        }
        self.issuers.push(issuer);
    }

    /// The number of a subject.
    pub(super) fn number_of(&self, name: Name<'_>) -> Option<usize> {
        let spelled = self.spelled.get(name.der);
        spelled.or_else(|| self.names.get(&Canonical::of(name))).copied()
    }

    /// The issuers with this subject.
    pub(super) fn bearers_of(&self, name: Name<'_>) -> Option<&Bearers> {
        self.number_of(name).map(|name| &self.bearers[name])
    }

    /// The issuers to try for `child`, by `rank` unless another gave the same name and key identifier.
    pub(super) fn ranking(&self, child: &Reading<'_>, rank: impl FnOnce() -> Ranking) -> Ranking {
        let key_id = child.extensions.authority_key_id;
        // A name is an element, so it says where it ends.
        let asked = [child.issuer.der, &[u8::from(key_id.is_some())], key_id.unwrap_or_default()].concat();
        let lock = || self.rankings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&*asked) {
            return known;
        }
        let ranking = rank();
        lock().insert(asked.into(), Arc::clone(&ranking), RANKINGS);
        ranking
    }

    /// Judges one certificate.
    pub fn judge(&self, certificate: &Certificate, purpose: Purpose) -> Judgement {
        self.judge_read(certificate, &Reading::of(certificate), purpose)
    }

    /// The same of one whose strict reading is at hand.
    pub fn judge_read(
        &self,
        certificate: &Certificate,
        reading: &Result<Reading<'_>, String>,
        purpose: Purpose,
    ) -> Judgement {
        let reading = match reading {
            Ok(reading) => reading,
            Err(what) => return Judgement::unreadable(certificate, what),
        };
        let mut search = Search::new(self, certificate, reading, purpose);
        let direct = search.direct();
        let path = search.path();
        Judgement { direct, path }
    }
}
