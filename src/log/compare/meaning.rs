//! What it means that a record and the verdict reached here differ.

use super::rows::{changed, whole};
use super::{Here, same_device, same_rule};
use crate::device::{Client, is_older};
use crate::log::Record;
use crate::posture::RuleType;
use crate::reason::Verdict;
use crate::rule::Interval;
use crate::system::System;
use crate::text::shown;
use jiff::{SignedDuration, Timestamp};

/// The first Windows client whose results of this check come from runs after somebody has logged in.
const AFTER_LOG_IN: &str = "2026.1.89.1";

/// Schedules that may pass before a record is called old; a client that sleeps misses some.
const SCHEDULES: u32 = 2;

/// One explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    pub kind: MeaningKind,
    /// Safe to print.
    pub message: String,
}

/// Kinds of explanation, the weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeaningKind {
    OtherDevice,
    OtherRule,
    RuleChanged,
    OtherUser,
    OlderClient,
    BeforeLogIn,
    ExpiredResult,
    OtherCertificate,
    OlderResult,
    Unexplained,
}

impl MeaningKind {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherDevice => "other-device",
            Self::OtherRule => "other-rule",
            Self::RuleChanged => "rule-changed",
            Self::OtherUser => "other-user",
            Self::OlderClient => "older-client",
            Self::BeforeLogIn => "before-log-in",
            Self::ExpiredResult => "expired-result",
            Self::OtherCertificate => "other-certificate",
            Self::OlderResult => "older-result",
            Self::Unexplained => "unexplained",
        }
    }
}

pub(super) fn meanings(record: &Record, here: &Here<'_>, agrees: Option<bool>) -> Vec<Meaning> {
    if here.verdict.is_none() {
        return alone(record, here);
    }
    let apart = [
        (MeaningKind::OtherDevice, other_device(record, here)),
        (MeaningKind::OtherRule, other_rule(record, here)),
    ];
    let apart: Vec<Meaning> = apart.into_iter().filter_map(meaning).collect();
    // If the rule or device is another one, nothing more needs to be reported.
    if !apart.is_empty() || agrees == Some(true) && same_rule(record, here) != Some(true) {
        return apart;
    }
    let mut told = vec![
        (MeaningKind::RuleChanged, rule_changed(record, here)),
        (MeaningKind::ExpiredResult, expired(record, here)),
    ];
    if agrees == Some(false) {
        told.extend([
            (MeaningKind::OtherUser, other_user(record, here)),
            (MeaningKind::OlderClient, older_client(record, here)),
            (MeaningKind::BeforeLogIn, before_log_in(record)),
            (MeaningKind::OtherCertificate, other_certificate(record, here)),
            (MeaningKind::OlderResult, older_result(record, here)),
        ]);
    }
    let mut meanings: Vec<Meaning> = told.into_iter().filter_map(meaning).collect();
    meanings.sort_by_key(|meaning| meaning.kind);
    if agrees == Some(false) && meanings.is_empty() {
        let message = "Nothing in the record explains it. Let the client check again and compare with that result; if it \
                       remains, the client sees another store than the one judged here";
        meanings.push(Meaning { kind: MeaningKind::Unexplained, message: message.to_owned() });
    }
    meanings
}

/// What a record tells by itself.
fn alone(record: &Record, here: &Here<'_>) -> Vec<Meaning> {
    let mut told = vec![(MeaningKind::ExpiredResult, expired(record, here))];
    if record.passed == Some(false) {
        told.extend([
            (MeaningKind::OlderClient, too_old(record, here)),
            (MeaningKind::BeforeLogIn, before_log_in(record)),
        ]);
    }
    told.into_iter().filter_map(meaning).collect()
}

fn meaning((kind, message): (MeaningKind, Option<String>)) -> Option<Meaning> {
    message.map(|message| Meaning { kind, message })
}

fn quoted(name: Option<&str>) -> String {
    name.map_or_else(|| "one that is not named".to_owned(), |name| format!("\"{}\"", shown(name)))
}

fn other_device(record: &Record, here: &Here<'_>) -> Option<String> {
    (same_device(record, here.device) == Some(false)).then(|| {
        let own = here.device.host_names.own();
        let serial = |serial: Option<&str>| {
            serial.map(|serial| format!(" (serial number {})", shown(serial))).unwrap_or_default()
        };
        format!(
            "The record is of the device {}{}, and the one judged here is {}{}",
            quoted(record.device_name.as_deref()),
            serial(record.serial_number.as_deref()),
            quoted(own),
            serial(here.device.serial_number.as_deref().ok())
        )
    })
}

fn other_rule(record: &Record, here: &Here<'_>) -> Option<String> {
    let name = |name: &Option<String>, id: &Option<String>| {
        let id = id.as_deref().map(|id| format!(" ({})", shown(id))).unwrap_or_default();
        format!("{}{id}", quoted(name.as_deref()))
    };
    (same_rule(record, here) == Some(false)).then(|| {
        format!(
            "The record is of the rule {}, and the one judged here is {}",
            name(&record.rule_name, &record.rule_id),
            name(&here.rule.name, &here.rule.id)
        )
    })
}

fn rule_changed(record: &Record, here: &Here<'_>) -> Option<String> {
    let changed: Vec<String> = changed(record, here)
        .into_iter()
        .map(|row| format!("{} {}, here {}", row.what, row.recorded, row.here.unwrap_or_default()))
        .collect();
    (!changed.is_empty()).then(|| {
        format!(
            "The rule that was in force asks for something else than the one given here ({}): it was changed, or the file is \
             of another time",
            changed.join("; ")
        )
    })
}

/// Each account has a store of its own.
fn other_user(record: &Record, here: &Here<'_>) -> Option<String> {
    let (user, account) = (record.user.as_deref()?, here.account?);
    let recorded = user.split('@').next().unwrap_or_default();
    let own = account.rsplit('\\').next().unwrap_or_default().split('@').next().unwrap_or_default();
    (!recorded.eq_ignore_ascii_case(own)).then(|| {
        format!(
            "The record is of the user {}, and the store judged here is that of {}. Each user has a CurrentUser store of \
             their own: run certposture as the one who is signed in to the client",
            shown(user),
            shown(account)
        )
    })
}

fn older_client(record: &Record, here: &Here<'_>) -> Option<String> {
    let updated = || {
        let recorded = record.client_version.as_deref()?;
        let Some(Client::Installed { version }) = here.client else { return None };
        (is_older(recorded, version) == Some(true)).then(|| {
            format!(
                "The record comes from the client {}, and {} is installed here now",
                shown(recorded),
                shown(version)
            )
        })
    };
    too_old(record, here).or_else(updated)
}

/// The client of the record does not know this type of rule.
fn too_old(record: &Record, here: &Here<'_>) -> Option<String> {
    let recorded = record.client_version.as_deref()?;
    let least = Client::least_for_v2(record.system().unwrap_or(here.system));
    let is_v2 = here.rule.rule_type == RuleType::ClientCertificateV2;
    (is_v2 && is_older(recorded, least) == Some(true)).then(|| {
        format!(
            "The client of the record is {}, and client_certificate_v2 needs {least} or later",
            shown(recorded)
        )
    })
}

fn before_log_in(record: &Record) -> Option<String> {
    let version = record.client_version.as_deref()?;
    let is_early = record.system() == Some(System::Windows)
        && record.passed == Some(false)
        && is_older(version, AFTER_LOG_IN) == Some(true);
    is_early.then(|| {
        format!(
            "The Windows client {} also checks before anybody has logged in, when no user's store can be seen, and the \
             record may be of such a run. Since {AFTER_LOG_IN} results come from runs after log-in",
            shown(version)
        )
    })
}

fn expired(record: &Record, here: &Here<'_>) -> Option<String> {
    let (at, expiration) = (record.at?, here.rule.expiration?);
    let end = after(at, expiration, 1)?;
    (end < here.at).then(|| {
        format!(
            "The result counted for {expiration}, until {}: without a newer one the device counts as failing",
            whole(end)
        )
    })
}

/// The certificate was installed or ran out between the two.
fn other_certificate(record: &Record, here: &Here<'_>) -> Option<String> {
    let (at, certificate) = (record.at?, here.certificate?);
    let (begin, end) = (certificate.not_before()?, certificate.not_after()?);
    match (record.passed?, here.verdict?) {
        (false, Verdict::Pass) if begin > at => Some(format!(
            "The certificate that passes here is valid from {begin}, later than the record: it was installed since"
        )),
        (true, Verdict::Fail) if at <= end && end < here.at => {
            Some(format!("The certificate expired at {end}, after the record was made"))
        }
        _ => None,
    }
}

fn older_result(record: &Record, here: &Here<'_>) -> Option<String> {
    let at = record.at?;
    let schedule = here.rule.schedule.unwrap_or(Interval::DEFAULT_SCHEDULE);
    (after(at, schedule, SCHEDULES)? < here.at).then(|| {
        format!(
            "The record is of {}, and the client checks every {schedule}: what was changed since does not show in it. Look \
             for a newer one",
            whole(at)
        )
    })
}

fn after(moment: Timestamp, interval: Interval, times: u32) -> Option<Timestamp> {
    let seconds = i64::try_from(interval.0).ok()?.checked_mul(times.into())?;
    moment.checked_add(SignedDuration::from_secs(seconds)).ok()
}
