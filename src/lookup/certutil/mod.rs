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
mod tokens;
mod uri;

use super::{Found, Lookup};
use crate::reason::{Code, Finding};
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
            let mut search = Search { database, name, at, directory, objects: Objects::default() };
            search.run(&mut lookup);
            tokens::tell(name, index, &mut lookup);
            if lookup.returned.is_empty() {
                lookup.notes.extend(legacy_beside(index));
            }
            if search.objects.leaked {
                lookup.exit_status = NOT_SHUT_DOWN;
            }
        }
        (_, Status::Unsupported) => lookup.exit_status = FAILURE,
        _ => fail(&mut lookup, BAD_DATABASE.to_owned()),
    }
    lookup
}

/// Nothing was found, and there is an older database beside it, into which `certutil -A` without `sql:`
/// once wrote. (Of an empty database the store itself says so.)
pub(super) fn legacy_beside(index: &nss::Index) -> Option<Finding> {
    (index.legacy_beside && !index.rows.is_empty())
        .then(|| Finding::new(Code::StoreLegacyDbm, nss::LEGACY_BESIDE.to_owned()))
}

/// One look-up in a database that was read.
struct Search<'a> {
    database: Database<'a>,
    name: &'a [u8],
    at: Timestamp,
    directory: Option<&'a Path>,
    /// What NSS holds of the database while it runs.
    objects: Objects<'a>,
}

impl Search<'_> {
    fn run(&mut self, lookup: &mut Lookup) {
        let database = self.database;
        let entry = |position| database.entry(position);
        let matches = self.objects.make(&database.matches(self.name), None, entry);
        let winner = order::best(database, &matches, self.at);
        let Some((winner, entry)) = winner.and_then(|winner| Some((winner, entry(winner)?))) else {
            lookup.notes.extend(colon_note(self.name, database.index));
            self.objects.keep_none();
            return self.fall_back(lookup);
        };
        let held = self.objects.keep_only(winner, entry).then_some(winner);
        let subject = entry.1.certificate.subject().der;
        let printed = self.of_subject(subject, held);
        if printed.is_empty() {
            let found_rows = !database.with_subject(subject).is_empty();
            let error = if found_rows { NOTHING_TO_PRINT } else { LIBRARY_FAILURE };
            return fail(lookup, error.to_owned());
        }
        lookup.returned = printed.into_iter().map(Found::Stored).collect();
    }

    /// The certificates that NSS lists for a subject, sorted; `held` is one that it has already.
    fn of_subject(&mut self, subject: &[u8], held: Option<usize>) -> Vec<usize> {
        let database = self.database;
        let of_subject = database.with_subject(subject);
        let held = held.filter(|held| of_subject.contains(held));
        let mut listed = self.objects.make(&of_subject, held, |position| database.entry(position));
        let mut seen = HashSet::new();
        listed.retain(|&position| seen.insert(position) && database.decodes(position));
        order::sort(database, &mut listed, self.at);
        listed
    }

    /// The file of that name in the working directory, and every certificate of its subject.
    fn fall_back(&mut self, lookup: &mut Lookup) {
        match fallback::read(self.name, self.directory) {
            File::Certificate(_, certificate)
                if self.database.of_same_identity(&certificate).is_some_and(|held| *held != certificate) =>
            {
                fail(lookup, could_not_find(self.name, "", REUSED));
            }
            File::Certificate(path, certificate) => {
                let stored = self.of_subject(certificate.subject().der, None);
                lookup.returned = order::merge_file(self.database, stored, &path, &certificate, self.at);
                lookup.notes.push(Finding::new(
                    Code::FileFallback,
                    format!(
                        "No nickname matches, so certutil reads the file {} instead",
                        shown_bytes(path.as_os_str().as_encoded_bytes())
                    ),
                ));
            }
            File::None(why) => fail(lookup, could_not_find(self.name, why.first_line(), why.text())),
        }
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
fn colon_note(name: &[u8], index: &nss::Index) -> Option<Finding> {
    let token = &name[..name.iter().position(|&byte| byte == b':')?];
    if uri::is_uri(name) {
        let message = "A name that begins with pkcs11: is read as a PKCS #11 URI by certutil, and this one \
                       matches no certificate";
        return Some(Finding::new(Code::NicknameColon, message.to_owned()));
    }
    (token != index.token).then(|| Finding::new(Code::NicknameColon, format!(
            "Because of the colon, certutil reads this name as a certificate of the token \"{}\", and there is no such token",
            shown_bytes(token)
        )))
}

/// The command as one would type it.
fn command(spec: &StoreSpec, name: &[u8]) -> String {
    let mut database = b"sql:".to_vec();
    if let StoreSpec::Nss(directory) = spec {
        database.extend_from_slice(directory.as_os_str().as_encoded_bytes());
    }
    format!("certutil -L -d {} -r -n {}", show_sh(&database), show_sh(name))
}
