//! Text known by its words.

use super::FileKind;
use crate::encoding::{base64, certutil_store, pem};
use memchr::memmem;

/// How much of a text is looked through.
const LOOKED_AT: usize = 64 << 10;

/// What blocks of PEM there are; a certificate counts before everything else.
pub fn by_labels(bytes: &[u8]) -> FileKind {
    if memmem::find(bytes, b"-----BEGIN CERTIFICATE-----").is_some() {
        return FileKind::Pem;
    }
    let mut kind = None;
    pem::each_block(bytes, |block| {
        let Some(block) = block else { return };
        let this = of_label(block.label, block.body);
        if this == FileKind::Pem || kind.is_none() {
            kind = Some(this);
        }
    });
    kind.unwrap_or(FileKind::Pem)
}

fn of_label(label: &[u8], body: &[u8]) -> FileKind {
    match label {
        b"CERTIFICATE REQUEST" | b"NEW CERTIFICATE REQUEST" => FileKind::CertificateRequest,
        b"X509 CRL" => FileKind::RevocationList,
        b"PUBLIC KEY" | b"RSA PUBLIC KEY" => FileKind::PublicKey,
        b"OPENSSH PRIVATE KEY" => FileKind::OpenSshPrivateKey,
        b"TSS2 PRIVATE KEY" => FileKind::TpmPrivateKey,
        b"SSH2 PUBLIC KEY" => FileKind::SshPublicKey,
        b"ENCRYPTED PRIVATE KEY" => FileKind::EncryptedPrivateKey,
        _ if label.ends_with(b"PRIVATE KEY") && memmem::find(body, b"Proc-Type:").is_some() => {
            FileKind::EncryptedPrivateKey
        }
        _ if label.ends_with(b"PRIVATE KEY") => FileKind::PrivateKey,
        _ if label.starts_with(b"PGP ") => FileKind::Pgp,
        _ => FileKind::Pem,
    }
}

/// What the words of a text without PEM make it.
pub fn by_words(bytes: &[u8]) -> FileKind {
    let start = bytes.trim_ascii_start();
    let start = &start[..start.len().min(LOOKED_AT)];
    let Some(text) = as_text(start) else { return FileKind::Unknown };
    let lower = text.to_ascii_lowercase();
    let has = |word: &str| lower.contains(word);
    let begins = |word: &str| lower.starts_with(word);
    if begins("windows registry editor") || begins("regedit4") {
        FileKind::RegistryExport
    } else if has("hkey_") && has("reg_binary") {
        FileKind::RegistryQuery
    } else if text.lines().any(certutil_store::is_heading) {
        FileKind::CertutilStore
    } else if begins("<") {
        markup(&lower)
    } else if is_json(&lower) {
        json(&lower)
    } else if has("begin certificate") || has("end certificate") {
        FileKind::DamagedPem
    } else if has("certificate nickname") && has("trust attributes") {
        FileKind::NssListing
    } else if has("keychain: \"") && has("class: 0x") {
        FileKind::KeychainListing
    } else if has("certificate:\n") && has("signature algorithm:") {
        FileKind::OpensslText
    } else if begins("putty-user-key-file") {
        FileKind::PuttyPrivateKey
    } else if begins("ssh-") || begins("ecdsa-sha2-") {
        FileKind::SshPublicKey
    } else {
        listing(&lower)
            .unwrap_or_else(|| if base64::is_base64(bytes) { FileKind::Base64 } else { FileKind::Text })
    }
}

/// Text, not binary data: UTF-8 as far as it was cut, without control characters.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // A character that the limit cut in two.
        Err(error) if bytes.len() == LOOKED_AT && error.valid_up_to() + 4 > LOOKED_AT => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        // Latin-1 and other code pages: enough is ASCII for the words.
        Err(_) if mostly_ascii(bytes) => return Some(ascii_part(bytes)),
        Err(_) => return None,
    };
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    (!text.contains(control)).then_some(text)
}

fn mostly_ascii(bytes: &[u8]) -> bool {
    let printable = |byte: &&u8| (0x20..0x7f).contains(*byte) || byte.is_ascii_whitespace();
    !bytes.contains(&0) && bytes.iter().filter(printable).count() * 20 > bytes.len() * 19
}

fn ascii_part(bytes: &[u8]) -> &str {
    let end = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..end]).unwrap_or_default()
}

fn markup(lower: &str) -> FileKind {
    let has = |word: &str| lower.contains(word);
    if has("<html") || has("<!doctype html") {
        FileKind::Html
    } else if has("<plist") && has("payloadtype") {
        FileKind::MobileConfig
    } else if has("<plist") {
        FileKind::PropertyList
    } else if has("<objs") && has("schemas.microsoft.com/powershell") {
        FileKind::PowerShellXml
    } else {
        FileKind::Xml
    }
}

/// An object, or a list of objects or values; `[Section]` of an .ini file is none.
fn is_json(text: &str) -> bool {
    let list = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || list.is_some_and(|list| list.starts_with(['{', '[', '"', ']']))
}

fn json(lower: &str) -> FileKind {
    let has = |word: &str| lower.contains(word);
    if has("\"thumbprint\"") || has("\"rawdata\"") {
        FileKind::PowerShellJson
    } else if has("\"not_valid_after\"") || has("\"common_name\"") && has("\"authority_key_id\"") {
        FileKind::Osquery
    } else {
        FileKind::Json
    }
}

/// Tables by their headings.
fn listing(lower: &str) -> Option<FileKind> {
    let mut lines = lower.lines().map(str::trim).filter(|line| !line.is_empty()).take(8);
    lines.find_map(|line| {
        let has = |word: &str| line.contains(word);
        if line.starts_with("#type ") && has("x509certificate") || has("thumbprint") && line.contains(',') {
            Some(FileKind::PowerShellCsv)
        } else if has("thumbprint") && has("subject") {
            Some(FileKind::PowerShellTable)
        } else if has("common_name") && (has("not_valid_after") || has("authority_key_id")) {
            Some(FileKind::Osquery)
        } else {
            None
        }
    })
}
