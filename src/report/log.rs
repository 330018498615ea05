//! Cloudflare's record of a check beside the verdict: by `log`, and beneath the answer of `check --log`.

use super::fit::{wrap, write_hanging};
use super::fitted::fitted;
use super::heading::Heading;
use super::json::{print, time};
use super::style::{Style, Tone};
use super::table::counted;
use crate::diagnosis::Verdict;
use crate::log::{Comparison, Log, Record, Row};
use crate::text::shown;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;

/// What a file of records gave.
#[derive(Clone, Copy, Debug)]
pub struct LogReport<'a> {
    pub file: &'a Path,
    pub log: &'a Log,
    pub at: Timestamp,
    pub comparisons: &'a [Comparison],
}

/// Writes the document `certposture.log/1`.
pub fn json(answer: &LogReport<'_>) -> io::Result<()> {
    print(&json!({
        "schema": "certposture.log/1",
        "evaluated_at": time(Some(answer.at)),
        "file": answer.file.to_string_lossy(),
        "records": answer.log.records.len(),
        "other_checks": answer.log.others,
        "unreadable_lines": answer.log.unreadable,
        "comparisons": answer.comparisons.iter().map(value).collect::<Vec<_>>(),
    }))
}

/// One comparison, also as `check`'s member `log`.
pub(super) fn value(comparison: &Comparison) -> Value {
    json!({
        "record": record(&comparison.record),
        "verdict": comparison.verdict.map(Verdict::as_str),
        "agrees": comparison.agrees,
        "rows": comparison.rows.iter().map(|row| json!({
            "what": row.what,
            "recorded": row.recorded,
            "here": row.here,
            "agrees": row.agrees,
        })).collect::<Vec<_>>(),
        "meanings": comparison.meanings.iter().map(|meaning| json!({
            "kind": meaning.kind.as_str(),
            "message": meaning.message,
        })).collect::<Vec<_>>(),
        "older_records": comparison.older,
        "other_records": comparison.others,
    })
}

fn record(record: &Record) -> Value {
    json!({
        "time": time(record.at),
        "result": record.passed.map(word),
        "rule_id": record.rule_id,
        "rule_name": record.rule_name,
        "type": record.check_type,
        "device_name": record.device_name,
        "serial_number": record.serial_number,
        "system": record.device_type,
        "client_version": record.client_version,
        "user": record.user,
        "expected": record.expected,
        "received": record.received,
        "error": record.error,
    })
}

const fn word(passed: bool) -> &'static str {
    if passed { "pass" } else { "fail" }
}

/// Writes it for a person.
pub fn text(answer: &LogReport<'_>, style: &Style) -> io::Result<()> {
    let mut output = io::BufWriter::new(anstream::AutoStream::always(io::stdout().lock()));
    for (position, comparison) in answer.comparisons.iter().enumerate() {
        if position > 0 && !style.quiet {
            writeln!(output)?;
        }
        if style.quiet {
            writeln!(output, "{}", agreement(comparison).1)?;
        } else {
            write(&mut output, comparison, style)?;
        }
    }
    if !style.quiet {
        for note in notes(answer) {
            write_line(&mut output, style, Tone::Doubtful, "Note", &note)?;
        }
    }
    output.flush()
}

/// One comparison: its table, and what it means.
pub(super) fn write(output: &mut impl Write, comparison: &Comparison, style: &Style) -> io::Result<()> {
    let name = comparison.record.rule_name.as_deref().map(|name| format!(" {} {}", style.dot(), shown(name)));
    let title = format!("Cloudflare's record{}", name.unwrap_or_default());
    writeln!(output, "{}", style.paint(Tone::Strong, &title))?;
    let is_judged = comparison.verdict.is_some();
    // Without a verdict there is nothing here to compare with.
    let columns: &[&str] = if is_judged { &["", "Recorded", "Here", ""] } else { &["", "Recorded"] };
    let columns: Vec<Heading> = columns.iter().map(|title| Heading::fact(title)).collect();
    let row = |row| {
        let mut cells = cells(row, style);
        cells.truncate(columns.len());
        cells
    };
    writeln!(output, "{}\n", fitted(style, &columns, comparison.rows.iter().map(row).collect()))?;
    let (tone, label) = agreement(comparison);
    write_line(output, style, tone, label, &summary(comparison))?;
    for meaning in &comparison.meanings {
        write_line(output, style, Tone::Doubtful, "Means", &format!("{}.", meaning.message))?;
    }
    if comparison.older + comparison.others > 0 {
        let what = format!(
            "The latest of {} of that rule and device; the file has {} of others.",
            counted(comparison.older + 1, "record"),
            comparison.others
        );
        write_line(output, style, Tone::Faint, "Note", &what)?;
    }
    Ok(())
}

fn write_line(output: &mut impl Write, style: &Style, tone: Tone, label: &str, text: &str) -> io::Result<()> {
    const INDENT: usize = 8;
    let head = format!("{}{}", style.paint(tone, label), " ".repeat(INDENT.saturating_sub(label.len())));
    write_hanging(
        output,
        &head,
        &" ".repeat(INDENT),
        &wrap(text, style.width.unwrap_or(80).min(100).saturating_sub(INDENT).max(20)),
    )
}

fn cells(row: &Row, style: &Style) -> Vec<(Tone, String)> {
    let (tone, mark) = match row.agrees {
        Some(true) => (Tone::Good, style.yes()),
        Some(false) => (Tone::Bad, style.no()),
        None => (Tone::Faint, style.none()),
    };
    let here = row.here.as_deref().unwrap_or(style.none());
    vec![
        (Tone::Plain, row.what.clone()),
        (Tone::Plain, row.recorded.clone()),
        (Tone::Plain, here.to_owned()),
        (tone, mark.to_owned()),
    ]
}

fn agreement(comparison: &Comparison) -> (Tone, &'static str) {
    match comparison.agrees {
        Some(true) => (Tone::Good, "AGREE"),
        Some(false) => (Tone::Bad, "DIFFER"),
        None if comparison.verdict.is_some() => (Tone::Doubtful, "UNCLEAR"),
        None => (Tone::Strong, "Record"),
    }
}

/// What Cloudflare recorded and what was found here, in a sentence.
pub(super) fn summary(comparison: &Comparison) -> String {
    let when = time(comparison.record.at).map(|at| format!(" at {at}")).unwrap_or_default();
    let recorded = match comparison.record.passed {
        Some(true) => format!("Cloudflare recorded{when} that the check passed"),
        Some(false) => format!("Cloudflare recorded{when} that the check failed"),
        None => format!("The record{when} does not say how the check ended"),
    };
    let here = match (comparison.verdict, comparison.agrees) {
        (Some(Verdict::Pass), Some(true)) => ", and it passes here.",
        (Some(Verdict::Fail), Some(true)) => ", and it fails here.",
        (Some(Verdict::Pass), _) => ", but it passes here.",
        (Some(Verdict::Fail), _) => ", but it fails here.",
        (Some(Verdict::Unknown), _) => "; whether it passes here cannot be told.",
        (None, _) => ".",
    };
    format!("{recorded}{here}")
}

fn notes(answer: &LogReport<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if answer.comparisons.iter().any(|comparison| comparison.verdict.is_none()) {
        let how =
            "Give the rule and the CA (--rule FILE --ca FILE) to see where this device's certificates agree.";
        notes.push(how.to_owned());
    }
    if answer.log.unreadable > 0 {
        let count = answer.log.unreadable;
        notes.push(format!(
            "{count} line{} of the file could not be read.",
            if count == 1 { "" } else { "s" }
        ));
    }
    notes
}
