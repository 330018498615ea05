//! A tag-length-value reader as lenient as the tools whose look-ups we reproduce.
//!
//! NSS, Security.framework and crypt32 all accept encodings that strict DER forbids (long lengths
//! written with leading zeros, for one). Look-ups must see what those tools see, so they read with
//! this walker; verification reads the same bytes again with the strict `der` crate.

use std::ops::Range;

/// Tags used by X.509, as they stand in the identifier octet.
pub mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OBJECT_IDENTIFIER: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const VIDEOTEX_STRING: u8 = 0x15;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE_STRING: u8 = 0x1a;
    pub const GENERAL_STRING: u8 = 0x1b;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
}

/// One element: its tag, and where its content and the whole of it lie in the bytes read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tlv {
    pub tag: u8,
    pub content: Range<usize>,
    pub whole: Range<usize>,
}

/// Walks the elements of a range of bytes, one after the other. Positions are absolute.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0, end: bytes.len() }
    }

    /// A reader over the part `range` of `bytes`; empty when the range does not lie in them.
    pub fn within(bytes: &'a [u8], range: &Range<usize>) -> Self {
        let end = range.end.min(bytes.len());
        Self { bytes, position: range.start.min(end), end }
    }

    pub fn is_empty(&self) -> bool {
        self.position >= self.end
    }

    /// The tag of the next element, without reading it.
    pub fn peek_tag(&self) -> Option<u8> {
        (self.position < self.end).then(|| self.bytes[self.position])
    }

    /// Reads the next element. `None` at the end, for a length that overruns, an indefinite length
    /// or a multi-byte tag (X.509 has none).
    pub fn next_tlv(&mut self) -> Option<Tlv> {
        let start = self.position;
        let tag = self.peek_tag()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, header) = self.length_at(start + 1)?;
        let content = header..header.checked_add(length)?;
        if content.end > self.end {
            return None;
        }
        self.position = content.end;
        Some(Tlv { tag, whole: start..content.end, content })
    }

    /// Reads the next element when it has the tag `wanted`; otherwise stays where it is.
    pub fn next_if(&mut self, wanted: u8) -> Option<Tlv> {
        if self.peek_tag()? != wanted {
            return None;
        }
        self.next_tlv()
    }

    /// The length that begins at `at`, and the position after it.
    fn length_at(&self, at: usize) -> Option<(usize, usize)> {
        let rest = self.bytes.get(at..self.end)?;
        let first = *rest.first()?;
        if first < 0x80 {
            return Some((usize::from(first), at + 1));
        }
        let count = usize::from(first & 0x7f);
        let digits = rest.get(1..1 + count)?;
        if digits.is_empty() {
            return None;
        }
        let significant = digits.iter().position(|&b| b != 0).map_or(&digits[count..], |i| &digits[i..]);
        if significant.len() > 4 {
            return None;
        }
        let length = significant.iter().fold(0usize, |sum, &b| (sum << 8) | usize::from(b));
        Some((length, at + 1 + count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_short_and_long_lengths() {
        let bytes = [0x04, 0x01, 0xaa, 0x04, 0x82, 0x00, 0x01, 0xbb];
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.next_tlv().unwrap().content, 2..3);
        assert_eq!(reader.next_tlv().unwrap().content, 7..8);
        assert!(reader.next_tlv().is_none());
    }

    #[test]
    fn refuses_overruns_and_indefinite_lengths() {
        for bytes in [&[0x04, 0x02, 0xaa][..], &[0x30, 0x80, 0, 0], &[0x04, 0x85, 1, 0, 0, 0, 0], &[0x04]] {
            assert!(Reader::new(bytes).next_tlv().is_none(), "{bytes:02x?}");
        }
    }
}
