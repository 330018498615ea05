//! Files judged by the look-ups of other systems, and files judged as if they were imported.

use super::harness::{Scenario, scenario};
use super::pki::client;

/// A folder with these certificates, as a copy of the store `role`.
fn files(role: &str, names: &[(&str, &str)]) -> Scenario {
    let each = names.iter().enumerate();
    let written = each.fold(scenario(), |scenario, (number, (name, until))| {
        let until: &'static str = if *until == "old" { "20250101000000Z" } else { "20400101000000Z" };
        scenario.write(&format!("certs/{number}.pem"), client(name).until(until).mint().pem)
    });
    written.copy(role, "certs")
}

/// What `security find-certificate -a -p` prints of a keychain.
fn dump(names: &[(&str, &str)]) -> Scenario {
    let mut pem = String::new();
    for (name, until) in names {
        let until: &'static str = if *until == "old" { "20250101000000Z" } else { "20400101000000Z" };
        pem.push_str(&client(name).until(until).mint().pem);
    }
    scenario().write("certs.pem", pem).copy(MACOS, "certs.pem")
}

const LINUX: &str = "nss:/etc/pki/nssdb";
const MACOS: &str = "keychain:system";
const WINDOWS: &str = r"windows:CurrentUser\My";

#[test]
fn linux_takes_a_file_for_imported_under_its_name() {
    files(LINUX, &[("device-042", "")]).cn("device-042").run().passes();
}

#[test]
fn linux_file_with_another_friendly_name() {
    let device = client("device-042").mint();
    scenario()
        .change(|folder| {
            std::fs::write(folder.join("c.pem"), &device.pem).unwrap();
            std::fs::write(folder.join("k.pem"), &device.key).unwrap();
            let [cert, key, p12] = ["c.pem", "k.pem", "c.p12"].map(|name| folder.join(name));
            let arguments = ["pkcs12", "-export", "-passout", "pass:", "-name", "laptop", "-in"];
            let mut arguments: Vec<&std::ffi::OsStr> = arguments.iter().map(AsRef::as_ref).collect();
            arguments.extend([
                cert.as_os_str(),
                "-inkey".as_ref(),
                key.as_ref(),
                "-out".as_ref(),
                p12.as_ref(),
            ]);
            super::harness::tool("openssl", &arguments);
        })
        .file("c.p12")
        .cn("device-042")
        .run()
        .cannot_tell("nickname-differs")
        .by_hand("import");
}

#[test]
fn linux_file_with_other_case() {
    let outcome = files(LINUX, &[("Device-042", "")]).cn("device-042").run();
    outcome.fails("case-differs").by_hand("device-042");
}

#[test]
fn macos_matches_a_part() {
    let outcome = files(MACOS, &[("device-0421", "")]).cn("device-042").arg("--os=mac").run();
    outcome.passes_with(&["substring-only"]).other_type("fail");
}

#[test]
fn macos_prints_only_the_first() {
    let outcome = dump(&[("device-042", "old"), ("device-042", "")]).cn("device-042").run();
    outcome.fails_on_a_mac("shadowed");
}

#[test]
fn macos_prints_another_devices_first() {
    let outcome = dump(&[("device-0421", "old"), ("device-042", "")]).cn("device-042").run();
    outcome.fails_on_a_mac("shadowed").says("device-0421");
}

#[test]
fn windows_prints_them_all() {
    let outcome = files(WINDOWS, &[("device-042", "old"), ("device-042", "")]).cn("device-042").run();
    outcome.passes();
}

#[test]
fn windows_reads_brackets_as_a_class() {
    let outcome = files(WINDOWS, &[("lab[7]", "")]).cn("lab[7]").run();
    outcome.fails("cn-shell-special").other_type("pass");
}

#[test]
fn windows_matches_with_a_star() {
    let outcome = files(WINDOWS, &[("device-042", "")]).cn("device-*").run();
    outcome.passes_with(&["substring-only", "cn-shell-special"]);
}

#[test]
fn windows_searches_the_whole_subject() {
    let scenario = scenario().write("c.pem", client("x").subject("/OU=device-042/CN=jo").mint().pem);
    let outcome = scenario.copy(WINDOWS, "c.pem").cn("device-042").run();
    // The newer type searches the machine's store too, which was not given.
    outcome.passes_with(&["name-in-other-attribute"]).other_type("unknown");
}

#[test]
fn expired_exact_name_comes_before_a_sound_part() {
    let outcome = files(WINDOWS, &[("device-0421", "old"), ("device-042", "old")]).cn("device-042").run();
    let outcome = outcome.fails("expired");
    let told = outcome.json()["reasons"][0]["certificate"].as_str().unwrap().to_owned();
    let those = outcome.json()["certificates"].as_array().unwrap().clone();
    let meant = those.iter().find(|c| c["sha256"] == told).unwrap();
    assert_eq!(meant["subject"], "CN=device-042");
}

/// A folder tells nothing of the order in which a keychain holds its certificates.
#[test]
fn macos_order_is_not_known_of_a_folder() {
    let mixed = [("device-042", ""), ("device-042", "old")];
    files(MACOS, &mixed).cn("device-042").run().cannot_tell("evidence-partial").says("order");
    let sound = [("device-042", ""), ("device-0421", "")];
    files(MACOS, &sound).cn("device-042").run().passes();
}
