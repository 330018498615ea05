//! Device facts on Windows: the firmware's SMBIOS tables, the computer's names, and the list of
//! installed programs.
#![allow(unsafe_code)]

use super::smbios::system_serial_number;
use super::{Client, HostNames};
use std::{io, ptr};
use windows_registry::{Key, LOCAL_MACHINE};
use windows_sys::Win32::System::SystemInformation::{
    COMPUTER_NAME_FORMAT, ComputerNameDnsFullyQualified, ComputerNameDnsHostname, ComputerNameNetBIOS,
    GetComputerNameExW, GetSystemFirmwareTable, RSMB,
};

/// Where installers list what they installed.
const UNINSTALL: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall";

/// The names under which the client has listed itself.
const CLIENTS: [&str; 2] = ["Cloudflare WARP", "Cloudflare One Client"];

/// The host name first, then the full name and the NetBIOS name.
pub fn host_names() -> HostNames {
    let mut names = HostNames::new(&computer_name(ComputerNameDnsHostname).unwrap_or_default());
    for form in [ComputerNameDnsFullyQualified, ComputerNameNetBIOS] {
        names.add(&computer_name(form).unwrap_or_default());
    }
    names
}

/// The serial number that the firmware gives the system: what `Win32_BIOS` calls SerialNumber.
pub fn serial_number() -> Result<String, String> {
    let tables =
        firmware_tables().map_err(|error| format!("the firmware's tables cannot be read: {error}"))?;
    system_serial_number(&tables).ok_or_else(|| "the firmware's tables hold no serial number".to_owned())
}

/// Looks for the client in the list of installed programs.
pub fn installed_client() -> Client {
    let version = LOCAL_MACHINE.open(UNINSTALL).ok().and_then(|programs| client_version(&programs));
    version.map_or(Client::NotFound, |version| Client::Installed { version })
}

fn client_version(programs: &Key) -> Option<String> {
    let names = programs.keys().ok()?;
    let mut entries = names.filter_map(|name| programs.open(name).ok());
    let client = entries
        .find(|entry| entry.get_string("DisplayName").is_ok_and(|name| CLIENTS.contains(&name.as_str())))?;
    client.get_string("DisplayVersion").ok()
}

fn computer_name(form: COMPUTER_NAME_FORMAT) -> Option<String> {
    let mut length = 0;
    // SAFETY: without a buffer, only the length is returned.
    unsafe { GetComputerNameExW(form, ptr::null_mut(), &raw mut length) };
    let mut units = vec![0u16; usize::try_from(length).ok()?];
    // SAFETY: the buffer has room for the number of units that is passed with it.
    let found = unsafe { GetComputerNameExW(form, units.as_mut_ptr(), &raw mut length) };
    (found != 0).then(|| crate::text::utf16_before_nul(units))
}

fn firmware_tables() -> io::Result<Vec<u8>> {
    // SAFETY: without a buffer, only the length is returned.
    let length = unsafe { GetSystemFirmwareTable(RSMB, 0, ptr::null_mut(), 0) };
    let mut tables = vec![0u8; usize::try_from(length).unwrap_or_default()];
    // SAFETY: the buffer has the length that is passed with it.
    let written = unsafe { GetSystemFirmwareTable(RSMB, 0, tables.as_mut_ptr(), length) };
    if written == 0 || written > length {
        return Err(io::Error::last_os_error());
    }
    tables.truncate(usize::try_from(written).unwrap_or_default());
    Ok(tables)
}
