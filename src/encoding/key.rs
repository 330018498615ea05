//! The public key of a private key: what tells whose key lies beside a certificate.
//!
//! Private keys are read where they lie; no copy of one is made, and nothing but public keys leaves
//! this module.

use crate::certificate::tlv::{Reader, tag};
use crate::certificate::{SubjectPublicKeyInfo, oid};
use ::der::Encode as _;
use ::der::asn1::UintRef;
use rsa::pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use rsa::pkcs8::PrivateKeyInfoRef;

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
        let info = SubjectPublicKeyInfo::read(spki)?;
        let key = info.key()?;
        match info.id {
            oid::RSA_ENCRYPTION | oid::RSASSA_PSS => {
                let key = RsaPublicKeyRef::try_from(key).ok()?;
                Some(Self::rsa(key.modulus, key.public_exponent))
            }
            oid::EC_PUBLIC_KEY => ec(info.parameters, key),
            id => Some(Self::Other { algorithm: id.to_vec(), key: key.to_vec() }),
        }
    }

    fn rsa(modulus: UintRef<'_>, exponent: UintRef<'_>) -> Self {
        Self::Rsa { modulus: modulus.as_bytes().to_vec(), exponent: exponent.as_bytes().to_vec() }
    }
}

/// The public key that belongs to a private one; `None` when that cannot be read or is of a kind
/// that is not known here.
pub fn public_key(encoding: Encoding, der: &[u8]) -> Option<PublicKey> {
    match encoding {
        Encoding::Pkcs8 => of_pkcs8(der),
        Encoding::Pkcs1 => of_pkcs1(der),
        Encoding::Sec1 => of_sec1(der, None),
    }
}

fn of_pkcs8(der: &[u8]) -> Option<PublicKey> {
    let info = PrivateKeyInfoRef::try_from(der).ok()?;
    let key = info.private_key.as_bytes();
    match info.algorithm.oid.as_bytes() {
        oid::RSA_ENCRYPTION | oid::RSASSA_PSS => of_pkcs1(key),
        oid::EC_PUBLIC_KEY => of_sec1(key, Some(&info.algorithm.parameters?.to_der().ok()?)),
        oid::ED25519 => of_ed25519(key),
        _ => None,
    }
}

fn of_pkcs1(der: &[u8]) -> Option<PublicKey> {
    let key = RsaPrivateKeyRef::try_from(der).ok()?;
    Some(PublicKey::rsa(key.modulus, key.public_exponent))
}

/// `parameters` are those of PKCS #8; a key on its own names its curve itself. (By hand: the `sec1` crate does not
/// read keys whose curve is written out, which OpenSSL makes on request.)
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
