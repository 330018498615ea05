//! One device's facts as a line of JSON, `certposture.capture/1`, and back: what a check looks at,
//! without any secret, so that it can be judged elsewhere and later.

mod gather;
mod osquery;
mod read;
mod record;
mod text;
mod write;

pub use gather::Extent;
pub use osquery::read_osquery_line;
pub use read::{MAX_CERTIFICATES, MAX_DEPTH, MAX_PLACES, NotACapture, read, read_line};
pub use write::line;

use crate::device::{Client, Device};
use crate::reason::{Code, Finding};
use crate::rule::Rule;
use crate::store::{Contents, Evidence, Origin, Place, Status, StoreSpec, scope};
use crate::system::System;
use crate::text::shown;
use jiff::Timestamp;

/// What was found on a device at a moment.
#[derive(Clone, Debug)]
pub struct Capture {
    /// What its owner calls the device.
    pub id: Option<String>,
    pub captured_at: Timestamp,
    pub system: System,
    pub device: Device,
    /// `None` where stores were given, which may be another device's.
    pub client: Option<Client>,
    /// Stores that clients search and files that rules name, or what was given.
    pub places: Vec<CapturedPlace>,
}

/// A place, and how many of its certificates were not taken along.
#[derive(Clone, Debug)]
pub struct CapturedPlace {
    pub place: Place,
    pub left_out: u64,
}

impl Capture {
    /// Whether the device goes by this name: the one its owner gave it, its host name or serial number.
    pub fn is_of(&self, name: &str) -> bool {
        let names =
            [self.id.as_deref(), self.device.host_names.own(), self.device.serial_number.as_deref().ok()];
        names.contains(&Some(name))
    }

    /// The places that count for a rule, in the order in which `check` reads them on the device. What
    /// the rule names and the capture lacks is among them, as not captured.
    pub fn places_for(&self, rule: &Rule) -> Vec<Place> {
        let counted = || self.places.iter().map(|captured| &captured.place).filter(|place| !place.elsewhere);
        let given = |place: &&Place| place.contents.evidence.origin == Origin::Elsewhere;
        if counted().any(|place| given(&place)) {
            return counted().cloned().collect();
        }
        let specs = scope::stores_of_both(rule, self.system);
        let found = |spec: &StoreSpec| counted().find(|place| place.contents.spec == *spec).cloned();
        specs.iter().map(|spec| found(spec).unwrap_or_else(|| not_captured(spec))).collect()
    }

    /// Whose look-up applies to files of no system: what other evidence is, what the rule is for where
    /// stores were given, or the device.
    pub fn system_for(&self, rule: &Rule, places: &[Place]) -> System {
        let by_evidence = places.iter().find_map(|place| place.contents.evidence.system);
        let given = places.iter().any(|place| place.contents.evidence.origin == Origin::Elsewhere);
        let by_rule = match rule.systems[..] {
            [only] if given => Some(only),
            _ => None,
        };
        by_evidence.or(by_rule).unwrap_or(self.system)
    }

    /// Where the client does not look.
    pub fn elsewhere(&self) -> Vec<Place> {
        self.places.iter().map(|captured| &captured.place).filter(|place| place.elsewhere).cloned().collect()
    }
}

/// A store that the rule's client searches, and of which the capture says nothing.
fn not_captured(spec: &StoreSpec) -> Place {
    let message = format!("{} was not captured", shown(&spec.to_string()));
    let problem = Finding::new(Code::EvidencePartial, message);
    let contents = Contents::unread(spec.clone(), Status::NotCaptured, problem);
    Place::new(Contents { evidence: Evidence::own(spec), ..contents }, false, false)
}
