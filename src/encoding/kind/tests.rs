//! Against files that the tools made, and the first bytes or words that each kind is known by.

use super::*;
use crate::encoding::{self, Unrecognized};
use std::fs;
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).join(name)).unwrap()
}

#[test]
fn names_what_the_tools_write() {
    let cases = [
        ("files/rsa.pem", FileKind::Pem),
        ("files/both.p7b", FileKind::Pem),
        ("files/rsa-trusted.pem", FileKind::Pem),
        ("files/rsa-text.pem", FileKind::Pem),
        ("files/rsa.der", FileKind::Certificate),
        ("files/both-der.p7b", FileKind::Pkcs7),
        ("files/rsa.p12", FileKind::Pkcs12),
        ("files/request.csr", FileKind::CertificateRequest),
        ("files/rsa.key", FileKind::PrivateKey),
        ("files/p256.key", FileKind::PrivateKey),
        ("files/rsa-pkcs1.der", FileKind::PrivateKey),
        ("files/rsa-pkcs8.der", FileKind::PrivateKey),
        ("files/p256-sec1.der", FileKind::PrivateKey),
        ("files/rsa-encrypted.key", FileKind::EncryptedPrivateKey),
        ("files/rsa-traditional-encrypted.key", FileKind::EncryptedPrivateKey),
        ("files/rsa-encrypted.der", FileKind::EncryptedPrivateKey),
        ("serialized/store.sst", FileKind::SerializedStore),
        ("serialized/with-key.blob", FileKind::SerializedCertificate),
        ("nssdb-passing/cert9.db", FileKind::NssCertificates),
        ("nssdb-passing/key4.db", FileKind::NssKeys),
    ];
    for (name, kind) in cases {
        assert_eq!(FileKind::of(&fixture(name)), kind, "{name}");
    }
}

#[test]
fn names_what_people_send() {
    let cases: [(&[u8], FileKind); 38] = [
        (b"", FileKind::Empty),
        (b" \r\n\t", FileKind::Empty),
        (b"kych\0\x01\0\0", FileKind::Keychain),
        (b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ", FileKind::AppleDouble),
        (b"SQLite format 3\0 CREATE TABLE genp(rowid ...)", FileKind::DataProtectionKeychain),
        (b"SQLite format 3\0 CREATE TABLE moz_places(id ...)", FileKind::Sqlite),
        (b"\0\x06\x15\x61\0\0\0\x02", FileKind::NssLegacy),
        (b"regf\0\0", FileKind::RegistryHive),
        (b"\x1f\x8b\x08\0", FileKind::Gzip),
        (b"PK\x03\x04\x14\0", FileKind::Zip),
        (b"\xfe\xed\xfe\xed\0\0\0\x02", FileKind::JavaKeyStore),
        (b"%PDF-1.7", FileKind::Pdf),
        (b"MZ\x90\0", FileKind::Executable),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", FileKind::Html),
        (
            b"<?xml version=\"1.0\"?><plist><dict><key>PayloadType</key></dict></plist>",
            FileKind::MobileConfig,
        ),
        (b"<?xml version=\"1.0\"?><plist><dict/></plist>", FileKind::PropertyList),
        (
            b"<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">",
            FileKind::PowerShellXml,
        ),
        (b"<?xml version=\"1.0\"?><a/>", FileKind::Xml),
        (b"[{\"Subject\":\"CN=a\",\"Thumbprint\":\"AB\",\"RawData\":[48,130]}]", FileKind::PowerShellJson),
        (b"[{\"common_name\":\"a\",\"not_valid_after\":\"1\",\"authority_key_id\":\"\"}]", FileKind::Osquery),
        (b"common_name,subject,not_valid_after,sha1\na,b,c,d", FileKind::Osquery),
        (b"{\"a\":1}", FileKind::Json),
        (
            b"#TYPE System.Security.Cryptography.X509Certificates.X509Certificate2\r\n\"a\"",
            FileKind::PowerShellCsv,
        ),
        (b"\"PSPath\",\"Thumbprint\",\"Subject\"\r\n\"x\",\"AB\",\"CN=a\"", FileKind::PowerShellCsv),
        (
            b"\r\nThumbprint                Subject\r\n----------                -------\r\n",
            FileKind::PowerShellTable,
        ),
        (b"my \"Personal\"\r\n================ Certificate 0 ================\r\n", FileKind::CertutilStore),
        (
            b"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\X]\r\n",
            FileKind::RegistryExport,
        ),
        (b"\r\nHKEY_LOCAL_MACHINE\\X\r\n    Blob    REG_BINARY    0300\r\n", FileKind::RegistryQuery),
        (b"\nCertificate Nickname     Trust Attributes\n\ndevice   u,u,u\n", FileKind::NssListing),
        (
            b"keychain: \"/Library/Keychains/System.keychain\"\nversion: 256\nclass: 0x80001000 \n",
            FileKind::KeychainListing,
        ),
        (b"Certificate:\n    Data:\n        Signature Algorithm: ecdsa-with-SHA256\n", FileKind::OpensslText),
        (b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 jo@laptop", FileKind::SshPublicKey),
        (
            b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbg==\n-----END OPENSSH PRIVATE KEY-----\n",
            FileKind::OpenSshPrivateKey,
        ),
        (
            b"-----BEGIN TSS2 PRIVATE KEY-----\nMAA=\n-----END TSS2 PRIVATE KEY-----\n",
            FileKind::TpmPrivateKey,
        ),
        (b"-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n", FileKind::RevocationList),
        (b"-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n", FileKind::PublicKey),
        (b"Hello, here is the certificate you asked for.", FileKind::Text),
        (b"\x01\x02\x03\x04", FileKind::Unknown),
    ];
    for (bytes, kind) in cases {
        assert_eq!(FileKind::of(bytes), kind, "{}", String::from_utf8_lossy(bytes));
    }
}

/// The certificate of `files/rsa.pem` in other clothes.
#[test]
fn reads_a_certificate_in_any_clothes() {
    let der = fixture("files/rsa.der");
    let pem = String::from_utf8(fixture("files/rsa.pem")).unwrap();
    let utf16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| {
        [mark.to_vec(), pem.encode_utf16().flat_map(unit).collect::<Vec<u8>>()].concat()
    };
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let clothes: [(&str, Vec<u8>); 11] = [
        ("UTF-16 LE", utf16(b"\xff\xfe", u16::to_le_bytes)),
        ("UTF-16 BE", utf16(b"\xfe\xff", u16::to_be_bytes)),
        ("UTF-16 without a mark", utf16(b"", u16::to_le_bytes)),
        ("UTF-8 with a mark", [b"\xef\xbb\xbf", pem.as_bytes()].concat()),
        ("one line", pem.trim().replace('\n', "\\n").into_bytes()),
        ("one line, escaped twice", pem.trim().replace('\n', "\\\\r\\\\n").into_bytes()),
        ("JSON", format!("{{\"certificates\":\"{}\"}}", pem.replace('\n', "\\n")).into_bytes()),
        ("quoted mail", pem.lines().map(|line| format!("> > {line}\r\n")).collect::<String>().into_bytes()),
        ("blank lines", pem.replace('\n', "\n\n").into_bytes()),
        ("bare base64", base64.clone().into_bytes()),
        (
            "bare base64 in lines",
            pem.lines().filter(|l| !l.starts_with('-')).collect::<Vec<_>>().join("\r\n").into_bytes(),
        ),
    ];
    for (name, bytes) in clothes {
        let read = encoding::certificates(&bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(read, std::slice::from_ref(&der), "{name}");
    }
}

/// certutil -encode and others put any file between PEM's boundary lines.
#[test]
fn reads_any_form_within_boundary_lines() {
    use base64ct::{Base64, Encoding as _};
    let armour = |label: &str, bytes: &[u8]| {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", Base64::encode_string(bytes))
    };
    let count = |text: String| encoding::certificates(text.as_bytes()).map(|certificates| certificates.len());
    assert_eq!(count(armour("CERTIFICATE", &fixture("files/both-der.p7b"))), Ok(2));
    assert_eq!(count(armour("PKCS7", &fixture("files/both-der.p7b"))), Ok(2));
    assert_eq!(count(armour("CERTIFICATE", &fixture("serialized/store.sst"))), Ok(2));
    assert_eq!(count(armour("X509 CERTIFICATE", &fixture("files/rsa.der"))), Ok(1));
    assert_eq!(count(armour("PKCS12", &fixture("pkcs12/aes.p12"))), Err(Unrecognized::PassPhrase));
}

#[test]
fn what_is_not_read_is_named_with_what_to_do() {
    let said = |bytes: &[u8]| encoding::read(bytes).unwrap_err().to_string();
    let keychain = said(b"kych\0\x01\0\0");
    assert!(keychain.starts_with("is a macOS keychain; give it as keychain:"), "{keychain}");
    assert!(said(b"\x1f\x8b\x08\0").contains("gzip -d"));
    let request = encoding::read(&fixture("files/request.csr")).unwrap();
    assert_eq!((request.certificates.len(), request.kind), (0, FileKind::CertificateRequest));
}
