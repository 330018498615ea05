//! The client's own diagnosis beneath the verdict.

use super::style::Style;
use crate::text::shown;
use crate::warp_diag::WarpDiag;
use serde_json::{Value, json};
use std::io::{self, Write};

/// More lines of the posture file than this are counted.
const MOST_LINES: usize = 60;

/// What it says of the device, each as a fact; safe to print.
pub(super) fn facts(diag: &WarpDiag) -> Vec<String> {
    let fact = |name: &str, value: &Option<String>| {
        value
            .as_deref()
            .and_then(|value| value.lines().next())
            .map(|value| format!("{name} {}", shown(value)))
    };
    [fact("client", &diag.client_version), fact("on", &diag.host_name), fact("at", &diag.date)]
        .into_iter()
        .flatten()
        .collect()
}

/// The posture file's lines, safe to print.
pub(super) fn lines(diag: &WarpDiag) -> Vec<String> {
    let Some(posture) = &diag.posture else {
        return vec!["The archive has no warp-device-posture.txt".to_owned()];
    };
    let lines: Vec<&str> = posture.lines().collect();
    let mut told: Vec<String> = lines.iter().take(MOST_LINES).map(|line| shown(line).into_owned()).collect();
    if lines.len() > MOST_LINES {
        told.push(format!("{} more lines in warp-device-posture.txt", lines.len() - MOST_LINES));
    }
    told
}

pub(super) fn write(output: &mut impl Write, diag: &WarpDiag, style: &Style) -> io::Result<()> {
    let dot = format!(" {} ", style.dot());
    let head = [vec!["The client itself (warp-diag)".to_owned()], facts(diag)].concat().join(&dot);
    writeln!(output, "{head}")?;
    for line in lines(diag) {
        writeln!(output, "  {line}")?;
    }
    Ok(())
}

pub(super) fn value(diag: &WarpDiag) -> Value {
    json!({
        "client_version": diag.client_version,
        "host_name": diag.host_name,
        "date": diag.date,
        "posture": diag.posture,
    })
}
