//! One line of the input against the rules.

use super::lines::{Content, Line};
use super::row::{
    Against, Answer, CertificateFacts, Change, Detail, DeviceFacts, FixFacts, Judged, OtherAnswer, Outcome,
    Rejection, Row,
};
use crate::ca::UploadedCas;
use crate::capture::Capture;
use crate::certificate::Certificate;
use crate::diagnosis::{self, Case, Demands, Diagnosis, Examined, Judging};
use crate::rule::Rule;
use jiff::Timestamp;

/// What every device is judged by.
#[derive(Debug)]
pub struct Judge {
    pub now: Terms,
    /// What the answers are compared with: a change that is considered.
    pub then: Option<Terms>,
    pub intermediates: Vec<Certificate>,
    pub expiry_warning_days: u32,
    pub judging: Judging,
    /// Whether rows say all that `check` says.
    pub detail: bool,
    /// How a line becomes a capture.
    pub read: fn(&[u8]) -> Result<Capture, String>,
}

/// Rules, CAs and a moment.
#[derive(Clone, Debug)]
pub struct Terms {
    pub rules: Vec<Rule>,
    pub cas: UploadedCas,
    pub at: Timestamp,
}

impl Judge {
    /// The row of one line.
    pub fn row(&self, line: Line) -> Row {
        let outcome = match line.content {
            Content::Bytes(bytes) if bytes.trim_ascii().is_empty() => Outcome::Blank,
            Content::Bytes(bytes) => match (self.read)(&bytes) {
                Ok(capture) => Outcome::Judged(self.judged(&capture)),
                Err(reason) => Outcome::Rejected(Rejection { reason, raw: Some(bytes) }),
            },
            Content::TooLong { length } => {
                let reason =
                    format!("the line has {length} bytes, more than the limit of {}", super::MAX_LINE);
                Outcome::Rejected(Rejection { reason, raw: None })
            }
        };
        Row { line: line.number, outcome }
    }

    fn judged(&self, capture: &Capture) -> Judged {
        let answers = self.now.rules.iter().enumerate().map(|(position, rule)| {
            let diagnosis = self.diagnose(capture, &self.now, rule);
            let mut answer = answer(&diagnosis);
            answer.detail = self.detail.then(|| Box::new(detail(&diagnosis)));
            answer.against = self.then.as_ref().and_then(|then| {
                // One rule stands for all, as one that is to take the place of each.
                let rule = then.rules.get(position).or(then.rules.first())?;
                let after = self.diagnose(capture, then, rule);
                Some(Against {
                    verdict: after.verdict,
                    code: after.reasons.first().map(|reason| reason.finding.code),
                    change: Change::between(diagnosis.verdict, after.verdict),
                })
            });
            answer
        });
        Judged { answers: answers.collect(), device: device_facts(capture) }
    }

    fn diagnose(&self, capture: &Capture, terms: &Terms, rule: &Rule) -> Diagnosis {
        let conditions = Conditions {
            at: terms.at,
            intermediates: &self.intermediates,
            expiry_warning_days: self.expiry_warning_days,
            judging: &self.judging,
        };
        let cas = terms.cas.for_rule(rule.certificate_id.as_deref());
        let mut diagnosis = diagnose(capture, rule, &cas, &conditions);
        // As `check` tells of a client that is not there.
        diagnosis::hold(&mut diagnosis, Demands::default());
        diagnosis
    }
}

/// What a verdict rests on besides device, rule and CA.
#[derive(Clone, Copy, Debug)]
pub struct Conditions<'a> {
    pub at: Timestamp,
    /// Certificates that may stand between client certificates and the CA.
    pub intermediates: &'a [Certificate],
    pub expiry_warning_days: u32,
    pub judging: &'a Judging,
}

/// What `check` answers on the captured device.
pub fn diagnose(capture: &Capture, rule: &Rule, cas: &UploadedCas, conditions: &Conditions<'_>) -> Diagnosis {
    let places = capture.places_for(rule);
    let case = Case {
        rule,
        cas,
        device: &capture.device,
        client: capture.client.as_ref(),
        intermediates: conditions.intermediates,
        places: &places,
        system: capture.system_for(rule, &places),
        at: conditions.at,
        expiry_warning_days: conditions.expiry_warning_days,
        // The folder in which the client runs certutil is not this one.
        working_directory: None,
        judging: conditions.judging,
    };
    diagnosis::diagnose_further(&case, || capture.elsewhere())
}

fn device_facts(capture: &Capture) -> DeviceFacts {
    DeviceFacts {
        id: capture.id.clone(),
        hostname: capture.device.host_names.own().map(str::to_owned),
        serial_number: capture.device.serial_number.as_ref().ok().cloned(),
        captured_at: Some(capture.captured_at),
    }
}

fn answer(diagnosis: &Diagnosis) -> Answer {
    let first = diagnosis.reasons.first();
    let other = &diagnosis.other_type;
    Answer {
        verdict: diagnosis.verdict,
        codes: diagnosis.reasons.iter().map(|reason| reason.finding.code).collect(),
        message: first.map(|reason| reason.finding.message.clone()),
        certificate: deciding(diagnosis).map(|examined| certificate_facts(&examined.stored.certificate)),
        fix: diagnosis.fixes.first().map(|fix| FixFacts {
            code: fix.code,
            message: fix.message.clone(),
            command: fix.command.clone(),
            system: diagnosis.system,
            then: fix.then.clone(),
        }),
        other_type: OtherAnswer {
            rule_type: other.rule_type,
            verdict: other.verdict,
            code: other.reasons.first().map(|reason| reason.finding.code),
        },
        against: None,
        recorded: None,
        detail: None,
    }
}

fn detail(diagnosis: &Diagnosis) -> Detail {
    Detail {
        reasons: diagnosis.reasons.clone(),
        fixes: diagnosis.fixes.clone(),
        other_reasons: diagnosis.other_type.reasons.clone(),
    }
}

/// The certificate that passes; or else the one that the first reasons are about.
fn deciding(diagnosis: &Diagnosis) -> Option<&Examined> {
    let about = diagnosis.reasons.iter().find_map(|reason| reason.finding.certificate());
    let meant = |examined: &&Examined| Some(examined.stored.certificate.sha256()) == about;
    let passing = diagnosis.certificates.iter().find(|examined| examined.passes());
    passing.or_else(|| diagnosis.certificates.iter().find(meant))
}

fn certificate_facts(certificate: &Certificate) -> CertificateFacts {
    CertificateFacts {
        sha256: certificate.sha256().to_owned(),
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        serial_number: certificate.serial_hex(),
        not_after: certificate.not_after(),
    }
}
