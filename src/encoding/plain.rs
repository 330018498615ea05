//! Text made plain: what mail programs, shells and web forms do to PEM is undone before it is read.

use super::pem;
use memchr::memmem;
use zeroize::Zeroizing;

/// `bytes` as other readers take them: UTF-8 without a byte order mark, with line breaks in place of the
/// characters `\n`, and without the marks of quoted mail. `None` where nothing is to be changed. The
/// copies are wiped: there may be a private key among them.
pub fn plain(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let decoded = from_utf16(bytes);
    let text = decoded.as_ref().map_or(bytes, |text| &text[..]);
    let marked = text.starts_with(b"\xef\xbb\xbf");
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if pem::is_pem(text) {
        let unescaped = unescaped(text);
        let text = unescaped.as_ref().map_or(text, |text| &text[..]);
        let unquoted = unquoted(text);
        if let Some(text) = unquoted.or(unescaped) {
            return Some(text);
        }
    }
    let unmarked = || marked.then(|| Zeroizing::new(text.to_vec()));
    if decoded.is_some() && !marked { decoded } else { unmarked() }
}

/// UTF-16 with a byte order mark, or without one where every other octet of its beginning is zero.
fn from_utf16(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    type Unit = fn([u8; 2]) -> u16;
    let (unit, rest): (Unit, &[u8]) = match bytes {
        [0xff, 0xfe, rest @ ..] => (u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => (u16::from_be_bytes, rest),
        _ if is_ascii_in_utf16(bytes, 1) => (u16::from_le_bytes, bytes),
        _ if is_ascii_in_utf16(bytes, 0) => (u16::from_be_bytes, bytes),
        _ => return None,
    };
    // No unit takes more than three octets in UTF-8, so the buffer never moves.
    let mut text = Zeroizing::new(Vec::with_capacity(rest.len() / 2 * 3));
    let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    for character in char::decode_utf16(units) {
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Some(text)
}

fn is_ascii_in_utf16(bytes: &[u8], zero: usize) -> bool {
    let start = &bytes[..bytes.len().min(64)];
    start.len() >= 16
        && start.chunks_exact(2).all(|pair| {
            let letter = pair[1 - zero];
            pair[zero] == 0 && (letter.is_ascii_graphic() || letter.is_ascii_whitespace())
        })
}

/// Line breaks written as the characters `\n`, once or twice escaped, as in JSON and in environment
/// variables. (A `\r` before it goes.)
fn unescaped(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    memmem::find(text, b"\\n")?;
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        plain.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
        match rest.get(slashes) {
            Some(b'n') => plain.push(b'\n'),
            Some(b'r') => {}
            Some(b'/') => plain.push(b'/'),
            _ => {
                plain.extend_from_slice(&rest[..slashes]);
                rest = &rest[slashes..];
                continue;
            }
        }
        rest = &rest[slashes + 1..];
    }
    plain.extend_from_slice(rest);
    Some(plain)
}

/// Lines without the marks of quoted mail, where a boundary line has some in front of it.
fn unquoted(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mark = |byte: &u8| matches!(byte, b'>' | b'|' | b' ' | b'\t');
    let marks = |line: &[u8]| line.iter().take_while(|byte| mark(byte)).count();
    let is_quoted = |line: &[u8]| {
        let marks = marks(line);
        line[..marks].iter().any(|byte| matches!(byte, b'>' | b'|'))
            && line[marks..].starts_with(b"-----BEGIN ")
    };
    let lines = || text.split(|byte| *byte == b'\n');
    if !lines().any(is_quoted) {
        return None;
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len() + 1));
    for line in lines() {
        plain.extend_from_slice(&line[marks(line)..]);
        plain.push(b'\n');
    }
    Some(plain)
}
