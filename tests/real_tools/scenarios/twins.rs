//! For every scenario of the suite, twins that show less: one store left out, one that cannot be read, one without
//! its keys. Less evidence may make a verdict unknown, and never the opposite.

use super::harness::{Answer, Scenario};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// Panics where a twin's verdict is the opposite of the scenario's, or certain where the scenario's is not.
pub fn hold(scenario: &Scenario, whole: &Answer) {
    let Some(verdict) = whole.verdict() else { return };
    for (what, arguments) in twins(scenario) {
        let less = scenario.ask_with(&arguments);
        let Some(told) = less.verdict() else { continue };
        // A loose file passes on an assumption, and the report says so.
        let is_assumed = verdict == "unknown" && told == "pass" && less.has_reason("evidence-assumed");
        assert!(
            told == verdict || told == "unknown" || is_assumed,
            "{verdict} becomes {told} {what}: {}\nwith all: {}",
            less.told(),
            whole.told()
        );
    }
}

/// A store as `--store` names it.
struct Named {
    /// Where it stands among the arguments.
    at: usize,
    kind: String,
    /// What it is said to be a copy of.
    role: Option<String>,
    path: PathBuf,
}

fn named(arguments: &[OsString]) -> Vec<Named> {
    let pairs = arguments.windows(2).enumerate().filter(|(_, pair)| pair[0] == "--store");
    pairs.filter_map(|(at, pair)| Named::read(at + 1, &pair[1])).collect()
}

impl Named {
    fn read(at: usize, specification: &OsStr) -> Option<Self> {
        let bytes = specification.as_bytes();
        let kind = bytes.split(|byte| *byte == b':').next()?;
        let rest = bytes.get(kind.len() + 1..)?;
        // A scenario's own paths have no equals sign in them.
        let equals = rest.iter().position(|byte| *byte == b'=');
        let (role, path) = match equals {
            Some(end) => (Some(String::from_utf8(rest[..end].to_vec()).ok()?), &rest[end + 1..]),
            None => (None, rest),
        };
        let path = PathBuf::from(OsString::from_vec(path.to_vec()));
        Some(Self { at, kind: String::from_utf8(kind.to_vec()).ok()?, role, path })
    }

    /// The store on the device that it is or is taken for.
    fn stands_for(&self) -> (&str, Option<OsString>) {
        let path = self.path.to_string_lossy();
        let is_users = path.contains("/.pki/") || path.contains(".mozilla");
        let role = match (&self.role, self.kind.as_str()) {
            (Some(role), _) => Some(OsString::from(role)),
            (None, "nss" | "sql") if is_users => Some(self.path.clone().into_os_string()),
            (None, "nss" | "sql") => Some("/etc/pki/nssdb".into()),
            (None, _) => None,
        };
        (&self.kind, role)
    }

    /// The same store, a copy of which lies at `path`.
    fn copied_to(&self, path: &Path) -> OsString {
        let mut specification = OsString::from(format!("{}:", self.kind));
        if let (_, Some(role)) = self.stands_for() {
            specification.push(role);
            specification.push("=");
        }
        specification.push(path);
        specification
    }
}

fn twins(scenario: &Scenario) -> Vec<(String, Vec<OsString>)> {
    let arguments = scenario.arguments();
    let stores = named(arguments);
    let mut twins = Vec::new();
    for (number, store) in stores.iter().enumerate() {
        let what = |what: &str| format!("{what} {}", store.path.display());
        // Two copies of one store contradict each other: what that store holds is another thing without one of them.
        let is_only = stores.iter().filter(|other| other.stands_for() == store.stands_for()).count() == 1;
        if stores.len() > 1 && (is_only || store.kind == "file") {
            let mut less = arguments.to_vec();
            less.drain(store.at - 1..=store.at);
            twins.push((what("without"), less));
        }
        let mut with = |name: &str, path: Option<PathBuf>| {
            if let Some(path) = path {
                let mut less = arguments.to_vec();
                less[store.at] = store.copied_to(&path);
                twins.push((what(name), less));
            }
        };
        with("with an unreadable", unreadable(scenario, number, store));
        with("without the keys of", without_keys(scenario, number, store));
    }
    twins
}

/// Bytes that are nothing.
const GARBAGE: &[u8] = b"\x93\x01\xfe\x7f garbage \x00\x02";

fn twin_folder(scenario: &Scenario, name: &str) -> PathBuf {
    let folder = scenario.path("twins").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A copy whose file of certificates cannot be read. What the rule itself lists is read where it lies.
fn unreadable(scenario: &Scenario, number: usize, store: &Named) -> Option<PathBuf> {
    if is_listed(scenario, &store.path) {
        return None;
    }
    let folder = twin_folder(scenario, &format!("unreadable-{number}"));
    if store.kind == "nss" || store.kind == "sql" {
        copy_database(&store.path, &folder)?;
        fs::write(folder.join("cert9.db"), GARBAGE).unwrap();
        return Some(folder);
    }
    let file = folder.join(store.path.file_name()?);
    fs::write(&file, GARBAGE).unwrap();
    store.path.is_file().then_some(file)
}

/// A copy of a database without key4.db, as people send it.
fn without_keys(scenario: &Scenario, number: usize, store: &Named) -> Option<PathBuf> {
    if store.kind != "nss" && store.kind != "sql" {
        return None;
    }
    let folder = twin_folder(scenario, &format!("keyless-{number}"));
    copy_database(&store.path, &folder)?;
    // One that is damaged is a fault of its own, on which certutil ends, and shows no keys.
    let keys = folder.join("key4.db");
    let shows_keys = fs::read(&keys).ok()?.starts_with(b"SQLite format 3\0");
    fs::remove_file(keys).ok()?;
    shows_keys.then_some(folder)
}

fn copy_database(from: &Path, to: &Path) -> Option<()> {
    let from = if from.is_file() { from.parent()? } else { from };
    let files = fs::read_dir(from).ok()?.flatten().filter(|entry| entry.path().is_file());
    for entry in files {
        fs::copy(entry.path(), to.join(entry.file_name())).ok()?;
    }
    to.join("cert9.db").exists().then_some(())
}

fn is_listed(scenario: &Scenario, path: &Path) -> bool {
    let rule = fs::read_to_string(scenario.path("rule.json")).unwrap_or_default();
    rule.contains(&*path.to_string_lossy())
}

/// The suite is as large as it is said to be.
#[test]
fn there_are_at_least_150_scenarios() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real_tools/scenarios"));
    let count = |file: PathBuf| {
        let source = fs::read_to_string(file).unwrap();
        source.split("#[test]").skip(1).filter(|test| test.contains(".run()")).count()
    };
    let scenarios: usize = fs::read_dir(folder).unwrap().map(|entry| count(entry.unwrap().path())).sum();
    println!("{scenarios} scenarios, each with its twins");
    assert!(scenarios >= 150, "{scenarios}");
}
