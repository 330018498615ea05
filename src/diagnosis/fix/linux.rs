//! Repairs of an NSS database with certutil and pk12util, and of the PEM files that a rule names.
//! Each command is one line of POSIX sh that asks nothing.

mod database;
mod install;

use super::{Damage, Repair, is_the_certificates};
use crate::diagnosis::{Examined, Nearness, Reason};
use crate::posture::RuleType;
use crate::reason::Code;
use crate::store::Index;
use crate::text::shown_bytes;
use database::{Database, Keeps};

/// The command for a reason, where there is one.
pub(super) fn repair(damage: &Damage<'_>, reason: &Reason) -> Option<Repair> {
    match reason.finding.code {
        Code::NicknameDiffers
        | Code::CaseDiffers
        | Code::WhitespaceDiffers
        | Code::NameInSanOnly
        | Code::UnicodeDiffers => rename(damage),
        Code::FoundElsewhere => install::install(damage, damage.candidate?),
        Code::StoreLegacyDbm => convert(damage),
        Code::StoreMissing | Code::StoreEmpty | Code::StoreCorrupt => fill(damage),
        Code::NotFound => convert(damage),
        Code::PrivateKeyMissing => install_key(damage),
        Code::IntermediateMissing => replace(damage).or_else(|| install_issuer(damage)),
        Code::NicknameOtherSubject => replace(damage),
        code if is_the_certificates(code) => replace(damage),
        _ => None,
    }
}

/// The candidate's nickname becomes the rule's name, where not the rule's text is at fault.
fn rename(damage: &Damage<'_>) -> Option<Repair> {
    // A check that finds the CA would pass and prove nothing.
    let candidate = damage.candidate.filter(|c| !damage.evidence.case.cas.contain(&c.stored.certificate))?;
    let name = damage.resolution().common_name.as_deref()?;
    let plain = name.is_ascii() || candidate.nearness == Nearness::Exact;
    // What several certificates have in common does not say which is meant.
    let same = damage.evidence.certificates.iter().filter(|c| c.searched && c.nearness == candidate.nearness);
    let meant = candidate.nearness != Nearness::San || same.count() == 1;
    if damage.rule_type() != RuleType::ClientCertificate || !plain || !meant {
        return None;
    }
    Database::searched(damage)?.give_name(candidate, name)
}

/// What remains when the rule's name is changed to `name`: certutil looks for that nickname then.
pub(super) fn after_new_name(damage: &Damage<'_>, name: &str) -> Option<String> {
    let candidate = damage.candidate?;
    let nickname = candidate.stored.label.as_deref()?;
    if damage.rule_type() != RuleType::ClientCertificate || nickname == name.as_bytes() {
        return None;
    }
    let rename = Database::searched(damage)?.give_name(candidate, name.as_bytes())?.command?;
    Some(format!(
        "certutil looks for that nickname then, and the certificate's is \"{}\" [nickname-differs]: {rename}",
        shown_bytes(nickname)
    ))
}

/// Another certificate takes the place of one that cannot pass: from the database itself, or from
/// where the client does not look.
fn replace(damage: &Damage<'_>) -> Option<Repair> {
    let here = || {
        let name = damage.resolution().common_name.as_deref()?;
        let original = damage.rule_type() == RuleType::ClientCertificate;
        Database::searched(damage).filter(|_| original)?.give_name(damage.sound_alternative()?, name)
    };
    let elsewhere = || install::install(damage, damage.sound_elsewhere()?);
    let mut repair = here().or_else(elsewhere)?;
    repair.settles_all = true;
    Some(repair)
}

/// Makes the database usable where it is missing or damaged, and puts in what was found elsewhere.
fn fill(damage: &Damage<'_>) -> Option<Repair> {
    let database = Database::searched(damage);
    if let Some(database) = database.as_ref().filter(|database| database.place.interrupted) {
        return database.complete();
    }
    let made = database.as_ref().filter(|database| !database.is_read()).and_then(Database::make);
    let kept = made.as_ref().map(|made| made.keeps);
    // What certutil makes, nobody else may read.
    let is_roots = made.is_some() && database.as_ref().is_some_and(|database| !database.place.writable);
    let again = "only root may read the new files: run certposture with sudo then [store-denied]";
    // Certificates that are kept may be the right ones: that is seen afterwards.
    let found = damage.sound_elsewhere().filter(|_| kept != Some(Keeps::Certificates));
    if let Some(mut repair) = found.and_then(|found| install::install(damage, found)) {
        let first = made.map(|made| made.command);
        repair.command =
            repair.command.map(|install| first.into_iter().chain([install]).collect::<Vec<_>>().join(" && "));
        repair.then = repair.then.or_else(|| is_roots.then(|| again.to_owned()));
        repair.settles_all = true;
        return Some(repair);
    }
    if let Some(repair) = convert(damage) {
        return Some(repair);
    }
    let made = made?;
    let name = damage.resolution().common_name.as_deref();
    let name = name.map(|name| format!(" under the nickname \"{}\"", shown_bytes(name))).unwrap_or_default();
    let empty = format!(
        "It is empty then [store-empty]: install the client certificate{name} with certutil -A or pk12util -i"
    );
    let (message, then) = match made.keeps {
        Keeps::Certificates => (
            "Make key4.db anew; the certificates in cert9.db are kept",
            "Run certposture again: only then can the certificates in it be judged".to_owned(),
        ),
        Keeps::Keys => ("Make cert9.db anew; the private keys in key4.db are kept", empty),
        Keeps::Nothing => ("Make the database anew, then install the client certificate in it", empty),
    };
    let then = if is_roots { format!("{then}; {again}") } else { then };
    Some(Repair {
        message: message.to_owned(),
        command: Some(made.command),
        then: Some(then),
        settles_all: true,
    })
}

/// What was looked for may be in a database of the old format.
fn convert(damage: &Damage<'_>) -> Option<Repair> {
    let database = Database::searched(damage)?;
    let is_old = match &database.place.contents.index {
        Index::Nss(index) => index.legacy_beside,
        Index::None | Index::Windows { .. } => {
            let problem = database.place.contents.problem.as_ref();
            problem.is_some_and(|problem| problem.code == Code::StoreLegacyDbm)
        }
    };
    is_old.then(|| {
        Some(Repair {
            message: "Copy the certificates and keys of the old database, cert8.db and key3.db, into the one that is \
                      searched; the old one stays as it is"
                .to_owned(),
            command: Some(database.convert()?),
            then: Some("Run certposture again: only then can the certificates in it be judged".to_owned()),
            settles_all: true,
        })
    })?
}

/// Brings the private key from another place that has the same certificate with it.
fn install_key(damage: &Damage<'_>) -> Option<Repair> {
    install::install(damage, damage.with_key_elsewhere()?)
}

/// Puts the issuer's certificate, found elsewhere, beside the client certificate.
fn install_issuer(damage: &Damage<'_>) -> Option<Repair> {
    let database = Database::searched(damage)?;
    let issuer = issuer_elsewhere(damage)?;
    let name = issuer.stored.certificate.subject().common_name()?.into_bytes();
    let name = database.free_name(&name, issuer);
    Some(Repair {
        message: format!(
            "Install the intermediate that is {} beside the client certificate",
            super::advice::where_is(issuer)
        ),
        command: Some(install::certificate(damage, &database, issuer, &name)?),
        then: None,
        settles_all: false,
    })
}

/// A CA of the name that the chain lacks, in a place that is not searched.
fn issuer_elsewhere<'a>(damage: &Damage<'a>) -> Option<&'a Examined> {
    let top = damage.candidate?.chain.last()?;
    damage.evidence.certificates.iter().find(|other| {
        let certificate = &other.stored.certificate;
        !other.searched
            && certificate.claims_to_be_ca()
            && certificate.subject().der == top.issuer().der
            && leads_to_the_ca(damage, other)
    })
}

fn leads_to_the_ca(damage: &Damage<'_>, issuer: &Examined) -> bool {
    let end = issuer.chain.last();
    end.is_some_and(|end| damage.evidence.case.cas.contain(end))
}
