//! The text that Security.framework makes of a common name, by the type of its value.

use crate::support::keychain::certificate::{common_name, name, with_subject};
use certposture::certificate::Certificate;
use certposture::lookup::security;

#[test]
fn decodes_a_common_name_by_its_type() {
    let cases: [(u8, &[u8], &str); 24] = [
        // UTF8String, and what is taken for it: GeneralString and UniversalString
        (0x0c, "Zoë".as_bytes(), "Zoë"),
        (0x0c, b"\xef\xbb\xbfmarked", "marked"),
        (0x0c, b"nul\0", "nul"),
        (0x0c, b"two nuls\0\0", "two nuls\0"),
        (0x0c, b"\xc3\x28A", "C3 28 41"),
        (0x0c, b"", ""),
        (0x1b, "Zoë".as_bytes(), "Zoë"),
        (0x1c, b"\0\0\0A", "\0\0\0A"),
        // PrintableString, IA5String: ASCII
        (0x13, b"plain", "plain"),
        (0x13, b"not*printable@all", "not*printable@all"),
        (0x13, b"caf\xe9", "63 61 66 E9"),
        (0x16, "é".as_bytes(), "C3 A9"),
        (0x16, b"nul\0", "nul"),
        // TeletexString, VideotexString, VisibleString: ISO 8859-1
        (0x14, b"caf\xe9", "café"),
        (0x15, b"caf\xe9\0", "café"),
        (0x1a, "é".as_bytes(), "Ã©"),
        // BMPString: UTF-16
        (0x1e, b"\0Z\0o\0\xeb", "Zoë"),
        (0x1e, b"\xfe\xff\0Z", "Z"),
        (0x1e, b"\xff\xfeZ\0", "Z"),
        (0x1e, b"\0Z\0", "Z"),
        (0x1e, b"\xd8\x3d\xde\x00", "😀"),
        // INTEGER, NumericString
        (0x02, b"\x01\x00", "256"),
        (0x02, b"\x01\x00\x00\x00\x00\x00\x00\x00\x00", "01 00 00 00 00 00 00 00 00"),
        (0x12, b"12345", "not displayed (tag = 18; length 5)"),
    ];
    for (tag, value, wanted) in cases {
        let certificate = Certificate::from_der(with_subject(name(&[vec![common_name(tag, value)]]), 1));
        let read = security::common_name(&certificate);
        assert_eq!(read.as_deref(), Some(wanted), "tag {tag:#x}, {value:02x?}");
    }
}

#[test]
fn a_certificate_without_a_common_name_has_none() {
    assert_eq!(security::common_name(&Certificate::from_der(with_subject(name(&[]), 1))), None);
    assert_eq!(security::common_name(&Certificate::from_der(b"junk".to_vec())), None);
}
