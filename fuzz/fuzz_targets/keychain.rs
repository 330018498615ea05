//! A macOS keychain file.
#![no_main]

use certposture::store::{Place, StoreSpec};
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir_in(memory()).unwrap());

fn memory() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

fuzz_target!(|data: &[u8]| {
    let file = FOLDER.path().join("System.keychain");
    std::fs::write(&file, data).unwrap();
    let _ = Place::read(&StoreSpec::Keychain(file), &[]);
});
