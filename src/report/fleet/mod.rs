//! Verdicts of many devices: rows for programs and data lakes, a summary for people.

mod ocsf;
mod summary;
mod table;
mod verdict;

use super::json::write_line;
use super::style::Style;
use crate::fleet::row::{Outcome, Rejection, Row};
use crate::fleet::summary::Summary;
use crate::rule::Rule;
use jiff::Timestamp;
use std::io::{self, Write};

pub(super) use summary::{in_order, recorded_result};
pub(super) use table::{grouped, name, records_told, share};

/// The forms of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowForm {
    /// `certposture.verdict/1`, one line for each rule.
    Verdicts,
    /// The same, with all rules of a device in one line.
    OneLine,
    /// Events of the Open Cybersecurity Schema Framework, one line for each rule.
    Ocsf,
}

/// Writes one row; a line that was rejected has no event.
pub fn write_row(
    output: &mut impl Write,
    row: &Row,
    rules: &[Rule],
    at: Timestamp,
    form: RowForm,
) -> io::Result<()> {
    let verdicts = verdict::Verdicts { row, rules, at };
    match (form, &row.outcome) {
        (RowForm::OneLine, _) => write_line(output, &verdicts),
        (RowForm::Verdicts, _) => {
            (0..rules.len()).try_for_each(|position| write_line(output, &verdicts.verdict(position)))
        }
        (RowForm::Ocsf, Outcome::Judged(judged)) => {
            judged.answers.iter().zip(rules).try_for_each(|(answer, rule)| {
                write_line(output, &ocsf::event(&judged.device, answer, rule, at))
            })
        }
        (RowForm::Ocsf, _) => Ok(()),
    }
}

/// Writes a rejected line with its number and the reason; what is not text in it, as the nearest text.
pub fn write_rejection(output: &mut impl Write, number: u64, rejection: &Rejection) -> io::Result<()> {
    let raw = rejection.raw.as_deref().map(String::from_utf8_lossy);
    write_line(output, &serde_json::json!({"line": number, "reason": rejection.reason, "raw": raw}))
}

/// Writes the summary for a terminal.
pub fn table(summary: &Summary, rules: &[Rule], style: &Style) -> io::Result<()> {
    table::write(summary, rules, style)
}

/// Writes the summary as one document.
pub fn json(output: &mut impl Write, summary: &Summary, rules: &[Rule]) -> io::Result<()> {
    summary::json(output, summary, rules)
}
