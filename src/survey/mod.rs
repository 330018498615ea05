//! What there is on this device, before anybody has said what the rule is: the client, the stores and their
//! certificates, and the likely cause where one stands out. Reads only, and asks nothing of the network.

mod warp;

pub use warp::ClientSays;

use crate::ca::UploadedCas;
use crate::certificate::Certificate;
use crate::device::{Client, Device, installed_client, nss_tools};
use crate::diagnosis::{self, Case, Diagnosis, Fix, Judging};
use crate::posture::RuleType;
use crate::reason::{Code, Finding, Severity};
use crate::rule::Rule;
use crate::store::{Place, Status, StoreSpec, StoredCertificate, places, scope};
use crate::system::System;
use jiff::{Timestamp, Unit};

/// Common names that are tried as the rule's.
const MOST_NAMES: usize = 8;

/// Everything that was seen.
#[derive(Debug)]
pub struct Survey {
    pub system: System,
    pub device: Device,
    pub client: Client,
    pub says: ClientSays,
    /// The stores that the client searches, and then those in which there is a client certificate.
    pub places: Vec<Place>,
    /// Other places that were read, without a client certificate.
    pub others: usize,
    /// What most probably makes a check fail here.
    pub likely: Option<Likely>,
    /// The name to ask for next: the only one, or this device's own.
    pub name: Option<String>,
    pub at: Timestamp,
}

/// A cause that stands out. Rule and CA are not known, so it is not certain.
#[derive(Debug)]
pub struct Likely {
    pub finding: Finding,
    pub fix: Option<Fix>,
    /// Whether it concerns rules of one type alone.
    pub only: Option<RuleType>,
}

/// What a certificate looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    Client,
    Authority,
    Unreadable,
}

impl Looks {
    pub fn of(certificate: &Certificate) -> Self {
        match certificate.outline() {
            Err(_) => Self::Unreadable,
            Ok(_) if certificate.claims_to_be_ca() => Self::Authority,
            Ok(_) => Self::Client,
        }
    }
}

/// Whole days until the certificate's last moment; negative when that is past.
pub fn days_left(certificate: &Certificate, at: Timestamp) -> Option<i64> {
    let left = certificate.not_after()?.since((Unit::Hour, at)).ok()?;
    Some(left.get_hours().div_euclid(24).into())
}

/// Looks at everything.
pub fn survey(at: Timestamp) -> Survey {
    let system = System::current();
    let searched: Vec<Place> = searched(system).iter().map(|spec| Place::own(spec, &[])).collect();
    let read: Vec<StoreSpec> = searched.iter().map(|place| place.contents.spec.clone()).collect();
    let (telling, silent): (Vec<Place>, Vec<Place>) =
        places::elsewhere(&read).into_iter().partition(|place| clients(place).next().is_some());
    let device = Device { nss_tools: nss_tools(), ..Device::here(None, None) };
    let client = installed_client();
    let places: Vec<Place> = searched.into_iter().chain(telling).collect();
    let names = names(&places);
    let answer = |rule: &Rule| answer(rule, &device, &client, &places, system, at);
    let named = |name: &String| answer(&Rule::from_flags(Some(name.as_bytes().to_vec()), None));
    let tried: Vec<Diagnosis> = names.iter().take(MOST_NAMES).map(named).collect();
    let own_names = || {
        device
            .host_names
            .own()
            .into_iter()
            .chain(device.host_names.others())
            .chain(device.serial_number.as_deref().ok())
    };
    let own = names.iter().position(|name| own_names().any(|own| own.eq_ignore_ascii_case(name)));
    let meant = if names.len() == 1 { Some(0) } else { own };
    let likely = if tried.is_empty() {
        let any = Rule::from_flags(None, Some(RuleType::ClientCertificateV2));
        Some(nothing_installed(&answer(&any), &places))
    } else {
        likely(&tried, meant)
    };
    Survey {
        system,
        says: warp::ask(system),
        others: silent.len(),
        name: meant.and_then(|position| names.get(position).cloned()),
        likely,
        device,
        client,
        places,
        at,
    }
}

/// The stores that the client searches for rules of either type that name none.
fn searched(system: System) -> Vec<StoreSpec> {
    let mut specs: Vec<StoreSpec> = Vec::new();
    for rule_type in [RuleType::ClientCertificate, RuleType::ClientCertificateV2] {
        let of_type = scope::default_stores(&Rule::from_flags(None, Some(rule_type)), system);
        for spec in of_type {
            if !specs.contains(&spec) {
                specs.push(spec);
            }
        }
    }
    specs
}

fn clients(place: &Place) -> impl Iterator<Item = &StoredCertificate> {
    place.contents.certificates.iter().filter(|stored| Looks::of(&stored.certificate) == Looks::Client)
}

/// The common names of client certificates where the client searches; where there is none, of those elsewhere.
fn names(places: &[Place]) -> Vec<String> {
    let of = |elsewhere: bool| {
        let mut names: Vec<String> = Vec::new();
        for stored in places.iter().filter(|place| place.elsewhere == elsewhere).flat_map(clients) {
            let name = stored.certificate.subject().bounded_common_name();
            names.extend(name.filter(|name| !names.contains(name)));
        }
        names
    };
    let searched = of(false);
    if searched.is_empty() { of(true) } else { searched }
}

/// What a check of this rule would say, as far as no CA is needed for it.
fn answer(
    rule: &Rule,
    device: &Device,
    client: &Client,
    places: &[Place],
    system: System,
    at: Timestamp,
) -> Diagnosis {
    diagnosis::diagnose(&Case {
        rule,
        cas: &UploadedCas::not_given(),
        device,
        client: Some(client),
        intermediates: &[],
        places,
        system,
        at,
        expiry_warning_days: 0,
        working_directory: None,
        judging: &Judging::default(),
    })
}

/// The cause for the name that is meant, or the one that is the same for every name.
fn likely(tried: &[Diagnosis], meant: Option<usize>) -> Option<Likely> {
    let leading = |answer: &Diagnosis| {
        let first = answer.reasons.first().filter(|reason| reason.severity != Severity::Warning)?;
        (first.finding.code != Code::CaNotGiven).then_some(first.finding.code)
    };
    let answer = match meant.and_then(|position| tried.get(position)) {
        Some(answer) => answer,
        None => tried.iter().find(|one| tried.iter().all(|other| leading(one) == leading(other)))?,
    };
    let code = leading(answer)?;
    let other = &answer.other_type;
    let minds = other.reasons.iter().any(|reason| reason.finding.code == code);
    Some(Likely {
        finding: answer.reasons.first()?.finding.clone(),
        fix: answer.fixes.first().cloned(),
        only: (!minds).then_some(answer.rule.rule_type),
    })
}

/// There is no client certificate in any place: for the store's own reason, if it has one, which is the same for
/// every rule.
fn nothing_installed(answer: &Diagnosis, places: &[Place]) -> Likely {
    let is_unread = places.iter().any(|place| !place.elsewhere && place.contents.status != Status::Read);
    let nothing = "No client certificate is installed in any place that was looked at, neither where the client searches nor \
                   elsewhere";
    let of_store = answer.reasons.first().filter(|_| is_unread);
    let mends = |fix: &&Fix| of_store.is_some_and(|reason| reason.finding.code == fix.code);
    Likely {
        finding: of_store
            .map_or_else(|| Finding::new(Code::NotFound, nothing), |reason| reason.finding.clone()),
        fix: answer.fixes.first().filter(mends).cloned(),
        only: None,
    }
}
