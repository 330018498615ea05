//! `client_certificate_v2`: exact names, direct issuers, usages, keys and alternative names.

use super::harness::scenario;
use super::pki::{client, intermediate, root, stranger};
use serde_json::{Value, json};

fn rule(input: Value) -> Value {
    let mut whole = json!({
        "id": "8f0cb5f5-0000-4000-8000-000000000001", "name": "Managed laptops",
        "type": "client_certificate_v2", "schedule": "5m", "expiration": "1h",
        "match": [{"platform": "linux"}],
        "input": {"certificate_id": "2f9c41d0-0000-4000-8000-000000000001", "cn": "device-042",
                  "check_private_key": false, "operating_system": "linux",
                  "locations": {"trust_stores": ["system"]}}});
    for (field, value) in input.as_object().unwrap() {
        whole["input"][field] = value.clone();
    }
    whole
}

#[test]
fn nickname_does_not_matter() {
    let device = client("DEVICE-042").nickname("laptop");
    scenario().nss(&[device]).rule(rule(json!({}))).run().passes().other_type("fail");
}

#[test]
fn no_name_at_all() {
    let device = client("anything").nickname("laptop");
    scenario().nss(&[device]).rule(rule(json!({"cn": null}))).run().passes();
}

#[test]
fn no_name_and_no_certificate_of_the_ca() {
    let strange = client("anything").issued_by(stranger()).nickname("laptop");
    scenario().nss(&[strange]).rule(rule(json!({"cn": null}))).run().fails("issuer-differs");
}

#[test]
fn name_is_only_part() {
    let device = client("device-0421").nickname("device-042");
    scenario().nss(&[device]).rule(rule(json!({}))).run().fails("not-found").other_type("pass");
}

#[test]
fn white_space_differs() {
    let device = client("device 042").nickname("x");
    let outcome = scenario().nss(&[device]).rule(rule(json!({"cn": "device  042"}))).run();
    outcome.fails("whitespace-differs").by_hand("device 042");
}

#[test]
fn look_alike() {
    let device = client("device-042").nickname("x");
    let outcome = scenario().nss(&[device]).rule(rule(json!({"cn": "device\u{2013}042"}))).run();
    outcome.fails("unicode-differs").by_hand("device-042");
}

#[test]
fn name_in_an_alternative_name() {
    let device = client("jo").extension("subjectAltName=DNS:device-042").nickname("device-042");
    scenario().nss(&[device]).rule(rule(json!({}))).run().fails("name-in-san-only");
}

#[test]
fn issued_by_an_intermediate() {
    let device = client("device-042").issued_by(intermediate()).nickname("device-042");
    let outcome = scenario().nss(&[device, intermediate().nickname("issuing")]).rule(rule(json!({}))).run();
    outcome.fails("issued-by-intermediate").by_hand("\"issuing\"").other_type("pass");
}

#[test]
fn issued_by_an_intermediate_that_is_missing() {
    let device = client("device-042").issued_by(intermediate()).nickname("device-042");
    scenario().nss(&[device]).rule(rule(json!({}))).run().fails("issuer-differs").says("Example Issuing CA");
}

#[test]
fn issued_by_the_intermediate_that_is_uploaded() {
    let device = client("device-042").issued_by(intermediate()).nickname("device-042");
    scenario().nss(&[device]).ca(intermediate()).rule(rule(json!({}))).run().passes();
}

#[test]
fn usage_is_absent() {
    let device = client("device-042").nickname("x");
    let outcome = scenario().nss(&[device]).rule(rule(json!({"extended_key_usage": ["clientAuth"]}))).run();
    outcome.fails("eku-absent").by_hand("clientAuth");
}

#[test]
fn usage_is_another() {
    let device =
        client("device-042").extension("extendedKeyUsage=serverAuth,anyExtendedKeyUsage").nickname("x");
    let usages = json!({"extended_key_usage": ["clientAuth"]});
    scenario().nss(&[device]).rule(rule(usages)).run().fails("eku-missing").by_hand("clientAuth");
}

#[test]
fn one_usage_of_two_is_missing() {
    let device = client("device-042").extension("extendedKeyUsage=clientAuth").nickname("x");
    let usages = json!({"extended_key_usage": ["clientAuth", "emailProtection"]});
    scenario().nss(&[device]).rule(rule(usages)).run().fails("eku-missing").says("emailProtection");
}

#[test]
fn usages_are_there() {
    let device = client("device-042").extension("extendedKeyUsage=clientAuth,emailProtection").nickname("x");
    let usages = json!({"extended_key_usage": ["clientAuth", "emailProtection"]});
    scenario().nss(&[device]).rule(rule(usages)).run().passes();
}

#[test]
fn private_key_is_missing() {
    let device = client("device-042").nickname("x");
    let outcome = scenario().nss(&[device]).rule(rule(json!({"check_private_key": true}))).run();
    outcome.fails("private-key-missing").by_hand("PKCS #12");
}

#[test]
fn private_key_is_in_a_pem_file_elsewhere() {
    let device = client("device-042").mint();
    scenario()
        .nss(&[device.nickname("x")])
        .write("home/certs/device.pem", format!("{}{}", device.pem, device.key))
        .arg("--elsewhere")
        .rule(rule(json!({"check_private_key": true})))
        .run()
        .fails("private-key-missing")
        .mended();
}

#[test]
fn private_key_is_there() {
    let device = client("device-042").nickname("x").with_key();
    scenario().nss(&[device]).rule(rule(json!({"check_private_key": true}))).run().passes();
}

#[test]
fn alternative_names() {
    let ask = |extension: &str, wanted: Value| {
        let device = match extension {
            "" => client("device-042"),
            line => client("device-042").extension(&format!("subjectAltName={line}")),
        };
        let wanted = json!({"subject_alternative_names": wanted});
        scenario().nss(&[device.nickname("x")]).rule(rule(wanted)).run()
    };
    ask("DNS:Device-042.example.com", json!(["no", "device-042.EXAMPLE.com"])).passes();
    ask("IP:2001:db8::1", json!(["2001:DB8:0::1"])).passes();
    ask("URI:spiffe://x/y", json!(["spiffe://x/y"])).passes();
    ask("", json!(["device-042"])).fails("san-absent").by_hand("device-042");
    ask("DNS:*.example.com", json!(["a.example.com"])).fails("san-differs").by_hand("a.example.com");
    ask("otherName:1.3.6.1.4.1.311.20.2.3;UTF8:jo@example.com", json!(["jo@example.com"]))
        .fails("san-other-name-only");
}

#[test]
fn variables_are_filled_in() {
    let device = client("C02X_example-jo").nickname("x");
    scenario()
        .nss(&[device])
        .arg("--serial-number=C02X")
        .arg("--hostname=jo")
        .rule(rule(json!({"cn": "${serial_number}_example-${hostname}"})))
        .run()
        .passes();
}

#[test]
fn variable_is_unknown() {
    let device = client("x").nickname("x");
    let outcome = scenario().nss(&[device]).rule(rule(json!({"cn": "${user}"}))).run();
    outcome.cannot_tell("rule-variable-unknown").says("${user}");
}

#[test]
fn serial_number_is_for_root_only() {
    let device = client("x").nickname("x");
    let scenario = scenario().nss(&[device]).owned_by_user("db").unprivileged();
    let outcome = scenario.rule(rule(json!({"cn": "${serial_number}"}))).run();
    outcome.cannot_tell("rule-variable-unresolved").by_hand("--serial-number");
}

#[test]
fn another_form_of_the_host_name() {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let short = host.trim().split('.').next().unwrap().to_owned();
    let device = client(&format!("{short}.example.com")).nickname("x");
    scenario()
        .nss(&[device])
        .arg(format!("--hostname={short}.example.com"))
        .rule(rule(json!({"cn": "${hostname}"})))
        .run()
        .passes();
}

#[test]
fn chain_faults_are_warnings() {
    let odd = client("device-042").extension("1.2.3.4.5=critical,ASN1:NULL").nickname("x");
    let outcome = scenario().nss(&[odd]).rule(rule(json!({}))).run();
    outcome.passes_with(&["unknown-critical-extension"]).says("undocumented");
}

#[test]
fn no_locations() {
    let device = client("device-042").nickname("x");
    let outcome = scenario().nss(&[device]).rule(rule(json!({"locations": null}))).run();
    outcome.passes_with(&["location-not-searched"]);
}

#[test]
fn user_store_on_linux() {
    let device = client("device-042").nickname("x");
    let locations = json!({"locations": {"trust_stores": ["system", "user"]}});
    scenario().nss(&[device]).rule(rule(locations)).run().passes_with(&["location-not-searched"]);
}

fn paths(list: &[&str]) -> Value {
    rule(json!({"check_private_key": true, "locations": {"paths": list}}))
}

#[test]
fn certificate_and_key_in_one_file() {
    let device = client("device-042").mint();
    let scenario = scenario().write("client.pem", format!("{}{}", device.pem, device.key));
    // These are this machine's own files, and no client is installed here.
    scenario.rule(paths(&["$DIR/client.pem"])).run().passes_with(&["client-missing"]);
}

#[test]
fn certificate_and_key_in_two_files() {
    let device = client("device-042").mint();
    let scenario = scenario().write("client.pem", &device.pem).write("client.key", &device.key);
    scenario.rule(paths(&["$DIR/client.pem", "$DIR/client.key"])).run().passes_with(&["client-missing"]);
}

#[test]
fn expired_in_two_files() {
    let device = client("device-042").until("20250101000000Z").mint();
    let scenario = scenario().write("client.pem", &device.pem).write("client.key", &device.key);
    scenario.rule(paths(&["$DIR/client.pem", "$DIR/client.key"])).run().fails("expired").also(&[]);
}

#[test]
fn key_of_another_certificate() {
    let device = client("device-042").mint();
    let scenario = scenario().write("client.pem", &device.pem).write("client.key", &root().key);
    let outcome = scenario.rule(paths(&["$DIR/client.pem", "$DIR/client.key"])).run();
    outcome.fails("private-key-mismatch").also(&[]).says("client.key");
}

#[test]
fn key_file_is_not_listed() {
    let device = client("device-042").mint();
    let scenario = scenario().write("client.pem", &device.pem).write("client.key", &device.key);
    scenario.rule(paths(&["$DIR/client.pem"])).run().fails("private-key-missing");
}

#[test]
fn key_file_is_missing() {
    let device = client("device-042").mint();
    let scenario = scenario().write("client.pem", &device.pem);
    let outcome = scenario.rule(paths(&["$DIR/client.pem", "$DIR/client.key"])).run();
    outcome.fails("private-key-missing").says("client.key").by_hand("client.key");
}

/// The client of the original type reads no PEM files.
#[test]
fn file_of_the_rule_means_nothing_to_the_other_type() {
    let device = client("device-042").mint();
    let scenario = scenario().write("client.pem", format!("{}{}", device.pem, device.key));
    let outcome =
        scenario.nss(&[client("x").nickname("x")]).file("client.pem").rule(paths(&["$DIR/client.pem"]));
    outcome.run().passes().other_type("fail");
}

#[test]
fn only_the_user_store_on_linux() {
    let device = client("device-042").nickname("x");
    let rule = rule(json!({"locations": {"trust_stores": ["user"]}}));
    scenario().nss(&[device]).rule(rule).run().fails("found-elsewhere").by_hand("OS locations");
}

#[test]
fn key_is_encrypted() {
    let encrypted = include_str!("../../fixtures/files/rsa-encrypted.key");
    let device = client("device-042").mint();
    let scenario = scenario().write("client.pem", &device.pem).write("client.key", encrypted);
    let outcome = scenario.rule(paths(&["$DIR/client.pem", "$DIR/client.key"])).run();
    outcome.cannot_tell("key-encrypted");
}

#[test]
fn file_is_missing() {
    let outcome = scenario().rule(paths(&["$DIR/none.pem"])).run().fails("store-missing");
    outcome.says("none.pem").by_hand("none.pem");
}

#[test]
fn both_a_database_and_a_file() {
    let device = client("device-042").mint();
    let scenario = scenario().write("client.pem", format!("{}{}", device.pem, device.key));
    let locations = json!({"check_private_key": true,
        "locations": {"trust_stores": ["system"], "paths": ["$DIR/client.pem"]}});
    scenario.nss(&[]).file("client.pem").rule(rule(locations)).run().passes();
}
