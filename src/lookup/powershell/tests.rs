use super::*;
use crate::certificate::Certificate;
use crate::reason::Code;
use crate::store::{Evidence, PrivateKey, Status, StoredCertificate};

/// A store as Windows answers it: the subject strings are its own.
fn store(subjects: &[&str]) -> Contents {
    let certificates = (0..subjects.len()).map(|position| StoredCertificate {
        certificate: Certificate::from_der(vec![0x30, 0x00]),
        label: None,
        trust: None,
        location: String::new(),
        private_key: PrivateKey::Unknown,
        other_key_beside: false,
        position,
    });
    let spec = r"windows:CurrentUser\My".parse().unwrap();
    Contents {
        evidence: Evidence::own(&spec),
        spec,
        status: Status::Read,
        problem: None,
        certificates: certificates.collect(),
        index: Index::Windows { subjects: subjects.iter().map(|s| (*s).to_owned()).collect(), account: None },
    }
}

fn returned(subjects: &[&str], name: &str) -> Vec<usize> {
    let found = lookup(&store(subjects), name.as_bytes()).returned;
    found
        .into_iter()
        .map(|found| match found {
            Found::Stored(position) => position,
            Found::File(..) => unreachable!("this command reads no files"),
        })
        .collect()
}

#[test]
fn the_command_is_told_on_one_line() {
    let command = lookup(&store(&[]), b"a\nb\x1b").command;
    assert_eq!(command, r#"Get-ChildItem Cert:\CurrentUser\My\ | where{$_.Subject -like "*a\u{a}b\u{1b}*"}"#);
}

#[test]
fn returns_every_match_in_the_order_of_the_store() {
    let subjects = ["CN=host10, O=Acme", "CN=other", "OU=Host1 lab, CN=b"];
    assert_eq!(returned(&subjects, "host1"), [0, 2]);
    assert_eq!(returned(&subjects, "$acme"), [0, 1, 2]);
    assert_eq!(returned(&subjects, "host2"), [0; 0]);
}

#[test]
fn names_the_documented_command() {
    let mut contents = store(&[]);
    let wanted = r#"Get-ChildItem Cert:\CurrentUser\My\ | where{$_.Subject -like "*device 1*"}"#;
    assert_eq!(lookup(&contents, b"device 1").command, wanted);
    contents.spec = "file:export.sst".parse().unwrap();
    assert_eq!(lookup(&contents, b"device 1").command, wanted);
    contents.spec = r"windows:LocalMachine\My".parse().unwrap();
    assert!(lookup(&contents, b"x").command.contains(r"Cert:\LocalMachine\My\ |"));
}

#[test]
fn a_refused_pattern_is_an_error_for_each_certificate() {
    let lookup_in = |subjects: &[&str]| lookup(&store(subjects), b"srv [old");
    let with_one = lookup_in(&["CN=srv [old"]);
    assert_eq!(with_one.returned, []);
    assert_eq!(with_one.exit_status, 1);
    assert!(with_one.standard_error.ends_with("not valid: *srv [old*"));
    assert_eq!(lookup_in(&[]).standard_error, "");
}

#[test]
fn notes_what_powershell_reads_otherwise() {
    let cases = [
        ("srv [old]", "[...] is a wildcard"),
        ("*.example.test", "* is a wildcard"),
        ("a?b*c", "* and ? are wildcards"),
        ("srv [old", "-like refuses"),
        ("pay$env", "$env is a variable"),
        ("a`b", "escape"),
        ("srv``[old``]", "looks for \"srv[old]\""),
        ("a``````b", "looks for \"a`b\""),
        ("Jim \"X\" Doe", "\" ends the quoted text"),
        ("say “hi”", "“ ends the quoted text"),
        ("a$(whoami)", "is code"),
        ("pay$a: x", "$a: is a faulty variable"),
    ];
    for (name, part) in cases {
        let notes = lookup(&store(&[]), name.as_bytes()).notes;
        assert_eq!(notes.len(), 1, "{name}");
        assert_eq!(notes[0].code, Code::CnShellSpecial);
        assert!(notes[0].message.contains(part), "{name}: {}", notes[0].message);
    }
}

#[test]
fn has_nothing_to_say_about_plain_names() {
    for name in
        ["host1.example.test", "O'Brien", "cost $ 5", "srv old]", "a+b, c", "DOM\\user", "日本", "a-b (c)"]
    {
        assert_eq!(lookup(&store(&[]), name.as_bytes()).notes, [], "{name}");
    }
}

/// The expected texts are rows of `tests/fixtures/windows/like.tsv` that match.
#[test]
fn says_what_to_type_for_a_literal_match() {
    let cases = [
        ("srv [old]", "srv ``[old``]", "CN=srv [old]"),
        ("a`b", "a````b", "CN=a`b"),
        ("pay$env", "pay`$env", "CN=pay$env"),
        ("Jim \"X\" Doe", "Jim `\"`\"X`\"`\" Doe", "CN=\"Jim \"\"X\"\" Doe\""),
    ];
    for (name, typed, subject) in cases {
        assert_eq!(typed_literally(name), typed);
        assert_eq!(returned(&["CN=else", subject], typed), [1], "{name}");
    }
    let unusual = "“*?” [$(x)] `";
    assert_eq!(returned(&["CN=else", &format!("CN={unusual}")], &typed_literally(unusual)), [1]);
}

#[test]
fn a_long_pattern_ends_in_good_time() {
    let subject = format!("CN={}", "a".repeat(20_000));
    let name = "*a".repeat(200) + "b";
    assert_eq!(returned(&[&subject], &name), [0; 0]);
}
