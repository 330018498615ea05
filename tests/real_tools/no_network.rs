//! Which commands open a connection: strace sees every socket that a process makes.

use std::path::Path;
use std::process::Command;

fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/upload")
        .join(name)
        .to_str()
        .unwrap()
        .to_owned()
}

/// The calls of `certposture` that have to do with internet sockets, and its exit status.
fn internet_calls(arguments: &[&str]) -> (Vec<String>, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let status = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=%network", "-o"])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_certposture"))
        .args(arguments)
        .env("CLOUDFLARE_API_TOKEN", "token-of-a-test")
        // Nobody listens on this port: what matters is that somebody knocks.
        .env("CLOUDFLARE_BASE_URL", "http://127.0.0.1:9/")
        .output()
        .unwrap()
        .status;
    let text = std::fs::read_to_string(&trace).unwrap();
    let calls = text.lines().filter(|line| line.contains("AF_INET") || line.contains("AF_NETLINK"));
    (calls.map(str::to_owned).collect(), status.code())
}

const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn pull_is_seen_to_open_a_connection() {
    let (calls, exit) = internet_calls(&["pull", "--account-id", ACCOUNT, "--rule-id", "1", "-o", "-"]);
    assert_eq!(exit, Some(3));
    assert!(calls.iter().any(|call| call.contains("connect(")), "{calls:?}");
}

#[test]
fn judging_opens_no_connection() {
    let (root, client) = (fixture("root.pem"), fixture("of-root.pem"));
    let store = format!("file:{client}");
    let rule = fixture("bundle.json");
    let commands: [&[&str]; 8] = [
        &["check", "--cn", "device-root", "--ca", &root],
        &["check", "--cn", "device-root", "--ca", &root, "--store", &store],
        &["check", "--rule", &rule, "--store", &store],
        &["list"],
        &["list", "--store", &store, "--cn", "device-root"],
        &["verify", "--ca", &root, &client],
        &["ca", "inspect", &root, "--for", &client],
        &["ca", "body", &root],
    ];
    for command in commands {
        let (calls, exit) = internet_calls(command);
        assert_eq!(calls, [""; 0], "{command:?}");
        assert!(exit.is_some_and(|exit| exit != 2), "{command:?} ended with {exit:?}");
    }
}
