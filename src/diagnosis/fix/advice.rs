//! What to ask for, and of whom, where no command can help.

use super::Damage;
use super::windows::thumbprint;
use crate::diagnosis::near::unpadded;
use crate::diagnosis::{Examined, Reason};
use crate::reason::Code;
use crate::rule::RuleType;
use crate::store::{Status, StoreSpec, WindowsLocation};
use crate::text::{shown, shown_bytes};

/// The advice for a reason, with this device's and this rule's values in it.
pub(super) fn advise(damage: &Damage<'_>, reason: &Reason) -> String {
    let general = || reason.code.texts().fix.trim_end_matches('.').to_owned();
    specific(damage, reason).unwrap_or_else(general)
}

fn specific(damage: &Damage<'_>, reason: &Reason) -> Option<String> {
    let candidate = damage.candidate;
    match reason.code {
        Code::CnPadded | Code::UnicodeDiffers | Code::CaseDiffers | Code::WhitespaceDiffers => {
            candidate.and_then(|c| change_name(damage, c))
        }
        Code::NameInSanOnly | Code::NameInOtherAttribute | Code::HostnameForm => {
            candidate.and_then(|c| change_name(damage, c))
        }
        Code::IssuedByIntermediate => candidate.and_then(|c| upload_issuer(damage, c)),
        Code::IntermediateMissing => candidate.map(ask_for_intermediate),
        Code::IssuerDiffers | Code::SignatureInvalid | Code::SelfSigned => candidate.map(|c| other_ca(damage, c)),
        Code::Expired => candidate.map(renew),
        Code::EkuAbsent | Code::EkuMissing => Some(reissue(damage, &wanted_usages(damage))),
        Code::SanAbsent | Code::SanDiffers | Code::SanOtherNameOnly => Some(reissue(damage, &wanted_names(damage))),
        Code::NicknameDiffers => Some(import_under_name(damage)),
        Code::NicknameOtherSubject => Some(make_way(damage)),
        Code::StoreMissing | Code::StoreEmpty => Some(put_there(damage)),
        Code::StoreDenied => on_its_own_system(damage),
        Code::StoreCorrupt => restore(damage),
        Code::PrivateKeyMissing => candidate.and_then(import_with_key),
        Code::FoundElsewhere => candidate.and_then(|c| name_the_place(damage, c)),
        Code::CaNotACa => Some(upload_the_issuer_of_the_leaf(damage)),
        Code::NotFound => candidate.and_then(|c| change_name(damage, c)).or_else(|| Some(install(damage))),
        Code::RuleOsMismatch => Some(
            "Ask whoever manages the posture checks for a rule for this system, or judge a store of the rule's system \
             with --store"
                .to_owned(),
        ),
        _ => None,
    }
}

/// A file that is judged as if it were imported: there is nothing to rename yet.
fn import_under_name(damage: &Damage<'_>) -> String {
    format!(
        "Give the certificate the nickname \"{}\" when you import it: with certutil -A -n, or as the friendly name of \
         the PKCS #12 file (openssl pkcs12 -export -name) that pk12util -i reads",
        rule_name(damage)
    )
}

fn make_way(damage: &Damage<'_>) -> String {
    format!(
        "Have the uploaded CA issue a certificate with the common name {0} for this device. Give the certificate that has \
         the nickname \"{0}\" now another one, and install the new certificate under it",
        rule_name(damage)
    )
}

fn put_there(damage: &Damage<'_>) -> String {
    let place = damage.searched().next();
    let key = if damage.evidence.case.rule.check_private_key { " and its private key" } else { "" };
    match place.map(|place| &place.contents.spec) {
        Some(StoreSpec::File(path)) => {
            format!(
                "Put this device's client certificate{key} as PEM into {}",
                shown(&path.to_string_lossy())
            )
        }
        _ => install(damage),
    }
}

/// A store of another system is denied to everybody here, and no other account helps.
fn on_its_own_system(damage: &Damage<'_>) -> Option<String> {
    let mut places = damage.evidence.case.places.iter();
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
fn restore(damage: &Damage<'_>) -> Option<String> {
    let mut places = damage.searched();
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
        StoreSpec::File(path) => Some(format!(
            "Replace {} by a sound file, or give another one: PEM, DER, PKCS #12, or a store exported from Windows",
            shown(&path.to_string_lossy())
        )),
    }
}

fn import_with_key(candidate: &Examined) -> Option<String> {
    let place = shown(&candidate.spec.to_string()).into_owned();
    let new =
        "If the key is not to be had, create a new key on this device and have a certificate issued for it";
    match &candidate.spec {
        StoreSpec::Keychain(_) => Some(format!(
            "Import the certificate together with its private key, from a PKCS #12 file, into {place}. {new}"
        )),
        StoreSpec::Windows(location, name) => Some(format!(
            "Import the certificate together with its private key, from a .pfx file, into {place}. If the key is still \
             on this device, `certutil{} -repairstore {} {}` links the certificate to it. {new}",
            if *location == WindowsLocation::CurrentUser { " -user" } else { "" },
            shown(name),
            thumbprint(&candidate.stored.certificate)
        )),
        StoreSpec::Nss(_) | StoreSpec::File(_) => None,
    }
}

/// Where the rule's client searches none of the places that were looked at, the rule may name one.
fn name_the_place(damage: &Damage<'_>, candidate: &Examined) -> Option<String> {
    let is_given = damage.place_of(candidate).is_some_and(|place| !place.elsewhere);
    let is_fixed = damage.rule_type() == RuleType::ClientCertificate;
    if damage.searched().next().is_some() || is_fixed || !is_given {
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
fn upload_the_issuer_of_the_leaf(damage: &Damage<'_>) -> String {
    let leaf = damage.evidence.case.cas.cas.iter().find(|ca| !ca.certificate.claims_to_be_ca());
    let issuer = leaf.map(|ca| shown(&ca.certificate.issuer().to_string()).into_owned());
    format!(
        "Upload the certificate of the CA that issued the client certificates, {}, and put the UUID that the upload \
         returns into the check's Certificate ID",
        issuer.unwrap_or_default()
    )
}

fn is_the_cas_name(damage: &Damage<'_>) -> bool {
    let name = String::from_utf8_lossy(damage.resolution().common_name.as_deref().unwrap_or_default());
    let mut cas = damage.evidence.case.cas.cas.iter();
    cas.any(|ca| {
        ca.certificate.subject().common_name().is_some_and(|own| own.to_lowercase() == name.to_lowercase())
    })
}

fn rule_name(damage: &Damage<'_>) -> String {
    shown_bytes(damage.resolution().common_name.as_deref().unwrap_or_default())
}

/// Changing the rule is the cure where the certificate's name is the sensible one.
fn change_name(damage: &Damage<'_>, candidate: &Examined) -> Option<String> {
    let name = candidate.stored.certificate.subject().common_name()?;
    let name = unpadded(&name);
    if damage.resolution().common_name.as_deref() == Some(name.as_bytes()) {
        return None;
    }
    Some(format!(
        "In the Zero Trust dashboard, change the check's Common name from \"{}\" to: {}",
        rule_name(damage),
        shown(&name)
    ))
}

fn upload_issuer(damage: &Damage<'_>, candidate: &Examined) -> Option<String> {
    let issuer = candidate.chain.get(1)?;
    let stored = damage.evidence.certificates.iter().find(|c| c.stored.certificate == *issuer);
    let place = stored.map_or_else(|| "given with --intermediate".to_owned(), where_is);
    Some(format!(
        "Upload the certificate that issued it, {} (sha256 {}, {place}), and put the UUID that the upload returns into the \
         check's Certificate ID",
        shown(&issuer.subject().to_string()),
        issuer.sha256()
    ))
}

pub(super) fn where_is(examined: &Examined) -> String {
    let label = examined.stored.label.as_deref().map(shown_bytes);
    match (&examined.spec, label) {
        (StoreSpec::File(_), _) => format!("in the file {}", shown(&examined.stored.location)),
        (spec, Some(label)) => format!("in {} as \"{label}\"", shown(&spec.to_string())),
        (spec, None) => format!("in {}", shown(&spec.to_string())),
    }
}

fn ask_for_intermediate(candidate: &Examined) -> String {
    let certificate = candidate.chain.last().unwrap_or(&candidate.stored.certificate);
    format!(
        "Ask whoever runs the CA for the certificate of {}. If it is an intermediate of the uploaded CA, upload it as the \
         check's CA or install it beside the client certificate; certposture takes it with --intermediate FILE",
        shown(&certificate.issuer().to_string())
    )
}

fn other_ca(damage: &Damage<'_>, candidate: &Examined) -> String {
    let top = candidate.chain.last().unwrap_or(&candidate.stored.certificate);
    let issuer = match damage.rule_type() {
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

fn reissue(damage: &Damage<'_>, with: &str) -> String {
    let issuer = damage.candidate.map(|c| shown(&c.stored.certificate.issuer().to_string()).into_owned());
    format!(
        "Ask whoever runs the CA {} to issue the certificate again with {with}, or take that out of the rule",
        issuer.unwrap_or_default()
    )
}

fn wanted_usages(damage: &Damage<'_>) -> String {
    let usages: Vec<String> =
        damage.evidence.case.rule.extended_key_usage.iter().map(ToString::to_string).collect();
    format!("the extended key usage {}", usages.join(" and "))
}

fn wanted_names(damage: &Damage<'_>) -> String {
    let names: Vec<String> =
        damage.resolution().subject_alternative_names.iter().map(|name| shown(name).into_owned()).collect();
    format!("one of these as subject alternative name: {}", names.join(", "))
}

fn install(damage: &Damage<'_>) -> String {
    if is_the_cas_name(damage) {
        return "In the Zero Trust dashboard, replace the check's Common name, which is the CA's, by that of the client \
                certificate"
            .to_owned();
    }
    let store = damage.searched().next().map(|place| shown(&place.contents.spec.to_string()).into_owned());
    let place = store.unwrap_or_else(|| "the place that the client searches".to_owned());
    match &damage.resolution().common_name {
        Some(_) => format!(
            "Have the uploaded CA issue a certificate with the common name {} for this device and install it in {place}; or \
             correct the check's Common name if another certificate is meant",
            rule_name(damage)
        ),
        None => format!("Install a certificate that the uploaded CA issued in {place}"),
    }
}
