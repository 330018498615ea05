//! Repairs of an NSS database with certutil and pk12util, and of the PEM files that a rule names.
//! Each command is one line of POSIX sh that asks nothing.

mod database;
mod install;
mod pem;

use super::plan::Plan;
use super::{Repair, where_is};
use crate::device::NssTools;
use crate::diagnosis::Examined;
use crate::diagnosis::situation::Situation;
use crate::posture::RuleType;
use crate::reason::Code;
use crate::store::Index;
use crate::text::shown_bytes;
use database::{Keeps, NssDatabase};

/// The command for a plan, where there is one; it brings the tools that it needs.
pub(super) fn repair(situation: &Situation<'_>, plan: &Plan<'_>) -> Option<Repair> {
    let repair = carried_out(situation, plan)?;
    let command = repair.command.as_deref();
    let is_by_nss = command.is_some_and(|c| c.contains("certutil ") || c.contains("pk12util "));
    Some(match situation.case.device.nss_tools {
        NssTools::Missing { install, as_root } if is_by_nss => with_tools(repair, install, as_root),
        NssTools::Missing { .. } | NssTools::Here | NssTools::Unknown => repair,
    })
}

/// The same on a device without NSS's tools.
fn with_tools(repair: Repair, install: Option<&str>, as_root: bool) -> Repair {
    let (message, command) = match install {
        Some(install) => {
            let sudo = if as_root { "" } else { "sudo " };
            let command = repair.command.map(|command| format!("{sudo}{install} && {command}"));
            (
                "certutil is not installed on this device, and the first part of the command installs it",
                command,
            )
        }
        None => {
            ("Install NSS's tools, certutil and pk12util, first: they are not on this device", repair.command)
        }
    };
    Repair { message: format!("{}. {message}", repair.message), command, then: repair.then }
}

fn carried_out(situation: &Situation<'_>, plan: &Plan<'_>) -> Option<Repair> {
    match *plan {
        Plan::Rename(target) => rename(situation, target),
        Plan::Install(found) => install::install(situation, found),
        Plan::InstallIssuer(issuer) => install_issuer(situation, issuer),
        Plan::Fill(found) => fill(situation, found),
        Plan::Convert => convert(situation),
        Plan::ToPem(ref file) => pem::convert(situation, file),
        Plan::Replace { here, elsewhere } => {
            let renamed = here.and_then(|here| rename(situation, here));
            renamed.or_else(|| install::install(situation, elsewhere?))
        }
        Plan::Move(_) | Plan::ByHand => None,
    }
}

/// The certificate's nickname becomes the rule's name.
fn rename(situation: &Situation<'_>, target: &Examined) -> Option<Repair> {
    NssDatabase::searched(situation)?.give_name(target, situation.resolution.common_name.as_deref()?)
}

/// What remains when the rule's name is changed to `name`: certutil looks for that nickname then.
pub(super) fn after_new_name(situation: &Situation<'_>, name: &str) -> Option<String> {
    let candidate = situation.candidate?;
    let nickname = candidate.stored.label.as_deref()?;
    if situation.rule_type() != RuleType::ClientCertificate || nickname == name.as_bytes() {
        return None;
    }
    let rename = NssDatabase::searched(situation)?.give_name(candidate, name.as_bytes())?.command?;
    Some(format!(
        "certutil looks for that nickname then, and the certificate's is \"{}\" [nickname-differs]: {rename}",
        shown_bytes(nickname)
    ))
}

/// Makes the database usable where it is missing or damaged, and puts in what was found elsewhere.
fn fill(situation: &Situation<'_>, found: Option<&Examined>) -> Option<Repair> {
    let database = NssDatabase::searched(situation);
    if let Some(database) = database.as_ref().filter(|database| database.place.interrupted) {
        return database.complete();
    }
    let made = database.as_ref().filter(|database| !database.is_read()).and_then(NssDatabase::make);
    let kept = made.as_ref().map(|made| made.keeps);
    // Nobody else may read what certutil creates.
    let is_roots = made.is_some() && database.as_ref().is_some_and(|database| !database.place.writable);
    let again = "only root may read the new files: run certposture with sudo then [store-denied]";
    // Certificates that are kept may be the right ones: that is seen afterwards.
    let found = found.filter(|_| kept != Some(Keeps::Certificates));
    if let Some(mut repair) = found.and_then(|found| install::install(situation, found)) {
        let first = made.map(|made| made.command);
        repair.command =
            repair.command.map(|install| first.into_iter().chain([install]).collect::<Vec<_>>().join(" && "));
        repair.then = repair.then.or_else(|| is_roots.then(|| again.to_owned()));
        return Some(repair);
    }
    if let Some(repair) = convert(situation) {
        return Some(repair);
    }
    let made = made?;
    let name = situation.resolution.common_name.as_deref();
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
    Some(Repair { message: message.to_owned(), command: Some(made.command), then: Some(then) })
}

/// What was looked for may be in a database of the old format.
fn convert(situation: &Situation<'_>) -> Option<Repair> {
    let database = NssDatabase::searched(situation)?;
    let is_old = match &database.place.contents.index {
        Index::Nss(index) => index.legacy_beside,
        Index::None | Index::File(_) | Index::Windows { .. } => {
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
        })
    })?
}

/// Puts the issuer's certificate, found elsewhere, beside the client certificate.
fn install_issuer(situation: &Situation<'_>, issuer: &Examined) -> Option<Repair> {
    let database = NssDatabase::searched(situation)?;
    let name = issuer.stored.certificate.subject().common_name()?.into_bytes();
    let name = database.free_name(&name, issuer);
    Some(Repair {
        message: format!(
            "Install the intermediate that is {} beside the client certificate",
            where_is(issuer)
        ),
        command: Some(install::certificate(situation, &database, issuer, &name)?),
        then: None,
    })
}
