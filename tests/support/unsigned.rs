//! Certificates made byte by byte. Their signatures are junk: no look-up checks one.

use super::forge::der::unsigned;
pub use super::forge::der::{sequence, tlv};

pub const CN: &[u8] = &[0x55, 4, 3];
pub const ORGANIZATION: &[u8] = &[0x55, 4, 10];
pub const EMAIL: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];
pub const UTF8: u8 = 0x0c;
pub const PRINTABLE: u8 = 0x13;
pub const IA5: u8 = 0x16;
pub const DAY: i64 = 86_400;

/// The years 1950 to 2049, which UTCTime can write.
const UTC_TIME_FIRST: i64 = -631_152_000;
const UTC_TIME_END: i64 = 2_524_608_000;

/// A name of single-valued sets.
pub fn name(attributes: &[(&[u8], u8, &[u8])]) -> Vec<u8> {
    let sets: Vec<u8> = attributes
        .iter()
        .flat_map(|(oid, tag, value)| tlv(0x31, &sequence(&[&tlv(6, oid), &tlv(*tag, value)])))
        .collect();
    tlv(0x30, &sets)
}

pub fn cn(text: &str) -> Vec<u8> {
    name(&[(CN, UTF8, text.as_bytes())])
}

/// A date, in the form that RFC 5280 wants for its year.
pub fn date(seconds: i64) -> Vec<u8> {
    let time = jiff::Timestamp::from_second(seconds).unwrap();
    if (UTC_TIME_FIRST..UTC_TIME_END).contains(&seconds) {
        tlv(0x17, time.strftime("%y%m%d%H%M%SZ").to_string().as_bytes())
    } else {
        tlv(0x18, time.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes())
    }
}

/// What a certificate says.
#[derive(Clone, Debug)]
pub struct Spec {
    pub subject: Vec<u8>,
    pub issuer: Vec<u8>,
    pub serial: Vec<u8>,
    pub not_before: i64,
    pub not_after: i64,
    /// Content of the validity, in place of the two dates.
    pub validity: Option<Vec<u8>>,
    /// Content of the subject alternative name: the names one after the other.
    pub san: Option<Vec<u8>>,
    /// `subjectPublicKeyInfo`.
    pub spki: Vec<u8>,
}

impl Spec {
    pub fn new(subject: Vec<u8>, serial: u64, not_before: i64, not_after: i64) -> Self {
        Self {
            subject,
            issuer: cn("Test CA"),
            serial: unsigned(&serial.to_be_bytes()),
            not_before,
            not_after,
            validity: None,
            san: None,
            spki: ec_key(serial),
        }
    }

    pub fn der(&self) -> Vec<u8> {
        let algorithm = sequence(&[&tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
        let dates = || [date(self.not_before), date(self.not_after)].concat();
        let validity = tlv(0x30, &self.validity.clone().unwrap_or_else(dates));
        let extensions = self.san.as_ref().map_or(Vec::new(), |names| {
            let san = sequence(&[&tlv(6, &[0x55, 0x1d, 17]), &tlv(4, &tlv(0x30, names))]);
            tlv(0xa3, &tlv(0x30, &san))
        });
        let tbs = sequence(&[
            &tlv(0xa0, &tlv(2, &[2])),
            &tlv(2, &self.serial),
            &algorithm,
            &self.issuer,
            &validity,
            &self.subject,
            &self.spki,
            &extensions,
        ]);
        let signature = sequence(&[&tlv(2, &[1]), &tlv(2, &[1])]);
        sequence(&[&tbs, &algorithm, &tlv(3, &[&[0][..], &signature].concat())])
    }
}

/// A P-256 key of no use but to be told from others.
pub fn ec_key(number: u64) -> Vec<u8> {
    let algorithm = sequence(&[
        &tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]),
        &tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]),
    ]);
    let mut point = vec![0u8, 4];
    point.extend(std::iter::repeat_n(0x11, 56));
    point.extend(number.to_be_bytes());
    sequence(&[&algorithm, &tlv(3, &point)])
}
