//! Slips of whoever made the rule or uploaded the CA: what passes is a CA's certificate, what was uploaded
//! is the client's, and names that something else was to fill in.

use super::harness::{Scenario, scenario};
use super::pki::{client, intermediate, root, subject};
use serde_json::{Value, json};

fn rule(input: Value) -> Value {
    let mut whole = json!({
        "id": "8f0cb5f5-0000-4000-8000-000000000001", "name": "Managed laptops",
        "type": "client_certificate_v2", "schedule": "5m", "match": [{"platform": "linux"}],
        "input": {"certificate_id": "2f9c41d0-0000-4000-8000-000000000001", "cn": null,
                  "check_private_key": false, "operating_system": "linux",
                  "locations": {"trust_stores": ["system"]}}});
    for (field, value) in input.as_object().unwrap() {
        whole["input"][field] = value.clone();
    }
    whole
}

fn named(cn: &str) -> Value {
    rule(json!({"cn": cn}))
}

#[test]
fn intermediate_passes_in_a_chain_file() {
    let device = client("device-042").issued_by(intermediate()).mint();
    let scenario = scenario()
        .write("chain.pem", format!("{}{}", device.pem, intermediate().pem))
        .write("device.key", &device.key);
    let paths = rule(json!({"locations": {"paths": ["$DIR/chain.pem", "$DIR/device.key"]}}));
    let outcome = scenario.rule(paths).run().passes_with(&["client-certificate-is-a-ca"]);
    outcome.says("CN=device-042 itself does not pass [issued-by-intermediate]");
}

#[test]
fn intermediate_passes_alone() {
    let only = || scenario().nss(&[intermediate().nickname("issuing")]);
    only().rule(rule(json!({}))).run().passes_with(&["client-certificate-is-a-ca"]);
    // The original type goes by the nickname.
    only().cn("issuing").run().passes_with(&["client-certificate-is-a-ca", "substring-only"]);
}

/// The healthy twin: a client certificate passes, so what else passes does not matter.
#[test]
fn intermediate_beside_a_client_certificate_that_passes() {
    let device = client("device-042").nickname("x");
    let entries = [intermediate().nickname("issuing"), device];
    scenario().nss(&entries).rule(rule(json!({}))).run().passes();
}

#[test]
fn client_certificate_was_uploaded() {
    let device = client("device-042").mint();
    let installed = || scenario().nss(&[device.nickname("x")]).ca(&device);
    let outcome = installed().rule(named("device-042")).run().fails("ca-is-the-client-certificate");
    outcome.says("Example Root CA").by_hand("Example Root CA").also(&[]);
    installed().rule(rule(json!({}))).run().fails("ca-is-the-client-certificate");
    // `verify` says the same of it.
    let verified = installed().verify("ca.pem");
    assert_eq!(verified["results"][0]["direct"]["status"], "fail");
    assert_eq!(verified["results"][0]["direct"]["reason"], "ca-is-the-client-certificate");
}

/// A certificate that signed itself was signed by what was uploaded.
#[test]
fn self_signed_client_certificate_was_uploaded() {
    let device = subject("/CN=device-042").mint();
    let installed = || scenario().nss(&[device.nickname("x")]).ca(&device);
    installed().rule(named("device-042")).run().passes_with(&["is-the-ca", "cn-is-the-ca", "ca-not-a-ca"]);
    assert_eq!(installed().verify("ca.pem")["results"][0]["direct"]["status"], "pass");
}

#[test]
fn uploaded_intermediate_is_all_that_is_installed() {
    let installed = || scenario().nss(&[intermediate().nickname("issuing")]).ca(intermediate());
    installed().rule(rule(json!({}))).run().fails("is-the-ca");
    assert_eq!(installed().verify("ca.pem")["results"][0]["direct"]["reason"], "is-the-ca");
}

fn on_windows(cn: &str) -> Scenario {
    let device = client("device-042").mint();
    scenario().write("device.pem", &device.pem).file("device.pem").arg("--os=windows").cn(cn)
}

#[test]
fn powershell_would_fill_in_what_nobody_knows_here() {
    for cn in ["device-$HOME", "$env:COMPUTERNAME", "$_", "$(hostname)", "device-042$PID"] {
        on_windows(cn).run().cannot_tell("cn-shell-special");
    }
    // These it leaves as they are.
    for cn in ["device-042", "-042", "device`-042"] {
        on_windows(cn).run().other_than("unknown");
    }
    let dollar = client("device$").mint();
    let scenario = scenario().write("device.pem", &dollar.pem).file("device.pem");
    scenario.arg("--os=windows").cn("device$").run().passes();
}

#[test]
fn root_is_no_slip_where_it_is_asked_for() {
    let device = client("device-042").nickname("x");
    scenario().nss(&[root().nickname("root"), device]).rule(named("device-042")).run().passes();
}
