//! What to ask for, and of whom, where no command can help.

use super::windows::thumbprint;
use super::{Repair, linux, where_is, windows};
use crate::device::Whose;
use crate::diagnosis::Examined;
use crate::diagnosis::near::{self, unpadded};
use crate::diagnosis::situation::Situation;
use crate::encoding::{Form, Seal};
use crate::lookup::powershell::typed_literally;
use crate::posture::RuleType;
use crate::reason::{Code, Finding};
use crate::rule;
use crate::store::scope;
use crate::store::{Contents, Place, SealedKey, Status, StoreSpec, WindowsLocation};
use crate::system::System;
use crate::text::{show_sh, shown, shown_bytes};
use std::path::Path;

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

/// The name that the rule should have instead of its own: the certificate's is the sensible one.
fn new_name(situation: &Situation<'_>, code: Code) -> Option<String> {
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
fn written_name(situation: &Situation<'_>) -> String {
    String::from_utf8_lossy(situation.case.rule.common_name.as_deref().unwrap_or_default()).into_owned()
}

/// The rule is for every device: one device's name in it would make all others fail.
fn keep_variable(situation: &Situation<'_>, code: Code, name: &str) -> String {
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
fn fill_in(situation: &Situation<'_>) -> String {
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

fn bare_alternative_names(situation: &Situation<'_>) -> Option<String> {
    let listed = &situation.case.rule.subject_alternative_names;
    let prefixed = listed.iter().find(|name| rule::bare_alternative_name(name).is_some())?;
    Some(format!(
        "In the Zero Trust dashboard, write {} in the check's Subject alternative name in place of {}, without the word \
         before it",
        shown(rule::bare_alternative_name(prefixed)?),
        shown(prefixed)
    ))
}

fn change_name(situation: &Situation<'_>, name: &str) -> Repair {
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

/// The rule is what the API has; fetching it again brings the same path.
fn absolute_paths(situation: &Situation<'_>) -> Option<String> {
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

fn rule_for_this_system(situation: &Situation<'_>) -> String {
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
fn give_the_value(situation: &Situation<'_>) -> String {
    let options: Vec<&str> = situation.resolution.unresolved.iter().map(|v| v.option()).collect();
    let options = options.join(" and ");
    match situation.case.device.whose {
        Whose::Ours => format!("Run certposture as an administrator, or give the value with {options}"),
        Whose::AnotherDevices => {
            format!("Give the value of the device that the evidence came from with {options}")
        }
    }
}

/// A file that is judged as if it were imported: there is nothing to rename yet.
fn import_under_name(situation: &Situation<'_>) -> String {
    format!(
        "Give the certificate the nickname \"{}\" when you import it: with certutil -A -n, or as the friendly name of \
         the PKCS #12 file (openssl pkcs12 -export -name) that pk12util -i reads",
        rule_name(situation)
    )
}

fn make_way(situation: &Situation<'_>) -> String {
    format!(
        "Have the uploaded CA issue a certificate with the common name {0} for this device. Give the certificate that has \
         the nickname \"{0}\" now another one, and install the new certificate under it",
        rule_name(situation)
    )
}

/// The rule's text as it must be for the look-up to mean it literally.
fn escape_name(candidate: &Examined) -> Option<String> {
    let name = candidate.stored.certificate.subject().common_name()?;
    Some(format!(
        "In a check that is for Windows devices alone, write {} as the Common name",
        shown(&typed_literally(&name))
    ))
}

/// A listing has no certificates.
fn bring_the_store() -> String {
    "Export the store itself on the Windows device with `Get-ChildItem Cert:\\CurrentUser\\My | Export-Certificate -Type SST \
     -FilePath my.sst`, and give it with --store 'windows:CurrentUser\\My=my.sst'"
        .to_owned()
}

/// What would let anybody see whose key it is. `None` for one on a token, of which the code itself tells.
fn open_key(situation: &Situation<'_>) -> Option<String> {
    let files = situation.place_of(situation.candidate?)?.files()?;
    let SealedKey { path, seal } = files.sealed_key.as_ref()?;
    let file = shown(&path.to_string_lossy()).into_owned();
    let argument = show_sh(path.as_os_str().as_encoded_bytes());
    Some(match seal {
        Seal::Encrypted => format!(
            "Write the private key without encryption with `openssl pkey -in {argument} -out NEW.pem`, which asks for its \
             pass phrase, and put that in the place of {file}, readable by root alone"
        ),
        Seal::OpenSsh => format!(
            "Turn the private key into PEM with `cp {argument} NEW.pem && ssh-keygen -p -m PKCS8 -f NEW.pem`, with an empty \
             new pass phrase, and put that in the place of {file}"
        ),
        Seal::Tpm => format!(
            "Compare the public keys on the device: `openssl pkey -provider tpm2 -in {argument} -pubout` and `openssl x509 \
             -in CERTIFICATE -noout -pubkey`. If the check fails all the same, have a certificate issued for a key that is in \
             a PEM file"
        ),
        Seal::Unknown => return None,
    })
}

/// What lies at a listed path cannot be converted by a command that asks nothing.
fn bring_pem(situation: &Situation<'_>, file: &Path) -> String {
    let name = shown(&file.to_string_lossy()).into_owned();
    let place = situation.searched().find(|place| place.listed_path() == Some(file));
    match place.and_then(Place::files).map(|files| files.form) {
        Some(Form::Folder) => format!(
            "In the Zero Trust dashboard, put the paths of the PEM files that hold the certificate and its private key into \
             the check's OS locations in place of the folder {name}"
        ),
        Some(Form::Pkcs12) => format!(
            "Convert {name} on the device with `openssl pkcs12 -in {} -nodes -out NEW.pem`, which asks for its pass phrase, \
             and put the PEM file in its place; certposture reads the file with --p12-pass-file",
            show_sh(file.as_os_str().as_encoded_bytes())
        ),
        _ => format!(
            "Put into {name} the same as PEM, each part from its line -----BEGIN to its line -----END"
        ),
    }
}

fn put_there(situation: &Situation<'_>) -> String {
    let place = situation.searched().next();
    let key_file = situation.searched().find(|place| place.files().is_some_and(|files| files.has_keys));
    let key_file =
        key_file.and_then(Place::listed_path).map(|path| shown(&path.to_string_lossy()).into_owned());
    let key = match key_file {
        Some(file) if situation.case.rule.check_private_key => {
            format!("; its private key is in {file} already")
        }
        _ if situation.case.rule.check_private_key => " and its private key".to_owned(),
        _ => String::new(),
    };
    match place.map(|place| &place.contents.spec) {
        Some(StoreSpec::File(path)) => {
            format!(
                "Put into {}, as PEM, this device's client certificate{key}",
                shown(&path.to_string_lossy())
            )
        }
        _ if situation.system() == System::Windows => {
            windows::import_by_hand(situation).unwrap_or_else(|| install(situation))
        }
        _ => install(situation),
    }
}

/// A store of another system is denied to everybody here, and no other account helps.
fn on_its_own_system(situation: &Situation<'_>) -> Option<String> {
    let mut places = situation.case.places.iter();
    let foreign = places.find(|place| place.contents.status == Status::Unsupported && !place.elsewhere)?;
    match &foreign.contents.spec {
        StoreSpec::Windows(location, name) => Some(format!(
            "Run certposture on the Windows device itself; or have the store exported there (Get-ChildItem \
             'Cert:\\{}\\{}' | Export-Certificate -Type SST -FilePath user.sst) and give the file with --store \
             file:user.sst --os windows",
            location.as_str(),
            shown(name).replace('\'', "''")
        )),
        StoreSpec::Keychain(_) => Some(
            "Run certposture on the Mac itself; or copy the keychain's file from it and give the copy with --store \
             keychain:FILE, for which no password is needed"
                .to_owned(),
        ),
        StoreSpec::Nss(_) | StoreSpec::File(_) => None,
    }
}

/// For NSS databases there is more to say.
fn restore(situation: &Situation<'_>) -> Option<String> {
    let mut places = situation.searched();
    let damaged =
        places.find(|place| place.contents.problem.as_ref().is_some_and(|p| p.code == Code::StoreCorrupt))?;
    match &damaged.contents.spec {
        StoreSpec::Nss(_) => None,
        StoreSpec::Keychain(file) => Some(format!(
            "Copy {} somewhere safe, restore it from a backup, and install the client certificate in it again if it is \
             not there",
            shown(&file.to_string_lossy())
        )),
        StoreSpec::Windows(..) => Some(format!(
            "Run certposture again, in case another program just changed {0}. If that does not help, delete from {0} what \
             is damaged and import the client certificate again",
            shown(&damaged.contents.spec.to_string())
        )),
        StoreSpec::File(path) => Some(sound_file(situation, path)),
    }
}

fn sound_file(situation: &Situation<'_>, path: &Path) -> String {
    let file = shown(&path.to_string_lossy()).into_owned();
    let key = if situation.case.rule.check_private_key { " and its private key" } else { "" };
    match situation.system() {
        System::Linux => format!(
            "Replace {file} by a file that holds this device's client certificate{key} as PEM, each from its line \
             -----BEGIN to its line -----END"
        ),
        System::Macos | System::Windows => format!(
            "Replace {file} by a sound file, or give another one: PEM, DER, PKCS #12, or a store exported from Windows"
        ),
    }
}

/// The store on the device that is to be changed, where `place` is a copy of it or a file that stands for it.
fn on_the_device(situation: &Situation<'_>, place: &Place) -> StoreSpec {
    let Contents { spec, evidence, .. } = &place.contents;
    if let Some(role) = place.copy_of() {
        return role.spec();
    }
    let searched = || scope::default_stores(situation.case.rule, situation.system()).into_iter().next();
    let is_loose = evidence.role.is_none() && matches!(spec, StoreSpec::File(_));
    searched().filter(|_| is_loose).unwrap_or_else(|| spec.clone())
}

/// Without its key, a certificate is of no use to a rule that asks for it.
fn bring_key(situation: &Situation<'_>, candidate: &Examined) -> String {
    let new =
        "If the key is not to be had, create a new one on this device and have a certificate issued for it";
    let spec = situation
        .place_of(candidate)
        .map_or_else(|| candidate.spec.clone(), |place| on_the_device(situation, place));
    let place = shown(&spec.to_string()).into_owned();
    let how = match &spec {
        StoreSpec::File(_) => key_file(situation),
        StoreSpec::Nss(directory) => format!(
            "Install the certificate together with its key, from a PKCS #12 file: pk12util -i FILE -d sql:{}",
            shown(&directory.to_string_lossy())
        ),
        StoreSpec::Keychain(_) => format!(
            "Import the certificate together with its private key, from a PKCS #12 file, into {place}"
        ),
        StoreSpec::Windows(location, name) => format!(
            "Import the certificate together with its private key, from a .pfx file, into {place}. If the key is still \
             on this device, certutil{} -repairstore {} {} links the certificate to it",
            if *location == WindowsLocation::CurrentUser { " -user" } else { "" },
            shown(name),
            thumbprint(&candidate.stored.certificate)
        ),
    };
    format!("{how}. {new}")
}

fn key_file(situation: &Situation<'_>) -> String {
    let absent = situation.searched().find(|place| is_absent_file(place));
    match (absent.map(|place| &place.contents.spec), scope::paths(situation.case.rule)) {
        (Some(StoreSpec::File(path)), _) => format!(
            "Put the certificate's private key as PEM into {}, which the rule names",
            shown(&path.to_string_lossy())
        ),
        (_, []) => "Put the certificate's private key as PEM beside it".to_owned(),
        _ => "Put the certificate's private key as PEM into the same file, or into another one that the rule names"
            .to_owned(),
    }
}

fn is_absent_file(place: &Place) -> bool {
    matches!(place.contents.spec, StoreSpec::File(_)) && place.contents.status == Status::Missing
}

/// Where the rule's client searches none of the places that were looked at, the rule may name one.
fn name_the_place(situation: &Situation<'_>, candidate: &Examined) -> Option<String> {
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

/// Mostly the client certificate itself was uploaded: its issuer is the CA that is wanted.
fn upload_the_issuer_of_the_leaf(situation: &Situation<'_>) -> String {
    let leaf = situation.case.cas.cas.iter().find(|ca| !ca.certificate.claims_to_be_ca());
    let issuer = leaf.map(|ca| shown(&ca.certificate.issuer().to_string()).into_owned());
    format!(
        "Upload the certificate of the CA that issued the client certificates, {}, and put the UUID that the upload \
         returns into the check's Certificate ID",
        issuer.unwrap_or_default()
    )
}

fn name_the_client_certificate() -> String {
    "In the Zero Trust dashboard, replace the check's Common name, which is the CA's, by that of the client certificate"
        .to_owned()
}

/// The rule lists nothing that its client searches here.
fn list_a_place(situation: &Situation<'_>) -> String {
    let files =
        if situation.system() == System::Linux { ", or the path of the certificate's file" } else { "" };
    format!(
        "In the Zero Trust dashboard, add the system's store to the check's OS locations{files}: no place that it lists \
         is one that the client searches on this system"
    )
}

fn is_the_cas_name(situation: &Situation<'_>) -> bool {
    let name = String::from_utf8_lossy(situation.resolution.common_name.as_deref().unwrap_or_default());
    let mut cas = situation.case.cas.cas.iter();
    cas.any(|ca| {
        ca.certificate.subject().common_name().is_some_and(|own| own.to_lowercase() == name.to_lowercase())
    })
}

fn rule_name(situation: &Situation<'_>) -> String {
    shown_bytes(situation.resolution.common_name.as_deref().unwrap_or_default())
}

fn upload_issuer(situation: &Situation<'_>, candidate: &Examined) -> Option<String> {
    let issuer = candidate.chain.get(1)?;
    let stored = situation.certificates.iter().find(|c| c.stored.certificate == *issuer);
    let place = stored.map_or_else(|| "given with --intermediate".to_owned(), where_is);
    Some(format!(
        "Upload the certificate that issued it, {} (sha256 {}, {place}), and put the UUID that the upload returns into the \
         check's Certificate ID",
        shown(&issuer.subject().to_string()),
        issuer.sha256()
    ))
}

fn ask_for_intermediate(candidate: &Examined) -> String {
    let certificate = candidate.chain.last().unwrap_or(&candidate.stored.certificate);
    format!(
        "Ask whoever runs the CA for the certificate of {}. If it is an intermediate of the uploaded CA, upload it as the \
         check's CA or install it beside the client certificate; certposture takes it with --intermediate FILE",
        shown(&certificate.issuer().to_string())
    )
}

fn other_ca(situation: &Situation<'_>, candidate: &Examined) -> String {
    let top = candidate.chain.last().unwrap_or(&candidate.stored.certificate);
    let issuer = match situation.rule_type() {
        RuleType::ClientCertificate => shown(&top.issuer().to_string()).into_owned(),
        RuleType::ClientCertificateV2 => {
            shown(&candidate.stored.certificate.issuer().to_string()).into_owned()
        }
    };
    format!(
        "Either have the uploaded CA issue this device a new certificate, or, if {issuer} is a CA of yours, upload its \
         certificate and put that UUID into the check's Certificate ID"
    )
}

fn renew(candidate: &Examined) -> String {
    format!(
        "Ask whoever runs the CA {} to renew the certificate, and install the new one in the same place",
        shown(&candidate.stored.certificate.issuer().to_string())
    )
}

fn reissue(situation: &Situation<'_>, with: &str) -> String {
    let issuer = situation.candidate.map(|c| shown(&c.stored.certificate.issuer().to_string()).into_owned());
    format!(
        "Ask whoever runs the CA {} to issue the certificate again with {with}, or take that out of the rule",
        issuer.unwrap_or_default()
    )
}

fn wanted_usages(situation: &Situation<'_>) -> String {
    let usages: Vec<String> =
        situation.case.rule.extended_key_usage.iter().map(ToString::to_string).collect();
    format!("the extended key usage {}", usages.join(" and "))
}

fn wanted_names(situation: &Situation<'_>) -> String {
    let names: Vec<String> =
        situation.resolution.subject_alternative_names.iter().map(|name| shown(name).into_owned()).collect();
    format!("one of these as subject alternative name: {}", names.join(", "))
}

fn install(situation: &Situation<'_>) -> String {
    if is_the_cas_name(situation) {
        return name_the_client_certificate();
    }
    let mut values = rule::values(situation.case.rule, situation.case.device).into_iter();
    if values.any(|(variable, value)| variable == rule::Variable::SerialNumber && rule::is_placeholder(value))
    {
        return "Set this device's serial number with its maker's firmware tool, or have the certificates issued under \
                ${hostname} and use that in the rule"
            .to_owned();
    }
    let Some(place) = situation.searched().next() else { return list_a_place(situation) };
    let place = shown(&on_the_device(situation, place).to_string()).into_owned();
    match &situation.resolution.common_name {
        Some(_) => format!(
            "Have the uploaded CA issue a certificate with the common name {} for this device and install it in {place}; or \
             correct the check's Common name if another certificate is meant",
            rule_name(situation)
        ),
        None => format!("Install in {place} a certificate that the uploaded CA issued"),
    }
}
