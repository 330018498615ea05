//! The NSS database that the client searches, and how certutil is told what is meant in it.

use super::super::Repair;
use crate::diagnosis::Examined;
use crate::diagnosis::situation::Situation;
use crate::store::nss::{FileState, TOKEN};
use crate::store::{Index, Place, Role, Status, StoreSpec, StoredCertificate};
use crate::text::{quote_sh, shown_bytes};
use base64ct::{Base64, Encoding as _};
use std::path::{Path, PathBuf};

pub(super) struct NssDatabase<'a> {
    pub place: &'a Place,
    /// On the device, of which `place` may be a copy.
    pub directory: PathBuf,
}

impl<'a> NssDatabase<'a> {
    /// The first one that the rule's client searches.
    pub fn searched(situation: &Situation<'a>) -> Option<Self> {
        situation.searched().find_map(Self::of)
    }

    pub fn of(place: &'a Place) -> Option<Self> {
        match (&place.contents.spec, place.copy_of()) {
            (StoreSpec::Nss(_), Some(Role::Nss(directory))) => {
                Some(Self { place, directory: directory.clone() })
            }
            (StoreSpec::Nss(directory), _) => Some(Self { place, directory: absolute(directory) }),
            _ => None,
        }
    }

    /// On the device, whose administrator reads this, the system's database is root's.
    pub fn sudo(&self) -> &'static str {
        if self.place.writable && !self.is_copied() { "" } else { "sudo " }
    }

    /// What was read is a copy, and the database itself is on another device.
    pub fn is_copied(&self) -> bool {
        self.place.copy_of().is_some()
    }

    /// `sql:DIR`, quoted.
    pub fn argument(&self) -> Option<String> {
        quote_sh(&[b"sql:", self.directory.as_os_str().as_encoded_bytes()].concat())
    }

    /// Gives `target` the nickname `wanted`; whoever has it now is renamed first.
    pub fn give_name(&self, target: &Examined, wanted: &[u8]) -> Option<Repair> {
        if wanted.contains(&b':') || target.spec != self.place.contents.spec {
            return None;
        }
        let cleared = self.clear_name(wanted, &target.stored)?;
        let nickname = target.stored.label.as_deref().map(shown_bytes).unwrap_or_default();
        let message = if cleared.is_some() {
            format!(
                "Another certificate has the nickname \"{0}\" now. Rename that one, then give the certificate \
                 \"{nickname}\" the nickname \"{0}\"",
                shown_bytes(wanted)
            )
        } else {
            format!("Give the certificate the nickname \"{}\"", shown_bytes(wanted))
        };
        let commands: Vec<String> =
            cleared.into_iter().chain([self.rename(&target.stored, wanted)?]).collect();
        Some(Repair::by_command(message, commands.join(" && ")))
    }

    /// The command that takes `wanted` from a certificate of another subject; `Some(None)` when nobody
    /// has it.
    pub fn clear_name(&self, wanted: &[u8], target: &StoredCertificate) -> Option<Option<String>> {
        match self.holder(wanted, target) {
            Some(holder) => self.rename(holder, &self.spare_name(wanted)).map(Some),
            None => Some(None),
        }
    }

    fn rename(&self, stored: &StoredCertificate, to: &[u8]) -> Option<String> {
        let (sudo, database, to) = (self.sudo(), self.argument()?, quote_sh(to)?);
        if stored.label.is_none() {
            return self.add_anew(stored, &to);
        }
        let from = self.name_of(stored)?;
        Some(format!("{sudo}certutil --rename -d {database} -n {from} --new-n {to}"))
    }

    /// certutil refuses to rename what has no nickname at all. Only the certificate is deleted; its
    /// private key stays.
    fn add_anew(&self, stored: &StoredCertificate, name: &str) -> Option<String> {
        let (sudo, database, from) = (self.sudo(), self.argument()?, self.uri(stored)?);
        let encoded = Base64::encode_string(stored.certificate.der());
        let add = format!("echo {encoded} | base64 -d | {sudo}certutil -A -d {database} -n {name} -t ,,");
        // What is deleted is what the command itself holds.
        Some(format!(
            "[ \"$(certutil -L -d {database} -n {from} -r | base64 -w0)\" = {encoded} ] && {sudo}certutil -D -d {database} \
             -n {from} && {add}"
        ))
    }

    /// A certificate of another subject that has the nickname now.
    fn holder(&self, wanted: &[u8], target: &StoredCertificate) -> Option<&'a StoredCertificate> {
        let subject = target.certificate.subject().der;
        let mut stored = self.place.contents.certificates.iter();
        stored.find(|s| s.label.as_deref() == Some(wanted) && s.certificate.subject().der != subject)
    }

    /// `wanted`, unless a certificate of another subject has it.
    pub fn free_name(&self, wanted: &[u8], target: &Examined) -> Vec<u8> {
        match self.holder(wanted, &target.stored) {
            Some(_) => self.spare_name(wanted),
            None => wanted.to_vec(),
        }
    }

    /// A nickname that nobody has: `NAME-2`, `NAME-3` and so on.
    fn spare_name(&self, wanted: &[u8]) -> Vec<u8> {
        let certificates = &self.place.contents.certificates;
        let taken = |name: &[u8]| certificates.iter().any(|s| s.label.as_deref() == Some(name));
        let numbered = (2..).map(|number| [wanted, format!("-{number}").as_bytes()].concat());
        numbered.into_iter().find(|name| !taken(name)).unwrap_or_default()
    }

    /// How certutil is told which certificate is meant: by its nickname, behind the token's name where
    /// the nickname would be read as something else; by its key's identifier where it has no nickname
    /// of its own.
    pub fn name_of(&self, stored: &StoredCertificate) -> Option<String> {
        let Some(label) = stored.label.as_deref().filter(|label| !label.is_empty()) else {
            return self.uri(stored);
        };
        let shared = self.place.contents.certificates.iter().any(|other| {
            other.label.as_deref() == Some(label)
                && other.certificate.subject().der != stored.certificate.subject().der
        });
        if shared {
            return self.uri(stored);
        }
        if label.contains(&b':') { quote_sh(&[self.token(), b":", label].concat()) } else { quote_sh(label) }
    }

    /// What the database's own token is called: otherwise in FIPS mode than usual.
    fn token(&self) -> &[u8] {
        match &self.place.contents.index {
            Index::Nss(index) => &index.token,
            Index::None | Index::File(_) | Index::Windows { .. } => TOKEN,
        }
    }

    /// The certificate as a PKCS #11 URI (RFC 7512).
    fn uri(&self, stored: &StoredCertificate) -> Option<String> {
        let Index::Nss(index) = &self.place.contents.index else { return None };
        let id = index.rows.get(stored.position)?.id.as_deref().filter(|id| !id.is_empty())?;
        let escaped: String = id.iter().map(|byte| format!("%{byte:02x}")).collect();
        quote_sh(format!("pkcs11:id={escaped}").as_bytes())
    }

    /// Whether certutil can use it as it is.
    pub fn is_read(&self) -> bool {
        self.place.contents.status == Status::Read
    }

    /// Completes a change that was cut off: certutil does so when it may write.
    pub fn complete(&self) -> Option<Repair> {
        let command = format!("{}certutil -L -X -d {}", self.sudo(), self.argument()?);
        Some(Repair {
            message: "Complete the interrupted change of the database".to_owned(),
            command: Some(command),
            then: Some("Run certposture again: only then can the certificates in it be judged".to_owned()),
        })
    }

    /// Converts a database of the old format: into a new one, or into the one beside which it lies.
    pub fn convert(&self) -> Option<String> {
        let (sudo, database) = (self.sudo(), self.argument()?);
        let source = quote_sh(&[b"dbm:", self.directory.as_os_str().as_encoded_bytes()].concat())?;
        Some(match self.place.contents.status {
            Status::Read => format!("{sudo}certutil --merge -d {database} --source-dir {source}"),
            _ => format!("{sudo}certutil -L -X -d {database}"),
        })
    }

    /// Makes the database usable and keeps what can be kept; what is damaged is moved aside, once certutil
    /// itself has said that it is. `None` for a database that is usable as it is, and for one of which a
    /// file could not be looked at.
    pub fn make(&self) -> Option<Made> {
        use FileState::{Absent, Broken, Unseen, Usable};
        let remains = self.place.remains;
        let (sudo, database) = (self.sudo(), self.argument()?);
        let directory = quote_sh(self.directory.as_os_str().as_encoded_bytes())?;
        let create = format!("{sudo}certutil -N -d {database} --empty-password");
        // Writing, certutil makes the cert9.db that is missing.
        let complete = format!("{sudo}certutil -L -X -d {database}");
        let (command, keeps) = match (remains.certificates, remains.keys) {
            (Usable, Usable) | (Unseen, _) | (_, Unseen) => return None,
            (Usable, Absent) => (create, Keeps::Certificates),
            (Absent, Usable) => (complete, Keeps::Keys),
            (Usable, Broken) => (self.clear(&["key4.db"], &create)?, Keeps::Certificates),
            (Broken, Usable) => (self.clear(&["cert9.db"], &complete)?, Keeps::Keys),
            (Absent, Absent) if remains.is_obstructed => {
                let aside = self.move_aside(self.directory.as_os_str().as_encoded_bytes())?;
                let command =
                    format!("[ ! -d {directory} ] && {aside} && {sudo}mkdir -p {directory} && {create}");
                (command, Keeps::Nothing)
            }
            (Absent, Absent) => (format!("{sudo}mkdir -p {directory} && {create}"), Keeps::Nothing),
            (Broken, Absent) => (self.clear(&["cert9.db"], &create)?, Keeps::Nothing),
            (Absent, Broken) => (self.clear(&["key4.db"], &create)?, Keeps::Nothing),
            (Broken, Broken) => (self.clear(&["cert9.db", "key4.db"], &create)?, Keeps::Nothing),
        };
        Some(Made { command, keeps })
    }

    /// Moves files aside, with what SQLite left beside them, and goes on with `then`: only if certutil
    /// twice calls the database bad, for one that is locked looks so for a moment, and nothing happens
    /// where there is no certutil.
    fn clear(&self, files: &[&str], then: &str) -> Option<String> {
        let (sudo, database) = (self.sudo(), self.argument()?);
        let directory = self.directory.as_os_str().as_encoded_bytes();
        let bad = format!("{sudo}certutil -L -d {database} 2>&1 | grep -q BAD_DATABASE");
        let names: Vec<String> = files
            .iter()
            .flat_map(|file| ["", "-journal", "-wal", "-shm"].map(|suffix| format!("{file}{suffix}")))
            .collect();
        let file = format!("{}/$f", quote_sh(directory)?);
        Some(format!(
            "{bad} && sleep 2 && {bad} && (for f in {}; do {sudo}test ! -e {file} || {sudo}mv {file} {file}.damaged-$(date \
             +%s) || exit 1; done) && {then}",
            names.join(" ")
        ))
    }

    fn move_aside(&self, path: &[u8]) -> Option<String> {
        let aside = [path, b".damaged-"].concat();
        Some(format!("{}mv {} {}$(date +%s)", self.sudo(), quote_sh(path)?, quote_sh(&aside)?))
    }
}

/// How a database is made usable.
pub(super) struct Made {
    pub command: String,
    pub keeps: Keeps,
}

/// What of the old database is in the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    Nothing,
    Certificates,
    Keys,
}

/// Commands must work from any folder.
pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
