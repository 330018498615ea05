//! What stands on this device, for a person: the answer to `certposture` alone.

use super::command;
use super::fit::{room, wrap, wrap_facts, write_hanging};
use super::json;
use super::list::report_store;
use super::style::{Style, Tone};
use super::table::{counted, verdict_word};
use crate::certificate::describe_key;
use crate::device::Client;
use crate::diagnosis::{StoreReport, Verdict};
use crate::posture::RuleType;
use crate::store::{Contents, Place, PrivateKey, Status, StoredCertificate};
use crate::survey::{ClientSays, Likely, Looks, Survey, days_left};
use crate::system::System;
use crate::text::{shown, shown_bytes};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Lines of the client's own answer, client certificates of a store, and CAs named.
const MOST_LINES: usize = 10;
const MOST_CLIENTS: usize = 10;
const MOST_CAS: usize = 4;

/// The column at which facts begin.
const INDENT: usize = 14;

/// Writes the document `certposture.survey/1`.
pub fn json(survey: &Survey, next: &str) -> io::Result<()> {
    let of_store =
        |place: &Place| StoreReport { searched: !place.elsewhere, ..report_store(&place.contents) };
    let certificates = survey.places.iter().flat_map(|place| {
        let contents = &place.contents;
        let stored = move |one| json::stored(&contents.spec, survey.system, one, survey.at);
        contents.certificates.iter().map(stored)
    });
    json::print(&json!({
        "schema": "certposture.survey/1",
        "tool": json::tool(),
        "evaluated_at": json::time(Some(survey.at)),
        "host": json::host(&survey.device),
        "system": survey.system.api_name(),
        "client": json::client_value(&survey.client, survey.system),
        "client_says": match &survey.says {
            ClientSays::Said(text) => Some(text),
            ClientSays::NoCommand | ClientSays::Failed(_) => None,
        },
        "stores": survey.places.iter().map(|place| json::store(&of_store(place))).collect::<Vec<_>>(),
        "certificates": certificates.collect::<Vec<_>>(),
        "likely": survey.likely.as_ref().map(likely_value),
        "name": survey.name,
        "next": next,
    }))
}

fn likely_value(likely: &Likely) -> Value {
    json!({
        "code": likely.finding.code.as_str(),
        "message": likely.finding.message,
        "url": likely.finding.code.url(),
        "type": likely.only.map(RuleType::as_str),
        "fix": likely.fix.as_ref().map(|fix| json!({"message": fix.message, "command": fix.command})),
    })
}

/// Writes everything. `next` is the command to run next, and whether it names what to look for.
pub fn table(survey: &Survey, next: &str, style: &Style) -> io::Result<()> {
    let mut output = io::BufWriter::new(anstream::AutoStream::always(io::stdout().lock()));
    write(&mut output, survey, next, style)?;
    output.flush()
}

fn write(output: &mut impl Write, survey: &Survey, next: &str, style: &Style) -> io::Result<()> {
    if style.quiet {
        let code =
            survey.likely.as_ref().map_or_else(String::new, |likely| format!(" {}", likely.finding.code));
        return writeln!(output, "{}{code}", verdict_word(Verdict::Unknown));
    }
    fact(output, "Device", &device(survey), style)?;
    fact(output, "Client", &client(survey), style)?;
    client_says(output, &survey.says, style)?;
    for place in &survey.places {
        writeln!(output)?;
        write_place(output, place, survey, style)?;
    }
    if survey.others > 0 {
        writeln!(output)?;
        let places = counted(survey.others, "other place");
        fact(output, "Also read", &[format!("{places}, without a client certificate")], style)?;
    }
    writeln!(output)?;
    match &survey.likely {
        Some(likely) => write_likely(output, likely, survey, style)?,
        None => fact(output, "Likely", &[nothing_stands_out(survey).to_owned()], style)?,
    }
    fact(
        output,
        "Not known",
        &["the rule's common name and type, and which CA certificate was uploaded".to_owned()],
        style,
    )?;
    writeln!(output)?;
    write_command(output, &label("Next", style, Tone::Strong), next, survey, style)?;
    let how = "Add --ca FILE with the CA certificate that was uploaded, and --type v2 if the check's form in the dashboard \
               has \"OS locations\". All commands: certposture --help";
    write_hanging(output, &margin(), &margin(), &wrap(how, room(style, INDENT)))
}

fn margin() -> String {
    " ".repeat(INDENT)
}

fn label(text: &str, style: &Style, tone: Tone) -> String {
    style.paint(tone, &format!("{text:<INDENT$}"))
}

fn fact(output: &mut impl Write, name: &str, facts: &[String], style: &Style) -> io::Result<()> {
    let separator = format!(" {} ", style.dot());
    let lines = wrap_facts(facts, &separator, room(style, INDENT));
    write_hanging(output, &label(name, style, Tone::Plain), &margin(), &lines)
}

fn device(survey: &Survey) -> Vec<String> {
    let name = survey
        .device
        .host_names
        .own()
        .map_or_else(|| "no host name".to_owned(), |name| shown(name).into_owned());
    let serial = match &survey.device.serial_number {
        Ok(number) => format!("serial number {}", shown(number)),
        Err(why) => format!("serial number not known: {}", shown(why)),
    };
    vec![name, survey.system.to_string(), serial]
}

fn client(survey: &Survey) -> Vec<String> {
    let version = match &survey.client {
        Client::Installed { version } => format!("version {}", shown(version)),
        Client::NotFound => return vec!["not installed: without it no posture check runs".to_owned()],
    };
    std::iter::once(version).chain(survey.client.warning(survey.system)).collect()
}

fn client_says(output: &mut impl Write, says: &ClientSays, style: &Style) -> io::Result<()> {
    let command = "warp-cli debug posture";
    let text = match says {
        ClientSays::NoCommand => return Ok(()),
        ClientSays::Failed(why) => {
            return fact(
                output,
                "Client says",
                &[format!("{command} gave no answer: {}", shown(why))],
                style,
            );
        }
        ClientSays::Said(text) => text,
    };
    fact(output, "Client says", &[format!("({command})")], style)?;
    for line in text.lines().take(MOST_LINES) {
        write_hanging(output, &margin(), &margin(), &wrap(&shown(line), room(style, INDENT)))?;
    }
    match text.lines().count().saturating_sub(MOST_LINES) {
        0 => Ok(()),
        more => writeln!(output, "{}({} more)", margin(), counted(more, "line")),
    }
}

fn write_place(output: &mut impl Write, place: &Place, survey: &Survey, style: &Style) -> io::Result<()> {
    let contents = &place.contents;
    let count = match contents.status {
        Status::Read => counted(contents.certificates.len(), "certificate"),
        other => other.to_string(),
    };
    let dot = style.dot();
    let who = if place.elsewhere { "the client does not look here" } else { "the client looks here" };
    let title = format!("{} {dot} {count} {dot} {who}", shown(&contents.spec.to_string()));
    writeln!(output, "{}", style.paint(Tone::Strong, &title))?;
    // The likely cause says it in full.
    let is_likely = |code| survey.likely.as_ref().is_some_and(|likely| likely.finding.code == code);
    if let Some(problem) = contents.problem.as_ref().filter(|problem| !is_likely(problem.code)) {
        let text = format!("{} [{}]", problem.message, problem.code);
        write_hanging(output, "  ", "  ", &wrap(&text, room(style, 2)))?;
    }
    let of =
        |looks| contents.certificates.iter().filter(move |stored| Looks::of(&stored.certificate) == looks);
    let clients: Vec<&StoredCertificate> = of(Looks::Client).collect();
    for stored in clients.iter().take(MOST_CLIENTS) {
        write_entry(output, "Client", &client_certificate(stored, contents, survey), style)?;
    }
    if let more @ 1.. = clients.len().saturating_sub(MOST_CLIENTS) {
        write_entry(output, "", &[format!("and {more} more: certposture list")], style)?;
    }
    write_authorities(output, &of(Looks::Authority).collect::<Vec<_>>(), survey, style)?;
    match of(Looks::Unreadable).count() {
        0 => Ok(()),
        count => write_entry(output, "Unreadable", &[counted(count, "certificate")], style),
    }
}

fn write_entry(output: &mut impl Write, name: &str, facts: &[String], style: &Style) -> io::Result<()> {
    let separator = format!(" {} ", style.dot());
    let head = format!("  {name:<width$}", width = INDENT - 2);
    write_hanging(output, &head, &margin(), &wrap_facts(facts, &separator, room(style, INDENT)))
}

fn client_certificate(stored: &StoredCertificate, contents: &Contents, survey: &Survey) -> Vec<String> {
    let certificate = &stored.certificate;
    let name = certificate.subject().bounded_common_name();
    let mut facts =
        vec![name.as_deref().map_or_else(|| "no common name".to_owned(), |name| shown(name).into_owned())];
    let label = stored.label.as_deref().filter(|label| Some(*label) != name.as_deref().map(str::as_bytes));
    let kind = if contents.evidence.system == Some(System::Linux) { "nickname" } else { "label" };
    facts.extend(label.map(|label| format!("{kind} \"{}\"", shown_bytes(label))));
    let issuer = certificate.issuer();
    let issuer = issuer.bounded_common_name().unwrap_or_else(|| issuer.to_string());
    facts.push(format!("issued by {}", shown(&issuer)));
    facts.push(validity(stored, survey));
    facts.push(describe_key(certificate.spki()));
    facts.push(
        match stored.private_key {
            PrivateKey::Present => "with its private key",
            PrivateKey::Absent => "no private key",
            PrivateKey::Unknown => "private key unknown",
        }
        .to_owned(),
    );
    facts
}

fn validity(stored: &StoredCertificate, survey: &Survey) -> String {
    let certificate = &stored.certificate;
    let early = certificate.not_before().filter(|start| *start > survey.at);
    match (early, days_left(certificate, survey.at)) {
        (Some(start), _) => format!("not valid before {}", start.strftime("%Y-%m-%d")),
        (None, None) => "no readable dates".to_owned(),
        (None, Some(days)) if days < 0 => {
            format!("expired {} ago", counted(days.unsigned_abs() as usize, "day"))
        }
        (None, Some(days)) => format!("{} left", counted(days as usize, "day")),
    }
}

fn write_authorities(
    output: &mut impl Write,
    authorities: &[&StoredCertificate],
    survey: &Survey,
    style: &Style,
) -> io::Result<()> {
    if authorities.len() > MOST_CAS {
        return write_entry(output, "CAs", &[counted(authorities.len(), "CA certificate")], style);
    }
    for stored in authorities {
        let subject = stored.certificate.subject();
        let name = subject.bounded_common_name().unwrap_or_else(|| subject.to_string());
        write_entry(output, "CA", &[shown(&name).into_owned(), validity(stored, survey)], style)?;
    }
    Ok(())
}

fn write_likely(output: &mut impl Write, likely: &Likely, survey: &Survey, style: &Style) -> io::Result<()> {
    let mut text = format!("{}. [{}]", likely.finding.message, likely.finding.code);
    match likely.only {
        Some(RuleType::ClientCertificate) => text.push_str(" Only client_certificate rules mind."),
        Some(RuleType::ClientCertificateV2) => text.push_str(" Only client_certificate_v2 rules mind."),
        None => {}
    }
    let lines = wrap(&text, room(style, INDENT));
    write_hanging(output, &label("Likely cause", style, Tone::Bad), &margin(), &lines)?;
    let Some(fix) = &likely.fix else { return Ok(()) };
    let head = label("Then fix", style, Tone::Strong);
    match &fix.command {
        Some(command) => write_command(output, &head, command, survey, style),
        None => write_hanging(output, &head, &margin(), &wrap(&fix.message, room(style, INDENT))),
    }
}

/// A command as it stands behind its label.
fn command_lines(command: &str, survey: &Survey, style: &Style) -> Vec<String> {
    command::lines(command, survey.system, style.width.map(|_| room(style, INDENT)))
}

/// A command, whose lines must survive being copied.
fn write_command(
    output: &mut impl Write,
    head: &str,
    command: &str,
    survey: &Survey,
    style: &Style,
) -> io::Result<()> {
    let lines = command_lines(command, survey, style);
    let lines: Vec<String> = lines.iter().map(|line| style.paint(Tone::Command, line)).collect();
    write_hanging(output, head, &margin(), &lines)
}

fn nothing_stands_out(survey: &Survey) -> &'static str {
    match survey.name {
        Some(_) => {
            "nothing stands out: the certificate is found under its common name, is within its dates, and the rest \
                    depends on the rule and the CA"
        }
        None => "nothing stands out: it depends on which of these names the rule has, and on the CA",
    }
}
