//! DER, written by hand.

/// An element; lengths in their shortest form.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    match content.len() {
        length @ 0..0x80 => element.push(length as u8),
        length => {
            let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
            element.push(0x80 | digits.len() as u8);
            element.extend(digits);
        }
    }
    element.extend(content);
    element
}

pub fn sequence<P: AsRef<[u8]>>(parts: &[P]) -> Vec<u8> {
    tlv(0x30, &parts.iter().flat_map(AsRef::as_ref).copied().collect::<Vec<u8>>())
}

pub fn octets(content: &[u8]) -> Vec<u8> {
    tlv(0x04, content)
}

/// An INTEGER of these content octets.
pub fn integer(content: &[u8]) -> Vec<u8> {
    tlv(0x02, content)
}

/// The content octets of a number that is not negative.
pub fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let mut digits: Vec<u8> = bytes.iter().copied().skip_while(|b| *b == 0).collect();
    if digits.first().is_none_or(|first| first & 0x80 != 0) {
        digits.insert(0, 0);
    }
    digits
}

/// A primitive element tagged `[number]`.
pub fn context(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0x80 | number, content)
}

/// A constructed element tagged `[number]`.
pub fn explicit(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, content)
}

pub fn utc_time(text: &str) -> Vec<u8> {
    tlv(0x17, text.as_bytes())
}

pub fn generalized_time(text: &str) -> Vec<u8> {
    tlv(0x18, text.as_bytes())
}

/// An OBJECT IDENTIFIER from its dotted form.
pub fn object(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u128> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut content = Vec::new();
    for arc in std::iter::once(arcs[0] * 40 + arcs[1]).chain(arcs[2..].iter().copied()) {
        let groups = (1..19).find(|n| arc >> (7 * n) == 0).unwrap();
        content.extend((0..groups).rev().map(|group| {
            let bits = (arc >> (7 * group)) as u8 & 0x7f;
            if group == 0 { bits } else { bits | 0x80 }
        }));
    }
    tlv(0x06, &content)
}

/// A name from a text such as `C=US, O=Example, CN=Root`, in encoding order, in UTF8String (and
/// PrintableString for a country, IA5String for an e-mail address). The empty text is the empty name.
pub fn name(text: &str) -> Vec<u8> {
    name_in(text, 0x0c)
}

/// The same with the string type `string_tag`.
pub fn name_in(text: &str, string_tag: u8) -> Vec<u8> {
    let rdns: Vec<Vec<u8>> = text
        .split(", ")
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (kind, value) = part.split_once('=').unwrap();
            let (id, string_tag) = match kind {
                "CN" => ("2.5.4.3", string_tag),
                "C" => ("2.5.4.6", 0x13),
                "O" => ("2.5.4.10", string_tag),
                "OU" => ("2.5.4.11", string_tag),
                "emailAddress" => ("1.2.840.113549.1.9.1", 0x16),
                other => panic!("no attribute {other}"),
            };
            tlv(0x31, &sequence(&[object(id), tlv(string_tag, value.as_bytes())]))
        })
        .collect();
    sequence(&rdns)
}
