//! Reason codes as a document: `certposture explain --format json`.

use super::json::print;
use crate::reason::Code;
use serde_json::{Value, json};
use std::io;

/// Writes the document `certposture.explain/1`.
pub fn json(codes: &[Code]) -> io::Result<()> {
    print(&json!({
        "schema": "certposture.explain/1",
        "codes": codes.iter().copied().map(value).collect::<Vec<_>>(),
    }))
}

fn value(code: Code) -> Value {
    let texts = code.texts();
    json!({
        "code": code.as_str(),
        "group": code.stage().heading(),
        "weight": code.weight().as_str(),
        "effect": code.weight().effect(),
        "title": texts.seen,
        "why": texts.why,
        "fix": texts.fix,
        "commands": texts.commands.iter().map(|command| json!({
            "label": command.label,
            "line": command.line,
        })).collect::<Vec<_>>(),
        "url": code.url(),
    })
}
