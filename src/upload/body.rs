//! The JSON body of `POST /accounts/{account_id}/mtls_certificates`.

use crate::ca;
use crate::certificate::Certificate;
use crate::encoding::{self, Key, Objects, PublicKey, Seal};
use crate::input;
use crate::reason::Code;
use crate::text::shown;
use crate::verification::{self, Reading};
use jiff::Timestamp;
use pem::{EncodeConfig, LineEnding, Pem};
use serde::Serialize;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Which certificate of which file is to be uploaded.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub file: PathBuf,
    pub name: Option<String>,
    /// Of a file with several certificates, this one alone, counted from 1.
    pub certificate: Option<usize>,
    /// A file with the CA's private key, which goes into the body.
    pub key: Option<PathBuf>,
    /// Take a certificate that is no CA's too.
    pub force: bool,
}

/// A body, and what there is to report about it.
pub struct Body {
    name: Option<String>,
    /// PEM without the line break at the end, as the documentation has it.
    certificates: String,
    private_key: Option<Zeroizing<String>>,
    #[cfg_attr(not(feature = "network"), allow(dead_code, reason = "`ca upload` names them"))]
    pub chosen: Vec<Certificate>,
    /// What somebody should know before the upload; safe to print.
    pub warnings: Vec<(Code, String)>,
}

/// Why there is no body.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error("{0} [ca-unreadable]")]
    Unreadable(String),
    #[error("{0}")]
    Refused(String),
}

/// The fields in the order of the documentation's example.
#[derive(Serialize)]
struct Fields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    certificates: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key: Option<&'a str>,
    ca: bool,
}

impl Body {
    /// Reads the file and makes sure that it is fit to be uploaded.
    pub fn prepare(choice: &Choice, at: Timestamp) -> Result<Self, BodyError> {
        let file = shown(&choice.file.to_string_lossy()).into_owned();
        let unreadable = |why: String| BodyError::Unreadable(format!("The CA file {file} {why}"));
        let bytes =
            input::read_named(&choice.file, ca::MAX_FILE_SIZE).map_err(|why| unreadable(why.to_string()))?;
        let objects = ca::decode(&bytes).map_err(unreadable)?;
        let travelling_key = !objects.keys.is_empty();
        let chosen = choose(objects, choice.certificate).map_err(unreadable)?;
        let mut warnings = Vec::new();
        for certificate in &chosen {
            examine(certificate, choice, at, &chosen, &mut warnings)?;
        }
        if chosen.len() > 1 {
            let what = format!(
                "{file} holds {} certificates and all of them go into the body; --certificate 1 takes the first alone",
                chosen.len()
            );
            warnings.push((Code::CaSeveralCertificates, what));
        }
        if travelling_key && choice.key.is_none() {
            let what = format!(
                "{file} holds a private key too. It does not go into the body: the check does not need it, only Gateway \
                 HTTPS inspection and block pages do (--with-key)"
            );
            warnings.push((Code::CaWithPrivateKey, what));
        }
        let private_key = choice.key.as_deref().map(|key| read_key(key, &chosen)).transpose()?;
        Ok(Self { name: choice.name.clone(), certificates: pem_text(&chosen), private_key, chosen, warnings })
    }

    /// The body as one line of JSON.
    pub fn json(&self) -> Zeroizing<Vec<u8>> {
        self.written(self.private_key.as_ref().map(|key| key.as_str()))
    }

    /// The body with a word in place of the private key, to be shown before it is sent.
    #[cfg(feature = "network")]
    pub fn shown(&self) -> Zeroizing<Vec<u8>> {
        self.written(self.private_key.as_ref().map(|_| "[hidden]"))
    }

    fn written(&self, private_key: Option<&str>) -> Zeroizing<Vec<u8>> {
        let fields =
            Fields { name: self.name.as_deref(), certificates: &self.certificates, private_key, ca: true };
        let texts = [fields.name, Some(fields.certificates), private_key];
        // Room enough that it never moves and leaves a copy of the key behind: no character of JSON
        // takes more than six bytes.
        let room = 100 + 6 * texts.iter().flatten().map(|text| text.len()).sum::<usize>();
        let mut json = Zeroizing::new(Vec::with_capacity(room));
        // Writing texts into memory cannot fail.
        let _ = serde_json::to_writer(&mut *json, &fields);
        json
    }

    pub fn has_private_key(&self) -> bool {
        self.private_key.is_some()
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body")
            .field("name", &self.name)
            .field("certificates", &self.certificates)
            .finish_non_exhaustive()
    }
}

fn choose(objects: Objects, number: Option<usize>) -> Result<Vec<Certificate>, String> {
    if objects.certificates.is_empty() {
        return Err(objects.why_empty());
    }
    let mut all: Vec<Certificate> =
        objects.certificates.into_iter().map(|found| Certificate::from_der(found.der)).collect();
    let Some(number) = number else { return Ok(all) };
    let count = all.len();
    match number.checked_sub(1).filter(|index| *index < count) {
        Some(index) => Ok(vec![all.swap_remove(index)]),
        None => Err(format!("has certificates 1 to {count}, and not {number}")),
    }
}

/// Refuses what is no CA; warns of what the check may not like.
fn examine(
    certificate: &Certificate,
    choice: &Choice,
    at: Timestamp,
    all: &[Certificate],
    warnings: &mut Vec<(Code, String)>,
) -> Result<(), BodyError> {
    for finding in verification::anchor(&Reading::of(certificate), at) {
        match finding.code {
            Code::CertificateUnparseable => return Err(BodyError::Unreadable(finding.message)),
            Code::CaNotACa if !choice.force => {
                return Err(BodyError::Refused(not_a_ca(certificate, &finding.message, all)));
            }
            // An intermediate is what the newer type of rule asks for.
            Code::CaNotSelfSigned => {}
            code => warnings.push((code, finding.message)),
        }
    }
    Ok(())
}

fn not_a_ca(certificate: &Certificate, message: &str, all: &[Certificate]) -> String {
    let subject = certificate.subject().to_string();
    let issuer = certificate.issuer();
    let beside =
        all.iter().position(|other| other.subject() == issuer && other.sha256() != certificate.sha256());
    let next = match beside {
        Some(index) => {
            format!("the file's certificate {} has its issuer's name: --certificate {}", index + 1, index + 1)
        }
        None => format!("its issuer is \"{}\"", shown(&issuer.to_string())),
    };
    format!(
        "not \"{}\": {message}. Here, {next}. To send it all the same: --force [ca-not-a-ca]",
        shown(&subject)
    )
}

fn pem_text(certificates: &[Certificate]) -> String {
    let config = EncodeConfig::new().set_line_ending(LineEnding::LF);
    let texts: Vec<String> = certificates
        .iter()
        .map(|certificate| {
            pem::encode_config(&Pem::new("CERTIFICATE", certificate.der()), config).trim_end().to_owned()
        })
        .collect();
    texts.join("\n")
}

/// The private key of one of `certificates`, as PEM.
fn read_key(file: &Path, certificates: &[Certificate]) -> Result<Zeroizing<String>, BodyError> {
    let name = shown(&file.to_string_lossy()).into_owned();
    let refused = |why: &str| BodyError::Refused(format!("the key file {name} {why}"));
    let bytes = input::read_named(file, ca::MAX_FILE_SIZE).map_err(|why| refused(&why.to_string()))?;
    let keys = encoding::private_keys(&bytes);
    let public: Vec<PublicKey> = certificates.iter().filter_map(|c| PublicKey::from_spki(c.spki())).collect();
    let is_encrypted = keys.iter().any(|(key, _)| *key == Key::Sealed(Seal::Encrypted));
    let count = keys.len();
    let fitting = keys.into_iter().find(|(key, _)| matches!(key, Key::Of(of) if public.contains(of)));
    match fitting {
        Some((_, text)) => Ok(text),
        None if is_encrypted => Err(refused(
            "is encrypted, and the API takes no pass phrase; decrypt it with openssl pkey -in KEY -out DECRYPTED-KEY",
        )),
        None if count == 0 => Err(refused("holds no private key in PEM form")),
        None => Err(refused("holds another key than the certificate's [private-key-mismatch]")),
    }
}
