//! What a file of certificates and keys holds: PEM (RFC 7468 and what tools really write), DER, the
//! certificate-only PKCS #7 that Windows and Java export, PKCS #12, and the serialized form in which
//! Windows keeps and exports its stores. The content decides, not the file's name.
//!
//! Certificates come out as their bytes, whether or not they can be parsed: whoever lists them must
//! not lose one. Of a private key nothing comes out but the public key that belongs to it,
//! unless it is asked for by name ([`private_keys`]).

mod base64;
mod certutil_store;
mod der;
mod key;
mod key_text;
mod kind;
mod pem;
mod pkcs12;
mod pkcs7;
mod plain;
mod registry;
mod serialized;

use crate::certificate::tlv::tag;
pub use certutil_store::{Described, KeyTold};
pub use key::PublicKey;
pub use key_text::private_keys;
pub use kind::FileKind;
pub use pkcs12::{PASS_PHRASE_VARIABLE, PassPhrase, give_pass_phrase, pass_phrase_given};
pub use registry::Store as RegistryStore;
use std::fmt;

/// The most certificates taken from one file.
pub const MAX_CERTIFICATES: usize = 200_000;

/// The longest certificate that is taken, in octets: TLS carries none that is longer.
pub const MAX_CERTIFICATE: usize = 16 << 20;

/// A longer file is read as it stands: to undo what mail programs do to text takes copies of all of it.
const MAX_MENDED: usize = 16 << 20;

/// The most private keys whose public key is computed for one file; of further ones nothing is
/// known. Computing one takes up to a millisecond.
pub const MAX_KEYS: usize = 256;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// What the file is.
    pub kind: FileKind,
    pub form: Form,
    /// Whether it is PKCS #12 as OpenSSL 3 writes it by default, with algorithms that other importers refuse.
    pub is_new_pkcs12: bool,
    /// Certificates in the file's order.
    pub certificates: Vec<DecodedCertificate>,
    pub keys: Vec<Key>,
    /// Certificates that are only described.
    pub described: Vec<Described>,
    /// Whether a listing says that it is complete.
    pub is_told_whole: bool,
    /// The Windows stores that the file says it is of.
    pub stores: Vec<RegistryStore>,
    /// How many parts claim to be a certificate or a key and cannot be decoded.
    pub damaged: usize,
    /// What is wrong with the first of them.
    pub damage: Option<Undecodable>,
}

impl Objects {
    /// That parts of the file cannot be decoded, and why, as the rest of a sentence.
    pub fn damage_text(&self) -> Option<String> {
        let why = self.damage?;
        Some(match self.damaged {
            1 => format!("has a part that cannot be decoded{why}"),
            count => format!("has {count} parts that cannot be decoded{why}"),
        })
    }

    /// Why there is no certificate in the file, as the rest of a sentence.
    pub fn why_empty(&self) -> String {
        let is_named = !self.kind.is_read() && !matches!(self.kind, FileKind::Unknown | FileKind::Empty);
        match (self.damage_text(), self.kind.remedy()) {
            (Some(damage), _) => damage,
            (None, Some(remedy)) if is_named => format!("is {}; {remedy}", self.kind.phrase()),
            _ if self.keys.is_empty() => "holds no certificate".to_owned(),
            _ => "holds a private key, but no certificate".to_owned(),
        }
    }
}

/// Why a part cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecodable {
    /// PEM with a beginning and no end of its own.
    NoEnd,
    /// PEM with something else than base64 in it.
    NotBase64,
    /// A certificate of more than [`MAX_CERTIFICATE`] octets.
    TooLarge,
    /// Something else.
    Form,
}

/// The rest of a sentence.
impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoEnd => {
                ": after its BEGIN line no END line of the same kind follows, so it was not copied whole"
            }
            Self::NotBase64 => ": what stands between its BEGIN and END lines is not base64",
            Self::TooLarge => ": it is larger than 16 MiB",
            Self::Form => "",
        })
    }
}

/// How a file holds what it holds, as far as commands that are given the file have to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// PEM just as other programs read it.
    Pem,
    Der,
    Pkcs7,
    Pkcs12,
    /// A folder of files.
    Folder,
    #[default]
    Other,
}

impl Form {
    /// The word used in captures.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pem => "pem",
            Self::Der => "der",
            Self::Pkcs7 => "pkcs7",
            Self::Pkcs12 => "pkcs12",
            Self::Folder => "folder",
            Self::Other => "other",
        }
    }

    /// Reads that word.
    pub fn from_name(name: &str) -> Self {
        [Self::Pem, Self::Der, Self::Pkcs7, Self::Pkcs12, Self::Folder]
            .into_iter()
            .find(|known| known.as_str() == name)
            .unwrap_or_default()
    }

    /// What it is, with its article.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Pem => "a PEM file",
            Self::Der => "a DER file",
            Self::Pkcs7 => "a PKCS #7 file",
            Self::Pkcs12 => "a PKCS #12 file",
            Self::Folder => "a folder",
            Self::Other => "a file in another form than PEM",
        }
    }
}

/// A certificate in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedCertificate {
    pub der: Vec<u8>,
    /// The friendly name, where the format has one.
    pub label: Option<String>,
}

/// A private key, as far as anybody may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key that belongs to this public key.
    Of(PublicKey),
    /// Nobody can look into it, so whose it is is not known.
    Sealed(Seal),
}

/// Why the public key of a private one is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    Encrypted,
    /// OpenSSH's own form.
    OpenSsh,
    /// The key itself is in a TPM; the file holds what only that TPM can load.
    Tpm,
    /// Its kind is not known here.
    Unknown,
}

impl Seal {
    /// The word used in captures.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::OpenSsh => "openssh",
            Self::Tpm => "tpm",
            Self::Unknown => "unknown",
        }
    }

    /// Reads that word.
    pub fn from_name(name: &str) -> Self {
        let known =
            [Self::Encrypted, Self::OpenSsh, Self::Tpm].into_iter().find(|seal| seal.as_str() == name);
        known.unwrap_or(Self::Unknown)
    }
}

/// Why nothing was found in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unrecognized {
    #[error("is empty")]
    Empty,
    #[error("is neither PEM nor DER")]
    NeitherPemNorDer,
    #[error("is cut off: it begins like DER but ends before its first element does")]
    CutOff,
    #[error("is {}{}", .0.phrase(), Remedy(*.0))]
    Other(FileKind),
    #[error(
        "is a PKCS #12 file with another pass phrase, or a damaged one; give its pass phrase with --p12-pass-file FILE or \
         in the environment variable {}",
        pkcs12::PASS_PHRASE_VARIABLE
    )]
    PassPhrase,
    #[error("is a PKCS #12 file with an encryption that is not supported; convert it with `openssl pkcs12`")]
    Encryption,
    #[error("holds more than {MAX_CERTIFICATES} certificates")]
    TooMany,
}

/// What to do about a file that is not read, as the rest of a sentence.
struct Remedy(FileKind);

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.remedy().map_or(Ok(()), |remedy| write!(f, "; {remedy}"))
    }
}

/// Reads everything that `bytes` hold. A file of PEM or DER that holds neither certificates nor keys,
/// such as a certificate request, is not an error: its lists are empty, and its kind says what it is.
pub fn read(bytes: &[u8]) -> Result<Objects, Unrecognized> {
    if let Some(contents) = pem::lone_certificate(bytes) {
        let mut found = Collector::default();
        found.objects.kind = FileKind::Pem;
        found.objects.form = Form::Pem;
        found.any(&contents);
        return found.finish();
    }
    let plain = if bytes.len() > MAX_MENDED { None } else { plain::plain(bytes) };
    let bytes = plain.as_ref().map_or(bytes, |plain| &plain[..]);
    let kind = FileKind::of(bytes);
    let mut found = Collector::default();
    found.objects.kind = kind;
    found.objects.form = match kind {
        _ if plain.is_some() => Form::Other,
        FileKind::Pkcs12 => Form::Pkcs12,
        _ if pem::is_pem(bytes) => Form::Pem,
        FileKind::Pkcs7 => Form::Pkcs7,
        FileKind::Certificate | FileKind::PrivateKey | FileKind::EncryptedPrivateKey => Form::Der,
        _ => Form::Other,
    };
    match kind {
        FileKind::Empty => return Err(Unrecognized::Empty),
        FileKind::SerializedStore | FileKind::SerializedCertificate => serialized::read(bytes, &mut found),
        FileKind::RegistryExport | FileKind::RegistryQuery => registry::read(bytes, &mut found),
        FileKind::CertutilStore => certutil_store::read(bytes, &mut found),
        FileKind::Pkcs12 => pkcs12::read(bytes, &pkcs12::pass_phrases(), &mut found)?,
        FileKind::Base64 => {
            return base64::decode(bytes).map_or(Err(Unrecognized::NeitherPemNorDer), |der| inside(&der));
        }
        _ if pem::is_pem(bytes) => pem::read(bytes, &mut found),
        FileKind::Certificate | FileKind::Pkcs7 | FileKind::PrivateKey | FileKind::EncryptedPrivateKey => {
            der::read(bytes, &mut found)?
        }
        FileKind::CertificateRequest | FileKind::RevocationList | FileKind::PublicKey => {}
        FileKind::Unknown if der::looks_like_der(bytes) => return Err(Unrecognized::CutOff),
        FileKind::Unknown => return Err(Unrecognized::NeitherPemNorDer),
        other => return Err(Unrecognized::Other(other)),
    }
    found.finish()
}

/// What lies in bare base64: a file of another kind, but no text again.
fn inside(bytes: &[u8]) -> Result<Objects, Unrecognized> {
    let mut found = Collector::default();
    found.objects.kind = FileKind::Base64;
    found.any(bytes);
    found.finish()
}

/// The certificates alone, in the file's order.
pub fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Unrecognized> {
    let objects = read(bytes)?;
    if objects.certificates.is_empty() && !objects.described.is_empty() {
        return Err(Unrecognized::Other(objects.kind));
    }
    Ok(objects.certificates.into_iter().map(|found| found.der).collect())
}

/// Takes in what the readers find, within the limits.
#[derive(Default)]
struct Collector {
    objects: Objects,
    too_many: bool,
    /// Why a part was not read.
    refused: Option<Unrecognized>,
    computed: usize,
}

impl Collector {
    fn certificate(&mut self, der: impl Into<Vec<u8>>) {
        self.labelled(der, None);
    }

    fn labelled(&mut self, der: impl Into<Vec<u8>>, label: Option<String>) {
        let der = der.into();
        if self.objects.certificates.len() == MAX_CERTIFICATES {
            self.too_many = true;
        } else if der.len() > MAX_CERTIFICATE {
            self.damaged(Undecodable::TooLarge);
        } else {
            self.objects.certificates.push(DecodedCertificate { der, label });
        }
    }

    fn described(&mut self, described: Described) {
        if self.objects.described.len() == MAX_CERTIFICATES {
            self.too_many = true;
        } else {
            self.objects.described.push(described);
        }
    }

    /// Takes in a private key that is not encrypted.
    fn private_key(&mut self, encoding: key::Encoding, der: &[u8]) {
        self.computed += 1;
        if self.computed > MAX_KEYS {
            return self.key(Key::Sealed(Seal::Unknown));
        }
        self.key(key::public_key(encoding, der).map_or(Key::Sealed(Seal::Unknown), Key::Of));
    }

    fn key(&mut self, key: Key) {
        if self.objects.keys.len() < MAX_CERTIFICATES {
            self.objects.keys.push(key);
        }
    }

    /// Takes in what somebody put into PEM's or base64's clothes: certutil -encode writes BEGIN CERTIFICATE
    /// around anything.
    fn any(&mut self, bytes: &[u8]) {
        if pkcs12::is_pkcs12(bytes) {
            self.objects.form = Form::Other;
            let read = pkcs12::read(bytes, &pkcs12::pass_phrases(), self);
            self.refused = self.refused.or(read.err());
        } else if bytes.first() != Some(&tag::SEQUENCE) && serialized::is_serialized(bytes) {
            self.objects.form = Form::Other;
            serialized::read(bytes, self);
        } else if der::is_pkcs7(bytes) {
            self.objects.form = Form::Other;
            pkcs7::read(bytes, self);
        } else {
            self.certificate(bytes);
        }
    }

    fn finish(self) -> Result<Objects, Unrecognized> {
        match self.refused {
            _ if self.too_many => Err(Unrecognized::TooMany),
            Some(why) if self.objects.certificates.is_empty() => Err(why),
            _ => Ok(self.objects),
        }
    }

    fn damaged(&mut self, why: Undecodable) {
        self.objects.damaged += 1;
        self.objects.damage.get_or_insert(why);
    }
}
