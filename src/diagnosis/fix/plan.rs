//! Which repair a finding calls for. No system's commands are known here: each system supplies the command
//! for a plan, where it has one.

use crate::diagnosis::situation::Situation;
use crate::diagnosis::{Examined, Nearness};
use crate::posture::RuleType;
use crate::reason::{Code, Finding};
use std::path::PathBuf;

/// What to do about a finding.
pub(super) enum Plan<'a> {
    /// Give the certificate the name that the look-up goes by.
    Rename(&'a Examined),
    /// Move the certificate before those that the look-up finds first.
    Move(&'a Examined),
    /// Put the certificate, which lies elsewhere, where the client looks.
    Install(&'a Examined),
    /// Put the issuer's certificate, which lies elsewhere, beside the client certificate.
    InstallIssuer(&'a Examined),
    /// Make the store usable, and put the right certificate in it where one is known.
    Fill(Option<&'a Examined>),
    /// Take over what lies in a database of the old format.
    Convert,
    /// Have another certificate take the place of one that cannot pass: one of the same store, or one that
    /// lies elsewhere.
    Replace { here: Option<&'a Examined>, elsewhere: Option<&'a Examined> },
    /// Make PEM of what lies at this path, which the rule lists.
    ToPem(PathBuf),
    /// No command can help.
    ByHand,
}

impl Plan<'_> {
    /// Whether it puts another certificate in the candidate's place: then the candidate's own faults are gone
    /// too, and fixes of those would undo it.
    pub const fn settles_all(&self) -> bool {
        matches!(self, Self::Fill(_) | Self::Convert | Self::Replace { .. })
    }
}

/// The repair that `finding` calls for.
pub(super) fn plan<'a>(situation: &Situation<'a>, finding: &Finding) -> Plan<'a> {
    let plan = match finding.code {
        Code::NicknameDiffers
        | Code::CaseDiffers
        | Code::WhitespaceDiffers
        | Code::NameInSanOnly
        | Code::UnicodeDiffers => renamable(situation).map(Plan::Rename),
        Code::Shadowed => situation.candidate.map(Plan::Move),
        Code::PathNotPem => finding.file().map(|file| Plan::ToPem(file.to_path_buf())),
        Code::FoundElsewhere => situation.candidate.map(Plan::Install),
        Code::StoreMissing | Code::StoreEmpty | Code::StoreCorrupt => {
            Some(Plan::Fill(situation.sound_elsewhere()))
        }
        // What was looked for may be in a database of the old format.
        Code::StoreLegacyDbm | Code::NotFound => Some(Plan::Convert),
        Code::PrivateKeyMissing => situation.with_key_elsewhere().map(Plan::Install),
        Code::IntermediateMissing => {
            replacement(situation).or_else(|| situation.issuer_elsewhere().map(Plan::InstallIssuer))
        }
        code if is_the_certificates(code) => replacement(situation),
        _ => None,
    };
    plan.unwrap_or(Plan::ByHand)
}

/// Whether a fault is the certificate's own, so that only another certificate helps.
const fn is_the_certificates(code: Code) -> bool {
    matches!(
        code,
        Code::NicknameOtherSubject
            | Code::Expired
            | Code::NotYetValid
            | Code::IssuerDiffers
            | Code::SignatureInvalid
            | Code::SelfSigned
            | Code::AlgorithmUnsupported
            | Code::CertificateUnparseable
            | Code::EkuAbsent
            | Code::EkuMissing
            | Code::SanAbsent
            | Code::SanDiffers
    )
}

fn replacement<'a>(situation: &Situation<'a>) -> Option<Plan<'a>> {
    let original = situation.rule_type() == RuleType::ClientCertificate;
    let here = situation.sound_alternative().filter(|_| original);
    let elsewhere = situation.sound_elsewhere();
    (here.is_some() || elsewhere.is_some()).then_some(Plan::Replace { here, elsewhere })
}

/// The candidate, where the look-up goes by a name that can be changed and the rule's text is not at fault.
fn renamable<'a>(situation: &Situation<'a>) -> Option<&'a Examined> {
    // A check that finds the CA would pass and prove nothing.
    let candidate = situation.candidate.filter(|c| !situation.case.cas.contain(&c.stored.certificate))?;
    let name = situation.resolution.common_name.as_deref()?;
    let plain = name.is_ascii() || candidate.nearness == Nearness::Exact;
    // What several certificates have in common does not say which is meant.
    let same = situation.certificates.iter().filter(|c| c.searched && c.nearness == candidate.nearness);
    let meant = candidate.nearness != Nearness::San || same.count() == 1;
    (situation.goes_by_nickname() && plain && meant).then_some(candidate)
}
