//! Captures from what osquery and an MDM know of a device. Each says what it cannot show: trust, and
//! where the query did not ask for it, whether there is a private key.
//!
//! A line is a snapshot of osquery's results log, or what `fleetctl query` prints of a host. Its rows are certificates of an NSS database (the
//! query of docs/fleet.md), or values of the registry in which Windows keeps `LocalMachine\My`. A line
//! may also be an Apple MDM's answer to CertificateList.

use super::Capture;
use super::read::{NotACapture, of_record, parsed};
use super::record::{
    CertificateRecord, DeviceRecord, NssRecord, PlaceRecord, ProblemRecord, Record, SCHEMA, ShowsRecord, Tool,
};
use super::text::{Binary, Text};
use crate::certificate::Certificate;
use crate::encoding::{self, Key, PublicKey};
use crate::store::{LINUX_SYSTEM_STORE, PrivateKey, Status, nss};
use base64ct::{Base64, Encoding as _};
use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A line of the results log, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default, rename = "hostIdentifier", alias = "host")]
    host: Option<String>,
    #[serde(default, rename = "unixTime")]
    unix_time: Option<Told>,
    #[serde(default, alias = "rows")]
    snapshot: Option<Vec<Row>>,
    /// What osquery's decorators add to every line.
    #[serde(default)]
    decorations: Option<Row>,
    /// An Apple MDM's answer.
    #[serde(default, rename = "CertificateList")]
    certificate_list: Option<Vec<Listed>>,
    #[serde(default, rename = "UDID")]
    udid: Option<String>,
}

type Row = BTreeMap<String, Told>;

/// osquery gives every value as text; numbers as such with `logger_numerics`.
#[derive(Debug)]
struct Told(Option<String>);

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(Self(None)),
            Value::String(text) => Ok(Self(Some(text))),
            Value::Number(number) => Ok(Self(Some(number.to_string()))),
            _ => Err(D::Error::custom("a text or a number is wanted")),
        }
    }
}

/// A certificate as Apple's MDM protocol lists it.
#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(rename = "Data")]
    data: String,
    #[serde(default, rename = "IsIdentity")]
    is_identity: Option<bool>,
}

/// Reads one line of osquery's results log or of an MDM.
///
/// # Errors
///
/// When it is neither, or beyond the limits of a capture.
pub fn read_osquery(line: &[u8]) -> Result<Capture, NotACapture> {
    let line: Line = parsed(line)?;
    let unix_time = line.unix_time.and_then(|told| told.0?.parse().ok());
    if let Some(list) = line.certificate_list {
        return of_record(apple(line.udid, unix_time, &list)?);
    }
    let Some(rows) = line.snapshot else { return Err(NotACapture::NoSnapshot) };
    let of = |row: Option<&Row>, name: &str| row?.get(name)?.0.clone().filter(|value| !value.is_empty());
    let value = |name: &str| of(rows.first(), name).or_else(|| of(line.decorations.as_ref(), name));
    let is_registry = rows.iter().any(|row| row.contains_key("data"));
    let place = if is_registry { windows(&rows)? } else { linux(&rows)? };
    let device = device(
        if is_registry { "windows" } else { "linux" },
        line.host.clone(),
        value("hostname").or(line.host),
        value("hardware_serial"),
    );
    of_record(record(device, unix_time, place))
}

/// Reads one line, or says why it is none; as text, for a row.
///
/// # Errors
///
/// As [`read_osquery`].
pub fn read_osquery_line(line: &[u8]) -> Result<Capture, String> {
    read_osquery(line).map_err(|why| why.to_string())
}

fn record(device: DeviceRecord, unix_time: Option<i64>, place: PlaceRecord) -> Record {
    let at =
        unix_time.and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    Record {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "osquery".to_owned(), version: String::new() },
        captured_at: at.to_string(),
        device,
        client: None,
        places: vec![place],
    }
}

fn device(
    system: &str,
    id: Option<String>,
    hostname: Option<String>,
    serial_number: Option<String>,
) -> DeviceRecord {
    let missing = serial_number.is_none().then(|| "the query did not ask for it".to_owned());
    DeviceRecord {
        system: system.to_owned(),
        id,
        hostname,
        hostname_forms: Vec::new(),
        serial_number,
        serial_number_error: missing,
        is_anothers: false,
    }
}

/// The place `spec` with nothing in it yet.
fn place(spec: &str, system: &str, shows: ShowsRecord) -> PlaceRecord {
    PlaceRecord {
        spec: Text(spec.as_bytes().to_vec()),
        role: Some(Text(spec.as_bytes().to_vec())),
        role_source: "given".to_owned(),
        complete: true,
        shows,
        is_copy: false,
        system: Some(system.to_owned()),
        status: Status::Read.as_str().to_owned(),
        problem: None,
        elsewhere: false,
        writable: false,
        has_password: false,
        interrupted: false,
        remains: None,
        account: None,
        token: None,
        profiles: Vec::new(),
        modules: Vec::new(),
        is_fips: false,
        keys_have_password: false,
        legacy_beside: false,
        key_files: Vec::new(),
        form: None,
        is_new_pkcs12: false,
        has_keys: false,
        sealed_key: None,
        left_out: 0,
        certificates: Vec::new(),
    }
}

/// PKCS #11's class of certificates, as `hex(a0)`.
const CERTIFICATE: &str = "00000001";

/// Rows of `nssPublic`; without any certificate a row still says whether the two files are there.
fn linux(rows: &[Row]) -> Result<PlaceRecord, NotACapture> {
    let asks = |name: &str| rows.iter().any(|row| row.contains_key(name));
    let is = |name: &str, value: &str| {
        rows.iter().any(|row| row.get(name).and_then(|told| told.0.as_deref()) == Some(value))
    };
    let shows = ShowsRecord { private_key: asks("has_key"), label: true, order: true, trust: false };
    let mut place = place(&format!("nss:{LINUX_SYSTEM_STORE}"), "linux", shows);
    let absent = ["certificates", "keys"].into_iter().find(|file| is(file, "0"));
    if let Some(absent) = absent {
        let file = Path::new(LINUX_SYSTEM_STORE).join(if absent == "keys" { "key4.db" } else { "cert9.db" });
        let problem = nss::missing(file.clone());
        place.status = Status::Missing.as_str().to_owned();
        place.problem = Some(ProblemRecord {
            code: problem.code.as_str().to_owned(),
            message: problem.message,
            file: Some(Text::from(&*file)),
        });
        return Ok(place);
    }
    place.token = Some(Text(nss::TOKEN.to_vec()));
    let certificates =
        rows.iter().filter(|row| text(row, "class") == CERTIFICATE && text(row, "token_object") == "01");
    place.certificates = certificates.map(nss_certificate).collect::<Result<_, _>>()?;
    if place.certificates.is_empty() && !asks("certificates") {
        // A database that is missing and one that is empty give the same: nothing.
        place.status = Status::NotCaptured.as_str().to_owned();
    } else if place.certificates.is_empty() {
        place.problem = Some(nss_empty());
    }
    Ok(place)
}

fn nss_empty() -> ProblemRecord {
    let problem = nss::empty(Path::new(LINUX_SYSTEM_STORE), "");
    ProblemRecord { code: problem.code.as_str().to_owned(), message: problem.message, file: None }
}

fn nss_certificate(row: &Row) -> Result<CertificateRecord, NotACapture> {
    let bytes = |name: &'static str| {
        let value = unhex(text(row, name)).ok_or_else(|| NotACapture::value(name, text(row, name)))?;
        Ok((!value.is_empty()).then_some(value))
    };
    let key = match text(row, "has_key") {
        "0" => PrivateKey::Absent,
        "" => PrivateKey::Unknown,
        _ => PrivateKey::Present,
    };
    Ok(CertificateRecord {
        described: None,
        der: Binary(bytes("der")?.unwrap_or_default()),
        label: bytes("label")?.map(Text),
        trust: None,
        location: None,
        key: key.as_str().to_owned(),
        other_key_beside: false,
        subject: None,
        nss: Some(NssRecord {
            id: bytes("id")?.map(Binary),
            email: bytes("email")?.map(Text),
            ..NssRecord::default()
        }),
    })
}

/// Values of `HKLM\SOFTWARE\Microsoft\SystemCertificates\MY\Certificates`, each a certificate in
/// Windows' serialized form.
fn windows(rows: &[Row]) -> Result<PlaceRecord, NotACapture> {
    let shows = ShowsRecord { private_key: true, label: true, order: false, trust: false };
    let mut place = place(r"windows:LocalMachine\My", "windows", shows);
    for row in rows.iter().filter(|row| text(row, "path").to_ascii_lowercase().ends_with(r"\blob")) {
        let blob = unhex(text(row, "data")).ok_or_else(|| NotACapture::value("data", text(row, "path")))?;
        let objects = encoding::read(&blob).map_err(|_| NotACapture::value("data", text(row, "path")))?;
        for found in objects.certificates {
            let key = key_of(&found.der, &objects.keys);
            place.certificates.push(CertificateRecord {
                described: None,
                der: Binary(found.der),
                label: found.label.map(|label| Text(label.into_bytes())),
                trust: None,
                location: None,
                key: key.as_str().to_owned(),
                other_key_beside: false,
                subject: None,
                nss: None,
            });
        }
    }
    Ok(place)
}

/// Whether one of `keys` belongs to the certificate.
fn key_of(der: &[u8], keys: &[Key]) -> PrivateKey {
    let certificate = Certificate::from_der(der.to_vec());
    let own = PublicKey::from_spki(certificate.spki());
    let is_own = |key: &Key| matches!((key, &own), (Key::Of(public), Some(own)) if public == own);
    match keys {
        [] => PrivateKey::Absent,
        keys if keys.iter().any(is_own) => PrivateKey::Present,
        _ => PrivateKey::Unknown,
    }
}

/// Apple's protocol tells neither keychain nor order.
fn apple(udid: Option<String>, unix_time: Option<i64>, list: &[Listed]) -> Result<Record, NotACapture> {
    let shows = ShowsRecord { private_key: true, label: false, order: false, trust: false };
    let mut place = place("keychain:system", "mac", shows);
    place.spec = Text(b"keychain:/Library/Keychains/System.keychain".to_vec());
    // It may list those of a user's keychain too.
    place.role_source = "assumed".to_owned();
    place.complete = false;
    for listed in list {
        let data: String = listed.data.split_ascii_whitespace().collect();
        let der = Base64::decode_vec(&data).map_err(|_| NotACapture::value("Data", &listed.data))?;
        let key = match listed.is_identity {
            Some(true) => PrivateKey::Present,
            Some(false) => PrivateKey::Absent,
            None => PrivateKey::Unknown,
        };
        place.certificates.push(CertificateRecord {
            described: None,
            der: Binary(der),
            label: None,
            trust: None,
            location: None,
            key: key.as_str().to_owned(),
            other_key_beside: false,
            subject: None,
            nss: None,
        });
    }
    Ok(record(device("mac", udid, None, None), unix_time, place))
}

fn text<'a>(row: &'a Row, name: &str) -> &'a str {
    row.get(name).and_then(|told| told.0.as_deref()).unwrap_or_default()
}

/// SQLite's `hex()`, or osquery's of a registry value.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)).collect()
}
