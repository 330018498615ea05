//! What is captured on a device.

use super::{Capture, CapturedPlace};
use crate::certificate::Certificate;
use crate::device::{Device, installed_client};
use crate::posture::RuleType;
use crate::rule::Rule;
use crate::store::nss;
use crate::store::{FileIndex, Index, Place, PrivateKey, StoreSpec, places, scope};
use crate::system::System;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

/// How much is taken of places where the client does not look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What explains a failing check: certificates with a key, those that are no CA's, their issuers.
    Near,
    All,
    Nothing,
}

impl Capture {
    /// This device: every store that a client may search, and `files`, which rules name.
    pub fn here(device: Device, files: &[PathBuf], extent: Extent, at: Timestamp) -> Self {
        let system = System::current();
        let rules = [RuleType::ClientCertificateV2, RuleType::ClientCertificate]
            .map(|rule_type| Rule::from_flags(None, Some(rule_type)));
        let mut specs: Vec<StoreSpec> = files.iter().cloned().map(StoreSpec::File).collect();
        for spec in rules.iter().flat_map(|rule| scope::default_stores(rule, system)) {
            if !specs.contains(&spec) {
                specs.push(spec);
            }
        }
        let mut captured: Vec<CapturedPlace> =
            specs.iter().map(|spec| CapturedPlace::whole(Place::own(spec, files))).collect();
        if extent != Extent::Nothing {
            captured
                .extend(places::elsewhere(&specs).into_iter().map(|place| CapturedPlace::of(place, extent)));
        }
        Self { id: None, captured_at: at, system, device, client: Some(installed_client()), places: captured }
    }
}

impl CapturedPlace {
    fn whole(place: Place) -> Self {
        Self { place, left_out: 0 }
    }

    fn of(mut place: Place, extent: Extent) -> Self {
        let left_out = if extent == Extent::Near { keep_near(&mut place) } else { 0 };
        Self { place, left_out }
    }
}

/// Leaves in `place` what explains a failing check, and says how many certificates that took away.
fn keep_near(place: &mut Place) -> u64 {
    let certificates = &place.contents.certificates;
    let mut keeps: Vec<bool> = certificates
        .iter()
        .map(|stored| stored.private_key == PrivateKey::Present || !stored.certificate.claims_to_be_ca())
        .collect();
    loop {
        let kept = certificates.iter().zip(&keeps).filter(|(_, keeps)| **keeps);
        let issuers: HashSet<&[u8]> = kept.map(|(stored, _)| stored.certificate.issuer().der).collect();
        let is_issuer = |certificate: &Certificate| issuers.contains(certificate.subject().der);
        let now: Vec<bool> = certificates
            .iter()
            .zip(&keeps)
            .map(|(stored, keeps)| *keeps || is_issuer(&stored.certificate))
            .collect();
        if now == keeps {
            break;
        }
        keeps = now;
    }
    retain(place, &keeps)
}

/// Keeps the certificates at the positions for which `keeps` says so, with what belongs to them.
fn retain(place: &mut Place, keeps: &[bool]) -> u64 {
    let kept = |position: usize| keeps.get(position).copied().unwrap_or_default();
    let contents = &mut place.contents;
    let mut moved = BTreeMap::new();
    for (position, _) in keeps.iter().enumerate().filter(|(_, keeps)| **keeps) {
        moved.insert(position, moved.len());
    }
    contents.certificates.retain(|stored| kept(stored.position));
    for (position, stored) in contents.certificates.iter_mut().enumerate() {
        stored.position = position;
    }
    match &mut contents.index {
        Index::None => {}
        Index::Windows { subjects, .. } => retain_positions(subjects, kept),
        Index::Nss(nss::Index { rows, .. }) => retain_positions(rows, kept),
        Index::File(FileIndex { key_files, .. }) => {
            let all = std::mem::take(key_files);
            *key_files = all.into_iter().filter_map(|(at, file)| Some((*moved.get(&at)?, file))).collect();
        }
    }
    (keeps.len() - moved.len()) as u64
}

fn retain_positions<T>(list: &mut Vec<T>, kept: impl Fn(usize) -> bool) {
    let mut position = 0;
    list.retain(|_| {
        position += 1;
        kept(position - 1)
    });
}
