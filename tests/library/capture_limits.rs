//! The limits of a line of `fleet`, at their edges.

use certposture::capture::{MAX_CERTIFICATES, MAX_DEPTH, MAX_PLACES, NotACapture, read, read_osquery_line};

/// A capture with these places, and a member that nobody knows.
fn capture(places: &str, unknown: &str) -> Vec<u8> {
    format!(
        r#"{{"schema":"certposture.capture/1","tool":{{"name":"t","version":"1"}},"captured_at":"2025-06-01T12:00:00Z",
            "device":{{"system":"linux"}},"places":[{places}],"unknown":{unknown}}}"#
    )
    .into_bytes()
}

fn place(certificates: usize) -> String {
    let one = r#"{"der":"MAA=","key":"absent"}"#;
    let all = vec![one; certificates].join(",");
    let shows = r#"{"private_key":true,"label":true,"order":true,"trust":true}"#;
    format!(
        r#"{{"spec":"file:/a.pem","role":"file:/a.pem","role_source":"given","complete":true,"shows":{shows},
            "status":"read","writable":false,"certificates":[{all}]}}"#
    )
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[test]
fn as_many_certificates_as_allowed_and_one_more() {
    let found = read(&capture(&place(MAX_CERTIFICATES), "0")).unwrap();
    assert_eq!((MAX_CERTIFICATES, found.places[0].place.contents.certificates.len()), (50_000, 50_000));
    assert!(matches!(read(&capture(&place(MAX_CERTIFICATES + 1), "0")), Err(NotACapture::TooMany)));
    // Of all places together.
    let two = format!("{},{}", place(MAX_CERTIFICATES), place(1));
    assert!(matches!(read(&capture(&two, "0")), Err(NotACapture::TooMany)));
}

#[test]
fn as_many_places_as_allowed_and_one_more() {
    let places = |count: usize| vec![place(0); count].join(",");
    assert_eq!(read(&capture(&places(MAX_PLACES), "0")).unwrap().places.len(), MAX_PLACES);
    assert!(matches!(read(&capture(&places(MAX_PLACES + 1), "0")), Err(NotACapture::TooMany)));
}

#[test]
fn as_deep_as_allowed_and_one_deeper() {
    assert_eq!(MAX_DEPTH, 32);
    // The document itself is the first.
    assert!(read(&capture("", &nested(MAX_DEPTH - 1))).is_ok());
    assert!(matches!(read(&capture("", &nested(MAX_DEPTH))), Err(NotACapture::TooDeep)));
    assert!(matches!(read(nested(100_000).as_bytes()), Err(NotACapture::TooDeep)));
    let osquery = |depth| format!(r#"{{"snapshot":[],"unknown":{}}}"#, nested(depth));
    assert!(read_osquery_line(osquery(MAX_DEPTH - 1).as_bytes()).is_ok());
    assert!(read_osquery_line(osquery(MAX_DEPTH).as_bytes()).unwrap_err().contains("deeper than 32"));
}

#[test]
fn brackets_in_a_string_do_not_count() {
    let text = format!(r#""\\\"{}\\""#, "[{".repeat(1000));
    assert!(read(&capture("", &text)).is_ok(), "{text}");
    let behind = format!(r#"["\\",{}]"#, nested(MAX_DEPTH));
    assert!(matches!(read(&capture("", &behind)), Err(NotACapture::TooDeep)));
}
