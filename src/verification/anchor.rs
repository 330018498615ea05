//! The uploaded CA as a trust anchor: its own dates, flags and constraints count, in the spirit of
//! RFC 5937.

use super::issuer::{Child, Signed, signed_with};
use super::memo::{IssuerKey, Memo};
use super::message::{date, finding, span};
use super::reading::Reading;
use super::validate::{malformed, unknown_critical, weak_key};
use crate::certificate::oid;
use crate::reason::{Code, Finding};
use jiff::Timestamp;

/// What there is to report about an uploaded CA before any certificate is looked at.
pub fn anchor(reading: &Result<Reading<'_>, String>, at: Timestamp) -> Vec<Finding> {
    findings(reading, at.as_second(), &Memo::default())
}

const WHO: &str = "The uploaded CA";

fn unparseable(what: &str) -> Finding {
    finding(Code::CertificateUnparseable, 0, format!("{WHO} is malformed: {what}"))
}

/// What there is to report about the CA that reads as `reading`, at the moment `at`.
pub fn findings(reading: &Result<Reading<'_>, String>, at: i64, memo: &Memo) -> Vec<Finding> {
    let reading = match reading {
        Ok(reading) => reading,
        Err(what) => return vec![unparseable(what)],
    };
    let mut findings = malformed(reading, 0, WHO);
    let key = memo.key(reading.spki);
    let is_root = is_self_signed(reading, &key, memo);
    findings.extend(not_a_ca(reading, is_root == Ok(true)));
    findings.extend(key_usage(reading));
    findings.extend(validity(reading, at));
    findings.extend(unknown_critical(reading, 0, WHO));
    if let Err(what) = &key.public {
        findings.push(finding(
            Code::AlgorithmUnsupported,
            0,
            format!("Nothing signed by the uploaded CA can be checked here: {what}"),
        ));
    }
    findings.extend(not_self_signed(is_root));
    findings.extend(weak_key(reading, 0, WHO));
    findings
}

/// Whether `key`, its own, signed the certificate; `Err` when the signature cannot be checked.
pub fn is_self_signed(reading: &Reading<'_>, key: &IssuerKey, memo: &Memo) -> Result<bool, ()> {
    if !reading.is_self_issued() {
        return Ok(false);
    }
    match signed_with(key, Child { certificate: reading.certificate, reading, own_key: None }, memo) {
        Signed::Yes => Ok(true),
        Signed::No(_) => Ok(false),
        Signed::Unsupported(_) | Signed::Unreadable(_) => Err(()),
    }
}

fn not_a_ca(reading: &Reading<'_>, is_root: bool) -> Option<Finding> {
    let why = match reading.extensions.basic_constraints {
        Some(constraints) if constraints.ca => return None,
        Some(_) => "its basic constraints say that it is not a CA",
        // Versions 1 and 2 have no basic constraints; a root of that age is a CA because somebody
        // uploads it as one (RFC 5280 §6.1.4 (k)).
        None if reading.version < 3 && is_root => return None,
        // They are there, and told as malformed.
        None if reading.extensions.malformed.iter().any(|flaw| flaw.concerns(oid::BASIC_CONSTRAINTS)) => {
            return None;
        }
        None => "it has no basic constraints",
    };
    Some(finding(
        Code::CaNotACa,
        0,
        format!(
            "The uploaded certificate is not a CA certificate: {why}. Upload the certificate of the CA \
             that issues the client certificates"
        ),
    ))
}

fn key_usage(reading: &Reading<'_>) -> Option<Finding> {
    let usage = reading.extensions.key_usage?;
    (!usage.key_cert_sign()).then(|| {
        finding(
            Code::CaKeyUsage,
            0,
            format!("{WHO} must not sign certificates: its key usage lacks keyCertSign"),
        )
    })
}

fn validity(reading: &Reading<'_>, at: i64) -> Option<Finding> {
    let (code, message) = if at > reading.not_after {
        let message = format!("expired on {}, {} ago", date(reading.not_after), span(at - reading.not_after));
        (Code::CaExpired, message)
    } else if at < reading.not_before {
        let message =
            format!("is valid from {}, {} from now", date(reading.not_before), span(reading.not_before - at));
        (Code::CaNotYetValid, message)
    } else {
        return None;
    };
    Some(finding(code, 0, format!("{WHO} {message}")))
}

fn not_self_signed(is_root: Result<bool, ()>) -> Option<Finding> {
    (is_root == Ok(false)).then(|| {
        finding(
            Code::CaNotSelfSigned,
            0,
            format!("{WHO} is not self-signed: it is an intermediate, and not a root CA"),
        )
    })
}
