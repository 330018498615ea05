//! What a file of certificates and keys holds: PEM (RFC 7468 and what tools really write), DER, and
//! the certificate-only PKCS #7 that Windows and Java export.
//!
//! Certificates come out as their bytes, whether or not they can be parsed: whoever lists them must
//! not lose one. Of a private key nothing comes out but the public key that belongs to it.

mod der;
mod key;
mod pem;
mod pkcs7;

pub use key::PublicKey;

/// The most certificates taken from one file.
pub const MAX_CERTIFICATES: usize = 50_000;

/// The most private keys whose public key is computed for one file; of further ones nothing is
/// known. Computing one takes up to a millisecond.
pub const MAX_KEYS: usize = 256;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// Certificates in the file's order.
    pub certificates: Vec<Vec<u8>>,
    pub keys: Vec<Key>,
    /// How many parts claim to be a certificate or a key and cannot be decoded.
    pub damaged: usize,
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
    #[error("is PKCS #12; extract its certificates with `openssl pkcs12`")]
    Pkcs12,
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
    if pem::is_pem(bytes) {
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
    read(bytes).map(|objects| objects.certificates)
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
        if self.objects.certificates.len() == MAX_CERTIFICATES {
            self.too_many = true;
        } else {
            self.objects.certificates.push(der.to_vec());
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
