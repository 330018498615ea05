//! Making PEM of what lies at a path that the rule lists.

use super::super::Repair;
use super::database::absolute;
use super::install::{in_folder, in_the_command, quoted};
use crate::diagnosis::situation::Situation;
use crate::encoding::{Form, PASS_PHRASE_VARIABLE, PassPhrase, pass_phrase_given};
use crate::store::{Origin, Place};
use crate::text::shown;
use std::path::Path;

/// Converts the file in its place. What was there stays beside it under another name, and nothing happens to a
/// file that is PEM already.
pub(super) fn convert(situation: &Situation<'_>, file: &Path) -> Option<Repair> {
    let certificate = situation
        .searched()
        .find(|place| place.listed_path() == Some(file) && !place.contents.certificates.is_empty());
    let (pem, label, writable) = match certificate {
        Some(place) => (certificate_as_pem(situation, place, file)?, "CERTIFICATE", is_writable(place)),
        None => (key_as_pem(situation, file)?, ".*PRIVATE KEY", writable_key(situation, file)),
    };
    let (sudo, target) = (if writable { "" } else { "sudo " }, quoted(&absolute(file))?);
    let command = in_folder(&format!(
        "! {sudo}grep -q '^-----BEGIN {label}-----.\\{{0,1\\}}$' {target} && {pem} > \"$t/c.pem\" && test -s \"$t/c.pem\" && \
         {sudo}cp -p {target} {target}.before-$(date +%s) && {sudo}cp \"$t/c.pem\" {target}"
    ));
    let message = format!(
        "Convert {} to PEM; what is there now stays beside it with .before- and a number in its name",
        shown(&file.to_string_lossy())
    );
    Some(Repair::by_command(message, command))
}

fn is_writable(place: &Place) -> bool {
    place.writable && place.contents.evidence.origin == Origin::ThisMachine
}

/// The key's file is a place of its own where the rule lists it.
fn writable_key(situation: &Situation<'_>, file: &Path) -> bool {
    situation.searched().find(|place| place.listed_path() == Some(file)).is_some_and(is_writable)
}

/// Prints what a listed file of certificates holds, as PEM.
fn certificate_as_pem(situation: &Situation<'_>, place: &Place, file: &Path) -> Option<String> {
    let files = place.files()?;
    let source = quoted(&absolute(file))?;
    match files.form {
        Form::Der => Some(format!("openssl x509 -inform DER -in {source}")),
        Form::Pkcs7 => Some(format!(
            "{{ openssl pkcs7 -print_certs -in {source} 2>/dev/null || openssl pkcs7 -inform DER -print_certs -in {source}; }}"
        )),
        Form::Pkcs12 => pkcs12_as_pem(&source),
        // What was sent or copied as text and spoiled: the certificate as it was read.
        Form::Other if !files.has_keys => {
            let mut found = situation.certificates.iter().filter(|found| found.spec == place.contents.spec);
            found.next().filter(|_| place.contents.certificates.len() == 1).map(in_the_command)
        }
        Form::Pem | Form::Folder | Form::Other => None,
    }
}

/// With the pass phrase from where certposture has it too, or with the empty one. OpenSSL 3 reads older algorithms
/// only where it is told to.
fn pkcs12_as_pem(source: &str) -> Option<String> {
    let mut phrases = match pass_phrase_given() {
        PassPhrase::File(file) => vec![format!("file:{}", absolute(&file).to_str()?)],
        PassPhrase::Variable => vec![format!("env:{PASS_PHRASE_VARIABLE}")],
        PassPhrase::No => Vec::new(),
    };
    phrases.push("pass:".to_owned());
    let mut tries = Vec::new();
    for phrase in &phrases {
        let phrase = crate::text::quote_sh(phrase.as_bytes())?;
        for legacy in ["", " -legacy"] {
            tries.push(format!("openssl pkcs12 -in {source} -nodes{legacy} -passin {phrase} 2>/dev/null"));
        }
    }
    Some(format!("{{ {}; }}", tries.join(" || ")))
}

fn key_as_pem(situation: &Situation<'_>, file: &Path) -> Option<String> {
    let mut keys = situation.searched().filter_map(Place::files).flat_map(|files| files.key_files.values());
    let key = keys.find(|key| key.path == file)?;
    let source = quoted(&absolute(file))?;
    match key.own_form {
        Form::Der => Some(format!("openssl pkey -inform DER -in {source}")),
        Form::Pkcs12 => pkcs12_as_pem(&source),
        Form::Pem | Form::Pkcs7 | Form::Folder | Form::Other => None,
    }
}
