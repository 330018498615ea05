//! Which rows of the database a name matches.

use super::{decoder, uri};
use crate::certificate::Certificate;
use crate::store::StoredCertificate;
use crate::store::nss::{EMPTY, Index, Row};

/// A database that was read; certificates are named by their positions.
#[derive(Clone, Copy)]
pub(super) struct Database<'a> {
    pub(super) certificates: &'a [StoredCertificate],
    pub(super) index: &'a Index,
}

impl<'a> Database<'a> {
    /// The rows that `name` matches, in their order.
    pub(super) fn matches(self, name: &[u8]) -> Vec<usize> {
        if uri::is_uri(name) {
            // A URI that finds nothing is tried again as a nickname of the token "pkcs11".
            return self.by_uri(name);
        }
        match name.iter().position(|&byte| byte == b':') {
            Some(colon) if name[..colon] == self.index.token[..] => self.by_nickname(&name[colon + 1..]),
            Some(_) => Vec::new(),
            None => self.by_nickname(name),
        }
    }

    fn by_uri(self, name: &[u8]) -> Vec<usize> {
        let Some(wanted) = uri::parse(name, &self.index.token) else { return Vec::new() };
        let object = wanted.object.as_deref();
        let id = wanted.id.as_deref();
        self.rows(|row, stored| {
            object.is_none_or(|object| is_label(object, row, stored))
                && id.is_none_or(|id| row.id.as_deref() == Some(if id.is_empty() { EMPTY } else { id }))
        })
    }

    fn by_nickname(self, nickname: &[u8]) -> Vec<usize> {
        let with_nul = [nickname, &[0]].concat();
        let mut found = self.rows(|row, stored| is_label(nickname, row, stored));
        if found.is_empty() {
            found = self.rows(|row, stored| is_label(&with_nul, row, stored));
        }
        if found.is_empty() && nickname.contains(&b'@') {
            found = self.by_email(&nickname.to_ascii_lowercase());
            if found.is_empty() {
                found = self.by_email(&with_nul.to_ascii_lowercase());
            }
        }
        found
    }

    /// Certificates with the address, then those of the subject that the first S/MIME profile with
    /// the address names.
    fn by_email(self, address: &[u8]) -> Vec<usize> {
        let mut found = self.rows(|row, _| row.email.as_deref() == Some(address));
        let profile = self.index.profiles.iter().find(|profile| profile.email.as_deref() == Some(address));
        if let Some(subject) = profile.and_then(|profile| profile.subject.as_deref()) {
            found.extend(self.with_subject(subject));
        }
        found
    }

    /// The certificates whose row says that they are of `subject`.
    pub(super) fn with_subject(self, subject: &[u8]) -> Vec<usize> {
        self.rows(|row, stored| row.subject(&stored.certificate) == Some(subject))
    }

    /// The first certificate whose row gives it the issuer and the serial number of `certificate`.
    pub(super) fn of_same_identity(self, certificate: &Certificate) -> Option<&'a Certificate> {
        let serial = certificate.outline().ok()?.serial_element();
        let identity = (certificate.issuer().der, certificate.der().get(serial)?);
        let same = self.rows(|row, stored| row.identity(&stored.certificate) == identity);
        same.first().and_then(|&first| self.certificates.get(first)).map(|stored| &stored.certificate)
    }

    /// A certificate and its row.
    pub(super) fn entry(self, position: usize) -> Option<(&'a Row, &'a StoredCertificate)> {
        Some((self.index.rows.get(position)?, self.certificates.get(position)?))
    }

    /// Whether NSS can decode the certificate.
    pub(super) fn decodes(self, position: usize) -> bool {
        self.certificates.get(position).is_some_and(|stored| decoder::decodes(stored.certificate.der()))
    }

    fn rows(self, fits: impl Fn(&Row, &StoredCertificate) -> bool) -> Vec<usize> {
        let rows = self.index.rows.iter().zip(self.certificates).enumerate();
        rows.filter(|(_, (row, stored))| fits(row, stored)).map(|(position, _)| position).collect()
    }
}

/// Whether CKA_LABEL is `nickname`. (An empty one has a mark in the database and is shown without it.)
fn is_label(nickname: &[u8], row: &Row, stored: &StoredCertificate) -> bool {
    row.label_is_blob && stored.label.as_deref() == Some(nickname)
}
