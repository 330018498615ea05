//! Repairs of the System keychain with `security`. Each command is one line for zsh or sh and works
//! with what every Mac has.

use super::Repair;
use super::plan::Plan;
use crate::certificate::Certificate;
use crate::diagnosis::situation::Situation;
use crate::diagnosis::{Examined, Nearness, candidate};
use crate::encoding::Form;
use crate::lookup::{Found, security};
use crate::posture::RuleType;
use crate::store::{Place, Role, SYSTEM_KEYCHAIN, Status, StoreSpec, StoredCertificate};
use crate::text::{hex, quote_sh, shown, shown_bytes};
use base64ct::{Base64, Encoding as _};
use jiff::Timestamp;
use sha1::{Digest as _, Sha1};
use std::path::{Path, PathBuf};

/// Whom the partition list lets use an imported key besides `security`: Apple's programs, and those
/// that Cloudflare signs.
const PARTITIONS: &str = "apple-tool:,apple:,teamid:68WVV388M8";

/// The pass phrase of a PKCS #12 file that exists while the command runs. `security` refuses files
/// without one.
const PASS_PHRASE: &str = "moving";

/// The command for a plan, where there is one.
pub(super) fn repair(situation: &Situation<'_>, plan: &Plan<'_>) -> Option<Repair> {
    let keychain = Keychain::searched(situation)?;
    match *plan {
        Plan::Move(target) => uncover(situation, &keychain, target),
        Plan::Install(found) if keychain.holds(&found.stored.certificate) => {
            add_key(situation, &keychain, found)
        }
        Plan::Install(found) => import(situation, &keychain, found),
        Plan::Fill(found) if keychain.place.contents.status == Status::Read => {
            import(situation, &keychain, found?)
        }
        Plan::Replace { here, elsewhere } => {
            let uncovered = here.and_then(|here| uncover(situation, &keychain, here));
            uncovered.or_else(|| import(situation, &keychain, elsewhere?))
        }
        Plan::Rename(_)
        | Plan::InstallIssuer(_)
        | Plan::Fill(_)
        | Plan::Convert
        | Plan::ToPem(_)
        | Plan::ByHand => None,
    }
}

/// The certificate is there without its key, and elsewhere with it. It is deleted first: an import
/// ends with an error when the keychain holds the same certificate already.
fn add_key(situation: &Situation<'_>, keychain: &Keychain<'_>, found: &Examined) -> Option<Repair> {
    let (sudo, argument) = (keychain.sudo(), keychain.argument()?);
    let delete = delete(sudo, &argument, &found.stored.certificate);
    let add = add(sudo, &argument, &found.stored.certificate);
    let repair = import(situation, keychain, found)?;
    // When the import fails the certificate is put back, and the failure stays one.
    let command = repair.command.map(|import| format!("{delete} && {{ {import} || {{ {add}; false; }}; }}"));
    Some(Repair { command, ..repair })
}

/// The keychain that the client searches.
struct Keychain<'a> {
    place: &'a Place,
    /// On the device, of which `place` may be a copy.
    path: PathBuf,
}

impl<'a> Keychain<'a> {
    fn searched(situation: &Situation<'a>) -> Option<Self> {
        situation.searched().find_map(|place| match (&place.contents.spec, place.copy_of()) {
            (_, Some(Role::SystemKeychain)) => Some(Self { place, path: SYSTEM_KEYCHAIN.into() }),
            (StoreSpec::Keychain(file), _) => Some(Self { place, path: absolute(file) }),
            _ => None,
        })
    }

    /// On the Mac, whose administrator reads this, the System keychain is root's.
    fn sudo(&self) -> &'static str {
        if self.place.writable && !self.is_copied() { "" } else { "sudo " }
    }

    /// What was read is a copy, and the keychain itself is on another device.
    fn is_copied(&self) -> bool {
        self.place.copy_of().is_some()
    }

    fn argument(&self) -> Option<String> {
        argument(&self.path)
    }

    fn holds(&self, certificate: &Certificate) -> bool {
        self.place.contents.certificates.iter().any(|stored| stored.certificate == *certificate)
    }
}

/// Commands must work from any folder; `security` looks for a relative name elsewhere.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn argument(path: &Path) -> Option<String> {
    quote_sh(path.to_str()?.as_bytes())
}

/// Clears the way for `target`: what comes first and has expired is deleted; what is still valid is
/// deleted and added again, which puts it behind everything else.
fn uncover(situation: &Situation<'_>, keychain: &Keychain<'_>, target: &Examined) -> Option<Repair> {
    if target.spec != keychain.place.contents.spec {
        return None;
    }
    let in_front = in_front(situation, keychain, Some(target.stored.position));
    if in_front.is_empty() {
        return None;
    }
    let name = quote_sh(situation.resolution.common_name.as_deref().unwrap_or_default())?;
    let now = situation.case.at;
    if in_front.iter().any(|stored| !has_expired(stored, now)) && passes_by_name(situation, target) {
        return Some(Repair::by_hand(leave_alone(target, &in_front)));
    }
    let commands = in_front.iter().map(|stored| clear_away(keychain, stored, &name, now));
    let commands: Vec<String> = commands.collect::<Option<_>>()?;
    Some(Repair { message: uncovering(&in_front, now), command: Some(commands.join(" && ")), then: None })
}

/// The certificates that the documented command finds before the one at `position`, or at all.
fn in_front<'a>(
    situation: &Situation<'_>,
    keychain: &'a Keychain<'_>,
    position: Option<usize>,
) -> Vec<&'a StoredCertificate> {
    let name = situation.resolution.common_name.as_deref().unwrap_or_default();
    let contents = &keychain.place.contents;
    let lookup = security::lookup(contents, name);
    let first = lookup.returned.iter().filter_map(|found| match found {
        Found::Stored(position) => Some(*position),
        Found::File(..) => None,
    });
    first
        .chain(lookup.shadowed.iter().copied())
        .filter(|found| position.is_none_or(|end| *found < end))
        .filter_map(|found| contents.certificates.get(found))
        .collect()
}

fn uncovering(in_front: &[&StoredCertificate], now: Timestamp) -> String {
    let described = in_front.iter().map(|stored| {
        let subject = stored.certificate.subject().to_string();
        let what = if has_expired(stored, now) { "delete the expired" } else { "put behind it the" };
        format!("{what} {} (serial number {})", shown(&subject), stored.certificate.serial_hex())
    });
    format!("Clear the way for the right certificate: {}", described.collect::<Vec<_>>().join("; "))
}

fn has_expired(stored: &StoredCertificate, now: Timestamp) -> bool {
    stored.certificate.not_after().is_some_and(|end| end < now)
}

/// Whether a `client_certificate_v2` rule would find it and pass: it is of that very name, and the
/// uploaded CA itself signed it.
fn passes_by_name(situation: &Situation<'_>, target: &Examined) -> bool {
    let issuer = target.chain.get(1);
    target.nearness <= Nearness::Case
        && issuer.is_some_and(|issuer| situation.case.cas.contain(issuer))
        && candidate::would_pass(target)
}

/// Nothing has to be deleted where a rule of the newer type passes.
fn leave_alone(target: &Examined, in_front: &[&StoredCertificate]) -> String {
    let name = target.stored.certificate.subject().common_name().unwrap_or_default();
    let others: Vec<String> = in_front
        .iter()
        .map(|stored| {
            format!(
                "{} (serial number {})",
                shown(&stored.certificate.subject().to_string()),
                stored.certificate.serial_hex()
            )
        })
        .collect();
    format!(
        "Replace the check by one of the type client_certificate_v2 (its form has \"OS locations\") with the common name \
         {}: it looks at every certificate of that name, so it passes on this device. What stands in front now is valid, may \
         be another service's, and stays where it is: {}",
        shown(&name),
        others.join(" and ")
    )
}

/// Takes a certificate away from the front. The command proves first that the look-up does find
/// this one, and what is only put behind is in a file before it is deleted.
fn clear_away(
    keychain: &Keychain<'_>,
    stored: &StoredCertificate,
    name: &str,
    now: Timestamp,
) -> Option<String> {
    let (sudo, argument) = (keychain.sudo(), keychain.argument()?);
    let is_first = format!(
        "security find-certificate -c {name} -Z {argument} | grep -q {}",
        fingerprint(&stored.certificate)
    );
    let delete = delete(sudo, &argument, &stored.certificate);
    if has_expired(stored, now) {
        return Some(format!("{is_first} && {delete}"));
    }
    let encoded = Base64::encode_string(stored.certificate.der());
    let again = through_a_folder(&format!(
        "echo {encoded} | base64 --decode >\"$t/c.cer\" && {delete} && {sudo}security add-certificates -k {argument} \
         \"$t/c.cer\""
    ));
    Some(format!("{is_first} && {again}"))
}

/// Puts the candidate, found where the client does not look, into the keychain. It comes last
/// there, so what the command would find first is cleared away too.
fn import(situation: &Situation<'_>, keychain: &Keychain<'_>, candidate: &Examined) -> Option<Repair> {
    let original = situation.rule_type() == RuleType::ClientCertificate;
    let with_key = situation.needs_key();
    let (sudo, argument) = (keychain.sudo(), keychain.argument()?);
    let mut commands = vec![match &candidate.spec {
        StoreSpec::File(_) if with_key => match key_file(situation, candidate) {
            Some(key) => import_with_key(sudo, &argument, candidate, key)?,
            None => return Some(Repair::by_hand(import_by_hand(keychain, candidate))),
        },
        StoreSpec::Keychain(_) if with_key => return Some(Repair::by_hand(move_by_hand(candidate))),
        _ if with_key => return None,
        _ => add(sudo, &argument, &candidate.stored.certificate),
    }];
    let now = situation.case.at;
    let in_front = if original { in_front(situation, keychain, None) } else { Vec::new() };
    let name = quote_sh(situation.resolution.common_name.as_deref().unwrap_or_default())?;
    for stored in &in_front {
        commands.push(clear_away(keychain, stored, &name, now)?);
    }
    let mut message = format!(
        "Install the certificate from {} in the keychain that the client searches",
        shown(&candidate.stored.location)
    );
    if !in_front.is_empty() {
        message = format!("{message}. {}", uncovering(&in_front, now));
    }
    Some(Repair::by_command(message, commands.join(" && ")))
}

/// No command exports a private key without the user's consent, nor one identity alone.
fn move_by_hand(candidate: &Examined) -> String {
    let label = candidate.stored.label.as_deref().map(shown_bytes);
    format!(
        "In Keychain Access, find \"{}\" in {} under My Certificates, export it with its private key as .p12 and import \
         that file into the System keychain",
        label.unwrap_or_else(|| shown(&candidate.stored.certificate.subject().to_string()).into_owned()),
        shown(&candidate.spec.to_string())
    )
}

/// Deletes a certificate, picked out by its SHA-1, which `security` has always taken; its private
/// key stays.
fn delete(sudo: &str, keychain: &str, certificate: &Certificate) -> String {
    format!("{sudo}security delete-certificate -Z {} {keychain}", fingerprint(certificate))
}

/// A certificate's SHA-1 as `security` writes it.
fn fingerprint(certificate: &Certificate) -> String {
    hex(&Sha1::digest(certificate.der())).to_uppercase()
}

/// Adds a certificate, which the command itself holds, through a file that is removed again.
fn add(sudo: &str, keychain: &str, certificate: &Certificate) -> String {
    let encoded = Base64::encode_string(certificate.der());
    through_a_folder(&format!(
        "echo {encoded} | base64 --decode >\"$t/c.cer\" && {sudo}security add-certificates -k {keychain} \"$t/c.cer\""
    ))
}

/// The PEM file with the private key of a certificate that is in a PEM file too.
fn key_file<'a>(situation: &Situation<'a>, candidate: &Examined) -> Option<&'a Path> {
    let key = situation.place_of(candidate)?.key_file(candidate.stored.position);
    key.filter(|key| key.form == Form::Pem).map(|key| key.path.as_path())
}

/// A PKCS #12 file has a pass phrase that no command should contain.
fn import_by_hand(keychain: &Keychain<'_>, candidate: &Examined) -> String {
    format!(
        "Import {} with its private key into the keychain {}: in Keychain Access, or with security import. Both refuse a \
         .p12 file as OpenSSL 3 makes it by default, saying that the password is wrong: make it with openssl pkcs12 \
         -export -legacy",
        shown(&candidate.stored.location),
        shown(&keychain.path.to_string_lossy())
    )
}

/// Imports a certificate with its private key from PEM files. The system's own openssl makes the
/// PKCS #12 file: `security` cannot read the default form of OpenSSL 3. Writing the partition list
/// may fail, and the key is there all the same.
fn import_with_key(sudo: &str, keychain: &str, candidate: &Examined, key: &Path) -> Option<String> {
    let file = argument(&absolute(Path::new(&candidate.stored.location)))?;
    let key = argument(&absolute(key))?;
    let name = candidate.stored.certificate.subject().common_name().unwrap_or_default();
    let name = quote_sh(name.as_bytes())?;
    Some(through_a_folder(&format!(
        "/usr/bin/openssl pkcs12 -export -in {file} -inkey {key} -name {name} -passout pass:{PASS_PHRASE} -out \"$t/c.p12\" && \
         {sudo}security import \"$t/c.p12\" -k {keychain} -f pkcs12 -P {PASS_PHRASE} && \
         {{ {sudo}security set-key-partition-list -S {PARTITIONS} -l {name} -k '' {keychain} >/dev/null || true; }}"
    )))
}

/// Runs commands with a folder `$t` of their own that nobody else may read.
fn through_a_folder(commands: &str) -> String {
    format!("(umask 077; t=$(mktemp -d) && {commands}; r=$?; rm -rf \"$t\"; exit $r)")
}
