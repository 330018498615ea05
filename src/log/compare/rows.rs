//! The record and what is known here, side by side.

use super::{Here, Match, same_device, same_rule};
use crate::device::Client;
use crate::log::Record;
use crate::reason::Verdict;
use crate::rule::Rule;
use crate::text::shown;
use serde_json::{Value, json};

/// Fields shown of what was expected or received.
const MOST_FIELDS: usize = 40;

/// Characters shown of one value.
const LONGEST: usize = 200;

/// One thing, as the record has it and as it is here. Safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub what: String,
    pub recorded: String,
    /// `None` where nothing here corresponds to it.
    pub here: Option<String>,
    /// `None` where they cannot be compared.
    pub agrees: Option<bool>,
}

pub(super) fn rows(record: &Record, here: &Here<'_>) -> Vec<Row> {
    let mut rows = vec![result(record, here), time(record, here)];
    rows.push(row("rule", record.rule_name.clone(), here.rule.name.clone()));
    rows.push(row("rule ID", record.rule_id.clone(), here.rule.id.clone()));
    set_agreement(&mut rows, same_rule(record, here).into());
    let name = here.device.host_names.own().map(str::to_owned);
    rows.push(row("device", record.device_name.clone(), name));
    rows.push(row("serial number", record.serial_number.clone(), here.device.serial_number.clone().ok()));
    set_agreement(&mut rows, same_device(record, here.device).into());
    if let Some(kind) = &record.device_type {
        rows.push(row("system", Some(kind.clone()), Some(here.system.to_string())));
        set_agreement(&mut rows, record.system().map(|system| system == here.system).into());
    }
    rows.extend(client(record, here));
    if let Some(user) = &record.user {
        rows.push(row("user", Some(user.clone()), here.account.map(str::to_owned)));
    }
    rows.extend(expected(record, here));
    rows.extend(
        fields(&record.received).map(|(name, value)| row(&format!("received {name}"), Some(value), None)),
    );
    rows.extend(record.error.as_ref().map(|error| row("error", Some(error.clone()), None)));
    rows
}

fn row(what: &str, recorded: Option<String>, here: Option<String>) -> Row {
    let safe = |text: String| shown(&cut(&text)).into_owned();
    Row {
        what: safe(what.to_owned()),
        recorded: recorded.map_or_else(|| "not told".to_owned(), safe),
        here: here.map(safe),
        agrees: None,
    }
}

fn set_agreement(rows: &mut [Row], same: Match) {
    if let Some(last) = rows.last_mut() {
        last.agrees = match same {
            Match::Yes => Some(true),
            Match::No => Some(false),
            Match::NotTold => None,
        };
    }
}

fn result(record: &Record, here: &Here<'_>) -> Row {
    let recorded = record.passed.map(|passed| if passed { "pass" } else { "fail" });
    let own = here.verdict.map(Verdict::as_str);
    let agrees = match (recorded, own) {
        (Some(recorded), Some(own)) if own != Verdict::Unknown.as_str() => Some(recorded == own),
        _ => None,
    };
    Row { agrees, ..row("result", recorded.map(str::to_owned), own.map(str::to_owned)) }
}

fn time(record: &Record, here: &Here<'_>) -> Row {
    row("time", record.at.map(|at| whole(at).to_string()), Some(whole(here.at).to_string()))
}

/// A moment in whole seconds.
pub(super) fn whole(moment: jiff::Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

fn client(record: &Record, here: &Here<'_>) -> Option<Row> {
    let recorded = record.client_version.clone()?;
    let own = match here.client {
        Some(Client::Installed { version }) => Some(version.clone()),
        Some(Client::NotFound) => Some("not installed".to_owned()),
        None => None,
    };
    let agrees = match here.client {
        Some(client) => client.is_version(&recorded),
        None => None,
    };
    Some(Row { agrees, ..row("client", Some(recorded), own) })
}

/// What the rule of the record asked for, beside what the rule given here asks for.
fn expected<'a>(record: &'a Record, here: &'a Here<'_>) -> impl Iterator<Item = Row> + 'a {
    let own = input(here.rule);
    fields(&record.expected).map(move |(name, value)| {
        let recorded = &record.expected[&name];
        let Some(own) = own.get(&name).filter(|_| here.rule.from_file || name == "cn") else {
            return row(&format!("expected {name}"), Some(value), None);
        };
        let agrees = same_value(recorded, own) || name == "cn" && is_name_filled_in(recorded, here);
        Row { agrees: Some(agrees), ..row(&format!("expected {name}"), Some(value), Some(written(own))) }
    })
}

/// The names of expected fields that differ from the rule given here.
pub(super) fn changed(record: &Record, here: &Here<'_>) -> Vec<Row> {
    expected(record, here).filter(|row| row.agrees == Some(false)).collect()
}

fn is_name_filled_in(recorded: &Value, here: &Here<'_>) -> bool {
    let own = here.resolution.common_name.as_deref().map(String::from_utf8_lossy);
    recorded.as_str().zip(own).is_some_and(|(recorded, own)| recorded.to_lowercase() == own.to_lowercase())
}

/// The rule's `input` as the API writes it.
fn input(rule: &Rule) -> Value {
    let name = rule.common_name.as_deref().map(String::from_utf8_lossy);
    let locations = rule.locations.as_ref().map(|locations| {
        json!({
            "trust_stores": locations.trust_stores.iter().map(|store| store.as_str()).collect::<Vec<_>>(),
            "paths": locations.paths.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
        })
    });
    json!({
        "certificate_id": rule.certificate_id,
        "cn": name,
        "check_private_key": rule.check_private_key,
        "operating_system": match rule.systems[..] { [one] => Some(one.api_name()), _ => None },
        "extended_key_usage": rule.extended_key_usage.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "locations": locations,
        "subject_alternative_names": rule.subject_alternative_names,
    })
}

/// Whether two values ask for the same: what is not set is written in several ways, lists have no
/// order, and names, IDs and usages no case.
fn same_value(one: &Value, other: &Value) -> bool {
    plain(one) == plain(other)
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Bool(false) => Value::Null,
        Value::String(text) if text.is_empty() => Value::Null,
        Value::String(text) => Value::String(text.to_lowercase()),
        Value::Array(list) if list.is_empty() => Value::Null,
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(plain).collect();
            list.sort_by_key(ToString::to_string);
            Value::Array(list)
        }
        Value::Object(fields) => {
            let set = fields.iter().map(|(name, value)| (name.clone(), plain(value)));
            let mut set: Vec<(String, Value)> = set.filter(|(_, value)| !value.is_null()).collect();
            set.sort_by(|(one, _), (other, _)| one.cmp(other));
            if set.is_empty() { Value::Null } else { Value::Object(set.into_iter().collect()) }
        }
        other => other.clone(),
    }
}

/// The fields of an object that are set, as text; a value that is not an object as one field.
fn fields(value: &Value) -> impl Iterator<Item = (String, String)> {
    let fields: Vec<(String, String)> = match value {
        Value::Null => Vec::new(),
        Value::Object(fields) => {
            let set = fields.iter().filter(|(_, value)| !value.is_null());
            set.take(MOST_FIELDS).map(|(name, value)| (name.clone(), written(value))).collect()
        }
        other => vec![("value".to_owned(), written(other))],
    };
    fields.into_iter()
}

fn written(value: &Value) -> String {
    match value {
        Value::Null => "not set".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_the_same_however_it_is_written() {
        assert!(same_value(
            &json!({"a": null, "b": ["x", "y"], "c": {"d": []}}),
            &json!({"b": ["Y", "X"], "a": ""})
        ));
        assert!(same_value(&json!(false), &Value::Null));
        assert!(!same_value(&json!(true), &Value::Null));
        assert!(!same_value(&json!("a"), &json!("b")));
    }
}
