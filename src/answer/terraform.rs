//! What Terraform and OpenTofu keep of Cloudflare's objects: a state file (format 4), and the output of
//! `show -json` for a state or a plan (formats 0.1 to 1.x).
//!
//! The objects have the API's field names. Where the provider's version 4 wraps an object into a list
//! of one block, whoever reads the object has to take it out.

use serde_json::Value;

/// Types of resource and data source that hold posture rules; the plural is the data source's.
pub const RULES: &[&str] = &[
    "cloudflare_zero_trust_device_posture_rule",
    "cloudflare_zero_trust_device_posture_rules",
    "cloudflare_device_posture_rule",
    "cloudflare_device_posture_rules",
];

/// Types that hold uploaded certificates.
pub const CERTIFICATES: &[&str] = &["cloudflare_mtls_certificate", "cloudflare_mtls_certificates"];

/// Whether it is a state file, or a state or a plan as `show -json` prints it.
pub fn is_state(document: &Value) -> bool {
    document["format_version"].is_string() || is_state_file(document)
}

fn is_state_file(document: &Value) -> bool {
    document["version"].is_u64() && document["resources"].is_array()
}

/// The attributes of every resource of one of these types.
pub fn resources<'a>(document: &'a Value, types: &[&str]) -> Vec<&'a Value> {
    if is_state_file(document) {
        let resources = entries(&document["resources"]).filter(|resource| is_one_of(resource, types));
        let instances = resources.flat_map(|resource| entries(&resource["instances"]));
        return instances.flat_map(|instance| listed(&instance["attributes"])).collect();
    }
    // Of a plan, what is there already comes before what is to be: the client follows the former.
    let states = [&document["values"], &document["prior_state"]["values"], &document["planned_values"]];
    let found = states.map(|state| of_module(&state["root_module"], types));
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Modules lie within modules, no deeper than the JSON reader allows.
fn of_module<'a>(module: &'a Value, types: &[&str]) -> Vec<&'a Value> {
    let own = entries(&module["resources"]).filter(|resource| is_one_of(resource, types));
    let mut found: Vec<&Value> = own.flat_map(|resource| listed(&resource["values"])).collect();
    found.extend(entries(&module["child_modules"]).flat_map(|child| of_module(child, types)));
    found
}

fn is_one_of(resource: &Value, types: &[&str]) -> bool {
    resource["type"].as_str().is_some_and(|of| types.contains(&of))
}

/// The object itself, or the objects in the `result` of a data source that lists them.
fn listed(attributes: &Value) -> Vec<&Value> {
    match &attributes["result"] {
        Value::Array(list) => list.iter().collect(),
        _ => vec![attributes],
    }
}

fn entries(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_resources_in_modules_plans_and_state_files() {
        let kind = "cloudflare_device_posture_rule";
        let resource = |id: &str| json!({"mode": "managed", "type": kind, "name": "x", "values": {"id": id}});
        let other =
            json!({"mode": "managed", "type": "cloudflare_record", "name": "x", "values": {"id": "no"}});
        let nested = json!({"resources": [other, resource("a")],
            "child_modules": [{"resources": [resource("b")], "child_modules": [{"resources": [resource("c")]}]}]});
        let ids = |document: &Value| {
            let found = resources(document, RULES);
            found.iter().map(|found| found["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>().concat()
        };
        assert_eq!(ids(&json!({"format_version": "1.0", "values": {"root_module": nested}})), "abc");
        let plan = json!({"format_version": "1.2", "planned_values": {"root_module": {"resources": [resource("new")]}},
            "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": [resource("old")]}}}});
        assert_eq!(ids(&plan), "old");
        let created = json!({"format_version": "1.2",
            "planned_values": {"root_module": {"resources": [resource("new")]}}});
        assert_eq!(ids(&created), "new");
        let state = json!({"version": 4, "resources": [
            {"mode": "managed", "type": kind, "instances": [{"attributes": {"id": "1"}}, {"attributes": {"id": "2"}}]},
            {"mode": "data", "type": "cloudflare_zero_trust_device_posture_rules",
             "instances": [{"attributes": {"result": [{"id": "3"}]}}]}]});
        assert!(is_state(&state));
        assert_eq!(ids(&state), "123");
        assert_eq!(ids(&json!({"format_version": "1.0"})), "");
    }
}
