//! Whether NSS can decode a certificate. It skips one that it cannot, so the look-up must too.
//!
//! NSS's quick decoder (`lib/util/quickder.c`) walks the template of `SEC_SignedCertificateTemplate`
//! (`lib/certdb/certdb.c`): stricter than the lenient outline about lengths and about bytes that belong
//! to no element, laxer than X.509 about all contents. What extensions and names hold plays no part.

use crate::certificate::tlv::tag;

/// What is left of an element's content.
type Input<'a> = &'a [u8];

/// An element: its tag and its content.
type Element<'a> = (u8, Input<'a>);

/// Whether `der` is one whole certificate to NSS, with nothing after it.
pub(super) fn decodes(der: &[u8]) -> bool {
    certificate(der).is_some()
}

fn certificate(mut file: Input<'_>) -> Option<()> {
    let mut outer = expect(&mut file, tag::SEQUENCE)?;
    let tbs = expect(&mut outer, tag::SEQUENCE)?;
    to_be_signed(tbs)?;
    algorithm(&mut outer)?;
    bit_string(expect(&mut outer, tag::BIT_STRING)?)?;
    end(outer)?;
    end(file)
}

fn to_be_signed(mut tbs: Input<'_>) -> Option<()> {
    if let Some(mut version) = optional(&mut tbs, 0xa0)? {
        // What follows the number inside the explicit tag is not looked at.
        filled(expect(&mut version, tag::INTEGER)?)?;
    }
    filled(expect(&mut tbs, tag::INTEGER)?)?;
    algorithm(&mut tbs)?;
    name(expect(&mut tbs, tag::SEQUENCE)?)?;
    let mut validity = expect(&mut tbs, tag::SEQUENCE)?;
    date(&mut validity)?;
    date(&mut validity)?;
    end(validity)?;
    name(expect(&mut tbs, tag::SEQUENCE)?)?;
    let mut key = expect(&mut tbs, tag::SEQUENCE)?;
    algorithm(&mut key)?;
    bit_string(expect(&mut key, tag::BIT_STRING)?)?;
    end(key)?;
    for unique_id in [0x81, 0x82] {
        if let Some(id) = optional(&mut tbs, unique_id)? {
            bit_string(id)?;
        }
    }
    if let Some(mut explicit) = optional(&mut tbs, 0xa3)? {
        each(expect(&mut explicit, tag::SEQUENCE)?, extension)?;
    }
    end(tbs)
}

/// `AlgorithmIdentifier`: an object identifier and at most one element.
fn algorithm(input: &mut Input<'_>) -> Option<()> {
    let mut content = expect(input, tag::SEQUENCE)?;
    filled(expect(&mut content, tag::OBJECT_IDENTIFIER)?)?;
    next(&mut content)?;
    end(content)
}

/// `Name`: a sequence of sets of pairs.
fn name(content: Input<'_>) -> Option<()> {
    each(content, |(set, pairs)| {
        (set == tag::SET).then_some(())?;
        each(pairs, |(sequence, mut pair)| {
            (sequence == tag::SEQUENCE).then_some(())?;
            filled(expect(&mut pair, tag::OBJECT_IDENTIFIER)?)?;
            next(&mut pair)??;
            end(pair)
        })
    })
}

fn date(validity: &mut Input<'_>) -> Option<()> {
    let (tag, content) = next(validity)??;
    matches!(tag, tag::UTC_TIME | tag::GENERALIZED_TIME).then_some(())?;
    filled(content)
}

fn extension((sequence, mut content): Element<'_>) -> Option<()> {
    (sequence == tag::SEQUENCE).then_some(())?;
    filled(expect(&mut content, tag::OBJECT_IDENTIFIER)?)?;
    if let Some(critical) = optional(&mut content, tag::BOOLEAN)? {
        filled(critical)?;
    }
    expect(&mut content, tag::OCTET_STRING)?;
    end(content)
}

/// Content of a BIT STRING: the count of unused bits, and bits for them to be in.
fn bit_string(content: Input<'_>) -> Option<()> {
    let (&unused, bits) = content.split_first()?;
    (unused == 0 || (unused < 8 && !bits.is_empty())).then_some(())
}

fn filled(content: Input<'_>) -> Option<()> {
    (!content.is_empty()).then_some(())
}

fn end(rest: Input<'_>) -> Option<()> {
    rest.is_empty().then_some(())
}

fn each(mut content: Input<'_>, check: impl Fn(Element<'_>) -> Option<()>) -> Option<()> {
    while let Some(element) = next(&mut content)? {
        check(element)?;
    }
    Some(())
}

/// Takes the next element's content if it has the tag `wanted`.
fn expect<'a>(input: &mut Input<'a>, wanted: u8) -> Option<Input<'a>> {
    let (tag, content) = next(input)??;
    (tag == wanted).then_some(content)
}

/// Takes the next element's content if it has the tag `wanted`, otherwise leaves it. `None` when there is
/// an element but it is malformed.
fn optional<'a>(input: &mut Input<'a>, wanted: u8) -> Option<Option<Input<'a>>> {
    let mut ahead = *input;
    match next(&mut ahead)? {
        Some((tag, content)) if tag == wanted => {
            *input = ahead;
            Some(Some(content))
        }
        _ => Some(None),
    }
}

/// Takes the next element: `None` when it is malformed, `Some(None)` at the end. Lengths must be
/// definite and as short as can be, a tag one octet and not zero, and a NULL of any class empty.
fn next<'a>(input: &mut Input<'a>) -> Option<Option<Element<'a>>> {
    let Some((&tag, rest)) = input.split_first() else { return Some(None) };
    if tag == 0 || tag & 0x1f == 0x1f {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let minimal = match digits {
            [] => false,
            [only] => *only >= 0x80,
            [most, ..] => *most != 0 && digits.len() <= 4,
        };
        minimal.then_some(())?;
        (digits.iter().fold(0, |sum, &digit| (sum << 8) | usize::from(digit)), rest)
    };
    if tag & 0x1f == 0x05 && length != 0 {
        return None;
    }
    let (content, rest) = rest.split_at_checked(length)?;
    *input = rest;
    Some(Some((tag, content)))
}
