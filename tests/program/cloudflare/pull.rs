//! `pull`: what is fetched, what is written, and what is said of it.

use super::server::{Reply, Server};
use super::{
    ACCOUNT, CA, KEY, RULE, Run, TOKEN, bad, certificate, fixture, good, no_secret, rule, run, run_with,
};
use crate::support::schema;
use serde_json::{Value, json};
use std::path::PathBuf;

const OTHER: &str = "99999999-2222-3333-4444-555555555555";

/// An API with some rules and certificates.
fn api(rules: Vec<Value>, certificates: Vec<Value>) -> Server {
    Server::start(move |request, _| {
        let target = request.line.strip_prefix(&format!("GET /accounts/{ACCOUNT}/")).unwrap_or("");
        let find = |list: &[Value], id: &str| match list.iter().find(|item| item["id"] == id) {
            Some(item) => good(item.clone()),
            None => bad(404, 1000, "not found"),
        };
        match target.split_once('/') {
            Some(("devices", "posture")) => good(Value::from(rules.clone())),
            Some(("devices", rest)) => find(&rules, rest.strip_prefix("posture/").unwrap_or("")),
            Some(("mtls_certificates", id)) => find(&certificates, id),
            _ if target == "mtls_certificates" => good(Value::from(certificates.clone())),
            _ => bad(404, 7003, "no route"),
        }
    })
}

struct Pulled {
    run: Run,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Pulled {
    fn bundle(&self) -> Value {
        let text = std::fs::read_to_string(&self.file).unwrap();
        no_secret(&text);
        let bundle = serde_json::from_str(&text).unwrap();
        schema::assert_valid(&bundle);
        bundle
    }
}

fn pull(server: &Server, arguments: &[&str]) -> Pulled {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bundle.json");
    let output = file.to_str().unwrap();
    let run = run(&server.url(), &[&["pull", "--account-id", ACCOUNT, "-o", output], arguments].concat());
    Pulled { run, file, _folder: folder }
}

#[test]
fn a_bundle_is_all_that_check_needs() {
    let server =
        api(vec![rule(RULE, "Laptops", "client_certificate", CA)], vec![certificate(CA, "root.pem")]);
    let pulled = pull(&server, &["--rule-id", RULE]);
    assert_eq!(pulled.run.exit, Some(0), "{}", pulled.run.stderr);
    for wanted in ["Laptops", "device-root", CA, "CN=Upload Test Root", "certposture check --rule"] {
        assert!(pulled.run.stdout.contains(wanted), "{wanted} in {}", pulled.run.stdout);
    }
    let bundle = pulled.bundle();
    assert_eq!(bundle["schema"], "certposture.bundle/1");
    assert_eq!(bundle["rules"], json!([rule(RULE, "Laptops", "client_certificate", CA)]));
    assert_eq!(bundle["certificates"], json!([certificate(CA, "root.pem")]));
    let asked: Vec<String> = server.lines();
    assert_eq!(
        asked,
        [
            format!("GET /accounts/{ACCOUNT}/devices/posture/{RULE}"),
            format!("GET /accounts/{ACCOUNT}/mtls_certificates/{CA}")
        ]
    );
    for request in server.requests() {
        assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    }
    // No CA, no credentials, no server.
    let store = format!("file:{}", fixture("of-root.pem").display());
    let bundle = pulled.file.to_str().unwrap();
    let check =
        run_with(&[], &["check", "--rule", bundle, "--store", &store, "--os", "linux", "--format", "json"]);
    assert_eq!(check.json()["ca"][0]["subject"], "CN=Upload Test Root", "{}", check.stderr);
    let verdict = |of: &str| {
        let steps = check.json()["certificates"][0]["steps"].clone();
        steps.as_array().unwrap().iter().find(|s| s["step"] == of).unwrap()["status"].clone()
    };
    assert_eq!(verdict("signature"), "pass");
}

#[test]
fn a_key_goes_with_its_address() {
    let server =
        api(vec![rule(RULE, "Laptops", "client_certificate", CA)], vec![certificate(CA, "root.pem")]);
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("b.json");
    let run = run_with(
        &[
            ("CLOUDFLARE_BASE_URL", &server.url()),
            ("CLOUDFLARE_EMAIL", "jo@example.com"),
            ("CLOUDFLARE_API_KEY", KEY),
            ("CLOUDFLARE_ACCOUNT_ID", ACCOUNT),
        ],
        &["pull", "--rule-name", "Laptops", "-o", output.to_str().unwrap()],
    );
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    let request = &server.requests()[0];
    assert_eq!(request.header("x-auth-email"), Some("jo@example.com"));
    assert_eq!(request.header("x-auth-key"), Some(KEY));
    assert_eq!(request.header("authorization"), None);
}

#[test]
fn a_token_file_will_do() {
    let server =
        api(vec![rule(RULE, "Laptops", "client_certificate", CA)], vec![certificate(CA, "root.pem")]);
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, format!("{TOKEN}\n")).unwrap();
    let run = run_with(
        &[("CLOUDFLARE_BASE_URL", &server.url())],
        &[
            "pull",
            "--account-id",
            ACCOUNT,
            "--rule-id",
            RULE,
            "-o",
            "-",
            "--token-file",
            token.to_str().unwrap(),
        ],
    );
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(run.json()["schema"], "certposture.bundle/1");
    assert!(run.stderr.contains("Laptops"));
}

#[test]
fn lists_are_read_to_their_last_page_and_certificates_once() {
    let page = |number: usize| -> Vec<Value> {
        let types = ["client_certificate", "file", "client_certificate_v2"];
        let ids = (0..3).map(|i| format!("{number}{i}000000-2222-3333-4444-555555555555"));
        ids.zip(types).map(|(id, kind)| rule(&id, &format!("rule {number} {kind}"), kind, CA)).collect()
    };
    let server = Server::start(move |request, _| {
        let target = request.line.rsplit('/').next().unwrap();
        let number = target.strip_prefix("posture?page=").map_or(1, |n| n.parse().unwrap());
        if target.starts_with("posture") {
            let info = json!({"page": number, "per_page": 3, "count": 3, "total_count": 9});
            let rules = if number <= 3 { page(number) } else { Vec::new() };
            Reply::new(200, json!({"success": true, "errors": [], "result": rules, "result_info": info}))
        } else {
            good(certificate(CA, "root.pem"))
        }
    });
    let pulled = pull(&server, &["--all", "--format", "json"]);
    assert_eq!(pulled.run.exit, Some(0), "{}", pulled.run.stderr);
    let rules = pulled.run.json()["rules"].as_array().unwrap().clone();
    assert_eq!(rules.len(), 6, "client-certificate rules of three pages");
    assert_eq!(pulled.bundle()["certificates"].as_array().unwrap().len(), 1);
    let asked = server.lines();
    assert_eq!(asked.iter().filter(|line| line.contains("mtls_certificates")).count(), 1);
    assert_eq!(asked.len(), 4, "{asked:?}");
}

#[test]
fn a_server_that_repeats_its_page_is_not_asked_for_ever() {
    let server = Server::start(|request, _| {
        if request.line.contains("mtls_certificates") {
            return good(certificate(CA, "root.pem"));
        }
        let info = json!({"page": 1, "per_page": 1, "count": 1, "total_count": 1000});
        let rules = [rule(RULE, "Laptops", "client_certificate", CA)];
        Reply::new(200, json!({"success": true, "result": rules, "result_info": info}))
    });
    assert_eq!(pull(&server, &["--all"]).run.exit, Some(0));
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn each_rule_of_a_bundle_is_judged_by_its_own_ca() {
    let rules = vec![
        rule(RULE, "by root", "client_certificate", CA),
        rule(OTHER, "by other", "client_certificate", OTHER),
    ];
    let server = api(rules, vec![certificate(CA, "root.pem"), certificate(OTHER, "other.pem")]);
    let pulled = pull(&server, &["--all"]);
    assert_eq!(pulled.run.exit, Some(0), "{}", pulled.run.stdout);
    let store = format!("file:{}", fixture("of-root.pem").display());
    let bundle = pulled.file.to_str().unwrap();
    let check =
        run_with(&[], &["check", "--rule", bundle, "--store", &store, "--os", "linux", "--format", "json"]);
    let document = check.json();
    let cas: Vec<&Value> = document["checks"].as_array().unwrap().iter().map(|check| &check["ca"]).collect();
    assert_eq!(cas.len(), 2);
    assert!(cas.iter().all(|ca| ca.as_array().unwrap().len() == 1), "{cas:?}");
    assert_ne!(cas[0][0]["subject"], cas[1][0]["subject"]);
}

/// The exit status and the codes that are told of one rule.
fn codes(kind: &str, certificate_id: &str, certificates: Vec<Value>) -> (Option<i32>, Vec<String>) {
    let server = api(vec![rule(RULE, "Laptops", kind, certificate_id)], certificates);
    let pulled = pull(&server, &["--rule-id", RULE, "--format", "json"]);
    let document = pulled.run.json();
    assert_eq!(document["schema"], "certposture.pull/1");
    let reasons = document["rules"][0]["reasons"].as_array().unwrap().clone();
    (pulled.run.exit, reasons.iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect())
}

#[test]
fn an_id_that_stands_for_nothing_or_for_no_ca_is_told() {
    let (original, v2) = ("client_certificate", "client_certificate_v2");
    let one = |code: &str| vec![code.to_owned()];
    assert_eq!(codes(original, CA, vec![]), (Some(3), one("rule-ca-mismatch")));
    assert_eq!(codes(original, CA, vec![certificate(CA, "expired.pem")]), (Some(1), one("ca-expired")));
    assert_eq!(codes(v2, CA, vec![certificate(CA, "expired.pem")]), (Some(0), one("ca-expired")));
    assert_eq!(codes(original, CA, vec![certificate(CA, "of-root.pem")]), (Some(1), one("ca-not-a-ca")));
    assert_eq!(
        codes(original, CA, vec![certificate(CA, "intermediate.pem")]),
        (Some(0), one("ca-not-self-signed"))
    );
    assert_eq!(codes(v2, CA, vec![certificate(CA, "intermediate.pem")]), (Some(0), vec![]));
    let mut no_ca = certificate(CA, "root.pem");
    no_ca["ca"] = json!(false);
    assert_eq!(codes(original, CA, vec![no_ca]), (Some(1), one("ca-not-a-ca")));
    let mut damaged = certificate(CA, "root.pem");
    damaged["certificates"] = json!("no certificate");
    assert_eq!(codes(original, CA, vec![damaged]), (Some(3), one("ca-unreadable")));
}

#[test]
fn what_the_account_has_instead_is_told() {
    let server =
        api(vec![rule(RULE, "Laptops", "client_certificate", OTHER)], vec![certificate(CA, "root.pem")]);
    let pulled = pull(&server, &["--rule-id", RULE]);
    assert_eq!(pulled.run.exit, Some(3));
    assert!(pulled.run.stdout.contains("[rule-ca-mismatch]"), "{}", pulled.run.stdout);
    let flat = pulled.run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(&format!("it has {CA} \"root.pem\"")), "{flat}");
    assert_eq!(pulled.bundle()["certificates"], json!([]));
}

#[test]
fn a_misspelt_variable_is_told() {
    let mut wrong = rule(RULE, "Laptops", "client_certificate_v2", CA);
    wrong["input"]["cn"] = json!("${serialnumber}_corp");
    let server = api(vec![wrong], vec![certificate(CA, "root.pem")]);
    let pulled = pull(&server, &["--rule-id", RULE]);
    assert_eq!(pulled.run.exit, Some(3));
    assert!(pulled.run.stdout.contains("[rule-variable-unknown]"), "{}", pulled.run.stdout);
}

#[test]
fn an_id_from_a_rule_leads_to_no_other_path() {
    let wrong = rule(RULE, "Laptops", "client_certificate", "../../user/tokens");
    let server = api(vec![wrong], vec![]);
    let pulled = pull(&server, &["--rule-id", RULE]);
    assert_eq!(pulled.run.exit, Some(3));
    assert!(pulled.run.stdout.contains("[rule-ca-mismatch]"));
    assert!(server.lines().iter().all(|line| !line.contains("tokens")), "{:?}", server.lines());
}

#[test]
fn a_key_in_an_answer_stays_out_of_the_bundle() {
    let mut loose = certificate(CA, "root.pem");
    loose["private_key"] = json!("-----BEGIN PRIVATE KEY-----");
    let server = api(vec![rule(RULE, "Laptops", "client_certificate", CA)], vec![loose]);
    let pulled = pull(&server, &["--rule-id", RULE]);
    assert_eq!(pulled.bundle()["certificates"][0]["private_key"], Value::Null);
}

#[test]
fn a_server_that_echoes_secrets_gets_them_into_nothing() {
    let mut echo = rule(RULE, &format!("for {TOKEN}"), "client_certificate", CA);
    echo[TOKEN] = json!([TOKEN]);
    let server = api(vec![echo], vec![certificate(CA, "root.pem")]);
    let pulled = pull(&server, &["--rule-id", RULE]);
    assert_eq!(pulled.run.exit, Some(0));
    assert_eq!(pulled.bundle()["rules"][0]["name"], "for [hidden]");
}

#[test]
fn rules_are_found_by_name() {
    let rules = vec![
        rule(RULE, "Laptops", "client_certificate", CA),
        rule(OTHER, "Disk", "disk_encryption", CA),
        rule("a1", "Twice", "client_certificate", CA),
        rule("a2", "Twice", "client_certificate_v2", CA),
    ];
    let server = api(rules, vec![certificate(CA, "root.pem")]);
    let by_name = |name| pull(&server, &["--rule-name", name]).run;
    assert_eq!(by_name("Laptops").exit, Some(0));
    let absent = by_name("laptops");
    assert_eq!(absent.exit, Some(3));
    assert!(absent.stderr.contains(&format!("\"Laptops\" ({RULE})")), "{}", absent.stderr);
    let twice = by_name("Twice");
    assert_eq!(twice.exit, Some(2));
    assert!(twice.stderr.contains("(a1)") && twice.stderr.contains("(a2)"), "{}", twice.stderr);
    for run in [by_name("Disk"), pull(&server, &["--rule-id", OTHER]).run] {
        assert_eq!(run.exit, Some(3));
        assert!(run.stderr.contains("[rule-type-unsupported]"), "{}", run.stderr);
    }
}

#[test]
fn an_account_without_such_rules_gives_no_bundle() {
    let server = api(vec![rule(OTHER, "Disk", "disk_encryption", CA)], vec![]);
    let pulled = pull(&server, &["--all", "--format", "json"]);
    assert_eq!(pulled.run.exit, Some(3));
    assert!(pulled.run.json()["error"].as_str().unwrap().contains("no client-certificate rule"));
    assert!(!pulled.file.exists());
}
