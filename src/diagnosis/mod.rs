//! From evidence to an answer: the verdict, the reasons for it in order, and what to change.

mod candidate;
mod decide;
mod demands;
mod fix;
mod judging;
mod near;
mod seen;
mod situation;
mod steps;
mod verified;

pub use crate::reason::Verdict;
pub use demands::{Demands, hold};
pub use fix::Fix;
pub use judging::{Judged, Judging};
pub use near::Nearness;
pub use steps::{Step, StepName, StepStatus};
pub use verified::{Answer, Unread, Verification, Verified, severity};

use crate::ca::UploadedCas;
use crate::certificate::Certificate;
use crate::device::{Client, Device};
use crate::log::Comparison;
use crate::lookup::{self, Found, Lookup, Query};
use crate::posture::RuleType;
use crate::reason::{Code, Finding, Severity};
use crate::rule::{self, Resolution, Rule};
use crate::store::scope;
use crate::store::{Contents, Evidence, Place, Shows, Status, StoreSpec, StoredCertificate};
use crate::system::System;
use crate::text;
use crate::warp_diag::WarpDiag;
use jiff::Timestamp;
use seen::Gap;
use situation::Situation;
use std::path::Path;

/// Everything that the question is decided on. All of it is read beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub rule: &'a Rule,
    pub cas: &'a UploadedCas,
    pub device: &'a Device,
    /// The client installed here; `None` when other stores than this machine's are judged.
    pub client: Option<&'a Client>,
    /// Certificates that may stand between a client certificate and the CA.
    pub intermediates: &'a [Certificate],
    pub places: &'a [Place],
    /// Whose command applies to stores that belong to no system.
    pub system: System,
    pub at: Timestamp,
    pub expiry_warning_days: u32,
    /// Where certutil would look for a file of the rule's name.
    pub working_directory: Option<&'a Path>,
    pub judging: &'a Judging,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    pub rule: Rule,
    pub resolution: Resolution,
    pub system: System,
    pub device: Device,
    pub client: Option<Client>,
    pub at: Timestamp,
    pub cas: UploadedCas,
    pub stores: Vec<StoreReport>,
    pub lookups: Vec<(StoreSpec, Lookup)>,
    pub certificates: Vec<Examined>,
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
    pub fixes: Vec<Fix>,
    pub other_type: OtherType,
    /// Cloudflare's own record, where it was given.
    pub log: Option<Comparison>,
    /// The client's own diagnosis, where its archive was given.
    pub warp_diag: Option<WarpDiag>,
}

/// The verdict under the type that the rule does not have.
#[derive(Clone, Debug)]
pub struct OtherType {
    pub rule_type: RuleType,
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
}

/// One reason for the verdict: what was found, and what that does to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub finding: Finding,
    pub severity: Severity,
}

/// What is reported about a store.
#[derive(Clone, Debug)]
pub struct StoreReport {
    pub spec: StoreSpec,
    /// The store on the device that it stands for, and what it can show of it.
    pub evidence: Evidence,
    pub status: Status,
    pub searched: bool,
    pub certificates: usize,
    /// The account whose store it is.
    pub account: Option<String>,
    pub problem: Option<Finding>,
}

/// A certificate, judged.
#[derive(Clone, Debug)]
pub struct Examined {
    pub spec: StoreSpec,
    pub stored: StoredCertificate,
    pub searched: bool,
    /// The documented command prints it.
    pub returned: bool,
    pub nearness: Nearness,
    pub steps: Vec<Step>,
    /// From the certificate towards the uploaded CA, as far as it leads.
    pub chain: Vec<Certificate>,
}

impl Examined {
    /// Whether every step is passed.
    pub fn passes(&self) -> bool {
        self.searched && self.steps.iter().all(|step| !step.status.stops())
    }
}

/// Answers `case` under its rule, and under the same rule of the other type.
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    diagnose_with(case, &mut Judged::default())
}

/// The same, where `judged` holds what was found out about the first of the places with the same CAs
/// and intermediates.
pub fn diagnose_with(case: &Case<'_>, judged: &mut Judged) -> Diagnosis {
    judged.complete(case);
    // The other type's first: of it little is kept, and the two never take memory at once.
    let other_rule = Rule { rule_type: case.rule.rule_type.other(), ..case.rule.clone() };
    let other = under(&Case { rule: &other_rule, ..*case }, judged);
    let other_type =
        OtherType { rule_type: other_rule.rule_type, verdict: other.verdict, reasons: other.reasons };
    drop(other.certificates);
    Diagnosis { other_type, ..under(case, judged) }
}

/// Answers `case`; and where that leaves a question, again with what lies where the client does not
/// look.
pub fn diagnose_further(case: &Case<'_>, elsewhere: impl FnOnce() -> Vec<Place>) -> Diagnosis {
    let mut judged = Judged::default();
    let answer = diagnose_with(case, &mut judged);
    if answer.verdict == Verdict::Pass {
        return answer;
    }
    let elsewhere = elsewhere();
    if elsewhere.is_empty() {
        return answer;
    }
    diagnose_with(&Case { places: &[case.places, &elsewhere].concat(), ..*case }, &mut judged)
}

/// The answer under exactly `case.rule`; its `other_type` is filled in by the caller.
fn under(case: &Case<'_>, judged: &Judged) -> Diagnosis {
    let resolution = rule::resolve(case.rule, case.device);
    let mut lookups = Vec::new();
    let count = case.places.iter().map(|place| place.contents.certificates.len()).sum();
    let mut certificates = Vec::with_capacity(count);
    let all_seen = seen::all_seen(case);
    for (place, facts) in case.places.iter().zip(&judged.0) {
        let searched = is_searched(case, place);
        let lookup = if searched { look_up(case, &resolution, &place.contents) } else { Lookup::default() };
        let context =
            steps::StoreContext { case, resolution: &resolution, place, searched, lookup: &lookup, all_seen };
        certificates.extend(steps::examine(&context, facts));
        if searched {
            lookups.push((place.contents.spec.clone(), lookup));
        }
    }
    let unseen = seen::gaps(case).into_iter().filter_map(report_unseen);
    let stores = case.places.iter().map(|place| report_store(case, place)).chain(unseen).collect();
    let situation = Situation::new(case, &resolution, &lookups, &certificates);
    let (verdict, reasons, fixes) = decide::decide(&situation);
    Diagnosis {
        rule: case.rule.clone(),
        system: case.system,
        device: case.device.clone(),
        client: case.client.cloned(),
        at: case.at,
        cas: case.cas.clone(),
        stores,
        verdict,
        reasons,
        fixes,
        other_type: OtherType { rule_type: case.rule.rule_type.other(), verdict, reasons: Vec::new() },
        log: None,
        warp_diag: None,
        resolution,
        lookups,
        certificates,
    }
}

/// Whether the rule's client looks into this place.
fn is_searched(case: &Case<'_>, place: &Place) -> bool {
    let loose = place.contents.evidence.role.is_none();
    !place.elsewhere
        && scope::searches(case.rule, &place.contents)
        && !(loose && seen::is_seen_without_loose(case))
}

fn look_up(case: &Case<'_>, resolution: &Resolution, contents: &Contents) -> Lookup {
    let query = Query {
        rule_type: case.rule.rule_type,
        name: resolution.common_name.as_deref(),
        other_forms: &resolution.other_forms,
        system: case.system,
        at: case.at,
        working_directory: case.working_directory,
    };
    lookup::look_up(contents, &query)
}

fn report_store(case: &Case<'_>, place: &Place) -> StoreReport {
    let contents = &place.contents;
    StoreReport {
        spec: contents.spec.clone(),
        evidence: contents.evidence.clone(),
        status: contents.status,
        searched: is_searched(case, place),
        certificates: contents.certificates.len(),
        account: contents.account().map(str::to_owned),
        problem: contents.problem.clone(),
    }
}

/// A store that the client searches and that was not given.
fn report_unseen(gap: Gap<'_>) -> Option<StoreReport> {
    let Gap::Unseen(role) = gap else { return None };
    let message = format!("{} was not given", text::shown(&role.to_string()));
    let spec = role.spec();
    Some(StoreReport {
        evidence: Evidence { complete: false, shows: Shows::NOTHING, ..Evidence::own(&spec) },
        spec,
        status: Status::NotCaptured,
        searched: true,
        certificates: 0,
        account: None,
        problem: Some(Finding::new(Code::EvidencePartial, message)),
    })
}

/// The positions of stored certificates that a look-up returns.
fn returned_positions(lookup: &Lookup) -> impl Iterator<Item = usize> {
    lookup.returned.iter().filter_map(|found| match found {
        Found::Stored(position) => Some(*position),
        Found::File(..) => None,
    })
}
