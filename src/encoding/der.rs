//! DER files: one element or several after one another, told apart by their first members.

use super::key::Encoding;
use super::{Collector, Damage, Key, Unrecognized, pkcs7};
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
    matches!(kind(bytes), Some(Kind::Pkcs7))
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
        found.damaged(Damage::Form);
    }
    Ok(())
}

/// A SEQUENCE with a long length, as every certificate and key has.
pub fn looks_like_der(bytes: &[u8]) -> bool {
    matches!(bytes, [tag::SEQUENCE, 0x81..=0x84, ..])
}

fn read_element(der: &[u8], first: bool, found: &mut Collector) -> Result<(), Unrecognized> {
    match kind(der) {
        Some(Kind::Certificate) => found.certificate(der),
        Some(Kind::Key(encoding)) => found.private_key(encoding, der),
        Some(Kind::EncryptedKey) => found.key(Key::Encrypted),
        Some(Kind::Pkcs7) => pkcs7::read(der, found),
        None if first => return Err(Unrecognized::NeitherPemNorDer),
        None => found.damaged(Damage::Form),
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Kind {
    Certificate,
    Key(Encoding),
    EncryptedKey,
    Pkcs7,
}

/// What the members of a SEQUENCE make it. A certificate begins with a SEQUENCE (RFC 5280 §4.1), and
/// so does an encrypted key, but that has an OCTET STRING next (RFC 5958 §3); keys begin with a
/// version number, PKCS #7 with an object identifier (RFC 5652 §3).
fn kind(der: &[u8]) -> Option<Kind> {
    let outer = Reader::new(der).next_if(tag::SEQUENCE)?;
    let mut members = Reader::within(der, &outer.content);
    let first = members.next_tlv()?;
    let second = members.next_tlv();
    let version = (first.tag == tag::INTEGER).then(|| &der[first.content]);
    Some(match (first.tag, version, second.map(|member| member.tag)) {
        (tag::OBJECT_IDENTIFIER, ..) => Kind::Pkcs7,
        (tag::SEQUENCE, _, Some(tag::OCTET_STRING)) => Kind::EncryptedKey,
        (tag::SEQUENCE, ..) => Kind::Certificate,
        (_, Some([0 | 1]), Some(tag::SEQUENCE)) => Kind::Key(Encoding::Pkcs8),
        (_, Some([0 | 1]), Some(tag::INTEGER)) => Kind::Key(Encoding::Pkcs1),
        (_, Some([1]), Some(tag::OCTET_STRING)) => Kind::Key(Encoding::Sec1),
        _ => return None,
    })
}
