//! Facts about this device that a rule may ask for: host name, serial number, and which client is
//! installed. Read from files and system interfaces; nothing is executed.

#[cfg(any(test, target_os = "macos"))]
mod apple;
mod client;
mod packages;
#[cfg(not(any(windows, target_os = "macos")))]
#[path = "linux.rs"]
mod platform;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod platform;
#[cfg(windows)]
#[path = "windows.rs"]
mod platform;
#[cfg(any(windows, test))]
mod smbios;

pub use client::{Client, is_older};
pub use packages::{NssTools, nss_tools};
pub use platform::installed_client;

/// The facts that variables stand for.
#[derive(Clone, Debug)]
pub struct Device {
    pub host_names: HostNames,
    /// The serial number, or why it is not known (safe to print).
    pub serial_number: Result<String, String>,
    pub whose: Whose,
    /// Looked for where this device's own stores are judged.
    pub nss_tools: NssTools,
}

/// Whose facts they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of the machine that this runs on.
    Ours,
    /// Those of the device that the evidence came from.
    AnotherDevices,
}

impl Device {
    /// A device of which this is known.
    pub fn new(host_names: HostNames, serial_number: Result<String, String>) -> Self {
        Self { host_names, serial_number, whose: Whose::Ours, nss_tools: NssTools::Unknown }
    }

    /// This device, with what the user gave in place of what would be read.
    pub fn here(hostname: Option<String>, serial_number: Option<String>) -> Self {
        Self::new(
            hostname.map_or_else(platform::host_names, |name| HostNames::given(&name)),
            serial_number.map_or_else(platform::serial_number, Ok),
        )
    }

    /// The same with what the user gave in place of what was read.
    #[must_use]
    pub fn with(self, hostname: Option<&str>, serial_number: Option<&str>) -> Self {
        Self {
            host_names: hostname.map_or(self.host_names, HostNames::given),
            serial_number: serial_number.map_or(self.serial_number, |number| Ok(number.to_owned())),
            whose: self.whose,
            nss_tools: self.nss_tools,
        }
    }

    /// The device that the evidence came from: nothing is known of it but what the user gave.
    pub fn elsewhere(hostname: Option<String>, serial_number: Option<String>) -> Self {
        Self {
            host_names: hostname.map_or_else(HostNames::default, |name| HostNames::given(&name)),
            serial_number: serial_number.ok_or_else(|| ANOTHER_DEVICES.to_owned()),
            whose: Whose::AnotherDevices,
            nss_tools: NssTools::Unknown,
        }
    }
}

const ANOTHER_DEVICES: &str =
    "what is judged came from another device, whose serial number is not known here";

/// The forms of this device's host name. Which one the client puts in place of `${hostname}` is
/// undocumented, so the system's own short form is used and the others are kept for comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostNames {
    own: Option<String>,
    others: Vec<String>,
}

impl HostNames {
    /// From the name that the system calls itself: its short form, and the full one beside it.
    pub fn new(name: &str) -> Self {
        let name = name.trim();
        let short = name.split('.').next().unwrap_or_default();
        if short.is_empty() {
            return Self::default();
        }
        let mut names = Self { own: Some(short.to_owned()), others: Vec::new() };
        names.add(name);
        names
    }

    /// Exactly the name that the user gave.
    pub fn given(name: &str) -> Self {
        Self { own: Some(name.to_owned()), others: Vec::new() }
    }

    /// Keeps another form, unless it is there already.
    pub fn add(&mut self, form: &str) {
        let form = form.trim();
        if !form.is_empty() && self.own.as_deref() != Some(form) && !self.others.iter().any(|o| o == form) {
            self.others.push(form.to_owned());
        }
    }

    /// The system's own short form.
    pub fn own(&self) -> Option<&str> {
        self.own.as_deref()
    }

    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.others.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_form_comes_first() {
        let names = HostNames::new("jo.corp.example\n");
        assert_eq!(names.own(), Some("jo"));
        assert_eq!(names.others().collect::<Vec<_>>(), ["jo.corp.example"]);
        assert_eq!(HostNames::new(" "), HostNames::default());
    }
}
