//! A whole fleet as one document: `certposture.fleet/1`.

use super::verdict::FixObject;
use crate::diagnosis::Verdict;
use crate::fleet::records::RecordCounts;
use crate::fleet::row::DeviceFacts;
use crate::fleet::summary::{AGES, Cause, EXPIRY, Example, Group, RecordedSummary, RuleSummary, Summary};
use crate::report::json::{seconds, write};
use crate::rule::Rule;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

const SCHEMA: &str = "certposture.fleet/1";

/// Issuers told by name.
pub(super) const ISSUERS: usize = 50;

/// Writes the document.
pub(super) fn json(output: &mut impl Write, summary: &Summary, rules: &[Rule]) -> io::Result<()> {
    write(output, &document(summary, rules))
}

/// The document as a value; its size is bounded.
pub(super) fn document(summary: &Summary, rules: &[Rule]) -> Value {
    let has_records = summary.records.is_some();
    let under = |(rule, facts): (&Rule, &RuleSummary)| {
        let mut object = rule_object(rule, facts);
        if has_records {
            object["recorded"] = recorded_object(&facts.recorded);
        }
        object
    };
    let mut document = json!({
        "schema": SCHEMA,
        "tool": {"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")},
        "evaluated_at": seconds(summary.at),
        "lines": summary.lines,
        "blank": summary.blank,
        "rejected": {
            "count": summary.rejected,
            "examples": summary.rejections.iter().map(|(line, reason)| json!({"line": line, "reason": reason})).collect::<Vec<_>>(),
        },
        "captured": {
            "oldest": summary.ages.oldest.map(seconds),
            "newest": summary.ages.newest.map(seconds),
            "ages": columns(AGES.iter().map(|(_, name)| *name), &summary.ages.counts),
        },
        "rules": rules.iter().zip(&summary.rules).map(under).collect::<Vec<_>>(),
    });
    if let Some(counts) = &summary.records {
        document["log"] = log_object(*counts);
    }
    document
}

/// What Cloudflare's records held.
fn log_object(counts: RecordCounts) -> Value {
    let RecordCounts {
        records,
        other_rules,
        other_types,
        no_device,
        unreadable,
        left_out,
        devices_not_captured,
    } = counts;
    json!({
        "records": records,
        "other_rules": other_rules,
        "other_types": other_types,
        "no_device": no_device,
        "unreadable": unreadable,
        "left_out": left_out,
        "devices_not_captured": devices_not_captured,
    })
}

fn recorded_object(recorded: &RecordedSummary) -> Value {
    let RecordedSummary { agree, differ, open, nothing, differences } = recorded;
    let difference = |(cause, group): (&Cause, &Group)| {
        let mut value = group_object(cause, group);
        value["recorded"] = recorded_result(cause).into();
        value
    };
    json!({
        "agree": agree,
        "differ": differ,
        "open": open,
        "no_record": nothing,
        "differences": differences.iter().map(difference).collect::<Vec<_>>(),
    })
}

/// What Cloudflare recorded where a verdict differs from it.
pub(in crate::report) fn recorded_result(differing: &Cause) -> &'static str {
    if differing.verdict == Verdict::Pass { "fail" } else { "pass" }
}

fn columns<'a>(names: impl Iterator<Item = &'a str>, counts: &[u64]) -> Value {
    names
        .zip(counts)
        .map(|(name, count)| (name.to_owned(), Value::from(*count)))
        .collect::<Map<_, _>>()
        .into()
}

fn rule_object(rule: &Rule, facts: &RuleSummary) -> Value {
    let (issuers, others) = facts.issuers.most_frequent(ISSUERS);
    json!({
        "rule": {"id": rule.id, "name": rule.name, "type": rule.rule_type.as_str()},
        "devices": facts.verdicts.all(),
        "verdicts": {"pass": facts.verdicts.pass, "fail": facts.verdicts.fail, "unknown": facts.verdicts.unknown},
        // The worst verdict first, and the most frequent cause.
        "causes": in_order(facts).map(|(cause, group)| group_object(cause, group)).collect::<Vec<_>>(),
        "expiry": columns(EXPIRY.iter().map(|(_, name)| *name), &facts.expiry),
        "transitions": facts.changes.iter().map(|(transition, group)| {
            let mut value = group_object(&transition.now, group);
            value["change"] = transition.change.as_str().into();
            value["against"] = json!({
                "verdict": transition.then.verdict.as_str(),
                "code": transition.then.code.map(|code| code.as_str()),
            });
            value
        }).collect::<Vec<_>>(),
        "issuers": issuers.iter().map(|(issuer, count)| json!({"issuer": issuer, "count": count})).collect::<Vec<_>>(),
        "other_issuers": others,
    })
}

/// The causes as people want to read them: failures first, and among them the most frequent.
pub(in crate::report) fn in_order(facts: &RuleSummary) -> impl Iterator<Item = (&Cause, &Group)> {
    let mut causes: Vec<(&Cause, &Group)> = facts.causes.iter().collect();
    causes.sort_by(|(a, m), (b, n)| b.verdict.cmp(&a.verdict).then(n.count.cmp(&m.count)).then(a.cmp(b)));
    causes.into_iter()
}

fn group_object(cause: &Cause, group: &Group) -> Value {
    json!({
        "verdict": cause.verdict.as_str(),
        "code": cause.code.map(|code| code.as_str()),
        "count": group.count,
        "devices": group.examples.iter().map(example_object).collect::<Vec<_>>(),
        "fix": group.fix.as_ref().map(FixObject::of),
    })
}

fn example_object(example: &Example) -> Value {
    let DeviceFacts { id, hostname, serial_number, .. } = &example.device;
    let mut value = json!({
        "line": example.line,
        "device": id,
        "hostname": hostname,
        "serial_number": serial_number,
        "message": example.message,
    });
    if let Some(at) = example.recorded_at {
        value["recorded_at"] = seconds(at).into();
    }
    value
}
