//! DER files: one element or several after one another, told apart by their first members.

use super::key::Encoding;
use super::{Collector, Key, Seal, Undecodable, Unrecognized, pkcs7};
use crate::certificate::tlv::{Reader, tag};

/// The most elements looked at in one file.
const MAX_ELEMENTS: usize = 2 * super::MAX_CERTIFICATES;

/// The first element of `bytes`.
pub fn first_element(bytes: &[u8]) -> Option<&[u8]> {
    let element = Reader::new(bytes).next_if(tag::SEQUENCE)?;
    Some(&bytes[element.whole])
}

/// Whether the first element begins with an object identifier, as PKCS #7 does.
pub fn is_pkcs7(bytes: &[u8]) -> bool {
    matches!(kind(bytes), Some(DerObject::Pkcs7))
}

pub fn read(bytes: &[u8], found: &mut Collector) -> Result<(), Unrecognized> {
    let mut file = Reader::new(bytes);
    let mut elements = 0;
    while let Some(element) = file.next_if(tag::SEQUENCE) {
        elements += 1;
        if elements > MAX_ELEMENTS {
            return Err(Unrecognized::TooMany);
        }
        read_element(&bytes[element.whole], elements == 1, found)?;
    }
    if elements == 0 {
        return Err(if looks_like_der(bytes) {
            Unrecognized::CutOff
        } else {
            Unrecognized::NeitherPemNorDer
        });
    }
    if !file.is_empty() {
        found.damaged(Undecodable::Form);
    }
    Ok(())
}

/// A SEQUENCE with a long length, as every certificate and key has.
pub fn looks_like_der(bytes: &[u8]) -> bool {
    matches!(bytes, [tag::SEQUENCE, 0x81..=0x84, ..])
}

fn read_element(der: &[u8], first: bool, found: &mut Collector) -> Result<(), Unrecognized> {
    match kind(der) {
        Some(DerObject::Certificate) => found.certificate(der),
        Some(DerObject::Key(encoding)) => found.private_key(encoding, der),
        Some(DerObject::EncryptedKey) => found.key(Key::Sealed(Seal::Encrypted)),
        Some(DerObject::Pkcs7) => pkcs7::read(der, found),
        None if first => return Err(Unrecognized::NeitherPemNorDer),
        None => found.damaged(Undecodable::Form),
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum DerObject {
    Certificate,
    Key(Encoding),
    EncryptedKey,
    Pkcs7,
}

/// What the members of a SEQUENCE make it. A certificate begins with a SEQUENCE (RFC 5280 §4.1), and
/// so does an encrypted key, but that has an OCTET STRING next (RFC 5958 §3); keys begin with a
/// version number, PKCS #7 with an object identifier (RFC 5652 §3).
fn kind(der: &[u8]) -> Option<DerObject> {
    let outer = Reader::new(der).next_if(tag::SEQUENCE)?;
    let mut members = Reader::within(der, &outer.content);
    let first = members.next_tlv()?;
    let second = members.next_tlv();
    let version = (first.tag == tag::INTEGER).then(|| &der[first.content]);
    Some(match (first.tag, version, second.map(|member| member.tag)) {
        (tag::OBJECT_IDENTIFIER, ..) => DerObject::Pkcs7,
        (tag::SEQUENCE, _, Some(tag::OCTET_STRING)) => DerObject::EncryptedKey,
        (tag::SEQUENCE, ..) => DerObject::Certificate,
        (_, Some([0 | 1]), Some(tag::SEQUENCE)) => DerObject::Key(Encoding::Pkcs8),
        (_, Some([0 | 1]), Some(tag::INTEGER)) => DerObject::Key(Encoding::Pkcs1),
        (_, Some([1]), Some(tag::OCTET_STRING)) => DerObject::Key(Encoding::Sec1),
        _ => return None,
    })
}
