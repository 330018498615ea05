//! Which rows of the database a name matches.

use super::{decoder, uri};
use crate::store::StoredCertificate;
use crate::store::nss::{EMPTY, Index, Row};
use std::collections::HashSet;

/// A database that was read; certificates are named by their positions.
pub(super) struct Database<'a> {
    pub(super) certificates: &'a [StoredCertificate],
    pub(super) index: &'a Index,
}

impl Database<'_> {
    /// The certificates that `name` matches, in the order of their rows. NSS takes rows of the same
    /// issuer and serial number for one object, and skips what it cannot decode.
    pub(super) fn matches(&self, name: &[u8]) -> Vec<usize> {
        if uri::is_uri(name) {
            let by_uri = self.usable(self.by_uri(name));
            if !by_uri.is_empty() {
                return by_uri;
            }
        }
        let nickname = match name.iter().position(|&byte| byte == b':') {
            Some(colon) if name[..colon] == self.index.token[..] => &name[colon + 1..],
            Some(_) => return Vec::new(),
            None => name,
        };
        self.usable(self.by_nickname(nickname))
    }

    fn by_uri(&self, name: &[u8]) -> Vec<usize> {
        let Some(wanted) = uri::parse(name, &self.index.token) else { return Vec::new() };
        let fits = |wanted: &Option<Vec<u8>>, value: &Option<Vec<u8>>| {
            wanted.as_ref().is_none_or(|wanted| value.as_deref() == Some(marked(wanted)))
        };
        self.rows(|row| fits(&wanted.object, &row.label) && fits(&wanted.id, &row.id))
    }

    fn by_nickname(&self, nickname: &[u8]) -> Vec<usize> {
        let with_nul = [nickname, &[0]].concat();
        let found = self.rows(|row| row.label.as_deref() == Some(marked(nickname)));
        let found =
            if found.is_empty() { self.rows(|row| row.label.as_deref() == Some(&with_nul)) } else { found };
        if !found.is_empty() || !nickname.contains(&b'@') {
            return found;
        }
        let found = self.by_email(&nickname.to_ascii_lowercase());
        if found.is_empty() { self.by_email(&with_nul.to_ascii_lowercase()) } else { found }
    }

    /// Certificates with the address, then those of the subject that the first S/MIME profile with
    /// the address names.
    fn by_email(&self, address: &[u8]) -> Vec<usize> {
        let mut found = self.rows(|row| row.email.as_deref() == Some(address));
        let profile = self.index.profiles.iter().find(|profile| profile.email.as_deref() == Some(address));
        if let Some(subject) = profile.and_then(|profile| profile.subject.as_deref()) {
            found.extend(self.rows(|row| {
                row.subject.as_deref() == Some(subject) && row.email.as_deref() != Some(address)
            }));
        }
        found
    }

    /// The certificates whose row says that they are of `subject`, in the order of their rows.
    pub(super) fn with_subject(&self, subject: &[u8]) -> Vec<usize> {
        self.usable(self.rows(|row| row.subject.as_deref() == Some(subject)))
    }

    /// The subject in the certificate itself, which the row may contradict.
    pub(super) fn subject_in_certificate(&self, position: usize) -> Option<&[u8]> {
        Some(self.certificates.get(position)?.certificate.subject().der)
    }

    /// NSS still holds the winner of the first search, so it precedes those that sort equal; unless its
    /// nickname is shared by several subjects and another one's certificate was found first.
    pub(super) fn put_winner_first(&self, printed: &mut [usize], best: usize, matches: &[usize]) {
        let subject = |position: usize| self.index.rows.get(position).and_then(|row| row.subject.as_deref());
        let first_subject = matches.first().and_then(|&first| subject(first));
        let Some(at) = printed.iter().position(|&position| self.same_object(position, best)) else { return };
        printed[at] = best;
        if first_subject == subject(best) {
            printed[..=at].rotate_right(1);
        }
    }

    fn same_object(&self, one: usize, other: usize) -> bool {
        let identity = |position: usize| self.index.rows.get(position).map(Row::identity);
        identity(one) == identity(other)
    }

    fn rows(&self, fits: impl Fn(&Row) -> bool) -> Vec<usize> {
        let rows = self.index.rows.iter().enumerate();
        rows.filter(|(_, row)| fits(row)).map(|(position, _)| position).collect()
    }

    fn usable(&self, mut found: Vec<usize>) -> Vec<usize> {
        let mut seen = HashSet::new();
        found.retain(|&position| {
            let (Some(row), Some(stored)) = (self.index.rows.get(position), self.certificates.get(position))
            else {
                return false;
            };
            seen.insert(row.identity()) && row.well_formed && decoder::decodes(stored.certificate.der())
        });
        found
    }
}

/// A value as NSS stores it: an empty one has a mark of its own.
fn marked(value: &[u8]) -> &[u8] {
    if value.is_empty() { EMPTY } else { value }
}
