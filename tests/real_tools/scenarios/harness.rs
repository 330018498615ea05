//! A scenario: what is installed where, what is asked, and what must come out.

use super::pki::{Minted, Wanted, root};
use super::twins;
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The moment at which every scenario is judged where it does not say otherwise.
const NOW: &str = "2026-06-01T00:00:00Z";

/// A certificate in a database.
#[derive(Clone, Debug)]
pub struct Entry {
    certificate: Minted,
    nickname: Vec<u8>,
    with_key: bool,
    trust: &'static str,
}

impl Wanted {
    /// Installed under this nickname, without its key.
    pub fn nickname(&self, nickname: impl AsRef<[u8]>) -> Entry {
        self.mint().nickname(nickname)
    }
}

impl Minted {
    /// Installed under this nickname, without its key.
    pub fn nickname(&self, nickname: impl AsRef<[u8]>) -> Entry {
        Entry {
            certificate: self.clone(),
            nickname: nickname.as_ref().to_vec(),
            with_key: false,
            trust: ",,",
        }
    }
}

impl Entry {
    pub fn with_key(mut self) -> Self {
        self.with_key = true;
        self
    }

    pub fn trusted(mut self) -> Self {
        self.trust = "CT,C,C";
        self
    }
}

/// What is installed and what is asked.
#[derive(Debug)]
pub struct Scenario {
    folder: TempDir,
    arguments: Vec<OsString>,
    name: Option<Vec<u8>>,
    databases: Vec<PathBuf>,
    has_ca: bool,
    unprivileged: bool,
    /// The folder `etc` is the machine's /etc.
    has_own_etc: bool,
    at: &'static str,
}

pub fn scenario() -> Scenario {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    for name in ["home", "work", "bin"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    Scenario {
        folder,
        arguments: vec!["check".into(), "--format".into(), "json".into()],
        name: None,
        databases: Vec::new(),
        has_ca: false,
        unprivileged: false,
        has_own_etc: false,
        at: NOW,
    }
}

impl Scenario {
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `$DIR` stands for the scenario's folder.
    pub fn write(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// A database with these certificates, which is the store that counts.
    pub fn nss(self, entries: &[Entry]) -> Self {
        let count = self.databases.len();
        let name = if count == 0 { "db".to_owned() } else { format!("db{count}") };
        self.nss_at(&name, entries)
    }

    pub fn nss_at(mut self, name: &str, entries: &[Entry]) -> Self {
        let directory = self.path(name);
        make_database(&directory, entries);
        self.databases.push(directory.clone());
        self.store("nss:", &directory)
    }

    /// A database that no argument names yet.
    pub fn nss_elsewhere(self, name: &str, entries: &[Entry]) -> Self {
        make_database(&self.path(name), entries);
        self
    }

    /// A database where the client does not look, in this user's home directory.
    pub fn elsewhere(self, name: &str, entries: &[Entry]) -> Self {
        make_database(&self.path(&format!("home/{name}")), entries);
        self.arg("--elsewhere")
    }

    pub fn store(self, kind: &str, path: &Path) -> Self {
        let mut spec = OsString::from(kind);
        spec.push(path);
        self.arg("--store").arg(spec)
    }

    /// The machine's own database, /etc/pki/nssdb: everything runs with the scenario's folder `etc`
    /// mounted as /etc.
    pub fn own_database(mut self) -> Self {
        fs::create_dir_all(self.path("etc")).unwrap();
        self.has_own_etc = true;
        self.store("nss:", Path::new("/etc/pki/nssdb"))
    }

    /// The file or folder `name` as a copy of the store `role`.
    pub fn copy(self, role: &str, name: &str) -> Self {
        let path = self.path(name);
        self.store(&format!("{role}="), &path)
    }

    /// The file or folder `name` as a store.
    pub fn file(self, name: &str) -> Self {
        let path = self.path(name);
        self.store("file:", &path)
    }

    /// Changes the database as certutil never would.
    pub fn sql(self, statement: &str) -> Self {
        let connection = rusqlite::Connection::open(self.path("db/cert9.db")).unwrap();
        connection.execute_batch(statement).unwrap();
        self
    }

    pub fn change(self, change: impl FnOnce(&Path)) -> Self {
        change(self.folder.path());
        self
    }

    pub fn cn(mut self, name: impl AsRef<[u8]>) -> Self {
        let name = name.as_ref();
        let mut argument = OsString::from("--cn=");
        argument.push(OsStr::from_bytes(name));
        self.name = Some(name.to_vec());
        self.arg(argument)
    }

    pub fn v2(self) -> Self {
        self.arg("--type").arg("client_certificate_v2")
    }

    /// A rule file; `$DIR` in it stands for the scenario's folder.
    pub fn rule(self, json: impl ToString) -> Self {
        let json = json.to_string().replace("$DIR", self.folder.path().to_str().unwrap());
        let path = self.path("rule.json");
        self.write("rule.json", json).arg("--rule").arg(path)
    }

    pub fn ca(self, ca: &Minted) -> Self {
        let pem = ca.pem.clone();
        self.ca_file("ca.pem", pem)
    }

    pub fn ca_file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        self.has_ca = true;
        self.write(name, content).arg("--ca").arg(path)
    }

    /// The CA is in the rule's file, or there is none.
    pub fn no_ca(mut self) -> Self {
        self.has_ca = true;
        self
    }

    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    pub fn at(mut self, at: &'static str) -> Self {
        self.at = at;
        self
    }

    /// Asks, and runs the fix, as a user who is not root.
    pub fn unprivileged(mut self) -> Self {
        self.unprivileged = true;
        self
    }

    /// Gives the folder `name` with everything in it to the user who asks.
    pub fn owned_by_user(self, name: &str) -> Self {
        if is_root() {
            let path = self.path(name);
            assert!(Command::new("chown").args(["-R", "65534:65534"]).arg(path).status().unwrap().success());
        }
        self
    }

    pub fn run(mut self) -> Outcome {
        if !self.has_ca {
            self = self.ca(root());
        }
        let answer = self.ask();
        twins::hold(&self, &answer);
        Outcome { scenario: self, answer }
    }

    /// What `verify` says of a file against the CA that was given.
    pub fn verify(&self, file: &str) -> Value {
        let arguments = ["verify", "--format", "json", "--at", self.at, "--ca"].map(OsString::from);
        let mut command = self.command(program(), false);
        command.args(arguments).arg(self.path("ca.pem")).arg(self.path(file));
        Answer::from(command.output().unwrap()).json
    }

    fn ask(&self) -> Answer {
        self.ask_with(&self.arguments)
    }

    /// What the arguments were, for a twin with others.
    pub fn arguments(&self) -> &[OsString] {
        &self.arguments
    }

    /// The same question with other arguments.
    pub fn ask_with(&self, arguments: &[OsString]) -> Answer {
        let program = if self.unprivileged { self.own_program() } else { program() };
        let mut command = self.command(&program, self.unprivileged);
        command.args(arguments).args(["--at", self.at]);
        Answer::from(command.output().unwrap())
    }

    /// The target folder may be closed to other users. Another process copies: were the copy open for
    /// writing here while another test starts a process, that one would hold it open, and a file that
    /// is open for writing cannot be run ("Text file busy").
    fn own_program(&self) -> PathBuf {
        let copy = self.path("bin/certposture");
        if !copy.exists() {
            tool("cp", &[program().as_ref(), copy.as_os_str()]);
        }
        copy
    }

    /// A command in a clean environment, without a terminal that it could ask on, in another directory.
    fn command(&self, program: impl AsRef<OsStr>, unprivileged: bool) -> Command {
        let mut command = Command::new("setsid");
        command.arg("--wait");
        if self.has_own_etc {
            let user = if is_root() { "-m" } else { "-rm" };
            command.args(["unshare", user, "sh", "-c", "mount --bind \"$0\" /etc && exec \"$@\""]);
            command.arg(self.path("etc"));
        }
        if unprivileged && is_root() {
            command.args(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
        }
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        command
            .arg(program)
            .current_dir(self.path("work"))
            .env_clear()
            .env("HOME", self.path("home"))
            .env("PATH", path)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }

    /// Runs a fix as whoever pastes it would. `sudo` is one that notes its use.
    fn paste(&self, line: &str) -> Output {
        let sudo = self.path("bin/sudo");
        let note = self.path("sudo-used");
        fs::write(&sudo, format!("#!/bin/sh\necho used >> '{}'\nexec \"$@\"\n", note.display())).unwrap();
        fs::set_permissions(&sudo, fs::Permissions::from_mode(0o755)).unwrap();
        // What needs sudo is run as root, who this is.
        let unprivileged = self.unprivileged && !line.contains("sudo ");
        let mut command = self.command("timeout", unprivileged);
        command.args(["20", "sh", "-c", line]).output().unwrap()
    }
}

#[derive(Debug)]
pub struct Answer {
    status: i32,
    json: Value,
    stderr: String,
}

impl Answer {
    /// The verdict; nothing where the command line was refused.
    pub fn verdict(&self) -> Option<&str> {
        self.json["verdict"].as_str()
    }

    pub fn has_reason(&self, code: &str) -> bool {
        let reasons = self.json["reasons"].as_array();
        reasons.is_some_and(|reasons| reasons.iter().any(|reason| reason["code"] == code))
    }

    pub fn told(&self) -> String {
        format!("{:#}\n{}", self.json["reasons"], self.stderr)
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let stdout = String::from_utf8(output.stdout).expect("output is UTF-8");
        Self {
            status: output.status.code().expect("it ends by itself"),
            json: serde_json::from_str(&stdout).unwrap_or(Value::Null),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// An answer, to be compared with what is expected.
#[derive(Debug)]
pub struct Outcome {
    scenario: Scenario,
    pub answer: Answer,
}

impl Outcome {
    pub fn json(&self) -> &Value {
        &self.answer.json
    }

    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    fn told(&self) -> String {
        let pretty = serde_json::to_string_pretty(&self.json()["reasons"]).unwrap();
        let fixes = serde_json::to_string_pretty(&self.json()["fixes"]).unwrap();
        format!(
            "verdict {}, status {}, reasons {pretty}, fixes {fixes}, stderr {}",
            self.json()["verdict"],
            self.answer.status,
            self.answer.stderr
        )
    }

    fn ends(self, verdict: &str, status: i32) -> Self {
        assert_eq!(self.json()["verdict"], verdict, "{}", self.told());
        assert_eq!(self.answer.status, status, "{}", self.told());
        self.messages_are_sentences();
        self
    }

    fn messages_are_sentences(&self) {
        let steps = self.json()["certificates"].as_array().into_iter().flatten();
        let steps = steps.flat_map(|c| c["steps"].as_array().into_iter().flatten());
        let told = ["reasons", "fixes"].map(|part| self.json()[part].as_array().into_iter().flatten());
        for said in told.into_iter().flatten().chain(steps) {
            let message = said["message"].as_str().unwrap();
            let first = message.chars().next().unwrap_or('?');
            assert!(first.is_uppercase() || first == '"' || first == '$', "no capital: {message}");
            assert!(!message.ends_with('.') && message.len() > 10, "no sentence without its stop: {message}");
        }
    }

    fn reason(&self) -> &str {
        self.json()["reasons"][0]["code"].as_str().unwrap_or("none")
    }

    /// Passes, with exactly these warnings in this order.
    pub fn passes_with(self, warnings: &[&str]) -> Self {
        let outcome = self.ends("pass", 0);
        assert_eq!(outcome.codes("warning"), warnings, "{}", outcome.told());
        assert!(outcome.codes("fault").is_empty(), "{}", outcome.told());
        assert!(outcome.json()["fixes"].as_array().unwrap().is_empty(), "{}", outcome.told());
        outcome
    }

    pub fn passes(self) -> Self {
        self.passes_with(&[])
    }

    /// Fails, and this is the answer. A command that is given has to do what it promises.
    pub fn fails(self, code: &str) -> Self {
        let outcome = self.ends("fail", 1);
        assert_eq!(outcome.reason(), code, "{}", outcome.told());
        outcome.repairs()
    }

    /// The same where the repair is a Mac's command: `keychain_fixes` runs those with a stand-in.
    pub fn fails_on_a_mac(self, code: &str) -> Self {
        let outcome = self.ends("fail", 1);
        assert_eq!(outcome.reason(), code, "{}", outcome.told());
        assert!(outcome.command().is_some_and(|command| command.contains("security ")), "{}", outcome.told());
        outcome
    }

    pub fn cannot_tell(self, code: &str) -> Self {
        let outcome = self.ends("unknown", 3);
        assert_eq!(outcome.reason(), code, "{}", outcome.told());
        outcome.repairs()
    }

    /// The verdict is not this one.
    pub fn other_than(self, verdict: &str) -> Self {
        assert_ne!(self.json()["verdict"], verdict, "{}", self.told());
        self
    }

    pub fn status(&self) -> i32 {
        self.answer.status
    }

    /// The command line is wrong, and the error says so with these words.
    pub fn refused(self, words: &[&str]) {
        assert_eq!(self.answer.status, 2, "{}", self.told());
        for word in words {
            assert!(self.answer.stderr.contains(word), "{}", self.answer.stderr);
        }
    }

    fn codes(&self, severity: &str) -> Vec<&str> {
        let reasons = self.json()["reasons"].as_array().unwrap();
        let those = reasons.iter().filter(|reason| reason["severity"] == severity);
        those.map(|reason| reason["code"].as_str().unwrap()).collect()
    }

    /// Has these faults after the first, in this order.
    pub fn also(self, codes: &[&str]) -> Self {
        assert_eq!(self.codes("fault")[1..], *codes, "{}", self.told());
        self
    }

    pub fn warns(self, code: &str) -> Self {
        assert!(self.codes("warning").contains(&code), "{}", self.told());
        self
    }

    /// The answer says this.
    pub fn says(self, part: &str) -> Self {
        let message = self.json()["reasons"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(part), "{message:?} does not say {part:?}");
        self
    }

    /// The first fix is a command.
    pub fn by_command(self) -> Self {
        assert!(self.command().is_some(), "{}", self.told());
        self
    }

    /// The first fix is a command, after which the check passes.
    pub fn mended(self) -> Self {
        assert!(self.json()["fixes"][0]["then"].is_null(), "{}", self.told());
        self.by_command()
    }

    /// The command having been run, the check passes.
    pub fn passes_then(self) -> Self {
        let after = self.scenario.ask();
        assert_eq!(after.json["verdict"], "pass", "{}", after.json["reasons"]);
        self
    }

    /// There are so many fixes: one that settles everything is the last.
    pub fn fixes(self, count: usize) -> Self {
        assert_eq!(self.json()["fixes"].as_array().unwrap().len(), count, "{}", self.told());
        self
    }

    /// The first fix says that this remains.
    pub fn then(self, part: &str) -> Self {
        let then = self.json()["fixes"][0]["then"].as_str().unwrap_or_default();
        assert!(then.contains(part), "{then:?} does not say {part:?}");
        self
    }

    /// Standard error is one line with these words.
    pub fn complains(self, words: &[&str]) -> Self {
        let lines: Vec<&str> = self.answer.stderr.lines().collect();
        assert_eq!(lines.len(), 1, "{lines:?}");
        for word in words {
            assert!(lines[0].contains(word), "{:?} does not say {word:?}", lines[0]);
        }
        self
    }

    /// No command can help; this is what to do.
    pub fn by_hand(self, part: &str) -> Self {
        assert_eq!(self.command(), None, "{}", self.told());
        let message = self.json()["fixes"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(part), "{message:?} does not say {part:?}");
        self
    }

    pub fn command(&self) -> Option<&str> {
        self.json()["fixes"][0]["command"].as_str()
    }

    pub fn other_type(self, verdict: &str) -> Self {
        assert_eq!(self.json()["other_type"]["verdict"], verdict, "{}", self.json()["other_type"]);
        self
    }

    /// Every fix belongs to the reason of its place; the first one's command does what it says.
    fn repairs(self) -> Self {
        assert_eq!(self.json()["fixes"][0]["code"], self.reason(), "{}", self.told());
        let Some(command) = self.command().map(str::to_owned) else { return self };
        assert!(!command.contains('\n'), "more than one line: {command}");
        let output = self.scenario.paste(&command);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}\n{stderr}\n{}", self.told());
        let after = self.scenario.ask();
        match self.json()["fixes"][0]["then"].as_str() {
            None => {
                assert_eq!(after.json["verdict"], "pass", "after {command}: {}", after.json["reasons"]);
                self.found_by_certutil(&after);
            }
            Some(then) if then.contains("Run certposture again") => {}
            Some(then) => {
                let left = after.json["reasons"][0]["code"].as_str().unwrap_or("none");
                assert!(
                    then.contains(&format!("[{left}]")),
                    "after {command}, {left} is left, but it says: {then}"
                );
            }
        }
        self
    }

    /// What certposture says that certutil finds, certutil does find.
    fn found_by_certutil(&self, after: &Answer) {
        let original = after.json["rule"]["type"] == "client_certificate";
        let (Some(name), [database], true) = (&self.scenario.name, &self.scenario.databases[..], original)
        else {
            return;
        };
        let found = self
            .scenario
            .command("certutil", false)
            .args(["-L", "-d", &format!("sql:{}", database.display()), "-r", "-n"])
            .arg(OsStr::from_bytes(name))
            .output()
            .unwrap();
        assert!(found.status.success(), "certutil does not find it: {found:?}");
    }

    pub fn used_sudo(self, used: bool) -> Self {
        assert_eq!(self.scenario.path("sudo-used").exists(), used, "{}", self.told());
        self
    }
}

pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").unwrap().uid() == 0
}

pub fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_certposture").into()
}

pub fn make_database(directory: &Path, entries: &[Entry]) {
    fs::create_dir_all(directory).unwrap();
    let database = format!("sql:{}", directory.display());
    tool("certutil", &["-N".as_ref(), "-d".as_ref(), database.as_ref(), "--empty-password".as_ref()]);
    for entry in entries {
        install(&database, entry);
    }
}

fn install(database: &str, entry: &Entry) {
    let folder = tempfile::tempdir().unwrap();
    let (pem, key, p12) =
        (folder.path().join("c.pem"), folder.path().join("k.pem"), folder.path().join("c.p12"));
    fs::write(&pem, &entry.certificate.pem).unwrap();
    let nickname = OsStr::from_bytes(&entry.nickname);
    let arguments = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
    if !entry.with_key {
        let mut add = arguments(&format!("-A -d {database} -t {} -i", entry.trust));
        add.extend([pem.into(), "-n".into(), nickname.into()]);
        return tool("certutil", &add.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    }
    fs::write(&key, &entry.certificate.key).unwrap();
    let mut export = arguments("pkcs12 -export -passout pass: -in");
    export.extend([pem.into(), "-inkey".into(), key.into(), "-out".into(), p12.clone().into()]);
    export.extend(["-name".into(), nickname.into()]);
    tool("openssl", &export.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    let import = [OsStr::new("-i"), p12.as_ref(), "-d".as_ref(), database.as_ref()];
    tool("pk12util", &[&import[..], &["-K", "", "-W", ""].map(OsStr::new)].concat());
}

pub fn tool(program: &str, arguments: &[&OsStr]) {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|why| panic!("{program} is needed: {why}"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {error}");
}
