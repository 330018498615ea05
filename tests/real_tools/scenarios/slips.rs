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
    let warnings = ["client-certificate-is-a-ca", "client-missing"];
    let outcome = scenario.rule(paths).run().passes_with(&warnings);
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
    let outcome = scenario.arg("--os=windows").cn("device$").run();
    assert_eq!(outcome.json()["verdict"], "pass");
}

#[test]
fn root_is_no_slip_where_it_is_asked_for() {
    let device = client("device-042").nickname("x");
    scenario().nss(&[root().nickname("root"), device]).rule(named("device-042")).run().passes();
}

/// A device with this serial number and host name, and one certificate of this subject.
fn device(certificate: super::pki::Wanted) -> Scenario {
    let scenario = scenario().nss(&[certificate.nickname("x")]);
    scenario.arg("--serial-number=4711").arg("--hostname=host-7")
}

#[test]
fn variables_of_others() {
    for (cn, own) in [
        ("$SERIALNUMBER", "${serial_number}"),
        ("{{SerialNumber}}", "${serial_number}"),
        ("$serial_number", "${serial_number}"),
        ("{serial_number}", "${serial_number}"),
        ("{{DeviceName}}", "${hostname}"),
        ("%HOSTNAME%.example.com", "${hostname}"),
        ("$env:COMPUTERNAME", "${hostname}"),
    ] {
        let outcome = device(client("4711")).rule(named(cn)).run().cannot_tell("variable-not-filled");
        outcome.says("nothing has filled in").by_hand(own);
    }
    let outcome = device(client("4711")).cn("${serial_number}").run().cannot_tell("variable-not-filled");
    outcome.says("only client_certificate_v2 fills in").by_hand("client_certificate_v2");
}

/// Healthy twins: names that merely look so.
#[test]
fn names_with_signs_of_variables() {
    for cn in ["PC01$", "$LAPTOP", "cost$center", "{{x}}", "{6F9619FF-8B86-D011-B42D-00CF4FC964FF}"] {
        device(client(cn)).rule(named(cn)).run().passes();
    }
    device(client("4711")).rule(named("PC01$")).run().fails("not-found");
}

#[test]
fn alternative_names_that_nothing_filled_in() {
    let asked = |value: &str| rule(json!({"cn": "4711", "subject_alternative_names": [value]}));
    let certificate = || client("4711").extension("subjectAltName=DNS:host-7.example.com");
    device(certificate()).rule(asked("$HOSTNAME.example.com")).run().cannot_tell("variable-not-filled");
    device(certificate()).rule(asked("${hostname}.example.com")).run().passes();
    let prefixed =
        device(certificate()).rule(asked("DNS:${hostname}.example.com")).run().fails("san-differs");
    prefixed.says("DNS:").by_hand("write ${hostname}.example.com in");
    let email = client("4711").extension("subjectAltName=email:jo@example.com");
    device(email)
        .rule(asked("email:jo@example.com"))
        .run()
        .fails("san-differs")
        .by_hand("write jo@example.com in");
}

#[test]
fn template_lacks_what_the_certificates_have() {
    let outcome = device(client("NW-4711")).rule(named("${serial_number}")).run().fails("template-differs");
    outcome.by_hand("write NW-${serial_number} as").says("NW-4711");
    let outcome =
        device(client("host-7.example.com")).rule(named("${hostname}")).run().fails("template-differs");
    outcome.by_hand("write ${hostname}.example.com as");
    let outcome =
        device(client("4711")).rule(named("${serial_number}_example")).run().fails("template-differs");
    outcome.by_hand("write ${serial_number} as");
    // The fix, made: the check passes.
    device(client("NW-4711")).rule(named("NW-${serial_number}")).run().passes();
    device(client("host-7.example.com")).rule(named("${hostname}.example.com")).run().passes();
    // Those are other devices.
    for other in ["NW-47110", "14711", "4711-2", "NW-4712"] {
        device(client(other)).rule(named("${serial_number}")).run().fails("not-found");
    }
}

#[test]
fn value_is_elsewhere_in_the_certificate() {
    let subject = || client("x").subject("/OU=4711/CN=Jo Miller");
    let in_both = subject().extension("subjectAltName=DNS:4711");
    let outcome = device(in_both.clone()).rule(named("${serial_number}")).run().fails("name-in-san-only");
    outcome.by_hand("put ${serial_number} into the check's Subject alternative name");
    let mended = rule(json!({"subject_alternative_names": ["${serial_number}"]}));
    device(in_both).rule(mended).run().passes();
    let outcome = device(subject()).rule(named("${serial_number}")).run().fails("name-in-other-attribute");
    outcome.by_hand("issue the certificates with ${serial_number}");
    let padded = device(client("4711")).rule(named(" ${serial_number}")).run().fails("cn-padded");
    padded.by_hand("write ${serial_number} as");
}

#[test]
fn serial_number_is_a_placeholder() {
    let ask = |serial: &str, cn: &str| {
        let scenario = scenario().nss(&[client(cn).nickname("x")]).arg(format!("--serial-number={serial}"));
        scenario.rule(named("${serial_number}")).run()
    };
    for serial in ["To be filled by O.E.M.", "Default string", "0"] {
        ask(serial, "jo").fails("not-found").warns("serial-placeholder").by_hand("${hostname}");
    }
    ask("Default string", "Default string").passes_with(&["serial-placeholder"]);
    ask("PF-4711", "PF-4711").passes();
}

#[test]
fn common_name_is_a_distinguished_name() {
    for cn in ["CN=device-042", "CN=device-042,O=Example", "/O=Example/CN=device-042"] {
        let outcome = device(client("device-042")).rule(named(cn)).run().fails("cn-is-a-dn");
        outcome.by_hand("write device-042 as");
    }
    device(client("device-041")).rule(named("CN=device-042")).run().fails("not-found").warns("cn-is-a-dn");
    // Windows searches the whole subject.
    let loose = scenario()
        .write("device.pem", &client("device-042").mint().pem)
        .file("device.pem")
        .arg("--os=windows");
    loose.cn("CN=device-042").run().other_than("fail");
    device(client("CN=odd")).rule(named("CN=odd")).run().passes();
}

#[test]
fn certificate_has_several_common_names() {
    let two = client("x").subject("/CN=device-042/CN=Jo Miller");
    device(two).rule(named("device-042")).run().passes_with(&["several-common-names"]);
}

#[test]
fn result_expires_before_the_next_check() {
    let with = |schedule: Value, expiration: &str| {
        let mut rule = named("device-042");
        rule["schedule"] = schedule;
        rule["expiration"] = json!(expiration);
        device(client("device-042")).rule(rule).run()
    };
    with(json!("5m"), "5m").passes_with(&["result-expires-early"]);
    with(Value::Null, "9m").passes_with(&["result-expires-early"]);
    with(json!("5m"), "10m").passes();
    with(json!("1h"), "").passes();
}
