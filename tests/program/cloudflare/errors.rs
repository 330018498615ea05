//! Everything that can go wrong between here and the API.

use super::server::{Reply, Server};
use super::{ACCOUNT, CA, KEY, RULE, Run, TOKEN, bad, certificate, good, rule, run, run_with};
use certposture::cloudflare::{Account, Api, ApiError, Credentials, Transport};
use serde_json::json;
use std::time::{Duration, Instant};

const ARGUMENTS: &[&str] = &["pull", "--account-id", ACCOUNT, "--rule-id", RULE, "-o", "-"];

fn pull(server: &Server) -> Run {
    run(&server.url(), ARGUMENTS)
}

/// A server that answers everything in one way.
fn always(reply: Reply) -> Server {
    Server::start(move |_, _| reply.clone())
}

/// Runs `pull` against such a server; every text must be among what it says, on one line.
#[track_caller]
fn says(reply: Reply, wanted: &[&str]) -> Server {
    let server = always(reply);
    let run = pull(&server);
    assert_eq!(run.exit, Some(3), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    for text in wanted {
        assert!(run.stderr.contains(text), "{text} in {}", run.stderr);
    }
    server
}

#[test]
fn refused_credentials_and_missing_permissions() {
    let permission = "Access: Device Posture Read";
    says(
        bad(401, 10001, "Unable to authenticate request"),
        &["401 Unauthorized", "Unable to authenticate request (code 10001)", permission],
    );
    let server = says(
        bad(403, 10000, "Authentication error"),
        &["403 Forbidden", "Authentication error (code 10000)", permission],
    );
    assert_eq!(server.requests().len(), 1, "not tried again");
    let chain = json!({"success": false, "result": null, "errors": [{"code": 6003, "message": "Invalid request headers",
        "error_chain": [{"code": 6111, "message": "Invalid format for Authorization header"}]}]});
    says(Reply::new(400, chain), &["(code 6003)", "(code 6111)", "does not accept the token"]);
}

#[test]
fn the_permission_for_certificates_is_another() {
    let server = Server::start(|request, _| {
        if request.line.contains("mtls") {
            bad(403, 10000, "Authentication error")
        } else {
            good(rule(RULE, "Laptops", "client_certificate", CA))
        }
    });
    let run = pull(&server);
    assert_eq!(run.exit, Some(3));
    assert!(run.stderr.contains("SSL and Certificates Read"), "{}", run.stderr);
}

#[test]
fn a_key_that_is_refused_is_named_as_such() {
    let server = always(bad(401, 9103, "Unknown X-Auth-Key or X-Auth-Email"));
    let environment = [
        ("CLOUDFLARE_BASE_URL", &*server.url()),
        ("CLOUDFLARE_EMAIL", "jo@example.com"),
        ("CLOUDFLARE_API_KEY", KEY),
    ];
    let run = run_with(&environment, ARGUMENTS);
    assert!(run.stderr.contains("CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY"), "{}", run.stderr);
}

#[test]
fn what_is_not_there_and_what_fails_with_200() {
    says(bad(404, 1000, "rule not found"), &["404 Not Found", "rule not found (code 1000)", "account ID"]);
    says(bad(200, 1234, "odd"), &["odd (code 1234)"]);
}

#[test]
fn a_message_that_repeats_the_token_does_not_get_it_out() {
    says(bad(400, 1, &format!("bad token {TOKEN}\u{1b}[2J")), &["bad token [hidden]\\u{1b}[2J"]);
    let html = Reply::new(200, "<html>").with("content-type", format!("text/{TOKEN}"));
    says(html, &["text/[hidden]"]);
}

#[test]
fn server_errors_are_tried_three_times_more() {
    let server = says(
        Reply::new(503, "<html>"),
        &["503 Service Unavailable", "to each of 4 requests", "https://www.cloudflarestatus.com"],
    );
    assert_eq!(server.requests().len(), 4);
}

/// Answers the first so many requests with `reply`, and then as it should.
fn at_last(times: usize, reply: Reply) -> Server {
    Server::start(move |request, before| {
        if request.line.contains("mtls") {
            good(certificate(CA, "root.pem"))
        } else if before < times {
            reply.clone()
        } else {
            good(rule(RULE, "Laptops", "client_certificate", CA))
        }
    })
}

#[test]
fn an_error_that_passes_is_no_error() {
    let server = at_last(2, bad(500, 10013, "internal"));
    let run = pull(&server);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn retry_after_is_honoured() {
    let server = at_last(1, bad(429, 971, "Please wait").with("retry-after", 2));
    let start = Instant::now();
    let run = pull(&server);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert!(start.elapsed() >= Duration::from_secs(2));
    assert!(run.stderr.contains("trying again in 2 s"), "{}", run.stderr);
}

#[test]
fn nobody_waits_for_an_hour() {
    let server = says(
        bad(429, 971, "Please wait").with("retry-after", 3600),
        &["429 Too Many Requests", "Please wait (code 971)", "try again in 3600 s"],
    );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn answers_that_are_not_the_apis() {
    let html =
        Reply::new(200, "<html>Please sign in</html>").with("content-type", "text/html; charset=utf-8");
    says(html.clone(), &["127.0.0.1 answered 200 OK, but not with the API's JSON but text/html", "proxy"]);
    says(Reply { status: 403, ..html }, &["403 Forbidden", "text/html"]);
    says(Reply::new(200, ""), &["but nothing"]);
    says(Reply::new(200, "[1, 2]"), &["not with the API's JSON"]);
    says(Reply::new(200, "{\"result\": {}}"), &["not with the API's JSON"]);
    says(Reply::new(200, "{\"success\": true, \"result\": {\"id\":"), &["not with the API's JSON"]);
    says(Reply::new(200, "{\"success\": true, \"result\": null}"), &["its result is not an object"]);
    let deep = format!("{{\"success\": true, \"result\": {}", "[".repeat(200_000));
    says(Reply::new(200, deep), &["not with the API's JSON"]);
}

#[test]
fn an_answer_that_is_cut_off() {
    let whole = good(rule(RULE, "Laptops", "client_certificate", CA));
    says(Reply { withheld: 100, ..whole }, &["was cut off"]);
}

#[test]
fn an_answer_without_end() {
    says(Reply::new(200, " ".repeat(17 << 20)), &["larger than 16 MiB"]);
}

#[test]
fn a_redirect_to_another_host_gets_nothing() {
    let elsewhere = Server::start(|_, _| good(rule(RULE, "Laptops", "client_certificate", CA)));
    for status in [301, 302, 303, 307, 308] {
        let to = format!("http://localhost:{}/v4?x={TOKEN}", elsewhere.port());
        says(Reply::new(status, "").with("location", to), &["redirects to http://localhost", "another host"]);
        // Another port of the same machine may be another's too.
        says(Reply::new(status, "").with("location", elsewhere.url()), &["another host"]);
        let protocol_relative = elsewhere.url().replace("http:", "");
        says(Reply::new(status, "").with("location", protocol_relative), &["another host"]);
    }
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_redirect_within_the_host_is_followed() {
    let server = Server::start(|request, _| {
        if request.line.contains("mtls") {
            good(certificate(CA, "root.pem"))
        } else if request.line.contains("/moved") {
            good(rule(RULE, "Laptops", "client_certificate", CA))
        } else {
            Reply::new(308, "").with("location", "/moved")
        }
    });
    let run = pull(&server);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(server.requests()[1].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    let circles = says(Reply::new(302, "").with("location", "/round"), &["redirects in circles"]);
    assert!(circles.requests().len() < 10);
}

#[test]
fn a_host_that_is_not_there() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let run = run(&format!("http://127.0.0.1:{port}"), ARGUMENTS);
    assert_eq!(run.exit, Some(3));
    assert!(run.stderr.contains("127.0.0.1 cannot be reached"), "{}", run.stderr);
}

#[test]
fn a_host_that_does_not_answer() {
    let slow = Server::start(|_, _| Reply { delay: Duration::from_secs(5), ..good(json!({})) });
    let credentials = Credentials::find(None, &|_| Some(TOKEN.to_owned())).unwrap();
    let transport = Transport::new(&slow.url(), credentials, &|_| None).unwrap();
    let api = Api::new(transport.with_time_limit(Duration::from_millis(300)), |_| {});
    let start = Instant::now();
    let error = Account::new(&api, ACCOUNT).rule(RULE).unwrap_err();
    assert!(matches!(error, ApiError::Timeout { .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(4));
    assert_eq!(slow.requests().len(), 1);
}

#[test]
fn a_proxy_is_asked_for_a_tunnel_and_told_no_secret() {
    let proxy = always(Reply::new(407, ""));
    let environment = [
        ("CLOUDFLARE_BASE_URL", "https://api.example.invalid/v4"),
        ("CLOUDFLARE_API_TOKEN", TOKEN),
        ("HTTPS_PROXY", &*proxy.url()),
    ];
    let run = run_with(&environment, ARGUMENTS);
    assert_eq!(run.exit, Some(3));
    let requests = proxy.requests();
    assert_eq!(requests.len(), 1, "{}", run.stderr);
    assert_eq!(requests[0].line, "CONNECT api.example.invalid:443");
    assert!(!format!("{requests:?}").contains(TOKEN));
    assert!(run.stderr.contains("proxy refused"), "{}", run.stderr);
}

#[test]
fn a_proxy_with_a_password_is_named_without_it() {
    let environment = [
        ("CLOUDFLARE_BASE_URL", "https://api.example.invalid/v4"),
        ("CLOUDFLARE_API_TOKEN", TOKEN),
        ("HTTPS_PROXY", "http://jo:SECRET@127.0.0.1:1"),
    ];
    assert_eq!(run_with(&environment, ARGUMENTS).exit, Some(3));
    let unusable = [environment[0], environment[1], ("HTTPS_PROXY", "nonsense://jo:SECRET@h")];
    let run = run_with(&unusable, ARGUMENTS);
    assert_eq!(run.exit, Some(2));
    assert!(run.stderr.contains("HTTPS_PROXY"), "{}", run.stderr);
}

#[test]
fn a_server_that_is_no_tls_server_gets_no_token() {
    let server = Server::start(|_, _| good(json!({})));
    let base = server.url().replace("http:", "https:");
    let run = run(&base, ARGUMENTS);
    assert_eq!(run.exit, Some(3));
    assert!(run.stderr.contains("cannot be reached"), "{}", run.stderr);
    assert!(server.requests().is_empty());
}

#[test]
fn wrong_usage_is_told_before_anything_is_sent() {
    let token = ("CLOUDFLARE_API_TOKEN", TOKEN);
    let base = ("CLOUDFLARE_BASE_URL", "http://api.example.com/v4");
    let odd = format!("{TOKEN} {TOKEN}");
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[], "CLOUDFLARE_API_TOKEN"),
        (&[("CLOUDFLARE_EMAIL", "jo@example.com")], "CLOUDFLARE_API_KEY is not"),
        (&[("CLOUDFLARE_API_KEY", KEY)], "CLOUDFLARE_EMAIL is not"),
        (&[token, base], "unencrypted"),
        (&[("CLOUDFLARE_API_TOKEN", &odd)], "not what Cloudflare gives out"),
    ];
    for (environment, wanted) in cases {
        let run = run_with(environment, ARGUMENTS);
        assert_eq!(run.exit, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains(wanted), "{wanted} in {}", run.stderr);
    }
    for id in ["../x", "example.com", "0123", &RULE.replace('-', "")[..31]] {
        let account = run_with(&[token], &["pull", "--account-id", id, "--rule-id", RULE, "-o", "-"]);
        assert_eq!(account.exit, Some(2), "{id}");
    }
    let none = run_with(&[token], &["pull", "--account-id", ACCOUNT, "-o", "-"]);
    assert_eq!(none.exit, Some(2));
}
