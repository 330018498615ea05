//! What `lab` made, for a program.

use super::json::{print, tool};
use crate::lab::{CASES, Case, Databases, Lab, PASS_PHRASE};
use serde_json::{Value, json};
use std::io;

/// Writes `certposture.lab/1`. Paths are below `directory`.
pub fn json(made: &Lab) -> io::Result<()> {
    let databases = match made.databases {
        Databases::Made => "made",
        Databases::NoTools => "no-tools",
        Databases::Failed => "failed",
    };
    print(&json!({
        "schema": "certposture.lab/1",
        "tool": tool(),
        "directory": made.directory.to_string_lossy(),
        "ca": "ca/root-ca.pem",
        "rules": ["rules/linux.json", "rules/macos.json", "rules/windows.json"],
        "pass_phrase": PASS_PHRASE,
        "databases": databases,
        "certificates": CASES.iter().map(|case| certificate(case, made)).collect::<Vec<_>>(),
    }))
}

fn certificate(case: &Case, made: &Lab) -> Value {
    let name = case.name;
    json!({
        "name": name,
        "about": case.about,
        "code": case.fault.map(|code| code.as_str()),
        "pem": format!("pem/{name}/{name}.pem"),
        "der": format!("der/{name}.der"),
        "pkcs12": format!("pkcs12/{name}.p12"),
        "nss": (made.databases == Databases::Made).then(|| format!("nss/{name}")),
    })
}
