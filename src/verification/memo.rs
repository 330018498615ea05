//! What was worked out once about keys and signatures, for all certificates that are judged: on several
//! threads at once, and beyond the life of one [`super::Verifier`].
//!
//! A memo changes how long an answer takes and never the answer: what it holds are facts about octets,
//! and each search pays its budget whether or not a fact was known.

use super::anchor;
use super::issuer::Signed;
use super::key::PublicKey;
use super::reading::Reading;
use crate::certificate::Certificate;
use crate::reason::Finding;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Keys that are kept, at the least; at most twice as many.
const KEYS: usize = 256;

/// Uploaded CAs whose findings are kept, at the least; at most twice as many.
const ANCHORS: usize = 64;

/// Outcomes of signature checks that are kept in each of the parts, at the least; at most twice as many.
const OUTCOMES: usize = 512;

/// Threads wait for one another only within a part.
const PARTS: usize = 16;

/// Issuers' keys, prepared, and signatures that were checked.
#[derive(Debug, Default)]
pub struct Memo {
    keys: Mutex<Recent<Box<[u8]>, Arc<IssuerKey>>>,
    outcomes: [Mutex<Recent<Check, Signed>>; PARTS],
    anchors: Mutex<Recent<Moment, Arc<[Finding]>>>,
    spreading: RandomState,
}

/// A signature check: which key, and the SHA-256 of the whole certificate.
type Check = (u64, [u8; 32]);

/// The SHA-256 of an uploaded CA, and seconds since 1970.
type Moment = (String, i64);

/// The key of an issuer.
#[derive(Debug)]
pub struct IssuerKey {
    /// Tells it from every other key of this process.
    number: u64,
    pub public: Result<PublicKey, String>,
}

impl IssuerKey {
    fn read(spki: &[u8]) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { number: NEXT.fetch_add(1, Ordering::Relaxed), public: PublicKey::read(spki) }
    }
}

impl Memo {
    /// The key in `spki`, a SubjectPublicKeyInfo element.
    pub(super) fn key(&self, spki: &[u8]) -> Arc<IssuerKey> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = keys.get(spki) {
            return known;
        }
        let key = Arc::new(IssuerKey::read(spki));
        keys.insert(spki.into(), Arc::clone(&key), KEYS);
        key
    }

    /// What there is to report about an uploaded CA at the moment `at`.
    pub fn findings(&self, certificate: &Certificate, at: Timestamp) -> Arc<[Finding]> {
        self.anchor(certificate, &Reading::of_anchor(certificate), at.as_second())
    }

    /// The same of one whose strict reading is at hand.
    pub(super) fn anchor(
        &self,
        certificate: &Certificate,
        reading: &Result<Reading<'_>, String>,
        at: i64,
    ) -> Arc<[Finding]> {
        let question = (certificate.sha256().to_owned(), at);
        let lock = || self.anchors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&question) {
            return known;
        }
        let findings: Arc<[Finding]> = anchor::findings(reading, at, self).into();
        lock().insert(question, Arc::clone(&findings), ANCHORS);
        findings
    }

    /// Whether `key` signed `certificate`, by `check` unless it is known.
    pub(super) fn outcome(
        &self,
        key: &IssuerKey,
        certificate: &[u8],
        check: impl FnOnce() -> Signed,
    ) -> Signed {
        let question = (key.number, Sha256::digest(certificate).into());
        let part = &self.outcomes[self.spreading.hash_one(question) as usize % PARTS];
        let lock = || part.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&question) {
            return known;
        }
        let outcome = check();
        lock().insert(question, outcome.clone(), OUTCOMES);
        outcome
    }
}

/// What was asked for most recently, in two generations: the older one goes when the younger is full.
#[derive(Debug)]
pub struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    pub fn get<Q: ?Sized + Eq + Hash>(&mut self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
    {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        // Moved to the younger generation, so that it outlives entries that are no longer asked for.
        let (key, value) = self.old.remove_entry(key)?;
        self.young.insert(key, value.clone());
        Some(value)
    }

    pub fn insert(&mut self, key: K, value: V, capacity: usize) {
        if self.young.len() >= capacity {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_outlives_what_is_not() {
        let mut recent = Recent::default();
        recent.insert("intermediate", 1, 10);
        for number in 0..1000 {
            recent.insert(Box::leak(format!("leaf {number}").into_boxed_str()), 2, 10);
            assert_eq!(recent.get("intermediate"), Some(1));
            assert!(recent.young.len() <= 11 && recent.old.len() <= 11);
        }
        assert_eq!(recent.get("leaf 0"), None);
        assert_eq!(recent.get("leaf 999"), Some(2));
    }

    #[test]
    fn checks_once() {
        let memo = Memo::default();
        let (one, other) = (memo.key(b"one"), memo.key(b"other"));
        assert!(Arc::ptr_eq(&one, &memo.key(b"one")));
        let never = || unreachable!();
        assert_eq!(memo.outcome(&one, b"certificate", || Signed::Yes), Signed::Yes);
        assert_eq!(memo.outcome(&one, b"certificate", never), Signed::Yes);
        assert_eq!(memo.outcome(&other, b"certificate", || Signed::No("")), Signed::No(""));
        assert_eq!(memo.outcome(&one, b"another", || Signed::No("")), Signed::No(""));
    }
}
