//! Names that are almost right, and names in the wrong place.

use super::harness::scenario;
use super::pki::{client, root};

#[test]
fn case_differs() {
    let upper = client("DEVICE-042").nickname("DEVICE-042");
    let outcome = scenario().nss(&[upper]).cn("device-042").run().fails("case-differs").mended();
    outcome.other_type("pass");
}

#[test]
fn case_and_nickname_differ() {
    let upper = client("DEVICE-042").nickname("laptop");
    let outcome = scenario().nss(&[upper]).cn("device-042").run().fails("case-differs").mended();
    outcome.says("common name is \"DEVICE-042\"");
}

#[test]
fn white_space_differs() {
    let spaced = client("device  042").nickname("device  042");
    scenario().nss(&[spaced]).cn("device 042").run().fails("whitespace-differs").by_command();
}

#[test]
fn rule_has_a_look_alike_hyphen() {
    let plain = client("device-042").nickname("device-042");
    let outcome = scenario().nss(&[plain]).cn("device\u{2011}042").run().fails("unicode-differs");
    outcome.says("U+2011").by_hand("device-042");
}

#[test]
fn certificate_has_a_look_alike_letter() {
    let cyrillic = client("d\u{435}vice-042").nickname("d\u{435}vice-042");
    let outcome = scenario().nss(&[cyrillic]).cn("device-042").run().fails("unicode-differs");
    outcome.says("U+0435").by_command();
}

#[test]
fn accents_are_composed_otherwise() {
    let decomposed = client("cafe\u{301}").nickname("cafe\u{301}");
    scenario().nss(&[decomposed]).cn("caf\u{e9}").run().fails("unicode-differs");
}

#[test]
fn rule_has_a_space_at_the_end() {
    let plain = client("device-042").nickname("device-042");
    let outcome = scenario().nss(&[plain]).cn("device-042 ").run().fails("cn-padded");
    outcome.by_hand("device-042");
}

#[test]
fn rule_has_a_space_and_another_case() {
    let plain = || client("device-042").nickname("device-042");
    let outcome = scenario().nss(&[plain()]).cn(" DEVICE-042").run().fails("cn-padded");
    outcome.by_hand("write device-042 as").fixes(1);
    let outcome = scenario().nss(&[plain()]).cn(" DEVICE-042").v2().run().fails("cn-padded");
    outcome.by_hand("write device-042 as");
}

/// Without the space, certutil looks for a nickname that the certificate does not have.
#[test]
fn rule_has_a_space_and_the_nickname_is_another() {
    let laptop = client("device-042").nickname("laptop");
    let outcome = scenario().nss(&[laptop]).cn("device-042 ").run().fails("cn-padded");
    outcome.by_hand("write device-042 as").then("certutil --rename").then("[nickname-differs]");
}

/// certutil goes by the nickname, so the rule should have that.
#[test]
fn rule_has_a_space_and_the_common_name_is_another() {
    let laptop = client("Jo").nickname("device-042");
    scenario().nss(&[laptop]).cn("device-042 ").run().fails("cn-padded").by_hand("write device-042 as");
}

#[test]
fn rule_is_nothing_but_invisible() {
    let device = || client("device-042").nickname("device-042");
    for name in ["", "  ", "\u{a0}", "\u{200b}"] {
        scenario().nss(&[device()]).cn(name).run().cannot_tell("cn-missing");
    }
    scenario().nss(&[device()]).cn("").v2().run().cannot_tell("cn-missing");
    scenario().nss(&[device()]).cn(" \u{200b}").v2().run().fails("cn-padded").says("invisible");
}

#[test]
fn white_space_and_case_differ() {
    let spaced = client("Device 042").nickname("Device 042");
    let outcome = scenario().nss(&[spaced]).cn("device042").run().fails("whitespace-differs");
    outcome.says("white space and case only").by_command();
}

#[test]
fn rule_has_an_invisible_character() {
    let plain = client("device-042").nickname("device-042");
    let outcome = scenario().nss(&[plain]).cn("\u{feff}device-042").run().fails("cn-padded");
    outcome.says(r"\u{feff}");
}

#[test]
fn certificate_has_the_same_space() {
    let padded = client("device-042 ").nickname("device-042 ");
    scenario().nss(&[padded]).cn("device-042 ").run().passes_with(&["cn-padded"]);
}

#[test]
fn name_is_an_alternative_name_only() {
    let named = client("laptop-jo").extension("subjectAltName=DNS:device-042").nickname("laptop-jo");
    scenario().nss(&[named]).cn("device-042").run().fails("name-in-san-only").by_command().other_type("fail");
}

#[test]
fn alternative_name_is_shared_by_several() {
    let named = |name: &str| client(name).extension("subjectAltName=DNS:example.com").nickname(name);
    let outcome = scenario().nss(&[named("device-1"), named("device-2")]).cn("example.com").run();
    outcome.fails("name-in-san-only").by_hand("Common name");
}

#[test]
fn name_is_an_address_that_certutil_finds() {
    let mail = client("Jo").extension("subjectAltName=email:jo@example.com").nickname("laptop");
    let outcome = scenario().nss(&[mail]).cn("jo@example.com").run();
    outcome.passes_with(&["name-in-san-only"]).other_type("fail");
}

#[test]
fn name_is_in_another_attribute() {
    let unit = client("x").subject("/O=Example/OU=device-042/CN=laptop-jo").nickname("laptop-jo");
    let outcome = scenario().nss(&[unit]).cn("device-042").run();
    outcome.fails("name-in-other-attribute").by_hand("laptop-jo");
}

#[test]
fn plainly_another_device_is_never_offered() {
    let other = client("device-043").nickname("device-043");
    let outcome = scenario().nss(&[other]).cn("device-042").run().fails("not-found").by_hand("device-042");
    assert!(!outcome.json()["fixes"].to_string().contains("device-043"));
}

#[test]
fn name_is_part_of_another_devices() {
    let longer = client("device-0421").nickname("device-0421");
    let outcome = scenario().nss(&[longer]).cn("device-042").run().fails("not-found").by_hand("device-042");
    outcome.says("device-0421");
}

#[test]
fn name_is_the_cas() {
    let device = client("device-042").nickname("device-042");
    let outcome = scenario().nss(&[device]).cn("Example Root CA").run().fails("not-found");
    outcome.warns("cn-is-the-ca").by_hand("client certificate");
}

#[test]
fn name_is_the_cas_and_it_is_installed() {
    let ca = root().nickname("Example Root CA");
    let outcome = scenario().nss(&[ca]).cn("Example Root CA").run();
    outcome.passes_with(&["is-the-ca", "cn-is-the-ca"]);
}

/// To rename it would make the check pass and prove nothing.
#[test]
fn name_is_the_cas_and_it_is_installed_under_another_nickname() {
    let ca = root().nickname("ca");
    let outcome = scenario().nss(&[ca]).cn("Example Root CA").run().fails("nickname-differs");
    outcome.says("CA itself").warns("cn-is-the-ca").by_hand("client certificate");
}

#[test]
fn variable_in_the_original_type() {
    let device = client("device-042").nickname("device-042");
    let outcome = scenario().nss(&[device]).cn("${hostname}").run().cannot_tell("variable-not-filled");
    outcome.says("client_certificate_v2");
}

#[test]
fn unreadable_but_not_printed() {
    scenario()
        .nss(&[client("device-042").nickname("device-042")])
        .sql("UPDATE nssPublic SET a11 = x'3003020101' WHERE a0 = x'00000001'")
        .cn("device-042")
        .run()
        .fails("certificate-unparseable");
}

/// Nothing is wrong with the name of an entry that certutil passes over all the same.
#[test]
fn row_is_damaged() {
    for change in ["a3 = 'device-042'", "a82 = NULL", "a80 = x'00000001'"] {
        scenario()
            .nss(&[client("device-042").nickname("device-042")])
            .sql(&format!("UPDATE nssPublic SET {change} WHERE a0 = x'00000001'"))
            .cn("device-042")
            .run()
            .fails("certificate-unparseable")
            .by_hand("again");
    }
}

#[test]
fn file_in_the_working_directory() {
    let device = client("device-042").mint();
    let outcome = scenario().nss(&[]).write("work/device-042", device.der()).cn("device-042").run();
    outcome.fails("store-empty");
    let outcome = scenario()
        .nss(&[client("other").nickname("other")])
        .write("work/device-042", device.der())
        .cn("device-042")
        .run();
    outcome.fails("not-found").warns("file-fallback");
}
