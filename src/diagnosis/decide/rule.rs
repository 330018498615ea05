//! What is wrong with the rule itself, and what is worth knowing of it.

use super::{Reasons, reason};
use crate::ca;
use crate::certificate::Certificate;
use crate::diagnosis::near::unpadded;
use crate::diagnosis::situation::Situation;
use crate::diagnosis::{Case, Nearness, Reason};
use crate::lookup;
use crate::posture::RuleType;
use crate::reason::{Code, Severity, Weight};
use crate::rule::{self, Rule, TrustStore, Variable};
use crate::store::scope;
use crate::system::System;
use crate::text::{show_sh, shown};

/// What makes the rule itself unusable here.
pub(super) fn faults(situation: &Situation<'_>) -> Vec<Reason> {
    let rule = situation.case.rule;
    let problems = rule.problems.iter().chain(&situation.resolution.problems);
    let mut reasons: Vec<Reason> =
        problems.map(|problem| reason(problem.code, Severity::Unknown, problem.message.clone())).collect();
    reasons.extend(os_mismatch(situation));
    reasons.extend(ca_mismatch(situation));
    reasons.extend(undetermined_lookup(situation));
    reasons.extend(variable_not_filled(situation));
    reasons.extend(variable_in_path(situation));
    // A rule that cannot be read lacks more than its name.
    if rule.problems.is_empty() {
        let missing = name_is_missing(rule);
        reasons.extend(missing.map(|message| reason(Code::CnMissing, Severity::Unknown, message.to_owned())));
    }
    reasons
}

/// A variable that is none of the rule's, or that its type does not fill in; unless a certificate really
/// has that name.
fn variable_not_filled(situation: &Situation<'_>) -> Option<Reason> {
    let rule = situation.case.rule;
    let is_original = rule.rule_type == RuleType::ClientCertificate;
    let name = String::from_utf8_lossy(rule.common_name.as_deref()?);
    let unfilled = rule::unfilled(&name, is_original)?;
    let is_read_as_it_stands = situation.case.system != System::Windows || !is_original;
    let mut certificates = situation.certificates.iter().filter(|c| c.searched);
    if certificates.any(|c| c.nearness <= Nearness::Case || c.returned && is_read_as_it_stands) {
        return None;
    }
    let which = if is_original && rule::has_variable(&name) {
        "client_certificate takes a name as it stands, and only client_certificate_v2 fills in variables"
    } else {
        "the client fills in ${serial_number} and ${hostname} alone"
    };
    let message = format!(
        "In the rule's name, {} is a variable that nothing has filled in: {which}",
        shown(&unfilled.written)
    );
    Some(reason(Code::VariableNotFilled, Severity::Unknown, message))
}

/// A path is documented to be one, and not a template of one.
fn variable_in_path(situation: &Situation<'_>) -> Option<Reason> {
    let (path, unfilled) = situation.path_with_variable()?;
    let message = format!(
        "In the rule's path {}, {} is a variable that nothing has filled in: the client is documented to fill in the common \
         name and the alternative names alone",
        shown(&path.to_string_lossy()),
        shown(&unfilled.written)
    );
    Some(reason(Code::VariableNotFilled, Severity::Unknown, message))
}

/// The name that the command would look for cannot be determined from here.
fn undetermined_lookup(situation: &Situation<'_>) -> Option<Reason> {
    let mut lookups = situation.lookups.iter().filter(|(_, lookup)| lookup.undetermined);
    let note =
        lookups.find_map(|(_, lookup)| lookup.notes.iter().find(|note| note.code == Code::CnShellSpecial))?;
    Some(reason(note.code, Severity::Unknown, note.message.clone()))
}

fn name_is_missing(rule: &Rule) -> Option<&'static str> {
    match (rule.rule_type, rule.common_name.as_deref()) {
        (RuleType::ClientCertificate, name) if name.is_none_or(is_blank) => {
            Some("The rule gives no common name, and client_certificate looks for nothing else")
        }
        // A script's variable may be unset; to take any certificate for an answer would be a guess.
        (RuleType::ClientCertificateV2, Some(b"")) => {
            Some("The common name that was given is empty; leave it out if the rule has none")
        }
        _ => None,
    }
}

/// Whether the name has no visible character.
pub(super) fn is_blank(name: &[u8]) -> bool {
    unpadded(&String::from_utf8_lossy(name)).is_empty()
}

fn os_mismatch(situation: &Situation<'_>) -> Option<Reason> {
    let case = situation.case;
    let here: Vec<System> = systems_here(case);
    if case.rule.systems.is_empty() || here.iter().any(|system| case.rule.systems.contains(system)) {
        return None;
    }
    let wanted: Vec<&str> = case.rule.systems.iter().map(|system| system.as_str()).collect();
    let message = format!(
        "The rule is for {}, and what is looked at here is {}: the client does not run it on this system",
        wanted.join(" and "),
        here.first().copied().unwrap_or(case.system)
    );
    Some(reason(Code::RuleOsMismatch, Severity::Unknown, message))
}

/// The systems whose stores are judged.
fn systems_here(case: &Case<'_>) -> Vec<System> {
    let own = case.places.iter().filter(|place| !place.elsewhere);
    let systems: Vec<System> =
        own.map(|place| lookup::system_of(&place.contents.evidence, case.system)).collect();
    if systems.is_empty() { vec![case.system] } else { systems }
}

fn ca_mismatch(situation: &Situation<'_>) -> Option<Reason> {
    let wanted = situation.case.rule.certificate_id.as_deref()?;
    let same = |id: &str| ca::same_id(id, wanted);
    let given = &situation.case.cas.cas;
    if given.is_empty() || given.iter().any(|ca| ca.id.as_deref().is_none_or(same)) {
        return None;
    }
    let ids: Vec<&str> = given.iter().filter_map(|ca| ca.id.as_deref()).collect();
    let message = format!(
        "The rule names the uploaded certificate {}, and the CA given here is {}",
        shown(wanted),
        shown(&ids.join(", "))
    );
    Some(reason(Code::RuleCaMismatch, Severity::Unknown, message))
}

/// What is worth knowing of the rule, whatever the verdict.
pub(super) fn warnings(situation: &Situation<'_>, known: &Reasons) -> Vec<Reason> {
    let mut warnings = Vec::new();
    let warn = |code, message| reason(code, Severity::Warning, message);
    warnings.extend(ignored_locations(situation).map(|message| warn(Code::LocationNotSearched, message)));
    let name = situation.resolution.common_name.as_deref().unwrap_or_default();
    let text = String::from_utf8_lossy(name);
    if unpadded(&text) != text && !is_blank(name) && !known.has_code(Code::CnPadded) {
        let message =
            format!("The rule's name \"{}\" has leading, trailing or invisible characters", shown(&text));
        warnings.push(warn(Code::CnPadded, message));
    }
    if !known.has_code(Code::CaIsTheClientCertificate) {
        warnings.extend(name_is_the_cas(situation, &text).map(|message| warn(Code::CnIsTheCa, message)));
    }
    warnings.extend(placeholder(situation).map(|message| warn(Code::SerialPlaceholder, message)));
    warnings
        .extend(expires_early(situation.case.rule).map(|message| warn(Code::ResultExpiresEarly, message)));
    if rule::dn_common_name(&text).is_some()
        && !known.has_code(Code::CnIsADn)
        && !situation.certificates.iter().any(|c| c.searched && c.nearness <= Nearness::Case)
    {
        let message =
            format!("The rule's common name \"{}\" is a distinguished name, not a common name", shown(&text));
        warnings.push(warn(Code::CnIsADn, message));
    }
    warnings.extend(importers_refuse(situation).map(|message| warn(Code::ImportRefused, message)));
    for note in situation.lookups.iter().flat_map(|(_, lookup)| &lookup.notes) {
        if !known.has_code(note.code) && note.code.weight() != Weight::Fault {
            warnings.push(warn(note.code, note.message.clone()));
        }
    }
    warnings
}

/// A PKCS #12 file, from which the certificate is still to be imported, in a form that the system's importer
/// refuses.
fn importers_refuse(situation: &Situation<'_>) -> Option<String> {
    let who = match situation.system() {
        System::Linux => return None,
        System::Macos => "`security import` and Keychain Access refuse it",
        System::Windows => "Windows Server 2016 and older refuse it",
    };
    let mut places = situation.case.places.iter();
    let place = places.find(|place| place.files().is_some_and(|files| files.is_new_pkcs12))?;
    let path = place.contents.spec.path()?;
    let single = place.contents.certificates.iter().map(|stored| stored.location.as_str()).next();
    let file = single.unwrap_or_default();
    let file = if path.is_dir() { file.to_owned() } else { path.to_string_lossy().into_owned() };
    let quoted = show_sh(file.as_bytes());
    Some(format!(
        "{} is encrypted as OpenSSL 3 does by default, and {who}, saying that the pass phrase is wrong. Before it is imported \
         there, make another one of it: `openssl pkcs12 -in {quoted} -nodes | openssl pkcs12 -export -legacy -out legacy.p12`",
        shown(&file)
    ))
}

/// The serial number of a machine to which nobody gave one.
fn placeholder(situation: &Situation<'_>) -> Option<String> {
    let mut values = rule::values(situation.case.rule, situation.case.device).into_iter();
    let (_, serial) = values.find(|(variable, _)| *variable == Variable::SerialNumber)?;
    rule::is_placeholder(serial).then(|| {
        format!(
            "The serial number \"{}\" is a placeholder of the firmware, which other devices have too: it tells no device \
             from another",
            shown(serial)
        )
    })
}

fn expires_early(rule: &Rule) -> Option<String> {
    let expiration = rule.early_expiration()?;
    Some(format!(
        "A result counts for {expiration} and the client checks every {}: after one check that is late or missed the device \
         has no result. Let results count for at least two schedules",
        rule::spoken(rule.schedule)
    ))
}

fn name_is_the_cas(situation: &Situation<'_>, name: &str) -> Option<String> {
    let cas = situation.case.cas.cas.iter();
    let same = |ca: &Certificate| {
        ca.subject()
            .common_name()
            .is_some_and(|cn| !name.is_empty() && cn.to_lowercase() == name.to_lowercase())
    };
    cas.map(|ca| &ca.certificate).find(|ca| same(ca)).map(|_| {
        format!(
            "\"{}\" is the uploaded CA's own common name; the rule wants the client certificate's",
            shown(name)
        )
    })
}

/// Places that the rule lists but the client does not search, or no list at all.
fn ignored_locations(situation: &Situation<'_>) -> Option<String> {
    let case = situation.case;
    let rule = case.rule;
    if rule.rule_type == RuleType::ClientCertificate || !rule.from_file {
        return None;
    }
    let system = systems_here(case).first().copied().unwrap_or(case.system);
    match &rule.locations {
        None if system == System::Windows => {
            Some("The rule lists no locations; the machine's and the user's store are searched".to_owned())
        }
        None => Some("The rule lists no locations; the system's store is searched".to_owned()),
        Some(locations)
            if system != System::Windows && locations.trust_stores.contains(&TrustStore::User) =>
        {
            Some(format!(
                "The rule lists the user's trust store, which the client does not search on {system}"
            ))
        }
        Some(_) if system != System::Linux && !scope::paths(rule).is_empty() => {
            Some(format!("The rule lists paths, which the client searches on Linux only, not on {system}"))
        }
        Some(_) => None,
    }
}
