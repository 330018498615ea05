//! What a Mac's property lists say about it: pure functions of their bytes, so that they are tested
//! on every system.

use super::{Client, HostNames};
use plist::Value;
use std::io::Cursor;

/// The names that `scutil --get HostName` and `--get LocalHostName` print, added to what the kernel
/// calls this Mac. `configuration` is the system configuration's `preferences.plist`.
pub fn host_names(kernel: &str, configuration: &[u8]) -> HostNames {
    let mut names = HostNames::new(kernel);
    let paths = [&["System", "System", "HostName"][..], &["System", "Network", "HostNames", "LocalHostName"]];
    for name in paths.iter().filter_map(|path| string(configuration, path)) {
        if names.own().is_none() {
            names = HostNames::new(&name);
        }
        names.add(&name);
    }
    names
}

/// The client's version from its application's `Info.plist`.
pub fn client(information: &[u8]) -> Client {
    let version = string(information, &["CFBundleShortVersionString"]);
    version.map_or(Client::NotFound, |version| Client::Installed { version })
}

/// The text at `path` in a property list, which may be in XML or binary.
fn string(list: &[u8], path: &[&str]) -> Option<String> {
    let list = Value::from_reader(Cursor::new(list)).ok()?;
    let value = path.iter().try_fold(&list, |value, key| value.as_dictionary()?.get(key))?;
    value.as_string().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(content: &str) -> Vec<u8> {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n";
        format!("{head}{content}\n</plist>\n").into_bytes()
    }

    const CONFIGURATION: &str = "<dict><key>Model</key><string>Mac14,2</string><key>System</key><dict>\
        <key>Network</key><dict><key>HostNames</key><dict>\
        <key>LocalHostName</key><string>Jos-MacBook-Air</string></dict></dict>\
        <key>System</key><dict><key>ComputerName</key><string>Jo’s MacBook Air</string>\
        <key>HostName</key><string>jo.corp.example</string></dict></dict></dict>";

    #[test]
    fn adds_the_configured_names_to_the_kernels() {
        let names = host_names("Mac.fritz.box", &xml(CONFIGURATION));
        assert_eq!(names.own(), Some("Mac"));
        let others: Vec<_> = names.others().collect();
        assert_eq!(others, ["Mac.fritz.box", "jo.corp.example", "Jos-MacBook-Air"]);
    }

    #[test]
    fn does_with_what_there_is() {
        assert_eq!(host_names("Mac", b"junk"), HostNames::new("Mac"));
        let names = host_names("", &xml(CONFIGURATION));
        assert_eq!(names.own(), Some("jo"));
    }

    #[test]
    fn reads_the_clients_version_from_both_kinds_of_list() {
        let list = xml("<dict><key>CFBundleShortVersionString</key><string>2024.6.416.0</string></dict>");
        let installed = Client::Installed { version: "2024.6.416.0".to_owned() };
        assert_eq!(client(&list), installed);
        let mut binary = Vec::new();
        Value::from_reader(Cursor::new(list)).unwrap().to_writer_binary(&mut binary).unwrap();
        assert!(binary.starts_with(b"bplist00"));
        assert_eq!(client(&binary), installed);
        assert_eq!(client(b""), Client::NotFound);
    }
}
