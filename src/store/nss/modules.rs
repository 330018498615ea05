//! `pkcs11.txt`, the list of modules, as far as it can send certutil to another database.

use super::{TOKEN, shown};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// More than a list of modules ever needs.
const MAX_BYTES: u64 = 1 << 20;

/// Where the internal module looks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Redirection {
    /// In the directory that certutil was given; its token has this name.
    None { token: Vec<u8> },
    /// Elsewhere, according to `file`.
    Elsewhere { file: PathBuf, what: String },
}

/// Reads `directory/pkcs11.txt`. A list that is missing, unreadable or garbage changes nothing: NSS
/// falls back on its defaults.
pub(super) fn redirection(directory: &Path, as_root: bool) -> Redirection {
    let file = directory.join("pkcs11.txt");
    let list = read(&file).unwrap_or_default();
    let mut token = TOKEN;
    for module in internal_modules(&list) {
        if !as_root && value(&module, "library").is_some_and(|library| library.contains("libnsssysinit")) {
            let what = "names libnsssysinit.so, which makes certutil search the user's own database for \
                        everybody but root, and the client runs as root: run this command with sudo";
            return Redirection::Elsewhere { file, what: what.to_owned() };
        }
        // Without quotes around all of it the value is ignored in favour of certutil's -d.
        let Some(parameters) = value(&module, "parameters").and_then(|text| text.strip_prefix('"')) else {
            continue;
        };
        let parameters = parameters.split('"').next().unwrap_or_default();
        if let Some(what) = sends_elsewhere(parameters, directory) {
            return Redirection::Elsewhere { file, what };
        }
        token = parameter(parameters, "dbTokenDescription").map_or(TOKEN, str::as_bytes);
    }
    Redirection::None { token: token.to_vec() }
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

/// The parts of the list that describe NSS's own module, each as its lines.
fn internal_modules(list: &str) -> Vec<Vec<&str>> {
    let mut modules: Vec<Vec<&str>> = Vec::new();
    for line in list.lines() {
        if line.starts_with("library=") || modules.is_empty() {
            modules.push(Vec::new());
        }
        modules.last_mut().into_iter().for_each(|module| module.push(line));
    }
    modules.retain(|module| {
        value(module, "NSS").is_some_and(|flags| flags.to_ascii_lowercase().contains("internal"))
    });
    modules
}

fn read(file: &Path) -> Option<String> {
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

    #[test]
    fn sysinit_matters_to_all_but_root() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("pkcs11.txt"), FEDORA).unwrap();
        assert_eq!(redirection(directory.path(), true), Redirection::None { token: TOKEN.to_vec() });
        let Redirection::Elsewhere { file, what } = redirection(directory.path(), false) else { panic!() };
        assert!(file.ends_with("pkcs11.txt") && what.contains("libnsssysinit.so"), "{what}");
    }

    #[test]
    fn finds_parameters() {
        let parameters = "configdir='sql:/a b' xconfigdir='no' flags= token=plain";
        assert_eq!(parameter(parameters, "configdir"), Some("sql:/a b"));
        assert_eq!(parameter(parameters, "token"), Some("plain"));
        assert_eq!(parameter("xconfigdir='no'", "configdir"), None);
    }
}
