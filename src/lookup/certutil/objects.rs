//! Which rows NSS takes for one certificate, and which certificate it finds again.
//!
//! NSS makes an object of each row that a search finds (`lib/pki/pkibase.c`): rows with the same
//! certificate are one object. It keeps the objects in use in a cache (`lib/pki/tdcache.c`) by issuer and
//! serial number: a further row with both is answered with the object already there. The cache also
//! lists objects by subject, and each such list by the nickname of its first object; an object whose
//! list would need a nickname that is taken is not cached at all.

use crate::store::StoredCertificate;
use crate::store::nss::Row;
use std::collections::{HashMap, HashSet};

type Identity<'a> = (&'a [u8], &'a [u8]);
type Subject<'a> = Option<&'a [u8]>;
type Nickname<'a> = Option<&'a [u8]>;

/// NSS while it runs one look-up. Objects are named by the position of the row they were made of.
#[derive(Default)]
pub(super) struct Objects<'a> {
    cached: HashMap<Identity<'a>, usize>,
    lists: HashMap<Subject<'a>, Nickname<'a>>,
    /// A row was met of which NSS can make no object. It then forgets to let go of something, and
    /// certutil fails at the end, whatever it printed.
    pub(super) leaked: bool,
}

/// A row and its certificate.
pub(super) type CertificateRow<'a> = (&'a Row, &'a StoredCertificate);

impl<'a> Objects<'a> {
    /// The objects for what a search found, in its order; `held` is in the cache already, and comes
    /// first if the search finds it too.
    pub(super) fn make(
        &mut self,
        found: &[usize],
        held: Option<usize>,
        entry: impl Fn(usize) -> Option<CertificateRow<'a>>,
    ) -> Vec<usize> {
        let mut seen: HashSet<&[u8]> = HashSet::new();
        let mut objects = Vec::with_capacity(found.len());
        for &position in held.iter().chain(found) {
            let Some((row, stored)) = entry(position) else { continue };
            if !seen.insert(stored.certificate.der()) {
                continue;
            }
            if !row.well_formed {
                self.leaked = true;
                continue;
            }
            objects.push(self.cache(position, row, stored));
        }
        objects
    }

    /// Caches the object of a row if it can be; returns the object that stands for it.
    fn cache(&mut self, position: usize, row: &'a Row, stored: &'a StoredCertificate) -> usize {
        let identity = row.identity(&stored.certificate);
        if let Some(&object) = self.cached.get(&identity) {
            return object;
        }
        let subject = row.subject(&stored.certificate);
        if !self.lists.contains_key(&subject) {
            let nickname = stored.label.as_deref().filter(|label| !label.is_empty());
            if nickname.is_some() && self.lists.values().any(|taken| *taken == nickname) {
                return position;
            }
            self.lists.insert(subject, nickname);
        }
        self.cached.insert(identity, position);
        position
    }

    /// Lets go of every object.
    pub(super) fn keep_none(&mut self) {
        self.cached.clear();
        self.lists.clear();
    }

    /// Lets go of every object but `winner`; says whether it was cached, for then it is found
    /// again.
    pub(super) fn keep_only(&mut self, winner: usize, (row, stored): CertificateRow<'a>) -> bool {
        self.cached.retain(|_, object| *object == winner);
        let subject = row.subject(&stored.certificate);
        let cached = !self.cached.is_empty();
        self.lists.retain(|listed, _| cached && *listed == subject);
        cached
    }
}
