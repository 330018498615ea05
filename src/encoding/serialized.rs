//! Windows' serialized certificates: the registry's `Blob` values, the files of a user's
//! `SystemCertificates\My\Certificates` folder, and serialized stores (`.sst`).
//!
//! A certificate is a list of properties, the certificate itself among them: little-endian numbers
//! for the property, a reserved field that is 1 and the length, then the value (MS-GPEF
//! §2.2.1.1.1.1). A store is a header, such lists one after the other, and twelve zero octets
//! (MS-OSHARED §2.3.2.5).

use super::{Collector, Key, PublicKey, Seal, Undecodable};
use crate::certificate::Certificate;
use crate::text;

/// The beginning of a serialized store: version 0, then `CERT`.
const STORE_HEADER: &[u8] = b"\0\0\0\0CERT";

const RESERVED: u32 = 1;

/// Property numbers, as wincrypt.h names them.
mod property {
    pub const KEY_PROV_INFO: u32 = 2;
    pub const KEY_CONTEXT: u32 = 5;
    pub const FRIENDLY_NAME: u32 = 11;
    pub const ARCHIVED: u32 = 19;
    /// The element itself: a certificate, a revocation list or a trust list.
    pub const CERTIFICATE: u32 = 32;
    pub const REVOCATION_LIST: u32 = 33;
    pub const TRUST_LIST: u32 = 34;
}

/// Whether `bytes` are a serialized store or certificate.
pub fn is_serialized(bytes: &[u8]) -> bool {
    bytes.starts_with(STORE_HEADER) || Property::read(&mut &*bytes).is_some_and(|first| first.number != 0)
}

/// Takes in every certificate that PowerShell would list: all but the archived ones.
pub fn read(bytes: &[u8], found: &mut Collector) {
    let complete = match bytes.strip_prefix(STORE_HEADER) {
        Some(elements) => read_store(elements, found),
        None => read_certificate(bytes, found),
    };
    if complete.is_none() {
        found.damaged(Undecodable::Form);
    }
}

/// In a store, the certificate is the last of its properties. `None` when the store is cut off.
fn read_store(mut rest: &[u8], found: &mut Collector) -> Option<()> {
    let mut element = Element::default();
    loop {
        let property = Property::read(&mut rest)?;
        match property.number {
            0 => return rest.is_empty().then_some(()),
            property::CERTIFICATE | property::REVOCATION_LIST | property::TRUST_LIST => {
                element.add(&property)?;
                std::mem::take(&mut element).hand_over(found);
            }
            _ => element.add(&property)?,
        }
    }
}

/// A certificate on its own may have its properties in any order. `None` when it is cut off or has
/// two certificates: Windows takes neither.
fn read_certificate(mut rest: &[u8], found: &mut Collector) -> Option<()> {
    let mut element = Element::default();
    while !rest.is_empty() {
        let property = Property::read(&mut rest)?;
        if property.number == 0 {
            break;
        }
        element.add(&property)?;
    }
    element.certificate?;
    element.hand_over(found);
    Some(())
}

struct Property<'a> {
    number: u32,
    value: &'a [u8],
}

impl<'a> Property<'a> {
    /// Reads the next property. `None` when it is cut off or none; the end mark has number 0.
    fn read(rest: &mut &'a [u8]) -> Option<Self> {
        let (header, after) = rest.split_first_chunk::<12>()?;
        let [number, reserved, length] = [0, 4, 8]
            .map(|at| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]));
        if number != 0 && reserved != RESERVED {
            return None;
        }
        let (value, after) = after.split_at_checked(usize::try_from(length).ok()?)?;
        *rest = after;
        Some(Self { number, value })
    }
}

#[derive(Default)]
struct Element<'a> {
    certificate: Option<&'a [u8]>,
    friendly_name: Option<&'a [u8]>,
    has_key: bool,
    archived: bool,
}

impl<'a> Element<'a> {
    /// `None` for a second certificate.
    fn add(&mut self, property: &Property<'a>) -> Option<()> {
        match property.number {
            property::CERTIFICATE if self.certificate.is_some() => return None,
            property::CERTIFICATE => self.certificate = Some(property.value),
            property::FRIENDLY_NAME => self.friendly_name = Some(property.value),
            // .NET's HasPrivateKey: either a reference to a key that is kept, or an open one.
            property::KEY_PROV_INFO | property::KEY_CONTEXT => self.has_key = true,
            property::ARCHIVED => self.archived = true,
            _ => {}
        }
        Some(())
    }

    fn hand_over(self, found: &mut Collector) {
        let Some(der) = self.certificate.filter(|_| !self.archived) else { return };
        if self.has_key {
            let certificate = Certificate::from_der(der.to_vec());
            found.key(PublicKey::from_spki(certificate.spki()).map_or(Key::Sealed(Seal::Unknown), Key::Of));
        }
        found.labelled(der, self.friendly_name.map(utf16_text).filter(|name| !name.is_empty()));
    }
}

/// UTF-16, little-endian.
fn utf16_text(bytes: &[u8]) -> String {
    text::utf16_before_nul(bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])))
}

#[cfg(test)]
mod tests {
    //! Against what crypt32 writes under Wine (`tests/fixtures/make-serialized.sh`), and against the
    //! properties that Windows itself writes, in its order.

    use super::*;
    use crate::encoding::{DecodedCertificate, Objects};
    use std::fs;
    use std::path::Path;

    fn fixture(name: &str) -> Vec<u8> {
        fs::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).join(name)).unwrap()
    }

    fn objects(bytes: &[u8]) -> Objects {
        assert!(is_serialized(bytes));
        let mut found = Collector::default();
        read(bytes, &mut found);
        found.objects
    }

    fn device() -> Vec<u8> {
        fixture("pkcs12/device.der")
    }

    fn key_of_device() -> Key {
        Key::Of(PublicKey::from_spki(Certificate::from_der(device()).spki()).unwrap())
    }

    fn property(number: u32, value: &[u8]) -> Vec<u8> {
        [&number.to_le_bytes(), &1u32.to_le_bytes(), &(value.len() as u32).to_le_bytes(), value].concat()
    }

    /// As a current Windows writes a certificate: MD5, signature hash, key identifier, MD5 of the
    /// key, SHA-1 and the key's length come before the certificate.
    fn as_windows_writes(more: &[Vec<u8>]) -> Vec<u8> {
        let hashes: Vec<u8> = [(4, 16), (15, 32), (20, 20), (25, 16), (3, 20), (92, 4)]
            .into_iter()
            .flat_map(|(number, length)| property(number, &vec![0xab; length]))
            .collect();
        [hashes, more.concat(), property(32, &device())].concat()
    }

    #[test]
    fn reads_what_crypt32_writes() {
        let plain = objects(&fixture("serialized/plain.blob"));
        assert_eq!(plain.certificates, [DecodedCertificate { der: device(), label: None }]);
        assert_eq!((plain.keys, plain.damaged), (vec![], 0));

        let label = Some("Jö's 日本 laptop".to_owned());
        let with_key = objects(&fixture("serialized/with-key.blob"));
        assert_eq!(with_key.certificates, [DecodedCertificate { der: device(), label: label.clone() }]);
        assert_eq!((with_key.keys, with_key.damaged), (vec![key_of_device()], 0));

        let store = objects(&fixture("serialized/store.sst"));
        let ca = DecodedCertificate { der: fixture("pkcs12/ca.der"), label: None };
        assert_eq!(store.certificates, [DecodedCertificate { der: device(), label }, ca]);
        assert_eq!((store.keys, store.damaged), (vec![key_of_device()], 0));
    }

    #[test]
    fn reads_what_windows_writes_in_any_order() {
        let bytes = as_windows_writes(&[]);
        assert_eq!(objects(&bytes).certificates, [DecodedCertificate { der: device(), label: None }]);
        let after = [bytes, property(11, b"n\0a\0\0\0x\0"), property(4711, b"unknown")].concat();
        assert_eq!(objects(&after).certificates[0].label.as_deref(), Some("na"));
    }

    #[test]
    fn a_key_reference_may_be_of_a_key_kept_or_open() {
        for number in [2, 5] {
            let bytes = as_windows_writes(&[property(number, &[0; 28])]);
            assert_eq!(objects(&bytes).keys, [key_of_device()]);
        }
    }

    #[test]
    fn leaves_out_archived_certificates_as_powershell_does() {
        let bytes = as_windows_writes(&[property(19, &[])]);
        assert_eq!(objects(&bytes), Objects::default());
    }

    #[test]
    fn takes_no_certificate_that_is_cut_off_or_doubled() {
        let bytes = as_windows_writes(&[]);
        for cut in 12 + 16..bytes.len() {
            let cut = objects(&bytes[..cut]);
            assert_eq!((cut.certificates.len(), cut.damaged), (0, 1));
        }
        let doubled = [bytes.clone(), bytes].concat();
        assert_eq!((objects(&doubled).certificates.len(), objects(&doubled).damaged), (0, 1));
    }

    #[test]
    fn a_store_that_is_cut_off_keeps_what_came_before() {
        let store = fixture("serialized/store.sst");
        let cut = objects(&store[..store.len() - 40]);
        assert_eq!((cut.certificates.len(), cut.damaged), (1, 1));
        let empty = objects(b"\0\0\0\0CERT\0\0\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(empty, Objects::default());
    }

    #[test]
    fn does_not_take_other_files_for_its_own() {
        for name in ["pkcs12/device.der", "pkcs12/aes.p12", "files/rsa.pem"] {
            assert!(!is_serialized(&fixture(name)), "{name}");
        }
        assert!(!is_serialized(b"\0\0\0\0\0\0\0\0\0\0\0\0"));
        assert!(!is_serialized(b""));
    }
}
