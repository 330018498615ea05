//! The certificate that the administrator uploaded, in each form in which people have it: PEM, DER,
//! the API's mTLS-certificate JSON or Terraform's record of it, and the one-line string with `\n` that
//! the upload asks for.

use crate::answer::{Document, DocumentKind, NoDocument};
use crate::certificate::Certificate;
use crate::encoding::{self, Objects, Unrecognized};
use crate::input;
use crate::reason::{About, Code, Finding};
use crate::text::shown;
use crate::verification::Reading;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Larger files are not read: no CA file is.
pub const MAX_FILE_SIZE: u64 = 4 << 20;

/// A certificate that was uploaded.
#[derive(Clone, Debug)]
pub struct UploadedCa {
    pub certificate: Certificate,
    /// UUID that the API gave it, where the file says so.
    pub id: Option<String>,
}

/// All of them, and what is wrong with the files they came from.
#[derive(Clone, Debug, Default)]
pub struct UploadedCas {
    pub cas: Vec<UploadedCa>,
    pub problems: Vec<Finding>,
}

impl UploadedCas {
    /// Reads every file given with `--ca`; one that cannot be read is a problem, not the end.
    pub fn read<P: AsRef<Path>>(files: &[P]) -> Self {
        let mut uploaded = Self::default();
        for file in files {
            uploaded.add_file(file.as_ref());
        }
        uploaded
    }

    /// Whether a file could not be read: nothing can be told then.
    pub fn unreadable(&self) -> Option<&Finding> {
        self.problems.iter().find(|problem| problem.code == Code::CaUnreadable)
    }

    /// Whether `certificate` is itself one that was uploaded.
    pub fn contain(&self, certificate: &Certificate) -> bool {
        self.cas.iter().any(|ca| ca.certificate == *certificate)
    }

    /// Those that count for a rule: the one that it names, where the files say which that is, else all.
    pub fn for_rule(&self, certificate_id: Option<&str>) -> Self {
        let same = |id: Option<&str>| match (id, certificate_id) {
            (Some(id), Some(wanted)) => same_id(id, wanted),
            _ => false,
        };
        if !self.cas.iter().any(|ca| same(ca.id.as_deref()))
            && !self.problems.iter().any(|problem| same(concerned_id(problem)))
        {
            return self.clone();
        }
        // That there are others does not matter once it is known which one is meant.
        let of_no_other = |p: &Finding| concerned_id(p).is_none() && p.code != Code::CaSeveralCertificates;
        Self {
            cas: self.cas.iter().filter(|ca| same(ca.id.as_deref())).cloned().collect(),
            problems: self
                .problems
                .iter()
                .filter(|p| same(concerned_id(p)) || of_no_other(p))
                .cloned()
                .collect(),
        }
    }

    fn add_file(&mut self, file: &Path) {
        match input::read_named(file, MAX_FILE_SIZE) {
            Ok(bytes) => self.add_bytes(&bytes, Some(file)),
            Err(why) => self.note(Code::CaUnreadable, Some(file), None, why.to_string()),
        }
    }

    /// Adds what a file held. `file` is for messages only.
    pub fn add_bytes(&mut self, bytes: &[u8], file: Option<&Path>) {
        let uploads = match decode_each(bytes) {
            Ok(uploads) => uploads,
            Err(why) => return self.note(Code::CaUnreadable, file, None, why),
        };
        if uploads.len() > 1 {
            let count = uploads.len();
            let what = format!(
                "lists {count} uploaded certificates; any of them may match here, but a rule names one"
            );
            self.note(Code::CaSeveralCertificates, file, None, what);
        }
        for (id, upload) in uploads {
            match upload {
                Ok(upload) => self.add_upload(upload, file),
                Err(why) => self.note(Code::CaUnreadable, file, id.as_deref(), why),
            }
        }
    }

    /// Adds a certificate from a bundle or an answer of the API.
    pub fn add_json(&mut self, object: &Value, file: Option<&Path>) {
        match decode_object(object) {
            Ok(upload) => self.add_upload(upload, file),
            Err(why) => self.note(Code::CaUnreadable, file, object["id"].as_str(), why),
        }
    }

    /// It was not said which one was uploaded.
    pub fn not_given() -> Self {
        let message =
            "Which CA certificate was uploaded is not known here, and no certificate passes without it";
        Self { problems: vec![Finding::new(Code::CaNotGiven, message)], ..Self::default() }
    }

    /// Notes a file beside the CA that was to complete its chains and cannot be read.
    pub fn add_unreadable(&mut self, why: &str) {
        let message = format!("Without a file that was given, nothing can be told: {}", shown(why));
        self.problems.push(Finding::new(Code::CaUnreadable, message));
    }

    /// Adds the certificates of a bundle.
    pub fn add_bundle(&mut self, certificates: &[Value], file: Option<&Path>) {
        for certificate in certificates {
            self.add_json(certificate, None);
        }
        if certificates.is_empty() {
            let what = "holds no CA certificate; give it with --ca FILE";
            self.note(Code::CaUnreadable, file, None, what.to_owned());
        }
    }

    fn add_upload(&mut self, upload: Upload, file: Option<&Path>) {
        let Upload { objects, id, not_as_ca } = upload;
        if objects.certificates.is_empty() {
            let why = if objects.keys.is_empty() {
                objects.why_empty()
            } else {
                "holds a private key but no certificate; give the CA's certificate".to_owned()
            };
            return self.note(Code::CaUnreadable, file, id.as_deref(), why);
        }
        if objects.certificates.len() > 1 {
            let count = objects.certificates.len();
            let what = format!("holds {count} certificates; any of them may match here, but upload only one");
            self.note(Code::CaSeveralCertificates, file, id.as_deref(), what);
        }
        if !objects.keys.is_empty() {
            let what = "holds a private key too. The check does not need it: upload the certificate alone, and keep the \
                        key away from devices";
            self.note(Code::CaWithPrivateKey, file, id.as_deref(), what.to_owned());
        }
        for found in objects.certificates {
            let certificate = Certificate::from_der(found.der);
            if let Err(why) = Reading::of_anchor(&certificate) {
                let what = format!("holds a certificate that cannot be read: {}", shown(&why));
                return self.note(Code::CaUnreadable, file, id.as_deref(), what);
            }
            // A leaf is plainly not a CA.
            if not_as_ca && certificate.claims_to_be_ca() {
                let what = "was uploaded with \"ca\": false, so not as a CA. Upload it again with true, as certposture ca \
                            upload does, and put the new ID into the rule";
                self.note(Code::CaNotACa, file, id.as_deref(), what.to_owned());
            }
            if self.cas.iter().all(|known| known.certificate != certificate) {
                self.cas.push(UploadedCa { certificate, id: id.clone() });
            }
        }
    }

    fn note(&mut self, code: Code, file: Option<&Path>, id: Option<&str>, what: String) {
        let name = file.map_or_else(
            || "The CA certificate in the bundle".to_owned(),
            |file| format!("The file {}", shown(&file.to_string_lossy())),
        );
        let about = About::UploadedCa { file: file.map(Path::to_owned), id: id.map(str::to_owned) };
        self.problems.push(Finding::new(code, format!("{name} {what}")).about(about));
    }
}

/// UUID of the uploaded CA that a problem concerns, where the file says so.
fn concerned_id(problem: &Finding) -> Option<&str> {
    match &problem.about {
        About::UploadedCa { id, .. } => id.as_deref(),
        _ => None,
    }
}

/// Whether two of the API's identifiers are the same; dashes and case are a matter of taste.
pub fn same_id(one: &str, other: &str) -> bool {
    one.replace('-', "").eq_ignore_ascii_case(&other.replace('-', ""))
}

/// SHA-256 of each certificate of one of the API's objects; `None` when it holds none.
pub fn fingerprints(object: &Value) -> Option<BTreeSet<String>> {
    let objects = decode_object(object).ok()?.objects;
    let certificates = objects.certificates.into_iter().map(|found| Certificate::from_der(found.der));
    let prints: BTreeSet<String> = certificates.map(|certificate| certificate.sha256().to_owned()).collect();
    (!prints.is_empty()).then_some(prints)
}

/// What one file, or one of the API's objects, holds.
pub(crate) struct Upload {
    pub objects: Objects,
    /// The UUID, where the file says so.
    pub id: Option<String>,
    /// The API's `ca` says that it was not uploaded as a CA.
    pub not_as_ca: bool,
}

impl Upload {
    fn of_file(objects: Objects) -> Self {
        Self { objects, id: None, not_as_ca: false }
    }
}

/// Everything in a file, as one.
pub(crate) fn decode(bytes: &[u8]) -> Result<Objects, String> {
    let mut all = Objects::default();
    for (_, upload) in decode_each(bytes)? {
        let Objects { kind, certificates, keys, damaged, damage, .. } = upload?.objects;
        all.kind = kind;
        all.certificates.extend(certificates);
        all.keys.extend(keys);
        all.damaged += damaged;
        all.damage = all.damage.or(damage);
    }
    Ok(all)
}

/// A part of a file: its UUID, and what it holds or why that cannot be read.
type Part = (Option<String>, Result<Upload, String>);

/// A file's parts: its content in whichever of the forms or, of a list of the API's objects, each.
fn decode_each(bytes: &[u8]) -> Result<Vec<Part>, String> {
    let whole = |objects| vec![(None, Ok(Upload::of_file(objects)))];
    if !is_json(bytes) {
        return Ok(whole(read_objects(&unfold(bytes))?));
    }
    let document = Document::read(bytes).map_err(|why| match why {
        NoDocument::NotJson(_) => "is neither PEM, DER nor JSON".to_owned(),
        other => format!("cannot be used: {other}"),
    })?;
    if let Value::String(text) = document.value() {
        return Ok(whole(read_objects(&unfold(text.as_bytes()))?));
    }
    match (&document.certificates()[..], document.kind()) {
        ([], DocumentKind::Terraform) => {
            Err("is Terraform's state, and no uploaded certificate is in it".to_owned())
        }
        ([], _) => Err("is JSON, but no certificate of the API".to_owned()),
        (objects, _) => Ok(objects.iter().map(|object| (id_of(object), decode_object(object))).collect()),
    }
}

/// PEM and DER never begin like JSON. UTF-16 with a byte order mark may be either.
fn is_json(bytes: &[u8]) -> bool {
    let text = match bytes {
        [0xff, 0xfe, first, 0, ..] | [0xfe, 0xff, 0, first, ..] => std::slice::from_ref(first),
        _ => bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start(),
    };
    matches!(text.first(), Some(b'{' | b'[' | b'"'))
}

/// PEM on one line, with the two characters `\n` for each line break, as the upload wants it. JSON in
/// which they were escaped once more leaves the same.
fn unfold(bytes: &[u8]) -> Vec<u8> {
    let trimmed = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    let one_line = trimmed.starts_with(b"-----BEGIN") && !trimmed.contains(&b'\n');
    match std::str::from_utf8(trimmed) {
        Ok(text) if one_line => text.replace("\\r", "").replace("\\n", "\n").into_bytes(),
        _ => bytes.to_vec(),
    }
}

fn id_of(object: &Value) -> Option<String> {
    object["id"].as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

fn decode_object(object: &Value) -> Result<Upload, String> {
    let Some(text) = object["certificates"].as_str() else { return Err(no_certificates(object).to_owned()) };
    let objects = read_objects(&unfold(text.as_bytes()))?;
    Ok(Upload { objects, id: id_of(object), not_as_ca: object["ca"] == Value::Bool(false) })
}

/// What an object without `certificates` may be.
fn no_certificates(object: &Value) -> &'static str {
    if object.get("fingerprint").is_some() || object.get("associated_hostnames").is_some() {
        "is an Access mTLS certificate, whose ID is not one for posture rules. Upload the CA as an account mTLS certificate \
         (certposture ca upload) and give that one"
    } else if object.get("input").is_some() {
        "is a posture rule: give it with --rule, and the CA with --ca"
    } else {
        "is JSON, but has no field \"certificates\" as the API's certificates have"
    }
}

fn read_objects(bytes: &[u8]) -> Result<Objects, String> {
    encoding::read(bytes).map_err(|why| match why {
        // The caller says what to give instead.
        Unrecognized::Other(kind) if kind.is_nothing_like() => format!("is {}", kind.phrase()),
        why => why.to_string(),
    })
}
