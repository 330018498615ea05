//! `pkcs11.txt`, the list of modules: where it sends certutil, what NSS's own token is called, and which
//! other modules' tokens may hold certificates and keys.

use super::{FIPS_TOKEN, TOKEN, shown};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// More than any list of modules needs, and more modules than any system has.
const MAX_BYTES: u64 = 1 << 20;
const MOST_MODULES: usize = 32;

/// Modules that hold CA certificates alone, by their libraries.
const ROOTS_ONLY: [&str; 2] = ["nssckbi", "p11-kit-trust"];

/// What a list of modules says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Modules {
    /// The name of NSS's own token.
    pub(super) token: Vec<u8>,
    /// NSS runs in FIPS mode, in which it changes nothing without a password.
    pub(super) is_fips: bool,
    /// Modules besides NSS's own.
    pub(super) others: Vec<Module>,
    /// The file that keeps certutil from the directory it was given, and how.
    pub(super) elsewhere: Option<(PathBuf, String)>,
}

/// A PKCS #11 module, which may bring tokens: smart cards, a TPM, SoftHSM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// What the list calls it; any text.
    pub name: String,
    /// The library that it is; any text.
    pub library: String,
}

/// Who asks, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    pub(super) is_root: bool,
    /// The directory is this machine's own, and not a copy from another one.
    pub(super) is_at_home: bool,
}

/// Reads `directory/pkcs11.txt`. A list that is missing, unreadable or garbage changes nothing: NSS
/// falls back on its defaults.
pub(super) fn read(directory: &Path, asker: Asker) -> Modules {
    let file = directory.join("pkcs11.txt");
    let list = read_list(&file).unwrap_or_default();
    let stanzas = stanzas(&list);
    let is_fips = system_runs_in_fips_mode();
    let mut modules =
        Modules { token: own_token(&[], is_fips), is_fips, others: Vec::new(), elsewhere: None };
    for stanza in stanzas.iter().filter(|stanza| is_internal(stanza)) {
        modules.is_fips = is_fips || has_flag(stanza, "fips");
        modules.token = own_token(stanza, modules.is_fips);
        if let Some(what) = sent_elsewhere(stanza, directory, asker) {
            modules.elsewhere = Some((file, what));
            break;
        }
    }
    modules.others = stanzas.iter().filter_map(|stanza| other_module(stanza)).take(MOST_MODULES).collect();
    modules
}

/// How the internal module's entry keeps certutil from `directory`.
fn sent_elsewhere(stanza: &[&str], directory: &Path, asker: Asker) -> Option<String> {
    let library = value(stanza, "library").unwrap_or_default();
    if library.contains("libnsssysinit") {
        if asker.is_at_home && !is_installed(library) {
            return Some(format!(
                "names {}, which none of this machine's library folders holds: certutil then ends with \"certutil: \
                 function failed: PR_LOAD_LIBRARY_ERROR: Failure to load dynamic library\" before it looks anything up. \
                 Install the package nss-sysinit, or take that module out with setup-nsssysinit.sh off",
                crate::text::shown(library)
            ));
        }
        if !asker.is_root {
            return Some(
                "names libnsssysinit.so, which makes certutil search the user's own database for everybody but root, \
                 and the client runs as root: run this command with sudo"
                    .to_owned(),
            );
        }
    }
    // Without quotes around all of it the value is ignored in favour of certutil's -d.
    quoted_parameters(stanza).and_then(|parameters| sends_elsewhere(parameters, directory))
}

/// Where the dynamic loader looks on the distributions that have NSS; a name with a slash is a path.
fn is_installed(library: &str) -> bool {
    const FOLDERS: [&str; 8] = [
        "/usr/lib64",
        "/lib64",
        "/usr/lib",
        "/lib",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/x86_64-linux-gnu/nss",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu/nss",
    ];
    if library.contains('/') {
        return Path::new(library).exists();
    }
    FOLDERS.iter().any(|folder| Path::new(folder).join(library).exists())
}

/// `dbTokenDescription` renames the ordinary token, `FIPSTokenDescription` that of FIPS mode.
fn own_token(stanza: &[&str], is_fips: bool) -> Vec<u8> {
    let (name, usual) =
        if is_fips { ("FIPSTokenDescription", FIPS_TOKEN) } else { ("dbTokenDescription", TOKEN) };
    let named = quoted_parameters(stanza).and_then(|parameters| parameter(parameters, name));
    named.map_or(usual, str::as_bytes).to_vec()
}

fn quoted_parameters<'a>(stanza: &[&'a str]) -> Option<&'a str> {
    value(stanza, "parameters")?.strip_prefix('"')?.split('"').next()
}

/// The kernel's FIPS mode, which NSS follows whatever the list says (`SECMOD_GetSystemFIPSEnabled`).
fn system_runs_in_fips_mode() -> bool {
    fs::read("/proc/sys/crypto/fips_enabled").is_ok_and(|text| text.first() == Some(&b'1'))
}

fn other_module(stanza: &[&str]) -> Option<Module> {
    if is_internal(stanza) {
        return None;
    }
    let library = value(stanza, "library").map(str::trim).filter(|library| !library.is_empty())?;
    let file = library.rsplit('/').next().unwrap_or(library);
    if ROOTS_ONLY.iter().any(|roots| file.contains(roots)) {
        return None;
    }
    let name = value(stanza, "name").map(str::trim).filter(|name| !name.is_empty());
    Some(Module { name: name.unwrap_or(file).to_owned(), library: library.to_owned() })
}

/// Says where quoted parameters send certutil, unless that is `directory`.
fn sends_elsewhere(parameters: &str, directory: &Path) -> Option<String> {
    let prefixed = ["certPrefix", "keyPrefix"]
        .iter()
        .any(|name| parameter(parameters, name).is_some_and(|prefix| !prefix.is_empty()));
    let configured = parameter(parameters, "configdir").unwrap_or_default();
    let place =
        ["sql:", "extern:"].iter().find_map(|kind| configured.strip_prefix(kind)).unwrap_or(configured);
    (prefixed || !is_same(directory, Path::new(place))).then(|| {
        let place = if place.is_empty() { "another database".to_owned() } else { shown(Path::new(place)) };
        format!(
            "has a parameters= line in quotes, which sends certutil to {place} whatever directory it is given"
        )
    })
}

/// The entries of the list, each as its lines.
fn stanzas(list: &str) -> Vec<Vec<&str>> {
    let mut stanzas: Vec<Vec<&str>> = Vec::new();
    for line in list.lines() {
        if line.starts_with("library=") || stanzas.is_empty() {
            stanzas.push(Vec::new());
        }
        stanzas.last_mut().into_iter().for_each(|stanza| stanza.push(line));
    }
    stanzas
}

/// Whether the entry describes NSS's own module.
fn is_internal(stanza: &[&str]) -> bool {
    value(stanza, "NSS").is_some_and(|flags| flags.to_ascii_lowercase().contains("internal"))
}

/// Whether the entry's `Flags=` name one; case does not matter.
fn has_flag(stanza: &[&str], flag: &str) -> bool {
    let options = value(stanza, "NSS").unwrap_or_default().to_ascii_lowercase();
    parameter(&options, "flags").is_some_and(|flags| flags.split(',').any(|one| one.trim() == flag))
}

fn read_list(file: &Path) -> Option<String> {
    if !fs::metadata(file).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The value of the line `name=…`.
fn value<'a>(module: &[&'a str], name: &str) -> Option<&'a str> {
    module.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
}

/// The value of `name='…'` inside a parameter string.
fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = parameters;
    loop {
        let (before, after) = rest.split_once(name)?;
        let starts_word = before.chars().next_back().is_none_or(char::is_whitespace);
        match after.strip_prefix('=') {
            Some(text) if starts_word => {
                return match text.strip_prefix('\'') {
                    Some(quoted) => quoted.split('\'').next(),
                    None => text.split_whitespace().next(),
                };
            }
            _ => rest = after,
        }
    }
}

fn is_same(directory: &Path, configured: &Path) -> bool {
    match (fs::canonicalize(directory), fs::canonicalize(configured)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEDORA: &str = "library=libnsssysinit.so\nname=NSS Internal PKCS #11 Module\n\
        parameters=configdir='sql:/etc/pki/nssdb'  certPrefix='' keyPrefix='' secmod='secmod.db' flags=\n\
        NSS=Flags=internal,moduleDBOnly,critical trustOrder=75 cipherOrder=100\n";

    /// What a list says to `is_root`, in a copied directory.
    fn said(list: &str, is_root: bool, is_at_home: bool) -> Modules {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("pkcs11.txt"), list).unwrap();
        read(directory.path(), Asker { is_root, is_at_home })
    }

    #[test]
    fn sysinit_matters_to_all_but_root() {
        let modules = said(FEDORA, true, false);
        assert_eq!((modules.elsewhere, &modules.token[..], modules.is_fips), (None, TOKEN, false));
        let (file, what) = said(FEDORA, false, false).elsewhere.unwrap();
        assert!(file.ends_with("pkcs11.txt") && what.contains("libnsssysinit.so"), "{what}");
    }

    /// `certutil -L` with such a list on Debian, which has no nss-sysinit, ends with that error.
    #[test]
    fn sysinit_that_is_not_installed_is_noticed_at_home() {
        let list = FEDORA.replace("libnsssysinit.so", "libnsssysinit-of-nobody.so");
        assert_eq!(said(&list, true, false).elsewhere, None);
        let (_, what) = said(&list, true, true).elsewhere.unwrap();
        assert!(what.contains("PR_LOAD_LIBRARY_ERROR"), "{what}");
    }

    /// As `modutil -fips true` and `modutil -add` of NSS 3.87 write it.
    #[test]
    fn fips_mode_and_other_modules() {
        let list = "library=\nname=NSS Internal FIPS PKCS #11 Module\nparameters=configdir='sql:db' flags=\n\
            NSS=slotParams={0x00000003=[slotFlags=RSA,RC4 ] }  Flags=internal,FIPS,critical\n\n\
            library=/usr/lib/softhsm/libsofthsm2.so\nname=softhsm\n\n\
            library=/usr/lib/x86_64-linux-gnu/nss/libnssckbi.so\nname=Root Certs\n\n\
            library=p11-kit-proxy.so\n";
        let modules = said(list, true, false);
        assert_eq!((&modules.token[..], modules.is_fips), (FIPS_TOKEN, true));
        let names: Vec<&str> = modules.others.iter().map(|module| &module.name[..]).collect();
        assert_eq!(names, ["softhsm", "p11-kit-proxy.so"]);
    }

    #[test]
    fn finds_parameters() {
        let parameters = "configdir='sql:/a b' xconfigdir='no' flags= token=plain";
        assert_eq!(parameter(parameters, "configdir"), Some("sql:/a b"));
        assert_eq!(parameter(parameters, "token"), Some("plain"));
        assert_eq!(parameter("xconfigdir='no'", "configdir"), None);
    }
}
