//! What the stores hold, for a person and for a program.

use super::detail;
use super::fit::{room, wrap, write_hanging};
use super::grid::Grid;
use super::heading::Heading;
use super::json::{self, Each, looked_up, print, store, stored};
use super::presented::Presented;
use super::style::{Style, Tone};
use super::table::counted;
use crate::certificate::{Name, describe_key};
use crate::diagnosis::StoreReport;
use crate::lookup::{Found, Lookup};
use crate::store::{Contents, PrivateKey, Status, StoreSpec, StoredCertificate};
use crate::system::System;
use crate::text::{shown, shown_bytes};
use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;
use std::io::{self, Write};

/// A store, those of its certificates that are asked for, and what the documented command prints.
#[derive(Debug)]
pub struct Listed<'a> {
    pub contents: &'a Contents,
    pub certificates: Vec<&'a StoredCertificate>,
    pub lookup: Option<Lookup>,
    /// Whose look-up applies there.
    pub system: System,
    /// Of the item search on a Mac: how many of its certificates no keychain's file holds.
    pub in_no_file: Option<usize>,
}

/// Writes the JSON document, one certificate after the other; days are counted from `at`.
pub fn json(listed: &[Listed<'_>], at: Timestamp) -> io::Result<()> {
    print(&Document { listed, at })
}

struct Document<'a> {
    listed: &'a [Listed<'a>],
    at: Timestamp,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_map(None)?;
        document.serialize_entry("schema", "certposture.list/1")?;
        document.serialize_entry("tool", &json::tool())?;
        document.serialize_entry(
            "stores",
            &Each(self.listed, |one: &Listed<'_>| store(&report_store(one.contents))),
        )?;
        document.serialize_entry("certificates", &Certificates(self))?;
        let lookups: Vec<Value> = self.listed.iter().filter_map(lookup_value).collect();
        document.serialize_entry("lookups", &lookups)?;
        document.end()
    }
}

/// The certificates of all stores.
struct Certificates<'a>(&'a Document<'a>);

impl Serialize for Certificates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.listed.iter().flat_map(|one| {
            one.certificates
                .iter()
                .map(|certificate| stored(&one.contents.spec, one.system, certificate, self.0.at))
        }))
    }
}

pub(super) fn report_store(contents: &Contents) -> StoreReport {
    StoreReport {
        spec: contents.spec.clone(),
        evidence: contents.evidence.clone(),
        status: contents.status,
        searched: true,
        certificates: contents.certificates.len(),
        account: contents.account().map(str::to_owned),
        problem: contents.problem.clone(),
    }
}

fn lookup_value(one: &Listed<'_>) -> Option<Value> {
    let sha256_of = |position: usize| {
        one.contents.certificates.get(position).map(|stored| stored.certificate.sha256().to_owned())
    };
    one.lookup.as_ref().map(|lookup| looked_up(&one.contents.spec, lookup, sha256_of))
}

/// Writes a table per store.
pub fn table(listed: &[Listed<'_>], style: &Style) -> io::Result<()> {
    let mut output = io::BufWriter::with_capacity(1 << 16, anstream::AutoStream::always(io::stdout().lock()));
    let mut before = 0;
    for (position, one) in listed.iter().enumerate() {
        if position > 0 {
            writeln!(output)?;
        }
        write_store(&mut output, one, before, style)?;
        before += one.contents.certificates.len();
    }
    output.flush()
}

fn write_store(output: &mut impl Write, one: &Listed<'_>, before: usize, style: &Style) -> io::Result<()> {
    let contents = one.contents;
    let count = match contents.status {
        Status::Read => counted(contents.certificates.len(), "certificate"),
        other => other.to_string(),
    };
    let dot = style.dot();
    let account = contents.account().map(|name| format!(" {dot} of {}", shown(name))).unwrap_or_default();
    let title = format!("{} {dot} {count}{account}", shown(&contents.spec.to_string()));
    writeln!(output, "{}", style.paint(Tone::Strong, &title))?;
    if let Some(problem) = &contents.problem {
        let text = format!("{} [{}]", problem.message, problem.code);
        write_hanging(output, "", "", &wrap(&text, room(style, 0)))?;
    }
    if let Some(count) = one.in_no_file {
        let text = match count {
            0 => "Every one of these is in a keychain file listed above.".to_owned(),
            _ => format!(
                "{} in no keychain file listed above: `security find-certificate` does not find {} there.",
                if count == 1 { "1 of these is".to_owned() } else { format!("{count} of these are") },
                if count == 1 { "it" } else { "them" }
            ),
        };
        write_hanging(output, "", "", &wrap(&text, room(style, 0)))?;
    }
    if !one.certificates.is_empty() {
        write_certificates(output, one, before, style)?;
    }
    if style.verbose {
        for stored in &one.certificates {
            let certificate = &stored.certificate;
            let title =
                format!("# {} {dot} {}", stored.position + 1, shown(&certificate.subject().to_string()));
            let details = detail::of(&contents.spec, one.system, certificate);
            detail::write(output, &title, &details, style)?;
        }
    }
    if let Some(lookup) = &one.lookup {
        write_lookup(output, lookup, before, style)?;
    }
    Ok(())
}

/// `before` counts the certificates of the stores above: the numbers go on.
fn write_certificates(
    output: &mut impl Write,
    one: &Listed<'_>,
    before: usize,
    style: &Style,
) -> io::Result<()> {
    let label = match one.contents.spec {
        StoreSpec::Nss(_) => "Nickname",
        StoreSpec::Keychain(_) => "Label",
        StoreSpec::Windows(..) | StoreSpec::File(_) => "Friendly name",
    };
    let labelled = one.certificates.iter().any(|stored| stored.label.is_some());
    let trusted = one.certificates.iter().any(|stored| stored.trust.is_some());
    let mut header = vec![Heading::fact("#"), Heading::subject("Common name")];
    header.extend(labelled.then_some(Heading::name(label)));
    header.extend(trusted.then_some(Heading::fact("Trust")));
    header.push(Heading::name("Issuer").spared(1));
    header.push(Heading::fact("Valid until"));
    header.push(Heading::fact("Public key").spared(2));
    header.push(Heading::fact("Private key"));
    let mut grid = Grid::new(style, &header, one.certificates.len());
    // Certificates of one issuer stand together more often than not.
    let mut last_issuer: Option<(Name<'_>, String)> = None;
    for stored in &one.certificates {
        let certificate = &stored.certificate;
        let mut cell = |text: &str| grid.cell(Tone::Plain, text);
        cell(&(before + stored.position + 1).to_string());
        cell(&common_name(stored, style));
        if labelled {
            cell(&stored.label.as_deref().map(shown_bytes).unwrap_or_default());
        }
        if trusted {
            cell(stored.trust.as_deref().unwrap_or_default());
        }
        let issuer = certificate.issuer();
        if last_issuer.as_ref().is_none_or(|(name, _)| *name != issuer) {
            last_issuer = Some((issuer, issuer_text(issuer)));
        }
        cell(last_issuer.as_ref().map_or("", |(_, text)| text));
        cell(&certificate.not_after_day().unwrap_or_default());
        let is_told = certificate.description().is_some();
        cell(&if is_told { "?".to_owned() } else { describe_key(certificate.spki()) });
        cell(private_key(stored.private_key));
    }
    grid.write(output)
}

fn common_name(stored: &StoredCertificate, style: &Style) -> String {
    Presented(&stored.certificate).name(style.none())
}

fn issuer_text(issuer: Name<'_>) -> String {
    let name = issuer.bounded_common_name().unwrap_or_else(|| issuer.to_string());
    shown(&name).into_owned()
}

fn private_key(key: PrivateKey) -> &'static str {
    match key {
        PrivateKey::Present => "yes",
        PrivateKey::Absent => "no",
        PrivateKey::Unknown => "?",
    }
}

fn write_lookup(output: &mut impl Write, lookup: &Lookup, before: usize, style: &Style) -> io::Result<()> {
    writeln!(output, "\n{}", lookup.command)?;
    if lookup.returned.is_empty() {
        let said = lookup.standard_error.lines().collect::<Vec<_>>().join(" ");
        let text = match lookup.exit_status {
            0 => "shows nothing of that name".to_owned(),
            status => format!("prints nothing and ends with status {status}: {}", shown(&said)),
        };
        return write_hanging(output, "  ", "  ", &wrap(&text, room(style, 2)));
    }
    let numbers: Vec<String> = lookup
        .returned
        .iter()
        .map(|found| match found {
            Found::Stored(position) => format!("# {}", before + position + 1),
            Found::File(path, _) => format!("the file {}", shown(&path.to_string_lossy())),
        })
        .collect();
    let text = format!("prints, in this order: {}", numbers.join(", "));
    write_hanging(output, "  ", "  ", &wrap(&text, room(style, 2)))
}
