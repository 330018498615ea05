//! Rules as Cloudflare's API writes them: one rule, a list, either of them in the API's
//! `{"result": …}` envelope, or a bundle that `certposture pull` made.
//!
//! Fields may be missing or null, and unknown ones are ignored: the API grows.

use super::{Interval, Locations, Rule, RuleProblem, TrustStore};
use crate::posture::RuleType;
use crate::posture::Usage;
use crate::reason::Code;
use crate::system::System;
use crate::text;
use serde_json::Value;
use std::path::PathBuf;

/// What a file given with `--rule` holds.
#[derive(Clone, Debug)]
pub struct RuleFile {
    pub rules: Vec<Rule>,
    /// A bundle's certificates, as the API's mTLS-certificate objects; `None` when it is no bundle.
    pub certificates: Option<Vec<Value>>,
}

/// A file that holds no rule.
#[derive(Debug, thiserror::Error)]
pub enum RuleFileError {
    #[error("it is not JSON: {0}")]
    NotJson(String),
    #[error("it is JSON, but no posture rule: a rule has the fields \"type\" and \"input\"")]
    NoRule,
    #[error("the API answered with an error instead of a rule: {0}")]
    ApiError(String),
}

/// The schema of a bundle, which `certposture pull` writes.
pub const BUNDLE_SCHEMA: &str = "certposture.bundle/1";

/// Reads every rule of a file. A rule that is faulty is kept, with its problems.
pub fn read_rules(bytes: &[u8]) -> Result<RuleFile, RuleFileError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let document: Value = serde_json::from_slice(bytes)
        .map_err(|e| RuleFileError::NotJson(text::shown(&e.to_string()).into_owned()))?;
    if document["schema"] == BUNDLE_SCHEMA {
        let certificates = document["certificates"].as_array().cloned().unwrap_or_default();
        return Ok(RuleFile { rules: rules_of(&document["rules"])?, certificates: Some(certificates) });
    }
    if document["success"] == Value::Bool(false) {
        let errors = document["errors"].as_array().into_iter().flatten();
        let said: Vec<&str> = errors.filter_map(|e| e["message"].as_str()).collect();
        return Err(RuleFileError::ApiError(text::shown(&said.join("; ")).into_owned()));
    }
    let result = document.get("result").unwrap_or(&document);
    Ok(RuleFile { rules: rules_of(result)?, certificates: None })
}

fn rules_of(value: &Value) -> Result<Vec<Rule>, RuleFileError> {
    let rules: Vec<Rule> = match value {
        Value::Array(list) => list.iter().filter(|r| r.is_object()).map(read_rule).collect(),
        Value::Object(fields) if fields.contains_key("type") || fields.contains_key("input") => {
            vec![read_rule(value)]
        }
        _ => Vec::new(),
    };
    if rules.is_empty() { Err(RuleFileError::NoRule) } else { Ok(rules) }
}

/// Reads one rule of the API. What is wrong with it is among its problems.
pub fn read_rule(json: &Value) -> Rule {
    let mut reader = RuleReader { problems: Vec::new() };
    let input = &json["input"];
    let named_type = reader.text(&json["type"], "type");
    let rule_type = named_type.as_deref().and_then(RuleType::from_name);
    if rule_type.is_none() {
        reader.refuse_type(named_type.as_deref());
    }
    let rule_type_or_default = rule_type.unwrap_or(RuleType::ClientCertificate);
    let mut rule = Rule {
        id: reader.text(&json["id"], "id"),
        name: reader.text(&json["name"], "name"),
        certificate_id: reader.text(&input["certificate_id"], "input.certificate_id"),
        schedule: reader.interval(&json["schedule"], "schedule"),
        expiration: reader.interval(&json["expiration"], "expiration"),
        from_file: true,
        ..Rule::from_flags(
            reader.text(&input["cn"], "input.cn").map(String::into_bytes),
            Some(rule_type_or_default),
        )
    };
    rule.systems = match rule.rule_type {
        RuleType::ClientCertificate => reader.platforms(&json["match"]),
        RuleType::ClientCertificateV2 => reader.operating_system(&input["operating_system"]),
    };
    if rule_type == Some(RuleType::ClientCertificateV2) {
        rule.locations = reader.locations(&input["locations"]);
        rule.check_private_key = reader.flag(&input["check_private_key"], "input.check_private_key");
        rule.extended_key_usage = reader.usages(&input["extended_key_usage"]);
        rule.subject_alternative_names =
            reader.texts(&input["subject_alternative_names"], "input.subject_alternative_names");
    }
    if rule_type.is_some() && !input.is_object() {
        reader.malformed("the rule has no \"input\" object".to_owned());
    }
    // An empty text asks for no name, as a missing one does.
    if rule_type == Some(RuleType::ClientCertificateV2) {
        rule.common_name = rule.common_name.filter(|name| !name.is_empty());
    }
    rule.problems = reader.problems;
    rule
}

/// Reads fields, and notes what is wrong with them.
struct RuleReader {
    problems: Vec<RuleProblem>,
}

impl RuleReader {
    fn note(&mut self, code: Code, message: String) {
        self.problems.push(RuleProblem { code, message });
    }

    fn malformed(&mut self, what: String) {
        self.note(Code::RuleMalformed, format!("The rule is not what the API writes: {what}"));
    }

    fn refuse_type(&mut self, named: Option<&str>) {
        match named {
            Some(other) => self.note(
                Code::RuleTypeUnsupported,
                format!(
                    "The rule's type is \"{}\"; certposture explains client_certificate and client_certificate_v2",
                    text::shown(other)
                ),
            ),
            None => self.malformed("it has no \"type\"".to_owned()),
        }
    }

    fn text(&mut self, value: &Value, field: &str) -> Option<String> {
        match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => {
                self.malformed(format!("\"{field}\" is {} and not a text", kind(other)));
                None
            }
        }
    }

    fn flag(&mut self, value: &Value, field: &str) -> bool {
        match value {
            Value::Null => false,
            Value::Bool(flag) => *flag,
            other => {
                self.malformed(format!("\"{field}\" is {} and not true or false", kind(other)));
                false
            }
        }
    }

    fn interval(&mut self, value: &Value, field: &str) -> Option<Interval> {
        let written = self.text(value, field).filter(|text| !text.is_empty())?;
        let interval = Interval::parse(&written);
        if interval.is_none() {
            self.malformed(format!(
                "\"{field}\" is \"{}\", not a duration such as 5m or 1h",
                text::shown(&written)
            ));
        }
        interval
    }

    /// A list of texts. An empty one is a fault: the field asks for something and names nothing.
    fn texts(&mut self, value: &Value, field: &str) -> Vec<String> {
        let list = match value {
            Value::Null => return Vec::new(),
            Value::Array(list) => list,
            other => {
                self.malformed(format!("\"{field}\" is {} and not a list", kind(other)));
                return Vec::new();
            }
        };
        if list.is_empty() {
            self.note(
                Code::RuleEmptyList,
                format!("The rule's \"{field}\" is an empty list; leave the field out or give it a value"),
            );
        }
        list.iter().filter_map(|item| self.text(item, field)).collect()
    }

    fn usages(&mut self, value: &Value) -> Vec<Usage> {
        let names = self.texts(value, "input.extended_key_usage");
        let mut usages = Vec::new();
        for name in names {
            match name.parse() {
                Ok(usage) => usages.push(usage),
                Err(_) => self.note(
                    Code::RuleEkuUnknown,
                    format!(
                        "The rule asks for the extended key usage \"{}\"; only clientAuth and emailProtection are valid",
                        text::shown(&name)
                    ),
                ),
            }
        }
        usages
    }

    fn locations(&mut self, value: &Value) -> Option<Locations> {
        let fields = match value {
            Value::Null => return None,
            Value::Object(fields) => fields,
            other => {
                self.malformed(format!("\"input.locations\" is {} and not an object", kind(other)));
                return None;
            }
        };
        let null = Value::Null;
        let field = |name: &str| {
            fields.get(name).filter(|v| v.as_array().is_none_or(|l| !l.is_empty())).unwrap_or(&null)
        };
        let mut trust_stores = Vec::new();
        for name in self.texts(field("trust_stores"), "input.locations.trust_stores") {
            match name.as_str() {
                "system" => trust_stores.push(TrustStore::System),
                "user" => trust_stores.push(TrustStore::User),
                other => self.malformed(format!(
                    "\"{}\" is no trust store; \"system\" and \"user\" are",
                    text::shown(other)
                )),
            }
        }
        let paths: Vec<PathBuf> =
            self.texts(field("paths"), "input.locations.paths").into_iter().map(PathBuf::from).collect();
        for path in paths.iter().filter(|p| !p.has_root()) {
            self.malformed(format!(
                "\"{}\" in input.locations.paths is not an absolute path",
                text::shown(&path.to_string_lossy())
            ));
        }
        if trust_stores.is_empty() && paths.is_empty() {
            self.note(
                Code::RuleEmptyList,
                "The rule's \"input.locations\" names no place; it needs a trust store or a path".to_owned(),
            );
        }
        Some(Locations { trust_stores, paths })
    }

    fn operating_system(&mut self, value: &Value) -> Vec<System> {
        let Some(name) = self.text(value, "input.operating_system") else { return Vec::new() };
        self.system(&name).into_iter().collect()
    }

    fn platforms(&mut self, value: &Value) -> Vec<System> {
        let Some(list) = value.as_array() else {
            if !value.is_null() {
                self.malformed(format!("\"match\" is {} and not a list", kind(value)));
            }
            return Vec::new();
        };
        let names: Vec<String> =
            list.iter().filter_map(|m| self.text(&m["platform"], "match[].platform")).collect();
        // Platforms without a client-certificate check are left out; a rule for those alone fits no system.
        let known: Vec<System> = names.iter().filter_map(|name| System::from_name(name)).collect();
        if known.is_empty() && !names.is_empty() {
            self.note(
                Code::RuleOsMismatch,
                format!(
                    "The rule is matched to {} only, where no client-certificate check exists",
                    text::shown(&names.join(", "))
                ),
            );
        }
        known
    }

    fn system(&mut self, name: &str) -> Option<System> {
        let system = System::from_name(name);
        if system.is_none() {
            self.malformed(format!(
                "\"{}\" is no operating system of this check; windows, mac and linux are",
                text::shown(name)
            ));
        }
        system
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
