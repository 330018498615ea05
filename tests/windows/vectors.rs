//! The Windows look-up against vectors that came from PowerShell's matcher and .NET's decoder.

use certposture::certificate::Name;
use certposture::lookup::powershell::{Wildcard, expand, name_string};

const SUBJECTS: &str = include_str!("../fixtures/windows/subjects.tsv");
const LIKE: &str = include_str!("../fixtures/windows/like.tsv");

/// Rows of `subjects.tsv` whose expectation nobody has seen on Windows.
const UNVERIFIED: [&str; 9] = [
    "visible",
    "general",
    "universal",
    "octet",
    "bitstring",
    "nul-trail",
    "print-with-at",
    "ia5-8bit",
    "utf8-bad",
];

fn rows(table: &str) -> Vec<Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect()
}

fn json(cell: &str) -> Option<String> {
    serde_json::from_str(cell).expect("a JSON string or null")
}

fn unhex(digits: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal");
    (0..digits.len()).step_by(2).map(digit).collect()
}

#[test]
fn writes_subjects_as_windows_does() {
    let rows = rows(SUBJECTS);
    assert_eq!(rows.len(), 63);
    for row in rows {
        let der = unhex(row[1]);
        assert_eq!(name_string(Name { der: &der }), json(row[2]).unwrap(), "row {}", row[0]);
    }
}

#[test]
fn knows_which_subjects_are_unverified() {
    let low: Vec<_> = rows(SUBJECTS).into_iter().filter(|row| row[3] == "low").map(|row| row[0]).collect();
    assert_eq!(low, UNVERIFIED);
}

#[test]
fn expands_and_matches_as_powershell_does() {
    let rows = rows(LIKE);
    assert_eq!(rows.len(), 78);
    for row in rows {
        let [subject, typed] = [0, 1].map(|i| json(row[i]).unwrap());
        let pattern = expand(&format!("*{typed}*")).ok().map(|expanded| expanded.text);
        assert_eq!(pattern, json(row[2]), "the pattern of {row:?}");
        let result = match pattern.as_deref().map(Wildcard::parse) {
            None => "parse-error",
            Some(Err(_)) => "wildcard-error",
            Some(Ok(wildcard)) if wildcard.matches(&subject) => "match",
            Some(Ok(_)) => "no",
        };
        assert_eq!(result, row[3], "{row:?}");
    }
}
