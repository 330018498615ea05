//! Look-ups by the common name itself: what `client_certificate_v2` does on every system, and what
//! certutil would find had a file's certificates been imported.

use super::{Found, Lookup, Query, certutil, system_of};
use crate::certificate::Certificate;
use crate::reason::{Code, Finding};
use crate::store::{Contents, Index, Status, StoreSpec, StoredCertificate, nss};
use crate::system::System;
use crate::text;

/// `client_certificate_v2`: a common name that equals the rule's, ignoring case; every certificate
/// when the rule gives no name.
pub fn exact(contents: &Contents, query: &Query<'_>) -> Lookup {
    let mut lookup = Lookup { command: listing_command(contents, query.system), ..Lookup::default() };
    let Some(name) = query.name else {
        lookup.returned = (0..contents.certificates.len()).map(Found::Stored).collect();
        return lookup;
    };
    let matching = |name: &[u8]| {
        let wanted = String::from_utf8_lossy(name).to_lowercase();
        let has_name = move |stored: &StoredCertificate| {
            let names = stored.certificate.subject().common_names();
            names.iter().any(|cn| cn.to_lowercase() == wanted)
        };
        contents.certificates.iter().enumerate().filter(move |(_, stored)| has_name(stored)).map(|(i, _)| i)
    };
    lookup.returned = matching(name).map(Found::Stored).collect();
    if lookup.returned.is_empty() {
        if let Index::Nss(index) = &contents.index {
            lookup.unseen = tokens_not_read(index);
            lookup.notes.extend(certutil::legacy_beside(index));
        }
        for form in query.other_forms {
            for position in matching(form) {
                lookup.returned.push(Found::Stored(position));
                lookup.notes.push(Finding::new(Code::HostnameForm, format!(
                        "With this system's own short host name the rule's name is \"{}\"; the certificate's is \
                         \"{}\", which another form of the host name gives. Which form the client uses is undocumented",
                        text::shown_bytes(name),
                        text::shown_bytes(form)
                    )));
            }
        }
    }
    lookup
}

/// Whether the client sees certificates that lie on a token, through a module that the database names, is
/// not documented.
fn tokens_not_read(index: &nss::Index) -> Option<Finding> {
    (!index.modules.is_empty()).then(|| Finding::new(Code::ModuleNotRead, format!(
            "What the tokens of the PKCS #11 module {} hold, which pkcs11.txt names, is not read here, and whether the \
             client looks there is not documented: certutil -L -h all lists it",
            index.module_names()
        )))
}

/// How people list the store that v2 enumerates.
fn listing_command(contents: &Contents, system: System) -> String {
    let path = |path: &std::path::Path| text::show_sh(path.as_os_str().as_encoded_bytes());
    match &contents.spec {
        StoreSpec::Nss(directory) => format!("certutil -L -d sql:{}", path(directory)),
        StoreSpec::Keychain(file) => format!("/usr/bin/security find-certificate -a -p {}", path(file)),
        StoreSpec::Windows(location, name) => {
            format!("Get-ChildItem Cert:\\{}\\{}", location.as_str(), text::shown(name))
        }
        StoreSpec::File(file) => match system_of(&contents.evidence, system) {
            System::Windows => {
                format!(
                    "certutil -dump {}",
                    text::quote_powershell(&text::shown(&file.to_string_lossy())).unwrap_or_default()
                )
            }
            System::Linux | System::Macos => format!("openssl x509 -noout -text -in {}", path(file)),
        },
    }
}

/// What `certutil -L -n NAME` would print had each certificate of a file been imported: under its
/// friendly name where it has one (pk12util), otherwise under its common name.
pub fn as_if_imported(contents: &Contents, name: &[u8]) -> Lookup {
    let command = format!("certutil -L -d sql:/etc/pki/nssdb -r -n {}", text::show_sh(name));
    let mut lookup = Lookup { command, ..Lookup::default() };
    if contents.status == Status::Read {
        let named = |stored: &StoredCertificate| match &stored.label {
            Some(label) => label == name,
            None => common_name(&stored.certificate).is_some_and(|cn| cn.as_bytes() == name),
        };
        let found = contents.certificates.iter().enumerate().filter(|(_, stored)| named(stored));
        lookup.returned = found.map(|(position, _)| Found::Stored(position)).collect();
    }
    if lookup.returned.is_empty() {
        lookup.exit_status = 255;
        lookup.standard_error = format!(
            "certutil: Could not find cert: {}\n: PR_FILE_NOT_FOUND_ERROR: File not found",
            text::shown_bytes(name)
        );
    }
    lookup
}

fn common_name(certificate: &Certificate) -> Option<String> {
    certificate.subject().common_name()
}
