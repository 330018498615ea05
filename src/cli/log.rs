//! `certposture log`: Cloudflare's own record of a check beside the verdict reached here.

use super::check::Inputs;
use super::{Common, Exit, options, with_document};
use crate::device::{Device, installed_client};
use crate::diagnosis::{Diagnosis, Verdict};
use crate::log::{Comparison, Here, Log, compare};
use crate::posture::RuleType;
use crate::reason::{Code, Finding, Severity};
use crate::report::{self, Format, Style};
use crate::rule::{self, Rule};
use crate::system::System;
use crate::text::shown;
use crate::warp_diag::WarpDiag;
use crate::{diagnosis, input};
use anyhow::anyhow;
use jiff::Timestamp;
use std::path::Path;

/// A file of records larger than this is not read.
const MAX_LOG_FILE: u64 = 256 << 20;

pub fn run(arguments: &options::Log, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    with_document("certposture.log/1", common, log(arguments, common, style))
}

fn log(arguments: &options::Log, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    let log = read(&arguments.file)?;
    let comparisons = comparisons(&log, arguments, common)?;
    let answer = report::log::LogReport {
        file: &arguments.file,
        log: &log,
        at: common.at.unwrap_or_else(Timestamp::now),
        comparisons: &comparisons,
    };
    super::as_far_as_read(match common.format {
        Format::Json => report::log::json(&answer),
        _ => report::log::text(&answer, style),
    })?;
    Ok(exit(&comparisons))
}

/// Whether record and verdict agree; a record alone, without anything to compare, is not a fault.
fn exit(comparisons: &[Comparison]) -> Exit {
    let mut judged = comparisons.iter().filter(|comparison| comparison.verdict.is_some()).peekable();
    if judged.peek().is_none() {
        return Exit::Pass;
    }
    let ends: Vec<Option<bool>> = judged.map(|comparison| comparison.agrees).collect();
    if ends.contains(&Some(false)) {
        Exit::Fail
    } else if ends.contains(&None) {
        Exit::CannotTell
    } else {
        Exit::Pass
    }
}

/// Every record of the file that is about a client certificate.
pub(super) fn read(file: &Path) -> anyhow::Result<Log> {
    let name = shown(&file.to_string_lossy()).into_owned();
    if matches!(WarpDiag::read(file), Ok(Some(_))) {
        return Err(anyhow!(
            "{name} is an archive of warp-diag, which has the client's own view and no record of Cloudflare: give it to check \
             --log"
        ));
    }
    let bytes = input::read(file, MAX_LOG_FILE).map_err(|why| anyhow!("the log {name} {why}"))?;
    Log::read(&bytes).map_err(|why| anyhow!("the log {name} {why}"))
}

/// One for each rule that was given, or else for each rule of the log.
fn comparisons(log: &Log, arguments: &options::Log, common: &Common) -> anyhow::Result<Vec<Comparison>> {
    let question = options::Check {
        rule: arguments.rule.clone(),
        rule_id: arguments.rule_id.clone(),
        rule_name: arguments.rule_name.clone(),
        cn: arguments.cn.clone(),
        ca: arguments.ca.clone(),
        intermediate: arguments.intermediate.clone(),
        ..options::Check::default()
    };
    let is_rule_given = question.rule.is_some() || question.cn.is_some();
    if question.ca.is_empty() && question.rule.is_none() {
        return Ok(unjudged(log, common));
    }
    let mut inputs = Inputs::gather(&question, common)?;
    if !is_rule_given {
        inputs.rules = rules_of(log, &inputs.device);
    }
    let answers = inputs.rules.iter().map(|rule| inputs.answer(rule, &question, common));
    Ok(answers.filter_map(|answer| beside(log, &answer, &inputs.device)).collect())
}

/// Without a CA there is no verdict: the records alone.
fn unjudged(log: &Log, common: &Common) -> Vec<Comparison> {
    let device = Device::here(common.hostname.clone(), common.serial_number.clone());
    let client = installed_client();
    let rules = rules_of(log, &device);
    let compared = rules.iter().filter_map(|rule| {
        let resolution = rule::resolve(rule, &device);
        let here = Here {
            rule,
            resolution: &resolution,
            device: &device,
            client: Some(&client),
            system: common.os.unwrap_or_else(System::current),
            at: common.at.unwrap_or_else(Timestamp::now),
            verdict: None,
            account: None,
            certificate: None,
        };
        compare(log, &here)
    });
    compared.collect()
}

/// The rules that the records tell of; where a record does not say what was asked for, its name alone.
fn rules_of(log: &Log, device: &Device) -> Vec<Rule> {
    let records = log.latest_of_each_rule(device);
    let rule = |record: &crate::log::Record| {
        record.rule().unwrap_or_else(|| Rule {
            id: record.rule_id.clone(),
            name: record.rule_name.clone(),
            ..Rule::from_flags(None, Some(record.rule_type().unwrap_or(RuleType::ClientCertificate)))
        })
    };
    records.into_iter().map(rule).collect()
}

/// The record that fits an answer, compared with it.
pub(super) fn beside(log: &Log, answer: &Diagnosis, device: &Device) -> Option<Comparison> {
    let about = answer.reasons.iter().find_map(|reason| reason.finding.certificate());
    let mut certificates = answer.certificates.iter();
    let certificate = match answer.verdict {
        Verdict::Pass => certificates.find(|examined| examined.passes()),
        _ => certificates.find(|examined| Some(examined.stored.certificate.sha256()) == about),
    };
    let searched = answer.stores.iter().filter(|store| store.searched);
    compare(
        log,
        &Here {
            rule: &answer.rule,
            resolution: &answer.resolution,
            device,
            client: answer.client.as_ref(),
            system: answer.system,
            at: answer.at,
            verdict: Some(answer.verdict),
            account: searched.filter_map(|store| store.account.as_deref()).next(),
            certificate: certificate.map(|examined| &examined.stored.certificate),
        },
    )
}

/// Puts the record beneath the answer, and says when the two differ.
pub(super) fn add(log: &Log, answer: &mut Diagnosis, device: &Device) {
    let Some(comparison) = beside(log, answer, device) else { return };
    let differs = comparison.agrees == Some(false);
    if let Some(meaning) = comparison.meanings.first().filter(|_| differs) {
        answer.reasons.push(diagnosis::Reason {
            finding: Finding::new(
                Code::LogDiffers,
                format!("Cloudflare recorded another result than the one found here. {}", meaning.message),
            ),
            severity: Severity::Warning,
        });
    }
    answer.log = Some(comparison);
}
