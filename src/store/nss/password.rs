//! Whether a database has a password, without knowing it.

use super::READING;
use super::database::SqliteFile;
use crate::certificate::tlv::{Reader, tag};
use std::path::Path;
use std::sync::PoisonError;
use std::time::Instant;

/// Whether the database in `directory` asks for a password before it gives or takes a private key.
/// `false` also when that cannot be seen.
pub fn has_password(directory: &Path) -> bool {
    let _one_at_a_time = READING.lock().unwrap_or_else(PoisonError::into_inner);
    SqliteFile::open(&directory.join("key4.db"), Instant::now()).is_ok_and(|database| is_set(&database))
}

/// The same of an open `key4.db`.
pub(super) fn is_set(database: &SqliteFile) -> bool {
    let query = "SELECT item2 FROM metaData WHERE id = 'password' AND octet_length(item2) < 4096";
    let check = database.connection.query_row(query, [], |row| row.get::<_, Vec<u8>>(0));
    check.ok().and_then(|check| iterations(&check)).is_some_and(|count| count > 1)
}

/// How often the password is hashed. NSS does so once for the empty password, and thousands of times
/// for any other (`sftkdb_EncryptAttribute` and its callers in `lib/softoken/sftkpwd.c`). The value is a
/// PBES2 structure (RFC 8018 appendix A.4); older ones, which always say 1, give no answer.
fn iterations(check: &[u8]) -> Option<u64> {
    let mut file = Reader::new(check);
    let whole = file.next_if(tag::SEQUENCE)?;
    let algorithm = Reader::within(check, &whole.content).next_if(tag::SEQUENCE)?;
    let parameters = second(check, &algorithm.content)?;
    let derivation = Reader::within(check, &parameters).next_if(tag::SEQUENCE)?;
    let derivation = second(check, &derivation.content)?;
    let mut parts = Reader::within(check, &derivation);
    parts.next_if(tag::OCTET_STRING)?;
    let count = &check[parts.next_if(tag::INTEGER)?.content];
    (count.len() <= 8).then(|| count.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// The content of the SEQUENCE after an object identifier.
fn second(der: &[u8], content: &std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
    let mut parts = Reader::within(der, content);
    parts.next_if(tag::OBJECT_IDENTIFIER)?;
    Some(parts.next_if(tag::SEQUENCE)?.content)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `certutil -N` of NSS 3.87 wrote them, with a password and with none.
    const WITH: &str = "308182306e06092a864886f70d01050d3061304206092a864886f70d01050c30350420980d223466d130e946159b\
                        7509dffc7467d4e60bc30ffda26d58ead3035474ad02022710020120300a06082a864886f70d020930";
    const WITHOUT: &str = "308181306d06092a864886f70d01050d3060304106092a864886f70d01050c3034042084d27df7b5dbc3ae3c7\
                           922316da3f36b1af85028be875fe311552f9c2ed9f7fb020101020120300a06082a864886f70d020930";

    fn bytes(hex: &str) -> Vec<u8> {
        let digit = |c: u8| (c as char).to_digit(16).unwrap() as u8;
        let mut bytes: Vec<u8> =
            hex.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
        bytes.resize(0x85, 0);
        bytes
    }

    #[test]
    fn tells_a_password_from_none() {
        assert_eq!(iterations(&bytes(WITH)), Some(10_000));
        assert_eq!(iterations(&bytes(WITHOUT)), Some(1));
        assert_eq!(iterations(b"0"), None);
    }
}
