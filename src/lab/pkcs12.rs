//! PKCS #12 files (RFC 7292) as OpenSSL 3 writes them: oid::PBES2 with AES-256 and HMAC-SHA-256, and a
//! SHA-256 message authentication code.

use super::LabError;
use super::key::Key;
use crate::certificate::oid;
use crate::certificate::tlv::tag;
use ::pkcs12::kdf::{Pkcs12KeyType, derive_key};
use der::Encode as _;
use getrandom::SysRng;
use hmac::{Hmac, KeyInit as _, Mac as _};
use pkcs5::pbes2;
use rsa::rand_core::TryRng as _;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use x509_cert::Certificate;

/// Rounds of hashing; what OpenSSL and NSS read without delay.
const ITERATIONS: u16 = 10_000;

const CONTEXT_0: u8 = 0xa0;
/// NULL has no content.
const NULL: &[u8] = &[0x05, 0];

/// The certificate with its friendly name, those above it, and its key.
pub(super) fn write(
    certificate: &Certificate,
    above: &[&Certificate],
    key: Option<&Key>,
    friendly_name: &str,
    pass_phrase: &str,
) -> Result<Vec<u8>, LabError> {
    let own = certificate.to_der()?;
    let key_id = Sha1::digest(&own);
    let attributes = [friendly_name_attribute(friendly_name), local_key_id(&key_id)];
    let mut bags = vec![certificate_bag(&own, &attributes[..if key.is_some() { 2 } else { 1 }])];
    for issuer in above {
        bags.push(certificate_bag(&issuer.to_der()?, &[]));
    }
    let mut safes = vec![encrypted_safe(&sequence(&bags), pass_phrase)?];
    if let Some(key) = key {
        let (algorithm, ciphertext) = encrypt(&key.to_der()?, pass_phrase)?;
        let shrouded = sequence(&[algorithm, octets(&ciphertext)]);
        let bag = bag(oid::SHROUDED_KEY_BAG, &shrouded, &attributes);
        safes.push(content_info(oid::PKCS7_DATA, &octets(&sequence(&[bag]))));
    }
    let authenticated = sequence(&safes);
    let mac = mac_data(&authenticated, pass_phrase)?;
    Ok(sequence(&[integer(3), content_info(oid::PKCS7_DATA, &octets(&authenticated)), mac]))
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    match content.len() {
        length @ 0..0x80 => element.push(length as u8),
        length => {
            let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|digit| *digit == 0).collect();
            element.push(0x80 | digits.len() as u8);
            element.extend(digits);
        }
    }
    element.extend_from_slice(content);
    element
}

fn sequence(members: &[Vec<u8>]) -> Vec<u8> {
    tlv(tag::SEQUENCE, &members.concat())
}

fn object(id: &[u8]) -> Vec<u8> {
    tlv(tag::OBJECT_IDENTIFIER, id)
}

fn octets(content: &[u8]) -> Vec<u8> {
    tlv(tag::OCTET_STRING, content)
}

/// Small numbers only: the first octet must not have its high bit set.
fn integer(number: u16) -> Vec<u8> {
    let digits = number.to_be_bytes();
    tlv(tag::INTEGER, if digits[0] == 0 { &digits[1..] } else { &digits })
}

fn content_info(content_type: &[u8], content: &[u8]) -> Vec<u8> {
    sequence(&[object(content_type), tlv(CONTEXT_0, content)])
}

fn bag(kind: &[u8], value: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = vec![object(kind), tlv(CONTEXT_0, value)];
    if !attributes.is_empty() {
        parts.push(set_of(attributes));
    }
    sequence(&parts)
}

/// In DER, the members of a SET OF are sorted (X.690 §11.6).
fn set_of(members: &[Vec<u8>]) -> Vec<u8> {
    let mut members = members.to_vec();
    members.sort();
    tlv(tag::SET, &members.concat())
}

fn certificate_bag(der: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let value = sequence(&[object(oid::X509_CERTIFICATE), tlv(CONTEXT_0, &octets(der))]);
    bag(oid::CERTIFICATE_BAG, &value, attributes)
}

fn friendly_name_attribute(name: &str) -> Vec<u8> {
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    sequence(&[object(oid::FRIENDLY_NAME), set_of(&[tlv(tag::BMP_STRING, &units)])])
}

fn local_key_id(id: &[u8]) -> Vec<u8> {
    sequence(&[object(oid::LOCAL_KEY_ID), set_of(&[octets(id)])])
}

fn encrypted_safe(contents: &[u8], pass_phrase: &str) -> Result<Vec<u8>, LabError> {
    let (algorithm, ciphertext) = encrypt(contents, pass_phrase)?;
    let info = sequence(&[object(oid::PKCS7_DATA), algorithm, tlv(0x80, &ciphertext)]);
    Ok(content_info(oid::PKCS7_ENCRYPTED_DATA, &sequence(&[integer(0), info])))
}

/// The algorithm's identifier and the ciphertext.
fn encrypt(plain: &[u8], pass_phrase: &str) -> Result<(Vec<u8>, Vec<u8>), LabError> {
    let failed = |error: pkcs5::Error| LabError::Key(error.to_string());
    let salt = random::<16>()?;
    let parameters =
        pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(u32::from(ITERATIONS), &salt, random::<16>()?);
    let parameters = parameters.map_err(failed)?;
    let ciphertext = parameters.encrypt(pass_phrase, plain).map_err(failed)?;
    Ok((sequence(&[object(oid::PBES2), parameters.to_der()?]), ciphertext))
}

/// `MacData` over the authenticated safe (RFC 7292 §4).
fn mac_data(content: &[u8], pass_phrase: &str) -> Result<Vec<u8>, LabError> {
    let salt = random::<16>()?;
    let units = pass_phrase.encode_utf16().chain([0]);
    let pass_phrase: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
    let key = derive_key::<Sha256>(&pass_phrase, &salt, Pkcs12KeyType::Mac, ITERATIONS.into(), 32);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| LabError::Key(error.to_string()))?;
    mac.update(content);
    let digest = octets(&mac.finalize().into_bytes());
    let algorithm = sequence(&[object(oid::SHA256), NULL.to_vec()]);
    Ok(sequence(&[sequence(&[algorithm, digest]), octets(&salt), integer(ITERATIONS)]))
}

fn random<const N: usize>() -> Result<[u8; N], LabError> {
    let mut octets = [0; N];
    SysRng.try_fill_bytes(&mut octets).map_err(|error| LabError::Key(error.to_string()))?;
    Ok(octets)
}
