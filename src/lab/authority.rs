//! Certification authorities and what they sign.

use super::LabError;
use super::case::Usage;
use super::key::{Key, KeyKind};
use getrandom::SysRng;
use jiff::Timestamp;
use rsa::rand_core::TryRng as _;
use std::time::Duration;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, CertificateBuilder};
use x509_cert::certificate::{Certificate, TbsCertificate};
use x509_cert::der::asn1::{Any, GeneralizedTime, ObjectIdentifier, SetOfVec};
use x509_cert::der::{Decode as _, Encode as _, Tag};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// From when until when something is valid.
#[derive(Clone, Copy)]
pub(super) struct Dates {
    from: Timestamp,
    until: Timestamp,
}

impl Dates {
    /// From `before` days before `at` until `after` days after it.
    pub fn around(at: Timestamp, before: u32, after: u32) -> Result<Self, LabError> {
        let until = at.checked_add(super::days(after.into())).map_err(|_| LabError::Dates)?;
        Self::between(at - super::days(before.into()), until)
    }

    pub fn between(from: Timestamp, until: Timestamp) -> Result<Self, LabError> {
        Ok(Self { from, until })
    }

    fn validity(self) -> Result<Validity, LabError> {
        let time = |at: Timestamp| {
            let seconds = u64::try_from(at.as_second()).map_err(|_| LabError::Dates)?;
            let time = GeneralizedTime::from_unix_duration(Duration::from_secs(seconds));
            Ok::<_, LabError>(Time::GeneralTime(time.map_err(|_| LabError::Dates)?))
        };
        Ok(Validity::new(time(self.from)?, time(self.until)?))
    }
}

/// A CA with its key.
pub(super) struct Authority {
    pub certificate: Certificate,
    pub key: Key,
}

impl Authority {
    pub fn root(name: &str, kind: KeyKind, dates: Dates) -> Result<Self, LabError> {
        let key = Key::generate(kind)?;
        let subject = distinguished_name(name)?;
        let profile = Profile { issuer: subject.clone(), subject, role: Role::Authority };
        let certificate = key.sign(prepare(profile, dates, key.public()?)?)?;
        Ok(Self { certificate, key })
    }

    pub fn intermediate(&self, name: &str, kind: KeyKind, dates: Dates) -> Result<Self, LabError> {
        let key = Key::generate(kind)?;
        let certificate = self.issue(name, Role::Authority, &key, dates)?;
        Ok(Self { certificate, key })
    }

    pub fn client(&self, name: &str, usage: Usage, key: &Key, dates: Dates) -> Result<Certificate, LabError> {
        self.issue(name, Role::Client(usage), key, dates)
    }

    fn issue(&self, name: &str, role: Role, key: &Key, dates: Dates) -> Result<Certificate, LabError> {
        let issuer = self.certificate.tbs_certificate().subject().clone();
        let profile = Profile { issuer, subject: distinguished_name(name)?, role };
        self.key.sign(prepare(profile, dates, key.public()?)?)
    }
}

fn prepare(
    profile: Profile,
    dates: Dates,
    public: SubjectPublicKeyInfoOwned,
) -> Result<CertificateBuilder<Profile>, LabError> {
    Ok(CertificateBuilder::new(profile, serial_number()?, dates.validity()?, public)?)
}

/// 16 random octets, positive (RFC 5280 §4.1.2.2).
fn serial_number() -> Result<SerialNumber, LabError> {
    let mut octets = [0; 16];
    SysRng.try_fill_bytes(&mut octets).map_err(|error| LabError::Key(error.to_string()))?;
    octets[0] = octets[0] & 0x7f | 0x40;
    Ok(SerialNumber::new(&octets)?)
}

/// `O=Certposture Lab, CN=…` in encoding order.
fn distinguished_name(common_name: &str) -> Result<Name, LabError> {
    let attribute = |oid, text: &str| {
        let value = Any::new(Tag::Utf8String, text.as_bytes())?;
        let set = SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }])?;
        Ok::<_, LabError>(RelativeDistinguishedName::from(set))
    };
    let rdns = vec![attribute(ORGANIZATION, "Certposture Lab")?, attribute(COMMON_NAME, common_name)?];
    Ok(Name::from_der(&RdnSequence::from(rdns).to_der()?)?)
}

/// What a certificate is for.
#[derive(Clone, Copy)]
enum Role {
    Authority,
    Client(Usage),
}

struct Profile {
    issuer: Name,
    subject: Name,
    role: Role,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        public: SubjectPublicKeyInfoRef<'_>,
        issuer_public: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let mut extensions = Vec::new();
        let issuer_id = SubjectKeyIdentifier::try_from(issuer_public)?.0;
        let authority = AuthorityKeyIdentifier { key_identifier: Some(issuer_id), ..Default::default() };
        push(&mut extensions, &SubjectKeyIdentifier::try_from(public)?, tbs)?;
        push(&mut extensions, &authority, tbs)?;
        match self.role {
            Role::Authority => {
                push(&mut extensions, &BasicConstraints { ca: true, path_len_constraint: None }, tbs)?;
                push(&mut extensions, &KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign), tbs)?;
            }
            Role::Client(usage) => {
                push(&mut extensions, &BasicConstraints { ca: false, path_len_constraint: None }, tbs)?;
                push(&mut extensions, &KeyUsage(KeyUsages::DigitalSignature.into()), tbs)?;
                let usage = match usage {
                    Usage::ClientAuth => CLIENT_AUTH,
                    Usage::ServerAuth => SERVER_AUTH,
                };
                push(&mut extensions, &ExtendedKeyUsage(vec![usage]), tbs)?;
            }
        }
        Ok(extensions)
    }
}

fn push<E: ToExtension>(
    extensions: &mut Vec<Extension>,
    extension: E,
    tbs: &TbsCertificate,
) -> builder::Result<()>
where
    builder::Error: From<E::Error>,
{
    let made = extension.to_extension(tbs.subject(), extensions)?;
    extensions.push(made);
    Ok(())
}
