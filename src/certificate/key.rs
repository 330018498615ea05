//! What kind of public key a certificate holds, in the words that people use.

use super::oid;
use super::tlv::{Reader, tag};

/// Names the key in a `subjectPublicKeyInfo` element: `RSA 2048`, `EC P-256`, `Ed25519`, or the
/// dotted number of an algorithm that has no name here.
pub fn describe_key(spki: &[u8]) -> String {
    describe(spki).unwrap_or_else(|| "unreadable".to_owned())
}

/// A `SubjectPublicKeyInfo` taken apart (RFC 5280 §4.1), as leniently as the commands do. (By hand: the `spki`
/// crate refuses object identifiers of more than 39 octets, of which there is something to be said too.)
#[derive(Clone, Copy, Debug)]
pub struct SubjectPublicKeyInfo<'a> {
    /// The AlgorithmIdentifier as a whole element.
    pub algorithm: &'a [u8],
    /// The content of the algorithm's object identifier.
    pub id: &'a [u8],
    /// The algorithm's parameters as a whole element, which is empty when absent.
    pub parameters: &'a [u8],
    /// The content of the BIT STRING, its count of unused bits included.
    bits: &'a [u8],
    /// Whether nothing follows the BIT STRING.
    pub is_whole: bool,
}

impl<'a> SubjectPublicKeyInfo<'a> {
    pub fn read(der: &'a [u8]) -> Option<Self> {
        let sequence = Reader::new(der).next_if(tag::SEQUENCE)?;
        let mut parts = Reader::within(der, &sequence.content);
        let algorithm = parts.next_if(tag::SEQUENCE)?;
        let bits = parts.next_if(tag::BIT_STRING)?;
        let mut inside = Reader::within(der, &algorithm.content);
        let id = inside.next_if(tag::OBJECT_IDENTIFIER)?;
        Some(Self {
            algorithm: &der[algorithm.whole],
            id: &der[id.content],
            parameters: inside.next_tlv().map_or(&[][..], |element| &der[element.whole]),
            bits: &der[bits.content],
            is_whole: parts.is_empty(),
        })
    }

    /// The key, if it is a whole number of octets.
    pub fn key(&self) -> Option<&'a [u8]> {
        self.bits.strip_prefix(&[0])
    }
}

fn describe(spki: &[u8]) -> Option<String> {
    let info = SubjectPublicKeyInfo::read(spki)?;
    let id = info.id;
    if id == oid::RSA_ENCRYPTION || id == oid::RSASSA_PSS {
        let name = if id == oid::RSA_ENCRYPTION { "RSA" } else { "RSA-PSS" };
        return Some(match modulus_bits(info.bits.get(1..)?) {
            Some(size) => format!("{name} {size}"),
            None => format!("{name} (unreadable)"),
        });
    }
    if id == oid::EC_PUBLIC_KEY {
        let curve = Reader::new(info.parameters).next_if(tag::OBJECT_IDENTIFIER);
        let Some(curve) = curve else { return Some("EC (explicit parameters)".to_owned()) };
        return Some(format!("EC {}", name(&info.parameters[curve.content])));
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
