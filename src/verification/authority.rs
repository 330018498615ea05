//! What a certificate says of itself as an issuer, in words.

use super::algorithm::{self, Hash, Scheme};
use super::anchor::is_self_signed;
use super::memo::Memo;
use super::ml_dsa;
use super::reading::Reading;
use crate::certificate::oid;
use crate::text::hex;

/// An issuer's own statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Whether its own key signed it; `None` when that cannot be checked.
    pub is_self_signed: Option<bool>,
    /// The CA flag; `None` without basic constraints.
    pub ca: Option<bool>,
    /// How many intermediates may stand below it.
    pub path_length: Option<u32>,
    /// `None` without the extension, which allows everything.
    pub key_usage: Option<Vec<&'static str>>,
    /// The algorithm of the signature on it.
    pub signature: String,
    pub subject_key_id: Option<String>,
    pub authority_key_id: Option<String>,
}

impl Reading<'_> {
    /// What it says of itself as an issuer.
    pub fn authority(&self) -> Authority {
        let memo = Memo::default();
        let extensions = &self.extensions;
        let constraints = extensions.basic_constraints;
        Authority {
            is_self_signed: is_self_signed(self, &memo.key(self.spki), &memo).ok(),
            ca: constraints.map(|constraints| constraints.ca),
            path_length: constraints.and_then(|constraints| constraints.path_length),
            key_usage: extensions.key_usage.map(super::extensions::KeyUsage::names),
            signature: signature(self.outer_algorithm),
            subject_key_id: extensions.subject_key_id.map(hex),
            authority_key_id: extensions.authority_key_id.map(hex),
        }
    }
}

fn signature(algorithm: &[u8]) -> String {
    let hash = |hash| match hash {
        Hash::Sha1 => "SHA-1",
        Hash::Sha256 => "SHA-256",
        Hash::Sha384 => "SHA-384",
        Hash::Sha512 => "SHA-512",
    };
    match Scheme::read(algorithm) {
        Ok(Scheme::Pkcs1(with)) => format!("RSA with {}", hash(with)),
        Ok(Scheme::Pss(pss)) => format!("RSASSA-PSS with {}", hash(pss.hash)),
        Ok(Scheme::Ecdsa(with)) => format!("ECDSA with {}", hash(with)),
        Ok(Scheme::Ed25519) => "Ed25519".to_owned(),
        Ok(Scheme::MlDsa(ml_dsa::Set::Of44)) => "ML-DSA-44".to_owned(),
        Ok(Scheme::MlDsa(ml_dsa::Set::Of65)) => "ML-DSA-65".to_owned(),
        Ok(Scheme::MlDsa(ml_dsa::Set::Of87)) => "ML-DSA-87".to_owned(),
        Err(_) => algorithm::identifier(algorithm)
            .map_or_else(|| "unreadable".to_owned(), |(id, _)| oid::describe(id)),
    }
}
