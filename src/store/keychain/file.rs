//! Certificates and keys from a keychain's own file. No password is needed: certificates are not
//! encrypted, and what tells whose a private key is stands beside the encrypted key.

use super::KeychainItem;
use super::database::{Corrupt, KeychainFile, relation};
use crate::certificate::{Certificate, SubjectPublicKeyInfo};
use crate::encoding::MAX_CERTIFICATES;
use crate::store::PrivateKey;
use sha1::{Digest as _, Sha1};
use std::collections::HashSet;

/// Every certificate in the order in which `security find-certificate` finds them.
pub fn entries(bytes: &[u8]) -> Result<Vec<KeychainItem>, Corrupt> {
    let database = KeychainFile::open(bytes)?;
    let columns = database.columns(relation::X509_CERTIFICATE)?;
    let records = database.records(relation::X509_CERTIFICATE, columns.len())?;
    if records.len() > MAX_CERTIFICATES {
        return Err(Corrupt("holds more certificates than any keychain"));
    }
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let keys = key_labels(&database)?;
    let label = column(&columns, b"PrintName")?;
    let hash = column(&columns, b"PublicKeyHash")?;
    let mut entries = Vec::with_capacity(records.len());
    for record in records {
        let certificate = Certificate::from_der(record.data()?.to_vec());
        let computed = key_hash(&certificate);
        let hash = record.value(hash)?.or(computed.as_ref().map(<[u8; 20]>::as_slice));
        let private_key = match hash {
            Some(hash) if keys.contains(hash) => PrivateKey::Present,
            Some(_) => PrivateKey::Absent,
            None => PrivateKey::Unknown,
        };
        entries.push(KeychainItem {
            certificate,
            label: record.value(label)?.map(<[u8]>::to_vec),
            private_key,
        });
    }
    Ok(entries)
}

/// The column `Label` of every private key: the SHA-1 of its public key, which its certificate has
/// as `PublicKeyHash`.
fn key_labels<'a>(database: &KeychainFile<'a>) -> Result<HashSet<&'a [u8]>, Corrupt> {
    let columns = database.columns(relation::PRIVATE_KEY)?;
    let records = database.records(relation::PRIVATE_KEY, columns.len())?;
    if records.is_empty() {
        return Ok(HashSet::new());
    }
    let label = column(&columns, b"Label")?;
    let mut labels = HashSet::new();
    for record in records {
        labels.extend(record.value(label)?);
    }
    Ok(labels)
}

/// What ties a certificate to its key: the SHA-1 of the key bits in its `SubjectPublicKeyInfo`.
pub fn key_hash(certificate: &Certificate) -> Option<[u8; 20]> {
    let key = SubjectPublicKeyInfo::read(certificate.spki())?.key()?;
    Some(Sha1::digest(key).into())
}

fn column(columns: &[&[u8]], name: &[u8]) -> Result<usize, Corrupt> {
    columns
        .iter()
        .position(|column| *column == name)
        .ok_or(Corrupt("is damaged: its schema lacks a column that every keychain has"))
}
