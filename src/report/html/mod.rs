//! The answer as one HTML file to attach to a ticket: nothing in it is fetched from anywhere, and
//! nothing that came from outside is ever markup.

mod chain;
mod check;
mod fleet;
mod markup;
mod verify;

pub use fleet::fleet;

use crate::diagnosis::{Diagnosis, Verdict, Verification};
use crate::report::style::Style;
use base64ct::{Base64, Encoding as _};
use jiff::Timestamp;
use markup::Markup;
use sha2::{Digest as _, Sha256};
use std::io::{self, Write as _};

const CSS: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Writes the answers to one rule or to several.
pub fn checks(answers: &[Diagnosis], verbose: bool) -> io::Result<()> {
    let style = Style::of_page(verbose);
    let worst = answers.iter().max_by_key(|answer| answer.verdict);
    let title = worst.map(check::title).unwrap_or_default();
    let at = answers.first().map(|answer| answer.at);
    let write = |page: &mut Markup| {
        for (position, answer) in answers.iter().enumerate() {
            check::write(position, answer, &style, page);
        }
    };
    print(&title, at, write)
}

/// Writes the answers about each certificate.
pub fn verify(answer: &Verification, verbose: bool) -> io::Result<()> {
    let write = |page: &mut Markup| verify::write(answer, verbose, page);
    print(&verify::title(answer), Some(answer.at), write)
}

fn print(title: &str, at: Option<Timestamp>, write: impl FnOnce(&mut Markup)) -> io::Result<()> {
    let mut page = Markup::default();
    head(title, &mut page);
    page.raw("<body>\n<main>\n");
    write(&mut page);
    page.raw("</main>\n");
    foot(at, &mut page);
    page.raw("<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
    let mut output = io::stdout().lock();
    output.write_all(page.as_str().as_bytes())?;
    output.flush()
}

fn head(title: &str, page: &mut Markup) {
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy())]);
    page.raw("\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
    // Without one, browsers ask the server for /favicon.ico.
    page.raw("<link rel=\"icon\" href=\"data:,\">\n");
    page.element("title", &[], title).raw("\n<style>").raw(CSS).raw("</style>\n</head>\n");
}

/// Only this program's own style and script, told by their hashes (CSP Level 3 §2.3.1), and nothing
/// from elsewhere.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", Base64::encode_string(&Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(CSS),
        hash(SCRIPT)
    )
}

fn foot(at: Option<Timestamp>, page: &mut Markup) {
    page.raw("<footer>\n<p>");
    page.text(&format!("Written by certposture {}", env!("CARGO_PKG_VERSION")));
    if let Some(at) = at {
        page.text(&at.strftime(", judged as of %Y-%m-%d %H:%M:%S UTC").to_string());
    }
    page.raw(
        ". It reproduces the look-up that Cloudflare documents; what the client itself did is told by the posture \
         log of Zero Trust. A code such as <code>not-found</code> is explained by <code>certposture explain \
         CODE</code>.</p>\n<p id=\"said\" class=\"unseen\" role=\"status\"></p>\n</footer>\n",
    );
}

/// The word, the class and the mark of a verdict.
const fn face(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Pass => ("good", "✓"),
        Verdict::Fail => ("bad", "✗"),
        Verdict::Unknown => ("doubtful", "?"),
    }
}
