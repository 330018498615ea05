//! Rules with the API's field names: from the API, a bundle, or Terraform's record of them.
//!
//! Fields may be missing or null, and unknown ones are ignored: the API grows. The API and Terraform's
//! provider write `""` and `[]` for what is not set; version 4 of the provider writes an object as a
//! list of one block.

use super::{Interval, Locations, Rule, TrustStore};
use crate::answer::{Document, DocumentKind, NoDocument};
use crate::ca;
use crate::posture::{RuleType, Usage};
use crate::reason::{Code, Finding};
use crate::system::System;
use crate::text;
use serde_json::Value;
use std::path::PathBuf;

/// What a file given with `--rule` holds.
#[derive(Clone, Debug)]
pub struct RuleFile {
    pub rules: Vec<Rule>,
    /// The certificates that a bundle or Terraform's state has for these rules, as the API's
    /// mTLS-certificate objects; `None` when the file does not hold them.
    pub certificates: Option<Vec<Value>>,
}

/// A file that holds no rule.
#[derive(Debug, thiserror::Error)]
pub enum RuleFileError {
    #[error(transparent)]
    NoDocument(#[from] NoDocument),
    #[error("it is JSON, but no posture rule: a rule has the fields \"type\" and \"input\"")]
    NoRule,
    #[error("it is Terraform's state, and there is no posture rule in it")]
    NoRuleInState,
}

/// Reads every rule of a file. A rule that is faulty is kept, with its problems.
pub fn read_rules(bytes: &[u8]) -> Result<RuleFile, RuleFileError> {
    let document = Document::read(bytes)?;
    let is_rule = |value: &&Value| value.get("type").is_some() || value.get("input").is_some();
    let rules: Vec<Rule> = document.rules().into_iter().filter(is_rule).map(read_rule).collect();
    match (rules.is_empty(), document.kind()) {
        (true, DocumentKind::Terraform) => Err(RuleFileError::NoRuleInState),
        (true, _) => Err(RuleFileError::NoRule),
        (false, _) => Ok(RuleFile { certificates: certificates(&document, &rules), rules }),
    }
}

/// A state may hold certificates that have nothing to do with the rules.
fn certificates(document: &Document, rules: &[Rule]) -> Option<Vec<Value>> {
    let named = |certificate: &&Value| {
        let id = certificate["id"].as_str().unwrap_or_default();
        rules.iter().filter_map(|rule| rule.certificate_id.as_deref()).any(|wanted| ca::same_id(id, wanted))
    };
    match document.kind() {
        DocumentKind::Api => None,
        DocumentKind::Bundle => Some(document.certificates().into_iter().cloned().collect()),
        DocumentKind::Terraform => {
            let those: Vec<Value> = document.certificates().into_iter().filter(named).cloned().collect();
            (!those.is_empty()).then_some(those)
        }
    }
}

/// Reads one rule of the API. What is wrong with it is among its problems.
pub fn read_rule(json: &Value) -> Rule {
    let mut reader = RuleReader { problems: Vec::new() };
    let input = block(&json["input"]);
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
    rule.systems = reader.systems(&json["match"], &input["operating_system"]);
    if rule_type == Some(RuleType::ClientCertificateV2) {
        let on_linux = rule.systems.is_empty() || rule.systems.contains(&System::Linux);
        rule.locations = reader.locations(block(&input["locations"]), on_linux);
        rule.check_private_key = reader.flag(&input["check_private_key"], "input.check_private_key");
        rule.extended_key_usage = reader.usages(&input["extended_key_usage"]);
        rule.subject_alternative_names =
            reader.texts(&input["subject_alternative_names"], "input.subject_alternative_names");
    }
    if rule_type.is_some() && !input.is_object() {
        reader.malformed("the rule has no \"input\" object".to_owned());
    }
    rule.problems = reader.problems;
    rule
}

/// An object that may appear in a list of its own; what is not set is null.
fn block(value: &Value) -> &Value {
    match value.as_array().map(Vec::as_slice) {
        Some([]) => &Value::Null,
        Some([only @ Value::Object(_)]) => only,
        _ => value,
    }
}

/// Reads fields, and notes what is wrong with them.
struct RuleReader {
    problems: Vec<Finding>,
}

impl RuleReader {
    fn note(&mut self, code: Code, message: String) {
        self.problems.push(Finding::new(code, message));
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
            Value::String(text) if text.is_empty() => None,
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
        let written = self.text(value, field)?;
        let interval = Interval::parse(&written);
        if interval.is_none() {
            self.malformed(format!(
                "\"{field}\" is \"{}\", not a duration such as 5m or 1h",
                text::shown(&written)
            ));
        }
        interval
    }

    /// A list of texts. An empty one is not set; one of empty texts asks for something and names nothing.
    fn texts(&mut self, value: &Value, field: &str) -> Vec<String> {
        let list = match value {
            Value::Null => return Vec::new(),
            Value::Array(list) => list,
            other => {
                self.malformed(format!("\"{field}\" is {} and not a list", kind(other)));
                return Vec::new();
            }
        };
        let texts: Vec<String> = list.iter().filter_map(|item| self.text(item, field)).collect();
        if texts.is_empty() && !list.is_empty() {
            self.note(
                Code::RuleEmptyList,
                format!(
                    "The rule's \"{field}\" is a list without a value; leave the field out or give it one"
                ),
            );
        }
        texts
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

    /// Paths count on Linux only.
    fn locations(&mut self, value: &Value, on_linux: bool) -> Option<Locations> {
        let fields = match value {
            Value::Null => return None,
            Value::Object(_) => value,
            other => {
                self.malformed(format!("\"input.locations\" is {} and not an object", kind(other)));
                return None;
            }
        };
        let mut trust_stores = Vec::new();
        for name in self.texts(&fields["trust_stores"], "input.locations.trust_stores") {
            match name.as_str() {
                "system" => trust_stores.push(TrustStore::System),
                "user" => trust_stores.push(TrustStore::User),
                other => self.malformed(format!(
                    "\"{}\" is not a trust store; \"system\" and \"user\" are",
                    text::shown(other)
                )),
            }
        }
        let paths = self.texts(&fields["paths"], "input.locations.paths");
        let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
        let locations = Locations { trust_stores, paths };
        for path in locations.relative_paths().filter(|_| on_linux) {
            self.malformed(format!(
                "\"{}\" in input.locations.paths is not an absolute path",
                text::shown(&path.to_string_lossy())
            ));
        }
        // No place at all is what the API has where none was chosen.
        (locations != Locations::default()).then_some(locations)
    }

    /// The systems whose clients run the rule: those that it is matched to and that it is for.
    fn systems(&mut self, matched: &Value, operating_system: &Value) -> Vec<System> {
        let platforms = self.platforms(matched);
        let own = self.text(operating_system, "input.operating_system").and_then(|name| self.system(&name));
        match (platforms.is_empty(), own) {
            (_, None) => platforms,
            (true, Some(own)) => vec![own],
            (false, Some(own)) if platforms.contains(&own) => vec![own],
            (false, Some(own)) => {
                let named: Vec<&str> = platforms.iter().map(|system| system.as_str()).collect();
                self.note(
                    Code::RuleOsMismatch,
                    format!(
                        "The rule contradicts itself: it is matched to {}, and its operating system is {own}, so that no \
                         client runs it",
                        named.join(" and ")
                    ),
                );
                Vec::new()
            }
        }
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
                "\"{}\" is not an operating system of this check; windows, mac and linux are",
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
