//! Answers as JSON: stable shapes with a schema version, lower-case hexadecimal, times in UTC.

use super::presented::Presented;
use super::table::then_in_full;
use super::{detail, gist};
use crate::ca::UploadedCa;
use crate::certificate::Certificate;
use crate::device::{Client, Device, Whose};
use crate::diagnosis::{Diagnosis, Examined, Fix, Reason, Step, StoreReport, Verdict};
use crate::lookup::{Found, Lookup};
use crate::reason::Severity;
use crate::rule::Rule;
use crate::store::{StoreSpec, StoredCertificate};
use crate::system::System;
use crate::text::{bounded, is_deceptive, shown_bytes};
use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes the answer to one rule.
pub fn check(answer: &Diagnosis) -> io::Result<()> {
    print(&Check(answer))
}

/// Writes the answers to several rules.
pub fn checks(answers: &[Diagnosis]) -> io::Result<()> {
    print(&Checks(answers))
}

/// Several answers have what one has at its top: the worst verdict, and the reasons and fixes of all,
/// those of the worst first. The answers themselves stand beneath.
struct Checks<'a>(&'a [Diagnosis]);

impl Serialize for Checks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut worst_first: Vec<&Diagnosis> = self.0.iter().collect();
        worst_first.sort_by_key(|answer| std::cmp::Reverse(answer.verdict));
        let worst = worst_first.first().map_or(Verdict::Unknown, |answer| answer.verdict);
        let reasons = worst_first.iter().flat_map(|answer| reasons(answer));
        let fixes = worst_first.iter().flat_map(|answer| fixes(answer));
        let mut document = serializer.serialize_map(None)?;
        document.serialize_entry("schema", "certposture.checks/1")?;
        document.serialize_entry("tool", &tool())?;
        document.serialize_entry("verdict", worst.as_str())?;
        document.serialize_entry("evaluated_at", &time(self.0.first().map(|answer| answer.at)))?;
        document.serialize_entry("host", &self.0.first().map(|answer| host(&answer.device)))?;
        document.serialize_entry("days_left", &self.0.iter().filter_map(days_left).min())?;
        document.serialize_entry("reasons", &reasons.collect::<Vec<_>>())?;
        document.serialize_entry("fixes", &fixes.collect::<Vec<_>>())?;
        document.serialize_entry("checks", &Each(self.0, Check))?;
        document.end()
    }
}

/// One answer. Certificates are written one by one: a store may hold thousands, and all of them as
/// values would take many times their space.
struct Check<'a>(&'a Diagnosis);

impl Serialize for Check<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let answer = self.0;
        let at = answer.at;
        let mut document = serializer.serialize_map(None)?;
        document.serialize_entry("schema", "certposture.check/1")?;
        document.serialize_entry("tool", &tool())?;
        document.serialize_entry("verdict", answer.verdict.as_str())?;
        document.serialize_entry("evaluated_at", &time(Some(at)))?;
        document.serialize_entry("host", &host(&answer.device))?;
        document.serialize_entry("days_left", &days_left(answer))?;
        document.serialize_entry("rule", &rule(answer))?;
        let client = answer.client.as_ref().map(|client| client_value(client, answer.system));
        document.serialize_entry("client", &client)?;
        document.serialize_entry(
            "ca",
            &Each(&answer.cas.cas, |one: &UploadedCa| authority(&one.certificate, at)),
        )?;
        document.serialize_entry("stores", &Each(&answer.stores, store))?;
        document.serialize_entry(
            "lookups",
            &Each(&answer.lookups, |looked: &(StoreSpec, Lookup)| lookup_value(answer, looked)),
        )?;
        document.serialize_entry("certificates", &Each(&answer.certificates, |one| examined(one, answer)))?;
        document.serialize_entry("reasons", &reasons(answer).collect::<Vec<_>>())?;
        document.serialize_entry("fixes", &fixes(answer).collect::<Vec<_>>())?;
        document.serialize_entry("other_type", &other_type(answer))?;
        if let Some(comparison) = &answer.log {
            document.serialize_entry("log", &super::log::value(comparison))?;
        }
        if let Some(diag) = &answer.warp_diag {
            document.serialize_entry("warp_diag", &super::warp_diag::value(diag))?;
        }
        document.end()
    }
}

/// Which program wrote the document.
pub(super) fn tool() -> Value {
    json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")})
}

/// The device that is judged.
pub(super) fn host(device: &Device) -> Value {
    json!({"name": device.host_names.own(), "this_machine": device.whose == Whose::Ours})
}

/// Whole days until the certificate expires on which the answer stands.
fn days_left(answer: &Diagnosis) -> Option<i64> {
    gist::not_after(answer).map(|end| gist::days_between(answer.at, end))
}

/// A list whose elements are made when they are written.
pub(super) struct Each<'a, T, F>(pub &'a [T], pub F);

impl<'a, T, V: Serialize, F: Fn(&'a T) -> V> Serialize for Each<'a, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(&self.1))
    }
}

fn other_type(answer: &Diagnosis) -> Value {
    let other = &answer.other_type;
    json!({
        "type": other.rule_type.as_str(),
        "verdict": other.verdict.as_str(),
        "reasons": other.reasons.iter().map(|one| reason(one, rule_name(&answer.rule))).collect::<Vec<_>>(),
    })
}

/// An uploaded CA.
pub(super) fn authority(certificate: &Certificate, at: Timestamp) -> Value {
    let mut value = json!({
        "subject": certificate.subject().to_string(),
        "sha256": certificate.sha256(),
        "not_before": time(certificate.not_before()),
        "not_after": certificate.not_after_text(),
    });
    add_derived(&mut value, certificate, at);
    value
}

/// What programs would otherwise have to work out of the subject, the dates and the extensions.
pub(super) fn add_derived(value: &mut Value, certificate: &Certificate, at: Timestamp) {
    value["common_name"] = certificate.subject().bounded_common_name().into();
    value["days_left"] = certificate.not_after().map(|end| gist::days_between(at, end)).into();
    value["ca"] = Presented(certificate).readable(Certificate::claims_to_be_ca).into();
}

fn lookup_value(answer: &Diagnosis, (spec, lookup): &(StoreSpec, Lookup)) -> Value {
    let own: Vec<&Examined> = answer.certificates.iter().filter(|c| c.spec == *spec).collect();
    looked_up(spec, lookup, |position| own.get(position).map(|c| c.stored.certificate.sha256().to_owned()))
}

pub(super) fn client_value(client: &Client, system: System) -> Value {
    let version = match client {
        Client::Installed { version } => Some(version),
        Client::NotFound => None,
    };
    json!({
        "installed": version.is_some(),
        "version": version,
        "least_for_v2": Client::least_for_v2(system),
        "warning": client.warning(system),
    })
}

fn rule(answer: &Diagnosis) -> Value {
    let rule = &answer.rule;
    let name = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(|b| String::from_utf8_lossy(b).into_owned());
    json!({
        "type": rule.rule_type.as_str(),
        "type_assumed": rule.type_assumed,
        "id": rule.id,
        "name": rule.name,
        "cn": name(&rule.common_name),
        "cn_resolved": name(&answer.resolution.common_name),
        "operating_system": answer.system.api_name(),
        "certificate_id": rule.certificate_id,
        "locations": rule.locations.as_ref().map(|locations| json!({
            "trust_stores": locations.trust_stores.iter().map(|store| store.as_str()).collect::<Vec<_>>(),
            "paths": locations.paths.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
        })),
        "check_private_key": rule.check_private_key,
        "extended_key_usage": rule.extended_key_usage.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "subject_alternative_names": answer.resolution.subject_alternative_names,
        "schedule_seconds": rule.schedule.map(|interval| interval.0),
        "expiration_seconds": rule.expiration.map(|interval| interval.0),
    })
}

/// A store, as `check` and `list` tell of it.
pub(super) fn store(store: &StoreReport) -> Value {
    json!({
        "spec": store.spec.to_string(),
        "status": store.status.as_str(),
        "role": store.evidence.role.as_ref().map(ToString::to_string),
        "role_source": store.evidence.source.as_str(),
        "complete": store.evidence.complete,
        "shows": {
            "private_key": store.evidence.shows.private_key,
            "label": store.evidence.shows.label,
            "order": store.evidence.shows.order,
            "trust": store.evidence.shows.trust,
        },
        "searched": store.searched,
        "certificates": store.certificates,
        "account": store.account,
        "code": store.problem.as_ref().map(|problem| problem.code.as_str()),
        "message": store.problem.as_ref().map(|problem| problem.message.clone()),
    })
}

/// A look-up; `sha256_of` tells the fingerprint of the stored certificate at a position.
pub(super) fn looked_up(
    spec: &StoreSpec,
    lookup: &Lookup,
    sha256_of: impl Fn(usize) -> Option<String>,
) -> Value {
    let returned: Vec<Option<String>> = lookup
        .returned
        .iter()
        .map(|found| match found {
            Found::Stored(position) => sha256_of(*position),
            Found::File(_, certificate) => Some(certificate.sha256().to_owned()),
        })
        .collect();
    json!({"store": spec.to_string(), "command": lookup.command, "returned": returned})
}

fn examined(examined: &Examined, answer: &Diagnosis) -> Value {
    let system = gist::system_of(answer, examined);
    let mut value = stored(&examined.spec, system, &examined.stored, answer.at);
    value["searched"] = examined.searched.into();
    value["passes"] = examined.passes().into();
    value["chain"] = examined.chain.iter().map(|c| c.sha256().to_owned()).collect::<Vec<_>>().into();
    value["steps"] = examined.steps.iter().map(step).collect::<Vec<_>>().into();
    value
}

/// A stored certificate, as `check` and `list` tell of it; the look-up in its store is that of `system`.
pub(super) fn stored(spec: &StoreSpec, system: System, stored: &StoredCertificate, at: Timestamp) -> Value {
    let certificate = &stored.certificate;
    let presented = Presented(certificate);
    let mut value = json!({
        "sha256": certificate.sha256(),
        "store": spec.to_string(),
        "searched": true,
        "location": stored.location,
        "position": stored.position,
        "label": stored.label.as_deref().map(label_text),
        "trust": stored.trust,
        "subject": presented.subject(),
        "issuer": presented.issuer(),
        "serial": presented.serial(),
        "not_before": time(certificate.not_before()),
        "not_after": certificate.not_after_text(),
        "key": (presented.problem().is_none() && certificate.description().is_none())
            .then(|| crate::certificate::describe_key(certificate.spki())),
        "private_key": stored.private_key.as_str(),
        "problem": presented.problem(),
    });
    add_derived(&mut value, certificate, at);
    detail::add(&mut value, spec, system, certificate);
    value
}

/// A label is any bytes; what is not UTF-8 is written as `\xNN`.
fn label_text(label: &[u8]) -> String {
    std::str::from_utf8(label).map_or_else(|_| shown_bytes(label), |label| bounded(label).into_owned())
}

fn step(step: &Step) -> Value {
    json!({
        "step": step.step.as_str(),
        "status": step.status.as_str(),
        "code": step.code.map(|code| code.as_str()),
        "message": step.message,
    })
}

fn reasons(answer: &Diagnosis) -> impl Iterator<Item = Value> {
    answer.reasons.iter().map(|one| reason(one, rule_name(&answer.rule)))
}

/// A reason, of the rule that is named so.
pub(super) fn reason(reason: &Reason, rule: Option<&str>) -> Value {
    let severity = if reason.severity == Severity::Warning { "warning" } else { "fault" };
    json!({
        "code": reason.finding.code.as_str(),
        "severity": severity,
        "message": reason.finding.message,
        "url": reason.finding.code.url(),
        "certificate": reason.finding.certificate(),
        "rule": rule,
    })
}

fn fixes(answer: &Diagnosis) -> impl Iterator<Item = Value> {
    answer.fixes.iter().map(|one| fix(one, &answer.reasons, rule_name(&answer.rule)))
}

/// A fix beside the reasons of the same answer.
pub(super) fn fix(fix: &Fix, reasons: &[Reason], rule: Option<&str>) -> Value {
    json!({
        "code": fix.code.as_str(),
        "message": fix.message,
        "command": fix.command,
        "remains": fix.remains.iter().map(|code| code.as_str()).collect::<Vec<_>>(),
        "then": then_in_full(fix, reasons),
        "rule": rule,
    })
}

/// Which of several rules is meant: its name, or else its UUID.
pub(super) fn rule_name(rule: &Rule) -> Option<&str> {
    rule.name.as_deref().or(rule.id.as_deref())
}

/// A moment, in whole seconds: certificates have no finer ones, and not every parser reads fractions.
pub(super) fn time(timestamp: Option<Timestamp>) -> Option<String> {
    timestamp.map(|t| Timestamp::from_second(t.as_second()).unwrap_or(t).to_string())
}

/// A moment in whole seconds.
pub(super) fn seconds(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Writes a document to standard output.
pub(crate) fn print(value: &impl Serialize) -> io::Result<()> {
    let mut output = io::BufWriter::new(io::stdout().lock());
    write(&mut output, value)?;
    output.flush()
}

/// Writes a document.
pub(super) fn write(output: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut *output, Escaping(PrettyFormatter::new()));
    value.serialize(&mut serializer)?;
    output.write_all(b"\n")
}

/// Writes a document on one line.
pub(super) fn write_line(output: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *output, Escaping(CompactFormatter));
    value.serialize(&mut serializer)?;
    output.write_all(b"\n")
}

/// JSON in which every deceptive character is escaped: a document shown in a terminal must
/// not move its cursor either. The strings mean the same to whoever parses them.
struct Escaping<F>(F);

impl<F: Formatter> Formatter for Escaping<F> {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }
    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }
    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }
    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }
    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_deceptive(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}
