//! Device facts on Linux, from /proc, /sys and the package databases.

use super::{Client, HostNames};
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

const SERIAL_NUMBER: &str = "/sys/class/dmi/id/product_serial";
const HOST_NAME: &str = "/proc/sys/kernel/hostname";
const PACKAGE: &str = "cloudflare-warp";
const DPKG_STATUS: &str = "/var/lib/dpkg/status";
const RPM_DATABASES: [&str; 2] = ["/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite"];

/// The kernel's host name, and the full names that /etc/hosts gives for it.
pub fn host_names() -> HostNames {
    let mut names = HostNames::new(&fs::read_to_string(HOST_NAME).unwrap_or_default());
    let hosts = fs::read_to_string("/etc/hosts").unwrap_or_default();
    let Some(own) = names.own().map(str::to_owned) else { return names };
    for line in hosts.lines() {
        let words = line.split('#').next().unwrap_or_default().split_whitespace().skip(1);
        for full in words.filter(|w| w.strip_prefix(&own).is_some_and(|rest| rest.starts_with('.'))) {
            names.add(full);
        }
    }
    names
}

/// The DMI product serial number, which only root may read.
pub fn serial_number() -> Result<String, String> {
    match fs::read_to_string(SERIAL_NUMBER) {
        Ok(text) if text.trim().is_empty() => Err(format!("{SERIAL_NUMBER} is empty")),
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            Err(format!("{SERIAL_NUMBER} may be read by root only"))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(format!("there is no {SERIAL_NUMBER}, as in most virtual machines and containers"))
        }
        Err(error) => Err(format!("{SERIAL_NUMBER}: {error}")),
    }
}

/// Looks for the client's package in dpkg's status file, then in rpm's database.
pub fn installed_client() -> Client {
    let version = dpkg_version(Path::new(DPKG_STATUS))
        .or_else(|| RPM_DATABASES.iter().find_map(|path| rpm_version(Path::new(path))));
    version.map_or(Client::NotFound, |version| Client::Installed { version })
}

/// The version of the package in dpkg's status file: paragraphs of `Field: value` lines.
fn dpkg_version(status: &Path) -> Option<String> {
    let status = fs::read_to_string(status).ok()?;
    let head = format!("Package: {PACKAGE}\n");
    let paragraph = status.split("\n\n").find(|p| p.trim_start().starts_with(&head))?;
    let field = |name: &str| paragraph.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
    field("Status")?.ends_with(" installed").then(|| field("Version").map(str::to_owned))?
}

/// The version of the package in rpm's SQLite database: `Name` maps a package to the row of its
/// header in `Packages`.
fn rpm_version(database: &Path) -> Option<String> {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    let header: Vec<u8> = database
        .query_row(
            "SELECT blob FROM Packages WHERE hnum = (SELECT hnum FROM Name WHERE key = ?1 LIMIT 1)",
            [PACKAGE],
            |row| row.get(0),
        )
        .ok()?;
    rpm_header_string(&header, RPMTAG_VERSION)
}

const RPMTAG_VERSION: u32 = 1001;
const RPM_STRING_TYPE: u32 = 6;

/// A string from an rpm header: counts of entries and bytes, 16-byte entries (tag, type, offset,
/// count), then the data (rpm's `lib/header.c`). All numbers are big-endian.
fn rpm_header_string(header: &[u8], wanted: u32) -> Option<String> {
    let number = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let entries = usize::try_from(number(0)?).ok()?;
    let data = header.get(8 + entries.checked_mul(16)?..)?;
    let entry = (0..entries).map(|i| 8 + i * 16).find(|&at| number(at) == Some(wanted))?;
    if number(entry + 4)? != RPM_STRING_TYPE {
        return None;
    }
    let text = data.get(usize::try_from(number(entry + 8)?).ok()?..)?;
    let end = text.iter().position(|&b| b == 0)?;
    Some(String::from_utf8_lossy(&text[..end]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dpkg_status() {
        let folder = tempfile::tempdir().unwrap();
        let status = folder.path().join("status");
        let text = "Package: cloudflare-warp-other\nStatus: install ok installed\nVersion: 1\n\n\
                    Package: cloudflare-warp\nStatus: install ok installed\nVersion: 2024.6.497.0\n";
        fs::write(&status, text).unwrap();
        assert_eq!(dpkg_version(&status).as_deref(), Some("2024.6.497.0"));
        fs::write(&status, text.replace("ok installed", "ok config-files")).unwrap();
        assert_eq!(dpkg_version(&status), None);
    }

    #[test]
    fn reads_an_rpm_header_and_refuses_a_cut_one() {
        let mut header = Vec::new();
        for number in [1u32, 6, RPMTAG_VERSION, RPM_STRING_TYPE, 0, 1] {
            header.extend(number.to_be_bytes());
        }
        header.extend(b"2025.1\0");
        assert_eq!(rpm_header_string(&header, RPMTAG_VERSION).as_deref(), Some("2025.1"));
        for cut in 0..header.len() {
            assert_eq!(rpm_header_string(&header[..cut], RPMTAG_VERSION), None);
        }
    }
}
