//! `ca upload`: what is sent, and when nothing is.

use super::server::{Reply, Server};
use super::{ACCOUNT, CA, RULE, Run, TOKEN, bad, certificate, fixture, good, pem, run, run_with};
use serde_json::{Value, json};

const LIST: &str = "GET /accounts/0123456789abcdef0123456789abcdef/mtls_certificates";
const POST: &str = "POST /accounts/0123456789abcdef0123456789abcdef/mtls_certificates";

fn arguments<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["ca", "upload", file, "--account-id", ACCOUNT, "--name", "example-ca"], more].concat()
}

fn upload(server: &Server, file: &str, more: &[&str]) -> Run {
    let file = fixture(file);
    run(&server.url(), &arguments(file.to_str().unwrap(), more))
}

/// An account with these certificates, which takes every upload.
fn account(certificates: Vec<Value>) -> Server {
    Server::start(move |request, _| match request.line.as_str() {
        LIST => good(Value::from(certificates.clone())),
        POST => good(certificate(CA, "root.pem")),
        other => bad(404, 7003, other),
    })
}

#[test]
fn the_body_of_the_documentation_is_sent_and_the_uuid_told() {
    let server = account(vec![certificate(RULE, "other.pem")]);
    let run = upload(&server, "root.pem", &[]);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(server.lines(), [LIST, POST]);
    let request = &server.requests()[1];
    assert_eq!(request.body, pem("body.json").trim_end());
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    for wanted in [
        CA,
        "Zero Trust",
        "Certificate ID",
        "Common name",
        "OS locations",
        "not \"Upload Test Root\", the CA's",
    ] {
        assert!(run.stdout.contains(wanted), "{wanted} in {}", run.stdout);
    }
}

#[test]
fn of_a_duplicate_nothing_is_sent_and_its_uuid_told() {
    let server = account(vec![certificate(RULE, "other.pem"), certificate(CA, "root.pem")]);
    // The same certificate in another form.
    for file in ["root.pem", "root.der", "untidy.pem"] {
        let run = upload(&server, file, &[]);
        assert_eq!(run.exit, Some(0));
        assert!(run.stdout.contains(CA), "{}", run.stdout);
    }
    let run = upload(&server, "root.pem", &["--format", "json"]);
    assert_eq!(run.json()["id"], CA);
    assert_eq!(run.json()["uploaded"], false);
    assert!(server.lines().iter().all(|line| line == LIST));
    // One of two is another upload.
    assert_eq!(upload(&server, "chain.pem", &["--certificate", "2"]).exit, Some(0));
}

#[test]
fn a_dry_run_uploads_nothing() {
    let server = account(vec![]);
    let run = upload(&server, "root.pem", &["--dry-run"]);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout, pem("body.json"));
    assert!(
        run.stderr.contains(&format!("{}/accounts/{ACCOUNT}/mtls_certificates", server.url())),
        "{}",
        run.stderr
    );
    assert_eq!(server.lines(), [LIST]);
    let key = fixture("root.key");
    let keyed = upload(&server, "root.pem", &["--dry-run", "--with-key", key.to_str().unwrap()]);
    assert!(keyed.stdout.contains("\"private_key\":\"[hidden]\""), "{}", keyed.stdout);
    let there = account(vec![certificate(CA, "root.pem")]);
    assert_eq!(upload(&there, "root.pem", &["--dry-run"]).exit, Some(0));
}

#[test]
fn a_dry_run_needs_no_credentials() {
    let file = fixture("root.pem");
    let run = run_with(&[], &arguments(file.to_str().unwrap(), &["--dry-run"]));
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout, pem("body.json"));
    assert!(run.stderr.contains("not asked"), "{}", run.stderr);
}

#[test]
fn the_key_is_sent_when_asked_for() {
    let server = account(vec![]);
    let key = fixture("root.key");
    let run = upload(&server, "root.pem", &["--with-key", key.to_str().unwrap()]);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(server.requests()[1].body, pem("body-with-key.json").trim_end());
    let secret = pem("root.key").lines().nth(1).unwrap().to_owned();
    assert!(!format!("{}{}", run.stdout, run.stderr).contains(&secret));
}

#[test]
fn a_leaf_is_not_even_asked_about() {
    let server = account(vec![]);
    let run = upload(&server, "of-root.pem", &[]);
    assert_eq!(run.exit, Some(1));
    assert!(run.stderr.contains("[ca-not-a-ca]"), "{}", run.stderr);
    assert!(server.requests().is_empty());
}

#[test]
fn an_upload_that_was_carried_out_after_all_is_not_repeated() {
    let server = Server::start(|request, before| match (request.line.as_str(), before) {
        (LIST, 0) => good(json!([])),
        (LIST, _) => good(json!([certificate(CA, "root.pem")])),
        _ => Reply::new(502, "<html>bad gateway"),
    });
    let run = upload(&server, "root.pem", &[]);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains(CA));
    assert_eq!(server.lines(), [LIST, POST, LIST]);
}

#[test]
fn what_the_api_says_no_to_is_told() {
    let server = Server::start(|request, _| match request.line.as_str() {
        LIST => good(json!([])),
        _ => bad(403, 10000, "Authentication error"),
    });
    let run = upload(&server, "root.pem", &["--format", "json"]);
    assert_eq!(run.exit, Some(3));
    for wanted in ["403 Forbidden", "Authentication error (code 10000)", "SSL and Certificates Write"] {
        assert!(run.stderr.contains(wanted), "{wanted} in {}", run.stderr);
    }
    assert_eq!(run.json()["schema"], "certposture.upload/1");
    assert_eq!(server.lines(), [LIST, POST]);
}

#[test]
fn a_redirected_upload_is_not_sent_on() {
    let elsewhere = Server::start(|_, _| good(json!({})));
    let to = elsewhere.url();
    let server = Server::start(move |request, _| match request.line.as_str() {
        LIST => good(json!([])),
        _ => Reply::new(307, "").with("location", &to),
    });
    let run = upload(&server, "root.pem", &[]);
    assert_eq!(run.exit, Some(3));
    assert!(elsewhere.requests().is_empty());
}
