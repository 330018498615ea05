//! What kind of public key a certificate holds, in the words that people use.

use super::tlv::{Reader, tag};

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

/// Algorithms and curves with a name of their own; the first two need a look at the key.
const KNOWN: &[(&[u8], &str)] = &[
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], "EC P-256"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], "EC P-384"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], "EC P-521"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x0a], "EC secp256k1"),
    (&[0x2b, 0x65, 0x70], "Ed25519"),
    (&[0x2b, 0x65, 0x71], "Ed448"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], "DSA"),
];

/// Names the key in a `subjectPublicKeyInfo` element: `RSA 2048`, `EC P-256`, `Ed25519`, or the
/// dotted number of an algorithm that has no name here.
pub fn describe_key(spki: &[u8]) -> String {
    describe(spki).unwrap_or_else(|| "unreadable".to_owned())
}

fn describe(spki: &[u8]) -> Option<String> {
    let sequence = Reader::new(spki).next_if(tag::SEQUENCE)?;
    let mut parts = Reader::within(spki, &sequence.content);
    let algorithm = parts.next_if(tag::SEQUENCE)?;
    let bits = parts.next_if(tag::BIT_STRING)?;
    let mut algorithm = Reader::within(spki, &algorithm.content);
    let oid = &spki[algorithm.next_if(tag::OBJECT_IDENTIFIER)?.content];
    if oid == RSA || oid == RSA_PSS {
        let name = if oid == RSA { "RSA" } else { "RSA-PSS" };
        return Some(match modulus_bits(spki.get(bits.content.start + 1..bits.content.end)?) {
            Some(size) => format!("{name} {size}"),
            None => format!("{name} (unreadable)"),
        });
    }
    if oid == EC {
        let curve = algorithm.next_if(tag::OBJECT_IDENTIFIER);
        let Some(curve) = curve else { return Some("EC (explicit parameters)".to_owned()) };
        return Some(
            known(&spki[curve.content.clone()])
                .unwrap_or_else(|| format!("EC {}", super::dotted(&spki[curve.content]))),
        );
    }
    Some(known(oid).unwrap_or_else(|| super::dotted(oid)))
}

fn known(oid: &[u8]) -> Option<String> {
    KNOWN.iter().find(|(known, _)| *known == oid).map(|(_, name)| (*name).to_owned())
}

/// Length of the modulus of an `RSAPublicKey` (RFC 8017 appendix A.1.1).
fn modulus_bits(key: &[u8]) -> Option<usize> {
    let sequence = Reader::new(key).next_if(tag::SEQUENCE)?;
    let modulus = Reader::within(key, &sequence.content).next_if(tag::INTEGER)?;
    let digits = &key[modulus.content];
    let significant = digits.iter().position(|&b| b != 0).map(|i| &digits[i..])?;
    Some(significant.len() * 8 - significant[0].leading_zeros() as usize)
}
