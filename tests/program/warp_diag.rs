//! The client's own archive beside the verdict: read in place, with limits. The archive is made here as
//! APPNOTE.TXT lays it out, stored and deflated.

use crate::support::run::{certposture, said};
use crate::support::schema::assert_valid;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// An archive of files, every second one deflated.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut data, mut directory) = (Vec::new(), Vec::new());
    for (number, (name, content)) in files.iter().enumerate() {
        let (method, packed) = match number % 2 {
            0 => (0_u16, content.to_vec()),
            _ => {
                let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(content).unwrap();
                (8, encoder.finish().unwrap())
            }
        };
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let offset = data.len() as u32;
        // Version, flags, method, time, date; CRC, sizes; lengths of name and extra field.
        let common = |version: &[u16]| -> Vec<u8> {
            let head = version.iter().copied().chain([0, method, 0, 0]).flat_map(u16::to_le_bytes);
            let sizes = [crc.sum(), packed.len() as u32, content.len() as u32];
            let lengths = [name.len() as u16, 0];
            head.chain(sizes.into_iter().flat_map(u32::to_le_bytes))
                .chain(lengths.into_iter().flat_map(u16::to_le_bytes))
                .collect()
        };
        data.extend([&b"PK\x03\x04"[..], &common(&[20]), name.as_bytes(), &packed].concat());
        let rest = [&[0; 10][..], &offset.to_le_bytes(), name.as_bytes()].concat();
        directory.extend([&b"PK\x01\x02"[..], &common(&[20, 20]), &rest].concat());
    }
    let (count, start) = (files.len() as u16, data.len() as u32);
    let end = [
        [0; 4].to_vec(),
        [count.to_le_bytes(), count.to_le_bytes()].concat(),
        (directory.len() as u32).to_le_bytes().to_vec(),
        start.to_le_bytes().to_vec(),
        vec![0; 2],
    ];
    [data, directory, b"PK\x05\x06".to_vec(), end.concat()].concat()
}

const POSTURE: &[u8] = b"Client certificate: Failed\n  \x1b[31mNo certificate\n";

fn diag() -> Vec<u8> {
    archive(&[
        ("warp-debugging-info/date.txt", b"2026-05-01 10:00:00 UTC\n"),
        ("warp-debugging-info/version.txt", b"2026.5.0\n"),
        ("warp-debugging-info/hostname.txt", b"LAPTOP-7F3K2"),
        ("warp-debugging-info/warp-device-posture.txt", POSTURE),
        ("warp-debugging-info/daemon.log", &[b'x'; 300_000]),
    ])
}

fn check(folder: &Path, zip: &[u8], more: &[&str]) -> std::process::Output {
    let file = folder.join("diag.zip");
    fs::write(&file, zip).unwrap();
    let fixtures = format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR"));
    let (ca, store) = (format!("{fixtures}/ca/root-ca.pem"), format!("nss:{fixtures}/nssdb-passing"));
    let check = ["check", "--at", "2026-01-01", "--cn", "device-042", "--ca", &ca, "--store", &store];
    certposture(&[&check[..], &["--log", file.to_str().unwrap()], more].concat())
}

#[test]
fn it_stands_beneath_the_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let output = check(folder.path(), &diag(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let text = said(&output);
    for wanted in [
        "PASS",
        "client 2026.5.0",
        "on LAPTOP-7F3K2",
        "at 2026-05-01 10:00:00 UTC",
        "Client certificate: Failed",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert!(!text.contains('\x1b') && text.contains("\\u{1b}[31mNo certificate"), "{text}");
    let document: Value = serde_json::from_slice(&check(folder.path(), &diag(), &["--json"]).stdout).unwrap();
    assert_valid(&document);
    assert_eq!(document["warp_diag"]["client_version"], "2026.5.0");
    assert_eq!(document["warp_diag"]["posture"], String::from_utf8_lossy(POSTURE).trim());
    let page = said(&check(folder.path(), &diag(), &["--format", "html"]));
    assert!(page.contains("The client itself (warp-diag)") && page.contains("LAPTOP-7F3K2"));
    // Nothing was unpacked.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn as_a_store_it_is_named_and_says_nothing_of_the_device() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("diag.zip");
    fs::write(&file, diag()).unwrap();
    let store = format!("file:{}", file.display());
    let output = certposture(&["check", "--cn", "device-042", "--store", &store, "--json"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["reasons"][0]["code"], "evidence-unreadable");
    let message = document["reasons"][0]["message"].as_str().unwrap();
    assert!(message.contains("archive of `warp-diag` (client 2026.5.0, device LAPTOP-7F3K2"), "{message}");
}

#[test]
fn hostile_archives_end_in_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    // A file that unpacks to far more than it is.
    let bomb =
        archive(&[("warp-status.txt", b"Connected"), ("warp-device-posture.txt", &vec![b'a'; 50 << 20])]);
    let text = said(&check(folder.path(), &bomb, &[]));
    assert!(text.contains("PASS") && text.contains("no warp-device-posture.txt"), "{text}");
    let whole = diag();
    for cut in [0, 1, 30, whole.len() / 2, whole.len() - 1] {
        let output = check(folder.path(), &whole[..cut], &[]);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{cut}: {}", said(&output));
    }
    for at in (0..whole.len()).step_by(97).chain(whole.len() - 400..whole.len()) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        fs::write(folder.path().join("damaged.zip"), damaged).unwrap();
        let read = certposture::warp_diag::WarpDiag::read(&folder.path().join("damaged.zip"));
        assert!(read.is_ok(), "{at}");
    }
}
