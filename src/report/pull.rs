//! The answer of `pull`: what the rules say, what is wrong with them, and what to do with the bundle.

use super::ca::write_labelled;
use super::style::{Style, Tone};
use crate::cloudflare::{Bundle, PulledRule};
use crate::diagnosis::Reason;
use crate::reason::Severity;
use crate::text::{quote_sh, shown, shown_bytes};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;

/// The document `certposture.pull/1`.
pub fn value(bundle: &Bundle, file: &Path) -> Value {
    let rules: Vec<Value> = bundle.rules.iter().map(rule_value).collect();
    json!({"schema": "certposture.pull/1", "bundle": file.to_string_lossy(), "rules": rules})
}

fn rule_value(pulled: &PulledRule) -> Value {
    let rule = &pulled.rule;
    json!({
        "id": rule.id,
        "name": rule.name,
        "type": rule.rule_type.as_str(),
        "cn": rule.common_name.as_deref().map(String::from_utf8_lossy),
        "certificate_id": rule.certificate_id,
        "ca": pulled.cas.iter().map(|ca| json!({
            "subject": ca.subject().to_string(),
            "sha256": ca.sha256(),
        })).collect::<Vec<_>>(),
        "reasons": pulled.reasons.iter().map(|reason| json!({
            "code": reason.finding.code.as_str(),
            "severity": if reason.severity == Severity::Warning { "warning" } else { "fault" },
            "message": reason.finding.message,
            "url": reason.finding.code.url(),
            "certificate": reason.finding.certificate(),
        })).collect::<Vec<_>>(),
    })
}

/// Writes it for a person.
pub fn text(output: &mut impl Write, bundle: &Bundle, file: Option<&Path>, style: &Style) -> io::Result<()> {
    for pulled in &bundle.rules {
        write_rule(output, pulled, style)?;
        writeln!(output)?;
    }
    let Some(file) = file else { return Ok(()) };
    let name = file.to_string_lossy();
    let word = quote_sh(name.as_bytes()).unwrap_or_else(|| shown(&name).into_owned());
    write_labelled(output, style, Tone::Strong, "Wrote", &format!("{} (no secret is in it)", shown(&name)))?;
    write_labelled(
        output,
        style,
        Tone::Strong,
        "Next",
        &format!("on the device: certposture check --rule {word}"),
    )
}

fn write_rule(output: &mut impl Write, pulled: &PulledRule, style: &Style) -> io::Result<()> {
    let rule = &pulled.rule;
    let dot = style.dot();
    let name = shown(rule.name.as_deref().unwrap_or("(unnamed)"));
    let systems: Vec<&str> = rule.systems.iter().map(|system| system.as_str()).collect();
    let systems = if systems.is_empty() { String::new() } else { format!(" {dot} {}", systems.join(", ")) };
    writeln!(output, "{}", style.paint(Tone::Strong, &format!("{name} {dot} {}{systems}", rule.rule_type)))?;
    let common_name = rule.common_name.as_deref().map_or_else(|| "none".to_owned(), shown_bytes);
    writeln!(output, "  Rule ID         {}", shown(rule.id.as_deref().unwrap_or("none")))?;
    writeln!(output, "  Common name     {common_name}")?;
    writeln!(output, "  Certificate ID  {}", shown(rule.certificate_id.as_deref().unwrap_or("none")))?;
    for ca in &pulled.cas {
        let until = ca.not_after_day().unwrap_or_else(|| "?".to_owned());
        writeln!(output, "  Uploaded CA     {} {dot} valid until {until}", shown(&ca.subject().to_string()))?;
    }
    for reason in &pulled.reasons {
        write_reason(output, reason, style)?;
    }
    Ok(())
}

fn write_reason(output: &mut impl Write, reason: &Reason, style: &Style) -> io::Result<()> {
    let (tone, label) = match reason.severity {
        Severity::Fault => (Tone::Bad, "FAULT"),
        Severity::Unknown => (Tone::Doubtful, "UNKNOWN"),
        Severity::Warning => (Tone::Doubtful, "Note"),
    };
    write_labelled(
        output,
        style,
        tone,
        label,
        &format!("{} [{}]", reason.finding.message, reason.finding.code),
    )
}
