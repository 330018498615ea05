//! Where people have a rule and its CA from: Terraform, lists of the API, errors in place of answers.

use super::harness::{Scenario, scenario};
use super::pki::{client, root, stranger};
use serde_json::{Value, json};

const OURS: &str = "2f9c41d0-0000-4000-8000-000000000001";
const OTHERS: &str = "2f9c41d0-0000-4000-8000-000000000002";
const RULE: &str = "cloudflare_zero_trust_device_posture_rule";
const CERTIFICATE: &str = "cloudflare_mtls_certificate";

fn installed() -> Scenario {
    scenario().nss(&[client("device-042").nickname("device-042").with_key()])
}

/// A rule with everything set that the provider's version 5 knows of it.
fn attributes(name: &str, cn: &str) -> Value {
    json!({"account_id": "0123456789abcdef0123456789abcdef", "id": format!("id-of-{name}"), "name": name,
        "description": "Managed laptops", "type": "client_certificate_v2", "schedule": "5m", "expiration": "1h",
        "match": [{"platform": "linux"}],
        "input": {"certificate_id": OURS, "cn": cn, "check_private_key": true, "operating_system": "linux",
            "locations": {"paths": null, "trust_stores": ["system"]}, "extended_key_usage": null,
            "subject_alternative_names": null, "path": null, "exists": null, "sha256": null}})
}

/// The same as version 4 has it: objects in lists of one block, and every field of every type.
fn blocks(name: &str, cn: &str) -> Value {
    let mut rule = attributes(name, cn);
    rule["description"] = json!("");
    rule["expiration"] = json!("");
    let input = rule["input"].as_object_mut().unwrap();
    input.insert("locations".into(), json!([{"paths": [], "trust_stores": ["system"]}]));
    for (field, value) in
        [("path", json!("")), ("exists", json!(false)), ("sha256", json!("")), ("score", json!(0))]
    {
        input.insert(field.into(), value);
    }
    input.insert("extended_key_usage".into(), json!([]));
    input.insert("subject_alternative_names".into(), json!([]));
    let wrapped = json!([rule["input"]]);
    rule["input"] = wrapped;
    rule
}

fn uploaded(id: &str, ca: &super::pki::Minted) -> Value {
    json!({"account_id": "0123456789abcdef0123456789abcdef", "id": id, "name": "example", "ca": true, "certificates": ca.pem,
        "private_key": null, "expires_on": "2040-01-01T00:00:00Z"})
}

fn shown(resources: &[(&str, Value)]) -> Value {
    let resources: Vec<Value> = resources
        .iter()
        .map(|(kind, values)| {
            json!({"address": format!("{kind}.x"),
        "mode": "managed", "type": kind, "name": "x", "schema_version": 0, "values": values})
        })
        .collect();
    json!({"format_version": "1.0", "terraform_version": "1.9.8", "values": {"root_module": {"resources": resources}}})
}

fn state(resources: &[(&str, Value)]) -> Value {
    let resources: Vec<Value> = resources
        .iter()
        .map(|(kind, values)| {
            json!({"mode": "managed", "type": kind, "name": "x",
        "provider": "provider[\"registry.opentofu.org/cloudflare/cloudflare\"]",
        "instances": [{"schema_version": 0, "attributes": values, "sensitive_attributes": []}]})
        })
        .collect();
    json!({"version": 4, "terraform_version": "1.9.0", "serial": 7, "lineage": "x", "outputs": {}, "resources": resources})
}

#[test]
fn terraform_in_every_form() {
    for values in [attributes("a", "device-042"), blocks("a", "device-042")] {
        for kind in [RULE, "cloudflare_device_posture_rule"] {
            installed().rule(shown(&[(kind, values.clone())])).run().passes();
            installed().rule(state(&[(kind, values.clone())])).run().passes();
        }
        installed().rule(&values).run().passes();
    }
    let missing = installed().rule(shown(&[(RULE, blocks("a", "device-043"))])).run();
    missing.fails("not-found");
}

#[test]
fn terraform_has_several_rules() {
    let rules = [(RULE, attributes("one", "device-042")), (RULE, blocks("two", "device-043"))];
    installed().rule(state(&rules)).arg("--rule-name=one").run().passes();
    installed().rule(state(&rules)).arg("--rule-id=id-of-two").run().fails("not-found");
    installed().rule(shown(&rules)).arg("--rule-id=nine").run().refused(&["id-of-one", "id-of-two"]);
}

#[test]
fn terraform_has_the_certificate_too() {
    let rule = (RULE, attributes("a", "device-042"));
    let both =
        [rule.clone(), (CERTIFICATE, uploaded(OTHERS, stranger())), (CERTIFICATE, uploaded(OURS, root()))];
    installed().no_ca().rule(state(&both)).run().passes();
    installed().no_ca().rule(shown(&both)).run().passes();
    installed().ca_file("state.json", state(&both[1..]).to_string()).rule(&rule.1).run().passes();
    // One that the rule does not name is not asked for, so the CA is wanted.
    installed()
        .no_ca()
        .rule(state(&[rule, (CERTIFICATE, uploaded(OTHERS, stranger()))]))
        .run()
        .cannot_tell("ca-not-given");
}

#[test]
fn terraform_without_what_is_wanted() {
    installed()
        .rule(state(&[(CERTIFICATE, uploaded(OURS, root()))]))
        .run()
        .cannot_tell("rule-malformed")
        .says("state");
    let hcl = format!("resource \"{RULE}\" \"x\" {{\n  name = \"a\"\n}}\n");
    installed().rule(hcl).run().cannot_tell("rule-malformed").says("show -json");
    let outcome = installed().cn("device-042").ca_file("state.json", state(&[]).to_string()).run();
    outcome.cannot_tell("ca-unreadable").says("Terraform's state");
}

#[test]
fn redirected_by_powershell() {
    let text = format!("\u{feff}{}", attributes("a", "device-042"));
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let scenario = installed().write("rule.json", utf16);
    let path = scenario.path("rule.json");
    scenario.arg("--rule").arg(path).run().passes();
}

fn listed(result: Value) -> String {
    json!({"success": true, "errors": [], "messages": [], "result": result,
        "result_info": {"page": 1, "per_page": 20, "count": 2, "total_count": 2}})
    .to_string()
}

#[test]
fn ca_is_one_of_a_list() {
    let list = listed(json!([uploaded(OTHERS, stranger()), uploaded(OURS, root())]));
    installed().ca_file("list.json", &list).rule(attributes("a", "device-042")).run().passes();
    let swapped = listed(json!([uploaded(OTHERS, root()), uploaded(OURS, stranger())]));
    installed()
        .ca_file("list.json", &swapped)
        .rule(attributes("a", "device-042"))
        .run()
        .fails("issuer-differs");
    let without = listed(json!([uploaded(OTHERS, root())]));
    let outcome = installed().ca_file("list.json", without).rule(attributes("a", "device-042")).run();
    outcome.cannot_tell("rule-ca-mismatch").says(OTHERS);
    // Without a rule nobody knows which one is meant.
    installed().ca_file("list.json", list).cn("device-042").run().passes_with(&["ca-several-certificates"]);
}

#[test]
fn ca_is_an_answer_of_another_kind() {
    let error = json!({"success": false, "errors": [{"code": 10000, "message": "Authentication error"}], "result": null});
    let outcome = installed().ca_file("ca.json", error.to_string()).cn("device-042").run();
    outcome.cannot_tell("ca-unreadable").says("Authentication error (code 10000)");
    let access = json!({"success": true, "result": {"id": OURS, "name": "x", "fingerprint": "MD5 Fingerprint=1E:80",
        "associated_hostnames": ["admin.example.com"], "expires_on": "2036-01-01T05:20:00Z"}});
    let outcome = installed().ca_file("ca.json", access.to_string()).cn("device-042").run();
    outcome.cannot_tell("ca-unreadable").says("Access mTLS certificate");
    let rule = attributes("a", "device-042").to_string();
    installed().ca_file("ca.json", rule).cn("device-042").run().cannot_tell("ca-unreadable").says("--rule");
}

#[test]
fn ca_was_uploaded_for_gateway() {
    let mut object = uploaded(OURS, root());
    object["ca"] = json!(false);
    let outcome =
        installed().ca_file("ca.json", object.to_string()).rule(attributes("a", "device-042")).run();
    outcome.passes_with(&["ca-not-a-ca"]);
}

#[test]
fn ca_is_escaped_twice() {
    let body = format!(
        "{{\"name\":\"x\",\"ca\":true,\"certificates\":\"{}\"}}",
        root().pem.trim().replace('\n', "\\\\n")
    );
    installed().ca_file("ca.json", body).cn("device-042").run().passes();
}
