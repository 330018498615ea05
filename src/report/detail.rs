//! What tells one certificate from others of its name: the thumbprint that other tools show, its
//! extensions, and its subject as the documented look-up sees it.

use super::fit::{room, wrap_facts, write_hanging};
use super::style::{Style, Tone};
use crate::certificate::Certificate;
use crate::lookup;
use crate::store::StoreSpec;
use crate::system::System;
use crate::text::shown;
use crate::verification;
use serde_json::Value;
use std::io::{self, Write};

/// Columns of the longest name of a detail, and the gap behind it.
const INDENT: usize = 28;

/// The details by their names, safe to print; what the certificate does not have is left out.
pub(super) fn of(
    spec: &StoreSpec,
    system: System,
    certificate: &Certificate,
) -> Vec<(&'static str, Vec<String>)> {
    const UNREADABLE: &str = "cannot be read";
    let told = |facts: Option<Vec<String>>| facts.unwrap_or_else(|| vec![UNREADABLE.to_owned()]);
    let mut details = vec![("SHA-1 (thumbprint)", vec![certificate.sha1()])];
    let compared = lookup::subject_compared(spec, system, certificate);
    if let Some(subject) = compared.filter(|subject| !subject.is_empty()) {
        let name = if system == System::Windows { "Subject on Windows" } else { "Name that security sees" };
        details.push((name, vec![shown(&subject).into_owned()]));
    }
    if certificate.outline().is_ok() && certificate.description().is_none() {
        details.push(("Alternative names", told(verification::alternative_names(certificate))));
        details.push(("Extended key usage", told(verification::usages(certificate))));
    }
    details.retain(|(_, facts)| !facts.is_empty());
    details
}

/// Writes them below a title.
pub(super) fn write(
    output: &mut impl Write,
    title: &str,
    details: &[(&'static str, Vec<String>)],
    style: &Style,
) -> io::Result<()> {
    writeln!(output, "{title}")?;
    for (name, facts) in details {
        let head = format!("    {name:<width$}", width = INDENT - 4);
        let lines = wrap_facts(facts, ", ", room(style, INDENT));
        write_hanging(output, &style.paint(Tone::Faint, &head), &" ".repeat(INDENT), &lines)?;
    }
    Ok(())
}

/// Adds them to a certificate's object; `null` is what cannot be read.
pub(super) fn add(value: &mut Value, spec: &StoreSpec, system: System, certificate: &Certificate) {
    value["described"] = certificate.description().is_some().into();
    value["sha1"] = certificate.sha1().into();
    value["subject_compared"] = lookup::subject_compared(spec, system, certificate).into();
    value["subject_alternative_names"] = verification::alternative_names(certificate).into();
    value["extended_key_usage"] = verification::usages(certificate).into();
}
