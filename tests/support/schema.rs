//! The JSON Schemas of docs/schema, which describe every document of the program.

#![allow(dead_code)]

use serde_json::Value;
use std::fs;

/// Panics unless `document` is what the schema that it names describes.
#[track_caller]
pub fn assert_valid(document: &Value) {
    if let Err(why) = validate(document) {
        panic!("{why}: {document:#}");
    }
}

/// Why `document` is not what its schema describes.
pub fn validate(document: &Value) -> Result<(), String> {
    let named = document["schema"].as_str().ok_or("the document names no schema")?;
    let name = named.strip_prefix("certposture.").and_then(|name| name.strip_suffix("/1"));
    validate_as(name.ok_or_else(|| format!("{named} is none of ours"))?, document)
}

/// The same for a document that does not say its name itself.
pub fn validate_as(name: &str, document: &Value) -> Result<(), String> {
    let file = format!("{}/docs/schema/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let mut schema: Value =
        serde_json::from_str(&fs::read_to_string(&file).map_err(|why| format!("{file}: {why}"))?)
            .map_err(|why| format!("{file}: {why}"))?;
    forbid_unknown_members(&mut schema);
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("schema.json", schema).map_err(|why| why.to_string())?;
    let mut schemas = boon::Schemas::new();
    let index = compiler.compile("schema.json", &mut schemas).map_err(|why| why.to_string())?;
    schemas.validate(document, index).map_err(|why| format!("{why:#}"))
}

/// The published schemas let members be added, for programs must not mind them. Ours are all described.
fn forbid_unknown_members(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        if object.get("properties").is_some_and(Value::is_object) {
            object.entry("additionalProperties").or_insert(false.into());
        }
        object.values_mut().for_each(forbid_unknown_members);
    }
    if let Some(list) = schema.as_array_mut() {
        list.iter_mut().for_each(forbid_unknown_members);
    }
}
