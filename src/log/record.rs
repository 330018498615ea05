//! Records of posture checks: lines of Logpush's dataset `device_posture_results`, alone, as a list or as
//! NDJSON, and the `devicePosture` of a user's identity that the Access API answers with.
//!
//! What the client *received* has no published form, so it is kept as it is.

use crate::answer::{Document, NoDocument};
use crate::ca::same_id;
use crate::posture::RuleType;
use crate::rule::{self, Rule};
use crate::system::System;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Records read of one file.
const MOST_RECORDS: usize = 200_000;

/// One result of one check on one device.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// When Cloudflare received it.
    pub at: Option<Timestamp>,
    /// How it ended.
    pub passed: Option<bool>,
    pub rule_id: Option<String>,
    pub rule_name: Option<String>,
    /// The type of the check, as the record writes it.
    pub check_type: Option<String>,
    pub client_version: Option<String>,
    /// Cloudflare's own ID of the device.
    pub device_id: Option<String>,
    pub device_name: Option<String>,
    pub serial_number: Option<String>,
    /// The operating system, as the record writes it.
    pub device_type: Option<String>,
    pub user: Option<String>,
    /// What the rule asked for.
    pub expected: Value,
    /// What the client sent.
    pub received: Value,
    pub error: Option<String>,
}

/// Every record of a file that is about a client certificate.
#[derive(Clone, Debug, Default)]
pub struct Log {
    pub records: Vec<Record>,
    /// Records of checks of other types.
    pub others: usize,
    /// Lines that are not records.
    pub unreadable: usize,
}

/// Why a file has no record.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLog {
    #[error("is compressed: give what gunzip -c makes of it")]
    Gzip,
    #[error("cannot be used: {0}")]
    NoDocument(#[from] NoDocument),
    #[error(
        "is JSON, but holds no record of a posture check: a line of Logpush's device_posture_results has PolicyID and \
             PostureEvaluatedResult"
    )]
    NoRecord,
    #[error("holds records of posture checks, but of none that looks for a client certificate")]
    OtherChecks,
}

impl Log {
    /// Reads a file of one JSON document, or of one on each line.
    pub fn read(bytes: &[u8]) -> Result<Self, NoLog> {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            return Err(NoLog::Gzip);
        }
        let mut log = Self::default();
        match Document::read(bytes) {
            Ok(document) => log.add(document.value()),
            Err(NoDocument::NotJson(why)) => log.add_lines(bytes, NoDocument::NotJson(why))?,
            Err(other) => return Err(other.into()),
        }
        match (log.records.is_empty(), log.others) {
            (false, _) => Ok(log),
            (true, 0) => Err(NoLog::NoRecord),
            (true, _) => Err(NoLog::OtherChecks),
        }
    }

    /// Reads one line of a file; `None` for one that is not a record of any check.
    pub fn read_line(line: &[u8]) -> Option<Self> {
        let mut log = Self::default();
        log.add(Document::read(line).ok()?.value());
        (!log.records.is_empty() || log.others > 0).then_some(log)
    }

    /// One line that is not JSON, such as the last of a file that is cut off, hides none of the others.
    fn add_lines(&mut self, bytes: &[u8], why: NoDocument) -> Result<(), NoLog> {
        let mut read = 0;
        for line in bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
        {
            match Document::read(line) {
                Ok(document) => {
                    read += 1;
                    self.add(document.value());
                }
                Err(_) => self.unreadable += 1,
            }
        }
        if read == 0 { Err(why.into()) } else { Ok(()) }
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::Array(list) => list.iter().for_each(|entry| self.add(entry)),
            Value::Object(fields) => {
                if let Some(inner) =
                    fields.get("result").filter(|inner| inner.is_object() || inner.is_array())
                {
                    self.add(inner);
                } else if let Some(Value::Object(results)) = fields.get("devicePosture") {
                    let user = fields.get("email");
                    results.iter().for_each(|(id, result)| self.add_identity(id, result, user));
                } else {
                    self.add_record(value);
                }
            }
            _ => {}
        }
    }

    /// In an identity the rule's ID is the name of the field, and the user stands beside.
    fn add_identity(&mut self, id: &str, result: &Value, user: Option<&Value>) {
        let mut result = result.clone();
        if let Value::Object(fields) = &mut result {
            fields.entry("id").or_insert_with(|| json!(id));
            fields.entry("Email").or_insert_with(|| user.cloned().unwrap_or_default());
            self.add_record(&result);
        }
    }

    fn add_record(&mut self, value: &Value) {
        let Some(record) = Record::of(value) else { return };
        if !record.is_about_a_certificate() {
            self.others += 1;
        } else if self.records.len() < MOST_RECORDS {
            self.records.push(record);
        }
    }
}

impl Record {
    /// Reads one; `None` for an object that has neither an outcome nor what was expected.
    fn of(value: &Value) -> Option<Self> {
        let text = |names: &[&str]| {
            let mut found = names.iter().filter_map(|name| value[*name].as_str());
            found.find(|text| !text.is_empty()).map(str::to_owned)
        };
        let record = Self {
            at: moment(first(value, &["Timestamp", "timestamp"])),
            passed: outcome(first(value, &["PostureEvaluatedResult", "success"])),
            rule_id: text(&["PolicyID", "id"]),
            rule_name: text(&["PostureCheckName", "rule_name"]),
            check_type: text(&["PostureCheckType", "type"]),
            client_version: text(&["ClientVersion"]),
            device_id: text(&["DeviceID"]),
            device_name: text(&["DeviceName"]),
            serial_number: text(&["DeviceSerialNumber"]),
            device_type: text(&["DeviceType"]),
            user: text(&["Email"]),
            expected: object(first(value, &["PostureExpectedJSON"])),
            received: object(first(value, &["PostureReceivedJSON", "data", "check"])),
            error: text(&["error"]),
        };
        (record.passed.is_some() || record.expected.is_object()).then_some(record)
    }

    /// A check whose type is not told may be one, if that is what was expected.
    fn is_about_a_certificate(&self) -> bool {
        match &self.check_type {
            Some(name) => {
                name.to_ascii_lowercase().replace([' ', '-'], "_").starts_with("client_certificate")
            }
            None => self.expected.get("certificate_id").is_some(),
        }
    }

    pub fn rule_type(&self) -> Option<RuleType> {
        RuleType::from_name(&self.check_type.as_deref()?.to_ascii_lowercase().replace([' ', '-'], "_"))
    }

    pub fn system(&self) -> Option<System> {
        System::from_name(self.device_type.as_deref()?)
    }

    /// The rule that was in force, as far as the record tells it; `None` when it tells nothing.
    pub fn rule(&self) -> Option<Rule> {
        let input = self.expected.as_object().filter(|input| !input.is_empty())?;
        let guessed = || if input.contains_key("cn") && input.len() <= 2 { "" } else { "_v2" };
        let rule_type = match self.rule_type() {
            Some(known) => known.as_str().to_owned(),
            None => format!("client_certificate{}", guessed()),
        };
        Some(rule::read_rule(
            &json!({"id": self.rule_id, "name": self.rule_name, "type": rule_type, "input": input}),
        ))
    }

    pub fn is_of_rule(&self, id: &str) -> bool {
        self.rule_id.as_deref().is_some_and(|own| same_id(own, id))
    }
}

fn first<'a>(value: &'a Value, names: &[&str]) -> &'a Value {
    let mut found = names.iter().map(|name| &value[*name]);
    found.find(|value| !value.is_null()).unwrap_or(&Value::Null)
}

/// Some destinations have objects as text.
fn object(value: &Value) -> Value {
    match value.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        None => value.clone(),
    }
}

fn outcome(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(passed) => Some(*passed),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "pass" | "passed" => Some(true),
            "false" | "fail" | "failed" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Logpush writes RFC 3339, or seconds or nanoseconds since 1970.
fn moment(value: &Value) -> Option<Timestamp> {
    let number = match value {
        Value::String(text) => match text.parse() {
            Ok(moment) => return Some(moment),
            Err(_) => text.parse::<i64>().ok()?,
        },
        other => other.as_i64().or_else(|| other.as_f64().map(|seconds| seconds as i64))?,
    };
    match number.unsigned_abs() {
        0..100_000_000_000 => Timestamp::from_second(number).ok(),
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(number).ok(),
        100_000_000_000_000..100_000_000_000_000_000 => Timestamp::from_microsecond(number).ok(),
        _ => Timestamp::from_nanosecond(number.into()).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_in_every_form_of_logpush() {
        let wanted: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        for form in [
            json!("2026-11-25T12:00:00Z"),
            json!("2026-11-25T13:00:00+01:00"),
            json!(1_795_608_000),
            json!("1795608000"),
            json!(1_795_608_000.25),
            json!(1_795_608_000_000_i64),
            json!(1_795_608_000_000_000_000_i64),
        ] {
            assert_eq!(moment(&form), Some(wanted), "{form}");
        }
        assert_eq!(moment(&json!("yesterday")), None);
    }

    #[test]
    fn reads_lines_lists_and_identities() {
        let line = json!({"Timestamp": "2026-11-25T12:00:00Z", "PolicyID": "p", "PostureCheckType": "client_certificate_v2",
            "PostureEvaluatedResult": false, "PostureExpectedJSON": "{\"cn\": \"x\"}", "PostureReceivedJSON": {"a": 1}});
        let other = json!({"PolicyID": "q", "PostureCheckType": "firewall", "PostureEvaluatedResult": true});
        let lines = format!("{line}\n{other}\r\n\n{line}\n{{\"Timest");
        let log = Log::read(lines.as_bytes()).unwrap();
        assert_eq!((log.records.len(), log.others, log.unreadable), (2, 1, 1));
        assert_eq!(log.records[0].expected["cn"], "x");
        assert_eq!(log.records[0].rule().unwrap().common_name.unwrap(), b"x");
        assert_eq!(
            Log::read(json!({"success": true, "result": [line]}).to_string().as_bytes())
                .unwrap()
                .records
                .len(),
            1
        );
        let identity = json!({"success": true, "result": {"email": "jo@example.com", "devicePosture": {
            "p": {"id": "p", "rule_name": "Laptops", "type": "client_certificate", "success": true, "data": {"x": 1}}}}});
        let log = Log::read(identity.to_string().as_bytes()).unwrap();
        assert_eq!(log.records[0].passed, Some(true));
        assert_eq!(log.records[0].user.as_deref(), Some("jo@example.com"));
    }

    #[test]
    fn says_what_else_a_file_is() {
        assert_eq!(Log::read(b"\x1f\x8b\x08").unwrap_err(), NoLog::Gzip);
        assert!(matches!(Log::read(b"hello").unwrap_err(), NoLog::NoDocument(NoDocument::NotJson(_))));
        assert_eq!(Log::read(b"{}").unwrap_err(), NoLog::NoRecord);
        let other = json!({"PostureCheckType": "firewall", "PostureEvaluatedResult": true}).to_string();
        assert_eq!(Log::read(other.as_bytes()).unwrap_err(), NoLog::OtherChecks);
    }
}
