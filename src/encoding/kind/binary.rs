//! Files known by their first bytes, and DER by the members of its first element.

use super::FileKind;
use crate::certificate::tlv::{Reader, Tlv, tag};
use memchr::memmem;

/// Files whose first bytes nothing else has.
const MAGIC: &[(&[u8], FileKind)] = &[
    // Apple's CSSM database, in which keychains are kept.
    (b"kych", FileKind::Keychain),
    (b"\0\0\0\0CERT", FileKind::SerializedStore),
    // AppleDouble and AppleSingle (RFC 1740).
    (b"\x00\x05\x16\x07", FileKind::AppleDouble),
    (b"\x00\x05\x16\x00", FileKind::AppleDouble),
    // Berkeley DB 1.85, hash, in either byte order.
    (b"\x00\x06\x15\x61", FileKind::NssLegacy),
    (b"\x61\x15\x06\x00", FileKind::NssLegacy),
    (b"bplist00", FileKind::PropertyList),
    (b"regf", FileKind::RegistryHive),
    (b"\xfe\xed\xfe\xed", FileKind::JavaKeyStore),
    (b"\xce\xce\xce\xce", FileKind::JavaKeyStore),
    (b"\x1f\x8b", FileKind::Gzip),
    (b"PK\x03\x04", FileKind::Zip),
    (b"PK\x05\x06", FileKind::Zip),
    (b"BZh", FileKind::Archive),
    (b"\xfd7zXZ\0", FileKind::Archive),
    (b"\x28\xb5\x2f\xfd", FileKind::Archive),
    (b"7z\xbc\xaf\x27\x1c", FileKind::Archive),
    (b"MSCF", FileKind::Archive),
    (b"%PDF", FileKind::Pdf),
    (b"\x89PNG", FileKind::Image),
    (b"\xff\xd8\xff", FileKind::Image),
    (b"GIF8", FileKind::Image),
    (b"\x7fELF", FileKind::Executable),
    (b"MZ", FileKind::Executable),
    (b"\xcf\xfa\xed\xfe", FileKind::Executable),
    (b"\xca\xfe\xba\xbe", FileKind::Executable),
];

const SQLITE: &[u8] = b"SQLite format 3\0";

/// How much of a database is looked through for the names of its tables.
const SCHEMA: usize = 64 << 10;

/// Where tar archives have their mark (POSIX.1-1988).
const TAR_MARK: usize = 257;

pub fn by_magic(bytes: &[u8]) -> Option<FileKind> {
    if bytes.starts_with(SQLITE) {
        return Some(database(&bytes[..bytes.len().min(SCHEMA)]));
    }
    if bytes.get(TAR_MARK..).is_some_and(|rest| rest.starts_with(b"ustar")) {
        return Some(FileKind::Archive);
    }
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind)
}

fn database(schema: &[u8]) -> FileKind {
    let has = |name: &str| memmem::find(schema, name.as_bytes()).is_some();
    if has("nssPublic") {
        FileKind::NssCertificates
    } else if has("nssPrivate") || has("metaData") {
        FileKind::NssKeys
    } else if has("genp") || has("TABLE cert") || has("table cert") {
        FileKind::DataProtectionKeychain
    } else {
        FileKind::Sqlite
    }
}

/// What the members of the first SEQUENCE make it. A certificate begins with a SEQUENCE (RFC 5280 §4.1),
/// and so do a request (RFC 2986 §4), a revocation list (RFC 5280 §5.1), a public key (§4.1) and an
/// encrypted private key (RFC 5958 §3); private keys begin with a version number, PKCS #7 with an object
/// identifier (RFC 5652 §3).
pub fn by_members(bytes: &[u8]) -> Option<FileKind> {
    let outer = Reader::new(bytes).next_if(tag::SEQUENCE)?;
    let mut members = Reader::within(bytes, &outer.content);
    let (first, second) = (members.next_tlv()?, members.next_tlv());
    Some(match (first.tag, second.as_ref().map(|member| member.tag)) {
        (tag::OBJECT_IDENTIFIER, _) if is_profile(bytes) => FileKind::MobileConfig,
        (tag::OBJECT_IDENTIFIER, _) => FileKind::Pkcs7,
        (tag::INTEGER, Some(tag::SEQUENCE | tag::INTEGER | tag::OCTET_STRING)) => FileKind::PrivateKey,
        (tag::SEQUENCE, Some(tag::OCTET_STRING)) => FileKind::EncryptedPrivateKey,
        (tag::SEQUENCE, Some(tag::BIT_STRING)) => FileKind::PublicKey,
        (tag::SEQUENCE, _) => signed(bytes, &first),
        _ => return None,
    })
}

/// What somebody signed: told by the part that the signature covers.
fn signed(bytes: &[u8], part: &Tlv) -> FileKind {
    let mut members = Reader::within(bytes, &part.content);
    let tags: Vec<u8> = std::iter::from_fn(|| members.next_tlv()).take(4).map(|member| member.tag).collect();
    match tags[..] {
        // version, subject, subjectPKInfo, attributes [0]
        [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE, 0xa0] => FileKind::CertificateRequest,
        // version OPTIONAL, signature, issuer, thisUpdate
        [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE, tag::UTC_TIME | tag::GENERALIZED_TIME]
        | [tag::SEQUENCE, tag::SEQUENCE, tag::UTC_TIME | tag::GENERALIZED_TIME, ..] => {
            FileKind::RevocationList
        }
        _ => FileKind::Certificate,
    }
}

/// A signed configuration profile is PKCS #7 around a property list.
fn is_profile(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"PayloadContent").is_some() && memmem::find(bytes, b"<plist").is_some()
}
