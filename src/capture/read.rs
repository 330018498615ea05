//! From a line back to what was found. A line may come from anybody: it is read within limits, and
//! nothing in it is believed to be well-formed.

use super::record::{
    CertificateRecord, ClientRecord, DeviceRecord, KeyFileRecord, ModuleRecord, NssRecord, PlaceRecord,
    ProblemRecord, ProfileRecord, Record, RemainsRecord, SCHEMA, ShowsRecord,
};
use super::text::{Binary, Text};
use super::{Capture, CapturedPlace};
use crate::certificate::Certificate;
use crate::device::{Client, Device, HostNames, NssTools, Whose};
use crate::encoding::{Form, Seal};
use crate::reason::{About, Code, Finding};
use crate::store::nss::{self, FileState, Module, Part, Profile, Remains, Row};
use crate::store::{
    Contents, Evidence, FileIndex, Index, KeyFile, Origin, Place, PrivateKey, RoleSource, SealedKey, Shows,
    Status, StoreSpec, StoredCertificate,
};
use crate::system::System;
use crate::text::shown;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

/// The most certificates of a capture.
pub const MAX_CERTIFICATES: usize = 50_000;

/// The most places of a capture.
pub const MAX_PLACES: usize = 1024;

/// How deep values may stand in one another; a capture's own go to seven.
pub const MAX_DEPTH: usize = 32;

/// Why a line is not a capture; safe to print.
#[derive(Debug, thiserror::Error)]
pub enum NotACapture {
    #[error("it is not JSON of a capture: {0}")]
    Malformed(String),
    #[error("its schema is \"{0}\", not \"{SCHEMA}\"")]
    OtherSchema(String),
    #[error("it is neither a snapshot of osquery's results log nor an MDM's list of certificates")]
    NoSnapshot,
    #[error("it nests values deeper than {MAX_DEPTH}")]
    TooDeep,
    #[error("it holds more than {MAX_CERTIFICATES} certificates or {MAX_PLACES} places")]
    TooMany,
    #[error("its {member} has the value \"{value}\", which is not known")]
    Value { member: &'static str, value: String },
}

impl NotACapture {
    pub(super) fn malformed(error: &serde_json::Error) -> Self {
        Self::Malformed(shown(&error.to_string()).into_owned())
    }

    pub(super) fn value(member: &'static str, value: &str) -> Self {
        let start: String = value.chars().take(80).collect();
        Self::Value { member, value: shown(&start).into_owned() }
    }
}

type Result<T> = std::result::Result<T, NotACapture>;

/// Reads one line.
///
/// # Errors
///
/// When it is not a capture, or one beyond the limits.
pub fn read(line: &[u8]) -> Result<Capture> {
    of_record(parsed(line)?)
}

/// A line as JSON.
pub(super) fn parsed<T: DeserializeOwned>(line: &[u8]) -> Result<T> {
    if is_too_deep(line) {
        return Err(NotACapture::TooDeep);
    }
    serde_json::from_slice(line).map_err(|error| NotACapture::malformed(&error))
}

/// Whether more brackets are open at once than are allowed; those within strings do not count.
fn is_too_deep(line: &[u8]) -> bool {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = line.get(at) {
        at += 1;
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => at = end_of_string(line, at),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// Behind the quotation mark that ends the string which begins at `at`.
fn end_of_string(line: &[u8], mut at: usize) -> usize {
    while let Some(next) = line.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += next + 1;
        if line[at - 1] == b'"' {
            return at;
        }
        at += 1;
    }
    line.len()
}

/// What a record says.
pub(super) fn of_record(record: Record) -> Result<Capture> {
    if record.schema != SCHEMA {
        return Err(NotACapture::OtherSchema(shown(&record.schema).chars().take(80).collect()));
    }
    let count: usize = record.places.iter().map(|place| place.certificates.len()).sum();
    if count > MAX_CERTIFICATES || record.places.len() > MAX_PLACES {
        return Err(NotACapture::TooMany);
    }
    let system = System::from_name(&record.device.system)
        .ok_or_else(|| NotACapture::value("system", &record.device.system))?;
    let captured_at: Timestamp =
        record.captured_at.parse().map_err(|_| NotACapture::value("captured_at", &record.captured_at))?;
    Ok(Capture {
        id: record.device.id.clone(),
        captured_at,
        system,
        device: device(record.device),
        client: record.client.map(client),
        places: record.places.into_iter().map(place).collect::<Result<_>>()?,
    })
}

fn device(record: DeviceRecord) -> Device {
    let mut host_names = record.hostname.as_deref().map_or_else(HostNames::default, HostNames::given);
    for form in &record.hostname_forms {
        host_names.add(form);
    }
    let why = record.serial_number_error.unwrap_or_else(|| "the capture does not have it".to_owned());
    Device {
        host_names,
        serial_number: record.serial_number.ok_or_else(|| shown(&why).into_owned()),
        whose: if record.is_anothers { Whose::AnotherDevices } else { Whose::Ours },
        nss_tools: NssTools::Unknown,
    }
}

fn client(record: ClientRecord) -> Client {
    match record.version.filter(|_| record.installed) {
        Some(version) => Client::Installed { version },
        None => Client::NotFound,
    }
}

fn place(mut record: PlaceRecord) -> Result<CapturedPlace> {
    let spec = store_spec(&record.spec)?;
    let evidence = evidence(&mut record)?;
    let certificates: Vec<Certificate> = record
        .certificates
        .iter_mut()
        .map(|one| match one.described.take() {
            None => Certificate::from_der(std::mem::take(&mut one.der.0)),
            Some(told) => Certificate::described(std::mem::take(&mut one.der.0), told.sha1, told.subject),
        })
        .collect();
    let index = index(&spec, &mut record, &certificates);
    let own_location = spec.to_string();
    let stored = record.certificates.into_iter().zip(certificates).enumerate();
    let contents = Contents {
        evidence,
        status: Status::from_name(&record.status)
            .ok_or_else(|| NotACapture::value("status", &record.status))?,
        problem: record.problem.map(problem).transpose()?,
        certificates: stored
            .map(|(position, (one, certificate))| {
                stored_certificate(one, certificate, &own_location, position)
            })
            .collect::<Result<_>>()?,
        index,
        spec,
    };
    let place = Place {
        contents,
        elsewhere: record.elsewhere,
        writable: record.writable,
        has_password: record.has_password,
        interrupted: record.interrupted,
        remains: record.remains.map(|remains| remains_of(&remains)).transpose()?.unwrap_or_default(),
    };
    Ok(CapturedPlace { place, left_out: record.left_out })
}

/// What the look-up of this kind of store needs besides the certificates.
fn index(spec: &StoreSpec, record: &mut PlaceRecord, certificates: &[Certificate]) -> Index {
    let has_subjects = record.certificates.iter().any(|one| one.subject.is_some());
    match (spec, record.token.take()) {
        (StoreSpec::Nss(_), Some(token)) => Index::Nss(nss::Index {
            token: token.0,
            rows: record
                .certificates
                .iter()
                .zip(certificates)
                .map(|(one, c)| row(one.nss.as_ref(), c))
                .collect(),
            profiles: std::mem::take(&mut record.profiles).into_iter().map(profile).collect(),
            modules: std::mem::take(&mut record.modules).into_iter().map(module).collect(),
            is_fips: record.is_fips,
            has_password: record.keys_have_password,
            legacy_beside: record.legacy_beside,
        }),
        _ if has_subjects || record.account.is_some() => Index::Windows {
            subjects: record
                .certificates
                .iter_mut()
                .map(|one| one.subject.take().unwrap_or_default())
                .collect(),
            account: record.account.take(),
        },
        (StoreSpec::File(_), _) => Index::File(file_index(record)),
        _ => Index::None,
    }
}

fn file_index(record: &mut PlaceRecord) -> FileIndex {
    let key_file = |key: KeyFileRecord| KeyFile {
        path: key.file.into_path(),
        form: Form::from_name(&key.form),
        own_form: Form::from_name(&key.own_form),
    };
    let key_files = std::mem::take(&mut record.key_files).into_iter();
    FileIndex {
        key_files: key_files.map(|key| (key.position, key_file(key))).collect(),
        // An older program did not say: then nothing is said of it here.
        form: record.form.as_deref().map_or(Form::Pem, Form::from_name),
        is_new_pkcs12: record.is_new_pkcs12,
        has_keys: record.has_keys,
        sealed_key: record
            .sealed_key
            .take()
            .map(|key| SealedKey { path: key.file.into_path(), seal: Seal::from_name(&key.seal) }),
    }
}

fn module(record: ModuleRecord) -> Module {
    Module { name: record.name, library: record.library }
}

fn profile(record: ProfileRecord) -> Profile {
    Profile { subject: record.subject.map(|subject| subject.0), email: record.email.map(|email| email.0) }
}

fn store_spec(text: &Text) -> Result<StoreSpec> {
    text.store_spec().ok_or_else(|| NotACapture::value("spec", &String::from_utf8_lossy(&text.0)))
}

fn evidence(record: &mut PlaceRecord) -> Result<Evidence> {
    let role =
        |text: Text| text.role().ok_or_else(|| NotACapture::value("role", &String::from_utf8_lossy(&text.0)));
    let system = |name: &String| System::from_name(name).ok_or_else(|| NotACapture::value("system", name));
    let ShowsRecord { private_key, label, order, trust } = record.shows;
    Ok(Evidence {
        role: record.role.take().map(role).transpose()?,
        source: RoleSource::from_name(&record.role_source)
            .ok_or_else(|| NotACapture::value("role_source", &record.role_source))?,
        complete: record.complete,
        may_be_whole: record.complete,
        shows: Shows { private_key, label, order, trust },
        origin: if record.is_copy { Origin::Elsewhere } else { Origin::ThisMachine },
        system: record.system.as_ref().map(system).transpose()?,
    })
}

fn problem(record: ProblemRecord) -> Result<Finding> {
    let code = record.code.parse::<Code>().map_err(|_| NotACapture::value("problem.code", &record.code))?;
    let about = record.file.map_or(About::Check, |file| About::File(file.into_path()));
    Ok(Finding::new(code, shown(&record.message)).about(about))
}

fn remains_of(record: &RemainsRecord) -> Result<Remains> {
    let state = |name: &str| FileState::from_name(name).ok_or_else(|| NotACapture::value("remains", name));
    Ok(Remains {
        certificates: state(&record.certificates)?,
        keys: state(&record.keys)?,
        is_obstructed: record.is_obstructed,
    })
}

fn stored_certificate(
    record: CertificateRecord,
    certificate: Certificate,
    own_location: &str,
    position: usize,
) -> Result<StoredCertificate> {
    Ok(StoredCertificate {
        certificate,
        label: record.label.map(|label| label.0),
        trust: record.trust,
        location: record.location.unwrap_or_else(|| own_location.to_owned()),
        private_key: PrivateKey::from_name(&record.key)
            .ok_or_else(|| NotACapture::value("key", &record.key))?,
        other_key_beside: record.other_key_beside,
        position,
    })
}

/// What the row says where it does not repeat the certificate.
fn row(record: Option<&NssRecord>, certificate: &Certificate) -> Row {
    let nothing = NssRecord::default();
    let record = record.unwrap_or(&nothing);
    let outline = certificate.outline().ok();
    let part = |own: &Option<Binary>, place: Option<std::ops::Range<usize>>| match (own, place) {
        (None, Some(place)) => Part::Repeated(place),
        (own, _) => Part::Own(own.as_ref().map(|own| own.0.clone()).unwrap_or_default()),
    };
    Row {
        label_is_blob: !record.label_is_no_blob,
        email: record.email.as_ref().map(|email| email.0.clone()),
        subject: (!record.has_no_subject)
            .then(|| part(&record.subject, outline.map(|outline| outline.subject.clone()))),
        id: record.id.as_ref().map(|id| id.0.clone()),
        issuer: part(&record.issuer, outline.map(|outline| outline.issuer.clone())),
        serial: part(&record.serial, outline.map(|outline| outline.serial_element())),
        well_formed: !record.is_ill_formed,
        is_x509: !record.is_not_x509,
    }
}

/// Reads one line, or says why it is none; as text, for a row.
///
/// # Errors
///
/// As [`read`].
pub fn read_line(line: &[u8]) -> std::result::Result<Capture, String> {
    read(line).map_err(|why| why.to_string())
}
