//! What stands on a real terminal (tmux), at four widths, with and without colour and Unicode.

use crate::support::forge::{Key, Template};
use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr as _;

const ROOT: &str = "CN=Example Root CA";
const LONG: &str = "laptop-of-somebody-with-a-very-long-name-in-the-department-of-long-names-042";

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A terminal of its own, closed when dropped.
struct Terminal<'a> {
    folder: &'a Path,
    /// A server ends with its last session, and takes a moment: the next one gets a socket of its own.
    servers: Cell<u32>,
}

impl Terminal<'_> {
    fn tmux(&self) -> Command {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(self.folder.join(format!("tmux-{}", self.servers.get()))).args([
            "-f",
            "/dev/null",
            "-u",
        ]);
        command.current_dir(self.folder).env_remove("TMUX").env("LC_ALL", "C.UTF-8");
        command
    }

    /// What stands on a screen of `width` columns after `certposture` ran with `arguments`. With `-e` among
    /// the options, with the colours.
    fn screen(&self, width: usize, environment: &str, arguments: &str, options: &[&str]) -> String {
        let done = self.folder.join("done");
        let _ = fs::remove_file(&done);
        self.servers.set(self.servers.get() + 1);
        let script = format!(
            "env {environment} {} {arguments}; touch done; sleep 60",
            env!("CARGO_BIN_EXE_certposture")
        );
        let width = width.to_string();
        run(self.tmux().args(["new-session", "-d", "-s", "x", "-x", &width, "-y", "100", &script]));
        let start = Instant::now();
        while !done.exists() {
            assert!(start.elapsed() < Duration::from_secs(30), "{script}");
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(200));
        let output = run(self.tmux().args(["capture-pane", "-p", "-t", "x"]).args(options));
        run(self.tmux().args(["kill-server"]));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        let _ = self.tmux().arg("kill-server").output();
    }
}

/// Certificates with long, wide and combining names, and a database in which one has another nickname.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (root, own) = (Key::p256("root"), Key::p256("own"));
    let write = |name: &str, der: Vec<u8>| fs::write(folder.path().join(name), der).unwrap();
    write("ca.der", Template::ca(ROOT, &root, ROOT).der(&root, root.scheme()));
    fs::create_dir(folder.path().join("certs")).unwrap();
    for (number, name) in
        [LONG, "端末の証明書-042", "Ame\u{301}lie’s Möbius", "device-042"].iter().enumerate()
    {
        let template = Template::new(&format!("CN={name}"), &own, ROOT);
        write(&format!("certs/{number}.der"), template.der(&root, root.scheme()));
    }
    let nss = |arguments: &[&str]| run(Command::new("certutil").args(arguments).current_dir(folder.path()));
    fs::create_dir(folder.path().join("nss")).unwrap();
    nss(&["-N", "-d", "sql:nss", "--empty-password"]);
    nss(&[
        "-A",
        "-d",
        "sql:nss",
        "-n",
        "a nickname that is rather long, too",
        "-t",
        ",,",
        "-i",
        "certs/0.der",
    ]);
    folder
}

const CHECK: &str = "check --ca ca.der --at 2025-01-01T00:00:00Z";

/// The columns at which the lines of the table have their bars.
fn bars(line: &str, bar: char) -> Vec<usize> {
    line.char_indices().filter(|(_, c)| *c == bar).map(|(at, _)| line[..at].width()).collect()
}

/// What the program prints into a pipe.
fn piped(folder: &Path, arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_table_fits_and_its_bars_stand_in_line() {
    let folder = folder();
    let terminal = Terminal { folder: folder.path(), servers: Cell::new(0) };
    for width in [60, 80, 100, 160] {
        let arguments = format!("{CHECK} --store file:certs --os macos --cn device-042");
        let screen = terminal.screen(width, "TERM=screen", &arguments, &[]);
        assert!(screen.lines().all(|line| line.width() <= width), "{screen}");
        let rows: Vec<Vec<usize>> =
            screen.lines().filter(|line| line.starts_with('│')).map(|line| bars(line, '│')).collect();
        assert!(rows.len() >= 6, "{screen}");
        assert!(rows.iter().all(|row| *row == rows[0]), "{width}: {screen}");
        assert!(screen.contains("PASS"), "{screen}");
        assert_eq!(screen.contains("端末の証明書-042"), width > 60, "{screen}");
        assert_eq!(screen.contains(LONG), width == 160, "{screen}");
        assert!(screen.contains("-042 "), "both ends of a shortened name stay: {screen}");
    }
}

#[test]
fn what_decides_is_never_shortened_and_a_command_copies_as_one() {
    let folder = folder();
    let terminal = Terminal { folder: folder.path(), servers: Cell::new(0) };
    let arguments = format!("{CHECK} --store nss:nss --cn {LONG}");
    let piped = piped(folder.path(), &arguments);
    let fix = piped.lines().find(|line| line.starts_with("Fix ")).unwrap();
    assert!(fix.contains(LONG) && fix.contains("certutil --rename"), "{piped}");
    assert!(piped.contains(&format!("│ {LONG} │")), "piped, nothing is shortened: {piped}");
    for width in [60, 80, 100, 160] {
        // Lines that the terminal itself broke are joined again: none but an argument longer than the screen.
        let screen = terminal.screen(width, "TERM=screen", &arguments, &["-J"]);
        let command = command_of(&screen);
        assert_eq!(words(&command), words(fix.trim_start_matches("Fix")), "{width}: {screen}");
        let broken = command.lines().count() > 1;
        assert_eq!(broken, fix.len() > width, "{width}: {screen}");
        assert!(screen.contains("✗ nickname") && screen.contains("FAIL"), "{screen}");
        let above = screen.lines().take_while(|line| !line.starts_with("Fix ")).last();
        assert_eq!(above.map(str::trim), Some(""), "the fix stands out: {screen}");
    }
    // The command itself, pasted as it stands on the screen, does what it says.
    let screen = terminal.screen(60, "TERM=screen", &arguments, &["-J"]);
    run(Command::new("sh").arg("-c").arg(command_of(&screen)).current_dir(folder.path()));
    // Before, no certificate had that nickname.
    run(Command::new("certutil").args(["-L", "-d", "sql:nss", "-n", LONG]).current_dir(folder.path()));
}

/// The lines of the fix without the label, to be pasted.
fn command_of(screen: &str) -> String {
    let from = screen.lines().skip_while(|line| !line.starts_with("Fix ")).enumerate();
    let lines = from.take_while(|(at, line)| *at == 0 || line.starts_with("       "));
    let lines: Vec<&str> = lines.map(|(_, line)| line.trim_start_matches("Fix").trim_end()).collect();
    assert!(!lines.is_empty(), "{screen}");
    lines.join("\n")
}

/// What a shell makes of it, as the shell itself says.
fn words(command: &str) -> Vec<String> {
    let script = format!("set -- {command}\nprintf '%s\\n' \"$@\"");
    let output = run(Command::new("sh").arg("-c").arg(script));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn colour_where_it_is_wanted_and_only_there() {
    let folder = folder();
    let terminal = Terminal { folder: folder.path(), servers: Cell::new(0) };
    let arguments = format!("{CHECK} --store file:certs --os macos --cn device-042");
    let coloured = |environment: &str, more: &str| {
        let screen = terminal.screen(100, environment, &format!("{arguments}{more}"), &["-e"]);
        screen.contains("\u{1b}[32m") || screen.contains("\u{1b}[38;5;10m") || screen.contains("\u{1b}[1m")
    };
    assert!(coloured("TERM=screen", ""));
    assert!(!coloured("TERM=screen NO_COLOR=1", ""));
    assert!(coloured("TERM=screen NO_COLOR=1", " --color always"));
    assert!(!coloured("TERM=screen", " --color never"));
    assert!(!coloured("TERM=dumb", ""));
    let piped = |environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_certposture"));
        command.args(arguments.split(' ')).current_dir(folder.path()).env_remove("NO_COLOR");
        command.envs(environment.iter().copied());
        command.output().unwrap().stdout.contains(&0x1b)
    };
    assert!(!piped(&[]));
    assert!(piped(&[("CLICOLOR_FORCE", "1")]));
    assert!(!piped(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn ascii_where_nothing_else_is_safe() {
    let folder = folder();
    let terminal = Terminal { folder: folder.path(), servers: Cell::new(0) };
    let arguments = format!("{CHECK} --store file:certs/3.der --os macos --cn device-042");
    for environment in ["TERM=screen LC_ALL=C", "TERM=dumb", "TERM=screen LC_ALL=de_DE.ISO-8859-1"] {
        let screen = terminal.screen(100, environment, &arguments, &[]);
        assert!(screen.is_ascii(), "{environment}: {screen}");
        assert!(screen.contains("+---") && screen.contains("ok"), "{screen}");
    }
}

#[test]
fn of_many_certificates_those_that_matter_and_a_count() {
    let folder = folder();
    let (root, own) = (Key::p256("root"), Key::p256("own"));
    for number in 0..40 {
        let template = Template::new(&format!("CN=other-{number}"), &own, ROOT);
        let der = template.der(&root, root.scheme());
        fs::write(folder.path().join(format!("certs/a{number}.der")), der).unwrap();
    }
    let terminal = Terminal { folder: folder.path(), servers: Cell::new(0) };
    let arguments = format!("{CHECK} --store file:certs --os macos --cn device-042");
    let rows = |screen: &str| screen.lines().filter(|line| line.starts_with('│')).count() - 2;
    let screen = terminal.screen(100, "TERM=screen", &arguments, &[]);
    assert_eq!(rows(&screen), 1, "{screen}");
    assert!(screen.contains("43 certificates of other devices not shown; -v shows all."), "{screen}");
    assert_eq!(rows(&terminal.screen(100, "TERM=screen", &format!("{arguments} -v"), &["-S", "-"])), 44);
}

/// Every condition that a rule can have, and two stores: more columns than any other table has.
const FULL_RULE: &str = r#"{"id":"a","type":"client_certificate_v2","name":"Managed laptops","schedule":"5m",
    "match":[{"platform":"linux"}],"input":{"certificate_id":"2a9e7f0c-0000-4000-8000-000000000000",
    "operating_system":"linux","cn":"device-042","check_private_key":true,
    "extended_key_usage":["clientAuth","emailProtection"],
    "locations":{"trust_stores":["system"],"paths":["/etc/ssl/device.pem"]},
    "subject_alternative_names":["device-042.example.com"]}}"#;

#[test]
fn no_title_and_no_fact_is_cut_within_a_word() {
    let folder = folder();
    fs::write(folder.path().join("rule.json"), FULL_RULE).unwrap();
    let terminal = Terminal { folder: folder.path(), servers: Cell::new(0) };
    let full = format!("{CHECK} --os linux --rule rule.json --store file:certs --store nss:nss");
    let several = format!("{CHECK} --store nss:nss --store file:certs --cn device-042");
    let listed = "list --store nss:nss";
    let verified = "verify --ca ca.der --at 2045-01-01T00:00:00Z certs/0.der certs/3.der";
    for arguments in [&full, &several, listed, verified] {
        let piped = piped(folder.path(), arguments);
        let header = piped.lines().take_while(|line| !line.starts_with('├'));
        let header = header.filter(|line| line.starts_with("│ "));
        let titles = header.flat_map(str::split_whitespace).filter(|word| *word != "│");
        let facts = ["missing", "none", "PASS", "FAIL", "expired", "days", "years"];
        let facts = facts.into_iter().filter(|fact| piped.contains(&format!(" {fact} ")));
        let wanted: Vec<&str> = titles.chain(facts).collect();
        for width in [60, 80, 100] {
            let screen = terminal.screen(width, "TERM=screen", arguments, &[]);
            // What has no room is named under the table.
            let words: Vec<&str> =
                screen.split_whitespace().flat_map(|word| [word, word.trim_end_matches(',')]).collect();
            assert!(wanted.iter().all(|word| words.contains(word)), "{wanted:?}: {screen}");
            let rows = screen.lines().filter(|line| line.starts_with('│') && line.contains("│ "));
            let is_list = screen.lines().any(|line| line.starts_with("#  "));
            assert!(rows.clone().count() >= 2 || is_list, "{screen}");
            // A cell holds one thing: none is indented under another.
            let is_indented = |cell: &str| cell.starts_with("  ") && !cell.trim().is_empty();
            let mut cells =
                rows.clone().filter(|row| row.matches('│').count() > 1).flat_map(|row| row.split('│'));
            assert!(!cells.any(is_indented), "{screen}");
            for line in rows.filter(|line| line.matches('│').count() > 1) {
                assert!(line.trim_end().ends_with('│'), "the terminal broke this line: {screen}");
            }
        }
    }
}

#[test]
fn where_no_table_fits_each_certificate_is_a_list() {
    let folder = folder();
    let terminal = Terminal { folder: folder.path(), servers: Cell::new(0) };
    let arguments = format!("{CHECK} --store nss:nss --cn {LONG}");
    let screen = terminal.screen(40, "TERM=screen", &arguments, &[]);
    assert!(screen.contains("\nFound by certutil -n  ✗ nickname\n"), "{screen}");
    assert!(screen.contains("\nResult                FAIL\n"), "{screen}");
}
