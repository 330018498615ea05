//! What to change in the rule.

use crate::device::Whose;
use crate::diagnosis::Examined;
use crate::diagnosis::fix::{Repair, linux};
use crate::diagnosis::near::{self, unpadded};
use crate::diagnosis::situation::Situation;
use crate::lookup::powershell::typed_literally;
use crate::posture::RuleType;
use crate::reason::Code;
use crate::rule;
use crate::store::{StoreSpec, WindowsLocation};
use crate::system::System;
use crate::text::{shown, shown_bytes};

/// The name that the rule should have instead of its own: the certificate's is the sensible one.
pub(super) fn new_name(situation: &Situation<'_>, code: Code) -> Option<String> {
    let is_about_the_name = matches!(
        code,
        Code::CnPadded
            | Code::UnicodeDiffers
            | Code::CaseDiffers
            | Code::WhitespaceDiffers
            | Code::NameInSanOnly
            | Code::NameInOtherAttribute
            | Code::HostnameForm
            | Code::CnIsADn
            | Code::TemplateDiffers
            // macOS looks at one common name alone, and the rule gives another one.
            | Code::NotFound
    );
    let candidate = situation.candidate.filter(|_| is_about_the_name)?;
    let rule_name = situation.resolution.common_name.as_deref()?;
    let by_nickname = situation.goes_by_nickname()
        && near::is_by_nickname(rule_name, &candidate.stored, candidate.nearness);
    let nickname = candidate.stored.label.as_deref().filter(|_| by_nickname);
    let name = match nickname {
        Some(nickname) => String::from_utf8(nickname.to_vec()).ok()?,
        None => candidate.stored.certificate.subject().common_name()?,
    };
    Some(unpadded(&name)).filter(|name| name.as_bytes() != rule_name)
}

/// The name as the rule has it.
pub(super) fn written_name(situation: &Situation<'_>) -> String {
    String::from_utf8_lossy(situation.case.rule.common_name.as_deref().unwrap_or_default()).into_owned()
}

/// The rule is for every device: one device's name in it would make all others fail.
pub(super) fn keep_variable(situation: &Situation<'_>, code: Code, name: &str) -> String {
    let written = written_name(situation);
    let values = rule::values(situation.case.rule, situation.case.device);
    match rule::template_of(name, &values) {
        Some(template) if template != written => format!(
            "In the Zero Trust dashboard, write {} as the check's Common name in place of {}, if the certificates of the other \
             devices are named so too",
            shown(&template),
            shown(&written)
        ),
        _ if code == Code::NameInSanOnly => to_alternative_name(&written),
        _ => format!(
            "Have the CA issue the certificates with {0} as common name, here \"{1}\"; or with it as subject alternative name, \
             and put {0} into the check's Subject alternative name and nothing into its Common name",
            shown(&written),
            rule_name(situation)
        ),
    }
}

fn to_alternative_name(written: &str) -> String {
    format!(
        "In the Zero Trust dashboard, put {} into the check's Subject alternative name and leave its Common name empty",
        shown(written)
    )
}

/// What the rule has for a variable of others.
pub(super) fn fill_in(situation: &Situation<'_>) -> String {
    if let Some((path, _)) = situation.path_with_variable() {
        return format!(
            "In the Zero Trust dashboard, write a path that is the same on every device into the check's OS locations in \
             place of {}, and have the certificate put there under that name",
            shown(&path.to_string_lossy())
        );
    }
    let written = written_name(situation);
    let is_original = situation.rule_type() == RuleType::ClientCertificate;
    let Some(unfilled) = rule::unfilled(&written, is_original) else {
        return "In the Zero Trust dashboard, put ${serial_number} or ${hostname} into the check's Subject alternative name \
                in place of the variable"
            .to_owned();
    };
    let own = unfilled.means.map(|variable| format!("${{{}}}", variable.as_str()));
    let own = own.unwrap_or_else(|| "${serial_number} or ${hostname}".to_owned());
    if is_original {
        return format!(
            "Make a new check in the Zero Trust dashboard, which is of the type client_certificate_v2 (its form has OS \
             locations), with {own} in its Common name, and take it for this one in the policies"
        );
    }
    format!(
        "In the Zero Trust dashboard, write {own} where {} stands in the check's Common name",
        shown(&unfilled.written)
    )
}

pub(super) fn bare_alternative_names(situation: &Situation<'_>) -> Option<String> {
    let listed = &situation.case.rule.subject_alternative_names;
    let prefixed = listed.iter().find(|name| rule::bare_alternative_name(name).is_some())?;
    Some(format!(
        "In the Zero Trust dashboard, write {} in the check's Subject alternative name in place of {}, without the word \
         before it",
        shown(rule::bare_alternative_name(prefixed)?),
        shown(prefixed)
    ))
}

pub(super) fn change_name(situation: &Situation<'_>, name: &str) -> Repair {
    let message = format!(
        "In the Zero Trust dashboard, write {} as the check's Common name; it is \"{}\" now",
        shown(name),
        rule_name(situation)
    );
    let then = match situation.system() {
        System::Linux => linux::after_new_name(situation, name),
        System::Macos | System::Windows => None,
    };
    Repair { then, ..Repair::by_hand(message) }
}

/// The rule is what the API has; fetching it again brings the same path.
pub(super) fn absolute_paths(situation: &Situation<'_>) -> Option<String> {
    let locations = situation.case.rule.locations.as_ref()?;
    let relative: Vec<_> = locations.relative_paths().map(|path| path.to_string_lossy()).collect();
    let first = relative.first()?;
    let example = match first.strip_prefix("file://") {
        Some(path) => format!(", here probably {}", shown(path)),
        None => String::new(),
    };
    Some(format!(
        "In the Zero Trust dashboard, replace {}{example} in the check's OS locations by the absolute path of the file. The \
         client runs as root and expands neither ~ nor variables; a path begins with /",
        shown(&relative.join(" and "))
    ))
}

pub(super) fn rule_for_this_system(situation: &Situation<'_>) -> String {
    let problems = &situation.case.rule.problems;
    if problems.iter().any(|problem| problem.code == Code::RuleOsMismatch) {
        return "Set the operating system that the check is meant for, in the Zero Trust dashboard; through the API or \
                Terraform, give match and input.operating_system the same system"
            .to_owned();
    }
    "Ask whoever manages the posture checks for a rule for this system, or judge a store of the rule's system with --store"
        .to_owned()
}

/// A value that this user may not read, or that belongs to the device that the evidence came from.
pub(super) fn give_the_value(situation: &Situation<'_>) -> String {
    let options: Vec<&str> = situation.resolution.unresolved.iter().map(|v| v.option()).collect();
    let options = options.join(" and ");
    match situation.case.device.whose {
        Whose::Ours => format!("Run certposture as an administrator, or give the value with {options}"),
        Whose::AnotherDevices => {
            format!("Give the value of the device that the evidence came from with {options}")
        }
    }
}

/// The rule's text as it must be for the look-up to mean it literally.
pub(super) fn escape_name(candidate: &Examined) -> Option<String> {
    let name = candidate.stored.certificate.subject().common_name()?;
    Some(format!(
        "In a check that is for Windows devices alone, write {} as the Common name",
        shown(&typed_literally(&name))
    ))
}

/// Where the rule's client searches none of the places that were looked at, the rule may name one.
pub(super) fn name_the_place(situation: &Situation<'_>, candidate: &Examined) -> Option<String> {
    if situation.place_of(candidate)?.elsewhere {
        return None;
    }
    let location = match &candidate.spec {
        StoreSpec::Windows(WindowsLocation::CurrentUser, name) if name.eq_ignore_ascii_case("My") => "user",
        StoreSpec::Windows(WindowsLocation::LocalMachine, name) if name.eq_ignore_ascii_case("My") => {
            "system"
        }
        StoreSpec::Keychain(_) | StoreSpec::Nss(_) => "system",
        StoreSpec::Windows(..) | StoreSpec::File(_) => return None,
    };
    Some(format!(
        "Either add the trust store \"{location}\" to the check's OS locations, or install the certificate with its private \
         key where the rule says"
    ))
}

/// The rule lists nothing that its client searches here.
pub(super) fn list_a_place(situation: &Situation<'_>) -> String {
    let files =
        if situation.system() == System::Linux { ", or the path of the certificate's file" } else { "" };
    format!(
        "In the Zero Trust dashboard, add the system's store to the check's OS locations{files}: no place that it lists \
         is one that the client searches on this system"
    )
}

pub(super) fn rule_name(situation: &Situation<'_>) -> String {
    shown_bytes(situation.resolution.common_name.as_deref().unwrap_or_default())
}

pub(super) fn wanted_usages(situation: &Situation<'_>) -> String {
    let usages: Vec<String> =
        situation.case.rule.extended_key_usage.iter().map(ToString::to_string).collect();
    format!("the extended key usage {}", usages.join(" and "))
}

pub(super) fn wanted_names(situation: &Situation<'_>) -> String {
    let names: Vec<String> =
        situation.resolution.subject_alternative_names.iter().map(|name| shown(name).into_owned()).collect();
    format!("one of these as subject alternative name: {}", names.join(", "))
}
