//! The answer of `ca inspect`.

use super::fit::{room, wrap, write_hanging};
use super::fitted::fitted;
use super::heading::Heading;
use super::json::{print, time};
use super::presented::Presented;
use super::style::{Style, Tone};
use crate::certificate::{Certificate, describe_key};
use crate::posture::RuleType;
use crate::reason::Severity;
use crate::store::PrivateKey;
use crate::text::shown;
use crate::upload::{CaKind, Client, Fit, InspectedCa, InspectedFile, Inspection};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

const TYPES: [RuleType; 2] = [RuleType::ClientCertificate, RuleType::ClientCertificateV2];

/// Client certificates listed on a terminal before the rest is counted.
const MANY: usize = 20;

/// Writes the document `certposture.ca/1`.
pub fn json(inspection: &Inspection) -> io::Result<()> {
    let certificates: Vec<&InspectedCa> = inspection.certificates().map(|(_, ca)| ca).collect();
    print(&json!({
        "schema": "certposture.ca/1",
        "evaluated_at": time(Some(inspection.at)),
        "files": inspection.files.iter().map(|file| json!({
            "file": file.path.to_string_lossy(),
            "unreadable": file.unreadable,
            "private_keys": file.private_keys,
            "certificates": file.certificates.iter().map(|ca| ca_value(inspection, ca)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "clients": inspection.clients.iter().map(|client| client_value(client, &certificates)).collect::<Vec<_>>(),
    }))
}

fn ca_value(inspection: &Inspection, ca: &InspectedCa) -> Value {
    let certificate = &ca.certificate;
    let authority = ca.authority.as_ref();
    let presented = Presented(certificate);
    json!({
        "sha256": certificate.sha256(),
        "subject": presented.subject(),
        "issuer": presented.issuer(),
        "serial": presented.serial(),
        "not_before": time(certificate.not_before()),
        "not_after": certificate.not_after_text(),
        "key": presented.readable(|certificate| describe_key(certificate.spki())),
        "signature": authority.map(|a| a.signature.clone()),
        "kind": kind_word(ca.kind),
        "ca": authority.and_then(|a| a.ca),
        "path_length": authority.and_then(|a| a.path_length),
        "key_usage": authority.and_then(|a| a.key_usage.clone()),
        "subject_key_id": authority.and_then(|a| a.subject_key_id.clone()),
        "authority_key_id": authority.and_then(|a| a.authority_key_id.clone()),
        "private_key": ca.private_key.as_str(),
        "same_name_and_key": inspection.twins(ca).map(|(_, twin)| twin.certificate.sha256()).collect::<Vec<_>>(),
        "upload_for": {
            "client_certificate": fit_word(ca.fit(RuleType::ClientCertificate)),
            "client_certificate_v2": fit_word(ca.fit(RuleType::ClientCertificateV2)),
        },
        "reasons": ca.findings.iter().map(|finding| json!({
            "code": finding.code.as_str(),
            "severity": severity_word(finding.code.severity(RuleType::ClientCertificate)),
            "message": finding.message,
            "url": finding.code.url(),
        })).collect::<Vec<_>>(),
    })
}

fn client_value(client: &Client, certificates: &[&InspectedCa]) -> Value {
    let signed = client.signings.iter().zip(certificates).map(|(signing, ca)| {
        json!({
            "ca": ca.certificate.sha256(),
            "direct": signing.direct,
            "path": signing.path,
            "reason": signing.fault.as_ref().map(|fault| fault.code.as_str()),
            "message": signing.fault.as_ref().map(|fault| fault.message.clone()),
        })
    });
    let presented = Presented(&client.certificate);
    json!({
        "sha256": client.certificate.sha256(),
        "source": client.source,
        "subject": presented.subject(),
        "issuer": presented.issuer(),
        "signed_by": signed.collect::<Vec<_>>(),
        "upload": client.issuers.iter().map(|issuer| json!({
            "sha256": issuer.certificate.sha256(),
            "source": issuer.source,
        })).collect::<Vec<_>>(),
    })
}

const fn kind_word(kind: CaKind) -> &'static str {
    match kind {
        CaKind::Root => "root",
        CaKind::Intermediate => "intermediate",
        CaKind::Leaf => "leaf",
        CaKind::Unreadable => "unreadable",
    }
}

const fn fit_word(fit: Fit) -> &'static str {
    match fit {
        Fit::Yes => "yes",
        Fit::Undocumented => "undocumented",
        Fit::No => "no",
    }
}

const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "warning",
        Severity::Fault | Severity::Unknown => "fault",
    }
}

/// Writes a block per certificate, and then what they have to do with the client certificates.
pub fn table(inspection: &Inspection, style: &Style) -> io::Result<()> {
    let mut output = io::BufWriter::new(anstream::AutoStream::always(io::stdout().lock()));
    let mut before = 0;
    for file in &inspection.files {
        write_file(&mut output, inspection, file, before, style)?;
        before += file.certificates.len();
    }
    if !inspection.clients.is_empty() {
        write_clients(&mut output, inspection, style)?;
    }
    output.flush()
}

fn write_file(
    output: &mut impl Write,
    inspection: &Inspection,
    file: &InspectedFile,
    before: usize,
    style: &Style,
) -> io::Result<()> {
    let name = shown(&file.path.to_string_lossy()).into_owned();
    if let Some(why) = &file.unreadable {
        return write_labelled(
            output,
            style,
            Tone::Bad,
            "NO",
            &format!("{name} {} [ca-unreadable]", shown(why)),
        );
    }
    let count = file.certificates.len();
    for (position, ca) in file.certificates.iter().enumerate() {
        let number = if count > 1 {
            format!(" {} certificate {} of {count}", style.dot(), position + 1)
        } else {
            String::new()
        };
        writeln!(output, "{}", style.paint(Tone::Strong, &format!("{name}{number}")))?;
        for (label, text) in facts(ca, style) {
            write_fact(output, style, label, &text)?;
        }
        writeln!(output)?;
        write_advice(output, inspection, ca, before + position, style)?;
        writeln!(output)?;
    }
    if count > 1 {
        let what = format!(
            "{name} holds {count} certificates. Upload one alone: `ca upload {name} --certificate N` [ca-several-certificates]"
        );
        write_labelled(output, style, Tone::Doubtful, "Note", &what)?;
    }
    if file.private_keys > 0 {
        write_labelled(output, style, Tone::Doubtful, "Note", &key_note(file))?;
    }
    if count > 1 || file.private_keys > 0 {
        writeln!(output)?;
    }
    Ok(())
}

fn key_note(file: &InspectedFile) -> String {
    let has = |key| file.certificates.iter().any(|ca| ca.private_key == key);
    let whose = if has(PrivateKey::Present) {
        "It belongs to the certificate."
    } else if has(PrivateKey::Unknown) {
        "Whose it is cannot be told: it is encrypted or of an unknown kind."
    } else {
        "It does not belong to the certificate: it is another's."
    };
    format!(
        "A private key travels with the certificate. {whose} The check does not need it; only Gateway HTTPS inspection \
         and block pages do. Keep it off devices and out of mails. [ca-with-private-key]"
    )
}

fn facts(ca: &InspectedCa, style: &Style) -> Vec<(&'static str, String)> {
    let certificate = &ca.certificate;
    let dot = style.dot();
    let Some(authority) = &ca.authority else {
        return vec![("SHA-256", certificate.sha256().to_owned())];
    };
    let kind = match ca.kind {
        CaKind::Root => "root CA (self-signed)",
        CaKind::Intermediate => "intermediate CA",
        CaKind::Leaf if authority.is_self_signed == Some(true) => "self-signed certificate, not a CA",
        CaKind::Leaf => "leaf: a client's or server's certificate, not a CA",
        CaKind::Unreadable => "unreadable",
    };
    let flag = match authority.ca {
        Some(true) => "CA flag set",
        Some(false) => "CA flag not set",
        None => "no basic constraints",
    };
    let depth = authority.path_length.map(|n| format!(" {dot} path length {n}")).unwrap_or_default();
    let usage = match &authority.key_usage {
        Some(names) => names.join(", "),
        None => "any (no key usage extension)".to_owned(),
    };
    vec![
        ("Subject", name(certificate.subject().to_string())),
        ("Issuer", name(certificate.issuer().to_string())),
        ("CaKind", format!("{kind} {dot} {flag}{depth}")),
        ("Key usage", usage),
        ("Valid", format!("{} to {}", date(certificate, true), date(certificate, false))),
        ("Key", format!("{} {dot} signed with {}", describe_key(certificate.spki()), authority.signature)),
        ("SHA-256", certificate.sha256().to_owned()),
    ]
}

fn name(text: String) -> String {
    shown(&text).into_owned()
}

fn date(certificate: &Certificate, start: bool) -> String {
    let moment = if start { certificate.not_before() } else { certificate.not_after() };
    moment.map_or_else(|| "?".to_owned(), |t| t.strftime("%Y-%m-%d").to_string())
}

fn write_advice(
    output: &mut impl Write,
    inspection: &Inspection,
    ca: &InspectedCa,
    position: usize,
    style: &Style,
) -> io::Result<()> {
    for rule_type in TYPES {
        let (tone, label, advice) = match ca.fit(rule_type) {
            Fit::No => (Tone::Bad, "NO", advice(ca, rule_type, Fit::No).to_owned()),
            Fit::Yes if !inspection.clients.is_empty() => for_clients(inspection, position, rule_type),
            Fit::Yes => (Tone::Good, "OK", advice(ca, rule_type, Fit::Yes).to_owned()),
            Fit::Undocumented => (Tone::Doubtful, "?", advice(ca, rule_type, Fit::Undocumented).to_owned()),
        };
        write_labelled(output, style, tone, label, &format!("{rule_type}: {advice}"))?;
    }
    for finding in &ca.findings {
        write_labelled(
            output,
            style,
            Tone::Doubtful,
            "Note",
            &format!("{}. [{}]", finding.message, finding.code),
        )?;
    }
    for (file, twin) in inspection.twins(ca) {
        let what = format!(
            "Cross-signed: {} holds the same CA, with the same name and key, as {}. What one issued, the other issued \
             too.",
            shown(&file.path.to_string_lossy()),
            if twin.kind == CaKind::Root { "a root" } else { "an intermediate" },
        );
        write_labelled(output, style, Tone::Plain, "Note", &what)?;
    }
    Ok(())
}

/// With client certificates to serve, a certificate is the one to upload where it serves them.
fn for_clients(
    inspection: &Inspection,
    position: usize,
    rule_type: RuleType,
) -> (Tone, &'static str, String) {
    let total = inspection.clients.len();
    let direct = inspection.accepted(position, RuleType::ClientCertificateV2);
    match inspection.accepted(position, rule_type) {
        0 => {
            let what = match rule_type {
                RuleType::ClientCertificate => "no chain leads to it from a client certificate below",
                RuleType::ClientCertificateV2 => "it signed none of the client certificates below itself",
            };
            (Tone::Bad, "NO", what.to_owned())
        }
        all if all == total && direct == total => {
            (Tone::Good, "OK", "this is a certificate to upload: it signed the client certificates below itself".to_owned())
        }
        all if all == total => (
            Tone::Doubtful,
            "?",
            "a chain leads to it from the client certificates below through an intermediate; that this passes is not \
             documented"
                .to_owned(),
        ),
        some => (Tone::Doubtful, "SOME", format!("for {some} of {total} client certificates below")),
    }
}

fn advice(ca: &InspectedCa, rule_type: RuleType, fit: Fit) -> &'static str {
    match (fit, ca.kind, rule_type) {
        (Fit::No, CaKind::Leaf, _) => "not this one: upload the CA that signed it",
        (Fit::No, ..) => "not this one, see below",
        (Fit::Undocumented, ..) => "see below; this type is not documented to look at that",
        (Fit::Yes, CaKind::Intermediate, RuleType::ClientCertificate) => {
            "the documentation asks for the root; an intermediate serves the client certificates below it"
        }
        (Fit::Yes, _, RuleType::ClientCertificate) => "this is a certificate to upload",
        (Fit::Yes, _, RuleType::ClientCertificateV2) => {
            "this is the one if it signs the client certificates itself, with no intermediate between"
        }
    }
}

fn write_clients(output: &mut impl Write, inspection: &Inspection, style: &Style) -> io::Result<()> {
    let bad = |client: &&Client| client.signings.iter().all(|signing| !signing.direct);
    let mut rows: Vec<&Client> = inspection.clients.iter().collect();
    rows.sort_by_key(|client| !bad(client));
    let long = rows.len() > MANY && style.width.is_some() && !style.verbose;
    let left_out = if long { rows.len() - MANY } else { 0 };
    rows.truncate(rows.len() - left_out);
    let row = |client: &Client| {
        let (tone, mark) = if bad(&client) { (Tone::Bad, style.no()) } else { (Tone::Good, style.yes()) };
        vec![
            (Tone::Plain, common_name(client.certificate.subject())),
            (Tone::Plain, common_name(client.certificate.issuer())),
            (tone, mark.to_owned()),
            (Tone::Plain, to_upload(client)),
        ]
    };
    let header = [
        Heading::name("Client certificate"),
        Heading::name("Issued by"),
        Heading::fact("Signed by\na file above"),
        Heading::name("To upload"),
    ];
    writeln!(output, "{}", fitted(style, &header, rows.into_iter().map(row).collect()))?;
    if left_out > 0 {
        writeln!(output, "{left_out} more not shown; -v shows all.")?;
    }
    writeln!(output)?;
    write_signings(output, inspection, style)
}

/// One line for each certificate of the files, and one for each way in which it is not the issuer.
fn write_signings(output: &mut impl Write, inspection: &Inspection, style: &Style) -> io::Result<()> {
    let total = inspection.clients.len();
    for (index, (file, ca)) in inspection.certificates().enumerate() {
        let name = shown(&file.path.to_string_lossy()).into_owned();
        let place = if file.certificates.len() > 1 {
            format!("{name} ({})", common_name(ca.certificate.subject()))
        } else {
            name
        };
        let signings =
            inspection.clients.iter().filter_map(|client| client.signings.get(index).map(|s| (client, s)));
        let direct = signings.clone().filter(|(_, signing)| signing.direct).count();
        let (tone, label) = match direct {
            0 => (Tone::Bad, "NO"),
            all if all == total => (Tone::Good, "OK"),
            _ => (Tone::Doubtful, "SOME"),
        };
        let line = format!("{place} signed {direct} of {total} client certificates directly.");
        write_labelled(output, style, tone, label, &line)?;
        let mut faults: BTreeMap<&str, (usize, &Client, &str)> = BTreeMap::new();
        for (client, signing) in signings {
            if let Some(fault) = &signing.fault {
                faults.entry(fault.code.as_str()).or_insert((0, client, &fault.message)).0 += 1;
            }
        }
        for (code, (count, client, message)) in faults {
            let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
            let line = format!(
                "{}{more}: {message}. {} [{code}]",
                common_name(client.certificate.subject()),
                upload_advice(client)
            );
            write_labelled(output, style, Tone::Plain, "", &line)?;
        }
    }
    Ok(())
}

fn common_name(name: crate::certificate::Name<'_>) -> String {
    shown(&name.bounded_common_name().unwrap_or_else(|| name.to_string())).into_owned()
}

fn to_upload(client: &Client) -> String {
    client
        .issuers
        .first()
        .map_or_else(|| "not at hand".to_owned(), |issuer| shown(&issuer.source).into_owned())
}

fn upload_advice(client: &Client) -> String {
    match client.issuers.first() {
        Some(issuer) => format!(
            "Upload \"{}\" from {}.",
            common_name(issuer.certificate.subject()),
            shown(&issuer.source)
        ),
        None => format!(
            "Its issuer is \"{}\"; ask for that CA's certificate.",
            shown(&client.certificate.issuer().to_string())
        ),
    }
}

fn write_fact(output: &mut impl Write, style: &Style, label: &str, text: &str) -> io::Result<()> {
    write_hanging(output, &format!("  {label:<11}"), &" ".repeat(13), &wrap(text, room(style, 13)))
}

/// A paragraph behind a word in a tone.
pub(crate) fn write_labelled(
    output: &mut impl Write,
    style: &Style,
    tone: Tone,
    label: &str,
    text: &str,
) -> io::Result<()> {
    let padding = " ".repeat(6usize.saturating_sub(label.chars().count()));
    let width = style.width.unwrap_or(100).min(100).saturating_sub(6).max(20);
    let head = format!("{}{padding}", style.paint(tone, label));
    write_hanging(output, &head, "      ", &wrap(text, width))
}
