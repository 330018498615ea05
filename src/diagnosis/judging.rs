//! Certificates against the uploaded CA: what no rule can change.

use super::Case;
use super::seen::is_seen_without_loose;
use crate::certificate::Certificate;
use crate::reason::Finding;
use crate::store::{LINUX_SYSTEM_STORE, Place, Role};
use crate::verification::{self, Judgement, Memo, Purpose, Reading, Verifier};
use rayon::prelude::*;
use std::path::Path;
use std::sync::Arc;

/// Starting threads takes longer than judging fewer than these.
const FEW: usize = 16;

/// How certificates are judged: with what was found out before, and on how many threads.
#[derive(Clone, Debug, Default)]
pub struct Judging {
    pub memo: Arc<Memo>,
    /// On this thread alone: the others have work of their own.
    pub alone: bool,
}

impl Judging {
    /// What `make` makes of each of `items`, in their order.
    pub fn each<T: Sync, R: Send>(&self, items: &[T], make: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
        if self.alone || items.len() < FEW {
            items.iter().enumerate().map(|(position, item)| make(position, item)).collect()
        } else {
            items.par_iter().enumerate().map(|(position, item)| make(position, item)).collect()
        }
    }
}

/// What was found out about the certificates of each place.
#[derive(Debug, Default)]
pub struct Judged(pub(super) Vec<Vec<Facts>>);

/// What is true of a certificate whatever the rule.
#[derive(Debug)]
pub(super) struct Facts {
    pub judgement: Judgement,
    /// What there is to report about its own dates.
    pub validity: Vec<Finding>,
}

impl Judged {
    /// Judges the places that were not yet.
    pub(super) fn complete(&mut self, case: &Case<'_>) {
        let anchors: Vec<Certificate> = case.cas.cas.iter().map(|ca| ca.certificate.clone()).collect();
        // What lies elsewhere does not complete a chain: the client does not see it.
        let counted = case.places.iter().filter(|place| completes_chains(case, place));
        let stored = counted.flat_map(|place| &place.contents.certificates);
        let pool: Vec<Certificate> =
            stored.map(|s| s.certificate.clone()).chain(case.intermediates.iter().cloned()).collect();
        let verifier = Verifier::with_memo(&anchors, &pool, case.at, Arc::clone(&case.judging.memo));
        for place in &case.places[self.0.len()..] {
            let judged = case.judging.each(&place.contents.certificates, |_, stored| {
                let reading = Reading::of(&stored.certificate);
                Facts {
                    judgement: verifier.judge_read(&stored.certificate, &reading, Purpose::Any),
                    validity: asked(&reading, |reading| reading.validity(case.at, case.expiry_warning_days)),
                }
            });
            self.0.push(judged);
        }
    }
}

/// What a strict reading answers; of a malformed certificate only that it is malformed.
pub(super) fn asked(
    reading: &Result<Reading<'_>, String>,
    ask: impl FnOnce(&Reading<'_>) -> Vec<Finding>,
) -> Vec<Finding> {
    match reading {
        Ok(reading) => ask(reading),
        Err(what) => vec![verification::unparseable(what)],
    }
}

/// Whether intermediates may be taken from a place: one of the device's, where the client or the system looks
/// for them.
fn completes_chains(case: &Case<'_>, place: &Place) -> bool {
    !place.elsewhere
        && match &place.contents.evidence.role {
            Some(Role::Nss(directory)) => directory == Path::new(LINUX_SYSTEM_STORE),
            Some(_) => true,
            None => !is_seen_without_loose(case),
        }
}
