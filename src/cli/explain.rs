//! `certposture explain`: what a reason code means and how to fix it.

use super::{Common, Exit, UsageError, options};
use crate::reason::{self, Code};
use crate::report::{self, Format, Style};
use std::io::{self, Write as _};

pub fn run(arguments: &options::Explain, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    let code = arguments.code.as_deref().map(parse).transpose()?;
    let width = style.width.unwrap_or(80).min(100);
    let text = match code {
        _ if common.format == Format::Json => {
            report::explain::json(code.as_ref().map_or(Code::ALL, std::slice::from_ref))?;
            return Ok(Exit::Pass);
        }
        _ if arguments.markdown => reason::markdown(),
        Some(code) => reason::explanation(code, width),
        None if arguments.list => Code::ALL.iter().map(|code| format!("{code}\n")).collect(),
        None => reason::listing(width),
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
        let known = "certposture explain shows every code";
        UsageError(format!("there is no reason code \"{}\"{hint} ({known})", crate::text::shown(text))).into()
    })
}
