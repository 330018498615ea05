//! What a file of certificates and keys holds: PEM (RFC 7468 and what tools really write), DER, the
//! certificate-only PKCS #7 that Windows and Java export, PKCS #12, and the serialized form in which
//! Windows keeps and exports its stores. The content decides, not the file's name.
//!
//! Certificates come out as their bytes, whether or not they can be parsed: whoever lists them must
//! not lose one. Of a private key nothing comes out but the public key that belongs to it,
//! unless it is asked for by name ([`private_keys`]).

mod der;
mod key;
mod key_text;
mod pem;
mod pkcs12;
mod pkcs7;
mod serialized;

pub use key::PublicKey;
pub use key_text::private_keys;
pub use pkcs12::PASS_PHRASE_VARIABLE;

/// The most certificates taken from one file.
pub const MAX_CERTIFICATES: usize = 50_000;

/// The most private keys whose public key is computed for one file; of further ones nothing is
/// known. Computing one takes up to a millisecond.
pub const MAX_KEYS: usize = 256;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// Certificates in the file's order.
    pub certificates: Vec<Found>,
    pub keys: Vec<Key>,
    /// How many parts claim to be a certificate or a key and cannot be decoded.
    pub damaged: usize,
}

/// A certificate in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub der: Vec<u8>,
    /// The friendly name, where the format has one.
    pub label: Option<String>,
}

/// A private key, as far as anybody may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key that belongs to this public key.
    Of(PublicKey),
    /// It is encrypted.
    Encrypted,
    /// Its kind is not known here, so its public key is not known either.
    Unknown,
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
    #[error("is PEM text in UTF-16; save it as UTF-8 or ASCII")]
    Utf16,
    #[error(
        "is a PKCS #12 file with another pass phrase, or a damaged one; put its pass phrase into the \
         environment variable {}",
        pkcs12::PASS_PHRASE_VARIABLE
    )]
    PassPhrase,
    #[error("is a PKCS #12 file with an encryption that is not supported; convert it with `openssl pkcs12`")]
    Encryption,
    #[error("holds more than {MAX_CERTIFICATES} certificates")]
    TooMany,
}

/// Reads everything that `bytes` hold. A file that is PEM or DER but holds neither certificates nor
/// keys, such as a certificate request, is not an error: its lists are empty.
pub fn read(bytes: &[u8]) -> Result<Objects, Unrecognized> {
    let mut found = Collector::default();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Unrecognized::Empty);
    }
    if serialized::is_serialized(bytes) {
        serialized::read(bytes, &mut found);
    } else if pkcs12::is_pkcs12(bytes) {
        pkcs12::read(bytes, &pkcs12::pass_phrases(), &mut found)?;
    } else if pem::is_pem(bytes) {
        pem::read(bytes, &mut found);
    } else if is_utf16_pem(bytes) {
        return Err(Unrecognized::Utf16);
    } else {
        der::read(bytes, &mut found)?;
    }
    if found.too_many { Err(Unrecognized::TooMany) } else { Ok(found.objects) }
}

/// The certificates alone, in the file's order.
pub fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Unrecognized> {
    read(bytes).map(|objects| objects.certificates.into_iter().map(|found| found.der).collect())
}

/// What redirected output of Windows PowerShell looks like.
fn is_utf16_pem(bytes: &[u8]) -> bool {
    let text: Option<fn([u8; 2]) -> u16> = match bytes {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        _ => None,
    };
    text.is_some_and(|unit| {
        let ascii: Vec<u8> = bytes
            .chunks_exact(2)
            .map(|pair| u8::try_from(unit([pair[0], pair[1]])).unwrap_or(b'?'))
            .collect();
        pem::is_pem(&ascii)
    })
}

/// Takes in what the readers find, within the limits.
#[derive(Default)]
struct Collector {
    objects: Objects,
    too_many: bool,
    computed: usize,
}

impl Collector {
    fn certificate(&mut self, der: &[u8]) {
        self.labelled(der, None);
    }

    fn labelled(&mut self, der: &[u8], label: Option<String>) {
        if self.objects.certificates.len() == MAX_CERTIFICATES {
            self.too_many = true;
        } else {
            self.objects.certificates.push(Found { der: der.to_vec(), label });
        }
    }

    /// Takes in a private key that is not encrypted.
    fn private_key(&mut self, encoding: key::Encoding, der: &[u8]) {
        self.computed += 1;
        if self.computed > MAX_KEYS {
            return self.key(Key::Unknown);
        }
        self.key(key::public_key(encoding, der).map_or(Key::Unknown, Key::Of));
    }

    fn key(&mut self, key: Key) {
        if self.objects.keys.len() < MAX_CERTIFICATES {
            self.objects.keys.push(key);
        }
    }

    fn damaged(&mut self) {
        self.objects.damaged += 1;
    }
}
