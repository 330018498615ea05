//! One device as an event of the Open Cybersecurity Schema Framework: a Compliance Finding (class
//! 2003), which security data lakes take in as it stands.

use crate::diagnosis::Verdict;
use crate::fleet::row::{Answer, CertificateFacts, DeviceFacts};
use crate::reason::Code;
use crate::rule::Rule;
use crate::text::hex;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The version of the framework whose schema the events follow.
const OCSF: &str = "1.8.0";

/// Of hash algorithms, SHA-256 (object `fingerprint`, `algorithm_id`).
const SHA_256: u8 = 3;

/// The event of one device under one rule.
pub(super) fn event(device: &DeviceFacts, answer: &Answer, rule: &Rule, at: Timestamp) -> Value {
    let mut event = json!({
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "category_uid": 2,
        "category_name": "Findings",
        "type_uid": 200_301,
        "type_name": "Compliance Finding: Create",
        "activity_id": 1,
        "activity_name": "Create",
        "time": at.as_millisecond(),
        "severity_id": severity(answer),
        "message": message(answer),
        "metadata": {
            "version": OCSF,
            "product": {
                "name": "certposture",
                "vendor_name": "certposture",
                "version": env!("CARGO_PKG_VERSION"),
            },
        },
        "finding_info": {
            "uid": finding_id(device, answer, rule),
            "title": "Client certificate device posture check",
            "types": [rule.rule_type.as_str()],
        },
        "compliance": compliance(answer, rule),
        "unmapped": {
            "serial_number": device.serial_number,
            "captured_at": device.captured_at.map(|time| time.as_millisecond()),
            "other_type": {
                "type": answer.other_type.rule_type.as_str(),
                "verdict": answer.other_type.verdict.as_str(),
            },
        },
    });
    if let Some(device) = device_object(device) {
        event["device"] = device;
    }
    if let Some(fix) = &answer.fix {
        let command = fix.command.iter().map(String::as_str);
        let sentences = std::iter::once(&*fix.message).chain(command).chain(fix.then.as_deref());
        event["remediation"] = json!({"desc": sentences.collect::<Vec<_>>().join("\n")});
    }
    if let Some(certificate) = &answer.certificate {
        event["evidences"] = json!([{"data": {"certificate": certificate_object(certificate)}}]);
    }
    event
}

fn compliance(answer: &Answer, rule: &Rule) -> Value {
    let (status, status_name) = status(answer.verdict);
    let codes: Vec<&str> = answer.codes.iter().map(|code| code.as_str()).collect();
    let mut compliance = json!({
        "control": rule.name.as_deref().unwrap_or(rule.rule_type.as_str()),
        "standards": ["Cloudflare device posture"],
        "status_id": status,
        "status": status_name,
        "status_code": answer.code().map_or("pass", Code::as_str),
        "status_details": codes,
    });
    let check = json!({"uid": rule.id, "name": rule.name});
    let check = without_nulls(check);
    if check.as_object().is_some_and(|fields| !fields.is_empty()) {
        compliance["checks"] = json!([check]);
    }
    compliance
}

/// `status_id` and its caption. The framework's "Warning" is a check without a result for lack of
/// information.
const fn status(verdict: Verdict) -> (u8, &'static str) {
    match verdict {
        Verdict::Pass => (1, "Pass"),
        Verdict::Unknown => (2, "Warning"),
        Verdict::Fail => (3, "Fail"),
    }
}

/// 1 informational, 2 low, 3 medium, 4 high.
fn severity(answer: &Answer) -> u8 {
    match answer.verdict {
        Verdict::Pass if answer.codes.contains(&Code::ExpiresSoon) => 2,
        Verdict::Pass => 1,
        Verdict::Unknown => 3,
        Verdict::Fail => 4,
    }
}

fn message(answer: &Answer) -> &str {
    answer.message.as_deref().unwrap_or("The check passes")
}

/// The same for the same finding, so that a later event takes the place of an earlier one.
fn finding_id(device: &DeviceFacts, answer: &Answer, rule: &Rule) -> String {
    let mut hash = Sha256::new();
    let certificate = answer.certificate.as_ref().map(|certificate| &*certificate.sha256);
    let parts = [device.id.as_deref(), device.hostname.as_deref(), device.serial_number.as_deref()];
    for part in parts.into_iter().chain([rule.id.as_deref(), rule.name.as_deref(), certificate]) {
        let part = part.unwrap_or_default();
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex(&hash.finalize()[..16])
}

/// The framework wants at least one name of a device.
fn device_object(device: &DeviceFacts) -> Option<Value> {
    let id = device.id.as_deref().or(device.serial_number.as_deref());
    (id.is_some() || device.hostname.is_some())
        .then(|| without_nulls(json!({"type_id": 0, "uid": id, "hostname": device.hostname})))
}

fn certificate_object(certificate: &CertificateFacts) -> Value {
    without_nulls(json!({
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial_number": certificate.serial_number,
        "expiration_time": certificate.not_after.map(|end| end.as_millisecond()),
        "fingerprints": [
            {"algorithm_id": SHA_256, "algorithm": "SHA-256", "value": certificate.sha256},
        ],
    }))
}

fn without_nulls(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}
