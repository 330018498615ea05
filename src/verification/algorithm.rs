//! Signature algorithms (RFC 3279, RFC 4055, RFC 5758, RFC 8410, RFC 9881), read from an AlgorithmIdentifier.

use super::extensions::saturating_number;
use super::{der, ml_dsa};
use crate::certificate::oid;
use crate::certificate::tlv::{Reader, Tlv, tag};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1(Hash),
    Pss(Pss),
    Ecdsa(Hash),
    Ed25519,
    MlDsa(ml_dsa::Set),
}

/// Parameters of RSASSA-PSS; the mask is MGF1 with the same hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pss {
    pub hash: Hash,
    pub salt_length: u32,
}

impl Hash {
    fn from_oid(id: &[u8]) -> Option<Self> {
        Some(match id {
            oid::SHA1 => Self::Sha1,
            oid::SHA256 => Self::Sha256,
            oid::SHA384 => Self::Sha384,
            oid::SHA512 => Self::Sha512,
            _ => return None,
        })
    }
}

impl Scheme {
    /// Whether the scheme rests on a hash with known collisions.
    pub const fn is_weak(self) -> bool {
        matches!(
            self,
            Self::Pkcs1(Hash::Sha1) | Self::Ecdsa(Hash::Sha1) | Self::Pss(Pss { hash: Hash::Sha1, .. })
        )
    }

    /// Reads a whole AlgorithmIdentifier element; the error says what cannot be checked.
    pub fn read(element: &[u8]) -> Result<Self, String> {
        let (id, parameters) =
            identifier(element).ok_or("its signature algorithm is malformed".to_owned())?;
        let scheme = match id {
            oid::SHA1_WITH_RSA | oid::OIW_SHA1_WITH_RSA => Self::Pkcs1(Hash::Sha1),
            oid::SHA256_WITH_RSA => Self::Pkcs1(Hash::Sha256),
            oid::SHA384_WITH_RSA => Self::Pkcs1(Hash::Sha384),
            oid::SHA512_WITH_RSA => Self::Pkcs1(Hash::Sha512),
            oid::ECDSA_SHA256 => Self::Ecdsa(Hash::Sha256),
            oid::ECDSA_SHA384 => Self::Ecdsa(Hash::Sha384),
            oid::ECDSA_SHA512 => Self::Ecdsa(Hash::Sha512),
            oid::ED25519 => Self::Ed25519,
            oid::RSASSA_PSS => return pss_parameters(parameters).map(Self::Pss),
            oid::MD5_WITH_RSA => {
                return Err(format!(
                    "the signature algorithm {} is broken: anybody can forge it, so it is not checked",
                    oid::describe(id)
                ));
            }
            _ => Self::MlDsa(ml_dsa::Set::of(id).ok_or_else(|| unsupported(id))?),
        };
        let fits = match scheme {
            // RFC 4055 §5 wants NULL and lets an absent parameter pass.
            Self::Pkcs1(_) => matches!(parameters, None | Some([tag::NULL, 0])),
            _ => parameters.is_none(),
        };
        if fits {
            Ok(scheme)
        } else {
            Err(format!("the signature algorithm {} has parameters that it must not have", oid::describe(id)))
        }
    }
}

fn unsupported(id: &[u8]) -> String {
    format!("the signature algorithm {} is not supported", oid::describe(id))
}

/// Takes an AlgorithmIdentifier apart: its identifier, and its parameters as a whole element.
pub fn identifier(element: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let sequence = Reader::new(element).next_if(tag::SEQUENCE)?;
    let mut parts = Reader::within(element, &sequence.content);
    let id = parts.next_if(tag::OBJECT_IDENTIFIER)?;
    if parts.is_empty() {
        return Some((&element[id.content], None));
    }
    let parameters = parts.next_tlv()?;
    parts.is_empty().then(|| (&element[id.content], Some(&element[parameters.whole])))
}

/// RFC 4055 §3.1. All fields have defaults, which stand for SHA-1.
pub fn pss_parameters(parameters: Option<&[u8]>) -> Result<Pss, String> {
    let unsupported = |what: &str| Err(format!("the RSASSA-PSS parameters are not supported: {what}"));
    let Some(parameters) = parameters else { return unsupported("there are none") };
    if let Err(what) = der::check(parameters) {
        return unsupported(&what);
    }
    let Some(sequence) = Reader::new(parameters).next_if(tag::SEQUENCE) else {
        return unsupported("they are no SEQUENCE");
    };
    let mut fields = Reader::within(parameters, &sequence.content);
    let hash = match fields.next_if(0xa0) {
        None => Some(Hash::Sha1),
        Some(field) => hash_algorithm(&parameters[field.content]),
    };
    let Some(hash) = hash else { return unsupported("the hash is not SHA-1, SHA-256, SHA-384 or SHA-512") };
    let mask_hash = match fields.next_if(0xa1) {
        None => Some(Hash::Sha1),
        Some(field) => mask_hash(&parameters[field.content]),
    };
    if mask_hash != Some(hash) {
        return unsupported("the mask is not MGF1 with the hash of the message");
    }
    let salt_length = match fields.next_if(0xa2) {
        None => Some(20),
        Some(field) => number(parameters, &field),
    };
    let Some(salt_length) = salt_length else { return unsupported("the salt length is malformed") };
    // RFC 4055 §3.1: trailerField must be 1.
    let trailer = match fields.next_if(0xa3) {
        None => Some(1),
        Some(field) => number(parameters, &field),
    };
    if trailer != Some(1) {
        return unsupported("the trailer is not 1");
    }
    if !fields.is_empty() {
        return unsupported("something does not belong there");
    }
    Ok(Pss { hash, salt_length })
}

fn number(der: &[u8], explicit: &Tlv) -> Option<u32> {
    let mut inside = Reader::within(der, &explicit.content);
    let number = &der[inside.next_if(tag::INTEGER)?.content];
    (inside.is_empty() && number.first()? & 0x80 == 0).then(|| saturating_number(number))
}

fn hash_algorithm(element: &[u8]) -> Option<Hash> {
    let (id, parameters) = identifier(element)?;
    if matches!(parameters, None | Some([tag::NULL, 0])) { Hash::from_oid(id) } else { None }
}

fn mask_hash(element: &[u8]) -> Option<Hash> {
    let (id, parameters) = identifier(element)?;
    if id == oid::MGF1 { hash_algorithm(parameters?) } else { None }
}
