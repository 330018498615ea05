//! A rule together with the certificate that it names, and what is wrong with the pair.

use super::account::Account;
use super::error::ApiError;
use crate::answer;
use crate::ca::{self, UploadedCas};
use crate::certificate::Certificate;
use crate::device::Device;
use crate::diagnosis::Reason;
use crate::posture::RuleType;
use crate::reason::{About, Code, Finding, Severity};
use crate::rule::{self, Rule};
use crate::text::shown;
use crate::verification::{self, Reading};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Names told of the certificates that an account does have.
const LISTED: usize = 5;

/// What `check --rule` reads, and what was found out while fetching it.
#[derive(Clone, Debug)]
pub struct Bundle {
    pub rules: Vec<PulledRule>,
    /// The API's objects, each once.
    pub certificates: Vec<Value>,
}

/// A rule with its CA.
#[derive(Clone, Debug)]
pub struct PulledRule {
    pub json: Value,
    pub rule: Rule,
    /// The certificates that were uploaded under the rule's `certificate_id`.
    pub cas: Vec<Certificate>,
    /// What is wrong with the rule or the CA; faults first.
    pub reasons: Vec<Reason>,
}

impl Bundle {
    /// Fetches the certificates that `rules`, which are API objects, name.
    pub fn fetch(account: &Account<'_>, rules: Vec<Value>, at: Timestamp) -> Result<Self, ApiError> {
        let mut bundle = Self { rules: Vec::new(), certificates: Vec::new() };
        for json in rules {
            let rule = rule::read_rule(&json);
            let mut reasons = rule_reasons(&rule);
            let uploaded = match rule.certificate_id.as_deref() {
                Some(id) => bundle.certificate(account, id)?,
                None => None,
            };
            let mut cas = Vec::new();
            match uploaded {
                Some(object) => cas = judge(&object, rule.rule_type, at, &mut reasons),
                None => reasons.push(missing(account, rule.certificate_id.as_deref())),
            }
            reasons.sort_by_key(|reason| reason.severity);
            bundle.rules.push(PulledRule { json, rule, cas, reasons });
        }
        Ok(bundle)
    }

    /// The uploaded certificate `id`, which is asked for once only.
    fn certificate(&mut self, account: &Account<'_>, id: &str) -> Result<Option<Value>, ApiError> {
        let known =
            self.certificates.iter().find(|c| c["id"].as_str().is_some_and(|have| ca::same_id(have, id)));
        if let Some(known) = known {
            return Ok(Some(known.clone()));
        }
        let Some(mut object) = account.certificate(id)? else { return Ok(None) };
        // The API does not give the key away; should it ever, this file is passed around.
        if let Some(fields) = object.as_object_mut() {
            fields.remove("private_key");
        }
        self.certificates.push(object.clone());
        Ok(Some(object))
    }

    /// The document that `check --rule` reads.
    pub fn document(&self) -> Value {
        let rules: Vec<&Value> = self.rules.iter().map(|pulled| &pulled.json).collect();
        json!({"schema": answer::BUNDLE_SCHEMA, "rules": rules, "certificates": self.certificates})
    }

    /// The worst that was found: a fault before an unknown, that before a warning.
    pub fn worst(&self) -> Option<Severity> {
        self.rules.iter().flat_map(|rule| &rule.reasons).map(|reason| reason.severity).min()
    }
}

fn reason(code: Code, rule_type: RuleType, message: String) -> Reason {
    Reason { finding: Finding::new(code, message), severity: code.severity(rule_type) }
}

/// What the rule itself gets wrong; variables are not filled in, for they are the device's.
fn rule_reasons(rule: &Rule) -> Vec<Reason> {
    let device = Device::here(Some(String::new()), Some(String::new()));
    let variables = rule::resolve(rule, &device).problems;
    let mut problems = rule.problems.clone();
    problems.extend(variables.into_iter().filter(|problem| problem.code == Code::RuleVariableUnknown));
    problems.into_iter().map(|problem| reason(problem.code, rule.rule_type, problem.message)).collect()
}

/// Reads the uploaded object and says what is wrong with it.
fn judge(object: &Value, rule_type: RuleType, at: Timestamp, reasons: &mut Vec<Reason>) -> Vec<Certificate> {
    let mut uploaded = UploadedCas::default();
    uploaded.add_json(object, None);
    for problem in &uploaded.problems {
        reasons.push(reason(problem.code, rule_type, problem.message.clone()));
    }
    let cas: Vec<Certificate> = uploaded.cas.into_iter().map(|ca| ca.certificate).collect();
    for certificate in &cas {
        let findings = verification::anchor(&Reading::of(certificate), at);
        let is_ca = findings.iter().all(|finding| finding.code != Code::CaNotACa);
        for finding in findings {
            // The newer type asks for the direct issuer, whatever that is.
            let matters = is_ca && rule_type == RuleType::ClientCertificate;
            if finding.code == Code::CaNotSelfSigned && !matters {
                continue;
            }
            let severity = finding.code.severity(rule_type);
            let about = About::Certificate(certificate.sha256().to_owned());
            reasons.push(Reason { finding: finding.about(about), severity });
        }
    }
    cas
}

/// The rule's `certificate_id` stands for nothing: says what the account has instead.
fn missing(account: &Account<'_>, id: Option<&str>) -> Reason {
    let what = match id {
        Some(id) => {
            format!("The rule's certificate_id is {}, and the account has no such certificate", shown(id))
        }
        None => "The rule names no certificate_id".to_owned(),
    };
    // Only to be helpful: without the list the message says enough.
    let there = account.certificates().ok().map(|list| listed(&list)).unwrap_or_default();
    let message = format!("{what}{there}");
    Reason { finding: Finding::new(Code::RuleCaMismatch, message), severity: Severity::Unknown }
}

fn listed(certificates: &[Value]) -> String {
    let one = |certificate: &Value| {
        let text = |field: &str| shown(certificate[field].as_str().unwrap_or("?")).into_owned();
        format!("{} \"{}\"", text("id"), text("name"))
    };
    let names: Vec<String> = certificates.iter().take(LISTED).map(one).collect();
    match certificates.len() {
        0 => "; it has none at all: upload the CA with `certposture ca upload`".to_owned(),
        count if count > LISTED => format!("; it has {} and {} more", names.join(", "), count - LISTED),
        _ => format!("; it has {}", names.join(", ")),
    }
}
