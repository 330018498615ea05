//! `certposture explain`: what a reason code means and how to fix it.

use super::{Exit, UsageError, options};
use crate::reason::{self, Code};
use crate::report::Style;
use std::io::{self, Write as _};

pub fn run(arguments: &options::Explain, style: &Style) -> anyhow::Result<Exit> {
    let text = match &arguments.code {
        _ if arguments.markdown => reason::markdown(),
        Some(text) => reason::explanation(parse(text)?, style.width.unwrap_or(80).min(100)),
        None => Code::ALL.iter().map(|code| format!("{code}\n")).collect(),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Exit::Pass)
}

/// A code with or without its brackets; a mistyped one is answered with the nearest.
fn parse(text: &str) -> anyhow::Result<Code> {
    let bare = text.trim().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    bare.parse().map_err(|_| {
        let nearest = Code::ALL.iter().max_by(|a, b| {
            let likeness = |code: &Code| strsim::jaro_winkler(code.as_str(), &bare);
            likeness(a).total_cmp(&likeness(b))
        });
        let hint = nearest.map(|code| format!("; did you mean {code}?")).unwrap_or_default();
        let known = "certposture explain --list shows every code";
        UsageError(format!("there is no reason code \"{}\"{hint} ({known})", crate::text::shown(text))).into()
    })
}
