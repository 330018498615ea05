//! Words that several findings share. All of it is safe to print.

use super::reading::Reading;
use crate::certificate::{Name, timestamp};
use crate::reason::{Code, Finding};
use crate::text;
use unicode_security::skeleton;

/// Longer names are cut: a certificate may hold megabytes.
const MAX_NAME: usize = 200;
const MAX_KEY_ID: usize = 32;
const MAX_COMPARED: usize = 1000;

pub const SECONDS_PER_DAY: i64 = 86_400;

pub fn finding(code: Code, depth: usize, message: String) -> Finding {
    Finding::new(code, message).at(depth)
}

/// A distinguished name as reports show it.
pub fn name(name: Name<'_>) -> String {
    cut(&name.to_string())
}

/// Outside text, escaped and cut to a readable length.
pub fn cut(outside: &str) -> String {
    match outside.char_indices().nth(MAX_NAME) {
        None => text::shown(outside).into_owned(),
        Some((end, _)) => format!("{}...", text::shown(&outside[..end])),
    }
}

/// A key identifier in hexadecimal, or `none`.
pub fn key_id(id: Option<&[u8]>) -> String {
    match id {
        None => "none".to_owned(),
        Some(id) if id.len() > MAX_KEY_ID => format!("{}...", text::hex(&id[..MAX_KEY_ID])),
        Some(id) => text::hex(id),
    }
}

/// A moment, in seconds since 1970.
pub fn date(seconds: i64) -> String {
    timestamp(Some(seconds))
        .map_or_else(|| "an unknown date".to_owned(), |t| t.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// A span of time in whole days, or hours and minutes below one.
pub fn span(seconds: i64) -> String {
    let plural = |n: i64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match seconds {
        SECONDS_PER_DAY.. => plural(seconds / SECONDS_PER_DAY, "day"),
        3600.. => plural(seconds / 3600, "hour"),
        60.. => plural(seconds / 60, "minute"),
        _ => plural(seconds.max(0), "second"),
    }
}

/// How a message calls the certificate at `depth`, with a capital letter.
pub fn who(chain: &[&Reading<'_>], depth: usize, is_anchored: bool) -> String {
    if depth == 0 {
        return "The certificate".to_owned();
    }
    let subject = chain.get(depth).map_or_else(String::new, |reading| name(reading.subject));
    if is_anchored && depth + 1 == chain.len() {
        format!("The uploaded CA \"{subject}\"")
    } else {
        format!("The intermediate \"{subject}\"")
    }
}

/// The certificate judged cannot be read; `what` says why.
pub fn unparseable(what: &str) -> Finding {
    finding(Code::CertificateUnparseable, 0, format!("The certificate is malformed: {what}"))
}

/// That two names which are not the same look alike, and where they differ first (UTS #39 §4).
pub fn look_alike(one: Name<'_>, other: Name<'_>) -> Option<String> {
    // Nobody reads longer names letter by letter.
    if one.der.len().max(other.der.len()) > MAX_COMPARED {
        return None;
    }
    let (one, other) = (one.to_string(), other.to_string());
    if one == other || !skeleton(&one).eq(skeleton(&other)) {
        return None;
    }
    let (a, b) = one.chars().zip(other.chars()).find(|(a, b)| a != b)?;
    Some(format!(
        "The two names only look alike: one has U+{:04X} where the other has U+{:04X}",
        u32::from(a),
        u32::from(b)
    ))
}
