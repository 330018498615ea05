//! What to ask for, and of whom, where no command can help.

mod for_certificate;
mod for_rule;
mod for_store;

use super::Repair;
use crate::diagnosis::situation::Situation;
use crate::posture::RuleType;
use crate::reason::{Code, Finding};
use crate::rule;
use for_certificate::{
    ask_for_intermediate, is_the_cas_name, name_the_client_certificate, other_ca, reissue, renew,
    upload_issuer, upload_the_issuer_of_the_leaf,
};
use for_rule::{
    absolute_paths, bare_alternative_names, change_name, escape_name, fill_in, give_the_value, keep_variable,
    list_a_place, name_the_place, new_name, rule_for_this_system, wanted_names, wanted_usages, written_name,
};
use for_store::{
    bring_key, bring_pem, bring_the_store, import_under_name, install, make_way, on_its_own_system, open_key,
    put_there, restore,
};

/// The advice for a finding, with this device's and this rule's values in it.
pub(super) fn advise(situation: &Situation<'_>, finding: &Finding) -> Repair {
    if let Some(name) = new_name(situation, finding.code) {
        return match rule::has_variable(&written_name(situation)) {
            false => change_name(situation, &name),
            true => Repair::by_hand(keep_variable(situation, finding.code, &name)),
        };
    }
    let general = || finding.code.texts().advice();
    Repair::by_hand(specific(situation, finding).unwrap_or_else(general))
}

fn specific(situation: &Situation<'_>, finding: &Finding) -> Option<String> {
    let candidate = situation.candidate;
    let is_v2 = situation.rule_type() == RuleType::ClientCertificateV2;
    match finding.code {
        Code::IssuedByIntermediate => candidate.and_then(|c| upload_issuer(situation, c)),
        Code::IntermediateMissing => candidate.map(ask_for_intermediate),
        Code::IssuerDiffers | Code::SignatureInvalid | Code::SelfSigned => {
            candidate.map(|c| other_ca(situation, c))
        }
        Code::Expired => candidate.map(renew),
        Code::EkuAbsent | Code::EkuMissing => Some(reissue(situation, &wanted_usages(situation))),
        Code::SanDiffers | Code::SanAbsent if bare_alternative_names(situation).is_some() => {
            bare_alternative_names(situation)
        }
        Code::SanAbsent | Code::SanDiffers | Code::SanOtherNameOnly => {
            Some(reissue(situation, &wanted_names(situation)))
        }
        Code::NicknameDiffers if is_the_cas_name(situation) => Some(name_the_client_certificate()),
        Code::NicknameDiffers => Some(import_under_name(situation)),
        Code::NicknameOtherSubject => Some(make_way(situation)),
        Code::StoreMissing | Code::StoreEmpty => Some(put_there(situation)),
        Code::EvidencePartial => {
            candidate.filter(|c| c.stored.certificate.description().is_some()).map(|_| bring_the_store())
        }
        Code::KeyEncrypted | Code::KeyOnToken => open_key(situation),
        Code::PathNotPem => finding.file().map(|file| bring_pem(situation, file)),
        Code::CnShellSpecial => candidate.and_then(escape_name),
        Code::StoreDenied => on_its_own_system(situation),
        Code::StoreCorrupt => restore(situation),
        Code::PrivateKeyMissing => candidate.map(|c| bring_key(situation, c)),
        Code::CaNotACa | Code::CaIsTheClientCertificate => Some(upload_the_issuer_of_the_leaf(situation)),
        Code::NotFound => Some(install(situation)),
        Code::RuleVariableUnresolved => Some(give_the_value(situation)),
        Code::FoundElsewhere | Code::RoleNotSearched if is_v2 && situation.searched().next().is_none() => {
            candidate.and_then(|c| name_the_place(situation, c)).or_else(|| Some(list_a_place(situation)))
        }
        Code::VariableNotFilled => Some(fill_in(situation)),
        Code::RuleMalformed => absolute_paths(situation),
        Code::RuleOsMismatch => Some(rule_for_this_system(situation)),
        _ => None,
    }
}
