//! One device as one line of JSON: `certposture.verdict/1`.

use crate::diagnosis::Reason;
use crate::fleet::row::{
    Against, Answer, CertificateFacts, Detail, DeviceFacts, FixFacts, OtherAnswer, Outcome, Recorded, Row,
};
use crate::report::json::{Each, fix, reason, rule_name, seconds};
use crate::rule::Rule;
use jiff::Timestamp;
use serde::Serialize;
use serde::ser::{SerializeSeq as _, Serializer};

const SCHEMA: &str = "certposture.verdict/1";

/// A row under each rule, as one object or, with several rules, as a list of them.
pub(super) struct Verdicts<'a> {
    pub row: &'a Row,
    pub rules: &'a [Rule],
    pub at: Timestamp,
}

impl Serialize for Verdicts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let [_] = self.rules {
            return self.verdict(0).serialize(serializer);
        }
        let mut list = serializer.serialize_seq(Some(self.rules.len()))?;
        for position in 0..self.rules.len() {
            list.serialize_element(&self.verdict(position))?;
        }
        list.end()
    }
}

impl<'a> Verdicts<'a> {
    /// The row under the rule at `position`.
    pub fn verdict(&self, position: usize) -> Verdict<'a> {
        let rule = self.rules.get(position).map(|rule| RuleObject {
            id: rule.id.as_deref(),
            name: rule.name.as_deref(),
            rule_type: rule.rule_type.as_str(),
        });
        let nothing = Verdict {
            schema: SCHEMA,
            line: self.row.line,
            device: None,
            hostname: None,
            serial_number: None,
            captured_at: None,
            rule,
            verdict: "rejected",
            code: None,
            codes: Vec::new(),
            message: None,
            certificate: None,
            fix: None,
            other_type: None,
            against: None,
            recorded: None,
            reasons: None,
            fixes: None,
            error: None,
        };
        match &self.row.outcome {
            Outcome::Blank => Verdict { error: Some("the line is empty"), ..nothing },
            Outcome::Rejected(rejection) => Verdict { error: Some(&rejection.reason), ..nothing },
            Outcome::Judged(judged) => {
                let nothing = nothing.of(&judged.device);
                match judged.answers.get(position) {
                    Some(answer) => nothing.with(answer, &self.rules[position], self.at),
                    None => nothing,
                }
            }
        }
    }
}

#[derive(Serialize)]
pub(super) struct Verdict<'a> {
    schema: &'static str,
    line: u64,
    device: Option<&'a str>,
    hostname: Option<&'a str>,
    serial_number: Option<&'a str>,
    captured_at: Option<String>,
    rule: Option<RuleObject<'a>>,
    verdict: &'static str,
    code: Option<&'static str>,
    codes: Vec<&'static str>,
    message: Option<&'a str>,
    certificate: Option<CertificateObject<'a>>,
    fix: Option<FixObject<'a>>,
    other_type: Option<OtherObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<AgainstObject>,
    /// `null` for a device of which Cloudflare's records say nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<Option<RecordedObject>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Reasons<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<Fixes<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

impl<'a> Verdict<'a> {
    fn of(self, device: &'a DeviceFacts) -> Self {
        Self {
            device: device.id.as_deref(),
            hostname: device.hostname.as_deref(),
            serial_number: device.serial_number.as_deref(),
            captured_at: device.captured_at.map(seconds),
            ..self
        }
    }

    fn with(self, answer: &'a Answer, rule: &'a Rule, at: Timestamp) -> Self {
        let detail = answer.detail.as_deref();
        Self {
            verdict: answer.verdict.as_str(),
            code: answer.code().map(|code| code.as_str()),
            codes: answer.codes.iter().map(|code| code.as_str()).collect(),
            message: answer.message.as_deref(),
            certificate: answer.certificate.as_ref().map(|facts| CertificateObject::of(facts, at)),
            fix: answer.fix.as_ref().map(FixObject::of),
            other_type: Some(OtherObject {
                reasons: detail.map(|detail| Reasons { reasons: &detail.other_reasons, rule }),
                ..OtherObject::of(&answer.other_type)
            }),
            against: answer.against.as_ref().map(AgainstObject::of),
            recorded: answer.recorded.map(|recorded| RecordedObject::of(recorded, answer.agrees())),
            reasons: detail.map(|detail| Reasons { reasons: &detail.reasons, rule }),
            fixes: detail.map(|detail| Fixes { detail, rule }),
            ..self
        }
    }
}

#[derive(Serialize)]
struct RuleObject<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    #[serde(rename = "type")]
    rule_type: &'static str,
}

#[derive(Serialize)]
struct CertificateObject<'a> {
    sha256: &'a str,
    subject: &'a str,
    issuer: &'a str,
    serial: &'a str,
    not_after: Option<String>,
    days_left: Option<i64>,
}

impl<'a> CertificateObject<'a> {
    fn of(facts: &'a CertificateFacts, at: Timestamp) -> Self {
        Self {
            sha256: &facts.sha256,
            subject: &facts.subject,
            issuer: &facts.issuer,
            serial: &facts.serial_number,
            not_after: facts.not_after.map(seconds),
            days_left: facts.not_after.map(|end| days_between(at, end)),
        }
    }
}

/// Whole days from `at` to `end`; negative once it is past.
fn days_between(at: Timestamp, end: Timestamp) -> i64 {
    (end.as_second() - at.as_second()).div_euclid(24 * 60 * 60)
}

#[derive(Serialize)]
pub(super) struct FixObject<'a> {
    code: &'static str,
    message: &'a str,
    command: Option<&'a str>,
    then: Option<&'a str>,
}

impl<'a> FixObject<'a> {
    pub fn of(facts: &'a FixFacts) -> Self {
        Self {
            code: facts.code.as_str(),
            message: &facts.message,
            command: facts.command.as_deref(),
            then: facts.then.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct OtherObject<'a> {
    #[serde(rename = "type")]
    rule_type: &'static str,
    verdict: &'static str,
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Reasons<'a>>,
}

impl OtherObject<'_> {
    fn of(other: &OtherAnswer) -> Self {
        Self {
            rule_type: other.rule_type.as_str(),
            verdict: other.verdict.as_str(),
            code: other.code.map(|code| code.as_str()),
            reasons: None,
        }
    }
}

/// Reasons as `check` tells them.
struct Reasons<'a> {
    reasons: &'a [Reason],
    rule: &'a Rule,
}

impl Serialize for Reasons<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Each(self.reasons, |one| reason(one, rule_name(self.rule))).serialize(serializer)
    }
}

/// Fixes as `check` tells them.
struct Fixes<'a> {
    detail: &'a Detail,
    rule: &'a Rule,
}

impl Serialize for Fixes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Detail { reasons, fixes, .. } = self.detail;
        Each(fixes, |one| fix(one, reasons, rule_name(self.rule))).serialize(serializer)
    }
}

#[derive(Serialize)]
struct RecordedObject {
    at: Option<String>,
    result: Option<&'static str>,
    agrees: Option<bool>,
}

impl RecordedObject {
    fn of(recorded: Recorded, agrees: Option<bool>) -> Option<Self> {
        match recorded {
            Recorded::Nothing => None,
            Recorded::Result { at, passed } => Some(Self {
                at: at.map(seconds),
                result: passed.map(|passed| if passed { "pass" } else { "fail" }),
                agrees,
            }),
        }
    }
}

#[derive(Serialize)]
struct AgainstObject {
    verdict: &'static str,
    code: Option<&'static str>,
    change: &'static str,
}

impl AgainstObject {
    fn of(against: &Against) -> Self {
        Self {
            verdict: against.verdict.as_str(),
            code: against.code.map(|code| code.as_str()),
            change: against.change.as_str(),
        }
    }
}
