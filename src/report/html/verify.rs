//! The answer of `verify`: how many have a chain to the CA, each chain, and a table of all.

use super::chain::{Chain, Link, Node};
use super::check::{certificate_node, write_code};
use super::face;
use super::markup::Markup;
use crate::certificate::Certificate;
use crate::diagnosis::{Answer, Unread, Verification, Verified, severity};
use crate::reason::Finding;
use crate::reason::Severity;
use crate::report::presented::Presented;
use crate::report::style::Tone;
use crate::report::table::{counted, sentence, verdict_word};
use crate::report::verify::{MANY_TREES, summary};

pub(super) fn title(answer: &Verification) -> String {
    let count = counted(answer.certificates.len(), "certificate");
    format!("{} · {count} · certposture", verdict_word(answer.verdict))
}

pub(super) fn write(answer: &Verification, verbose: bool, page: &mut Markup) {
    let verified = &answer.certificates;
    page.raw("<article aria-labelledby=\"verdict\">\n");
    write_verdict(answer, page);
    let limit = if verbose { usize::MAX } else { MANY_TREES };
    let drawn: Vec<&Verified> = failing_first(verified).into_iter().take(limit).collect();
    for (position, one) in drawn.iter().enumerate() {
        write_one(position, one, page);
    }
    if drawn.len() < verified.len() {
        let left_out = counted(verified.len() - drawn.len(), "more certificate");
        let text = format!("{left_out} not drawn; certposture verify -v --format html draws all.");
        page.element("p", &[("class", "below")], &text);
    }
    if answer.error.is_none() {
        write_table(verified, page);
        write_cas(&answer.cas, page);
    }
    write_unread(&answer.unread, page);
    page.raw("</article>\n");
}

fn write_unread(unread: &[Unread], page: &mut Markup) {
    if unread.is_empty() {
        return;
    }
    page.raw("<section class=\"sheet\">\n<h2>Not read</h2>\n<dl>\n");
    for Unread { source, why } in unread {
        page.element("dt", &[], source).element("dd", &[], why).raw("\n");
    }
    page.raw("</dl>\n</section>\n");
}

fn failing_first(verified: &[Verified]) -> Vec<&Verified> {
    let mut ordered: Vec<&Verified> = verified.iter().collect();
    ordered.sort_by_key(|one| std::cmp::Reverse(one.path().verdict));
    ordered
}

fn write_verdict(answer: &Verification, page: &mut Markup) {
    let (class, mark) = face(answer.verdict);
    page.open("header", &[("class", &format!("verdict {class}"))]);
    let kind =
        format!("Certificates against the uploaded CA · {}", answer.at.strftime("%Y-%m-%d %H:%M:%S UTC"));
    page.element("p", &[("class", "kind")], &kind).raw("\n<h1 id=\"verdict\">");
    page.open("span", &[("class", &format!("word {class}"))]);
    page.element("span", &[("aria-hidden", "true")], mark).text(" ").text(verdict_word(answer.verdict));
    page.raw("</span></h1>\n").element("p", &[("class", "sentence")], &summary(answer)).raw("</header>\n");
}

fn write_one(position: usize, one: &Verified, page: &mut Markup) {
    page.raw("<section class=\"sheet\">\n").element("h2", &[("class", "who")], &one.source);
    page.raw("\n<div class=\"pair\">\n<div>");
    chain(one).draw(&format!("chain-{position}"), page);
    page.raw("</div>\n<ul class=\"notes\">\n");
    for finding in one.reasons() {
        write_finding(finding, page);
    }
    if let Some(not_direct) = one.not_direct().filter(|_| one.judgement.path.anchor.is_some()) {
        write_note("mark-doubtful", "Note", &not_direct.message, page);
    }
    if one.passes() {
        write_note("mark-good", "Pass", "A chain leads to the CA", page);
    }
    page.raw("</ul>\n</div>\n</section>\n");
}

fn write_finding(finding: &Finding, page: &mut Markup) {
    let (class, label) = match severity(finding) {
        Severity::Warning => ("label mark-doubtful", "Warning"),
        Severity::Unknown => ("label mark-doubtful", "Unknown"),
        Severity::Fault => ("label mark-bad", "Fault"),
    };
    page.raw("<li>").element("span", &[("class", class)], label).raw("<p>");
    page.text(&sentence(&finding.message)).raw(" ");
    write_code(finding.code, page);
    page.raw("</p></li>\n");
}

fn write_note(class: &'static str, label: &str, text: &str, page: &mut Markup) {
    page.raw("<li>").element("span", &[("class", &format!("label {class}"))], label);
    page.element("p", &[], &sentence(text)).raw("</li>\n");
}

fn chain(one: &Verified) -> Chain {
    let path = &one.judgement.path;
    let last = path.chain.len().saturating_sub(1);
    let mut chain = Chain::of("From the certificate to the CA");
    for (depth, certificate) in path.chain.iter().enumerate() {
        let is_anchor = path.anchor.is_some() && depth == last;
        let role = match (is_anchor, depth) {
            (true, _) => "Uploaded CA",
            (false, 0) => "Certificate",
            (false, _) => "Intermediate",
        };
        let is_fault = |f: &&Finding| {
            f.depth() == Some(depth) && severity(f) != Severity::Warning && Some(f.code) != loose_end(one)
        };
        let faults: Vec<String> = path.findings.iter().filter(is_fault).map(finding_text).collect();
        let tone = match (faults.is_empty(), is_anchor) {
            (false, _) => Tone::Bad,
            (true, true) => Tone::Good,
            (true, false) => Tone::Plain,
        };
        chain.nodes.push(Node { faults, tone, ..certificate_node(role, certificate) });
        if depth < last {
            chain.links.push(Link::holds("Signed by"));
        }
    }
    if path.anchor.is_none() {
        let why = path
            .findings
            .iter()
            .find(|f| Some(f.code) == loose_end(one))
            .map(finding_text)
            .unwrap_or_default();
        chain.links.push(Link::broken("Does not lead to the CA", why));
        chain.nodes.push(Node { tone: Tone::Faint, ..Node::plain("Uploaded CA", "not reached") });
    }
    chain
}

/// Why the chain ends before the CA: it is reported at the link that is missing.
fn loose_end(one: &Verified) -> Option<crate::reason::Code> {
    one.path().reason.filter(|_| one.judgement.path.anchor.is_none())
}

fn finding_text(finding: &Finding) -> String {
    format!("{} [{}]", sentence(&finding.message), finding.code)
}

const TITLES: [&str; 7] =
    ["#", "Common name", "Source", "Signed by the CA", "Chain", "Valid until", "Result"];

fn write_table(verified: &[Verified], page: &mut Markup) {
    page.raw("<section class=\"sheet\">\n<h2>All certificates</h2>\n");
    page.raw("<div class=\"scroll\" role=\"region\" aria-label=\"All certificates\" tabindex=\"0\">\n<table class=\"cards\" role=\"table\">\n<thead><tr role=\"row\">");
    for title in TITLES {
        page.element("th", &[("scope", "col"), ("role", "columnheader")], title);
    }
    page.raw("</tr></thead>\n<tbody>\n");
    for (position, one) in verified.iter().enumerate() {
        write_row(position, one, page);
    }
    page.raw("</tbody>\n</table>\n</div>\n</section>\n");
}

fn write_row(position: usize, one: &Verified, page: &mut Markup) {
    let certificate = &one.certificate;
    let name = Presented(certificate).name("–");
    let until = certificate.not_after_day().unwrap_or_default();
    let mark_of = |answer: Answer| {
        let (class, mark) = face(answer.verdict);
        let code = answer.reason.map_or_else(String::new, |code| format!(" {code}"));
        (class, format!("{mark}{code}"))
    };
    let verdict = one.path().verdict;
    let cells = [
        ("faint", (position + 1).to_string()),
        ("name", name),
        ("long", one.source.clone()),
        mark_of(one.direct()),
        mark_of(one.path()),
        ("faint", until),
        (face(verdict).0, verdict_word(verdict).to_owned()),
    ];
    page.raw("<tr role=\"row\">");
    for ((class, text), title) in cells.iter().zip(TITLES) {
        page.element("td", &[("role", "cell"), ("class", class), ("data-title", title)], text);
    }
    page.raw("</tr>\n");
}

fn write_cas(anchors: &[Certificate], page: &mut Markup) {
    page.raw("<section class=\"sheet\">\n<h2>Uploaded CA</h2>\n<dl>\n");
    for ca in anchors {
        let until = ca.not_after_day().unwrap_or_else(|| "?".to_owned());
        page.element("dt", &[], &ca.subject().to_string());
        page.element("dd", &[], &format!("valid until {until} · sha256 {}", ca.sha256())).raw("\n");
    }
    page.raw("</dl>\n</section>\n");
}
