//! BER made definite, for PKCS #12 files as NSS and older tools write them.

use crate::certificate::tlv::{Reader, tag};
use zeroize::Zeroizing;

/// How deep elements may lie in one another.
const MAX_DEPTH: usize = 32;

const CONSTRUCTED: u8 = 0x20;
const CONSTRUCTED_OCTET_STRING: u8 = tag::OCTET_STRING | CONSTRUCTED;
const END_OF_CONTENTS: &[u8] = &[0, 0];

/// The first element of `bytes` with definite lengths throughout, and OCTET STRINGs in one piece
/// (X.690 §8.1.3.6, §8.7). `None` when it is cut off or nested too deeply.
pub fn definite(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.len()));
    copy_element(&mut &*bytes, MAX_DEPTH, &mut out)?;
    Some(out)
}

fn copy_element(input: &mut &[u8], depth: usize, out: &mut Vec<u8>) -> Option<()> {
    let (element_tag, length) = header(input)?;
    match length {
        Some(length) if element_tag & CONSTRUCTED == 0 => push(out, element_tag, take(input, length)?),
        _ if element_tag & CONSTRUCTED == 0 || depth == 0 => return None,
        length => {
            let members = copy_members(input, length, depth - 1)?;
            if element_tag == CONSTRUCTED_OCTET_STRING {
                push(out, tag::OCTET_STRING, &joined(&members)?);
            } else {
                push(out, element_tag, &members);
            }
        }
    }
    Some(())
}

/// Wiped when dropped: there may be a key among them.
fn copy_members(input: &mut &[u8], length: Option<usize>, depth: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(Vec::new());
    match length {
        Some(length) => {
            let mut content = take(input, length)?;
            out.reserve_exact(length);
            while !content.is_empty() {
                copy_element(&mut content, depth, &mut out)?;
            }
        }
        None => loop {
            if let Some(rest) = input.strip_prefix(END_OF_CONTENTS) {
                *input = rest;
                break;
            }
            copy_element(input, depth, &mut out)?;
        },
    }
    Some(out)
}

/// The octets of an OCTET STRING's pieces, one after the other.
pub fn joined(pieces: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(pieces.len());
    let mut reader = Reader::new(pieces);
    while !reader.is_empty() {
        let piece = reader.next_if(tag::OCTET_STRING)?;
        whole.extend_from_slice(&pieces[piece.content]);
    }
    Some(whole)
}

/// Tag and length; no length when it is indefinite.
fn header(input: &mut &[u8]) -> Option<(u8, Option<usize>)> {
    let [element_tag, first, rest @ ..] = *input else { return None };
    if element_tag & 0x1f == 0x1f {
        return None;
    }
    let digits = usize::from(first & 0x7f);
    let length = match first {
        0x80 => None,
        0..0x80 => Some(digits),
        _ => Some(
            rest.get(..digits).filter(|_| digits <= 4)?.iter().fold(0, |n, &b| (n << 8) | usize::from(b)),
        ),
    };
    *input = if *first > 0x80 { &rest[digits..] } else { rest };
    Some((*element_tag, length))
}

fn take<'a>(input: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = input.split_at_checked(length)?;
    *input = rest;
    Some(taken)
}

fn push(out: &mut Vec<u8>, element_tag: u8, content: &[u8]) {
    out.push(element_tag);
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().take_while(|&&b| b == 0).count()..];
    match digits {
        [] => out.push(0),
        [short @ 0..0x80] => out.push(*short),
        _ => {
            // A usize has at most 8 digits.
            out.push(0x80 | digits.len() as u8);
            out.extend_from_slice(digits);
        }
    }
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_lengths_definite_and_strings_whole() {
        // X.690 §8.1.3.6 and §8.7.3.2: an indefinite SEQUENCE of an OCTET STRING in two pieces.
        let ber = [0x30, 0x80, 0x24, 0x80, 0x04, 1, 0xaa, 0x04, 1, 0xbb, 0, 0, 0x02, 0x81, 1, 7, 0, 0];
        assert_eq!(*definite(&ber).unwrap(), [0x30, 7, 0x04, 2, 0xaa, 0xbb, 0x02, 1, 7]);
        let long = [&[0x04, 0x82, 1, 0][..], &[9; 256]].concat();
        assert_eq!(*definite(&long).unwrap(), long);
    }

    #[test]
    fn refuses_what_is_cut_off_or_too_deep() {
        let ber = [0x30, 0x80, 0x24, 0x80, 0x04, 1, 0xaa, 0, 0, 0, 0];
        for cut in 0..ber.len() {
            assert_eq!(definite(&ber[..cut]), None, "{cut}");
        }
        let nested = [0x30, 0x80].repeat(200_000);
        assert_eq!(definite(&nested), None);
        assert_eq!(definite(&[0x04, 0x80, 0, 0]), None);
        assert_eq!(definite(&[0x04, 0x85, 1, 0, 0, 0, 0, 0]), None);
    }
}
