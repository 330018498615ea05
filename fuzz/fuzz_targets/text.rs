//! Wildcards, double-quoted strings of PowerShell, folding of case, escaping and quoting: a pattern,
//! the octet 0xff, and a text.
#![no_main]

use certposture::lookup::{powershell, security};
use certposture::text::{is_deceptive, quote_powershell, quote_sh, shown, shown_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    assert!(!shown_bytes(data).chars().any(is_deceptive));
    if let Some(quoted) = quote_sh(data) {
        assert!(!quoted.chars().any(is_deceptive), "{quoted:?}");
    }
    let mut parts = data.splitn(2, |byte| *byte == 0xff);
    let pattern = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let text = String::from_utf8_lossy(parts.next().unwrap_or_default());
    assert!(!shown(&pattern).chars().any(is_deceptive));
    let _ = quote_powershell(&pattern);
    if let Ok(expanded) = powershell::expand(&pattern) {
        let _ = format!("{expanded:?}");
    }
    if let Ok(wildcard) = powershell::Wildcard::parse(&pattern) {
        let _ = (wildcard.matches(&text), wildcard.inner_wildcards());
    }
    let _ = security::contains(&text, &pattern);
});
