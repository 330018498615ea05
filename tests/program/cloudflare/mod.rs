//! `pull` and `ca upload` against a server on loopback that plays the API.

mod errors;
mod pull;
mod server;
mod upload;

use serde_json::{Value, json};
use server::Reply;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The API token of every test; no output may hold it.
pub const TOKEN: &str = "token-0123456789-SECRET";
/// The API key of every test.
pub const KEY: &str = "key-9876543210-SECRET";
pub const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";
pub const RULE: &str = "11111111-2222-3333-4444-555555555555";
pub const CA: &str = "2458ce5a-0c35-4c7f-82c7-8e9487d3ff60";

/// How a run of the program ended.
#[derive(Debug)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub exit: Option<i32>,
}

impl Run {
    pub fn json(&self) -> Value {
        let document =
            serde_json::from_str(&self.stdout).unwrap_or_else(|why| panic!("{why}: {}", self.stdout));
        crate::support::schema::assert_valid(&document);
        document
    }
}

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/upload").join(name)
}

pub fn pem(name: &str) -> String {
    std::fs::read_to_string(fixture(name)).unwrap()
}

/// Runs the program with the token and the API's address in an otherwise empty environment.
pub fn run(base: &str, arguments: &[&str]) -> Run {
    run_with(&[("CLOUDFLARE_BASE_URL", base), ("CLOUDFLARE_API_TOKEN", TOKEN)], arguments)
}

/// Runs the program, and looks for secrets in everything that it says.
pub fn run_with(environment: &[(&str, &str)], arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
        .args(arguments)
        .args(["--at", "2026-01-01T00:00:00Z"])
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    no_secret(&stdout);
    no_secret(&stderr);
    Run { stdout, stderr, exit: output.status.code() }
}

#[track_caller]
pub fn no_secret(text: &str) {
    for secret in [TOKEN, KEY, "SECRET"] {
        assert!(!text.contains(secret), "{secret} in: {text}");
    }
}

/// The API's envelope around a result.
pub fn good(result: Value) -> Reply {
    Reply::new(200, json!({"success": true, "errors": [], "messages": [], "result": result}))
}

/// The API's envelope around an error.
pub fn bad(status: u16, code: i64, message: &str) -> Reply {
    let errors = json!([{"code": code, "message": message}]);
    Reply::new(status, json!({"success": false, "errors": errors, "messages": [], "result": null}))
}

/// A rule as the API has it.
pub fn rule(id: &str, name: &str, rule_type: &str, certificate_id: &str) -> Value {
    let v2 = json!({"certificate_id": certificate_id, "cn": "device-root", "check_private_key": false,
                    "operating_system": "linux", "locations": {"trust_stores": ["system"]}, "something_new": 1});
    let original = json!({"certificate_id": certificate_id, "cn": "device-root"});
    let input = if rule_type == "client_certificate_v2" { v2 } else { original };
    json!({"id": id, "name": name, "type": rule_type, "description": null, "schedule": "5m", "expiration": "",
           "match": [{"platform": "linux"}], "input": input})
}

/// An uploaded certificate as the API has it.
pub fn certificate(id: &str, file: &str) -> Value {
    json!({"id": id, "name": file, "ca": true, "certificates": pem(file), "issuer": "CN=x", "serial_number": "1",
           "signature": "ECDSAWithSHA256", "type": "custom", "expires_on": "2044-01-01T00:00:00Z",
           "uploaded_on": "2025-01-01T00:00:00Z"})
}
