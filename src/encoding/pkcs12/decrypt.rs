//! Password-based decryption as PKCS #12 files use it.

use crate::certificate::oid;
use crate::certificate::tlv::{Reader, tag};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use der::Decode as _;
use des::{TdesEde2, TdesEde3};
use pkcs5::pbes2;
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use rc2::Rc2;
use sha1::Sha1;
use zeroize::Zeroizing;

/// Why something stays encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The pass phrase is another one, or the file is damaged: without checking more than the
    /// padding, it is not known which.
    PassPhrase,
    /// A scheme that is not known here, or one that asks for too much work.
    Scheme,
}

/// Decrypts with the scheme in `algorithm`, an `AlgorithmIdentifier`. The rounds of hashing that it
/// asks for are taken from `rounds_left`; when they do not suffice nothing is tried.
pub fn decrypt(
    algorithm: &[u8],
    ciphertext: &[u8],
    pass_phrase: &str,
    rounds_left: &mut u32,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let (scheme, parameters) = algorithm_identifier(algorithm).ok_or(Failure::Scheme)?;
    match scheme.strip_prefix(oid::PKCS12_PBE_ARC) {
        Some(&[number]) => decrypt_pkcs12_pbe(number, parameters, ciphertext, pass_phrase, rounds_left),
        _ if scheme == oid::PBES2 => decrypt_pbes2(parameters, ciphertext, pass_phrase, rounds_left),
        _ => Err(Failure::Scheme),
    }
}

/// Whether a scheme is PBES2, which came to PKCS #12 files with OpenSSL 3 and Windows 10.
pub fn is_pbes2(algorithm: &[u8]) -> bool {
    algorithm_identifier(algorithm).is_some_and(|(scheme, _)| scheme == oid::PBES2)
}

fn spend(rounds: u32, rounds_left: &mut u32) -> Option<()> {
    *rounds_left = rounds_left.checked_sub(rounds)?;
    Some(())
}

fn algorithm_identifier(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let outer = Reader::new(der).next_if(tag::SEQUENCE)?;
    let mut parts = Reader::within(der, &outer.content);
    let scheme = parts.next_if(tag::OBJECT_IDENTIFIER)?;
    let parameters = parts.next_if(tag::SEQUENCE)?;
    Some((&der[scheme.content], &der[parameters.whole]))
}

/// RFC 8018 §6.2.
fn decrypt_pbes2(
    parameters: &[u8],
    ciphertext: &[u8],
    pass_phrase: &str,
    rounds_left: &mut u32,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let parameters = pbes2::Parameters::from_der(parameters).map_err(|_| Failure::Scheme)?;
    let pbes2::Kdf::Pbkdf2(kdf) = &parameters.kdf else { return Err(Failure::Scheme) };
    spend(kdf.iteration_count, rounds_left).ok_or(Failure::Scheme)?;
    match parameters.decrypt(pass_phrase, ciphertext) {
        Ok(plain) => Ok(Zeroizing::new(plain)),
        Err(pkcs5::Error::DecryptFailed) => Err(Failure::PassPhrase),
        Err(_) => Err(Failure::Scheme),
    }
}

/// RFC 7292 appendix C: the schemes with SHA-1 that OpenSSL calls legacy and Windows still writes.
fn decrypt_pkcs12_pbe(
    scheme: u8,
    parameters: &[u8],
    ciphertext: &[u8],
    pass_phrase: &str,
    rounds_left: &mut u32,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let keys = Keys::read(parameters, pass_phrase).ok_or(Failure::Scheme)?;
    // Twice: for the key and for the initialization vector.
    spend(keys.iterations.unsigned_abs().saturating_mul(2), rounds_left).ok_or(Failure::Scheme)?;
    let plain = match scheme {
        3 => keys.decrypt::<TdesEde3>(24, ciphertext),
        4 => keys.decrypt::<TdesEde2>(16, ciphertext),
        5 => keys.decrypt::<Rc2>(16, ciphertext),
        6 => keys.decrypt::<Rc2>(5, ciphertext),
        _ => return Err(Failure::Scheme),
    };
    plain.ok_or(Failure::PassPhrase)
}

/// What keys are derived from (RFC 7292 appendix B).
struct Keys<'a> {
    salt: &'a [u8],
    iterations: i32,
    /// UTF-16, big-endian, with a NUL at the end.
    pass_phrase: Zeroizing<Vec<u8>>,
}

impl<'a> Keys<'a> {
    fn read(parameters: &'a [u8], pass_phrase: &str) -> Option<Self> {
        let outer = Reader::new(parameters).next_if(tag::SEQUENCE)?;
        let mut parts = Reader::within(parameters, &outer.content);
        let salt = &parameters[parts.next_if(tag::OCTET_STRING)?.content];
        let digits = &parameters[parts.next_if(tag::INTEGER)?.content];
        if digits.len() > 4 {
            return None;
        }
        let iterations = digits.iter().fold(0, |n, &b| (n << 8) | u32::from(b));
        let iterations = i32::try_from(iterations).ok()?;
        let units = pass_phrase.encode_utf16().chain([0]);
        let pass_phrase = Zeroizing::new(units.flat_map(u16::to_be_bytes).collect());
        Some(Self { salt, iterations, pass_phrase })
    }

    fn derive(&self, purpose: Pkcs12KeyType, length: usize) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(derive_key::<Sha1>(&self.pass_phrase, self.salt, purpose, self.iterations, length))
    }

    fn decrypt<C: KeyInit + BlockCipherDecrypt>(
        &self,
        key_length: usize,
        ciphertext: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let key = self.derive(Pkcs12KeyType::EncryptionKey, key_length);
        let vector = self.derive(Pkcs12KeyType::Iv, 8);
        let mut buffer = Zeroizing::new(ciphertext.to_vec());
        let cipher = cbc::Decryptor::<C>::new_from_slices(&key, &vector).ok()?;
        let length = cipher.decrypt_padded::<Pkcs7>(&mut buffer).ok()?.len();
        buffer.truncate(length);
        Some(buffer)
    }
}
