//! The HTML report in headless Chromium: it renders, it asks nobody for anything, and what a
//! certificate says stays text.

use crate::browser::Browser;
use crate::support::forge::{Key, Template};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

const ROOT: &str = "CN=Example Root CA";
const HOSTILE: &str =
    "<script>document.title='owned'</script>\u{202e}\"'&amp;<img src=http://127.0.0.1:9/x onerror=alert(1)>";

/// Everything that the program prints, as a file.
fn report(folder: &Path, arguments: &[&str]) -> String {
    page(folder, "check", arguments)
}

fn page(folder: &Path, command: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
        .args([command, "--format", "html", "--at", "2025-01-01T00:00:00Z", "--ca", "ca.der"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    static WRITTEN: AtomicU32 = AtomicU32::new(0);
    let file = folder.join(format!("report-{}.html", WRITTEN.fetch_add(1, Ordering::Relaxed)));
    fs::write(&file, output.stdout).unwrap();
    format!("file://{}", file.display())
}

/// A CA, an issuing CA, and a certificate of each with the hostile name.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (root, issuing, own) = (Key::p256("root"), Key::p256("issuing"), Key::p256("own"));
    let subject = format!("CN={HOSTILE}");
    let write = |name: &str, der: Vec<u8>| fs::write(folder.path().join(name), der).unwrap();
    write("ca.der", Template::ca(ROOT, &root, ROOT).der(&root, root.scheme()));
    write("issuing.der", Template::ca("CN=Issuing", &issuing, ROOT).der(&root, root.scheme()));
    write("good.der", Template::new(&subject, &own, ROOT).der(&root, root.scheme()));
    write("plain.der", Template::new("CN=device-042", &own, ROOT).der(&root, root.scheme()));
    write("by-issuing.der", Template::new(&subject, &own, "CN=Issuing").der(&issuing, issuing.scheme()));
    folder
}

fn text(value: Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_a_certificate_says_stays_text() {
    let folder = folder();
    let browser = Browser::start(1200, 1400);
    let url = report(folder.path(), &["--store", "file:good.der", "--cn", HOSTILE]);
    browser.open(&url);

    let visible = "<script>document.title='owned'</script>\\u{202e}\"'&amp;<img src=http://127.0.0.1:9/x onerror=alert(1)>";
    assert_eq!(text(browser.run("return document.querySelector('h1 .who').textContent")), visible);
    assert_eq!(text(browser.run("return document.querySelector('tbody td.name').textContent")), visible);
    assert!(text(browser.run("return document.title")).starts_with("PASS"));
    assert_eq!(browser.run("return document.scripts.length"), 1);
    assert_eq!(
        browser.run("return document.querySelectorAll('img, iframe, object, link[href^=http]').length"),
        0
    );
    let deceptive = "return /[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.documentElement.outerHTML)";
    assert_eq!(browser.run(deceptive), false);

    assert_eq!(browser.console(), Vec::<Value>::new());
    assert_eq!(browser.requests(), [url]);
}

#[test]
fn the_policy_forbids_what_is_not_the_reports_own() {
    let folder = folder();
    let url = report(folder.path(), &["--store", "file:good.der", "--cn", HOSTILE]);
    let file = Path::new(url.trim_start_matches("file://"));
    let page = fs::read_to_string(file).unwrap();
    let forged = page.replace(
        "<main>",
        "<main><script>document.title='owned'</script><p style='color:red' onclick=x()>x</p><img src=http://127.0.0.1:9/x>",
    );
    assert_ne!(page, forged);
    fs::write(file, forged).unwrap();
    let browser = Browser::start(1200, 1400);
    browser.open(&url);
    assert!(text(browser.run("return document.title")).starts_with("PASS"));
    let refused = browser.console().iter().map(ToString::to_string).collect::<String>();
    for what in ["script", "style", "image"] {
        assert!(refused.contains(what) && refused.contains("Content Security Policy"), "{what}: {refused}");
    }
}

#[test]
fn the_broken_link_is_red_and_says_why() {
    let folder = folder();
    let browser = Browser::start(1200, 1400);
    let url = report(folder.path(), &["--store", "file:by-issuing.der", "--cn", HOSTILE]);
    browser.open(&url);
    assert!(text(browser.run("return document.querySelector('h1').textContent")).contains("CANNOT TELL"));
    let link = text(browser.run("return document.querySelector('svg .link.bad').textContent"));
    assert!(link.contains("intermediate-missing"), "{link}");
    let red = "return getComputedStyle(document.querySelector('svg .link.bad .line')).stroke";
    assert_eq!(browser.run(red), "rgb(179, 38, 30)");
    let said = text(browser.run("return document.querySelector('svg desc').textContent"));
    assert!(said.contains("intermediate-missing"), "{said}");

    let whole = ["--store", "file:by-issuing.der", "--cn", HOSTILE, "--intermediate", "issuing.der"];
    browser.open(&report(folder.path(), &whole));
    assert_eq!(browser.run("return document.querySelectorAll('svg .link.bad').length"), 0);
    assert_eq!(browser.run("return document.querySelectorAll('svg .node').length"), 4);
    assert_eq!(browser.console(), Vec::<Value>::new());
}

#[test]
fn a_button_copies_the_command_without_a_network() {
    let folder = folder();
    let database = folder.path().join("nss");
    fs::create_dir(&database).unwrap();
    let certutil = |arguments: &[&str]| {
        let status = Command::new("certutil").args(arguments).current_dir(folder.path()).status().unwrap();
        assert!(status.success(), "certutil {arguments:?}");
    };
    certutil(&["-N", "-d", "sql:nss", "--empty-password"]);
    certutil(&["-A", "-d", "sql:nss", "-n", "Jo's laptop", "-t", ",,", "-i", "plain.der"]);
    let browser = Browser::start(1200, 1400);
    browser.open(&report(folder.path(), &["--store", "nss:nss", "--cn", "device-042"]));
    let command = text(browser.run("return document.querySelector('.command code').textContent"));
    assert!(command.contains("certutil --rename"), "{command}");
    browser.click(".command button");
    let said = "return new Promise(done => setTimeout(() => done(document.getElementById('said').textContent), 300))";
    assert_eq!(browser.run(said), "Copied");
    let origin = serde_json::json!({"permissions": ["clipboardReadWrite"]});
    browser.devtools("Browser.grantPermissions", &origin);
    assert_eq!(text(browser.run("return navigator.clipboard.readText()")), command);
    assert_eq!(browser.console(), Vec::<Value>::new());
}

/// Contrast of every piece of text with what lies behind it (WCAG 2.2, success criterion 1.4.3), in
/// light and in dark; and nothing wider than a narrow window.
#[test]
fn it_can_be_read_in_light_and_dark_and_in_a_narrow_window() {
    let folder = folder();
    let browser = Browser::start(1200, 1400);
    for arguments in [
        &["--store", "file:by-issuing.der", "--cn", HOSTILE][..],
        &["--store", "file:good.der", "--cn", HOSTILE],
        &["--store", "file:good.der", "--cn", "other", "--type", "client_certificate_v2"],
        &["--store", "file:good.der", "--cn", "${user}", "--type", "client_certificate_v2"],
    ] {
        browser.open(&report(folder.path(), arguments));
        for scheme in ["light", "dark"] {
            browser.prefer(scheme);
            let faint = browser.run(include_str!("browser/contrast.js"));
            assert_eq!(faint, serde_json::json!([]), "{scheme} {arguments:?}");
        }
        let narrow =
            serde_json::json!({"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        browser.devtools("Emulation.setDeviceMetricsOverride", &narrow);
        let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(browser.run(overflow), 0, "{arguments:?}");
        browser.devtools("Emulation.clearDeviceMetricsOverride", &serde_json::json!({}));
    }
}

/// Pages with something long in every place, of each verdict and both commands.
fn pages(folder: &Path) -> Vec<String> {
    let unknown = [
        "--at",
        "2025-01-01T00:00:00Z",
        "--store",
        "file:plain.der",
        "--cn",
        "device-042",
        "--format",
        "html",
    ];
    let output = Command::new(env!("CARGO_BIN_EXE_certposture"))
        .arg("check")
        .args(unknown)
        .current_dir(folder)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let file = folder.join("no-ca.html");
    fs::write(&file, output.stdout).unwrap();
    vec![
        report(folder, &["--store", "file:by-issuing.der", "--cn", HOSTILE]),
        report(folder, &["--store", "file:good.der", "--cn", "other", "--type", "client_certificate_v2"]),
        format!("file://{}", file.display()),
        page(folder, "verify", &["good.der", "by-issuing.der"]),
    ]
}

/// A telephone, a tablet, a wide window; what has no room is not cut off but stands below.
#[test]
fn nothing_is_clipped_at_three_widths_and_the_fix_comes_before_the_picture() {
    let folder = folder();
    let browser = Browser::start(1400, 1400);
    for (number, url) in pages(folder.path()).iter().enumerate() {
        browser.open(url);
        for width in [390, 800, 1400] {
            let size =
                serde_json::json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
            browser.devtools("Emulation.setDeviceMetricsOverride", &size);
            let clipped = "const unseen = e => e.closest('.unseen, thead, svg');\
                return [document.documentElement, ...document.querySelectorAll('body *')]\
                .filter(e => !unseen(e) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0\
                    && getComputedStyle(e).display != 'inline')\
                .map(e => e.tagName + '.' + e.className + ' ' + e.scrollWidth + '>' + e.clientWidth)";
            assert_eq!(browser.run(clipped), serde_json::json!([]), "{width} {number}");
            let tops = "const top = s => document.querySelector(s)?.getBoundingClientRect().top;\
                return [top('.fix'), top('.picture')]";
            let tops = browser.run(tops);
            if let (Some(fix), Some(picture)) = (tops[0].as_f64(), tops[1].as_f64()) {
                assert!(width > 860 || fix < picture, "{width} {number}: {tops}");
            }
        }
        browser.devtools("Emulation.clearDeviceMetricsOverride", &serde_json::json!({}));
    }
}

#[test]
fn the_picture_of_an_open_verdict_is_open_and_no_sentence_stands_three_times() {
    let folder = folder();
    let browser = Browser::start(1400, 1400);
    let pages = pages(folder.path());
    browser.open(&pages[2]);
    assert!(text(browser.run("return document.querySelector('h1').textContent")).contains("CANNOT TELL"));
    let picture = text(browser.run("return document.querySelector('svg').textContent"));
    assert!(picture.contains("device-042") && !picture.contains("none that fits"), "{picture}");
    assert_eq!(browser.run("return document.querySelectorAll('svg .link.open').length"), 1);
    assert_eq!(browser.run("return document.querySelectorAll('svg .link.bad').length"), 0);
    let head = text(browser.run("return document.querySelector('header').textContent"));
    for told in ["device", "Linux", "client", "2025-01-01 00:00:00 UTC"] {
        assert!(head.contains(told), "{told}: {head}");
    }
    for page in pages {
        browser.open(&page);
        let all = text(browser.run("return document.querySelector('main').innerText"));
        assert!(!all.contains('`'), "{all}");
        let sentence = text(browser.run("return document.querySelector('.sentence').firstChild.textContent"));
        assert!(all.matches(sentence.trim()).count() < 3, "{all}");
    }
}

/// What assistive technology works with: one heading of the first rank per answer, landmarks, and
/// tables whose header cells say what they head.
#[test]
fn it_is_structured_for_screen_readers() {
    let folder = folder();
    let browser = Browser::start(1200, 1400);
    browser.open(&report(folder.path(), &["--store", "file:by-issuing.der", "--cn", HOSTILE]));
    assert_eq!(browser.run("return document.documentElement.lang"), "en");
    assert_eq!(browser.run("return document.querySelectorAll('main').length"), 1);
    assert_eq!(browser.run("return document.querySelectorAll('h1').length"), 1);
    assert_eq!(browser.run("return document.querySelectorAll('th:not([scope])').length"), 0);
    let nameless = "return [...document.querySelectorAll('[aria-labelledby]')].flatMap(e => \
                    e.getAttribute('aria-labelledby').split(' ')).filter(id => !document.getElementById(id))";
    assert_eq!(browser.run(nameless), serde_json::json!([]));
    let twice = "const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length - new Set(ids).size";
    assert_eq!(browser.run(twice), 0);
    let tree = browser.devtools("Accessibility.getFullAXTree", &serde_json::json!({}));
    let image =
        tree["nodes"].as_array().unwrap().iter().find(|node| node["role"]["value"] == "image").cloned();
    let image = image.expect("the chain is an image to assistive technology");
    assert!(image["name"]["value"].as_str().unwrap().contains("From the rule's name"), "{image}");
}

#[test]
fn verify_draws_each_chain() {
    let folder = folder();
    let browser = Browser::start(1200, 1400);
    let url = page(folder.path(), "verify", &["good.der", "by-issuing.der"]);
    browser.open(&url);
    assert_eq!(browser.run("return document.querySelectorAll('svg').length"), 2);
    let broken = text(browser.run("return document.querySelector('svg .link.bad').textContent"));
    assert!(broken.contains("intermediate-missing"), "{broken}");
    assert!(
        text(browser.run("return document.querySelector('.sentence').textContent")).starts_with("1 of 2")
    );
    let visible = text(browser.run("return document.querySelector('tbody td.name').textContent"));
    assert!(visible.starts_with("<script>"), "{visible}");
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        assert_eq!(browser.run(include_str!("browser/contrast.js")), serde_json::json!([]), "{scheme}");
    }
    assert_eq!(browser.console(), Vec::<Value>::new());
    assert_eq!(browser.requests(), [url]);
}

#[test]
fn the_widest_table_shows_its_result_on_a_screen_and_on_paper() {
    let folder = folder();
    let rule = r#"{"id":"a","type":"client_certificate_v2","name":"n","schedule":"5m","input":{
        "certificate_id":"2a9e7f0c-0000-4000-8000-000000000000","operating_system":"linux","cn":"device-042",
        "check_private_key":true,"extended_key_usage":["clientAuth","emailProtection"],
        "locations":{"paths":["/etc/ssl/device.pem"]},"subject_alternative_names":["device-042.example.com"]}}"#;
    fs::write(folder.path().join("rule.json"), rule).unwrap();
    let browser = Browser::start(1200, 1400);
    let stores =
        ["--os", "linux", "--rule", "rule.json", "--store", "file:plain.der", "--store", "file:good.der"];
    browser.open(&report(folder.path(), &stores));
    assert_eq!(
        text(browser.run("return document.querySelector('thead th:last-child').textContent")),
        "Result"
    );
    let hidden = "return Math.max(...[...document.querySelectorAll('.scroll')].map(e => e.scrollWidth - e.clientWidth))";
    assert_eq!(browser.run(hidden), 0);
    // A4 without its margins, in CSS pixels.
    let paper = serde_json::json!({"width": 718, "height": 1047, "deviceScaleFactor": 1, "mobile": false});
    browser.devtools("Emulation.setDeviceMetricsOverride", &paper);
    browser.devtools("Emulation.setEmulatedMedia", &serde_json::json!({"media": "print"}));
    assert_eq!(browser.run(hidden), 0);
}
