//! Why a chain does not go on, in words.

use super::attempt::Nearness;
use super::{MAX_LENGTH, MAX_SIGNATURE_CHECKS, MAX_STEPS, Node, Search};
use crate::certificate::Certificate;
use crate::reason::{Code, Finding};
use crate::verification::issuer::Signed;
use crate::verification::message::{finding, key_id, look_alike, name};
use crate::verification::reading::Reading;
use crate::verification::validate::side_by_side;

impl Search<'_, '_> {
    /// Why no anchor signed the certificate itself.
    pub(super) fn not_direct(&mut self, failed: &[(usize, Signed)]) -> Finding {
        if self.is_self_signed(None) {
            return self_signed();
        }
        if let Some((_, end)) = self.failure(None, 0, failed) {
            return end;
        }
        let Some((index, anchor)) = self.likeliest_anchor() else { return no_anchor(self.leaf, 0) };
        let mut message =
            format!("The uploaded CA did not issue this certificate. {}", side_by_side(self.leaf, anchor));
        if self.names_the_key_of(None, index) && self.is_signed(None, index) == Some(Signed::Yes) {
            message.push_str(WRONG_NAME);
        }
        finding(Code::IssuerDiffers, 0, message)
    }

    /// What the candidates that bear the issuer's name lack; the likeliest anchor's first.
    pub(super) fn failure(
        &self,
        child: Node,
        depth: usize,
        failed: &[(usize, Signed)],
    ) -> Option<(Nearness, Finding)> {
        let reading = self.reading(child)?;
        // What cannot be checked might be right, so it is reported before what is certainly wrong.
        let by_anchor = failed
            .iter()
            .filter(|(index, _)| self.issuer(*index).anchor.is_some())
            .min_by_key(|(_, outcome)| !matches!(outcome, Signed::Unsupported(_)));
        let (index, outcome) = by_anchor.or_else(|| failed.first())?;
        let is_anchor = by_anchor.is_some();
        let near = |anchors, others| if is_anchor { anchors } else { others };
        let issuer = name(reading.issuer);
        let subject = if depth == 0 {
            "The certificate".to_owned()
        } else {
            format!("The intermediate \"{}\"", name(reading.subject))
        };
        let whose = if is_anchor { "the uploaded CA" } else { "the certificate here of that name" };
        Some(match outcome {
            Signed::Yes => return None,
            Signed::Unsupported(what) => (
                near(Nearness::AnchorUnusable, Nearness::OtherKey),
                finding(
                    Code::AlgorithmUnsupported,
                    depth,
                    format!(
                        "{subject} names \"{issuer}\" as its issuer, but its signature cannot be checked: {what}"
                    ),
                ),
            ),
            Signed::Unreadable(what) => (
                near(Nearness::AnchorUnusable, Nearness::OtherKey),
                finding(
                    Code::CertificateUnparseable,
                    depth + 1,
                    format!("{subject} names \"{issuer}\" as its issuer, but {whose} is malformed: {what}"),
                ),
            ),
            Signed::No(why) => {
                let keys = self.reading(Some(*index)).map(|ca| {
                    format!(
                        ". Its authority key identifier: {}; subject key identifier of {whose}: {}",
                        key_id(reading.extensions.authority_key_id),
                        key_id(ca.extensions.subject_key_id)
                    )
                });
                let message = format!(
                    "{subject} names \"{issuer}\" as its issuer, as {whose} is called, but {why}: the CA has \
                     another key by now, another CA bears the same name, or the certificate is damaged{}",
                    keys.unwrap_or_default()
                );
                (
                    near(Nearness::AnchorsOtherKey, Nearness::OtherKey),
                    finding(Code::SignatureInvalid, depth, message),
                )
            }
        })
    }

    pub(super) fn missing(&mut self, top: Node, depth: usize) -> Finding {
        let Some(reading) = self.reading(top).cloned() else { return no_anchor(self.leaf, depth) };
        if reading.is_self_issued() {
            let message = format!(
                "\"{}\" names itself as its issuer, but its own key did not make its signature: it is \
                 damaged, or another certificate of that name signed it",
                name(reading.subject)
            );
            return finding(Code::SignatureInvalid, depth, message);
        }
        let Some((index, anchor)) = self.likeliest_anchor() else { return no_anchor(&reading, depth) };
        let issuer = name(reading.issuer);
        let ca = name(anchor.subject);
        if self.names_the_key_of(top, index) && self.is_signed(top, index) == Some(Signed::Yes) {
            let message = format!("{}{WRONG_NAME}", side_by_side(&reading, anchor));
            return finding(Code::IssuerDiffers, depth, message);
        }
        if let Some(how) = look_alike(reading.issuer, anchor.subject) {
            let message = format!("Issued by \"{issuer}\"; the uploaded CA is \"{ca}\". {how}");
            return finding(Code::IssuerDiffers, depth, message);
        }
        let message = format!(
            "Issued by \"{issuer}\"; the uploaded CA is \"{ca}\"; the certificate of \"{issuer}\" is not here: \
             it is an intermediate of \"{ca}\", or another CA"
        );
        finding(Code::IntermediateMissing, depth, message)
    }

    pub(super) fn other_root(&self, top: Node, depth: usize) -> Finding {
        let root = self.reading(top).map_or_else(String::new, |root| name(root.subject));
        let ca = self.likeliest_anchor().map_or_else(|| "none".to_owned(), |(_, ca)| name(ca.subject));
        let message = format!(
            "Another CA issued it: its chain ends at the root \"{root}\"; the uploaded CA is \"{ca}\""
        );
        finding(Code::IssuerDiffers, depth, message)
    }

    /// That the search ended before it had tried everything, if it did.
    pub(super) fn limit(&self, depth: usize) -> Option<Finding> {
        let many = |spent: String| {
            format!(
                "The search for a chain was given up after {spent}: too many certificates here bear the same names"
            )
        };
        let message = if self.checks_left == 0 {
            many(format!("{MAX_SIGNATURE_CHECKS} signature checks"))
        } else if self.steps_left == 0 {
            many(format!("{MAX_STEPS} steps"))
        } else if self.is_cut {
            format!(
                "The chain is longer than the {MAX_LENGTH} certificates that are followed here, so it is not known \
                 where it ends"
            )
        } else {
            return None;
        };
        Some(finding(Code::LimitReached, depth, message))
    }
}

const WRONG_NAME: &str = ". The key of the CA did make the signature, but the names differ, and a chain \
                          needs both";

pub fn is_the_ca() -> Finding {
    let message = "The certificate is the uploaded CA itself: it validates, and proves nothing about a \
                   client certificate";
    finding(Code::IsTheCa, 0, message.to_owned())
}

/// Name and key are what makes an anchor (RFC 5280 §6.1.1 (d)).
pub fn is_another_copy() -> Finding {
    let message = "The certificate is another copy of the uploaded CA, with the same name and key: it validates, and \
                   proves nothing about a client certificate";
    finding(Code::IsTheCa, 0, message.to_owned())
}

/// The uploaded certificate where its own issuer's was wanted: a leaf is the client certificate.
pub fn not_signed_by_itself(certificate: &Certificate) -> Finding {
    // One that names itself as its issuer may have signed itself in a way that is not checked here.
    if certificate.claims_to_be_ca() || certificate.subject() == certificate.issuer() {
        return is_the_ca();
    }
    let message = format!(
        "The certificate that was uploaded as the CA is this client certificate itself, and it did not sign itself: its \
         issuer is {}",
        name(certificate.issuer())
    );
    finding(Code::CaIsTheClientCertificate, 0, message)
}

pub fn self_signed() -> Finding {
    let message = "The certificate is signed by its own key, and it is not the uploaded CA";
    finding(Code::SelfSigned, 0, message.to_owned())
}

fn no_anchor(reading: &Reading<'_>, depth: usize) -> Finding {
    let message = format!("Issued by \"{}\"; no CA was given to compare with", name(reading.issuer));
    finding(Code::IssuerDiffers, depth, message)
}
