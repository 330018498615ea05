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
    let commands: [&[&str]; 13] = [
        &[],
        &["check"],
        &["list"],
        &["verify"],
        &["ca"],
        &["ca", "inspect"],
        &["ca", "body"],
        &["ca", "upload"],
        &["pull"],
        &["lab"],
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
    }
}
