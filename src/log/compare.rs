//! Where a record and the verdict reached here agree, where they differ, and what that means.

mod meaning;
mod rows;

pub use meaning::{Meaning, MeaningKind};
pub use rows::Row;

use super::{Log, Record};
use crate::certificate::Certificate;
use crate::device::{Client, Device};
use crate::reason::Verdict;
use crate::rule::{Resolution, Rule};
use crate::system::System;
use jiff::Timestamp;

/// Rules told of one log.
const MOST_RULES: usize = 20;

/// What is known here.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    pub rule: &'a Rule,
    pub resolution: &'a Resolution,
    pub device: &'a Device,
    /// The client installed here, where it is this machine that is judged.
    pub client: Option<&'a Client>,
    pub system: System,
    pub at: Timestamp,
    /// What was reached; `None` when there was nothing to judge with.
    pub verdict: Option<Verdict>,
    /// The account whose store was judged, where Windows keeps one for each.
    pub account: Option<&'a str>,
    /// The certificate that the verdict is about.
    pub certificate: Option<&'a Certificate>,
}

/// One record beside one verdict.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub record: Record,
    pub verdict: Option<Verdict>,
    /// Whether both end alike; `None` when one of them does not say how it ends.
    pub agrees: Option<bool>,
    pub rows: Vec<Row>,
    /// The weightiest first.
    pub meanings: Vec<Meaning>,
    /// Further records of the same rule and device, which are older.
    pub older: usize,
    /// Records of other rules or devices.
    pub others: usize,
}

/// How well a record fits; the greatest is the one to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    rule: Match,
    device: Match,
    at: Option<Timestamp>,
}

/// Whether two things are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    No,
    NotTold,
    Yes,
}

impl From<Option<bool>> for Match {
    fn from(same: Option<bool>) -> Self {
        match same {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::NotTold,
        }
    }
}

impl Log {
    /// The latest record of each rule: of this device's, if any is, else of all.
    pub fn latest_of_each_rule(&self, device: &Device) -> Vec<&Record> {
        let own: Vec<&Record> =
            self.records.iter().filter(|r| same_device(r, device) == Some(true)).collect();
        let mut from = if own.is_empty() { self.records.iter().collect() } else { own };
        from.sort_by_key(|record| std::cmp::Reverse(record.at));
        let mut latest: Vec<&Record> = Vec::new();
        for record in from {
            let known = latest
                .iter()
                .any(|known| (&known.rule_id, &known.rule_name) == (&record.rule_id, &record.rule_name));
            if !known && latest.len() < MOST_RULES {
                latest.push(record);
            }
        }
        latest
    }
}

/// Picks the latest record of this rule and this device, or what comes nearest, and compares it.
pub fn compare(log: &Log, here: &Here<'_>) -> Option<Comparison> {
    let fit = |record: &Record| Fit {
        rule: same_rule(record, here).into(),
        device: same_device(record, here.device).into(),
        at: record.at,
    };
    let (best, record) =
        log.records.iter().map(|record| (fit(record), record)).max_by_key(|(fit, _)| *fit)?;
    let alike = |record: &&Record| {
        let fit = fit(record);
        (fit.rule, fit.device) == (best.rule, best.device)
    };
    let alike = log.records.iter().filter(alike).count();
    let agrees = match (record.passed, here.verdict) {
        (Some(passed), Some(Verdict::Pass)) => Some(passed),
        (Some(passed), Some(Verdict::Fail)) => Some(!passed),
        _ => None,
    };
    Some(Comparison {
        record: record.clone(),
        verdict: here.verdict,
        agrees,
        rows: rows::rows(record, here),
        meanings: meaning::meanings(record, here, agrees),
        older: alike - 1,
        others: log.records.len() - alike,
    })
}

/// By the ID where both have one, else by the name.
fn same_rule(record: &Record, here: &Here<'_>) -> Option<bool> {
    match (&here.rule.id, &record.rule_id) {
        (Some(id), Some(_)) => Some(record.is_of_rule(id)),
        _ => Some(here.rule.name.as_ref()? == record.rule_name.as_ref()?),
    }
}

/// By the serial number where both have one, else by the name. A name may stand there with its domain
/// or without.
fn same_device(record: &Record, device: &Device) -> Option<bool> {
    if let (Ok(own), Some(recorded)) = (&device.serial_number, &record.serial_number) {
        return Some(own.eq_ignore_ascii_case(recorded));
    }
    let recorded = short(record.device_name.as_deref()?);
    let mut own = device.host_names.own().into_iter().chain(device.host_names.others()).peekable();
    own.peek()?;
    Some(own.any(|name| short(name) == recorded))
}

fn short(name: &str) -> String {
    name.split('.').next().unwrap_or_default().to_lowercase()
}
