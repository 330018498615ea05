//! What to bring into, or out of, a store.

use super::for_certificate::{is_the_cas_name, name_the_client_certificate};
use super::for_rule::{list_a_place, rule_name};
use crate::diagnosis::Examined;
use crate::diagnosis::fix::windows::{self, thumbprint};
use crate::diagnosis::situation::Situation;
use crate::encoding::{Form, Seal};
use crate::reason::Code;
use crate::rule;
use crate::store::scope;
use crate::store::{Contents, Place, SealedKey, Status, StoreSpec, WindowsLocation};
use crate::system::System;
use crate::text::{show_sh, shown};
use std::path::Path;

/// A file that is judged as if it were imported: there is nothing to rename yet.
pub(super) fn import_under_name(situation: &Situation<'_>) -> String {
    format!(
        "Give the certificate the nickname \"{}\" when you import it: with certutil -A -n, or as the friendly name of \
         the PKCS #12 file (openssl pkcs12 -export -name) that pk12util -i reads",
        rule_name(situation)
    )
}

pub(super) fn make_way(situation: &Situation<'_>) -> String {
    format!(
        "Have the uploaded CA issue a certificate with the common name {0} for this device. Give the certificate that has \
         the nickname \"{0}\" now another one, and install the new certificate under it",
        rule_name(situation)
    )
}

/// A listing has no certificates.
pub(super) fn bring_the_store() -> String {
    "Export the store itself on the Windows device with `Get-ChildItem Cert:\\CurrentUser\\My | Export-Certificate -Type SST \
     -FilePath my.sst`, and give it with --store 'windows:CurrentUser\\My=my.sst'"
        .to_owned()
}

/// What would let anybody see whose key it is. `None` for one on a token, of which the code itself tells.
pub(super) fn open_key(situation: &Situation<'_>) -> Option<String> {
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
pub(super) fn bring_pem(situation: &Situation<'_>, file: &Path) -> String {
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

pub(super) fn put_there(situation: &Situation<'_>) -> String {
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
pub(super) fn on_its_own_system(situation: &Situation<'_>) -> Option<String> {
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
pub(super) fn restore(situation: &Situation<'_>) -> Option<String> {
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
pub(super) fn bring_key(situation: &Situation<'_>, candidate: &Examined) -> String {
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

pub(super) fn install(situation: &Situation<'_>) -> String {
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
