//! `certutil -L -d sql:DIR -r -n NAME`: what it prints, in its order.
//!
//! The steps are those of NSS (`PK11_FindCertFromNickname`, `CERT_CreateSubjectCertList` and what they
//! call); each was checked against the real command on random databases. `docs/check.md` tells them
//! in words.

mod decoder;
mod fallback;
mod matching;
mod objects;
mod order;
mod uri;

use super::{Found, Lookup, Note};
use crate::reason::Code;
use crate::store::nss::{self, BAD_DATABASE};
use crate::store::{Contents, Index, Status, StoreSpec};
use crate::text::{show_sh, shown_bytes};
use fallback::File;
use jiff::Timestamp;
use matching::Database;
use objects::Objects;
use std::collections::HashSet;
use std::path::Path;

/// How certutil ends when it fails.
const FAILURE: i32 = 255;

/// How it ends when NSS cannot be shut down (`shutdown:` in `cmd/certutil/certutil.c`).
const NOT_SHUT_DOWN: i32 = 1;

/// Looks `name` up in an NSS database at the moment `at`. `directory` is certutil's working directory,
/// where it looks for a file of that name when no nickname matches; `None`: do not look there.
pub fn lookup(contents: &Contents, name: &[u8], at: Timestamp, directory: Option<&Path>) -> Lookup {
    let mut lookup = Lookup { command: command(&contents.spec, name), ..Lookup::default() };
    match (&contents.index, contents.status) {
        (Index::Nss(index), Status::Read) => {
            let database = Database { certificates: &contents.certificates, index };
            let mut objects = Objects::default();
            search(database, name, at, directory, &mut objects, &mut lookup);
            if objects.leaked {
                lookup.exit_status = NOT_SHUT_DOWN;
            }
        }
        (_, Status::Unsupported) => lookup.exit_status = FAILURE,
        _ => fail(&mut lookup, BAD_DATABASE.to_owned()),
    }
    lookup
}

fn search<'a>(
    database: Database<'a>,
    name: &[u8],
    at: Timestamp,
    directory: Option<&Path>,
    objects: &mut Objects<'a>,
    lookup: &mut Lookup,
) {
    let matches = objects.make(&database.matches(name), None, |position| database.entry(position));
    let winner = order::best(database, &matches, at);
    let Some((winner, entry)) = winner.and_then(|winner| Some((winner, database.entry(winner)?))) else {
        lookup.notes.extend(colon_note(name, database.index));
        objects.keep_none();
        return fall_back(database, name, at, directory, objects, lookup);
    };
    let held = objects.keep_only(winner, entry).then_some(winner);
    let subject = entry.1.certificate.subject().der;
    let printed = of_subject(database, subject, held, at, objects);
    if printed.is_empty() {
        let found_rows = !database.with_subject(subject).is_empty();
        let error = if found_rows { NOTHING_TO_PRINT } else { LIBRARY_FAILURE };
        return fail(lookup, error.to_owned());
    }
    lookup.returned = printed.into_iter().map(Found::Stored).collect();
}

/// The certificates that NSS lists for a subject, sorted; `held` is one that it has already.
fn of_subject<'a>(
    database: Database<'a>,
    subject: &[u8],
    held: Option<usize>,
    at: Timestamp,
    objects: &mut Objects<'a>,
) -> Vec<usize> {
    let of_subject = database.with_subject(subject);
    let held = held.filter(|held| of_subject.contains(held));
    let mut listed = objects.make(&of_subject, held, |position| database.entry(position));
    let mut seen = HashSet::new();
    listed.retain(|&position| seen.insert(position) && database.decodes(position));
    order::sort(database, &mut listed, at);
    listed
}

/// The file of that name in the working directory, and every certificate of its subject.
fn fall_back<'a>(
    database: Database<'a>,
    name: &[u8],
    at: Timestamp,
    directory: Option<&Path>,
    objects: &mut Objects<'a>,
    lookup: &mut Lookup,
) {
    match fallback::read(name, directory) {
        File::Certificate(_, certificate)
            if database.of_same_identity(&certificate).is_some_and(|held| *held != certificate) =>
        {
            fail(lookup, could_not_find(name, "", REUSED));
        }
        File::Certificate(path, certificate) => {
            let stored = of_subject(database, certificate.subject().der, None, at, objects);
            lookup.returned = order::merge_file(database, stored, &path, &certificate, at);
            lookup.notes.push(Note {
                code: Code::FileFallback,
                message: format!(
                    "No nickname matches, so certutil reads the file {} instead",
                    shown_bytes(path.as_os_str().as_encoded_bytes())
                ),
            });
        }
        File::None(why) => fail(lookup, could_not_find(name, why.first_line(), why.text())),
    }
}

fn could_not_find(name: &[u8], first_line: &str, why: &str) -> String {
    format!("{first_line}certutil: Could not find cert: {}\n: {why}", String::from_utf8_lossy(name))
}

const REUSED: &str = "SEC_ERROR_REUSED_ISSUER_AND_SERIAL: You are attempting to import a cert with the same \
     issuer/serial as an existing cert, but that is not the same cert.";

/// No row of the database says that it is of the winner's subject.
const LIBRARY_FAILURE: &str =
    "certutil: problem printing certificates: SEC_ERROR_LIBRARY_FAILURE: security library failure.";

/// Rows say so, but NSS makes no certificate of any. What certutil prints after this is the error of
/// something else that went wrong before.
const NOTHING_TO_PRINT: &str = "certutil: problem printing certificate nicknames";

fn fail(lookup: &mut Lookup, standard_error: String) {
    lookup.exit_status = FAILURE;
    lookup.standard_error = standard_error;
}

/// Says why a name with a colon finds nothing: certutil reads it as `TOKEN:NICKNAME`.
fn colon_note(name: &[u8], index: &nss::Index) -> Option<Note> {
    let token = &name[..name.iter().position(|&byte| byte == b':')?];
    if uri::is_uri(name) {
        let message = "A name that begins with pkcs11: is read as a PKCS #11 URI by certutil, and this one \
                       matches no certificate";
        return Some(Note { code: Code::NicknameColon, message: message.to_owned() });
    }
    (token != index.token).then(|| Note {
        code: Code::NicknameColon,
        message: format!(
            "Because of the colon, certutil reads this name as a certificate of the token \"{}\", and there is no such token",
            shown_bytes(token)
        ),
    })
}

/// The command as one would type it.
fn command(spec: &StoreSpec, name: &[u8]) -> String {
    let mut database = b"sql:".to_vec();
    if let StoreSpec::Nss(directory) = spec {
        database.extend_from_slice(directory.as_os_str().as_encoded_bytes());
    }
    format!("certutil -L -d {} -r -n {}", show_sh(&database), show_sh(name))
}
