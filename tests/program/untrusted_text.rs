//! Text of certificates, nicknames, rules and file names never reaches a terminal, a document or a
//! suggested command as it is.

use crate::support::forge::{self, Key, Template, der};
use crate::support::nssdb::TestDb;
use crate::support::run::certposture;
use crate::support::unsigned::{Spec, UTF8, name, tlv};
use std::fs;
use std::path::Path;

/// Values of a common name: the tag of the string type, and its octets.
fn hostile_values() -> Vec<(u8, Vec<u8>)> {
    let text = |text: &str| (UTF8, text.as_bytes().to_vec());
    vec![
        text("bell\u{7} backspace\u{8} escape\u{1b}[2J\u{1b}]0;title\u{7}"),
        text("line\nPASS  forged\r\u{b}\u{c}\u{85}\u{2028}PASS  forged\u{2029}"),
        text("c1 \u{9b}2J \u{9d}0;title\u{9c} \u{90}q"),
        text(
            "bidi \u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}",
        ),
        text("zero\u{200b}width\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{180e}"),
        text("tags\u{e0041}\u{e007f} selectors\u{fe0f}\u{e0100} filler\u{3164}\u{115f}\u{ffa0}"),
        text("<script>alert(1)</script>\" onmouseover='x' &amp; <img src=x>"),
        text("nul\0after"),
        // Not UTF-8: overlong forms of '/' and NUL, a surrogate, beyond U+10FFFF, cut short.
        (UTF8, b"overlong\xc0\xaf\xc0\x80 surrogate\xed\xa0\x80 beyond\xf4\x90\x80\x80 cut\xe2\x80".to_vec()),
        // BMPString: a lone high and a lone low surrogate, an escape, half a character.
        (0x1e, b"\xd8\x00\0a\xdc\x00\0\x1b\0[\0m\x20\x2e\0".to_vec()),
        // UniversalString beyond Unicode, T61String and PrintableString with anything.
        (0x1c, b"\0\x11\0\0\0\0\x20\x2e\0\0\0\x1b".to_vec()),
        (0x14, b"t61 \x9b2J\xff\x1b".to_vec()),
        (0x13, b"printable \x1b[31m\x9b\n".to_vec()),
    ]
}

/// Written anew, lest the test believe what the program believes.
fn may_not_be_shown(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(u32::from(c),
            0xad | 0x61c | 0x115f | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x2069 | 0x3164
            | 0xfe0f | 0xfeff | 0xffa0 | 0xe0000..=0xe0fff)
}

#[track_caller]
fn assert_harmless(arguments: &[&str]) -> String {
    let output = certposture(arguments);
    assert!(output.status.code().is_some_and(|code| code != 2), "{arguments:?}: {output:?}");
    let mut said = String::new();
    for part in [output.stdout, output.stderr] {
        said.push_str(&String::from_utf8(part).expect("UTF-8"));
    }
    if let Some(at) = said.find(may_not_be_shown) {
        let around: String = said[at..].chars().take(20).collect();
        panic!("{arguments:?} shows {:?}", around);
    }
    assert!(!said.lines().any(|line| line.starts_with("PASS  forged")), "{said}");
    said
}

/// A root, and what it issues for a subject in DER.
struct Authority {
    key: Key,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let (key, folder) = (Key::p256("root"), tempfile::tempdir().unwrap());
        let root = Template::ca("CN=Root CA", &key, "CN=Root CA").der(&key, key.scheme());
        fs::write(folder.path().join("ca.der"), root).unwrap();
        Self { key, folder }
    }

    fn ca(&self) -> String {
        self.folder.path().join("ca.der").to_str().unwrap().to_owned()
    }

    fn issue(&self, subject: &[u8], serial: u8) -> (Spec, Vec<u8>) {
        let mut template = Template::new("CN=replaced below", &Key::p256("device"), "CN=Root CA");
        template.subject = subject.to_vec();
        template.serial = der::integer(&[serial]);
        template = template.with(forge::alternative_names(&[tlv(0x82, subject), tlv(0x86, subject)]));
        let mut spec = Spec::new(subject.to_vec(), u64::from(serial), 0, 4_000_000_000);
        spec.issuer = der::name("CN=Root CA");
        (spec, template.der(&self.key, self.key.scheme()))
    }
}

fn nss(database: &TestDb) -> String {
    format!("nss:{}", database.path().display())
}

const AT: &str = "2025-01-01T00:00:00Z";

#[test]
fn hostile_names_and_nicknames_in_every_output() {
    let authority = Authority::new();
    let mut database = TestDb::new();
    let files = tempfile::tempdir().unwrap();
    for (number, (string_type, value)) in hostile_values().into_iter().enumerate() {
        let cn = name(&[(&[0x55, 4, 10], string_type, &value), (&[0x55, 4, 3], string_type, &value)]);
        let (spec, der) = authority.issue(&cn, number as u8 + 1);
        database.add_value(&value, Some("jo@example.com"), &spec, &der);
        fs::write(files.path().join(format!("{number}.der")), der).unwrap();
    }
    let (nss, files, ca) = (nss(&database), format!("file:{}", files.path().display()), authority.ca());
    for format in ["table", "json", "html"] {
        for store in [&nss, &files] {
            for verbosity in [&[][..], &["-v"]] {
                let common = [&["--store", store, "--format", format, "--at", AT], verbosity].concat();
                for first in [
                    &["list"][..],
                    &["list", "--cn", "line"],
                    &["check", "--cn", "bidi", "--ca", &ca],
                    &["verify", "--ca", &ca],
                ] {
                    // `list` and `verify` have no report in HTML of their own in every version.
                    if format == "html" && certposture(&[first, &common].concat()).status.code() == Some(2) {
                        continue;
                    }
                    let said = assert_harmless(&[first, &common].concat());
                    assert!(format != "html" || !said.contains("<script>alert") && !said.contains("<img"));
                }
            }
        }
    }
    // The names are there all the same: escaped, not dropped.
    let list = assert_harmless(&["list", "--store", &nss]);
    for shown in [r"escape\u{1b}[2J", r"\u{202e}", r"width\u{200c}", r"overlong\xc0\xaf"] {
        assert!(list.contains(shown), "{shown} is not in\n{list}");
    }
}

#[test]
fn hostile_arguments_and_file_names() {
    let authority = Authority::new();
    let (folder, ca) = (tempfile::tempdir().unwrap(), authority.ca());
    let evil = "evil\u{1b}[2J\nPASS  forged\u{202e}";
    let path = folder.path().join(evil);
    fs::write(&path, "no certificate").unwrap();
    let path = path.to_str().unwrap();
    let gone = format!("{path}-gone");
    for format in ["table", "json"] {
        for arguments in [
            &["check", "--cn", evil, "--ca", &ca, "--store", &format!("file:{path}")][..],
            &["check", "--cn", "x", "--ca", path],
            &["check", "--cn", "x", "--ca", &gone],
            &["check", "--rule", path, "--ca", &ca],
            &["ca", "inspect", path],
            &["verify", "--ca", &ca, path],
            &["list", "--cn", evil, "--store", "file:/nowhere"],
            &["list", "--store", &format!("file:{path}")],
            &["list", "--store", &format!("nss:{gone}")],
            &["list", "--store", &format!("keychain:{path}")],
        ] {
            assert_harmless(&[arguments, &["--format", format]].concat());
        }
    }
}

#[test]
fn a_hostile_rule() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let evil = "x\u{1b}[2J\nPASS  forged\u{202e}\u{9b}<script>alert(1)</script>";
    let rule = serde_json::json!({
        "id": evil, "name": evil, "type": "client_certificate_v2", "description": evil, "schedule": evil,
        "expiration": evil, "match": [{"platform": evil}],
        "input": {
            "certificate_id": evil, "cn": format!("${{{evil}}}"), "operating_system": evil,
            "check_private_key": true, "extended_key_usage": [evil],
            "locations": {"trust_stores": [evil], "paths": [evil]}, "subject_alternative_names": [evil],
        },
    });
    let file = folder.path().join("rule.json");
    for rule in [rule.clone(), serde_json::json!({"result": [rule.clone(), rule]})] {
        fs::write(&file, rule.to_string()).unwrap();
        for format in ["table", "json"] {
            let file = file.to_str().unwrap();
            assert_harmless(&["check", "--rule", file, "--ca", &authority.ca(), "--format", format]);
        }
    }
}

#[cfg(unix)]
mod commands {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    /// Programs that write down how they were called instead of doing it.
    fn recorders(folder: &Path) {
        for program in ["certutil", "pk12util", "sudo", "base64", "openssl"] {
            let script = "#!/bin/sh\nfor a; do printf '%s\\0' \"$a\" >>\"$RECORD\"; done\n";
            let path = folder.join(program);
            fs::write(&path, script).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    fn injections() -> Vec<Vec<u8>> {
        let texts = [
            "$(touch pwned)",
            "`touch pwned`",
            "'; touch pwned; '",
            "\"; touch pwned; \"",
            "x && touch pwned",
            "x | touch pwned",
            "x > pwned",
            "\\'; touch pwned #",
            "x\ntouch pwned\ny",
            "-n",
            "--help",
            "!touch pwned",
            "$HOME ${IFS} ~ * ? [a] {a,b}",
            "\u{1b}[2J\u{202e}'$(touch pwned)'",
            "percent %s %n \\n \\0101",
        ];
        texts
            .iter()
            .map(|text| text.as_bytes().to_vec())
            .chain([b"bytes \xff\xfe'$(touch pwned)".to_vec()])
            .collect()
    }

    #[test]
    fn a_pasted_command_runs_nothing_else() {
        let authority = Authority::new();
        for nickname in injections() {
            let mut database = TestDb::new();
            let (spec, der) = authority.issue(&der::name("CN=device-042"), 1);
            database.add_value(&nickname, None, &spec, &der);
            let arguments =
                ["check", "--cn", "device-042", "--ca", &authority.ca(), "--store", &nss(&database)];
            let output = certposture(&[&arguments[..], &["--at", AT, "--format", "json"]].concat());
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report["reasons"][0]["code"], "nickname-differs", "{report:#}");
            let command = report["fixes"][0]["command"].as_str().expect("a command");
            assert!(!command.chars().any(|c| c == '\n' || may_not_be_shown(c)), "{command}");

            let folder = tempfile::tempdir().unwrap();
            let (programs, work) = (folder.path().join("programs"), folder.path().join("work"));
            fs::create_dir_all(&programs).unwrap();
            fs::create_dir(&work).unwrap();
            recorders(&programs);
            let record = folder.path().join("record");
            let path = format!("{}:/usr/bin:/bin", programs.display());
            let mut shell = Command::new("sh");
            let ran = shell.args(["-c", command]).current_dir(&work);
            let ran = ran.env("PATH", path).env("RECORD", &record).output().unwrap();
            assert!(ran.status.success() && ran.stdout.is_empty(), "{command}: {ran:?}");
            assert_eq!(fs::read_dir(&work).unwrap().count(), 0, "{command} made a file");
            let record = fs::read(record).unwrap();
            let called: Vec<&[u8]> = record.split(|byte| *byte == 0).collect();
            let named = |word: &&[u8]| {
                *word == nickname || word.strip_prefix(b"NSS Certificate DB:") == Some(&nickname)
            };
            assert!(called.iter().any(named), "{command}: {}", String::from_utf8_lossy(&record));
            assert!(called.contains(&&b"device-042"[..]));
        }
    }
}
