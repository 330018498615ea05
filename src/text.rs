//! Text that came from outside, made safe to show, and words quoted for a shell.
//!
//! A certificate, a file or a rule may hold anything. No character of it may move the cursor, change
//! the reading direction or hide, so that no certificate can forge a line of the report.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Sentences as one message. Like every message it has no full stop at its end.
pub fn sentences(sentences: impl IntoIterator<Item = String>) -> String {
    sentences.into_iter().collect::<Vec<_>>().join(". ")
}

/// UTF-16 up to the first NUL, as Windows ends its strings.
pub fn utf16_before_nul(units: impl IntoIterator<Item = u16>) -> String {
    let units: Vec<u16> = units.into_iter().take_while(|&unit| unit != 0).collect();
    String::from_utf16_lossy(&units)
}

/// Whether `c` is invisible, moves the cursor or changes the direction of reading: C0 and C1
/// controls, bidirectional controls, zero-width characters, separators of lines, variation
/// selectors, tags, private-use and unassigned format characters.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// `text` with every deceptive character written as `\u{…}`; unchanged when it has none.
pub fn shown(text: &str) -> Cow<'_, str> {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain || !text.chars().any(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_deceptive(c) {
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Characters of a name, a label or another text chosen by somebody else that are shown. Longer ones are cut: a
/// certificate may hold megabytes. Neither a path nor a name in use is as long.
pub const MAX_TOLD: usize = 4_096;

/// `text`, or its first [`MAX_TOLD`] characters and an ellipsis.
pub fn bounded(text: &str) -> Cow<'_, str> {
    let beyond = if text.len() > MAX_TOLD { text.char_indices().nth(MAX_TOLD) } else { None };
    match beyond {
        Some((end, _)) => Cow::Owned(format!("{}...", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Bytes that are meant as text: what is valid UTF-8 as [`shown`], every other byte as `\xNN`. No more than
/// [`MAX_TOLD`] of them.
pub fn shown_bytes(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return shown(&bounded(text)).into_owned();
    }
    let mut safe = String::new();
    for chunk in bytes[..bytes.len().min(MAX_TOLD)].utf8_chunks() {
        safe.push_str(&shown(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(safe, "\\x{byte:02x}");
        }
    }
    if bytes.len() > MAX_TOLD {
        safe.push_str("...");
    }
    safe
}

/// Quotes one word for a POSIX shell so that it means exactly `word`, on one line and with nothing
/// deceptive in it. `None` when no such form exists: a NUL, which no argument can hold, or a newline
/// at the end, which a command substitution drops.
pub fn quote_sh(word: &[u8]) -> Option<String> {
    if word.contains(&0) || word.ends_with(b"\n") {
        return None;
    }
    match std::str::from_utf8(word) {
        Ok(text) if !text.is_empty() && text.bytes().all(is_plain_in_sh) => Some(text.to_owned()),
        Ok(text) if !text.chars().any(is_deceptive) => Some(quote_visible(text)),
        _ => Some(quote_octal(word)),
    }
}

/// The same for reading: where no word means exactly `word`, one that shows it.
pub fn show_sh(word: &[u8]) -> String {
    quote_sh(word).unwrap_or_else(|| quote_visible(&shown_bytes(word)))
}

fn is_plain_in_sh(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(&byte)
}

/// Single quotes, or double ones where they read better and nothing in them is special.
fn quote_visible(text: &str) -> String {
    if text.contains('\'') && !text.contains(['"', '$', '`', '\\', '!']) {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// `printf %b` in a command substitution, every unusual byte in octal. (Not as the format itself:
/// some shells would take an octal `%` for a directive.)
fn quote_octal(word: &[u8]) -> String {
    let mut argument = String::new();
    for &byte in word {
        if byte.is_ascii_alphanumeric() || b"_-./:@+=, ".contains(&byte) {
            argument.push(char::from(byte));
        } else {
            let _ = write!(argument, "\\0{byte:03o}");
        }
    }
    format!("\"$(printf %b '{argument}')\"")
}

/// Quotes one word for PowerShell: single quotes, each quote inside doubled. PowerShell takes the
/// typographic quotes U+2018 to U+201B for single quotes too. `None` when the word holds a
/// deceptive character, for which a one-line single-quoted form does not exist.
pub fn quote_powershell(word: &str) -> Option<String> {
    if word.chars().any(is_deceptive) {
        return None;
    }
    let mut quoted = String::with_capacity(word.len() + 2);
    quoted.push('\'');
    for c in word.chars() {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    Some(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_would_deceive() {
        assert_eq!(shown("plain ü 日本"), "plain ü 日本");
        assert_eq!(shown("a\u{202e}b\nc\u{200b}\u{9b}"), r"a\u{202e}b\u{a}c\u{200b}\u{9b}");
        assert_eq!(shown_bytes(b"caf\xe9\x1b"), r"caf\xe9\u{1b}");
        assert_eq!(shown_bytes("ü".repeat(MAX_TOLD).as_bytes()), "ü".repeat(MAX_TOLD));
        assert_eq!(shown_bytes("ü".repeat(MAX_TOLD + 1).as_bytes()), "ü".repeat(MAX_TOLD) + "...");
        assert_eq!(shown_bytes(&[0xff; MAX_TOLD + 1]), r"\xff".repeat(MAX_TOLD) + "...");
    }

    #[cfg(unix)]
    #[test]
    fn the_shell_reads_back_every_quoted_word() {
        let words: [&[u8]; 11] = [
            b"plain",
            b"",
            b"Jo's laptop",
            b"$(touch /tmp/x) `id` \"q\" \\",
            b"it's $HOME",
            b"-line\nbreak 100%s\\n",
            b"caf\xe9",
            "a\u{202e}b".as_bytes(),
            b"-n",
            b"100%s",
            b"bang!'",
        ];
        for word in words {
            let script = format!("printf %s {}", quote_sh(word).unwrap());
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(output.stdout, word, "{script}");
        }
        assert_eq!(quote_sh(b"tail\n"), None);
        assert_eq!(quote_sh(b"nul\0"), None);
    }

    #[test]
    fn powershell_doubles_every_kind_of_single_quote() {
        assert_eq!(quote_powershell("O'Brien’s").unwrap(), "'O''Brien’’s'");
        assert_eq!(quote_powershell("a\nb"), None);
    }
}
