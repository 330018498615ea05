//! What many devices have in common. Every list here has a bound, so that the memory taken does not
//! grow with the number of devices.

use super::records::RecordCounts;
use super::row::{Answer, Change, DeviceFacts, FixFacts, Judged, Outcome, Recorded, Row};
use crate::diagnosis::Verdict;
use crate::reason::Code;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// Devices named as examples of a group.
pub const EXAMPLES: usize = 10;

/// Issuers counted by name; those that are met first. The report shows the most frequent.
const MOST_ISSUERS: usize = 4096;

/// Rejected lines told with their reasons.
pub const REJECTIONS: usize = 10;

/// What is reported about a whole fleet.
#[derive(Clone, Debug)]
pub struct Summary {
    pub at: Timestamp,
    pub lines: u64,
    pub blank: u64,
    pub rejected: u64,
    /// The first of them: line and reason.
    pub rejections: Vec<(u64, String)>,
    pub ages: Ages,
    /// What Cloudflare's records held, where they were given.
    pub records: Option<RecordCounts>,
    /// One for each rule, in their order.
    pub rules: Vec<RuleSummary>,
}

/// The verdicts under one rule.
#[derive(Clone, Debug, Default)]
pub struct RuleSummary {
    pub verdicts: Verdicts,
    pub causes: BTreeMap<Cause, Group>,
    pub expiry: [u64; EXPIRY.len()],
    pub changes: BTreeMap<Transition, Group>,
    pub recorded: RecordedSummary,
    pub issuers: Issuers,
}

/// Cloudflare's records beside the verdicts.
#[derive(Clone, Debug, Default)]
pub struct RecordedSummary {
    pub agree: u64,
    pub differ: u64,
    /// The record or the verdict does not say how it ends.
    pub open: u64,
    /// Devices without a record.
    pub nothing: u64,
    /// The verdicts that differ from the record: each passes where it says failed, or the reverse.
    pub differences: BTreeMap<Cause, Group>,
}

impl RecordedSummary {
    fn add(&mut self, line: u64, device: &DeviceFacts, answer: &Answer) {
        match (answer.recorded, answer.agrees()) {
            (None, _) => {}
            (Some(Recorded::Nothing), _) => self.nothing += 1,
            (Some(Recorded::Result { .. }), Some(true)) => self.agree += 1,
            (Some(Recorded::Result { .. }), None) => self.open += 1,
            (Some(Recorded::Result { .. }), Some(false)) => {
                self.differ += 1;
                let cause = Cause { verdict: answer.verdict, code: answer.code() };
                self.differences.entry(cause).or_default().add(line, device, answer);
            }
        }
    }
}

/// How many devices pass, fail, or are unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    pub pass: u64,
    pub fail: u64,
    pub unknown: u64,
}

impl Verdicts {
    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Fail => self.fail += 1,
            Verdict::Unknown => self.unknown += 1,
        }
    }

    pub const fn all(&self) -> u64 {
        self.pass + self.fail + self.unknown
    }
}

/// Why a verdict is what it is; the worst verdict sorts last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    pub verdict: Verdict,
    pub code: Option<Code>,
}

/// From what to what a considered change leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Transition {
    pub change: Change,
    pub now: Cause,
    pub then: Cause,
}

/// Devices that have something in common.
#[derive(Clone, Debug, Default)]
pub struct Group {
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Example>,
    /// What the first device's fix is.
    pub fix: Option<FixFacts>,
}

/// A device as an example.
#[derive(Clone, Debug)]
pub struct Example {
    pub line: u64,
    pub device: DeviceFacts,
    pub message: Option<String>,
    /// When Cloudflare recorded a result of it.
    pub recorded_at: Option<Timestamp>,
}

impl Group {
    fn add(&mut self, line: u64, device: &DeviceFacts, answer: &Answer) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            let recorded_at = match answer.recorded {
                Some(Recorded::Result { at, .. }) => at,
                _ => None,
            };
            let (device, message) = (device.clone(), answer.message.clone());
            self.examples.push(Example { line, device, message, recorded_at });
        }
        if self.count == 1 {
            self.fix.clone_from(&answer.fix);
        }
    }
}

/// The ends of the expiry histogram's columns, in days from the moment of judgement, and their names.
/// The first holds what has expired, the last what lasts longer or has no certificate's end to tell.
pub const EXPIRY: [(Option<i64>, &str); 8] = [
    (Some(0), "expired"),
    (Some(7), "7 days"),
    (Some(30), "30 days"),
    (Some(90), "90 days"),
    (Some(180), "180 days"),
    (Some(365), "a year"),
    (Some(i64::MAX), "later"),
    (None, "no certificate"),
];

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

fn expiry_column(answer: &Answer, at: Timestamp) -> usize {
    let end = answer.certificate.as_ref().and_then(|certificate| certificate.not_after);
    let Some(end) = end else { return EXPIRY.len() - 1 };
    let left = end.as_second() - at.as_second();
    let within = |days: i64| left < days.saturating_mul(SECONDS_PER_DAY);
    EXPIRY.iter().position(|(days, _)| days.is_some_and(within)).unwrap_or(EXPIRY.len() - 2)
}

/// How old the captures are, by the moment of judgement.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ages {
    pub counts: [u64; AGES.len()],
    pub oldest: Option<Timestamp>,
    pub newest: Option<Timestamp>,
}

/// The ends of the columns in days, and their names.
pub const AGES: [(Option<i64>, &str); 5] = [
    (Some(1), "under a day"),
    (Some(7), "under a week"),
    (Some(30), "under 30 days"),
    (Some(i64::MAX), "older"),
    (None, "not dated"),
];

impl Ages {
    fn add(&mut self, captured: Option<Timestamp>, at: Timestamp) {
        let Some(captured) = captured else {
            self.counts[AGES.len() - 1] += 1;
            return;
        };
        self.oldest = Some(self.oldest.map_or(captured, |oldest| oldest.min(captured)));
        self.newest = Some(self.newest.map_or(captured, |newest| newest.max(captured)));
        let age = at.as_second() - captured.as_second();
        let within = |days: i64| age < days.saturating_mul(SECONDS_PER_DAY);
        let column = AGES.iter().position(|(days, _)| days.is_some_and(within)).unwrap_or(AGES.len() - 2);
        self.counts[column] += 1;
    }
}

/// Who issued the certificates that decide.
#[derive(Clone, Debug, Default)]
pub struct Issuers {
    counted: HashMap<String, u64>,
    /// Devices whose issuer was not among the first [`MOST_ISSUERS`].
    uncounted: u64,
}

impl Issuers {
    fn add(&mut self, issuer: &str) {
        if let Some(count) = self.counted.get_mut(issuer) {
            *count += 1;
        } else if self.counted.len() < MOST_ISSUERS {
            self.counted.insert(issuer.to_owned(), 1);
        } else {
            self.uncounted += 1;
        }
    }

    /// The `most` frequent, and how many devices have another one.
    pub fn most_frequent(&self, most: usize) -> (Vec<(&str, u64)>, u64) {
        let mut all: Vec<(&str, u64)> = self.counted.iter().map(|(name, count)| (&**name, *count)).collect();
        all.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
        let others = all.iter().skip(most).map(|(_, count)| count).sum::<u64>() + self.uncounted;
        all.truncate(most);
        (all, others)
    }
}

impl Summary {
    pub fn new(rules: usize, at: Timestamp) -> Self {
        Self {
            at,
            lines: 0,
            blank: 0,
            rejected: 0,
            rejections: Vec::new(),
            ages: Ages::default(),
            records: None,
            rules: vec![RuleSummary::default(); rules],
        }
    }

    /// Counts one line.
    pub fn add(&mut self, row: &Row) {
        self.lines += 1;
        match &row.outcome {
            Outcome::Blank => self.blank += 1,
            Outcome::Rejected(rejection) => {
                self.rejected += 1;
                if self.rejections.len() < REJECTIONS {
                    self.rejections.push((row.line, rejection.reason.clone()));
                }
            }
            Outcome::Judged(judged) => self.add_judged(row.line, judged),
        }
    }

    fn add_judged(&mut self, line: u64, judged: &Judged) {
        self.ages.add(judged.device.captured_at, self.at);
        for (rule, answer) in self.rules.iter_mut().zip(&judged.answers) {
            rule.add(line, &judged.device, answer, self.at);
        }
    }
}

impl RuleSummary {
    fn add(&mut self, line: u64, device: &DeviceFacts, answer: &Answer, at: Timestamp) {
        self.verdicts.add(answer.verdict);
        self.expiry[expiry_column(answer, at)] += 1;
        if let Some(certificate) = &answer.certificate {
            self.issuers.add(&certificate.issuer);
        }
        self.recorded.add(line, device, answer);
        let now = Cause { verdict: answer.verdict, code: answer.code() };
        self.causes.entry(now).or_default().add(line, device, answer);
        if let Some(against) = answer.against {
            let then = Cause { verdict: against.verdict, code: against.code };
            let transition = Transition { change: against.change, now, then };
            self.changes.entry(transition).or_default().add(line, device, answer);
        }
    }

    /// Devices by what the change does to them.
    pub fn changed(&self) -> BTreeMap<Change, u64> {
        let mut counts = BTreeMap::new();
        for (transition, group) in &self.changes {
            *counts.entry(transition.change).or_default() += group.count;
        }
        counts
    }
}
