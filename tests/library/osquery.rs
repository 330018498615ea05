//! Captures from the rows that osquery gives: the SQL of docs/fleet.md, run by SQLite on real databases.

use crate::support::nssdb::fixture;
use certposture::capture::{Capture, read_osquery_line};
use certposture::store::{PrivateKey, Status};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

/// The statements in docs/fleet.md, by the name of the table that each makes.
fn statement(table: &str) -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fleet.md")).unwrap();
    let start = page.find(&format!("\"{table}\"")).unwrap_or_else(|| panic!("{table} is in docs/fleet.md"));
    let query = page[start..].split_once("\"query\": \"").unwrap().1.split_once('"').unwrap().0;
    query.to_owned()
}

/// What osquery makes of a query: every value as text.
fn rows(connection: &Connection, query: &str) -> Vec<Map<String, Value>> {
    let mut statement = connection.prepare(query).unwrap();
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([]).unwrap();
    let mut all = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let text = |column: usize| match row.get_ref(column).unwrap() {
            ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            ValueRef::Integer(number) => number.to_string(),
            other => panic!("{other:?}"),
        };
        all.push(
            names.iter().enumerate().map(|(column, name)| (name.clone(), json!(text(column)))).collect(),
        );
    }
    all
}

/// The snapshot of the query that joins both tables, as the schedule of docs/fleet.md asks for it.
fn snapshot(database: &str) -> String {
    let directory = fixture(database);
    let open = |file: &str| Connection::open(directory.join(file)).unwrap();
    let keys: Vec<Value> =
        rows(&open("key4.db"), &statement("nss_keys")).into_iter().map(|row| row["id"].clone()).collect();
    let rows: Vec<Value> = rows(&open("cert9.db"), &statement("nss_certificates"))
        .into_iter()
        .map(|mut row| {
            let has_key = keys.contains(&row["id"]);
            row.insert("has_key".to_owned(), json!(if has_key { "1" } else { "0" }));
            row.insert("certificates".to_owned(), json!("1"));
            row.insert("keys".to_owned(), json!("1"));
            row.insert("hostname".to_owned(), json!("jo-laptop"));
            row.insert("hardware_serial".to_owned(), json!("C02X"));
            Value::Object(row)
        })
        .collect();
    json!({"action": "snapshot", "snapshot": rows, "name": "certposture", "hostIdentifier": "host-7", "unixTime": 1_764_000_000})
        .to_string()
}

fn read(line: &str) -> Capture {
    read_osquery_line(line.as_bytes()).unwrap_or_else(|why| panic!("{why}: {line}"))
}

#[test]
fn rows_of_a_database_are_what_its_reader_finds() {
    for database in ["nssdb-passing", "nssdb-failing"] {
        let capture = read(&snapshot(database));
        let found = &capture.places[0].place.contents;
        let own = certposture::store::NssStore::new(fixture(database)).read();
        assert_eq!(capture.id.as_deref(), Some("host-7"));
        assert_eq!(capture.device.host_names.own(), Some("jo-laptop"));
        assert_eq!(capture.device.serial_number.as_deref(), Ok("C02X"));
        assert_eq!(found.certificates.len(), own.certificates.len());
        for (one, other) in found.certificates.iter().zip(&own.certificates) {
            assert_eq!(one.certificate, other.certificate);
            assert_eq!(one.label, other.label);
            assert_eq!(one.private_key, other.private_key);
        }
        assert!(!found.evidence.shows.trust);
    }
}

#[test]
fn what_the_query_did_not_ask_for_is_unknown() {
    let mut line: Value = serde_json::from_str(&snapshot("nssdb-passing")).unwrap();
    for row in line["snapshot"].as_array_mut().unwrap() {
        for name in ["has_key", "hardware_serial", "certificates", "keys"] {
            row.as_object_mut().unwrap().remove(name);
        }
    }
    let capture = read(&line.to_string());
    let found = &capture.places[0].place.contents;
    assert!(found.certificates.iter().all(|stored| stored.private_key == PrivateKey::Unknown));
    assert!(!found.evidence.shows.private_key);
    assert!(capture.device.serial_number.is_err());
    line["snapshot"] = json!([]);
    assert_eq!(read(&line.to_string()).places[0].place.contents.status, Status::NotCaptured);
}

#[test]
fn a_missing_file_of_the_database_is_told() {
    for (certificates, keys) in [("0", "0"), ("1", "0"), ("0", "1")] {
        let row = json!({"certificates": certificates, "keys": keys, "class": "", "der": ""});
        let capture = read(&json!({"snapshot": [row], "hostIdentifier": "h", "unixTime": 1}).to_string());
        assert_eq!(capture.places[0].place.contents.status, Status::Missing);
    }
}

#[test]
fn values_of_the_registry_are_certificates() {
    let blob =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/serialized/with-key.blob"))
            .unwrap();
    let data: String = blob.iter().map(|byte| format!("{byte:02X}")).collect();
    let row = json!({"path": r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\MY\Certificates\AB\Blob", "data": data});
    let capture = read(&json!({"snapshot": [row], "hostIdentifier": "h", "unixTime": 1}).to_string());
    assert_eq!(capture.places[0].place.contents.certificates.len(), 1);
}

#[test]
fn other_lines_are_refused() {
    for line in
        ["{}", "[]", "", "{\"snapshot\":[{\"class\":\"00000001\",\"token_object\":\"01\",\"der\":\"zz\"}]}"]
    {
        assert!(read_osquery_line(line.as_bytes()).is_err(), "{line}");
    }
}

/// osquery has written its numbers as text and as numbers, and Fleet's command line names the members otherwise.
#[test]
fn every_form_of_the_same_rows_is_read_alike() {
    let line: Value = serde_json::from_str(&snapshot("nssdb-passing")).unwrap();
    let own = read(&line.to_string());
    let mut as_text = line.clone();
    as_text["unixTime"] = json!("1764000000");
    let mut as_numbers = line.clone();
    for row in as_numbers["snapshot"].as_array_mut().unwrap() {
        for name in ["has_key", "certificates", "keys"] {
            row[name] = json!(row[name].as_str().unwrap().parse::<i64>().unwrap());
        }
    }
    let mut decorated = line.clone();
    decorated["decorations"] = json!({"hostname": "jo-laptop", "hardware_serial": "C02X"});
    for row in decorated["snapshot"].as_array_mut().unwrap() {
        row.as_object_mut().unwrap().remove("hostname");
        row.as_object_mut().unwrap().remove("hardware_serial");
    }
    let fleetctl = json!({"host": "host-7", "rows": line["snapshot"], "unixTime": line["unixTime"]});
    for other in [as_text, as_numbers, decorated, fleetctl] {
        let other = read(&other.to_string());
        assert_eq!(certposture::capture::line(&other), certposture::capture::line(&own));
    }
    let failed = json!({"host": "host-7", "rows": null, "error": "no such table: nss_certificates"});
    assert!(read_osquery_line(failed.to_string().as_bytes()).is_err());
}

#[test]
fn an_mdm_s_list_tells_of_keys_and_neither_of_order_nor_of_all() {
    use base64ct::{Base64, Encoding as _};
    let der = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/files/rsa.der")).unwrap();
    // Property lists break base64 into lines.
    let data = Base64::encode_string(&der);
    let data = format!("{}\n\t{}\n", &data[..64], &data[64..]);
    let entry = |is_identity: Value| json!({"CommonName": "device", "Data": data, "IsIdentity": is_identity});
    let line = json!({"UDID": "00008030-1", "Status": "Acknowledged",
                      "CertificateList": [entry(json!(true)), entry(json!(false)), entry(Value::Null)]});
    let capture = read(&line.to_string());
    assert_eq!(capture.id.as_deref(), Some("00008030-1"));
    let found = &capture.places[0].place.contents;
    let keys: Vec<PrivateKey> = found.certificates.iter().map(|stored| stored.private_key).collect();
    assert_eq!(keys, [PrivateKey::Present, PrivateKey::Absent, PrivateKey::Unknown]);
    assert!(found.certificates.iter().all(|stored| stored.certificate.der() == der));
    let shows = found.evidence.shows;
    assert!(!shows.order && !shows.trust && !found.evidence.complete);
    assert!(read_osquery_line(br#"{"CertificateList":[{"Data":"***"}]}"#).is_err());
}
