//! Files known by their first bytes, and DER by the members of its first element.

use super::Kind;
use crate::certificate::tlv::{Reader, Tlv, tag};
use memchr::memmem;

/// Files whose first bytes nothing else has.
const MAGIC: &[(&[u8], Kind)] = &[
    // Apple's CSSM database, in which keychains are kept.
    (b"kych", Kind::Keychain),
    (b"\0\0\0\0CERT", Kind::SerializedStore),
    // AppleDouble and AppleSingle (RFC 1740).
    (b"\x00\x05\x16\x07", Kind::AppleDouble),
    (b"\x00\x05\x16\x00", Kind::AppleDouble),
    // Berkeley DB 1.85, hash, in either byte order.
    (b"\x00\x06\x15\x61", Kind::NssLegacy),
    (b"\x61\x15\x06\x00", Kind::NssLegacy),
    (b"bplist00", Kind::PropertyList),
    (b"regf", Kind::RegistryHive),
    (b"\xfe\xed\xfe\xed", Kind::JavaKeyStore),
    (b"\xce\xce\xce\xce", Kind::JavaKeyStore),
    (b"\x1f\x8b", Kind::Gzip),
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"BZh", Kind::Archive),
    (b"\xfd7zXZ\0", Kind::Archive),
    (b"\x28\xb5\x2f\xfd", Kind::Archive),
    (b"7z\xbc\xaf\x27\x1c", Kind::Archive),
    (b"MSCF", Kind::Archive),
    (b"%PDF", Kind::Pdf),
    (b"\x89PNG", Kind::Image),
    (b"\xff\xd8\xff", Kind::Image),
    (b"GIF8", Kind::Image),
    (b"\x7fELF", Kind::Executable),
    (b"MZ", Kind::Executable),
    (b"\xcf\xfa\xed\xfe", Kind::Executable),
    (b"\xca\xfe\xba\xbe", Kind::Executable),
];

const SQLITE: &[u8] = b"SQLite format 3\0";

/// How much of a database is looked through for the names of its tables.
const SCHEMA: usize = 64 << 10;

/// Where tar archives have their mark (POSIX.1-1988).
const TAR_MARK: usize = 257;

pub fn by_magic(bytes: &[u8]) -> Option<Kind> {
    if bytes.starts_with(SQLITE) {
        return Some(database(&bytes[..bytes.len().min(SCHEMA)]));
    }
    if bytes.get(TAR_MARK..).is_some_and(|rest| rest.starts_with(b"ustar")) {
        return Some(Kind::Archive);
    }
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind)
}

fn database(schema: &[u8]) -> Kind {
    let has = |name: &str| memmem::find(schema, name.as_bytes()).is_some();
    if has("nssPublic") {
        Kind::NssCertificates
    } else if has("nssPrivate") || has("metaData") {
        Kind::NssKeys
    } else if has("genp") || has("TABLE cert") || has("table cert") {
        Kind::DataProtectionKeychain
    } else {
        Kind::Sqlite
    }
}

/// What the members of the first SEQUENCE make it. A certificate begins with a SEQUENCE (RFC 5280 §4.1),
/// and so do a request (RFC 2986 §4), a revocation list (RFC 5280 §5.1), a public key (§4.1) and an
/// encrypted private key (RFC 5958 §3); private keys begin with a version number, PKCS #7 with an object
/// identifier (RFC 5652 §3).
pub fn by_members(bytes: &[u8]) -> Option<Kind> {
    let outer = Reader::new(bytes).next_if(tag::SEQUENCE)?;
    let mut members = Reader::within(bytes, &outer.content);
    let (first, second) = (members.next_tlv()?, members.next_tlv());
    Some(match (first.tag, second.as_ref().map(|member| member.tag)) {
        (tag::OBJECT_IDENTIFIER, _) if is_profile(bytes) => Kind::MobileConfig,
        (tag::OBJECT_IDENTIFIER, _) => Kind::Pkcs7,
        (tag::INTEGER, Some(tag::SEQUENCE | tag::INTEGER | tag::OCTET_STRING)) => Kind::PrivateKey,
        (tag::SEQUENCE, Some(tag::OCTET_STRING)) => Kind::EncryptedPrivateKey,
        (tag::SEQUENCE, Some(tag::BIT_STRING)) => Kind::PublicKey,
        (tag::SEQUENCE, _) => signed(bytes, &first),
        _ => return None,
    })
}

/// What somebody signed: told by the part that the signature covers.
fn signed(bytes: &[u8], part: &Tlv) -> Kind {
    let mut members = Reader::within(bytes, &part.content);
    let tags: Vec<u8> = std::iter::from_fn(|| members.next_tlv()).take(4).map(|member| member.tag).collect();
    match tags[..] {
        // version, subject, subjectPKInfo, attributes [0]
        [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE, 0xa0] => Kind::CertificateRequest,
        // version OPTIONAL, signature, issuer, thisUpdate
        [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE, tag::UTC_TIME | tag::GENERALIZED_TIME]
        | [tag::SEQUENCE, tag::SEQUENCE, tag::UTC_TIME | tag::GENERALIZED_TIME, ..] => Kind::RevocationList,
        _ => Kind::Certificate,
    }
}

/// A signed configuration profile is PKCS #7 around a property list.
fn is_profile(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"PayloadContent").is_some() && memmem::find(bytes, b"<plist").is_some()
}
