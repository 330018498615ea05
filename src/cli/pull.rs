//! `certposture pull`: a rule and its CA from the API, in one file.

use super::online::{api, usage};
use super::{Common, Exit, options, with_document};
use crate::cloudflare::{Account, Bundle, is_identifier};
use crate::posture::RuleType;
use crate::reason::Severity;
use crate::report::{self, Format, Style};
use crate::text::shown;
use anyhow::{Context as _, anyhow, bail};
use jiff::Timestamp;
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

pub fn run(arguments: &options::Pull, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    with_document("certposture.pull/1", common, pull(arguments, common, style))
}

fn pull(arguments: &options::Pull, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    let api = api(&arguments.access)?;
    let account = Account::new(&api, &arguments.access.account_id);
    let rules = choose(&account, &arguments.rules)?;
    let bundle = Bundle::fetch(&account, rules, common.at.unwrap_or_else(Timestamp::now))?;
    let document = serde_json::to_string_pretty(&bundle.document())? + "\n";
    if arguments.output == Path::new("-") {
        io::stdout().lock().write_all(document.as_bytes())?;
        let mut output = anstream::AutoStream::always(io::stderr().lock());
        report::pull::text(&mut output, &bundle, None, style)?;
    } else {
        write(&arguments.output, document.as_bytes())?;
        tell(&bundle, &arguments.output, common, style)?;
    }
    Ok(match bundle.worst() {
        Some(Severity::Fault) => Exit::Fail,
        Some(Severity::Unknown) => Exit::CannotTell,
        Some(Severity::Warning) | None => Exit::Pass,
    })
}

fn tell(bundle: &Bundle, file: &Path, common: &Common, style: &Style) -> io::Result<()> {
    if common.format == Format::Json {
        return report::json::print(&report::pull::value(bundle, file));
    }
    let mut output = io::BufWriter::new(anstream::AutoStream::always(io::stdout().lock()));
    report::pull::text(&mut output, bundle, Some(file), style)?;
    output.flush()
}

/// The rules that were asked for, as the API has them.
fn choose(account: &Account<'_>, wanted: &options::Rules) -> anyhow::Result<Vec<Value>> {
    if let Some(id) = &wanted.rule_id {
        if !is_identifier(id) {
            return Err(usage("the rule's ID is a UUID, such as 2458ce5a-0c35-4c7f-82c7-8e9487d3ff60"));
        }
        let rule = account.rule(id)?;
        return if is_ours(&rule) { Ok(vec![rule]) } else { Err(another_type(&rule)) };
    }
    let all = account.rules()?;
    match &wanted.rule_name {
        Some(name) => named(all, name).map(|rule| vec![rule]),
        None => {
            let ours: Vec<Value> = all.into_iter().filter(is_ours).collect();
            if ours.is_empty() {
                bail!("the account has no client-certificate rule");
            }
            Ok(ours)
        }
    }
}

fn named(all: Vec<Value>, name: &str) -> anyhow::Result<Value> {
    let (ours, others): (Vec<Value>, Vec<Value>) = all.into_iter().partition(is_ours);
    let has_name = |rule: &&Value| rule["name"] == name;
    let matching: Vec<&Value> = ours.iter().filter(has_name).collect();
    match matching[..] {
        [rule] => Ok(rule.clone()),
        [] => Err(match others.iter().find(has_name) {
            Some(other) => another_type(other),
            None => anyhow!(
                "the account has no rule \"{}\"; its client-certificate rules are: {}",
                shown(name),
                listed(&ours)
            ),
        }),
        _ => {
            let those: Vec<Value> = matching.into_iter().cloned().collect();
            Err(usage(&format!("several rules have this name; pick one with --rule-id: {}", listed(&those))))
        }
    }
}

fn is_ours(rule: &Value) -> bool {
    rule["type"].as_str().and_then(RuleType::from_name).is_some()
}

fn another_type(rule: &Value) -> anyhow::Error {
    let text = |field: &str| shown(rule[field].as_str().unwrap_or("?")).into_owned();
    anyhow!(
        "the rule \"{}\" is of the type {}; certposture explains client_certificate and client_certificate_v2 \
         [rule-type-unsupported]",
        text("name"),
        text("type")
    )
}

fn listed(rules: &[Value]) -> String {
    let text = |rule: &Value, field: &str| shown(rule[field].as_str().unwrap_or("?")).into_owned();
    let names: Vec<String> = rules
        .iter()
        .take(20)
        .map(|rule| format!("\"{}\" ({})", text(rule, "name"), text(rule, "id")))
        .collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Writes the bundle whole or not at all: a half-written one would be judged like a whole.
fn write(file: &Path, document: &[u8]) -> anyhow::Result<()> {
    let what = || format!("cannot write {}", shown(&file.to_string_lossy()));
    if file.exists() && !file.is_file() {
        // A pipe or a device: there is nothing to replace.
        return fs::write(file, document).with_context(what);
    }
    let mut beside = OsString::from(file);
    beside.push(".new");
    fs::write(&beside, document).and_then(|()| fs::rename(&beside, file)).with_context(what)
}
