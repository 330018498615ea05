//! What the verdict, its reasons and the fixes rest on.

use super::candidate::{self, Standing};
use super::{Case, Examined, is_searched};
use crate::lookup::{self, Lookup};
use crate::posture::RuleType;
use crate::reason::Code;
use crate::rule::{self, Resolution, Unfilled};
use crate::store::{Place, PrivateKey, Status, StoreSpec};
use crate::system::System;
use std::path::Path;

/// Everything that was found out under one rule type.
pub(super) struct Situation<'a> {
    pub case: &'a Case<'a>,
    pub resolution: &'a Resolution,
    pub lookups: &'a [(StoreSpec, Lookup)],
    pub certificates: &'a [Examined],
    /// The certificate that passes, if one does; the one with the fewest warnings.
    pub passing: Option<&'a Examined>,
    /// The certificate that the rule most plausibly means, when none passes.
    pub candidate: Option<&'a Examined>,
}

impl<'a> Situation<'a> {
    pub fn new(
        case: &'a Case<'a>,
        resolution: &'a Resolution,
        lookups: &'a [(StoreSpec, Lookup)],
        certificates: &'a [Examined],
    ) -> Self {
        let passing = candidate::passing(case, certificates);
        let candidate = if passing.is_none() { candidate::best(case, certificates.iter()) } else { None };
        Self { case, resolution, lookups, certificates, passing, candidate }
    }

    pub fn rule_type(&self) -> RuleType {
        self.case.rule.rule_type
    }

    /// The places where the client might look, whether or not the rule has it look there.
    pub fn given(&self) -> impl Iterator<Item = &'a Place> + use<'a> {
        self.case.places.iter().filter(|place| !place.elsewhere)
    }

    /// The places that the rule's client searches.
    pub fn searched(&self) -> impl Iterator<Item = &'a Place> + use<'a> {
        let case = self.case;
        case.places.iter().filter(|place| is_searched(case, place))
    }

    /// The system on which a repair is made.
    pub fn system(&self) -> System {
        let own = self.case.system;
        self.searched().next().map_or(own, |place| lookup::system_of(&place.contents.evidence, own))
    }

    /// Whether the rule asks for the certificate's private key.
    pub fn needs_key(&self) -> bool {
        self.rule_type() == RuleType::ClientCertificateV2 && self.case.rule.check_private_key
    }

    /// Whether the look-up goes by the store's own name for a certificate: certutil's alone does.
    pub fn goes_by_nickname(&self) -> bool {
        (self.system(), self.rule_type()) == (System::Linux, RuleType::ClientCertificate)
    }

    /// A path that the rule lists, with nothing there and a variable in it.
    pub fn path_with_variable(&self) -> Option<(&'a Path, Unfilled)> {
        let missing = self.searched().filter(|place| place.contents.status == Status::Missing);
        missing.filter_map(Place::listed_path).find_map(|path| {
            // Of each part by itself: what a part begins with is no dollar sign within a name.
            let mut parts = path.components();
            let unfilled =
                parts.find_map(|part| rule::unfilled(&part.as_os_str().to_string_lossy(), true))?;
            Some((path, unfilled)).filter(|_| self.passing.is_none())
        })
    }

    /// The place where a certificate was found.
    pub fn place_of(&self, found: &Examined) -> Option<&'a Place> {
        self.case.places.iter().find(|place| place.contents.spec == found.spec)
    }

    /// Another certificate of the searched stores that would pass if only it were found.
    pub fn sound_alternative(&self) -> Option<&'a Examined> {
        self.certificates.iter().find(|examined| {
            let standing = candidate::standing(self.case, examined);
            standing.is_some_and(|standing| standing <= Standing::NearName)
                && !examined.returned
                && candidate::would_pass(examined)
                // No name helps an entry that the command cannot read.
                && !examined.steps.iter().any(|step| step.code == Some(Code::CertificateUnparseable))
        })
    }

    /// A certificate in a place that is not searched, which would pass in the right one.
    pub fn sound_elsewhere(&self) -> Option<&'a Examined> {
        self.certificates.iter().find(|examined| {
            candidate::standing(self.case, examined) == Some(Standing::Elsewhere)
                && candidate::would_pass(examined)
        })
    }

    /// The candidate in another place, with its private key.
    pub fn with_key_elsewhere(&self) -> Option<&'a Examined> {
        let candidate = self.candidate?;
        self.certificates.iter().find(|other| {
            !other.searched
                && other.stored.certificate == candidate.stored.certificate
                && other.stored.private_key == PrivateKey::Present
        })
    }

    /// A CA of the name that the candidate's chain lacks, in a place that is not searched.
    pub fn issuer_elsewhere(&self) -> Option<&'a Examined> {
        let top = self.candidate?.chain.last()?;
        let leads_to_the_ca =
            |issuer: &Examined| issuer.chain.last().is_some_and(|end| self.case.cas.contain(end));
        self.certificates.iter().find(|other| {
            let certificate = &other.stored.certificate;
            !other.searched
                && certificate.claims_to_be_ca()
                && certificate.subject().der == top.issuer().der
                && leads_to_the_ca(other)
        })
    }
}
