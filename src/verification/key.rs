//! Public keys of issuers, parsed once and then used for many signatures.

use super::algorithm::{self, Hash, Pss, Scheme};
use super::ml_dsa;
use super::multiples::Prepared;
use super::pkcs1;
use crate::certificate::tlv::tag;
use crate::certificate::{SubjectPublicKeyInfo, oid};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs1::RsaPublicKeyRef;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Pkcs1v15Sign};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Smaller RSA keys can be broken by many; greater ones only serve to keep a verifier busy.
const RSA_BITS: std::ops::RangeInclusive<usize> = 1024..=8192;

/// Under this size an RSA key is weak (NIST SP 800-131A).
pub const STRONG_RSA_BITS: usize = 2048;

/// A key that can check signatures.
#[derive(Debug)]
pub struct PublicKey(KeyAlgorithm);

#[derive(Debug)]
enum KeyAlgorithm {
    Rsa(rsa::PublicKey),
    /// A key that signs with RSASSA-PSS only, perhaps with fixed parameters.
    RsaPss(rsa::PublicKey, Option<Pss>),
    P256(p256::ecdsa::VerifyingKey, Prepared<p256::NistP256>),
    P384(p384::ecdsa::VerifyingKey, Prepared<p384::NistP384>),
    P521(p521::ecdsa::VerifyingKey, Prepared<p521::NistP521>),
    Ed25519(ed25519_dalek::VerifyingKey),
    MlDsa(ml_dsa::Key),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo element; the error says why it cannot be used.
    pub fn read(spki: &[u8]) -> Result<Self, String> {
        let Parts { id, parameters, key } = parts(spki).ok_or("the public key is malformed")?;
        let kind = match id {
            oid::RSA_ENCRYPTION if matches!(parameters, None | Some([tag::NULL, 0])) => {
                KeyAlgorithm::Rsa(rsa(key)?)
            }
            oid::RSASSA_PSS => {
                let fixed =
                    parameters.map(|parameters| algorithm::pss_parameters(Some(parameters))).transpose()?;
                KeyAlgorithm::RsaPss(rsa(key)?, fixed)
            }
            oid::EC_PUBLIC_KEY => elliptic(parameters, key)?,
            oid::ED25519 if parameters.is_none() => KeyAlgorithm::Ed25519(ed25519(key)?),
            oid::RSA_ENCRYPTION | oid::ED25519 => return Err(SURPLUS_PARAMETERS.to_owned()),
            _ => KeyAlgorithm::MlDsa(post_quantum(id, parameters, key)?),
        };
        Ok(Self(kind))
    }

    /// Whether both are the same key, however each was written.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (
                KeyAlgorithm::Rsa(one) | KeyAlgorithm::RsaPss(one, _),
                KeyAlgorithm::Rsa(other) | KeyAlgorithm::RsaPss(other, _),
            ) => one == other,
            (KeyAlgorithm::P256(one, _), KeyAlgorithm::P256(other, _)) => one == other,
            (KeyAlgorithm::P384(one, _), KeyAlgorithm::P384(other, _)) => one == other,
            (KeyAlgorithm::P521(one, _), KeyAlgorithm::P521(other, _)) => one == other,
            (KeyAlgorithm::Ed25519(one), KeyAlgorithm::Ed25519(other)) => one == other,
            (KeyAlgorithm::MlDsa(one), KeyAlgorithm::MlDsa(other)) => one == other,
            _ => false,
        }
    }

    /// Whether `signature` over `message` was made with this key.
    pub fn verifies(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        match (&self.0, scheme) {
            (KeyAlgorithm::Rsa(key), Scheme::Pkcs1(hash)) => deterministic(key, hash, message, signature),
            (KeyAlgorithm::Rsa(key), Scheme::Pss(pss)) => probabilistic(key, pss, message, signature),
            (KeyAlgorithm::RsaPss(key, fixed), Scheme::Pss(pss)) => {
                // RFC 4055 §3.3: the key's hash and mask, and no shorter salt.
                fixed.is_none_or(|fixed| fixed.hash == pss.hash && fixed.salt_length <= pss.salt_length)
                    && probabilistic(key, pss, message, signature)
            }
            (KeyAlgorithm::P256(key, prepared), Scheme::Ecdsa(hash)) => {
                let hashed = digest(hash, message);
                p256::ecdsa::Signature::from_der(signature).is_ok_and(|signature| {
                    let (r, s) = signature.split_scalars();
                    let by_table = prepared.verifies(&r, &s, &hashed);
                    by_table.unwrap_or_else(|| key.verify_prehash(&hashed, &signature).is_ok())
                })
            }
            (KeyAlgorithm::P384(key, prepared), Scheme::Ecdsa(hash)) => {
                let hashed = digest(hash, message);
                p384::ecdsa::Signature::from_der(signature).is_ok_and(|signature| {
                    let (r, s) = signature.split_scalars();
                    let by_table = prepared.verifies(&r, &s, &hashed);
                    by_table.unwrap_or_else(|| key.verify_prehash(&hashed, &signature).is_ok())
                })
            }
            (KeyAlgorithm::P521(key, prepared), Scheme::Ecdsa(hash)) => {
                let hashed = digest(hash, message);
                p521::ecdsa::Signature::from_der(signature).is_ok_and(|signature| {
                    let (r, s) = signature.split_scalars();
                    let by_table = prepared.verifies(&r, &s, &hashed);
                    by_table.unwrap_or_else(|| key.verify_prehash(&hashed, &signature).is_ok())
                })
            }
            (KeyAlgorithm::Ed25519(key), Scheme::Ed25519) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            (KeyAlgorithm::MlDsa(key), Scheme::MlDsa(set)) => {
                key.set() == set && key.verifies(message, signature)
            }
            _ => false,
        }
    }

    /// Why this key makes no signature of that kind, if it makes none.
    pub fn refuses(&self, scheme: Scheme) -> Option<&'static str> {
        match (&self.0, scheme) {
            (KeyAlgorithm::Rsa(_), Scheme::Pkcs1(_) | Scheme::Pss(_))
            | (KeyAlgorithm::P256(..) | KeyAlgorithm::P384(..) | KeyAlgorithm::P521(..), Scheme::Ecdsa(_))
            | (KeyAlgorithm::Ed25519(_), Scheme::Ed25519) => None,
            (KeyAlgorithm::RsaPss(..), Scheme::Pkcs1(_)) => {
                Some("its signature is PKCS #1 v1.5, and that key is for RSASSA-PSS only")
            }
            (KeyAlgorithm::RsaPss(_, Some(fixed)), Scheme::Pss(pss)) if fixed.hash != pss.hash => {
                Some("its RSASSA-PSS parameters are not those that the key allows")
            }
            (KeyAlgorithm::RsaPss(..), Scheme::Pss(_)) => None,
            (KeyAlgorithm::MlDsa(key), Scheme::MlDsa(set)) if key.set() == set => None,
            _ => Some("that key makes signatures of another algorithm"),
        }
    }
}

/// A SubjectPublicKeyInfo taken apart.
struct Parts<'a> {
    id: &'a [u8],
    parameters: Option<&'a [u8]>,
    key: &'a [u8],
}

fn parts(spki: &[u8]) -> Option<Parts<'_>> {
    let info = SubjectPublicKeyInfo::read(spki).filter(|info| info.is_whole)?;
    let (id, parameters) = algorithm::identifier(info.algorithm)?;
    Some(Parts { id, parameters, key: info.key()? })
}

/// Whether `spki` is a SubjectPublicKeyInfo (RFC 5280 §4.1), of whatever algorithm.
pub fn is_well_formed(spki: &[u8]) -> bool {
    parts(spki).is_some()
}

/// Modulus and exponent of an RSAPublicKey (RFC 8017 appendix A.1.1), without leading zeros.
fn rsa_numbers(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let key = RsaPublicKeyRef::try_from(key).ok()?;
    let (modulus, exponent) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
    (modulus != [0] && exponent != [0]).then_some((modulus, exponent))
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

/// Size of the modulus when `spki` holds an RSA key.
pub fn rsa_bits(spki: &[u8]) -> Option<usize> {
    let Parts { id, key, .. } = parts(spki)?;
    match id {
        oid::RSA_ENCRYPTION | oid::RSASSA_PSS => rsa_numbers(key).map(|(n, _)| bits(n)),
        _ => None,
    }
}

const SURPLUS_PARAMETERS: &str = "the public key has parameters that it must not have";

fn post_quantum(id: &[u8], parameters: Option<&[u8]>, key: &[u8]) -> Result<ml_dsa::Key, String> {
    let set = ml_dsa::Set::of(id)
        .ok_or_else(|| format!("the key algorithm {} is not supported", oid::describe(id)))?;
    // RFC 9881 §2
    if parameters.is_some() {
        return Err(SURPLUS_PARAMETERS.to_owned());
    }
    ml_dsa::Key::read(set, key).ok_or_else(|| {
        format!("the {} key is not usable: it has {} octets", oid::name(id).unwrap_or("ML-DSA"), key.len())
    })
}

fn rsa(key: &[u8]) -> Result<rsa::PublicKey, String> {
    let (modulus, exponent) = rsa_numbers(key).ok_or("the RSA key is malformed")?;
    let size = bits(modulus);
    if !RSA_BITS.contains(&size) {
        return Err(format!(
            "RSA keys of {size} bits are not supported (only {} to {})",
            RSA_BITS.start(),
            RSA_BITS.end()
        ));
    }
    // Before any arithmetic: an exponent as long as the modulus is only there to cost time.
    if bits(exponent) > 64 {
        return Err("the RSA key is not usable: its exponent is too great".to_owned());
    }
    let number = |digits: &[u8]| BoxedUint::from_be_slice(digits, (digits.len() * 8) as u32);
    let unusable = |what: String| format!("the RSA key is not usable: {what}");
    let n = number(modulus).map_err(|e| unusable(e.to_string()))?;
    let e = number(exponent).map_err(|e| unusable(e.to_string()))?;
    rsa::PublicKey::new_with_size_limits(n, e, RSA_BITS).map_err(|e| unusable(e.to_string()))
}

fn elliptic(parameters: Option<&[u8]>, key: &[u8]) -> Result<KeyAlgorithm, String> {
    let curve = match parameters {
        Some([tag::OBJECT_IDENTIFIER, _, curve @ ..]) => curve,
        // RFC 5480 §2.1.1: implicit and explicit curves must not be used.
        _ => return Err("the EC key does not name its curve, so it is not supported".to_owned()),
    };
    let point = |_| {
        let what = match key.first() {
            // X9.62's third form; RFC 5480 §2.2 has the other two alone.
            Some(6 | 7) => "its point is in the hybrid form, which RFC 5480 does not allow",
            _ => "it is not a point on its curve",
        };
        format!("the EC key is not usable: {what}")
    };
    match curve {
        oid::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(key)
            .map(|key| KeyAlgorithm::P256(key, Prepared::new(*key.as_affine())))
            .map_err(point),
        oid::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(key)
            .map(|key| KeyAlgorithm::P384(key, Prepared::new(*key.as_affine())))
            .map_err(point),
        oid::P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(key)
            .map(|key| KeyAlgorithm::P521(key, Prepared::new(*key.as_affine())))
            .map_err(point),
        _ => Err(format!("the curve {} is not supported", oid::describe(curve))),
    }
}

fn ed25519(key: &[u8]) -> Result<ed25519_dalek::VerifyingKey, String> {
    <[u8; 32]>::try_from(key)
        .ok()
        .and_then(|key| ed25519_dalek::VerifyingKey::from_bytes(&key).ok())
        .ok_or_else(|| "the Ed25519 key is not usable: it is not a point on its curve".to_owned())
}

fn digest(hash: Hash, message: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Sha1 => Sha1::digest(message).to_vec(),
        Hash::Sha256 => Sha256::digest(message).to_vec(),
        Hash::Sha384 => Sha384::digest(message).to_vec(),
        Hash::Sha512 => Sha512::digest(message).to_vec(),
    }
}

fn deterministic(key: &rsa::PublicKey, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    let padding = match hash {
        Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    pkcs1::verifies(key, &padding, &digest(hash, message), signature)
}

fn probabilistic(key: &rsa::PublicKey, pss: Pss, message: &[u8], signature: &[u8]) -> bool {
    let salt = pss.salt_length as usize;
    // Beyond this no encoding has room for it (RFC 8017 §9.1.1).
    if salt > key.size() {
        return false;
    }
    let hashed = digest(pss.hash, message);
    match pss.hash {
        Hash::Sha1 => key.verify(rsa::Pss::<Sha1>::new_with_salt(salt), &hashed, signature),
        Hash::Sha256 => key.verify(rsa::Pss::<Sha256>::new_with_salt(salt), &hashed, signature),
        Hash::Sha384 => key.verify(rsa::Pss::<Sha384>::new_with_salt(salt), &hashed, signature),
        Hash::Sha512 => key.verify(rsa::Pss::<Sha512>::new_with_salt(salt), &hashed, signature),
    }
    .is_ok()
}
