//! Rule files: the API's JSON in its forms, and what may be wrong with it.

use super::harness::{Scenario, scenario};
use super::pki::{client, root, stranger};
use serde_json::{Value, json};

fn installed() -> Scenario {
    scenario().nss(&[client("device-042").nickname("device-042")])
}

fn original(cn: &str) -> Value {
    json!({"id": "8f0cb5f5-0000-4000-8000-000000000001", "name": cn, "type": "client_certificate",
           "match": [{"platform": "linux"}], "schedule": "1h", "expiration": "2h30m",
           "input": {"certificate_id": "2f9c41d0-0000-4000-8000-000000000001", "cn": cn}})
}

fn with(mut rule: Value, field: &str, value: Value) -> Value {
    rule[field] = value;
    rule
}

#[test]
fn in_every_form() {
    let rule = original("device-042");
    for form in [
        rule.clone(),
        json!([rule]),
        json!({"success": true, "errors": [], "messages": [], "result": rule}),
        json!({"success": true, "result": [rule], "result_info": {"count": 1}}),
    ] {
        let outcome = installed().rule(form).run().passes();
        assert_eq!(outcome.json()["rule"]["schedule_seconds"], 3600);
        assert_eq!(outcome.json()["rule"]["expiration_seconds"], 9000);
    }
}

#[test]
fn results_that_expire_before_the_next_check_are_told() {
    let rule =
        |expiration: &str| installed().rule(with(original("device-042"), "expiration", json!(expiration)));
    rule("30m").run().passes_with(&["result-expires-early"]).says("for 30 minutes");
    // One check that is late or missed leaves no result, unless it counts for two schedules.
    rule("1h").run().passes_with(&["result-expires-early"]);
    rule("2h").run().passes();
    rule("").run().passes();
}

#[test]
fn is_no_json() {
    for text in [
        "",
        "hello",
        "{\"type\": ",
        "[]",
        "{}",
        "7",
        "null",
        "{\"success\": false, \"errors\": [{\"message\": \"no\"}]}",
    ] {
        installed().rule(text).run().cannot_tell("rule-malformed");
    }
    let missing = installed().arg("--rule").arg("/nonexistent.json").run();
    let missing = missing.cannot_tell("rule-malformed").says("does not exist");
    missing.complains(&["/nonexistent.json", "rule-malformed"]);
}

#[test]
fn has_fields_of_the_wrong_kind() {
    let rule = original("device-042");
    installed().rule(with(rule.clone(), "type", json!(7))).run().cannot_tell("rule-malformed");
    installed().rule(with(rule.clone(), "type", json!(null))).run().cannot_tell("rule-malformed");
    installed().rule(with(rule.clone(), "input", json!("x"))).run().cannot_tell("rule-malformed");
    installed().rule(with(rule.clone(), "schedule", json!("often"))).run().cannot_tell("rule-malformed");
    let cn = with(rule.clone(), "input", json!({"cn": ["device-042"]}));
    installed().rule(cn).run().cannot_tell("rule-malformed");
}

#[test]
fn is_of_another_type() {
    let rule = with(original("device-042"), "type", json!("os_version"));
    installed().rule(rule).run().cannot_tell("rule-type-unsupported").says("os_version");
}

#[test]
fn is_for_another_system() {
    let rule = with(original("device-042"), "match", json!([{"platform": "windows"}, {"platform": "mac"}]));
    installed().rule(rule).run().cannot_tell("rule-os-mismatch").says("Windows");
    let v2 = json!({"type": "client_certificate_v2", "input": {"operating_system": "windows", "cn": "x"}});
    installed().rule(v2).run().cannot_tell("rule-os-mismatch");
    let phones = with(original("device-042"), "match", json!([{"platform": "android"}]));
    installed().rule(phones).run().cannot_tell("rule-os-mismatch");
}

#[test]
fn contradicts_itself() {
    let mut rule = v2(json!({}));
    rule["match"] = json!([{"platform": "windows"}, {"platform": "mac"}]);
    let outcome = installed().rule(rule.clone()).run().cannot_tell("rule-os-mismatch");
    outcome.says("Windows and macOS").by_hand("input.operating_system");
    rule["match"] = json!([{"platform": "windows"}, {"platform": "linux"}]);
    installed().rule(rule.clone()).run().passes();
    // The original type may say both, too.
    let mut original = with(original("device-042"), "match", json!([{"platform": "linux"}]));
    original["input"]["operating_system"] = json!("mac");
    installed().rule(original).run().cannot_tell("rule-os-mismatch").says("contradicts");
    // Terraform's import drops the operating system when it equals the match.
    rule["input"]["operating_system"] = Value::Null;
    rule["match"] = json!([{"platform": "windows"}]);
    installed().rule(rule).run().cannot_tell("rule-os-mismatch").says("for Windows");
}

#[test]
fn has_no_name() {
    for cn in [json!(null), json!(""), json!("  ")] {
        let rule = with(original("x"), "input", json!({"cn": cn}));
        installed().rule(rule).run().cannot_tell("cn-missing");
    }
    installed().run().cannot_tell("cn-missing");
}

fn v2(input: Value) -> Value {
    let mut rule = json!({"type": "client_certificate_v2", "input": {"operating_system": "linux",
        "cn": "device-042", "check_private_key": false, "locations": {"trust_stores": ["system"]}}});
    for (field, value) in input.as_object().unwrap() {
        rule["input"][field] = value.clone();
    }
    rule
}

#[test]
fn has_a_list_without_a_value() {
    for input in [
        json!({"extended_key_usage": [""]}),
        json!({"subject_alternative_names": [null]}),
        json!({"locations": {"trust_stores": [""], "paths": []}}),
    ] {
        installed().rule(v2(input)).run().cannot_tell("rule-empty-list");
    }
}

/// What the API and Terraform's provider write for what is not set.
#[test]
fn has_empty_values_for_what_is_not_set() {
    for input in [
        json!({"extended_key_usage": [], "subject_alternative_names": []}),
        json!({"operating_system": "", "check_private_key": false, "sha256": "", "exists": false}),
        json!({"locations": {"trust_stores": ["system"], "paths": []}}),
    ] {
        installed().rule(with(v2(input), "expiration", json!(""))).run().passes();
    }
    for locations in [json!({}), json!([]), json!({"trust_stores": [], "paths": []})] {
        installed().rule(v2(json!({"locations": locations}))).run().passes_with(&["location-not-searched"]);
    }
    let nameless = installed().rule(v2(json!({"cn": ""}))).run().passes();
    assert!(nameless.json()["rule"]["cn"].is_null());
}

#[test]
fn has_an_unknown_usage() {
    let rule = v2(json!({"extended_key_usage": ["clientAuth", "client_auth"]}));
    installed().rule(rule).run().cannot_tell("rule-eku-unknown").says("client_auth");
}

#[test]
fn has_an_unknown_store_or_a_relative_path() {
    let store = v2(json!({"locations": {"trust_stores": ["machine"]}}));
    installed().rule(store).run().cannot_tell("rule-malformed").says("machine");
    let path = v2(json!({"locations": {"paths": ["client.pem"]}}));
    installed().rule(path).run().cannot_tell("rule-malformed").says("client.pem").by_hand("absolute path");
    for path in ["~/client.pem", "$HOME/client.pem", "file:///etc/client.pem"] {
        let rule = v2(json!({"locations": {"paths": [path]}}));
        installed().rule(rule).run().cannot_tell("rule-malformed").by_hand("OS locations");
    }
}

#[test]
fn has_fields_that_nobody_knows_yet() {
    let rule = v2(json!({"something_new": {"a": 1}}));
    installed().rule(with(rule, "also_new", json!([1]))).run().passes();
}

#[test]
fn names_another_ca() {
    let ca =
        |id: &str, minted: &super::pki::Minted| json!({"id": id, "certificates": minted.pem}).to_string();
    let rule = original("device-042");
    let other = ca("00000000-0000-4000-8000-000000000009", root());
    installed().ca_file("ca.json", other).rule(rule.clone()).run().cannot_tell("rule-ca-mismatch");
    let same = ca("2F9C41D0000040008000000000000001", root());
    installed().ca_file("ca.json", same).rule(rule).run().passes();
}

fn bundle(certificates: &[(&str, &super::pki::Minted)]) -> Value {
    let certificates: Vec<Value> =
        certificates.iter().map(|(id, ca)| json!({"id": id, "certificates": ca.pem, "ca": true})).collect();
    json!({"schema": "certposture.bundle/1", "rules": [original("device-042")], "certificates": certificates})
}

const OURS: &str = "2f9c41d0-0000-4000-8000-000000000001";
const OTHERS: &str = "2f9c41d0-0000-4000-8000-000000000002";

#[test]
fn comes_in_a_bundle() {
    installed().no_ca().rule(bundle(&[(OURS, root())])).run().passes();
}

#[test]
fn comes_in_a_bundle_with_the_cas_of_other_rules() {
    installed().no_ca().rule(bundle(&[(OTHERS, stranger()), (OURS, root())])).run().passes();
    let swapped = installed().no_ca().rule(bundle(&[(OTHERS, root()), (OURS, stranger())])).run();
    swapped.fails("intermediate-missing");
    installed().no_ca().rule(bundle(&[(OTHERS, root())])).run().cannot_tell("rule-ca-mismatch");
    installed().no_ca().rule(bundle(&[])).run().cannot_tell("ca-unreadable");
}

fn several() -> Value {
    let id = |rule: Value, id: &str| with(rule, "id", json!(id));
    json!([
        id(original("device-042"), "one"),
        id(original("device-043"), "two"),
        with(id(original("device-043"), "three"), "type", json!("firewall")),
        with(id(original("device-044"), "four"), "match", json!([{"platform": "mac"}])),
        with(id(original("device-042"), "five"), "name", json!("device-043")),
    ])
}

#[test]
fn is_one_of_several() {
    installed().rule(several()).arg("--rule-id=one").run().passes();
    installed().rule(several()).arg("--rule-name=device-042").run().passes();
    installed().rule(several()).arg("--rule-id=two").run().fails("not-found");
    installed().rule(several()).arg("--rule-id=three").run().cannot_tell("rule-type-unsupported");
}

#[test]
fn is_picked_by_its_uuid_in_other_letters() {
    let id = original("device-042")["id"].as_str().unwrap().to_uppercase();
    installed().rule(json!([original("device-042")])).arg(format!("--rule-id={id}")).run().passes();
}

/// A rule of another type says less than one for another system.
#[test]
fn none_is_for_this_system() {
    let mac = with(original("device-042"), "match", json!([{"platform": "mac"}]));
    let firewall = with(original("device-042"), "type", json!("firewall"));
    installed().rule(json!([firewall, mac])).run().cannot_tell("rule-os-mismatch");
}

#[test]
fn is_picked_from_no_file() {
    installed().cn("device-042").arg("--rule-id=one").run().refused(&["--rule-id"]);
}

#[test]
fn is_picked_twice_or_not_at_all() {
    let twice = installed().rule(several()).arg("--rule-name=device-043").run();
    twice.refused(&["two", "five", "--rule-id"]);
    installed().rule(several()).arg("--rule-id=nine").run().refused(&["one", "four"]);
}

#[test]
fn are_all_checked_when_none_is_picked() {
    let outcome = installed().rule(several()).run();
    let json = outcome.json();
    assert_eq!(json["schema"], "certposture.checks/1");
    assert_eq!(json["verdict"], "fail");
    let verdicts: Vec<&str> =
        json["checks"].as_array().unwrap().iter().map(|c| c["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["pass", "fail", "pass"]);
    assert_eq!(outcome.status(), 1);
}

#[test]
fn and_flags_do_not_mix() {
    installed().rule(original("device-042")).cn("device-042").run().refused(&["--cn"]);
    installed().rule(original("device-042")).v2().run().refused(&["--type"]);
}

#[test]
fn without_a_ca() {
    installed().no_ca().cn("device-042").run().cannot_tell("ca-not-given");
}
