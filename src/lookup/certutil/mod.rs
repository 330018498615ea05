//! `certutil -L -d sql:DIR -r -n NAME`: what it prints, in its order.
//!
//! The steps are those of NSS (`PK11_FindCertFromNickname`, `CERT_CreateSubjectCertList` and what they
//! call); each was checked against the real command on random databases. `docs/check.md` tells them
//! in words.

mod decoder;
mod fallback;
mod matching;
mod order;
mod uri;

use super::{Found, Lookup, Note};
use crate::reason::Code;
use crate::store::nss::{self, BAD_DATABASE};
use crate::store::{Contents, Index, Status, StoreSpec};
use crate::text::{quote_sh, shown_bytes};
use fallback::File;
use jiff::Timestamp;
use matching::Database;
use std::path::Path;

/// How certutil ends when it fails.
const FAILURE: i32 = 255;

/// Looks `name` up in an NSS database at the moment `at`. `directory` is certutil's working directory,
/// where it looks for a file of that name when no nickname matches; `None`: do not look there.
pub fn lookup(contents: &Contents, name: &[u8], at: Timestamp, directory: Option<&Path>) -> Lookup {
    let mut lookup = Lookup { command: command(&contents.spec, name), ..Lookup::default() };
    match (&contents.index, contents.status) {
        (Index::Nss(index), Status::Read) => {
            let database = Database { certificates: &contents.certificates, index };
            search(&database, name, at, directory, &mut lookup);
        }
        (_, Status::Unsupported) => lookup.exit_status = FAILURE,
        _ => fail(&mut lookup, BAD_DATABASE.to_owned()),
    }
    lookup
}

fn search(
    database: &Database<'_>,
    name: &[u8],
    at: Timestamp,
    directory: Option<&Path>,
    lookup: &mut Lookup,
) {
    let matches = database.matches(name);
    let Some(best) = order::best(database, &matches, at) else {
        lookup.notes.extend(colon_note(name, database.index));
        return fall_back(database, name, at, directory, lookup);
    };
    let Some(subject) = database.subject_in_certificate(best) else { return };
    let mut printed = database.with_subject(subject);
    database.put_winner_first(&mut printed, best, &matches);
    if printed.is_empty() {
        return fail(lookup, LIBRARY_FAILURE.to_owned());
    }
    order::sort(database, &mut printed, at);
    lookup.returned = printed.into_iter().map(Found::Stored).collect();
}

/// The file of that name in the working directory, and every certificate of its subject.
fn fall_back(
    database: &Database<'_>,
    name: &[u8],
    at: Timestamp,
    directory: Option<&Path>,
    lookup: &mut Lookup,
) {
    match fallback::read(name, directory) {
        File::Certificate(path, certificate) => {
            let stored = database.with_subject(certificate.subject().der);
            lookup.returned = order::merge_file(database, stored, &path, &certificate, at);
            lookup.notes.push(Note {
                code: Code::FileFallback,
                message: format!(
                    "no nickname matches, so certutil reads the file {} instead",
                    shown_bytes(path.as_os_str().as_encoded_bytes())
                ),
            });
        }
        File::None(why) => {
            let name = String::from_utf8_lossy(name);
            fail(
                lookup,
                format!("{}certutil: Could not find cert: {name}\n: {}", why.first_line(), why.text()),
            );
        }
    }
}

const LIBRARY_FAILURE: &str =
    "certutil: problem printing certificates: SEC_ERROR_LIBRARY_FAILURE: security library failure.";

fn fail(lookup: &mut Lookup, standard_error: String) {
    lookup.exit_status = FAILURE;
    lookup.standard_error = standard_error;
}

/// Says why a name with a colon finds nothing: certutil reads it as `TOKEN:NICKNAME`.
fn colon_note(name: &[u8], index: &nss::Index) -> Option<Note> {
    let token = &name[..name.iter().position(|&byte| byte == b':')?];
    if uri::is_uri(name) {
        let message = "certutil takes a name that begins with pkcs11: for a PKCS #11 URI, and this one \
                       matches no certificate";
        return Some(Note { code: Code::NicknameColon, message: message.to_owned() });
    }
    (token != index.token).then(|| Note {
        code: Code::NicknameColon,
        message: format!(
            "certutil reads this name as a certificate of the token \"{}\", and there is no such token",
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
    format!("certutil -L -d {} -r -n {}", quoted(&database), quoted(name))
}

/// Where no word means exactly these bytes, one that shows them.
fn quoted(word: &[u8]) -> String {
    quote_sh(word).unwrap_or_else(|| format!("'{}'", shown_bytes(word).replace('\'', r"'\''")))
}
