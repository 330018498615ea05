//! Certificates for keychains: well-formed, with any subject, signed by nobody. The look-up never
//! checks a signature.

/// A DER element.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = vec![tag];
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => bytes.push(short),
        _ => {
            let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|&digit| digit == 0).collect();
            bytes.push(0x80 | u8::try_from(digits.len()).unwrap());
            bytes.extend(digits);
        }
    }
    bytes.extend(content);
    bytes
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// An attribute of a name; `oid` as content octets.
pub fn attribute(oid: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
    sequence(&[element(6, oid), element(tag, value)])
}

pub fn common_name(tag: u8, value: &[u8]) -> Vec<u8> {
    attribute(&[0x55, 4, 3], tag, value)
}

/// A name: relative distinguished names, each with its attributes.
pub fn name(rdns: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let sets: Vec<_> = rdns.iter().map(|rdn| element(0x31, &rdn.concat())).collect();
    sequence(&sets)
}

/// A certificate with this subject (a whole `Name`) and this serial number, valid from 2024 to 2034.
pub fn with_subject(subject: Vec<u8>, serial: u8) -> Vec<u8> {
    valid_until(b"340101000000Z", subject, serial)
}

fn valid_until(end: &[u8], subject: Vec<u8>, serial: u8) -> Vec<u8> {
    let algorithm = sequence(&[element(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
    let validity = sequence(&[element(0x17, b"240101000000Z"), element(0x17, end)]);
    let key_algorithm = sequence(&[element(6, &[0x2b, 0x65, 0x70])]);
    let key = sequence(&[key_algorithm, element(3, &[&[0][..], &[serial; 32]].concat())]);
    let issuer = name(&[vec![common_name(0x0c, b"Issuer")]]);
    let tbs = sequence(&[
        element(0xa0, &element(2, &[2])),
        element(2, &[serial]),
        algorithm.clone(),
        issuer,
        validity,
        subject,
        key,
    ]);
    sequence(&[tbs, algorithm, element(3, &[0; 65])])
}

/// A certificate whose common name is this UTF-8 string.
pub fn named(common: &str, serial: u8) -> Vec<u8> {
    with_subject(name(&[vec![common_name(0x0c, common.as_bytes())]]), serial)
}

/// The same, but valid until 2025 only.
pub fn short_lived(common: &str, serial: u8) -> Vec<u8> {
    valid_until(b"250101000000Z", name(&[vec![common_name(0x0c, common.as_bytes())]]), serial)
}
