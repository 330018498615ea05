//! What kind of public key a certificate holds, in the words that people use.

use super::oid;
use super::tlv::{Reader, tag};

/// Names the key in a `subjectPublicKeyInfo` element: `RSA 2048`, `EC P-256`, `Ed25519`, or the
/// dotted number of an algorithm that has no name here.
pub fn describe_key(spki: &[u8]) -> String {
    describe(spki).unwrap_or_else(|| "unreadable".to_owned())
}

/// The algorithm of a `SubjectPublicKeyInfo`, as the content of its object identifier.
pub fn key_algorithm(spki: &[u8]) -> Option<&[u8]> {
    let sequence = Reader::new(spki).next_if(tag::SEQUENCE)?;
    let algorithm = Reader::within(spki, &sequence.content).next_if(tag::SEQUENCE)?;
    let id = Reader::within(spki, &algorithm.content).next_if(tag::OBJECT_IDENTIFIER)?;
    Some(&spki[id.content])
}

fn describe(spki: &[u8]) -> Option<String> {
    let sequence = Reader::new(spki).next_if(tag::SEQUENCE)?;
    let mut parts = Reader::within(spki, &sequence.content);
    let algorithm = parts.next_if(tag::SEQUENCE)?;
    let bits = parts.next_if(tag::BIT_STRING)?;
    let mut algorithm = Reader::within(spki, &algorithm.content);
    let id = &spki[algorithm.next_if(tag::OBJECT_IDENTIFIER)?.content];
    if id == oid::RSA_ENCRYPTION || id == oid::RSASSA_PSS {
        let name = if id == oid::RSA_ENCRYPTION { "RSA" } else { "RSA-PSS" };
        return Some(match modulus_bits(spki.get(bits.content.start + 1..bits.content.end)?) {
            Some(size) => format!("{name} {size}"),
            None => format!("{name} (unreadable)"),
        });
    }
    if id == oid::EC_PUBLIC_KEY {
        let curve = algorithm.next_if(tag::OBJECT_IDENTIFIER);
        let Some(curve) = curve else { return Some("EC (explicit parameters)".to_owned()) };
        return Some(format!("EC {}", name(&spki[curve.content])));
    }
    Some(name(id))
}

fn name(id: &[u8]) -> String {
    oid::name(id).map_or_else(|| oid::dotted(id), str::to_owned)
}

/// Length of the modulus of an `RSAPublicKey` (RFC 8017 appendix A.1.1).
fn modulus_bits(key: &[u8]) -> Option<usize> {
    let sequence = Reader::new(key).next_if(tag::SEQUENCE)?;
    let modulus = Reader::within(key, &sequence.content).next_if(tag::INTEGER)?;
    let digits = &key[modulus.content];
    let significant = digits.iter().position(|&b| b != 0).map(|i| &digits[i..])?;
    Some(significant.len() * 8 - significant[0].leading_zeros() as usize)
}
