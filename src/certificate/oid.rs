//! Content octets of the object identifiers that certposture knows, and names for messages.

use super::named::NAMES;
use crate::text;

pub const COMMON_NAME: &[u8] = &[0x55, 4, 3];
pub const EMAIL_ADDRESS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];

pub const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 14];
pub const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
pub const SUBJECT_ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 17];
pub const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
pub const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 30];
pub const CERTIFICATE_POLICIES: &[u8] = &[0x55, 0x1d, 32];
pub const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 35];
pub const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];

pub const ANY_EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37, 0];
pub const CLIENT_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
pub const EMAIL_PROTECTION: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 4];

/// id-on-SmtpUTF8Mailbox (RFC 9598 §3).
pub const SMTP_UTF8_MAILBOX: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 8, 9];

pub const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
pub const MD5_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4];
pub const SHA1_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5];
pub const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
pub const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
pub const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
pub const SHA384_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12];
pub const SHA512_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13];
/// sha1WithRSASignature, the name that OIW gave it; still met in old certificates.
pub const OIW_SHA1_WITH_RSA: &[u8] = &[0x2b, 14, 3, 2, 29];

pub const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
pub const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
pub const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
pub const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
pub const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
pub const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
pub const ECDSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];
pub const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

pub const ML_DSA_44: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17];
pub const ML_DSA_65: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 18];
pub const ML_DSA_87: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 19];

pub const SHA1: &[u8] = &[0x2b, 14, 3, 2, 26];
pub const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
pub const SHA384: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2];
pub const SHA512: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];

pub const PKCS7_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
pub const PKCS7_SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
pub const PKCS7_ENCRYPTED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 6];
pub const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
pub const FRIENDLY_NAME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 20];
pub const LOCAL_KEY_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 21];
pub const X509_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 22, 1];
/// The arc of the schemes in RFC 7292 appendix C.
pub const PKCS12_PBE_ARC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1];
/// The arc of the bag types of PKCS #12; the last number tells them apart.
pub const PKCS12_BAG_ARC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1];
pub const SHROUDED_KEY_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 2];
pub const CERTIFICATE_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 3];

/// Longer identifiers are shown in part: no standard comes near, and a certificate may hold megabytes.
const MAX_OCTETS: usize = 64;
const SHOWN_OCTETS: usize = 16;

/// The name that messages use, if there is one.
pub fn name(oid: &[u8]) -> Option<&'static str> {
    let dotted = dotted(oid);
    NAMES.iter().find(|(known, _)| *known == dotted).map(|(_, name)| *name)
}

/// A name with the dotted number, as `clientAuth (1.3.6.1.5.5.7.3.2)`, or the number alone.
pub fn describe(oid: &[u8]) -> String {
    match name(oid) {
        Some(name) => format!("{name} ({})", dotted(oid)),
        None => dotted(oid),
    }
}

/// The dotted form of an object identifier's content octets (X.690 §8.19).
pub fn dotted(oid: &[u8]) -> String {
    if oid.len() > MAX_OCTETS {
        return format!("#{}... ({} octets)", text::hex(&oid[..SHOWN_OCTETS]), oid.len());
    }
    let mut arcs = Vec::new();
    let mut arc: u128 = 0;
    for &byte in oid {
        arc = (arc << 7) | u128::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            arcs.push(arc);
            arc = 0;
        } else if arc >> 120 != 0 {
            return format!("#{}", text::hex(oid));
        }
    }
    let Some(first) = arcs.first().copied() else { return String::new() };
    let root = (first / 40).min(2);
    let mut dotted = format!("{root}.{}", first - root * 40);
    for arc in &arcs[1..] {
        dotted.push_str(&format!(".{arc}"));
    }
    dotted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_dotted_numbers() {
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1]), "1.2.840.113549.1.9.1");
        assert_eq!(dotted(&[0x88, 0x37, 3]), "2.999.3");
    }

    #[test]
    fn bounds_what_it_writes() {
        assert_eq!(dotted(&[1; 64]).split('.').count(), 65);
        assert_eq!(dotted(&[1; 65]), format!("#{}... (65 octets)", "01".repeat(16)));
    }

    /// The constants that code compares with, and the names that messages give them.
    #[test]
    fn names_what_it_knows() {
        for (oid, known) in [
            (ED25519, "Ed25519"),
            (P521, "P-521"),
            (ECDSA_SHA256, "ecdsa-with-SHA256"),
            (OIW_SHA1_WITH_RSA, "sha1WithRSASignature"),
            (SHA512, "SHA-512"),
            (ML_DSA_44, "ML-DSA-44"),
            (ML_DSA_65, "ML-DSA-65"),
            (ML_DSA_87, "ML-DSA-87"),
            (CLIENT_AUTH, "clientAuth"),
            (AUTHORITY_KEY_ID, "authorityKeyIdentifier"),
        ] {
            assert_eq!(name(oid), Some(known));
        }
        assert_eq!(name(&[0x2a, 3]), None);
    }
}
