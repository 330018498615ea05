//! The search for a chain (RFC 4158): depth first from the certificate judged, the likeliest issuer
//! first, with a fixed budget.

mod attempt;
mod bearers;
mod candidates;
mod ending;

use super::constraints::MAX_COMPARISONS;
use super::issuer::{Child, Issuer, Signed, own_key};
use super::judgement::{Direct, Path, Purpose, is_warning};
use super::memo::IssuerKey;
use super::reading::Reading;
use super::validate::{in_order, validate};
use super::verifier::Verifier;
use crate::certificate::Certificate;
use crate::reason::{Code, Finding};
use attempt::{Attempt, Nearness};
pub use bearers::Bearers;
use ending::{is_another_copy, is_the_ca, not_signed_by_itself, self_signed};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Signature checks that are spent on one certificate. Ordinary chains need fewer than ten; the
/// number is that of other path builders (webpki).
const MAX_SIGNATURE_CHECKS: usize = 100;

/// Certificates that the search steps on, whether or not a signature has to be checked again.
const MAX_STEPS: usize = 250;

/// Certificates in a chain.
const MAX_LENGTH: usize = 16;

/// The certificate judged, or an issuer by its index.
type Node = Option<usize>;

pub struct Search<'s, 'a> {
    verifier: &'s Verifier<'a>,
    certificate: &'s Certificate,
    leaf: &'s Reading<'s>,
    /// Which of the verifier's names its subject is.
    leaf_name: Option<usize>,
    /// Its own key, if that made its signature.
    leaf_key: OnceCell<Option<Arc<IssuerKey>>>,
    purpose: Purpose,
    signed: HashMap<(Node, usize), Signed>,
    checks_left: usize,
    steps_left: usize,
    comparisons_left: usize,
    /// A chain was not followed further because of its length.
    is_cut: bool,
    /// The first signature that cannot be checked here: the chain beyond it might be right.
    doubt: Option<Finding>,
    best: Option<Attempt>,
}

impl<'s, 'a> Search<'s, 'a> {
    pub fn new(
        verifier: &'s Verifier<'a>,
        certificate: &'s Certificate,
        leaf: &'s Reading<'s>,
        purpose: Purpose,
    ) -> Self {
        Self {
            verifier,
            certificate,
            leaf,
            leaf_name: verifier.number_of(leaf.subject),
            leaf_key: OnceCell::new(),
            purpose,
            signed: HashMap::new(),
            checks_left: MAX_SIGNATURE_CHECKS,
            steps_left: MAX_STEPS,
            comparisons_left: MAX_COMPARISONS,
            is_cut: false,
            doubt: None,
            best: None,
        }
    }

    /// Whether an anchor signed the certificate directly.
    pub fn direct(&mut self) -> Direct {
        let mut direct = Direct { issuer: None, findings: Vec::new() };
        if let Some(&itself) = self.verifier.anchors.get(self.certificate.der()) {
            if self.signs_itself(None) {
                direct.issuer = Some(itself);
                direct.findings.push(is_the_ca());
            } else {
                direct.findings.push(not_signed_by_itself(self.certificate));
            }
            return direct;
        }
        let mut failed = Vec::new();
        for index in self.anchors_named() {
            let anchor = self.issuer(index).anchor;
            match self.is_signed(None, index) {
                Some(Signed::Yes) => {
                    direct.issuer = anchor;
                    direct.findings = self
                        .validate(&[], false)
                        .into_iter()
                        .filter(|finding| {
                            matches!(finding.code, Code::AlgorithmWeak | Code::CertificateUnparseable)
                        })
                        .collect();
                    direct.findings.extend(self.is_copy_of(index).then(is_another_copy));
                    return direct;
                }
                Some(outcome) => failed.push((index, outcome)),
                None => break,
            }
        }
        direct.findings.push(self.not_direct(&failed));
        direct
    }

    /// The best chain, or the nearest.
    pub fn path(mut self) -> Path {
        if let Some(&itself) = self.verifier.anchors.get(self.certificate.der()) {
            return self.path_of_anchor(itself);
        }
        if !self.direct_path() && !self.explore(&mut Vec::new()) {
            let depth = self.best.as_ref().map_or(0, |best| best.issuers.len());
            let doubts = [self.limit(depth), self.doubt.take()];
            return self.conclude(doubts.into_iter().flatten());
        }
        self.conclude([].into_iter())
    }

    /// Whether the anchor that signed the certificate itself is a chain without a fault: the same that
    /// [`Self::direct`] looks at, so that the two cannot contradict each other.
    fn direct_path(&mut self) -> bool {
        self.anchors_named()
            .into_iter()
            .any(|index| matches!(self.signed.get(&(None, index)), Some(Signed::Yes)) && self.whole(&[index]))
    }

    /// The best chain, or the nearest, and what keeps it from being the last word.
    fn conclude(mut self, doubts: impl Iterator<Item = Finding>) -> Path {
        let Some(best) = self.best.take() else {
            let mut findings = self.validate(&[], false);
            findings.extend(doubts);
            let chain = vec![self.certificate.clone()];
            return Path { chain, anchor: None, findings: in_order(findings) };
        };
        let mut findings = best.findings;
        findings.extend(best.end);
        let doubts: Vec<Finding> = doubts.filter(|doubt| !findings.contains(doubt)).collect();
        findings.extend(doubts);
        let mut chain = vec![self.certificate.clone()];
        chain.extend(best.issuers.iter().map(|&i| self.issuer(i).certificate.clone()));
        let top = best.issuers.last().and_then(|&top| self.issuer(top).anchor);
        let anchor = top.filter(|_| best.nearness == Nearness::Whole);
        Path { chain, anchor, findings: in_order(findings) }
    }

    /// Whether the certificate judged has the anchor's name and key.
    fn is_copy_of(&self, anchor: usize) -> bool {
        let anchor = self.issuer(anchor);
        anchor.name.is_some() && anchor.name == self.leaf_name && anchor.certificate.spki() == self.leaf.spki
    }

    fn path_of_anchor(&self, anchor: usize) -> Path {
        let mut findings = self
            .verifier
            .issuers
            .iter()
            .find(|issuer| issuer.anchor == Some(anchor))
            .map_or_else(Vec::new, |issuer| {
                issuer.anchor_findings(self.verifier.at, &self.verifier.memo).to_vec()
            });
        findings.push(is_the_ca());
        Path { chain: vec![self.certificate.clone()], anchor: Some(anchor), findings: in_order(findings) }
    }

    /// Goes on from the top of `chain`; true when a chain without a fault was found, so that the search
    /// is over. Once the budget is spent, it soon comes back.
    fn explore(&mut self, chain: &mut Vec<usize>) -> bool {
        let top = chain.last().copied();
        if top.is_some_and(|top| self.issuer(top).anchor.is_some()) {
            return self.whole(chain);
        }
        let mut failed = Vec::new();
        let mut goes_on = false;
        let mut is_untried = false;
        for &candidate in self.candidates(top).iter() {
            if self.is_in(chain, candidate) {
                continue;
            }
            if chain.len() + 1 >= MAX_LENGTH {
                self.is_cut = true;
                is_untried = true;
                continue;
            }
            if self.steps_left == 0 {
                is_untried = true;
                break;
            }
            match self.is_signed(top, candidate) {
                Some(Signed::Yes) => {
                    goes_on = true;
                    self.steps_left -= 1;
                    chain.push(candidate);
                    let is_over = self.explore(chain);
                    chain.pop();
                    if is_over {
                        return true;
                    }
                }
                Some(outcome) => {
                    self.note_doubt(top, chain.len(), candidate, &outcome);
                    failed.push((candidate, outcome));
                }
                None => {
                    is_untried = true;
                    break;
                }
            }
        }
        self.dead_end(chain, &failed, goes_on, is_untried);
        false
    }

    fn note_doubt(&mut self, top: Node, depth: usize, candidate: usize, outcome: &Signed) {
        if self.doubt.is_none() && matches!(outcome, Signed::Unsupported(_)) {
            let failed = [(candidate, outcome.clone())];
            self.doubt = self.failure(top, depth, &failed).map(|(_, finding)| finding);
        }
    }

    /// A chain that ends at an anchor. True when nothing is wrong with it.
    fn whole(&mut self, chain: &[usize]) -> bool {
        let mut findings = self.validate(chain, true);
        if let Some(&top) = chain.last() {
            let own = self.issuer(top).anchor_findings(self.verifier.at, &self.verifier.memo).iter().cloned();
            findings.extend(own.map(|finding| finding.at(chain.len())));
            findings.extend((chain.len() == 1 && self.is_copy_of(top)).then(is_another_copy));
        }
        let is_clean = findings.iter().all(is_warning);
        self.keep(Attempt { issuers: chain.to_vec(), nearness: Nearness::Whole, end: None, findings });
        is_clean
    }

    /// A chain whose last certificate has no issuer here, or (with `goes_on`) not one that is an anchor
    /// of the name it gives. With `is_untried` a limit kept the search from one that may be it.
    fn dead_end(&mut self, chain: &[usize], failed: &[(usize, Signed)], goes_on: bool, is_untried: bool) {
        let top = chain.last().copied();
        let depth = chain.len();
        let (nearness, end) = match self.failure(top, depth, failed) {
            found if self.is_self_signed(top) => {
                if goes_on {
                    return;
                }
                match (top, found) {
                    (None, _) => (Nearness::SelfSigned, self_signed()),
                    (Some(_), _) => (Nearness::OtherRoot, self.other_root(top, depth)),
                }
            }
            Some((nearness, _)) if goes_on && nearness < Nearness::AnchorsOtherKey => return,
            Some(found) => found,
            None if goes_on => return,
            None => {
                let limit = self.limit(depth).filter(|_| is_untried);
                (Nearness::IssuerMissing, limit.unwrap_or_else(|| self.missing(top, depth)))
            }
        };
        // Validation is worth its while only for a chain that may be the one to report.
        if self.best.as_ref().is_none_or(|best| (nearness, depth) >= (best.nearness, best.issuers.len())) {
            let findings = self.validate(chain, false);
            self.keep(Attempt { issuers: chain.to_vec(), nearness, end: Some(end), findings });
        }
    }

    fn keep(&mut self, attempt: Attempt) {
        if self.best.as_ref().is_none_or(|best| attempt.is_better_than(best)) {
            self.best = Some(attempt);
        }
    }

    fn issuer(&self, index: usize) -> &'s Issuer<'a> {
        &self.verifier.issuers[index]
    }

    fn reading(&self, node: Node) -> Option<&'s Reading<'s>> {
        match node {
            None => Some(self.leaf),
            Some(index) => self.issuer(index).reading().ok(),
        }
    }

    /// Validates the certificate judged with the issuers above it.
    fn validate(&mut self, chain: &[usize], is_anchored: bool) -> Vec<Finding> {
        let nodes = std::iter::once(None).chain(chain.iter().copied().map(Some));
        let readings: Vec<_> = nodes.filter_map(|node| self.reading(node)).collect();
        validate(&readings, is_anchored, self.purpose, self.verifier.at, &mut self.comparisons_left)
    }

    /// Whether the issuer's key signed the child; `None` when the budget is spent.
    fn is_signed(&mut self, child: Node, issuer: usize) -> Option<Signed> {
        if let Some(known) = self.signed.get(&(child, issuer)) {
            return Some(known.clone());
        }
        self.checks_left = self.checks_left.checked_sub(1)?;
        let outcome = self.issuer(issuer).signed(self.child(child, issuer)?, &self.verifier.memo);
        self.signed.insert((child, issuer), outcome.clone());
        Some(outcome)
    }

    fn is_self_signed(&mut self, node: Node) -> bool {
        let is_self_issued = self.reading(node).is_some_and(Reading::is_self_issued);
        // A step that is paid for, if the node is one of the chain.
        is_self_issued
            && node.is_none_or(|index| self.is_signed(node, index).is_some())
            && self.signs_itself(node)
    }

    /// Whether the node's own key made its signature, as far as it names itself its issuer.
    fn signs_itself(&self, node: Node) -> bool {
        self.own_key(node).is_some()
    }

    fn own_key(&self, node: Node) -> Option<&IssuerKey> {
        let memo = &*self.verifier.memo;
        match node {
            Some(index) => self.issuer(index).own_key(memo),
            None => self.leaf_key.get_or_init(|| own_key(self.certificate, self.leaf, memo)).as_deref(),
        }
    }

    fn child(&self, node: Node, issuer: usize) -> Option<Child<'_>> {
        let (certificate, name) = match node {
            Some(index) => (self.issuer(index).certificate, self.issuer(index).name),
            None => (self.certificate, self.leaf_name),
        };
        // Under another name there is nothing that its own key would rule out.
        let own_key = if name == self.issuer(issuer).name { self.own_key(node) } else { None };
        Some(Child { certificate, reading: self.reading(node)?, own_key })
    }
}
