//! What is no certificate is called what it is, in every command alike.

use crate::support::run::{certposture, said};
use std::fs;
use std::path::Path;

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/files/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn pem() -> String {
    fs::read_to_string(fixture("rsa.pem")).unwrap()
}

fn request() -> Vec<u8> {
    fs::read(fixture("request.csr")).unwrap()
}

fn in_boundary_lines(bytes: &[u8]) -> Vec<u8> {
    use base64ct::{Base64, Encoding as _};
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", Base64::encode_string(bytes))
        .into()
}

/// What every command says of the file.
fn told(file: &Path) -> Vec<(&'static str, i32, String)> {
    let file = file.to_str().unwrap();
    let store = format!("file:{file}");
    let (ca, device) = (fixture("ca.pem"), fixture("rsa.pem"));
    let own = format!("file:{device}");
    let commands: [(&str, &[&str]); 5] = [
        ("verify", &["verify", "--ca", &ca, file]),
        ("verify --intermediate", &["verify", "--ca", &ca, "--intermediate", file, &device]),
        ("ca inspect", &["ca", "inspect", file]),
        ("check --ca", &["check", "--cn", "x", "--os", "linux", "--ca", file, "--store", &own]),
        ("check --store", &["check", "--cn", "x", "--os", "linux", "--ca", &ca, "--store", &store]),
    ];
    commands
        .into_iter()
        .map(|(name, arguments)| {
            let output = certposture(&[arguments, &["--format", "json"]].concat());
            (name, output.status.code().unwrap(), said(&output))
        })
        .collect()
}

#[test]
fn every_command_says_what_a_file_is() {
    let utf16: Vec<u8> =
        "A letter, without what it tells of.".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let lines: Vec<String> = pem().lines().map(str::to_owned).collect();
    let cases: [(Vec<u8>, &str); 11] = [
        (b"Hello, please find the certificate attached.\n".to_vec(), "is text without a certificate in it"),
        (b"<!DOCTYPE html>\n<html><title>Sign in</title></html>\n".to_vec(), "is a web page"),
        (b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), "is compressed with gzip"),
        ([b"\xff\xfe", &utf16[..]].concat(), "is text without a certificate in it"),
        (b"%PDF-1.7\n".to_vec(), "is a PDF document"),
        (Vec::new(), "is empty"),
        (request(), "is a certificate request (CSR)"),
        (lines[..lines.len() - 1].join("\n").into(), "no END line of the same kind follows"),
        (lines[1..].join("\n").into(), "is PEM whose boundary lines are damaged"),
        (pem().replace("-----", "\u{2014}").into(), "is PEM whose boundary lines are damaged"),
        (b"-----BEGIN CERTIFICATE-----\n<html>\n-----END CERTIFICATE-----\n".to_vec(), "is not base64"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    for (content, phrase) in cases {
        fs::write(&file, content).unwrap();
        for (command, status, said) in told(&file) {
            assert!(said.contains(phrase), "{command} of {phrase}: {said}");
            assert_eq!(status, 3, "{command} of {phrase}: {said}");
        }
    }
}

/// Something else between a certificate's boundary lines is a certificate that cannot be read, and called
/// what it is.
#[test]
fn what_a_certificate_s_boundary_lines_hold_is_named() {
    let request = String::from_utf8(request()).unwrap();
    let request = request.replace("CERTIFICATE REQUEST", "CERTIFICATE");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let cases: [(&[u8], &str); 3] = [
        (
            &in_boundary_lines(b"Hello, this is no certificate at all."),
            "it is text without a certificate in it",
        ),
        (&in_boundary_lines(b"\x1f\x8b\x08\0\0\0\0\0"), "it is compressed with gzip"),
        (request.as_bytes(), "it is a certificate request (CSR)"),
    ];
    for (content, phrase) in cases {
        fs::write(&file, content).unwrap();
        for (command, _, said) in told(&file).into_iter().take(4) {
            if command != "verify --intermediate" {
                assert!(said.contains(phrase), "{command} of {phrase}: {said}");
            }
        }
    }
}

/// PEM that tools write oddly is read, and by every command.
#[test]
fn odd_pem_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("device.pem");
    let pem = pem();
    let (head, tail) = pem.trim_end().rsplit_once('\n').unwrap();
    for odd in [
        pem.replace('\n', "\n\n"),
        pem.replacen('\n', "\n\n", 1),
        format!("{}===\n{tail}\n", head.trim_end_matches('=')),
        pem.lines().map(|line| format!("   {line}\r\n")).collect(),
    ] {
        fs::write(&file, &odd).unwrap();
        let output = certposture(&[
            "verify",
            "--ca",
            &fixture("ca.pem"),
            file.to_str().unwrap(),
            "--at",
            "2026-01-01T00:00:00Z",
        ]);
        assert_eq!(output.status.code(), Some(0), "{odd}{}", said(&output));
    }
}
