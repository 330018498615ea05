//! PKCS #12 (RFC 7292): certificates with their friendly names, and private keys.
//!
//! Of the keys nothing leaves this module but the public key that belongs to each.

mod ber;
mod decrypt;

use super::key::Encoding;
use super::{Collector, Key, Seal, Undecodable, Unrecognized};
use crate::certificate::oid;
use crate::certificate::tlv::{Reader, tag};
use crate::text;
use decrypt::Failure;
use std::path::PathBuf;
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// The variable that holds the pass phrase of PKCS #12 files.
pub const PASS_PHRASE_VARIABLE: &str = "CERTPOSTURE_P12_PASSWORD";

/// How deep bags of bags may lie in one another.
const MAX_DEPTH: usize = 4;

/// The most encrypted parts that are decrypted in one file.
const MAX_DECRYPTIONS: usize = 64;

/// Rounds of hashing that are spent on one file, some seconds of work. NSS asks for 600,000 per part,
/// OpenSSL for 2048; one that asks for as many as this in a single part is a trap.
const MAX_ROUNDS: u32 = 20_000_000;

/// The tag of `[0] EXPLICIT`, and of `[0] IMPLICIT` around something constructed.
const CONTEXT_0: u8 = 0xa0;
/// The tag of `[0] IMPLICIT OCTET STRING` in one piece.
const CONTEXT_0_PRIMITIVE: u8 = 0x80;

/// Where the user gave the pass phrase of PKCS #12 files. It never stands on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PassPhrase {
    /// In the first line of this file.
    File(PathBuf),
    /// In the environment.
    Variable,
    No,
}

static FROM_FILE: OnceLock<(PathBuf, Zeroizing<String>)> = OnceLock::new();

/// Takes the pass phrase from the first line of `bytes`, which were read from `file`. The first one given counts.
pub fn give_pass_phrase(file: PathBuf, bytes: &[u8]) {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let _ = FROM_FILE.set((file, Zeroizing::new(String::from_utf8_lossy(line).into_owned())));
}

/// Where the pass phrase is that the user gave, for a command that needs it too.
pub fn pass_phrase_given() -> PassPhrase {
    match (FROM_FILE.get(), std::env::var_os(PASS_PHRASE_VARIABLE)) {
        (Some((file, _)), _) => PassPhrase::File(file.clone()),
        (None, Some(_)) => PassPhrase::Variable,
        (None, None) => PassPhrase::No,
    }
}

/// The pass phrases to try: the user's, then the empty one that many files have.
pub fn pass_phrases() -> Vec<Zeroizing<String>> {
    let from_file = FROM_FILE.get().map(|(_, phrase)| phrase.clone());
    let from_environment = std::env::var_os(PASS_PHRASE_VARIABLE)
        .map(|text| Zeroizing::new(text.to_string_lossy().into_owned()));
    from_file.into_iter().chain(from_environment).chain([Zeroizing::default()]).collect()
}

/// Whether `bytes` begin like a `PFX`: version 3, then a `ContentInfo`, in DER or BER.
pub fn is_pkcs12(bytes: &[u8]) -> bool {
    let content = match bytes {
        [tag::SEQUENCE, length @ (0x81..=0x84), rest @ ..] => rest.get(usize::from(length & 0x7f)..),
        [tag::SEQUENCE, _, rest @ ..] => Some(rest),
        _ => None,
    };
    content.is_some_and(|content| content.starts_with(&[tag::INTEGER, 1, 3, tag::SEQUENCE]))
}

/// Reads every certificate and key that one of the pass phrases opens.
pub fn read(
    bytes: &[u8],
    pass_phrases: &[Zeroizing<String>],
    found: &mut Collector,
) -> Result<(), Unrecognized> {
    let mut file =
        File { pass_phrases, found, decryptions: 0, rounds_left: MAX_ROUNDS, failure: None, certificates: 0 };
    if file.read_pfx(bytes).is_none() {
        file.found.damaged(Undecodable::Form);
    }
    match (file.certificates, file.failure) {
        (0, Some(Failure::PassPhrase)) => Err(Unrecognized::PassPhrase),
        (0, Some(Failure::Scheme)) => Err(Unrecognized::Encryption),
        (_, Some(_)) => {
            file.found.damaged(Undecodable::Form);
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

struct File<'a> {
    pass_phrases: &'a [Zeroizing<String>],
    found: &'a mut Collector,
    decryptions: usize,
    rounds_left: u32,
    /// Why a part that holds certificates stayed encrypted.
    failure: Option<Failure>,
    certificates: usize,
}

impl File<'_> {
    /// `PFX`: a version, then a `ContentInfo` of data that hold the `AuthenticatedSafe`, which is a
    /// list of `ContentInfo`. The message authentication code that may follow is not looked at:
    /// nothing here depends on who made the file.
    fn read_pfx(&mut self, bytes: &[u8]) -> Option<()> {
        let pfx = ber::definite(bytes)?;
        let mut parts = members(&pfx)?;
        parts.next_if(tag::INTEGER)?;
        let info = parts.next_if(tag::SEQUENCE)?;
        let (content_type, content) = content_info(&pfx[info.whole])?;
        if content_type != oid::PKCS7_DATA {
            return None;
        }
        let safe = ber::definite(octets(content)?)?;
        let mut infos = members(&safe)?;
        while let Some(info) = infos.next_tlv() {
            if self.read_content_info(&safe[info.whole]).is_none() {
                self.found.damaged(Undecodable::Form);
            }
        }
        Some(())
    }

    fn read_content_info(&mut self, info: &[u8]) -> Option<()> {
        let (content_type, content) = content_info(info)?;
        if content_type == oid::PKCS7_DATA {
            return self.read_bags(octets(content)?, MAX_DEPTH);
        }
        if content_type != oid::PKCS7_ENCRYPTED_DATA {
            self.failure = Some(Failure::Scheme);
            return Some(());
        }
        let (algorithm, ciphertext) = encrypted_content(content)?;
        match self.decrypt(algorithm, &ciphertext) {
            Ok(plain) => self.read_bags(&plain, MAX_DEPTH),
            Err(failure) => {
                self.failure = Some(failure);
                Some(())
            }
        }
    }

    /// `SafeContents`: a list of bags.
    fn read_bags(&mut self, contents: &[u8], depth: usize) -> Option<()> {
        let contents = ber::definite(contents)?;
        let mut bags = members(&contents)?;
        while let Some(bag) = bags.next_tlv() {
            if self.read_bag(&contents[bag.whole], depth).is_none() {
                self.found.damaged(Undecodable::Form);
            }
        }
        bags.is_empty().then_some(())
    }

    fn read_bag(&mut self, bag: &[u8], depth: usize) -> Option<()> {
        let mut parts = members(bag)?;
        let kind = bag[parts.next_if(tag::OBJECT_IDENTIFIER)?.content].strip_prefix(oid::PKCS12_BAG_ARC)?;
        let value = &bag[parts.next_if(CONTEXT_0)?.content];
        let attributes = parts.next_if(tag::SET).map(|set| &bag[set.content]);
        match kind {
            [1] => self.found.private_key(Encoding::Pkcs8, value),
            [2] => self.read_shrouded_key(value)?,
            [3] => {
                let label = attributes.and_then(friendly_name);
                self.certificates += usize::from(self.read_certificate(value, label)?);
            }
            [6] if depth > 0 => self.read_bags(value, depth - 1)?,
            // Revocation lists and secrets.
            _ => {}
        }
        Some(())
    }

    /// Whether the bag held an X.509 certificate; there are other kinds.
    fn read_certificate(&mut self, bag: &[u8], label: Option<String>) -> Option<bool> {
        let mut parts = members(bag)?;
        let is_x509 = bag[parts.next_if(tag::OBJECT_IDENTIFIER)?.content] == *oid::X509_CERTIFICATE;
        if is_x509 {
            let value = parts.next_if(CONTEXT_0)?;
            let der = Reader::within(bag, &value.content).next_if(tag::OCTET_STRING)?;
            self.found.labelled(&bag[der.content], label);
        }
        Some(is_x509)
    }

    /// `EncryptedPrivateKeyInfo` (RFC 5958 §3). A key that no pass phrase opens is still a key.
    fn read_shrouded_key(&mut self, value: &[u8]) -> Option<()> {
        let mut parts = members(value)?;
        let algorithm = parts.next_if(tag::SEQUENCE)?;
        let ciphertext = parts.next_if(tag::OCTET_STRING)?;
        match self.decrypt(&value[algorithm.whole], &value[ciphertext.content]) {
            Ok(plain) => self.found.private_key(Encoding::Pkcs8, &plain),
            Err(_) => self.found.key(Key::Sealed(Seal::Encrypted)),
        }
        Some(())
    }

    /// Decrypts with the first pass phrase that gives something plausible: one wrong phrase in 256
    /// leaves a correct padding by chance.
    fn decrypt(&mut self, algorithm: &[u8], ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
        self.found.objects.is_new_pkcs12 |= decrypt::is_pbes2(algorithm);
        let mut failure = Failure::Scheme;
        for pass_phrase in self.pass_phrases {
            self.decryptions += 1;
            if self.decryptions > MAX_DECRYPTIONS {
                return Err(Failure::Scheme);
            }
            match decrypt::decrypt(algorithm, ciphertext, pass_phrase, &mut self.rounds_left) {
                Ok(plain) if looks_like_sequence(&plain) => return Ok(plain),
                Ok(_) => failure = Failure::PassPhrase,
                Err(why) => failure = why,
            }
        }
        Err(failure)
    }
}

/// A SEQUENCE that fills the bytes, as both bags and keys are.
fn looks_like_sequence(plain: &[u8]) -> bool {
    let mut reader = Reader::new(plain);
    plain.starts_with(&[tag::SEQUENCE, 0x80])
        || (reader.next_if(tag::SEQUENCE).is_some() && reader.is_empty())
}

fn members(sequence: &[u8]) -> Option<Reader<'_>> {
    let outer = Reader::new(sequence).next_if(tag::SEQUENCE)?;
    Some(Reader::within(sequence, &outer.content))
}

/// Type and content of a `ContentInfo` (RFC 5652 §3).
fn content_info(info: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut parts = members(info)?;
    let content_type = parts.next_if(tag::OBJECT_IDENTIFIER)?;
    let content = parts.next_if(CONTEXT_0)?;
    Some((&info[content_type.content], &info[content.content]))
}

fn octets(element: &[u8]) -> Option<&[u8]> {
    let string = Reader::new(element).next_if(tag::OCTET_STRING)?;
    Some(&element[string.content])
}

/// Algorithm and ciphertext of an `EncryptedData` (RFC 5652 §8).
fn encrypted_content(data: &[u8]) -> Option<(&[u8], Vec<u8>)> {
    let mut parts = members(data)?;
    parts.next_if(tag::INTEGER)?;
    let info = &data[parts.next_if(tag::SEQUENCE)?.whole];
    let mut parts = members(info)?;
    parts.next_if(tag::OBJECT_IDENTIFIER)?;
    let algorithm = parts.next_if(tag::SEQUENCE)?;
    let content = parts.next_tlv()?;
    let ciphertext = match content.tag {
        CONTEXT_0_PRIMITIVE => info[content.content].to_vec(),
        CONTEXT_0 => ber::joined(&info[content.content])?,
        _ => return None,
    };
    Some((&info[algorithm.whole], ciphertext))
}

/// The friendly name among a bag's attributes, a BMPString.
fn friendly_name(attributes: &[u8]) -> Option<String> {
    let mut list = Reader::new(attributes);
    while let Some(attribute) = list.next_if(tag::SEQUENCE) {
        let mut parts = Reader::within(attributes, &attribute.content);
        if attributes[parts.next_if(tag::OBJECT_IDENTIFIER)?.content] != *oid::FRIENDLY_NAME {
            continue;
        }
        let values = parts.next_if(tag::SET)?;
        let name = Reader::within(attributes, &values.content).next_if(tag::BMP_STRING)?;
        let units =
            attributes[name.content].chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        // Some programs write the NUL that ends a C string, and importers stop at it.
        return Some(text::utf16_before_nul(units)).filter(|name| !name.is_empty());
    }
    None
}

#[cfg(test)]
mod tests;
