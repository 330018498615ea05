//! Device facts on macOS, from the kernel, the IORegistry and property lists. Nothing here decides
//! anything; see [`super::apple`] for what the lists mean.

use super::{Client, HostNames, apple};
use crate::input;
use core_foundation::base::{CFType, TCFType as _, kCFAllocatorDefault};
use core_foundation::string::CFString;
use io_kit_sys::{
    IOObjectRelease, IORegistryEntryCreateCFProperty, IOServiceGetMatchingService, IOServiceMatching,
    kIOMasterPortDefault,
};
use std::path::Path;

const CONFIGURATION: &str = "/Library/Preferences/SystemConfiguration/preferences.plist";
const CLIENT: &str = "/Applications/Cloudflare WARP.app/Contents/Info.plist";

/// The largest property list read.
const MAX_LIST_SIZE: u64 = 1 << 20;

/// The kernel's host name, and the names that `scutil` tells.
pub fn host_names() -> HostNames {
    let system = rustix::system::uname();
    apple::host_names(&system.nodename().to_string_lossy(), &list(CONFIGURATION))
}

/// `IOPlatformSerialNumber`, which every user may read.
pub fn serial_number() -> Result<String, String> {
    platform_property("IOPlatformSerialNumber")
        .filter(|number| !number.trim().is_empty())
        .map(|number| number.trim().to_owned())
        .ok_or_else(|| "this Mac's IORegistry names no serial number".to_owned())
}

/// The client's application, where its installer puts it.
pub fn installed_client() -> Client {
    apple::client(&list(CLIENT))
}

/// A property list; nothing when it cannot be read.
fn list(path: &str) -> Vec<u8> {
    input::read(Path::new(path), MAX_LIST_SIZE).map(|bytes| bytes.to_vec()).unwrap_or_default()
}

/// A text among the properties of the Mac's own entry in the IORegistry.
#[allow(unsafe_code)] // There is no safe interface to the IORegistry.
fn platform_property(name: &str) -> Option<String> {
    let name = CFString::new(name);
    // SAFETY: The class name is a C string. IOServiceMatching makes a dictionary that
    // IOServiceGetMatchingService releases, even when it is null.
    let service = unsafe {
        IOServiceGetMatchingService(
            kIOMasterPortDefault,
            IOServiceMatching(c"IOPlatformExpertDevice".as_ptr()),
        )
    };
    if service == 0 {
        return None;
    }
    // SAFETY: `service` is an entry that was just found, `name` outlives the call, and the default
    // allocator is a constant.
    let value = unsafe {
        IORegistryEntryCreateCFProperty(service, name.as_concrete_TypeRef(), kCFAllocatorDefault, 0)
    };
    // SAFETY: `service` is ours to release, and is not used again.
    unsafe { IOObjectRelease(service) };
    if value.is_null() {
        return None;
    }
    // SAFETY: `value` is not null, and the caller of a function with Create in its name owns it.
    let value = unsafe { CFType::wrap_under_create_rule(value) };
    value.downcast::<CFString>().map(|text| text.to_string())
}
