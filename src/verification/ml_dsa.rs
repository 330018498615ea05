//! Keys for ML-DSA (FIPS 204) as certificates hold them (RFC 9881).

use crate::certificate::oid;
use ml_dsa::{EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, VerifyingKey};

/// The parameter sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    Of44,
    Of65,
    Of87,
}

impl Set {
    /// The set that an identifier of a key or a signature means; RFC 9881 §2 has one for both.
    pub const fn of(id: &[u8]) -> Option<Self> {
        match id {
            oid::ML_DSA_44 => Some(Self::Of44),
            oid::ML_DSA_65 => Some(Self::Of65),
            oid::ML_DSA_87 => Some(Self::Of87),
            _ => None,
        }
    }
}

/// A public key. Boxed: each is an expanded matrix.
#[derive(Debug, PartialEq)]
pub enum Key {
    Of44(Box<VerifyingKey<MlDsa44>>),
    Of65(Box<VerifyingKey<MlDsa65>>),
    Of87(Box<VerifyingKey<MlDsa87>>),
}

impl Key {
    /// The octets of the BIT STRING (RFC 9881 §4); `None` when they are not as many as the set wants.
    pub fn read(set: Set, octets: &[u8]) -> Option<Self> {
        Some(match set {
            Set::Of44 => Self::Of44(key(octets)?),
            Set::Of65 => Self::Of65(key(octets)?),
            Set::Of87 => Self::Of87(key(octets)?),
        })
    }

    pub const fn set(&self) -> Set {
        match self {
            Self::Of44(_) => Set::Of44,
            Self::Of65(_) => Set::Of65,
            Self::Of87(_) => Set::Of87,
        }
    }

    /// Whether `signature` over `message` was made with this key: pure ML-DSA with an empty context (RFC 9881
    /// §3).
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Of44(key) => verifies(key, message, signature),
            Self::Of65(key) => verifies(key, message, signature),
            Self::Of87(key) => verifies(key, message, signature),
        }
    }
}

fn key<P: MlDsaParams>(octets: &[u8]) -> Option<Box<VerifyingKey<P>>> {
    let encoded = EncodedVerifyingKey::<P>::try_from(octets).ok()?;
    Some(Box::new(VerifyingKey::decode(&encoded)))
}

fn verifies<P: MlDsaParams>(key: &VerifyingKey<P>, message: &[u8], signature: &[u8]) -> bool {
    Signature::<P>::try_from(signature)
        .is_ok_and(|signature| key.verify_with_context(message, &[], &signature))
}
