//! Whether a certificate is what the rule asks for: signature, path (RFC 5280 §6), validity, usages
//! and names. Pure functions of bytes and a time; nothing here reads a file or prints.
//!
//! Nothing stops at the first fault: each function returns every [`Finding`].

mod algorithm;
mod alternative_name;
mod anchor;
mod authority;
mod constraints;
mod der;
mod extensions;
mod general_name;
mod issuer;
mod key;
mod memo;
mod message;
mod multiples;
mod names;
mod pkcs1;
mod reading;
mod search;
mod usage;
mod validate;
mod validity;

pub use alternative_name::subject_alternative_name;
pub use anchor::anchor;
pub use authority::{Authority, authority};
pub use memo::Memo;
pub use usage::extended_key_usage;
pub use validity::validity;

use crate::certificate::{Certificate, Name, oid};
use crate::posture::RuleType;
use crate::reason::{About, Code, Finding, Severity};
use issuer::Issuer;
use jiff::Timestamp;
use memo::Recent;
use names::Canonical;
use search::{Bearers, Search};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// What the certificates of a chain must be good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Extended key usages are not looked at.
    #[default]
    Any,
    ClientAuth,
    Email,
}

impl Purpose {
    const fn oid(self) -> Option<&'static [u8]> {
        match self {
            Self::Any => None,
            Self::ClientAuth => Some(oid::CLIENT_AUTH),
            Self::Email => Some(oid::EMAIL_PROTECTION),
        }
    }
}

/// Judges certificates against trust anchors, with a pool of certificates that may link them. Each
/// anchor's and each link's key is parsed once, however many certificates are judged.
#[derive(Debug)]
pub struct Verifier<'a> {
    /// The anchors, then the certificates of the pool.
    issuers: Vec<Issuer<'a>>,
    /// The different subjects, numbered.
    names: HashMap<Canonical, usize>,
    /// For each of these names, who bears it.
    bearers: Vec<Bearers>,
    anchors: HashMap<&'a [u8], usize>,
    memo: Arc<Memo>,
    /// Issuers by the name and the key identifier that a certificate gives, the likeliest first.
    rankings: Mutex<Recent<Box<[u8]>, Ranking>>,
    at: i64,
}

/// Issuers by their index, the likeliest first.
type Ranking = Arc<[usize]>;

/// Rankings of issuers that are kept, at the least.
const RANKINGS: usize = 128;

/// What was found out about one certificate.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Whether a trust anchor signed it directly.
    pub direct: Direct,
    /// Whether a chain leads from it to a trust anchor.
    pub path: Path,
}

/// The answer to "did exactly this CA sign it?". Only the signature counts here: dates and constraints
/// are told of the path.
#[derive(Clone, Debug)]
pub struct Direct {
    /// Which of the anchors signed it.
    pub issuer: Option<usize>,
    pub findings: Vec<Finding>,
}

/// The best chain; or, where none reaches an anchor, the nearest.
#[derive(Clone, Debug)]
pub struct Path {
    /// The certificate judged first; up to the anchor if there is one, else as far as the chain leads.
    pub chain: Vec<Certificate>,
    /// At which of the anchors the chain ends.
    pub anchor: Option<usize>,
    /// Faults before warnings; the first is the one that tells most.
    pub findings: Vec<Finding>,
}

/// What is wrong with the encoding of a certificate, if it is not DER or not laid out as RFC 5280 has
/// it.
pub fn malformed(certificate: &Certificate) -> Option<String> {
    reading::Reading::of(certificate).err()
}

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
            let name = *self.names.entry(Canonical::of(subject)).or_insert(self.bearers.len());
            if name == self.bearers.len() {
                self.bearers.push(Bearers::default());
            }
            self.bearers[name].add(self.issuers.len());
            issuer.name = Some(name);
        }
        self.issuers.push(issuer);
    }

    /// The issuers with this subject.
    fn bearers_of(&self, name: Name<'_>) -> Option<&Bearers> {
        self.names.get(&Canonical::of(name)).map(|&name| &self.bearers[name])
    }

    /// The issuers to try for `child`, by `rank` unless another gave the same name and key identifier.
    fn ranking(&self, child: &reading::Reading<'_>, rank: impl FnOnce() -> Ranking) -> Ranking {
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
        let reading = match reading::Reading::of(certificate) {
            Ok(reading) => reading,
            Err(what) => return unreadable(certificate, &what),
        };
        let mut search = Search::new(self, certificate, &reading, purpose);
        let direct = search.direct();
        let path = search.path();
        Judgement { direct, path }
    }
}

fn unreadable(certificate: &Certificate, what: &str) -> Judgement {
    let findings = vec![unparseable(what)];
    Judgement {
        direct: Direct { issuer: None, findings: findings.clone() },
        path: Path { chain: vec![certificate.clone()], anchor: None, findings },
    }
}

/// The certificate judged cannot be read; `what` says why.
fn unparseable(what: &str) -> Finding {
    message::finding(Code::CertificateUnparseable, 0, format!("The certificate is malformed: {what}"))
}

impl Judgement {
    /// Whether a chain reaches an anchor by way of an intermediate only.
    pub fn is_by_intermediate(&self) -> bool {
        self.direct.issuer.is_none() && self.path.anchor.is_some() && self.path.chain.len() > 2
    }
}

impl Direct {
    /// Whether an anchor signed it and nothing that counts speaks against that.
    pub fn passes(&self) -> bool {
        self.issuer.is_some() && self.findings.iter().all(is_warning)
    }

    /// Whether what could not be checked here might have made it pass.
    pub fn is_undecided(&self) -> bool {
        !self.passes() && self.findings.iter().any(is_doubt) && !self.findings.iter().any(is_own_fault)
    }
}

impl Path {
    /// Whether the chain reaches an anchor without a fault.
    pub fn passes(&self) -> bool {
        self.anchor.is_some() && self.findings.iter().all(is_warning)
    }

    /// Whether what could not be checked here might have made it pass. What is wrong with the certificate
    /// itself is certain whatever stands above it.
    pub fn is_undecided(&self) -> bool {
        !self.passes() && self.findings.iter().any(is_doubt) && !self.findings.iter().any(is_own_fault)
    }
}

fn is_doubt(finding: &Finding) -> bool {
    finding.code.severity(RuleType::ClientCertificate) == Severity::Unknown
}

/// A fault that no other chain could mend.
const fn is_own_fault(finding: &Finding) -> bool {
    matches!(finding.about, About::Chain(0))
        && matches!(
            finding.code,
            Code::CertificateUnparseable
                | Code::UnknownCriticalExtension
                | Code::Expired
                | Code::NotYetValid
                | Code::EkuMissing
        )
}

fn is_warning(finding: &Finding) -> bool {
    finding.code.severity(RuleType::ClientCertificate) == Severity::Warning
}
