//! Which issuers to try, and in which order.

use super::bearers::standing;
use super::{Node, Search};
use crate::verification::reading::Reading;
use std::sync::Arc;

impl<'s> Search<'s, '_> {
    /// Issuers that bear the name which the child gives, the likeliest first.
    pub(super) fn candidates(&self, child: Node) -> Arc<[usize]> {
        let Some(reading) = self.reading(child) else { return Arc::default() };
        self.verifier.ranking(reading, || {
            let key_id = reading.extensions.authority_key_id;
            let bearers = self.verifier.bearers_of(reading.issuer);
            let likely = bearers.map(|bearers| bearers.likely(self.verifier, key_id)).unwrap_or_default();
            let mut ranked: Vec<_> = likely.iter().map(|&index| (self.rank(reading, index), index)).collect();
            ranked.sort_unstable();
            ranked.into_iter().map(|(_, index)| index).collect()
        })
    }

    /// The anchors among the candidates for the certificate judged, in the same order.
    pub(super) fn anchors_named(&self) -> Vec<usize> {
        let candidates = self.candidates(None);
        candidates.iter().copied().filter(|&index| self.issuer(index).anchor.is_some()).collect()
    }

    /// Key identifiers first, then anchors, then dates, then flags, then the very same name, then the
    /// newest. The smallest is the likeliest.
    fn rank(&self, child: &Reading<'_>, index: usize) -> (u8, bool, bool, bool, bool, i64) {
        let issuer = self.issuer(index);
        let is_pool = issuer.anchor.is_none();
        let Ok(reading) = issuer.reading() else { return (3, is_pool, true, true, true, 0) };
        let key = match (child.extensions.authority_key_id, reading.extensions.subject_key_id) {
            (Some(authority), Some(subject)) if authority == subject => 0,
            (Some(_), Some(_)) => 2,
            _ => 1,
        };
        let (is_pool, is_out_of_time, is_no_ca, newest) = standing(reading, is_pool, self.verifier.at);
        let is_same_name = reading.subject == child.issuer;
        (key, is_pool, is_out_of_time, is_no_ca, !is_same_name, newest)
    }

    /// Whether the candidate, or one with the same name and key, is in the chain already
    /// (RFC 4158 §5.2): such a loop leads nowhere new. An anchor ends the chain, so it makes no loop: it is where
    /// the chain of an older copy of it leads.
    pub(super) fn is_in(&self, chain: &[usize], candidate: usize) -> bool {
        let candidate = self.issuer(candidate);
        if candidate.anchor.is_some() {
            return false;
        }
        let is_leaf = candidate.name == self.leaf_name && candidate.certificate.spki() == self.leaf.spki;
        is_leaf
            || chain.iter().map(|&index| self.issuer(index)).any(|other| {
                other.name == candidate.name && other.certificate.spki() == candidate.certificate.spki()
            })
    }

    /// The anchor that messages compare with: the one whose key the certificate names, or the first.
    pub(super) fn likeliest_anchor(&self) -> Option<(usize, &'s Reading<'s>)> {
        let anchors = (0..self.verifier.anchors.len()).filter(|&i| self.reading(Some(i)).is_some());
        let likeliest = anchors.min_by_key(|&i| !self.names_the_key_of(None, i))?;
        Some((likeliest, self.reading(Some(likeliest))?))
    }

    pub(super) fn names_the_key_of(&self, child: Node, issuer: usize) -> bool {
        let authority = self.reading(child).and_then(|reading| reading.extensions.authority_key_id);
        let subject = self.reading(Some(issuer)).and_then(|reading| reading.extensions.subject_key_id);
        authority.is_some() && authority == subject
    }
}
