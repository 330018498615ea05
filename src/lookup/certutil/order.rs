//! Which of several certificates NSS prefers, and in which order it prints them.

use super::matching::Database;
use crate::certificate::Certificate;
use crate::lookup::Found;
use jiff::Timestamp;
use std::cmp::Reverse;
use std::path::Path;

/// How long before its start date a certificate already counts as valid, in microseconds
/// (`pendingSlop` in `lib/certdb/certdb.c`).
const SLOP: i64 = 24 * 60 * 60 * 1_000_000;

/// A certificate's dates in microseconds. NSS uses neither when it cannot decode both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dates {
    not_before: i64,
    not_after: i64,
}

impl Dates {
    fn of(certificate: &Certificate) -> Option<Self> {
        let outline = certificate.outline().ok()?;
        let microseconds = |seconds: Option<i64>| seconds?.checked_mul(1_000_000);
        Some(Self {
            not_before: microseconds(outline.not_before)?,
            not_after: microseconds(outline.not_after)?,
        })
    }

    fn valid_at(self, now: i64) -> bool {
        self.not_before - SLOP <= now && now <= self.not_after
    }
}

/// The winner among those of `matches` that NSS can decode and whose rows call them X.509; of equals the last
/// (`nssCertificateArray_FindBestCertificate`).
pub(super) fn best(database: Database<'_>, matches: &[usize], at: Timestamp) -> Option<usize> {
    let now = at.as_microsecond();
    let is_candidate = |position: usize| {
        database.entry(position).is_some_and(|(row, _)| row.is_x509) && database.decodes(position)
    };
    let mut candidates = matches.iter().copied().filter(|&position| is_candidate(position));
    let first = candidates.next()?;
    let mut best = (first, dates(database, first));
    for position in candidates {
        let next = (position, dates(database, position));
        let valid = |dates: Option<Dates>| dates.is_some_and(|dates| dates.valid_at(now));
        let keep = match (valid(best.1), valid(next.1)) {
            (true, false) => true,
            (false, true) => false,
            _ => newer(best.1, next.1, now),
        };
        if !keep {
            best = next;
        }
    }
    Some(best.0)
}

/// `CERT_IsNewer`: the one that began later and ends later; else the one that began later, unless the
/// one that ends first has ended.
fn newer(one: Option<Dates>, other: Option<Dates>, now: i64) -> bool {
    let Some(one) = one else { return false };
    let Some(other) = other else { return true };
    match (one.not_before > other.not_before, one.not_after > other.not_after) {
        (true, true) => true,
        (false, false) => false,
        (true, false) => one.not_after >= now,
        (false, true) => other.not_after < now,
    }
}

/// Sorts as `CERT_SortCBValidity` does: valid ones first, then by start date, latest first; dates that
/// cannot be decoded last. Equal ones stay in their order.
pub(super) fn sort(database: Database<'_>, positions: &mut [usize], at: Timestamp) {
    positions.sort_by_cached_key(|&position| sort_key(dates(database, position), at.as_microsecond()));
}

fn sort_key(dates: Option<Dates>, now: i64) -> impl Ord + Copy {
    (dates.is_none(), dates.is_none_or(|dates| !dates.valid_at(now)), Reverse(dates.map(|d| d.not_before)))
}

/// Puts the certificate of a file where it belongs among `stored`: before its equals. When the database
/// holds it under its own issuer and serial number, NSS takes that one for it.
pub(super) fn merge_file(
    database: Database<'_>,
    mut stored: Vec<usize>,
    path: &Path,
    certificate: &Certificate,
    at: Timestamp,
) -> Vec<Found> {
    if let Some(held) = database.of_same_identity(certificate) {
        stored.retain(|&position| {
            database.entry(position).is_some_and(|(_, stored)| stored.certificate != *held)
        });
    }
    let now = at.as_microsecond();
    let own = sort_key(Dates::of(certificate), now);
    let key = |position: usize| sort_key(dates(database, position), now);
    let place = stored.partition_point(|&position| key(position) < own);
    let mut found: Vec<Found> = stored.into_iter().map(Found::Stored).collect();
    found.insert(place, Found::File(path.to_owned(), certificate.clone()));
    found
}

fn dates(database: Database<'_>, position: usize) -> Option<Dates> {
    Dates::of(&database.certificates.get(position)?.certificate)
}
