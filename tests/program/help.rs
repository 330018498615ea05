//! What the program says of itself, compared with reviewed texts; `cargo insta review` accepts changes.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_certposture"))
        .args(arguments)
        .env("COLUMNS", "100")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn help_of_every_command() {
    let commands: [&[&str]; 16] = [
        &[],
        &["check"],
        &["list"],
        &["verify"],
        &["ca"],
        &["ca", "inspect"],
        &["ca", "body"],
        &["ca", "upload"],
        &["log"],
        &["pull"],
        &["lab"],
        &["capture"],
        &["fleet"],
        &["explain"],
        &["completions"],
        &["man"],
    ];
    for command in commands {
        let output = run(&[command, &["--help"]].concat());
        assert_eq!(output.status.code(), Some(0), "{command:?}");
        let name = if command.is_empty() { "program".to_owned() } else { command.join("-") };
        insta::assert_snapshot!(format!("help-{name}"), text(output.stdout));
    }
}

/// No command: help on standard output, but the status of wrong usage, as of every call that does nothing.
#[test]
fn slips_are_answered_with_what_was_meant() {
    let cases: [(&[&str], &str); 14] = [
        (&["chek"], "'check'"),
        (&["check", "--stor", "nss:/x"], "'--store'"),
        (&["check", "--cn", "x", "--ca", "x", "--store", "ns:/x"], "did you mean nss:/x?"),
        (&["check", "--cn", "x", "--ca", "x", "--store", "flie:/x"], "did you mean file:/x?"),
        (
            &["check", "--cn", "x", "--ca", "x", "--store", "windows:CurentUser/My"],
            r"did you mean windows:CurrentUser\My?",
        ),
        (&["check", "--cn", "x", "--ca", "x", "--store", "no-such-folder"], "keychain:system=PATH"),
        (&["check", "--rule", "x", "--cn", "x"], "--cn"),
        (&["check", "--cn", "x", "--ca", "x", "--at", "yesterday"], "2026-12-01T00:00:00Z"),
        (&["check", "--cn", "x", "--ca", "x", "--format", "htm"], "'html'"),
        (&["explain", "nicknam-differs"], "did you mean nickname-differs?"),
        (&["list", "--format", "html"], "--format json"),
        (&["check", "--cm", "x"], "'--cn'"),
        (&["check", "--ac", "x"], "'--ca'"),
        (&["check", "--cn", "-dash", "--ca", "x"], "written --cn=-dash"),
    ];
    for (arguments, expected) in cases {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let said = text(output.stderr);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn completions_know_commands_options_and_values() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = text(output.stdout);
        for word in ["verify", "expiry-warning", "purpose", "html"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        // Elvish's and PowerShell's generators complete options and not their values.
        if ["bash", "zsh", "fish"].contains(&shell) {
            for word in ["client_certificate_v2", "macos", "nickname-differs", "store-missing"] {
                assert!(script.contains(word), "{shell}: {word}");
            }
        }
    }
}

/// What would change another command's answer is not passed over.
#[test]
fn options_that_would_do_nothing_are_neither_shown_nor_taken() {
    let cases: [(&[&str], &str); 8] = [
        (&["verify", "--ca", "x", "--os", "linux"], "verify has no use for --os"),
        (&["--type", "v2", "verify", "--ca", "x"], "verify has no use for --type"),
        (&["list", "--hostname", "x"], "list has no use for --hostname"),
        (&["explain", "--at", "2026-12-01"], "explain has no use for --at"),
        (&["ca", "body", "x", "--store", "file:."], "ca body has no use for --store"),
        (&["capture", "--expiry-warning", "3"], "capture has no use for --expiry-warning"),
        (&["--os", "linux"], "without a command has no use for --os"),
        (&["fleet", "--rule", "x", "--store", "file:."], "give no --store"),
    ];
    for (arguments, expected) in cases {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = text(output.stderr);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    for command in ["explain", "completions", "man", "lab"] {
        let help = text(run(&[command, "--help"]).stdout);
        let hidden = ["--store", "--os", "--type", "--hostname", "--expiry-warning", "--color"];
        assert!(hidden.iter().all(|option| !help.contains(option)), "{help}");
    }
    let bash = text(run(&["completions", "bash"]).stdout);
    let explain = bash.split("certposture__subcmd__explain)").nth(1).expect("the case of explain");
    let options = explain.lines().find(|line| line.trim_start().starts_with("opts=")).expect("its options");
    assert!(options.contains("--format") && !options.contains("--store"), "{options}");
}

#[test]
fn a_common_option_may_stand_before_and_behind_the_command() {
    let before = run(&["--format", "json", "explain", "expired"]);
    let behind = run(&["explain", "expired", "--json"]);
    assert_eq!(before.stdout, behind.stdout);
    assert!(text(before.stdout).contains("\"certposture.explain/1\""));
}

#[test]
fn man_pages_tell_statuses_variables_and_what_else_to_read() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(&["man", folder.path().to_str().unwrap()]).status.code(), Some(0));
    let page = |name: &str| std::fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let page = std::fs::read_to_string(&path).unwrap();
        for heading in ["EXIT STATUS", "SEE ALSO"] {
            assert_eq!(
                page.matches(&format!(".SH \"{heading}\"")).count(),
                1,
                "{}: {heading}",
                path.display()
            );
        }
    }
    let check = page("certposture-check");
    for words in
        ["CERTPOSTURE_P12_PASSWORD", "NO_COLOR", ".SH \"EXAMPLES\"", ".BR certposture (1)", "certutil (1)"]
    {
        assert!(check.contains(words), "{words}: {check}");
    }
    assert!(!check.contains("CLOUDFLARE_API_TOKEN"));
    assert!(page("certposture-pull").contains("CLOUDFLARE_API_TOKEN"));
    assert!(!page("certposture-explain").contains("\\-\\-store"));
}

/// The codes with their titles, by group; the document has the same.
#[test]
fn explain_lists_every_code() {
    let listing = text(run(&["explain"]).stdout);
    let bare = text(run(&["explain", "--list"]).stdout);
    let document: serde_json::Value =
        serde_json::from_slice(&run(&["explain", "--format", "json"]).stdout).unwrap();
    let codes = document["codes"].as_array().unwrap();
    assert_eq!(codes.len(), bare.lines().count());
    for (code, line) in codes.iter().zip(bare.lines()) {
        assert_eq!(code["code"], line);
        assert!(listing.contains(&format!("\n  {line} ")), "{line}");
        assert!(code["url"].as_str().unwrap().ends_with(&format!("docs/reasons.md#{line}")));
    }
    let groups = ["The rule\n", "The stores\n"];
    assert!(groups.iter().all(|group| listing.contains(group)), "{listing}");
}
