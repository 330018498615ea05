//! An NSS database: the first octet says whether the rest is cert9.db, key4.db, the log of a database
//! in WAL mode, or pkcs11.txt; the others are sound.
#![no_main]

use certposture::store::{Place, StoreSpec};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir_in(memory()).unwrap());

const CERTIFICATES: &[u8] = include_bytes!("../../tests/fixtures/nssdb-passing/cert9.db");
const KEYS: &[u8] = include_bytes!("../../tests/fixtures/nssdb-passing/key4.db");

fn memory() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    let folder = FOLDER.path();
    let (name, certificates) = match choice % 4 {
        0 => ("cert9.db", data.to_vec()),
        1 => ("key4.db", CERTIFICATES.to_vec()),
        2 => {
            let mut database = CERTIFICATES.to_vec();
            database[18..20].fill(2);
            ("cert9.db-wal", database)
        }
        _ => ("pkcs11.txt", CERTIFICATES.to_vec()),
    };
    fs::write(folder.join("cert9.db"), certificates).unwrap();
    fs::write(folder.join("key4.db"), KEYS).unwrap();
    fs::write(folder.join(name), data).unwrap();
    let _ = Place::read(&StoreSpec::Nss(folder.to_owned()), &[]);
    let _ = fs::remove_file(folder.join("cert9.db-wal"));
    let _ = fs::remove_file(folder.join("pkcs11.txt"));
});
