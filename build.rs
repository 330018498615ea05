//! Gives the Windows program its version resource and its manifest; does nothing elsewhere.

use std::{env, io};

const MANIFEST: &str = "packaging/windows/certposture.manifest";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed={MANIFEST}");
    if env::var_os("CARGO_CFG_WINDOWS").is_none() {
        return Ok(());
    }
    winresource::WindowsResource::new()
        .set("ProductName", "certposture")
        .set("FileDescription", &env::var("CARGO_PKG_DESCRIPTION").unwrap_or_default())
        .set("OriginalFilename", "certposture.exe")
        .set("LegalCopyright", "MIT OR Apache-2.0")
        .set_manifest_file(MANIFEST)
        .compile_for("certposture")
}
