//! Certificates made to measure, right or wrong in every way, for tests and benchmarks.
//!
//! Everything is written as DER by hand, so that anything can be malformed; keys of elliptic curves
//! come from a seed, so that the same test always sees the same bytes.

#![allow(dead_code)]

pub mod der;

use certposture::certificate::Certificate;
use der::{context, explicit, integer, object, octets, sequence, tlv};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// How to sign; elliptic keys take the hash alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Pkcs1(Hash),
    /// With a salt of this length.
    Pss(Hash, u8),
    Ecdsa(Hash),
    Ed25519,
}

#[derive(Clone)]
pub enum Key {
    Rsa(Box<rsa::PrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl Key {
    /// One of tests/fixtures/keys: `1024`, `2048`, `2048-other`, `3072`.
    pub fn rsa(name: &str) -> Self {
        let file = format!("{}/tests/fixtures/keys/rsa-{name}.pem", env!("CARGO_MANIFEST_DIR"));
        let pem = pem::parse(std::fs::read(file).unwrap()).unwrap();
        Self::Rsa(Box::new(rsa::PrivateKey::from_pkcs8_der(pem.contents()).unwrap()))
    }

    pub fn p256(seed: &str) -> Self {
        Self::P256(p256::ecdsa::SigningKey::from_slice(&Sha256::digest(seed)).unwrap())
    }

    pub fn p384(seed: &str) -> Self {
        Self::P384(p384::ecdsa::SigningKey::from_slice(&Sha384::digest(seed)).unwrap())
    }

    pub fn p521(seed: &str) -> Self {
        let mut scalar = vec![0; 2];
        scalar.extend(Sha512::digest(seed));
        Self::P521(p521::ecdsa::SigningKey::from_slice(&scalar).unwrap())
    }

    pub fn ed25519(seed: &str) -> Self {
        Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(&Sha256::digest(seed).into()))
    }

    /// The usual scheme of the key.
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::Rsa(_) => Scheme::Pkcs1(Hash::Sha256),
            Self::P256(_) => Scheme::Ecdsa(Hash::Sha256),
            Self::P384(_) => Scheme::Ecdsa(Hash::Sha384),
            Self::P521(_) => Scheme::Ecdsa(Hash::Sha512),
            Self::Ed25519(_) => Scheme::Ed25519,
        }
    }

    /// SubjectPublicKeyInfo.
    pub fn spki(&self) -> Vec<u8> {
        let ec = |curve: &str| sequence(&[object("1.2.840.10045.2.1"), object(curve)]);
        match self {
            Self::Rsa(key) => {
                let number = |bytes: Box<[u8]>| integer(&der::unsigned(&bytes));
                rsa_spki(&number(key.n().to_be_bytes()), &number(key.e().to_be_bytes()))
            }
            Self::P256(key) => {
                spki(ec("1.2.840.10045.3.1.7"), key.verifying_key().to_sec1_point(false).as_bytes())
            }
            Self::P384(key) => spki(ec("1.3.132.0.34"), key.verifying_key().to_sec1_point(false).as_bytes()),
            Self::P521(key) => spki(ec("1.3.132.0.35"), key.verifying_key().to_sec1_point(false).as_bytes()),
            Self::Ed25519(key) => spki(sequence(&[object("1.3.101.112")]), key.verifying_key().as_bytes()),
        }
    }

    /// SHA-1 of the key, the usual key identifier (RFC 5280 §4.2.1.2).
    pub fn id(&self) -> Vec<u8> {
        Sha1::digest(self.spki()).to_vec()
    }

    pub fn sign(&self, scheme: Scheme, message: &[u8]) -> Vec<u8> {
        match (self, scheme) {
            (Self::Rsa(key), Scheme::Pkcs1(hash)) => {
                let padding = match hash {
                    Hash::Sha1 => rsa::Pkcs1v15Sign::new::<Sha1>(),
                    Hash::Sha256 => rsa::Pkcs1v15Sign::new::<Sha256>(),
                    Hash::Sha384 => rsa::Pkcs1v15Sign::new::<Sha384>(),
                    Hash::Sha512 => rsa::Pkcs1v15Sign::new::<Sha512>(),
                };
                key.sign(padding, &hash.of(message)).unwrap()
            }
            (Self::Rsa(key), Scheme::Pss(hash, salt)) => {
                let (salt, hashed, rng) = (usize::from(salt), hash.of(message), &mut Counter(1));
                match hash {
                    Hash::Sha1 => key.sign_with_rng(rng, rsa::Pss::<Sha1>::new_with_salt(salt), &hashed),
                    Hash::Sha256 => key.sign_with_rng(rng, rsa::Pss::<Sha256>::new_with_salt(salt), &hashed),
                    Hash::Sha384 => key.sign_with_rng(rng, rsa::Pss::<Sha384>::new_with_salt(salt), &hashed),
                    Hash::Sha512 => key.sign_with_rng(rng, rsa::Pss::<Sha512>::new_with_salt(salt), &hashed),
                }
                .unwrap()
            }
            (Self::P256(key), Scheme::Ecdsa(hash)) => {
                let signature: p256::ecdsa::DerSignature = key.sign_prehash(&hash.of(message)).unwrap();
                signature.as_bytes().to_vec()
            }
            (Self::P384(key), Scheme::Ecdsa(hash)) => {
                let signature: p384::ecdsa::DerSignature = key.sign_prehash(&hash.of(message)).unwrap();
                signature.as_bytes().to_vec()
            }
            (Self::P521(key), Scheme::Ecdsa(hash)) => {
                let signature: p521::ecdsa::DerSignature = key.sign_prehash(&hash.of(message)).unwrap();
                signature.as_bytes().to_vec()
            }
            (Self::Ed25519(key), Scheme::Ed25519) => {
                use ed25519_dalek::Signer;
                key.sign(message).to_bytes().to_vec()
            }
            _ => panic!("this key does not sign so"),
        }
    }
}

/// A key of any algorithm: `algorithm` is a whole AlgorithmIdentifier.
pub fn spki(algorithm: Vec<u8>, key: &[u8]) -> Vec<u8> {
    sequence(&[algorithm, tlv(3, &[&[0], key].concat())])
}

/// An RSA key of two INTEGER elements.
pub fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let algorithm = sequence(&[object("1.2.840.113549.1.1.1"), vec![5, 0]]);
    spki(algorithm, &sequence(&[modulus.to_vec(), exponent.to_vec()]))
}

impl Hash {
    pub fn of(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(message).to_vec(),
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha384 => Sha384::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    fn algorithm(self) -> Vec<u8> {
        let id = match self {
            Self::Sha1 => "1.3.14.3.2.26",
            Self::Sha256 => "2.16.840.1.101.3.4.2.1",
            Self::Sha384 => "2.16.840.1.101.3.4.2.2",
            Self::Sha512 => "2.16.840.1.101.3.4.2.3",
        };
        sequence(&[object(id), vec![5, 0]])
    }

    fn index(self) -> usize {
        [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512].iter().position(|h| *h == self).unwrap()
    }
}

impl Scheme {
    /// AlgorithmIdentifier.
    pub fn algorithm(self) -> Vec<u8> {
        match self {
            Self::Pkcs1(hash) => {
                let id = format!("1.2.840.113549.1.1.{}", [5, 11, 12, 13][hash.index()]);
                sequence(&[object(&id), vec![5, 0]])
            }
            Self::Pss(hash, salt) => {
                let mask = sequence(&[object("1.2.840.113549.1.1.8"), hash.algorithm()]);
                let parameters = sequence(&[
                    explicit(0, &hash.algorithm()),
                    explicit(1, &mask),
                    explicit(2, &integer(&der::unsigned(&[salt]))),
                ]);
                sequence(&[object("1.2.840.113549.1.1.10"), parameters])
            }
            Self::Ecdsa(Hash::Sha1) => sequence(&[object("1.2.840.10045.4.1")]),
            Self::Ecdsa(hash) => sequence(&[object(&format!("1.2.840.10045.4.3.{}", hash.index() + 1))]),
            Self::Ed25519 => sequence(&[object("1.3.101.112")]),
        }
    }
}

/// Randomness for salts that need not be random.
struct Counter(u64);

impl rsa::rand_core::TryRng for Counter {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.try_next_u64().map(|n| n as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0 >> 11)
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Self::Error> {
        for byte in target {
            *byte = self.try_next_u64()? as u8;
        }
        Ok(())
    }
}

impl rsa::rand_core::TryCryptoRng for Counter {}

/// The parts of a certificate before it is signed. Each is a whole element.
#[derive(Clone, Debug)]
pub struct Template {
    /// The version as the certificate writes it; 2 means version 3.
    pub version: Option<u8>,
    pub serial: Vec<u8>,
    pub issuer: Vec<u8>,
    pub not_before: Vec<u8>,
    pub not_after: Vec<u8>,
    pub subject: Vec<u8>,
    pub spki: Vec<u8>,
    /// Unique identifiers, already tagged.
    pub identifiers: Vec<Vec<u8>>,
    pub extensions: Vec<Vec<u8>>,
    /// The algorithm named inside the signed part, if it is not the one that signs.
    pub inner_algorithm: Option<Vec<u8>>,
    /// The algorithm named in both places, if it is not the one that signs.
    pub algorithm: Option<Vec<u8>>,
}

impl Template {
    /// A certificate for `subject` with `key`, by `issuer`; valid from 2020 to 2030, without
    /// extensions.
    pub fn new(subject: &str, key: &Key, issuer: &str) -> Self {
        Self {
            version: Some(2),
            serial: integer(&[0x12, 0x34]),
            issuer: der::name(issuer),
            not_before: der::utc_time("200101000000Z"),
            not_after: der::utc_time("300101000000Z"),
            subject: der::name(subject),
            spki: key.spki(),
            identifiers: Vec::new(),
            extensions: Vec::new(),
            inner_algorithm: None,
            algorithm: None,
        }
    }

    /// The same with what a CA needs.
    pub fn ca(subject: &str, key: &Key, issuer: &str) -> Self {
        Self::new(subject, key, issuer).with(basic_constraints(true, None)).with(key_usage(0x06, 1))
    }

    pub fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    pub fn dates(mut self, not_before: &str, not_after: &str) -> Self {
        self.not_before = der::utc_time(not_before);
        self.not_after = der::utc_time(not_after);
        self
    }

    /// tbsCertificate.
    pub fn signed_part(&self, algorithm: &[u8]) -> Vec<u8> {
        let mut parts = Vec::new();
        if let Some(version) = self.version {
            parts.push(explicit(0, &integer(&[version])));
        }
        parts.extend([
            self.serial.clone(),
            self.inner_algorithm.clone().unwrap_or_else(|| algorithm.to_vec()),
            self.issuer.clone(),
            sequence(&[self.not_before.clone(), self.not_after.clone()]),
            self.subject.clone(),
            self.spki.clone(),
        ]);
        parts.extend(self.identifiers.clone());
        if !self.extensions.is_empty() {
            parts.push(explicit(3, &sequence(&self.extensions)));
        }
        sequence(&parts)
    }

    pub fn der(&self, key: &Key, scheme: Scheme) -> Vec<u8> {
        let algorithm = self.algorithm.clone().unwrap_or_else(|| scheme.algorithm());
        let signed = self.signed_part(&algorithm);
        let signature = key.sign(scheme, &signed);
        sequence(&[signed, algorithm, tlv(3, &[&[0][..], &signature].concat())])
    }

    /// With octets in place of a signature that no key made.
    pub fn der_unsigned(&self, scheme: Scheme) -> Vec<u8> {
        let algorithm = scheme.algorithm();
        sequence(&[self.signed_part(&algorithm), algorithm, tlv(3, &[0; 65])])
    }

    pub fn sign_with(&self, key: &Key, scheme: Scheme) -> Certificate {
        Certificate::from_der(self.der(key, scheme))
    }

    pub fn sign(&self, key: &Key) -> Certificate {
        self.sign_with(key, key.scheme())
    }
}

/// An extension of any kind.
pub fn extension(id: &str, is_critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![object(id)];
    if is_critical {
        parts.push(vec![1, 1, 0xff]);
    }
    parts.push(octets(value));
    sequence(&parts)
}

pub fn basic_constraints(is_ca: bool, path_length: Option<u8>) -> Vec<u8> {
    let mut parts = Vec::new();
    if is_ca {
        parts.push(vec![1, 1, 0xff]);
    }
    parts.extend(path_length.map(|n| integer(&[n])));
    extension("2.5.29.19", true, &sequence(&parts))
}

/// `bits` is the first octet of the BIT STRING, of which the last `unused` bits are unused.
pub fn key_usage(bits: u8, unused: u8) -> Vec<u8> {
    extension("2.5.29.15", true, &tlv(3, &[unused, bits]))
}

pub fn extended_key_usage(usages: &[&str]) -> Vec<u8> {
    let usages: Vec<Vec<u8>> = usages.iter().map(|usage| object(usage)).collect();
    extension("2.5.29.37", false, &sequence(&usages))
}

pub const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
pub const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
pub const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";
pub const ANY_USAGE: &str = "2.5.29.37.0";

/// GeneralNames in an alternative name extension.
pub fn alternative_names(names: &[Vec<u8>]) -> Vec<u8> {
    extension("2.5.29.17", false, &sequence(names))
}

pub fn dns(name: &str) -> Vec<u8> {
    context(2, name.as_bytes())
}

pub fn email(name: &str) -> Vec<u8> {
    context(1, name.as_bytes())
}

pub fn uri(name: &str) -> Vec<u8> {
    context(6, name.as_bytes())
}

pub fn ip(octets: &[u8]) -> Vec<u8> {
    context(7, octets)
}

pub fn directory(name: &str) -> Vec<u8> {
    explicit(4, &der::name(name))
}

/// A user principal name: an otherName with a UTF8String.
pub fn principal(name: &str) -> Vec<u8> {
    let parts = [object("1.3.6.1.4.1.311.20.2.3"), explicit(0, &tlv(0x0c, name.as_bytes()))];
    tlv(0xa0, &parts.concat())
}

pub fn name_constraints(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Vec<u8> {
    let subtrees = |number: u8, bases: &[Vec<u8>]| {
        let subtrees: Vec<u8> = bases.iter().flat_map(|base| sequence(std::slice::from_ref(base))).collect();
        (!bases.is_empty()).then(|| tlv(0xa0 | number, &subtrees))
    };
    let parts: Vec<Vec<u8>> = [subtrees(0, permitted), subtrees(1, excluded)].into_iter().flatten().collect();
    extension("2.5.29.30", true, &sequence(&parts))
}

pub fn subject_key_id(id: &[u8]) -> Vec<u8> {
    extension("2.5.29.14", false, &octets(id))
}

pub fn authority_key_id(id: &[u8]) -> Vec<u8> {
    extension("2.5.29.35", false, &sequence(&[context(0, id)]))
}
