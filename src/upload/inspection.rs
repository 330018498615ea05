//! Whether a file holds the certificate to upload: what it says of itself, and whether it signed the
//! client certificates.

use crate::ca;
use crate::certificate::Certificate;
use crate::encoding::{Key, PublicKey};
use crate::input;
use crate::posture::RuleType;
use crate::reason::{Code, Finding, Severity};
use crate::store::PrivateKey;
use crate::verification::{self, Authority, Judgement, Purpose, Reading, Verifier};
use jiff::Timestamp;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Everything that was asked about.
#[derive(Clone, Debug)]
pub struct Inspection {
    pub at: Timestamp,
    pub files: Vec<InspectedFile>,
    /// Judged against every certificate of `files`.
    pub clients: Vec<Client>,
}

/// A file that may be the one to upload.
#[derive(Clone, Debug)]
pub struct InspectedFile {
    pub path: PathBuf,
    pub certificates: Vec<InspectedCa>,
    /// How many private keys lie in it.
    pub private_keys: usize,
    /// Why it cannot be read.
    pub unreadable: Option<String>,
}

/// One certificate of such a file.
#[derive(Clone, Debug)]
pub struct InspectedCa {
    pub certificate: Certificate,
    pub kind: CaKind,
    /// `None` when the certificate is malformed.
    pub authority: Option<Authority>,
    pub findings: Vec<Finding>,
    /// Whether its private key lies in the same file.
    pub private_key: PrivateKey,
}

/// What a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaKind {
    Root,
    Intermediate,
    /// Not a CA's.
    Leaf,
    Unreadable,
}

/// Whether a certificate is one to upload for a type of rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    Yes,
    /// It has a fault that this type is not documented to look at.
    Undocumented,
    No,
}

/// A client certificate.
#[derive(Clone, Debug)]
pub struct Client {
    pub certificate: Certificate,
    /// The file or store it came from.
    pub source: String,
    /// One for each certificate of the files, in their order.
    pub signings: Vec<Signing>,
    /// Every certificate at hand that signed it directly, those of the files first.
    pub issuers: Vec<Issuer>,
}

/// What a certificate of the files has to do with a client certificate.
#[derive(Clone, Debug)]
pub struct Signing {
    pub direct: bool,
    /// A chain leads from the client certificate to it, without a fault.
    pub path: bool,
    /// Why it is not direct.
    pub fault: Option<Finding>,
}

/// A certificate at hand that signed a client certificate.
#[derive(Clone, Debug)]
pub struct Issuer {
    pub certificate: Certificate,
    pub source: String,
}

impl Inspection {
    /// Reads `files`, and judges `clients` (each with its source) against what they hold. Of `others`,
    /// the certificates that lie beside the clients, any may turn out to be the one to upload.
    pub fn make(
        files: &[PathBuf],
        clients: Vec<(Certificate, String)>,
        others: Vec<(Certificate, String)>,
        at: Timestamp,
    ) -> Self {
        let files: Vec<InspectedFile> = files.iter().map(|file| InspectedFile::read(file, at)).collect();
        let clients = Known::gather(&files, others, at).judge(clients);
        Self { at, files, clients }
    }

    /// Every certificate of the files with its file.
    pub fn certificates(&self) -> impl Iterator<Item = (&InspectedFile, &InspectedCa)> {
        self.files
            .iter()
            .flat_map(|file| file.certificates.iter().map(move |certificate| (file, certificate)))
    }

    /// Whether the files are the ones to upload: one fit certificate signed each client certificate, or,
    /// without any, each file has a fit one. Without a type, fit for either and signed directly.
    pub fn is_good(&self, rule_type: Option<RuleType>) -> bool {
        if self.clients.is_empty() {
            return self.files.iter().all(|file| file.certificates.iter().any(|ca| ca.is_fit(rule_type)));
        }
        let original = rule_type == Some(RuleType::ClientCertificate);
        self.clients.iter().all(|client| {
            let pairs = self.certificates().zip(&client.signings);
            pairs.into_iter().any(|((_, ca), signing)| {
                ca.is_fit(rule_type) && (signing.direct || (original && signing.path))
            })
        })
    }

    /// How many of the client certificates a rule of this type accepts with the certificate at `position` among all
    /// of the files, as far as its issuer is concerned.
    pub fn accepted(&self, position: usize, rule_type: RuleType) -> usize {
        let original = rule_type == RuleType::ClientCertificate;
        let accepts = |signing: &Signing| signing.direct || original && signing.path;
        self.clients.iter().filter_map(|client| client.signings.get(position)).filter(|s| accepts(s)).count()
    }

    /// The other certificates of the files with the same name and key: cross-signed ones, which issue
    /// the same client certificates.
    pub fn twins<'a>(
        &'a self,
        ca: &'a InspectedCa,
    ) -> impl Iterator<Item = (&'a InspectedFile, &'a InspectedCa)> {
        self.certificates().filter(|(_, other)| are_twins(&other.certificate, &ca.certificate))
    }
}

/// Two certificates of one CA.
fn are_twins(one: &Certificate, other: &Certificate) -> bool {
    let is_readable = one.outline().is_ok();
    is_readable
        && one.sha256() != other.sha256()
        && one.subject() == other.subject()
        && one.spki() == other.spki()
}

impl InspectedFile {
    fn read(path: &Path, at: Timestamp) -> Self {
        let empty =
            Self { path: path.to_owned(), certificates: Vec::new(), private_keys: 0, unreadable: None };
        let read = input::read_named(path, ca::MAX_FILE_SIZE).map_err(|why| why.to_string());
        let objects = match read.and_then(|bytes| ca::decode(&bytes)) {
            Ok(objects) => objects,
            Err(why) => return Self { unreadable: Some(why), ..empty },
        };
        if objects.certificates.is_empty() {
            let keyed = || "holds a private key but no certificate".to_owned();
            let why = if objects.keys.is_empty() { objects.why_empty() } else { keyed() };
            return Self { unreadable: Some(why), ..empty };
        }
        let keys = objects.keys;
        let certificates = objects.certificates.into_iter().map(|found| Certificate::from_der(found.der));
        Self {
            certificates: certificates.map(|certificate| InspectedCa::new(certificate, &keys, at)).collect(),
            private_keys: keys.len(),
            ..empty
        }
    }
}

impl InspectedCa {
    fn new(certificate: Certificate, keys: &[Key], at: Timestamp) -> Self {
        let reading = Reading::of(&certificate);
        let authority = reading.as_ref().ok().map(Reading::authority);
        let mut findings = verification::anchor(&reading, at);
        let is_ca = findings.iter().all(|finding| finding.code != Code::CaNotACa);
        // That something is not a root says nothing more when it is not a CA at all.
        findings.retain(|finding| is_ca || finding.code != Code::CaNotSelfSigned);
        let kind = match &authority {
            None => CaKind::Unreadable,
            Some(_) if !is_ca => CaKind::Leaf,
            Some(authority) if authority.is_self_signed == Some(true) => CaKind::Root,
            // Self-issued with a signature that cannot be checked here: a root as far as one can see.
            Some(authority) if authority.is_self_signed.is_none() => CaKind::Root,
            Some(_) => CaKind::Intermediate,
        };
        let private_key = private_key(&certificate, keys);
        Self { certificate, kind, authority, findings, private_key }
    }

    /// Whether it is one to upload for a rule of this type.
    pub fn fit(&self, rule_type: RuleType) -> Fit {
        if matches!(self.kind, CaKind::Leaf | CaKind::Unreadable) {
            return Fit::No;
        }
        let faulty = |of: RuleType| self.findings.iter().any(|f| f.code.severity(of) == Severity::Fault);
        if faulty(rule_type) {
            Fit::No
        } else if faulty(RuleType::ClientCertificate) {
            Fit::Undocumented
        } else {
            Fit::Yes
        }
    }

    /// Fit for this type; without one, fit for some type.
    fn is_fit(&self, rule_type: Option<RuleType>) -> bool {
        match rule_type {
            Some(rule_type) => self.fit(rule_type) == Fit::Yes,
            None => [RuleType::ClientCertificate, RuleType::ClientCertificateV2]
                .into_iter()
                .any(|t| self.fit(t) == Fit::Yes),
        }
    }
}

fn private_key(certificate: &Certificate, keys: &[Key]) -> PrivateKey {
    let public = PublicKey::from_spki(certificate.spki());
    if keys.iter().any(|key| matches!(key, Key::Of(of) if Some(of) == public.as_ref())) {
        PrivateKey::Present
    } else if keys.iter().any(|key| matches!(key, Key::Sealed(_))) {
        PrivateKey::Unknown
    } else {
        PrivateKey::Absent
    }
}

/// Every certificate at hand that may have issued a client certificate.
struct Known {
    certificates: Vec<Certificate>,
    sources: Vec<String>,
    /// Those of the files, as often as they occur there.
    inspected: Vec<Certificate>,
    at: Timestamp,
}

impl Known {
    fn gather(files: &[InspectedFile], others: Vec<(Certificate, String)>, at: Timestamp) -> Self {
        let own = files.iter().flat_map(|file| {
            file.certificates
                .iter()
                .map(|ca| (ca.certificate.clone(), file.path.to_string_lossy().into_owned()))
        });
        let mut seen = std::collections::HashSet::new();
        let mut known = Self { certificates: Vec::new(), sources: Vec::new(), inspected: Vec::new(), at };
        known
            .inspected
            .extend(files.iter().flat_map(|file| file.certificates.iter().map(|ca| ca.certificate.clone())));
        for (certificate, source) in own.chain(others) {
            if seen.insert(certificate.sha256().to_owned()) {
                known.certificates.push(certificate);
                known.sources.push(source);
            }
        }
        known
    }

    fn judge(&self, clients: Vec<(Certificate, String)>) -> Vec<Client> {
        let every = Verifier::new(&self.certificates, &[], self.at);
        let each: Vec<Verifier<'_>> = self
            .inspected
            .iter()
            .map(|ca| Verifier::new(std::slice::from_ref(ca), &self.certificates, self.at))
            .collect();
        let judge = |(certificate, source): (Certificate, String)| {
            let signings =
                self.inspected.iter().zip(&each).map(|(ca, verifier)| {
                    signing(&certificate, ca, &verifier.judge(&certificate, Purpose::Any))
                });
            let signings = signings.collect();
            let issuers = self.issuers(&certificate, &every);
            Client { certificate, source, signings, issuers }
        };
        clients.into_par_iter().map(judge).collect()
    }

    /// The direct issuer and its twins.
    fn issuers(&self, client: &Certificate, every: &Verifier<'_>) -> Vec<Issuer> {
        let Some(found) = self.direct_issuer(client, every) else { return Vec::new() };
        let same = self.certificates.iter().zip(&self.sources).filter(|(certificate, _)| {
            certificate.sha256() == found.sha256() || are_twins(certificate, &found)
        });
        same.map(|(certificate, source)| Issuer { certificate: certificate.clone(), source: source.clone() })
            .collect()
    }

    /// Who signed it, other than itself: `every` has all certificates, the client among them where its
    /// own file is one of those that may be uploaded.
    fn direct_issuer(&self, client: &Certificate, every: &Verifier<'_>) -> Option<Certificate> {
        let others: Vec<Certificate>;
        let (direct, from) = if self.certificates.contains(client) {
            others = self.certificates.iter().filter(|other| *other != client).cloned().collect();
            (Verifier::new(&others, &[], self.at).judge(client, Purpose::Any).direct, &others)
        } else {
            (every.judge(client, Purpose::Any).direct, &self.certificates)
        };
        from.get(direct.issuer?).cloned()
    }
}

fn signing(client: &Certificate, ca: &Certificate, judgement: &Judgement) -> Signing {
    let is_itself = client.sha256() == ca.sha256();
    if judgement.direct.passes() && !is_itself {
        return Signing { direct: true, path: true, fault: None };
    }
    let path = judgement.path.passes() && !is_itself;
    let fault = if judgement.is_by_intermediate() {
        by_intermediate(judgement)
    } else {
        judgement.direct.findings.first().or(judgement.path.findings.first()).cloned()
    };
    Signing { direct: false, path, fault }
}

fn by_intermediate(judgement: &Judgement) -> Option<Finding> {
    let issuer = judgement.path.chain.get(1)?;
    let name = issuer.subject().to_string();
    let passes = if judgement.path.passes() {
        ". A client_certificate rule passes with it, though that is not documented; client_certificate_v2 does not"
    } else {
        ""
    };
    let message = format!(
        "It was signed by the intermediate \"{}\", and not by this CA itself{passes}",
        crate::text::shown(&name)
    );
    Some(Finding::new(Code::IssuedByIntermediate, message).at(0))
}
