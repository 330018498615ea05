//! Bringing a certificate from where it lies to where the client looks.

use super::super::{Repair, where_is};
use super::database::{NssDatabase, absolute};
use crate::certificate::{Certificate, SubjectPublicKeyInfo, describe_key, oid};
use crate::diagnosis::Examined;
use crate::diagnosis::situation::Situation;
use crate::encoding::Form;
use crate::posture::RuleType;
use crate::store::{Place, Status, StoreSpec, StoredCertificate};
use crate::text::quote_sh;
use base64ct::{Base64, Encoding as _};
use std::path::{Path, PathBuf};

/// Installs `found` in the database that the client searches, or in the file that the rule names; with
/// its private key where the rule asks for that.
pub(super) fn install(situation: &Situation<'_>, found: &Examined) -> Option<Repair> {
    let with_key = situation.needs_key();
    let (command, place) = match NssDatabase::searched(situation) {
        Some(_) if is_refused(&found.stored.certificate) => {
            return Some(Repair::by_hand(format!(
                "Have a certificate with an RSA or P-256 key issued for this device: NSS databases take none with an {} key, as \
                 the one {} has",
                describe_key(found.stored.certificate.spki()),
                where_is(found)
            )));
        }
        Some(database) => {
            if with_key && let Some(why) = needs_password(situation, &database, found) {
                return Some(Repair::by_hand(why));
            }
            (into_database(situation, &database, found, with_key)?, "the database that the client searches")
        }
        None => {
            let file = situation.searched().find(|place| is_single(place))?;
            (into_file(situation, file, found, with_key)?, "the file that the rule names")
        }
    };
    let message = format!("Install the certificate that is {} in {place} too", where_is(found));
    Some(Repair::by_command(message, command))
}

/// Keys go in and out of a database with a password only for who knows it, and no command should ask.
fn needs_password(situation: &Situation<'_>, database: &NssDatabase<'_>, found: &Examined) -> Option<String> {
    let source = situation.place_of(found)?;
    let locked = if source.has_password { source } else { database.place };
    locked.has_password.then(|| {
        format!(
            "Install the certificate that is {}, with its private key, by pk12util -o and pk12util -i; both ask for a \
             password, because the database in {} has one",
            where_is(found),
            crate::text::shown(&locked.contents.spec.to_string())
        )
    })
}

fn into_database(
    situation: &Situation<'_>,
    database: &NssDatabase<'_>,
    found: &Examined,
    with_key: bool,
) -> Option<String> {
    let own = || found.stored.certificate.subject().common_name().map(String::into_bytes);
    let wanted = situation.resolution.common_name.clone().or_else(own)?;
    let original = situation.rule_type() == RuleType::ClientCertificate;
    // certutil would not find it under such a name.
    if original && wanted.contains(&b':') {
        return None;
    }
    let cleared = if original { database.clear_name(&wanted, &found.stored)? } else { None };
    let name = if original { wanted } else { database.free_name(&wanted, found) };
    let import = if with_key {
        certificate_and_key(situation, database, found, &name)?
    } else {
        certificate(situation, database, found, &name)?
    };
    Some(cleared.into_iter().chain([import]).collect::<Vec<_>>().join(" && "))
}

/// NSS takes no certificate of an Ed25519 key ("Error adding certificate to database"), and no such
/// key out of a PKCS #12 file. (Tried with NSS 3.87.)
pub(super) fn is_refused(certificate: &Certificate) -> bool {
    SubjectPublicKeyInfo::read(certificate.spki()).is_some_and(|key| key.id == oid::ED25519)
}

/// The certificate alone.
pub(super) fn certificate(
    situation: &Situation<'_>,
    database: &NssDatabase<'_>,
    found: &Examined,
    name: &[u8],
) -> Option<String> {
    let (sudo, argument, name) = (database.sudo(), database.argument()?, quote_sh(name)?);
    if is_refused(&found.stored.certificate) {
        return None;
    }
    let pem = if database.is_copied() { in_the_command(found) } else { as_pem(situation, found)? };
    Some(format!("{pem} | {sudo}certutil -A -d {argument} -n {name} -t ,, -a"))
}

/// Prints the certificate as PEM: from where it lies, or from the command itself where something else
/// would come first there.
fn as_pem(situation: &Situation<'_>, found: &Examined) -> Option<String> {
    let stored = &found.stored;
    let alone = !situation.certificates.iter().any(|other| {
        other.spec == found.spec
            && other.stored.position != stored.position
            && match &found.spec {
                // certutil prints every certificate of the subject.
                StoreSpec::Nss(_) => {
                    other.stored.certificate.subject().der == stored.certificate.subject().der
                }
                _ => other.stored.location == stored.location && other.stored.position < stored.position,
            }
    });
    match &found.spec {
        StoreSpec::Nss(_) if alone => {
            let source = NssDatabase::of(situation.place_of(found)?)?;
            Some(format!("certutil -L -d {} -n {} -a", source.argument()?, source.name_of(stored)?))
        }
        StoreSpec::File(_) if alone && is_pem(&stored.location) => {
            Some(format!("openssl x509 -in {}", quoted(&absolute(Path::new(&stored.location)))?))
        }
        _ => Some(in_the_command(found)),
    }
}

/// Prints a certificate that the command itself holds.
pub(super) fn in_the_command(found: &Examined) -> String {
    let encoded = Base64::encode_string(found.stored.certificate.der());
    format!("echo {encoded} | base64 -d | openssl x509 -inform DER")
}

fn is_pem(file: &str) -> bool {
    let name = file.to_lowercase();
    [".pem", ".crt", ".cert"].iter().any(|ending| name.ends_with(ending))
}

/// The certificate with its key, by way of a PKCS #12 file that is removed again.
fn certificate_and_key(
    situation: &Situation<'_>,
    database: &NssDatabase<'_>,
    found: &Examined,
    name: &[u8],
) -> Option<String> {
    if database.is_copied() || is_refused(&found.stored.certificate) {
        return None;
    }
    let (sudo, argument) = (database.sudo(), database.argument()?);
    let export = export(situation, found, name)?;
    Some(in_folder(&format!("{export} && {sudo}pk12util -i \"$t/c.p12\" -d {argument} -K '' -W ''")))
}

/// Writes `$t/c.p12`.
fn export(situation: &Situation<'_>, found: &Examined, name: &[u8]) -> Option<String> {
    match &found.spec {
        StoreSpec::Nss(_) => {
            let source = NssDatabase::of(situation.place_of(found)?)?;
            let from = source.name_of(&found.stored)?;
            Some(format!("pk12util -o \"$t/c.p12\" -d {} -n {from} -K '' -W ''", source.argument()?))
        }
        StoreSpec::File(_) => {
            let (certificate, key) = files(situation, found)?;
            Some(format!(
                "openssl pkcs12 -export -in {} -inkey {} -name {} -passout pass: -out \"$t/c.p12\"",
                quoted(&certificate)?,
                quoted(&key)?,
                quote_sh(name)?
            ))
        }
        StoreSpec::Keychain(_) | StoreSpec::Windows(..) => None,
    }
}

/// Whether it is a file that can be written anew, and no folder.
fn is_single(place: &Place) -> bool {
    let StoreSpec::File(path) = &place.contents.spec else { return false };
    let mut stored = place.contents.certificates.iter();
    place.contents.status != Status::Read || stored.all(|stored| Path::new(&stored.location) == path)
}

/// Writes the file that the rule names, with the folders above it. A file that is there gives way only if
/// no certificate in it is valid, and stays beside under another name.
fn into_file(situation: &Situation<'_>, place: &Place, found: &Examined, with_key: bool) -> Option<String> {
    let StoreSpec::File(path) = &place.contents.spec else { return None };
    let now = situation.case.at;
    let is_valid = |stored: &StoredCertificate| stored.certificate.not_after().is_some_and(|end| end >= now);
    if place.contents.certificates.iter().any(is_valid) {
        return None;
    }
    let sudo = if place.writable { "" } else { "sudo " };
    let target = quoted(&absolute(path))?;
    let (write, mode) = match &found.spec {
        StoreSpec::File(_) if with_key => {
            let (certificate, key) = files(situation, found)?;
            let both = if key == certificate {
                quoted(&key)?
            } else {
                format!("{} {}", quoted(&certificate)?, quoted(&key)?)
            };
            (format!("cat {both} > \"$t/c.pem\""), "600")
        }
        _ if with_key => {
            let locked = situation.place_of(found)?.has_password;
            let export = export(situation, found, b"client").filter(|_| !locked)?;
            (
                format!("{export} && openssl pkcs12 -in \"$t/c.p12\" -passin pass: -nodes -out \"$t/c.pem\""),
                "600",
            )
        }
        _ => (format!("{} > \"$t/c.pem\"", as_pem(situation, found)?), "644"),
    };
    let needless = if place.contents.status == Status::Missing {
        format!("{sudo}test ! -e {target}")
    } else {
        format!(
            "! {sudo}openssl x509 -in {target} -noout -checkend 0 >\"$t/said\" 2>&1 && {{ {sudo}test ! -e {target} || {sudo}cp \
             -p {target} {target}.before-$(date +%s); }}"
        )
    };
    Some(in_folder(&format!("{write} && {needless} && {sudo}install -D -m {mode} \"$t/c.pem\" {target}")))
}

/// The PEM files of a certificate and of its key.
fn files(situation: &Situation<'_>, found: &Examined) -> Option<(PathBuf, PathBuf)> {
    let key =
        situation.place_of(found)?.key_file(found.stored.position).filter(|key| key.form == Form::Pem)?;
    Some((absolute(Path::new(&found.stored.location)), absolute(&key.path)))
}

pub(super) fn quoted(path: &Path) -> Option<String> {
    quote_sh(path.as_os_str().as_encoded_bytes())
}

/// Runs commands with a folder `$t` of their own that nobody else may read.
pub(super) fn in_folder(commands: &str) -> String {
    format!("(umask 077; t=$(mktemp -d) && {commands}; r=$?; rm -rf \"$t\"; exit $r)")
}
