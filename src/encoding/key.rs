//! The public key of a private key: what tells whose key lies beside a certificate.
//!
//! Private keys are read where they lie; no copy of one is made, and nothing but public keys leaves
//! this module.

use crate::certificate::oid;
use crate::certificate::tlv::{Reader, tag};

/// How a private key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `OneAsymmetricKey` (RFC 5958 §2).
    Pkcs8,
    /// `RSAPrivateKey` (RFC 8017 appendix A.1.2).
    Pkcs1,
    /// `ECPrivateKey` (RFC 5915 §3).
    Sec1,
}

/// A public key in a form that does not depend on how it was written: equal keys are equal values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PublicKey {
    /// Modulus and public exponent, without leading zeros. RSA and RSASSA-PSS keys alike.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// The curve's parameters, and the point in compressed form.
    Ec { curve: Vec<u8>, point: Vec<u8> },
    /// Any other kind: the algorithm's identifier and the key's bits.
    Other { algorithm: Vec<u8>, key: Vec<u8> },
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` (RFC 5280 §4.1).
    pub fn from_spki(spki: &[u8]) -> Option<Self> {
        let outer = Reader::new(spki).next_if(tag::SEQUENCE)?;
        let mut parts = Reader::within(spki, &outer.content);
        let algorithm = parts.next_if(tag::SEQUENCE)?;
        let bits = parts.next_if(tag::BIT_STRING)?;
        let key = spki[bits.content].strip_prefix(&[0])?;
        let (algorithm, parameters) = algorithm_identifier(&spki[algorithm.whole])?;
        match algorithm {
            oid::RSA_ENCRYPTION | oid::RSASSA_PSS => of_pkcs1(key, 0),
            oid::EC_PUBLIC_KEY => ec(parameters, key),
            _ => Some(Self::Other { algorithm: algorithm.to_vec(), key: key.to_vec() }),
        }
    }
}

/// The public key that belongs to a private one; `None` when that cannot be read or is of a kind
/// that is not known here.
pub fn public_key(encoding: Encoding, der: &[u8]) -> Option<PublicKey> {
    match encoding {
        Encoding::Pkcs8 => of_pkcs8(der),
        Encoding::Pkcs1 => of_pkcs1(der, 1),
        Encoding::Sec1 => of_sec1(der, None),
    }
}

fn of_pkcs8(der: &[u8]) -> Option<PublicKey> {
    let outer = Reader::new(der).next_if(tag::SEQUENCE)?;
    let mut parts = Reader::within(der, &outer.content);
    parts.next_if(tag::INTEGER)?;
    let algorithm = parts.next_if(tag::SEQUENCE)?;
    let key = &der[parts.next_if(tag::OCTET_STRING)?.content];
    let (algorithm, parameters) = algorithm_identifier(&der[algorithm.whole])?;
    match algorithm {
        oid::RSA_ENCRYPTION | oid::RSASSA_PSS => of_pkcs1(key, 1),
        oid::EC_PUBLIC_KEY => of_sec1(key, Some(parameters)),
        oid::ED25519 => of_ed25519(key),
        _ => None,
    }
}

/// The object identifier and the whole parameters element, which is empty when absent.
fn algorithm_identifier(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let outer = Reader::new(der).next_if(tag::SEQUENCE)?;
    let mut parts = Reader::within(der, &outer.content);
    let oid = &der[parts.next_if(tag::OBJECT_IDENTIFIER)?.content];
    let parameters = parts.next_tlv().map_or(&[][..], |element| &der[element.whole]);
    Some((oid, parameters))
}

/// Modulus and exponent: the two numbers of an `RSAPublicKey`, or, after the version, of an
/// `RSAPrivateKey` (RFC 8017 appendix A.1).
fn of_pkcs1(der: &[u8], skipped: usize) -> Option<PublicKey> {
    let outer = Reader::new(der).next_if(tag::SEQUENCE)?;
    let mut numbers = Reader::within(der, &outer.content);
    for _ in 0..skipped {
        numbers.next_if(tag::INTEGER)?;
    }
    let modulus = significant(&der[numbers.next_if(tag::INTEGER)?.content]).to_vec();
    let exponent = significant(&der[numbers.next_if(tag::INTEGER)?.content]).to_vec();
    Some(PublicKey::Rsa { modulus, exponent })
}

fn significant(number: &[u8]) -> &[u8] {
    number.iter().position(|&octet| octet != 0).map_or(&[], |start| &number[start..])
}

/// `parameters` are those of PKCS #8; a key on its own names its curve itself.
fn of_sec1(der: &[u8], parameters: Option<&[u8]>) -> Option<PublicKey> {
    let outer = Reader::new(der).next_if(tag::SEQUENCE)?;
    let mut parts = Reader::within(der, &outer.content);
    parts.next_if(tag::INTEGER)?;
    let scalar = &der[parts.next_if(tag::OCTET_STRING)?.content];
    let named = parts.next_if(0xa0).map(|explicit| &der[explicit.content]);
    let stated = parts.next_if(0xa1).and_then(|explicit| {
        let bits = Reader::within(der, &explicit.content).next_if(tag::BIT_STRING)?;
        der[bits.content].strip_prefix(&[0])
    });
    let parameters = parameters.or(named)?;
    let oid = Reader::new(parameters).next_if(tag::OBJECT_IDENTIFIER).map(|curve| &parameters[curve.content]);
    let computed = match oid {
        Some(oid::P256) => p256::SecretKey::from_slice(scalar).ok()?.public_key().to_sec1_bytes(),
        Some(oid::P384) => p384::SecretKey::from_slice(scalar).ok()?.public_key().to_sec1_bytes(),
        Some(oid::P521) => p521::SecretKey::from_slice(scalar).ok()?.public_key().to_sec1_bytes(),
        _ => return ec(parameters, stated?),
    };
    ec(parameters, &computed)
}

/// A point in compressed form (SEC 1 §2.3.3), so that both ways to write it compare equal.
fn ec(curve: &[u8], point: &[u8]) -> Option<PublicKey> {
    let point = match point {
        [4, coordinates @ ..] if !coordinates.is_empty() && coordinates.len() % 2 == 0 => {
            let (x, y) = coordinates.split_at(coordinates.len() / 2);
            let sign = 2 | (y.last()? & 1);
            [&[sign], x].concat()
        }
        [2 | 3, ..] => point.to_vec(),
        _ => return None,
    };
    Some(PublicKey::Ec { curve: curve.to_vec(), point })
}

/// `CurvePrivateKey`, an OCTET STRING in the OCTET STRING (RFC 8410 §7).
fn of_ed25519(key: &[u8]) -> Option<PublicKey> {
    let seed = &key[Reader::new(key).next_if(tag::OCTET_STRING)?.content];
    let signing = ed25519_dalek::SigningKey::from_bytes(seed.try_into().ok()?);
    let key = signing.verifying_key().to_bytes().to_vec();
    Some(PublicKey::Other { algorithm: oid::ED25519.to_vec(), key })
}
