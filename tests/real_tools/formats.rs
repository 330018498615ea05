//! The formats of `check` that other tools take, in those tools: GitHub's Markdown renderer, the JUnit
//! schema, a runner and a parser of monitoring plugins, and Prometheus' own checker. What a certificate
//! or a rule says stays text in each.

use crate::support::forge::{Key, Template};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const ROOT: &str = "CN=Example Root CA";
const AT: &str = "2025-01-01T00:00:00Z";

/// What would be markup, a delimiter or an end in one of the formats.
const HOSTILE: [&str; 15] = [
    "<script>alert(1)</script><img src=x onerror=y>",
    "a | b \\| c \\\\| d || e",
    "`code` ``` ~~~ `` x",
    "[link](http://127.0.0.1/) ![image](x) [x]: y",
    "http://127.0.0.1/ www.example.com jo@example.com @org #1",
    "*a* **b** _c_ __d__ ~~e~~ ~f~",
    "&lt;b&gt; &#124; &amp;",
    "\\*a\\* \\",
    "]]><failure type='x'/><!-- ' \" -->",
    "\u{1}\u{fffe}\u{ffff}\u{202e}\n### heading\n| a |\n|---|",
    "'days_left'=0;; | 'x'=1",
    "it's 'quoted' = x;1;2",
    "x\"} 1\\",
    "a\"; b=\"c\\n",
    "$x$ $$y$$ :smile: ${HOME} $(id) {a} %s",
];

fn program(folder: &Path, format: &str, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_certposture"));
    program.args(["check", "--format", format, "--at", AT, "--ca", "ca.der"]);
    program.args(arguments).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Puts `input` through a filter, which must find nothing to complain of.
#[track_caller]
fn filter(command: &mut Command, input: &str) -> String {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaint.is_empty(), "{complaint}\n{input}");
    said(&output)
}

/// A CA, and certificates of it: one for each hostile name, one that passes, one that is about to
/// expire, one that has expired. And a rule for each hostile name.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (root, own) = (Key::p256("root"), Key::p256("own"));
    let write = |name: &str, der: Vec<u8>| fs::write(folder.path().join(name), der).unwrap();
    write("ca.der", Template::ca(ROOT, &root, ROOT).der(&root, root.scheme()));
    let signed = |name: &str| Template::new(&format!("CN={name}"), &own, ROOT);
    for (position, name) in HOSTILE.iter().enumerate() {
        write(&format!("{position}.der"), signed(name).der(&root, root.scheme()));
        let rule = json!({"name": name, "type": "client_certificate", "input": {"cn": name}});
        fs::write(folder.path().join(format!("{position}.json")), rule.to_string()).unwrap();
    }
    let rules: Vec<_> = HOSTILE
        .iter()
        .map(|name| json!({"name": name, "type": "client_certificate", "input": {"cn": name}}))
        .collect();
    fs::write(folder.path().join("rules.json"), json!(rules).to_string()).unwrap();
    for (file, end) in [("good", "300101000000Z"), ("soon", "250111000000Z"), ("expired", "241222000000Z")] {
        let certificate = signed("device-042").dates("200101000000Z", end);
        write(&format!("{file}.der"), certificate.der(&root, root.scheme()));
    }
    folder
}

/// Each hostile name beside the certificates of all of them, judged by each format.
fn each_hostile(format: &str, mut look: impl FnMut(&str, String)) {
    let folder = folder();
    for (position, name) in HOSTILE.iter().enumerate() {
        let rule = format!("{position}.json");
        let output = program(folder.path(), format, &["--rule", &rule, "--store", "file:."]);
        look(name, said(&output));
    }
    let output = program(folder.path(), format, &["--rule", "rules.json", "--store", "file:."]);
    look("", said(&output));
}

/// As it stands in every report: without characters that deceive.
fn legible(name: &str) -> String {
    name.replace('\u{1}', "\\u{1}").replace('\u{202e}', "\\u{202e}").replace('\n', "\\u{a}")
}

fn rendered(markdown: &str) -> String {
    let extensions = ["table", "strikethrough", "autolink", "tasklist", "footnotes"];
    let mut renderer = Command::new("cmark-gfm");
    renderer.arg("--unsafe").args(extensions.iter().flat_map(|name| ["-e", name]));
    filter(&mut renderer, markdown)
}

fn tags(html: &str) -> BTreeSet<&str> {
    let starts = html.split('<').skip(1).filter(|rest| !rest.starts_with('/'));
    starts.map(|rest| rest.split(['>', ' ', '\n']).next().unwrap()).collect()
}

/// What a reader sees.
fn visible(html: &str) -> String {
    let mut parts = html.split('<');
    let first = parts.next().unwrap_or_default().to_owned();
    let text = parts.fold(first, |text, part| text + part.split_once('>').unwrap().1);
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[test]
fn markdown_shows_what_was_said_and_nothing_else() {
    let allowed = BTreeSet::from([
        "!--", "code", "h3", "li", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
    ]);
    each_hostile("markdown", |name, markdown| {
        let html = rendered(&markdown);
        let strange: Vec<_> = tags(&html).difference(&allowed).copied().collect();
        assert!(strange.is_empty(), "{name}: {strange:?} in {html}");
        let sheets = html.matches("<h3>").count();
        assert_eq!(sheets, if name.is_empty() { HOSTILE.len() } else { 1 });
        assert_eq!(html.matches("<table>").count(), sheets, "{html}");
        for row in html.split("<tr>").skip(1).filter(|row| row.contains("<td>")) {
            assert_eq!(row.matches("<td>").count(), 6, "{name}: {row}");
        }
        assert!(visible(&html).contains(&legible(name)), "{name}: {html}");
    });
}

#[test]
fn markdown_holds_commands_as_they_are() {
    let folder = folder();
    let name = "``` | <b> $(id)";
    let output = program(folder.path(), "markdown", &["--cn", name, "--store", "file:good.der"]);
    let html = rendered(&said(&output));
    assert!(visible(&html).contains(name), "{html}");
    let healthy = program(folder.path(), "markdown", &["--cn", "device-042", "--store", "file:good.der"]);
    assert_eq!(healthy.status.code(), Some(0));
    let html = rendered(&said(&healthy));
    assert!(html.starts_with("<h3>✅ PASS · device-042</h3>\n"), "{html}");
}

/// A folder that is said to be the whole store: from a loose file alone no failure is certain.
fn expired_store(folder: &Path) -> &'static str {
    fs::create_dir(folder.join("expired")).unwrap();
    fs::copy(folder.join("expired.der"), folder.join("expired/expired.der")).unwrap();
    r"windows:CurrentUser\My=expired"
}

#[test]
fn junit_follows_the_schema() {
    let check = |xml: &str| {
        let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/target/junit/junit-10.xsd");
        let mut lint = Command::new("xmllint");
        let output = lint
            .args(["--nonet", "--noout", "--schema", schema, "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .and_then(|mut child| {
                child.stdin.take().unwrap().write_all(xml.as_bytes())?;
                child.wait_with_output()
            })
            .unwrap();
        assert!(output.status.success(), "{}\n{xml}", String::from_utf8_lossy(&output.stderr));
    };
    let ask = |xml: &str, path: &str| {
        filter(Command::new("xmllint").args(["--nonet", "--xpath", path, "-"]), xml).trim_end().to_owned()
    };
    each_hostile("junit", |name, xml| {
        check(&xml);
        let cases = if name.is_empty() { HOSTILE.len() } else { 1 };
        assert_eq!(ask(&xml, "count(//testcase)"), cases.to_string());
        if !name.is_empty() {
            let shown = legible(name).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}");
            assert_eq!(ask(&xml, "string(//testcase/@name)"), shown);
        }
    });
    let folder = folder();
    let expired = expired_store(folder.path());
    for (store, failures, errors, status) in [("file:good.der", "0", "0", 0), (expired, "1", "0", 1)] {
        let output = program(folder.path(), "junit", &["--cn", "device-042", "--store", store]);
        let xml = said(&output);
        check(&xml);
        assert_eq!(output.status.code(), Some(status), "{xml}");
        assert_eq!(ask(&xml, "string(//testsuite/@failures)"), failures);
        assert_eq!(ask(&xml, "string(//testsuite/@errors)"), errors);
    }
    let output = program(
        folder.path(),
        "junit",
        &["--type", "client_certificate_v2", "--cn", "${user}", "--store", "file:good.der"],
    );
    check(&said(&output));
    assert_eq!(ask(&said(&output), "count(//testcase/error)"), "1", "{}", said(&output));
    assert_eq!(output.status.code(), Some(3));
}

/// `negate` runs a plugin as a monitor does and changes each state into another.
#[test]
fn a_runner_of_plugins_sees_four_states() {
    let folder = folder();
    let run = |arguments: &[&str]| {
        let output = Command::new("/usr/lib/nagios/plugins/negate")
            .args(["-o", "WARNING", "-w", "CRITICAL", "-c", "UNKNOWN", "-u", "OK", "-s"])
            .arg(env!("CARGO_BIN_EXE_certposture"))
            .args(["check", "--format", "nagios", "--at", AT, "--ca", "ca.der"])
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let first = said(&output).lines().next().unwrap_or_default().to_owned();
        (output.status.code().unwrap(), first)
    };
    let judged = |store: &str| run(&["--cn", "device-042", "--store", store]);
    let (status, line) = judged("file:good.der");
    assert_eq!(status, 1, "{line}");
    assert!(line.starts_with("CERTPOSTURE WARNING - device-042: "), "{line}");
    assert!(line.ends_with(" | 'days_left'=1826;30:;0:"), "{line}");
    let (status, line) = judged("file:soon.der");
    assert_eq!((status, line.ends_with(" | 'days_left'=10;30:;0:")), (2, true), "{line}");
    let (status, line) = judged(expired_store(folder.path()));
    assert_eq!((status, line.ends_with("[expired] | 'days_left'=-10;30:;0:")), (3, true), "{line}");
    let (status, line) =
        run(&["--type", "client_certificate_v2", "--cn", "${user}", "--store", "file:good.der"]);
    assert_eq!(status, 0, "{line}");
    // Wrong usage is no state of the device, whoever notices it.
    for usage in [&["--no-such-option"][..], &["--rule", "rules.json", "--rule-name", "none"]] {
        let (status, line) = run(usage);
        assert_eq!(status, 0, "{line}");
        assert!(line.starts_with("CERTPOSTURE OK - "), "{line}");
    }
}

#[test]
fn performance_data_is_read_by_the_plugins_own_library() {
    let parse = "use Monitoring::Plugin::Performance;
        local $/; my $line = <STDIN>; chomp $line; my ($text, $data) = split /\\|/, $line, 2;
        for my $one (Monitoring::Plugin::Performance->parse_perfstring($data)) {
            printf \"%s=%s %s %s\\n\", $one->label, $one->value, $one->warning, $one->critical;
        }";
    each_hostile("nagios", |name, text| {
        let first = text.lines().next().unwrap();
        assert_eq!(text.matches('|').count(), 1, "{text}");
        let read = filter(Command::new("perl").args(["-e", parse]), first);
        let rules = if name.is_empty() { HOSTILE.len() } else { 1 };
        assert_eq!(read.lines().count(), rules, "{read}\n{text}");
        let labels: BTreeSet<&str> = read.lines().map(|line| line.split('=').next().unwrap()).collect();
        assert_eq!(labels.len(), rules, "{read}");
        for line in read.lines() {
            assert!(line.ends_with(" 30: 0:") && line.contains("days_left"), "{line}");
        }
    });
}

#[test]
fn prometheus_checks_the_metrics() {
    each_hostile("prometheus", |name, text| {
        filter(Command::new("promtool").args(["check", "metrics"]), &text);
        let samples: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let rules = if name.is_empty() { HOSTILE.len() } else { 1 };
        let of = |metric: &str| samples.iter().filter(|line| line.starts_with(metric)).count();
        assert_eq!(of("certposture_check_verdict{"), 3 * rules, "{text}");
        let keys: BTreeSet<&str> = samples.iter().map(|line| line.rsplit_once(' ').unwrap().0).collect();
        assert_eq!(keys.len(), samples.len(), "{text}");
    });
    // Two rules that nothing tells apart would spoil the scrape: the worse one is told.
    let folder = folder();
    // The whole store, so that a failure is certain.
    fs::create_dir(folder.path().join("whole")).unwrap();
    fs::copy(folder.path().join("good.der"), folder.path().join("whole/good.der")).unwrap();
    let rule = |usage: &str| {
        json!({"name": "x", "type": "client_certificate_v2",
            "input": {"cn": "device-042", "operating_system": "windows", "extended_key_usage": [usage],
                "locations": {"trust_stores": ["system"]}}})
    };
    let rules = json!([rule("clientAuth"), rule("emailProtection")]);
    fs::write(folder.path().join("twins.json"), rules.to_string()).unwrap();
    let output = program(
        folder.path(),
        "prometheus",
        &["--rule", "twins.json", "--store", r"windows:LocalMachine\My=whole"],
    );
    let text = said(&output);
    filter(Command::new("promtool").args(["check", "metrics"]), &text);
    assert_eq!(text.matches("verdict=\"fail\"} 1").count(), 1, "{text}");
    assert_eq!(text.matches("verdict=\"pass\"} 1").count(), 0, "{text}");
}
