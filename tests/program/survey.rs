//! `certposture` alone, as far as the machine that runs the tests lets it be known.

use crate::support::run;

#[test]
fn alone_it_says_what_stands_here_and_what_to_run_next() {
    let output = run::certposture(&[]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    for word in ["Device", "Client", "Not known", "Next"] {
        assert!(said.lines().any(|line| line.starts_with(word)), "no {word}: {said}");
    }
    let next = said.lines().find_map(|line| line.strip_prefix("Next")).unwrap();
    assert!(next.contains(env!("CARGO_BIN_EXE_certposture")) && next.contains(" check --cn "), "{next}");
}

/// As `check -q`: the verdict and a code, where a likely cause stands out.
#[test]
fn alone_and_quiet_it_says_one_line() {
    let likely = run::certposture(&["--json"]);
    let document: serde_json::Value = serde_json::from_slice(&likely.stdout).unwrap();
    let quiet = run::certposture(&["-q"]);
    let expected = match document["likely"]["code"].as_str() {
        Some(code) => format!("CANNOT TELL {code}\n"),
        None => "CANNOT TELL\n".to_owned(),
    };
    assert_eq!(String::from_utf8(quiet.stdout).unwrap(), expected);
    assert_eq!(quiet.status.code(), Some(3));
}

/// The other formats and stores of one's own belong to a command.
#[test]
fn alone_it_takes_no_store_and_no_other_format_than_json() {
    for arguments in [&["--format", "html"][..], &["--store", "file:."]] {
        let output = run::certposture(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(run::said(&output).contains("check"), "{arguments:?}");
    }
}
