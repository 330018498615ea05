//! The JSON in which rules and uploaded certificates reach people: an answer of Cloudflare's API, a
//! bundle that `certposture pull` made, or what Terraform and OpenTofu keep.
//!
//! Here stands only where in such a document the objects are. What they mean is read by `rule` and `ca`.

mod terraform;

use crate::text::shown;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// The schema of a bundle, which `certposture pull` writes.
pub const BUNDLE_SCHEMA: &str = "certposture.bundle/1";

/// Errors told of one answer.
const MOST_ERRORS: usize = 5;

/// A document that can hold rules and certificates.
#[derive(Clone, Debug)]
pub struct Document {
    value: Value,
    kind: DocumentKind,
}

/// Where a document comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// The API, with or without its envelope.
    Api,
    /// `certposture pull`.
    Bundle,
    /// A state file, or `show -json`.
    Terraform,
}

/// A text that is no such document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDocument {
    #[error("it is not JSON: {0}")]
    NotJson(String),
    #[error(
        "it is Terraform's configuration and not JSON; give what `terraform show -json` prints (or `tofu show -json`)"
    )]
    Configuration,
    #[error("the API answered with an error: {0}")]
    ApiError(String),
}

impl Document {
    /// Reads a document. Windows PowerShell writes redirected output as UTF-16, which will do too.
    pub fn read(bytes: &[u8]) -> Result<Self, NoDocument> {
        let text = decoded(bytes);
        let value: Value = serde_json::from_slice(&text).map_err(|why| not_json(&text, &why))?;
        Self::of(value)
    }

    /// Takes JSON for a document.
    pub fn of(value: Value) -> Result<Self, NoDocument> {
        if let Some(error) = api_error(&value) {
            return Err(NoDocument::ApiError(error));
        }
        let kind = if value["schema"] == BUNDLE_SCHEMA {
            DocumentKind::Bundle
        } else if terraform::is_state(&value) {
            DocumentKind::Terraform
        } else {
            DocumentKind::Api
        };
        Ok(Self { value, kind })
    }

    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The document as it stands.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Every object that may be a posture rule.
    pub fn rules(&self) -> Vec<&Value> {
        match self.kind {
            DocumentKind::Bundle => objects(&self.value["rules"]),
            DocumentKind::Terraform => terraform::resources(&self.value, terraform::RULES),
            DocumentKind::Api => objects(&self.value),
        }
    }

    /// Every object that may be an uploaded certificate.
    pub fn certificates(&self) -> Vec<&Value> {
        match self.kind {
            DocumentKind::Bundle => objects(&self.value["certificates"]),
            DocumentKind::Terraform => terraform::resources(&self.value, terraform::CERTIFICATES),
            DocumentKind::Api => objects(&self.value),
        }
    }
}

/// The objects of a value: itself, those of a list, or those of its `result`.
fn objects(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().flat_map(objects).collect(),
        Value::Object(fields) => match fields.get("result") {
            Some(result) if !fields.contains_key("type") => objects(result),
            _ => vec![value],
        },
        _ => Vec::new(),
    }
}

/// UTF-8 without a byte order mark.
fn decoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return Cow::Borrowed(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
    };
    let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    Cow::Owned(char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect::<String>().into_bytes())
}

fn not_json(text: &[u8], why: &serde_json::Error) -> NoDocument {
    let text = String::from_utf8_lossy(text);
    let mut lines = text.lines().map(str::trim_start);
    if lines.any(|line| line.starts_with("resource \"cloudflare_") || line.starts_with("# cloudflare_")) {
        return NoDocument::Configuration;
    }
    NoDocument::NotJson(shown(&why.to_string()).into_owned())
}

/// What the API says where it gives no result; safe to print.
fn api_error(value: &Value) -> Option<String> {
    if value["success"] != Value::Bool(false) {
        return None;
    }
    let errors = value["errors"].as_array().into_iter().flatten().take(MOST_ERRORS);
    let said: Vec<String> = errors.map(|error| ApiError(error).to_string()).collect();
    Some(if said.is_empty() { "it gives no reason".to_owned() } else { said.join("; ") })
}

/// One entry of `errors`.
struct ApiError<'a>(&'a Value);

impl fmt::Display for ApiError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(self.0["message"].as_str().unwrap_or("no message")))?;
        match self.0["code"].as_i64() {
            Some(code) => write!(f, " (code {code})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules(value: Value) -> usize {
        Document::of(value).unwrap().rules().len()
    }

    #[test]
    fn finds_rules_wherever_the_api_puts_them() {
        let rule = json!({"type": "client_certificate", "input": {"cn": "x"}});
        assert_eq!(rules(rule.clone()), 1);
        assert_eq!(rules(json!([rule, rule])), 2);
        assert_eq!(rules(json!({"success": true, "result": [rule, rule, 7]})), 2);
        // Pages put together with `jq -s`.
        assert_eq!(
            rules(json!([{"success": true, "result": [rule]}, {"success": true, "result": [rule]}])),
            2
        );
        assert_eq!(rules(json!({"success": true, "result": null})), 0);
        assert_eq!(rules(json!(7)), 0);
    }

    #[test]
    fn tells_the_errors_of_the_api() {
        let error = |value| Document::of(value).unwrap_err().to_string();
        let refused =
            json!({"success": false, "errors": [{"code": 10000, "message": "Authentication error"}]});
        assert!(error(refused).ends_with("Authentication error (code 10000)"));
        assert!(error(json!({"success": false, "errors": []})).ends_with("no reason"));
    }

    #[test]
    fn reads_what_powershell_redirects() {
        let text = "\u{feff}{\"type\": \"client_certificate\"}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [text.as_bytes(), &little, &big] {
            assert_eq!(Document::read(bytes).unwrap().rules().len(), 1);
        }
    }

    #[test]
    fn knows_a_configuration() {
        let configuration = "# ours\nresource \"cloudflare_zero_trust_device_posture_rule\" \"x\" {\n}\n";
        assert_eq!(Document::read(configuration.as_bytes()).unwrap_err(), NoDocument::Configuration);
        assert!(matches!(Document::read(b"resource").unwrap_err(), NoDocument::NotJson(_)));
    }
}
