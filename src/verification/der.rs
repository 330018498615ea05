//! Strict DER (X.690 §8, §10 and §11): what is signed must have exactly one encoding.
//!
//! The look-ups' reader ([`crate::certificate::tlv`]) forgives what NSS and the others forgive. Bytes
//! that pass [`check`] hold nothing to forgive, so that same reader can take them apart afterwards.
//!
//! Two violations are let through, as OpenSSL, NSS and Go let them: a default value that is written
//! out (`critical FALSE` is common) and the members of a SET in another order. Neither changes what
//! the bytes mean.

use crate::certificate::tlv::tag;

/// Nesting that no certificate comes near.
const MAX_DEPTH: usize = 32;

const BMP_STRING_WIDTH: usize = 2;
const UNIVERSAL_STRING_WIDTH: usize = 4;
const CONSTRUCTED: u8 = 0x20;
const CLASS: u8 = 0xc0;

/// Checks every element in `bytes`; the error says what is wrong and at which byte.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    elements(bytes, 0, 0)
}

/// Checks the elements that fill `bytes`, which begin at byte `base` of the whole.
fn elements(bytes: &[u8], base: usize, depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("elements are nested too deeply at byte {base}"));
    }
    let mut position = 0;
    while let Some(&identifier) = bytes.get(position) {
        let at = base + position;
        let (header, length) = header(&bytes[position..]).map_err(|what| format!("{what} at byte {at}"))?;
        let start = position + header;
        let content = start
            .checked_add(length)
            .and_then(|end| bytes.get(start..end))
            .ok_or_else(|| format!("the element at byte {at} is cut short"))?;
        if identifier & CLASS == 0 {
            universal(identifier, content).map_err(|what| format!("{what} at byte {at}"))?;
        }
        if identifier & CONSTRUCTED != 0 {
            elements(content, base + start, depth + 1)?;
        }
        position = start + length;
    }
    Ok(())
}

/// The length of the identifier and length octets, and the length they give.
fn header(bytes: &[u8]) -> Result<(usize, usize), &'static str> {
    let (identifier, first) = match bytes {
        [identifier, first, ..] => (*identifier, *first),
        _ => return Err("an element without a length"),
    };
    if identifier & 0x1f == 0x1f {
        return Err("a tag number that no certificate uses");
    }
    if first < 0x80 {
        return Ok((2, usize::from(first)));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 {
        return Err("an indefinite length, which DER forbids");
    }
    let digits = bytes.get(2..2 + count).ok_or("a length that is cut short")?;
    if count > 4 {
        return Err("a length beyond all measure");
    }
    let length = digits.iter().fold(0usize, |sum, &b| (sum << 8) | usize::from(b));
    if digits[0] == 0 || length < 0x80 {
        return Err("a length that is not in its shortest form");
    }
    Ok((2 + count, length))
}

fn universal(identifier: u8, content: &[u8]) -> Result<(), &'static str> {
    let is_collection = matches!(identifier & 0x1f, 0x10 | 0x11);
    if is_collection != (identifier & CONSTRUCTED != 0) {
        return Err("a value in the wrong form (primitive or constructed)");
    }
    match identifier {
        0 => Err("an end-of-contents mark, which DER forbids"),
        tag::BOOLEAN => boolean(content),
        tag::INTEGER | tag::ENUMERATED => integer(content),
        tag::BIT_STRING => bit_string(content),
        tag::NULL if !content.is_empty() => Err("a NULL that is not empty"),
        tag::OBJECT_IDENTIFIER => object_identifier(content),
        tag::UTF8_STRING if std::str::from_utf8(content).is_err() => Err("text that is not UTF-8"),
        tag::BMP_STRING if !content.len().is_multiple_of(BMP_STRING_WIDTH) => {
            Err("a BMPString with half a character")
        }
        tag::UNIVERSAL_STRING if !content.len().is_multiple_of(UNIVERSAL_STRING_WIDTH) => {
            Err("a UniversalString with part of a character")
        }
        _ => Ok(()),
    }
}

fn boolean(content: &[u8]) -> Result<(), &'static str> {
    if matches!(content, [0x00 | 0xff]) { Ok(()) } else { Err("a BOOLEAN other than 00 and FF") }
}

fn integer(content: &[u8]) -> Result<(), &'static str> {
    match content {
        [] => Err("an empty INTEGER"),
        [0x00, next, ..] if next & 0x80 == 0 => Err("an INTEGER that is not in its shortest form"),
        [0xff, next, ..] if next & 0x80 != 0 => Err("an INTEGER that is not in its shortest form"),
        _ => Ok(()),
    }
}

/// Unused bits are at most seven and all zero (X.690 §8.6.2, §11.2.1).
fn bit_string(content: &[u8]) -> Result<(), &'static str> {
    let ok = match content {
        [] => false,
        [unused] => *unused == 0,
        [unused, .., last] => *unused < 8 && last & ((1u8 << unused) - 1) == 0,
    };
    if ok { Ok(()) } else { Err("a BIT STRING with wrong unused bits") }
}

/// No arc begins with a superfluous octet, and the last one ends (X.690 §8.19.2).
fn object_identifier(content: &[u8]) -> Result<(), &'static str> {
    let complete = content.last().is_some_and(|b| b & 0x80 == 0);
    let mut begins = true;
    for &byte in content {
        if begins && byte == 0x80 {
            return Err("an OBJECT IDENTIFIER that is not in its shortest form");
        }
        begins = byte & 0x80 == 0;
    }
    if complete { Ok(()) } else { Err("an OBJECT IDENTIFIER that is cut short") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_has_one_encoding() {
        let ok: [&[u8]; 6] = [
            &[0x30, 0x03, 0x02, 0x01, 0x05],
            &[0x01, 0x01, 0xff],
            &[0x02, 0x02, 0x00, 0x80],
            &[0x03, 0x02, 0x07, 0x80],
            &[0x05, 0x00],
            &[0x06, 0x03, 0x55, 0x04, 0x03],
        ];
        for bytes in ok {
            assert_eq!(check(bytes), Ok(()), "{bytes:02x?}");
        }
    }

    #[test]
    fn names_what_is_malformed_and_where() {
        let bad: [(&[u8], &str); 14] = [
            (&[0x30, 0x80, 0, 0], "an indefinite length, which DER forbids at byte 0"),
            (&[0x04, 0x81, 0x01, 0xaa], "a length that is not in its shortest form at byte 0"),
            (&[0x04, 0x82, 0x00, 0x80], "a length that is not in its shortest form at byte 0"),
            (&[0x30, 0x03, 0x04, 0x05, 0x00], "the element at byte 2 is cut short"),
            (&[0x01, 0x01, 0x01], "a BOOLEAN other than 00 and FF at byte 0"),
            (&[0x02, 0x02, 0x00, 0x7f], "an INTEGER that is not in its shortest form at byte 0"),
            (&[0x02, 0x02, 0xff, 0x80], "an INTEGER that is not in its shortest form at byte 0"),
            (&[0x02, 0x00], "an empty INTEGER at byte 0"),
            (&[0x03, 0x02, 0x01, 0x01], "a BIT STRING with wrong unused bits at byte 0"),
            (&[0x05, 0x01, 0x00], "a NULL that is not empty at byte 0"),
            (&[0x06, 0x02, 0x80, 0x01], "an OBJECT IDENTIFIER that is not in its shortest form at byte 0"),
            (&[0x0c, 0x01, 0xff], "text that is not UTF-8 at byte 0"),
            (&[0x24, 0x00], "a value in the wrong form (primitive or constructed) at byte 0"),
            (&[0x1f, 0x81, 0x01, 0x00], "a tag number that no certificate uses at byte 0"),
        ];
        for (bytes, what) in bad {
            assert_eq!(check(bytes), Err(what.to_owned()), "{bytes:02x?}");
        }
    }

    #[test]
    fn does_not_follow_endless_nesting() {
        // Lengths under 128 fit one octet; deeper levels repeat the two-octet header.
        let mut bytes = vec![];
        for level in (0..60).rev() {
            bytes.extend([0x30, (level * 2) as u8]);
        }
        assert!(check(&bytes).unwrap_err().contains("nested too deeply"));
    }
}
