//! Certificates for keychains: well-formed, with any subject, signed by nobody. The look-up never
//! checks a signature.

use crate::support::forge::der::{sequence, tlv};

/// An attribute of a name; `oid` as content octets.
pub fn attribute(oid: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
    sequence(&[tlv(6, oid), tlv(tag, value)])
}

pub fn common_name(tag: u8, value: &[u8]) -> Vec<u8> {
    attribute(&[0x55, 4, 3], tag, value)
}

/// A name: relative distinguished names, each with its attributes.
pub fn name(rdns: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let sets: Vec<_> = rdns.iter().map(|rdn| tlv(0x31, &rdn.concat())).collect();
    sequence(&sets)
}

/// A certificate with this subject (a whole `Name`) and this serial number, valid from 2024 to 2034.
pub fn with_subject(subject: Vec<u8>, serial: u8) -> Vec<u8> {
    valid_until(b"340101000000Z", subject, serial)
}

fn valid_until(end: &[u8], subject: Vec<u8>, serial: u8) -> Vec<u8> {
    let algorithm = sequence(&[tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
    let validity = sequence(&[tlv(0x17, b"240101000000Z"), tlv(0x17, end)]);
    let key_algorithm = sequence(&[tlv(6, &[0x2b, 0x65, 0x70])]);
    let key = sequence(&[key_algorithm, tlv(3, &[&[0][..], &[serial; 32]].concat())]);
    let issuer = name(&[vec![common_name(0x0c, b"Issuer")]]);
    let tbs = sequence(&[
        tlv(0xa0, &tlv(2, &[2])),
        tlv(2, &[serial]),
        algorithm.clone(),
        issuer,
        validity,
        subject,
        key,
    ]);
    sequence(&[tbs, algorithm, tlv(3, &[0; 65])])
}

/// A certificate whose common name is this UTF-8 string.
pub fn named(common: &str, serial: u8) -> Vec<u8> {
    with_subject(name(&[vec![common_name(0x0c, common.as_bytes())]]), serial)
}

/// The same, but valid until 2025 only.
pub fn short_lived(common: &str, serial: u8) -> Vec<u8> {
    valid_until(b"250101000000Z", name(&[vec![common_name(0x0c, common.as_bytes())]]), serial)
}
