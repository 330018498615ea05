//! PEM: the textual encoding of RFC 7468, read as loosely as OpenSSL and more so. Any text may stand
//! before, between and after the blocks, in any encoding and with any line ends.

use super::key::Encoding;
use super::{Collector, Form, Key, Seal, Undecodable, base64, der, pkcs7};
use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
use base64ct::{Base64, Encoding as _};
use memchr::memmem;
use zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The longest body that is decoded: the longest certificate in lines of a few characters takes no more.
const MAX_BODY: usize = 2 * super::MAX_CERTIFICATE;

/// The longest label; the longest in use has 21 characters.
const MAX_LABEL: usize = 64;

/// A block between its two boundary lines.
pub struct Block<'a> {
    pub label: &'a [u8],
    /// What stands between the boundary lines.
    pub body: &'a [u8],
    /// The block with its boundary lines.
    whole: &'a [u8],
}

/// The contents of a file of nothing but one plain certificate, as almost all are that hold one.
pub fn lone_certificate(bytes: &[u8]) -> Option<Vec<u8>> {
    let end = bytes.trim_ascii_end();
    let body =
        end.strip_prefix(b"-----BEGIN CERTIFICATE-----")?.strip_suffix(b"-----END CERTIFICATE-----")?;
    if body.len() > MAX_BODY {
        return None;
    }
    // No character of base64 begins another block, an escape or a mark of quoted mail.
    plain_contents(body)
}

/// Whether there is a boundary line in `bytes`.
pub fn is_pem(bytes: &[u8]) -> bool {
    memmem::find(bytes, BEGIN).is_some()
}

pub fn read(bytes: &[u8], found: &mut Collector) {
    each_block(bytes, |block| match block {
        Some(block) => read_block(block, found),
        None => found.damaged(Undecodable::NoEnd),
    });
}

/// Shows every block to `visit`; `None` for a beginning that has no end.
pub fn each_block(bytes: &[u8], mut visit: impl FnMut(Option<&Block<'_>>)) {
    let boundaries = Boundaries::new();
    let mut rest = bytes;
    while let Some(start) = boundaries.begin.find(rest) {
        rest = &rest[start..];
        let block = boundaries.block(rest);
        visit(block.as_ref());
        rest = &rest[block.map_or(BEGIN.len(), |block| block.whole.len())..];
    }
}

/// The searches for boundary lines: prepared once, because a file may have millions of them.
struct Boundaries {
    begin: memmem::Finder<'static>,
    end: memmem::Finder<'static>,
}

impl Boundaries {
    fn new() -> Self {
        Self { begin: memmem::Finder::new(BEGIN), end: memmem::Finder::new(END) }
    }

    /// The block at the start of `text`; `None` when another begins before it ends, or its two labels
    /// differ.
    fn block<'a>(&self, text: &'a [u8]) -> Option<Block<'a>> {
        let after_begin = &text[BEGIN.len()..];
        let label = label(after_begin)?;
        let body = &after_begin[label.len() + DASHES.len()..];
        // Looked for no further than the next block begins, so that a file full of beginnings is read in
        // linear time.
        let next = self.begin.find(body).unwrap_or(body.len());
        let end = self.end.find(&body[..next])?;
        let after_end = body[end..].strip_prefix(END)?.strip_prefix(label)?.strip_prefix(DASHES)?;
        Some(Block { label, body: &body[..end], whole: &text[..text.len() - after_end.len()] })
    }
}

fn label(text: &[u8]) -> Option<&[u8]> {
    let near = &text[..text.len().min(MAX_LABEL + DASHES.len())];
    near.windows(DASHES.len()).position(|window| window == DASHES).map(|end| &text[..end])
}

fn read_block(block: &Block<'_>, found: &mut Collector) {
    match block.label {
        b"CERTIFICATE" | b"X509 CERTIFICATE" | b"X.509 CERTIFICATE" | b"PKCS12" => match contents(block) {
            Some(bytes) => found.any(&bytes),
            None if block.body.len() > MAX_BODY => found.damaged(Undecodable::TooLarge),
            None => found.damaged(Undecodable::NotBase64),
        },
        // OpenSSL's own: trust settings follow the certificate.
        b"TRUSTED CERTIFICATE" => match contents(block).as_deref().and_then(der::first_element) {
            Some(der) => found.certificate(der),
            None => found.damaged(Undecodable::Form),
        },
        b"PKCS7" | b"CMS" | b"PKCS #7 SIGNED DATA" => match contents(block) {
            Some(der) => {
                if found.objects.form == Form::Pem {
                    found.objects.form = Form::Pkcs7;
                }
                pkcs7::read(&der, found);
            }
            None => found.damaged(Undecodable::NotBase64),
        },
        b"ENCRYPTED PRIVATE KEY" => found.key(Key::Sealed(Seal::Encrypted)),
        b"OPENSSH PRIVATE KEY" => found.key(Key::Sealed(Seal::OpenSsh)),
        b"TSS2 PRIVATE KEY" => found.key(Key::Sealed(Seal::Tpm)),
        b"PRIVATE KEY" => read_key(block, Encoding::Pkcs8, found),
        b"RSA PRIVATE KEY" => read_key(block, Encoding::Pkcs1, found),
        b"EC PRIVATE KEY" => read_key(block, Encoding::Sec1, found),
        b"DSA PRIVATE KEY" | b"ANY PRIVATE KEY" => found.key(Key::Sealed(Seal::Unknown)),
        // Requests, CRLs, parameters, public keys: nothing that a store of certificates could hold.
        _ => {}
    }
}

fn contents(block: &Block<'_>) -> Option<Vec<u8>> {
    if block.body.len() > MAX_BODY {
        return None;
    }
    let strict = || pem::parse(block.whole).ok().map(pem::Pem::into_contents);
    plain_contents(block.body)
        .or_else(strict)
        .or_else(|| base64::decode(&without_mail(block.body)).map(|bytes| bytes.to_vec()))
}

/// The contents of a body of nothing but lines of base64, as almost all are; `None` leaves it to the
/// slower reader of headers, blanks and blank lines.
fn plain_contents(body: &[u8]) -> Option<Vec<u8>> {
    let body = body.strip_prefix(b"\r").unwrap_or(body).strip_prefix(b"\n")?.strip_suffix(b"\n")?;
    let mut text = Vec::with_capacity(body.len());
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return None;
        }
        text.extend_from_slice(line);
    }
    STANDARD.decode(text).ok()
}

/// A body as it was before a mail program wrote `=3D` for each equals sign.
fn without_mail(body: &[u8]) -> Vec<u8> {
    let mut rest = body;
    let mut plain = Vec::with_capacity(body.len());
    while let Some(at) = memmem::find(rest, b"=3D") {
        plain.extend_from_slice(&rest[..=at]);
        rest = &rest[at + 3..];
    }
    plain.extend_from_slice(rest);
    plain
}

/// Decodes a private key in a buffer that is wiped. (The `pem` crate leaves a copy of the text in
/// memory that it gives back.)
fn read_key(block: &Block<'_>, encoding: Encoding, found: &mut Collector) {
    // RFC 1421 §4.6.1.1, which OpenSSL's traditional formats still use.
    if memmem::find(block.body, b"Proc-Type:").is_some() {
        return found.key(Key::Sealed(Seal::Encrypted));
    }
    let mut buffer = without_white_space(block.body);
    match Base64::decode_in_place(&mut buffer) {
        Ok(der) => found.private_key(encoding, der),
        Err(_) => found.damaged(Undecodable::NotBase64),
    }
}

/// The characters of a block's body, in a buffer that is wiped and never moves.
pub fn without_white_space(body: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut buffer = Zeroizing::new(Vec::with_capacity(body.len()));
    buffer.extend(body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()));
    buffer
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text before the block leaves it to the general reader.
    #[test]
    fn a_lone_certificate_is_read_as_among_other_text() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/files/rsa.pem");
        let text = std::fs::read_to_string(file).unwrap();
        assert!(lone_certificate(text.as_bytes()).is_some());
        let longer = format!("subject=CN = device\n{text}");
        assert!(lone_certificate(longer.as_bytes()).is_none());
        assert_eq!(crate::encoding::read(text.as_bytes()), crate::encoding::read(longer.as_bytes()));
    }

    /// The `pem` crate is the yardstick: the quick reader says the same, or leaves it to that one.
    #[test]
    fn the_quick_reader_says_what_the_slow_one_says() {
        let bodies = [
            "\nAAECAwQFBgcICQ==\n",
            "\r\nAAECAwQF\r\nBgcICQ==\r\n",
            "\nAAEC\nAwQFBgcICQ==\n",
            "\n\nAAECAwQFBgcICQ==\n",
            "\nAAEC\n\nAwQFBgcICQ==\n",
            "\nProc-Type: 4,CLEAR\n\nAAECAwQFBgcICQ==\n",
            "\n AAECAwQFBgcICQ== \n",
            "\nAAECAwQFBgcICQ=\n",
            "\nAAECAwQFBgcICR==\n",
            "\nAAECAwQFBgcICQ==AAEC\n",
            "\nAAECAwQF\rBgcICQ==\n",
            "\n\n",
            "\n",
            "",
        ];
        let mut quick = 0;
        for body in bodies {
            let text = format!("-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----");
            let slow = pem::parse(&text).ok().map(pem::Pem::into_contents);
            if let Some(contents) = plain_contents(body.as_bytes()) {
                assert_eq!(Some(contents), slow, "{body:?}");
                quick += 1;
            }
        }
        assert_eq!(quick, 3);
    }
}
