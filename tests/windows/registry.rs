//! Certificate stores for tests on Windows, made of registry entries.

use sha1::{Digest as _, Sha1};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

/// The registry's root for the stores of a location.
#[derive(Clone, Copy)]
pub enum Root {
    CurrentUser,
    LocalMachine,
}

impl Root {
    fn key(self) -> &'static str {
        match self {
            Self::CurrentUser => r"HKEY_CURRENT_USER\Software\Microsoft\SystemCertificates",
            Self::LocalMachine => r"HKEY_LOCAL_MACHINE\Software\Microsoft\SystemCertificates",
        }
    }
}

/// One property of a serialized certificate.
pub fn property(number: u32, value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap();
    [&number.to_le_bytes(), &1u32.to_le_bytes(), &length.to_le_bytes(), value].concat()
}

/// The property of a friendly name.
pub fn friendly_name(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().chain([0]);
    property(11, &units.flat_map(u16::to_le_bytes).collect::<Vec<_>>())
}

/// The property of a key kept by a key storage provider, as it is written on disk (MS-GPEF).
pub fn key_reference() -> Vec<u8> {
    let container: Vec<u8> = "key\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let fields: [u32; 7] = [28, 0, 1, 0, 0, 0, 1];
    let header = fields.into_iter().flat_map(u32::to_le_bytes);
    property(2, &header.chain(container).collect::<Vec<_>>())
}

/// A store that is taken away when dropped.
pub struct TestStore {
    key: String,
}

impl TestStore {
    /// Puts certificates with their further properties into a store. Wine's prefix must be our own:
    /// these tests never touch the stores of somebody's Windows.
    pub fn new(root: Root, name: &str, certificates: &[(&[u8], Vec<Vec<u8>>)]) -> Self {
        assert!(
            std::env::var_os("WINEPREFIX").is_some(),
            "these tests write to the registry: run them in Wine"
        );
        let store = Self { key: format!(r"{}\{name}", root.key()) };
        store.clear();
        let mut script = "Windows Registry Editor Version 5.00\r\n\r\n".to_owned();
        let _ = write!(script, "[{}\\Certificates]\r\n\r\n", store.key);
        for (der, properties) in certificates {
            let thumbprint: String = Sha1::digest(der).iter().map(|byte| format!("{byte:02X}")).collect();
            let blob = [properties.concat(), property(32, der)].concat();
            let octets: Vec<String> = blob.iter().map(|byte| format!("{byte:02x}")).collect();
            let _ = write!(
                script,
                "[{}\\Certificates\\{thumbprint}]\r\n\"Blob\"=hex:{}\r\n\r\n",
                store.key,
                octets.join(",")
            );
        }
        store.import(&script);
        store
    }

    fn import(&self, script: &str) {
        let file = temporary_file();
        let utf16: Vec<u8> =
            "\u{feff}".encode_utf16().chain(script.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        std::fs::write(&file, utf16).unwrap();
        let status = Command::new("reg").arg("import").arg(&file).status().unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(status.success());
    }

    fn clear(&self) {
        let _ = Command::new("reg").args(["delete", &self.key, "/f"]).output();
    }
}

impl Drop for TestStore {
    fn drop(&mut self) {
        self.clear();
    }
}

fn temporary_file() -> PathBuf {
    tempfile::Builder::new().suffix(".reg").tempfile().unwrap().into_temp_path().keep().unwrap()
}
