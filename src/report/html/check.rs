//! One answer of `check`: the verdict, the chain, the cure, the evidence.

use super::chain::{Chain, Link, Node};
use super::face;
use super::markup::Markup;
use crate::certificate::Certificate;
use crate::device::Client;
use crate::diagnosis::{Diagnosis, Examined, Fix, Reason, Step, StepName, StepStatus, Verdict};
use crate::reason::{Code, Severity};
use crate::report::heading::ColumnKind;
use crate::report::style::{Style, Tone};
use crate::report::table::{
    self, common_name, counted, other_type_text, pass_text, sentence, store_kind, verdict_word,
};
use crate::report::{detail, gist, warp_diag};
use crate::store::Status;

/// The title of a page that tells of this answer.
pub(super) fn title(answer: &Diagnosis) -> String {
    format!("{} · {} · certposture", verdict_word(answer.verdict), common_name(answer))
}

/// Writes the answer; `position` makes its identifiers unique.
pub(super) fn write(position: usize, answer: &Diagnosis, style: &Style, page: &mut Markup) {
    let heading = format!("verdict-{position}");
    page.open("article", &[("aria-labelledby", &heading)]).raw("\n");
    write_verdict(&heading, answer, page);
    let examined = depicted(answer);
    // In this order in a narrow window; in a wide one the picture stands to the left of both.
    page.raw("<div class=\"columns\">\n");
    write_fixes(position, answer, page);
    page.raw("<section class=\"sheet picture\">\n<h2>From the rule to the CA</h2>\n");
    chain(answer, examined).draw(&format!("chain-{position}"), page);
    page.raw("</section>\n<div class=\"stack\">\n");
    write_notes(answer, page);
    write_client(answer, page);
    write_facts(answer, page);
    page.raw("</div>\n</div>\n");
    write_table(answer, style, page);
    if let Some(examined) = examined {
        write_details(answer, examined, page);
        write_steps(examined, page);
    }
    page.raw("</article>\n");
}

fn write_verdict(heading: &str, answer: &Diagnosis, page: &mut Markup) {
    let (class, mark) = face(answer.verdict);
    let kind = format!("Client certificate check · {} · {}", answer.rule.rule_type, store_kind(answer));
    page.open("header", &[("class", &format!("verdict {class}"))]);
    page.element("p", &[("class", "kind")], &kind);
    page.element("p", &[("class", "kind")], &device(answer).join(" · "));
    page.open("h1", &[("id", heading)]);
    page.open("span", &[("class", &format!("word {class}"))]);
    page.element("span", &[("aria-hidden", "true")], mark).text(" ").text(verdict_word(answer.verdict));
    page.raw("</span> ").element("span", &[("class", "who")], &common_name(answer)).raw("</h1>\n");
    page.open("p", &[("class", "sentence")]);
    match main_reason(answer) {
        Some(reason) => {
            page.text(&sentence(&reason.finding.message)).raw(" ");
            write_code(reason.finding.code, page);
        }
        None => {
            page.text(&pass_text(answer));
        }
    }
    page.raw("</p>\n").element("p", &[("class", "other")], &other_type_text(answer)).raw("</header>\n");
}

/// Whose answer it is, and of when.
fn device(answer: &Diagnosis) -> Vec<String> {
    let name = answer.device.host_names.own().map(|name| format!("device {name}"));
    let client = answer.client.as_ref().map(|client| match client {
        Client::Installed { version } => format!("client {version}"),
        Client::NotFound => "no client installed".to_owned(),
    });
    vec![
        name.unwrap_or_else(|| "device not known".to_owned()),
        table::system_of(answer).to_string(),
        client.unwrap_or_else(|| "client not known".to_owned()),
        answer.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    ]
}

pub(super) fn write_code(code: Code, page: &mut Markup) {
    page.element("span", &[("class", "code")], code.as_str());
}

/// The reason that is reported beside the verdict.
fn main_reason(answer: &Diagnosis) -> Option<&Reason> {
    answer.reasons.first().filter(|_| answer.verdict != Verdict::Pass)
}

/// The certificate that the answer is about: the one that passes, or that the reasons name.
fn depicted(answer: &Diagnosis) -> Option<&Examined> {
    if answer.verdict == Verdict::Pass {
        return answer.certificates.iter().find(|examined| examined.passes());
    }
    let named = answer.reasons.iter().filter_map(|reason| reason.finding.certificate());
    let with = |sha256: &str| {
        let same = answer.certificates.iter().filter(|c| c.stored.certificate.sha256() == sha256);
        same.min_by_key(|examined| !examined.searched)
    };
    // Where the verdict is open, the one that the look-up finds is what it is open about.
    let found = || answer.certificates.iter().find(|examined| examined.searched && examined.returned);
    named.filter_map(with).next().or_else(|| (answer.verdict == Verdict::Unknown).then(found).flatten())
}

/// The rule's name, the certificate found by it, its issuers, the uploaded CA.
fn chain(answer: &Diagnosis, examined: Option<&Examined>) -> Chain {
    let mut chain = Chain::of("From the rule's name to the uploaded CA");
    chain.nodes.push(Node::plain("The rule asks for", &common_name(answer)));
    let Some(examined) = examined else {
        // The sentence stands above.
        let why = main_reason(answer).map(|reason| format!("[{}]", reason.finding.code)).unwrap_or_default();
        let (link, tone, name) = match answer.verdict {
            Verdict::Unknown => (Link::open("Not known", why), Tone::Doubtful, "cannot be told"),
            Verdict::Pass | Verdict::Fail => (Link::broken("Not found", why), Tone::Faint, "none that fits"),
        };
        chain.links.push(link);
        chain.nodes.push(Node { tone, ..Node::plain("Client certificate", name) });
        return chain;
    };
    chain.links.push(lookup_link(answer, examined));
    chain.nodes.push(leaf_node(answer, examined));
    let issuers = examined.chain.iter().skip(1);
    for issuer in issuers {
        chain.links.push(Link::holds("Signed by"));
        chain.nodes.push(issuer_node(answer, issuer));
    }
    mend_or_break(answer, examined, &mut chain);
    chain
}

fn lookup_link(answer: &Diagnosis, examined: &Examined) -> Link {
    let stopping = examined
        .steps
        .iter()
        .find(|s| matches!(s.step, StepName::Lookup | StepName::Name) && s.status.stops());
    match stopping {
        None => Link::holds("Found by the look-up"),
        Some(step) => Link::stopping("Not found by the look-up", "Not known", step, answer),
    }
}

fn leaf_node(answer: &Diagnosis, examined: &Examined) -> Node {
    let certificate = &examined.stored.certificate;
    let own = |step: &&Step| {
        let about_chain =
            matches!(step.step, StepName::Lookup | StepName::Name | StepName::Signature | StepName::Path);
        !about_chain && step.status.stops()
    };
    let stopping: Vec<&Step> = examined.steps.iter().filter(own).collect();
    let tone = if stopping.is_empty() {
        Tone::Good
    } else if stopping.iter().all(|step| step.status == StepStatus::Unknown) {
        Tone::Doubtful
    } else {
        Tone::Bad
    };
    let faults = stopping.into_iter().map(|step| step_text(step, answer)).collect();
    let role = if certificate.claims_to_be_ca() { "Certificate of a CA" } else { "Client certificate" };
    Node { faults, tone, ..certificate_node(role, certificate) }
}

fn issuer_node(answer: &Diagnosis, issuer: &Certificate) -> Node {
    let uploaded = answer.cas.cas.iter().any(|ca| ca.certificate == *issuer);
    let role = match (uploaded, issuer.is_self_issued()) {
        (true, _) => "Uploaded CA",
        (false, true) if answer.cas.cas.is_empty() => "Root CA",
        (false, true) => "Another root CA",
        (false, false) => "Intermediate",
    };
    Node { tone: if uploaded { Tone::Good } else { Tone::Plain }, ..certificate_node(role, issuer) }
}

pub(super) fn certificate_node(role: &str, certificate: &Certificate) -> Node {
    let subject = certificate.subject();
    let name = subject.bounded_common_name().unwrap_or_else(|| subject.to_string());
    let until = certificate.not_after_day().unwrap_or_else(|| "?".to_owned());
    let fingerprint = certificate.sha256().get(..16).unwrap_or_default();
    Node {
        details: vec![format!("valid until {until} · sha256 {fingerprint}…")], ..Node::plain(role, &name)
    }
}

/// Where the chain to the uploaded CA does not hold, its last link says why; a chain that does not
/// lead there gets the CA as a card that stands apart.
fn mend_or_break(answer: &Diagnosis, examined: &Examined, chain: &mut Chain) {
    let stopping = examined
        .steps
        .iter()
        .find(|s| matches!(s.step, StepName::Signature | StepName::Path) && s.status.stops());
    let is_uploaded = |last: &Certificate| answer.cas.cas.iter().any(|ca| ca.certificate == *last);
    let arrives = examined.chain.last().is_some_and(is_uploaded);
    if !arrives {
        let caption = "Does not lead to the uploaded CA";
        chain.links.push(match stopping {
            Some(step) => Link::stopping(caption, "Cannot be told", step, answer),
            None if answer.cas.cas.is_empty() => Link::open("Cannot be told", String::new()),
            None => Link::broken(caption, String::new()),
        });
        chain.nodes.push(match answer.cas.cas.first() {
            Some(ca) => certificate_node("Uploaded CA", &ca.certificate),
            None => Node { tone: Tone::Doubtful, ..Node::plain("Uploaded CA", "not known") },
        });
    } else if let (Some(step), Some(link)) = (stopping, chain.links.last_mut()) {
        *link = Link::stopping("Not accepted", "Cannot be told", step, answer);
    }
}

impl Link {
    /// One that a step stops: it is broken, or open where the step cannot be determined.
    fn stopping(broken: &str, open: &str, step: &Step, answer: &Diagnosis) -> Self {
        let why = step_text(step, answer);
        if step.status == StepStatus::Unknown { Self::open(open, why) } else { Self::broken(broken, why) }
    }
}

/// A step's message and code; of the reason that stands at the top, the code alone.
fn step_text(step: &Step, answer: &Diagnosis) -> String {
    let is_told = |code| main_reason(answer).is_some_and(|reason| reason.finding.code == code);
    match step.code {
        Some(code) if is_told(code) => format!("[{code}]"),
        Some(code) => format!("{} [{code}]", sentence(&step.message)),
        None => sentence(&step.message),
    }
}

fn write_fixes(position: usize, answer: &Diagnosis, page: &mut Markup) {
    if answer.fixes.is_empty() {
        return;
    }
    page.raw("<section class=\"sheet\">\n<h2>How to fix it</h2>\n");
    for (number, fix) in answer.fixes.iter().enumerate() {
        write_fix(&format!("command-{position}-{number}"), fix, page);
    }
    if answer.verdict == Verdict::Fail && answer.fixes.first().is_some_and(Fix::is_enough) {
        page.element("p", &[("class", "then")], &table::next_check(answer));
    }
    page.raw("</section>\n");
}

fn write_fix(id: &str, fix: &Fix, page: &mut Markup) {
    page.open("div", &[("class", "fix")]);
    page.raw("<p>").text(&sentence(&fix.message)).raw(" ");
    write_code(fix.code, page);
    page.raw("</p>\n");
    if let Some(command) = &fix.command {
        page.raw("<div class=\"command\">").open("pre", &[]);
        page.element("code", &[("id", id)], command).raw("</pre>");
        let label = format!("Copy the command for {}", fix.code);
        page.open(
            "button",
            &[("type", "button"), ("data-copies", id), ("aria-label", &label), ("hidden", "")],
        );
        page.raw("Copy</button></div>\n");
    }
    if let Some(then) = table::then_text(fix) {
        page.element("p", &[("class", "then")], &format!("Then: {then}"));
    }
    page.raw("</div>\n");
}

/// What the client itself says, where its archive was given.
fn write_client(answer: &Diagnosis, page: &mut Markup) {
    let Some(diag) = &answer.warp_diag else { return };
    page.raw("<section class=\"sheet\">\n<h2>The client itself (warp-diag)</h2>\n");
    page.element("p", &[("class", "below")], &warp_diag::facts(diag).join(" · "));
    page.open("pre", &[]).text(&warp_diag::lines(diag).join("\n")).close("pre").raw("\n</section>\n");
}

/// The reasons besides the one that stands at the top.
fn write_notes(answer: &Diagnosis, page: &mut Markup) {
    let main = main_reason(answer);
    let others: Vec<&Reason> = answer.reasons.iter().filter(|reason| main != Some(*reason)).collect();
    if others.is_empty() {
        return;
    }
    page.raw("<section class=\"sheet\">\n<h2>Also worth knowing</h2>\n<ul class=\"notes\">\n");
    for reason in others {
        let (class, label) = match reason.severity {
            Severity::Warning => ("label mark-doubtful", "Warning"),
            Severity::Fault => ("label mark-bad", "Fault"),
            Severity::Unknown => ("label mark-doubtful", "Unknown"),
        };
        page.raw("<li>").element("span", &[("class", class)], label).raw("<p>");
        page.text(&sentence(&reason.finding.message)).raw(" ");
        write_code(reason.finding.code, page);
        page.raw("</p></li>\n");
    }
    page.raw("</ul>\n</section>\n");
}

/// As on a terminal: with many certificates only those that matter.
fn write_table(answer: &Diagnosis, style: &Style, page: &mut Markup) {
    let (rows, left_out) = table::rows(answer, style);
    if rows.is_empty() && left_out == 0 {
        return;
    }
    let columns = table::columns(answer, &rows);
    page.raw("<section class=\"sheet\">\n<h2>Certificates</h2>\n");
    page.raw("<div class=\"scroll\" role=\"region\" aria-label=\"Certificates\" tabindex=\"0\">\n<table class=\"cards\" role=\"table\">\n<thead><tr role=\"row\">");
    for column in &columns {
        page.element("th", &[("scope", "col"), ("role", "columnheader")], &column.heading.line());
    }
    page.raw("</tr></thead>\n<tbody>\n");
    for examined in rows {
        // What has nothing to do with the rule's name, such as a CA, stands back.
        let class = if table::is_relevant(examined) { "" } else { "dim" };
        page.open("tr", &[("role", "row"), ("class", class)]);
        for column in &columns {
            let (tone, text) = (column.cell)(answer, examined, style);
            let class = cell_class(column.heading.kind, tone);
            let title = column.heading.line();
            page.element("td", &[("role", "cell"), ("class", class), ("data-title", &title)], &text);
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table>\n</div>\n");
    if left_out > 0 {
        let text = format!(
            "{} of other devices not shown; certposture check -v --format html shows all.",
            counted(left_out, "certificate")
        );
        page.element("p", &[("class", "below")], &text);
    }
    page.raw("</section>\n");
}

fn cell_class(kind: ColumnKind, tone: Tone) -> &'static str {
    match (kind, tone) {
        (ColumnKind::Subject, _) => "name",
        (_, Tone::Good) => "good",
        (_, Tone::Bad) => "bad",
        (_, Tone::Doubtful) => "doubtful",
        (_, Tone::Faint) => "faint",
        (_, Tone::Plain | Tone::Strong | Tone::Command) => "long",
    }
}

/// What tells the certificate from others elsewhere.
fn write_details(answer: &Diagnosis, examined: &Examined, page: &mut Markup) {
    let certificate = &examined.stored.certificate;
    page.raw("<section class=\"sheet\">\n<h2>The certificate</h2>\n<dl>\n");
    fact("Subject", &certificate.subject().to_string(), page);
    fact("SHA-256", certificate.sha256(), page);
    for (name, facts) in detail::of(&examined.spec, gist::system_of(answer, examined), certificate) {
        fact(name, &facts.join(", "), page);
    }
    page.raw("</dl>\n</section>\n");
}

fn write_steps(examined: &Examined, page: &mut Markup) {
    page.raw("<section class=\"sheet\">\n<h2>Step by step</h2>\n");
    page.raw(
        "<div class=\"scroll\" role=\"region\" aria-label=\"Steps\" tabindex=\"0\">\n<table class=\"cards\" role=\"table\">\n<caption>",
    );
    page.text(&examined.stored.certificate.subject().to_string())
        .text(" · ")
        .text(&examined.spec.to_string());
    page.raw("</caption>\n<thead><tr role=\"row\"><th scope=\"col\" role=\"columnheader\">Step</th>");
    page.raw("<th scope=\"col\" role=\"columnheader\">Outcome</th>");
    page.raw("<th scope=\"col\" role=\"columnheader\">What was seen</th></tr></thead>\n<tbody>\n");
    for step in &examined.steps {
        let (class, word) = outcome(step.status);
        page.raw("<tr role=\"row\">");
        page.element("th", &[("scope", "row"), ("role", "rowheader")], spoken(step.step));
        page.element("td", &[("role", "cell"), ("class", class)], word);
        page.open("td", &[("role", "cell"), ("class", "long")]);
        page.text(&sentence(&step.message));
        if let Some(code) = step.code {
            page.raw(" ");
            write_code(code, page);
        }
        page.raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n</div>\n</section>\n");
}

const fn outcome(status: StepStatus) -> (&'static str, &'static str) {
    match status {
        StepStatus::Pass => ("good", "✓ pass"),
        StepStatus::Fail => ("bad", "✗ fail"),
        StepStatus::Warn => ("doubtful", "! warning"),
        StepStatus::Unknown => ("doubtful", "? unknown"),
        StepStatus::Skip => ("faint", "– not asked"),
    }
}

const fn spoken(step: StepName) -> &'static str {
    match step {
        StepName::Lookup => "Look-up",
        StepName::Name => "Name",
        StepName::Signature => "Signature",
        StepName::Path => "Path to the CA",
        StepName::Validity => "Validity",
        StepName::ExtendedKeyUsage => "Extended key usage",
        StepName::PrivateKey => "Private key",
        StepName::SubjectAlternativeName => "Subject alternative name",
    }
}

/// What was asked and where it was looked for.
fn write_facts(answer: &Diagnosis, page: &mut Markup) {
    page.raw("<section class=\"sheet\">\n<h2>What was checked</h2>\n<dl>\n");
    if let Some(name) = &answer.rule.name {
        fact("Rule", name, page);
    }
    if let Some(id) = &answer.rule.id {
        fact("Rule ID", id, page);
    }
    fact("Common name", &common_name(answer), page);
    let assumed = if answer.rule.type_assumed { " (assumed: none was given)" } else { "" };
    fact("Rule type", &format!("{}{assumed}", answer.rule.rule_type), page);
    for ca in &answer.cas.cas {
        let certificate = &ca.certificate;
        let text = format!("{} · sha256 {}", certificate.subject(), certificate.sha256());
        fact("Uploaded CA", &text, page);
    }
    for store in &answer.stores {
        let name = if store.searched { "Searched" } else { "Also read" };
        let count = match store.status {
            Status::Read => counted(store.certificates, "certificate"),
            other => other.to_string(),
        };
        let role = table::stands_for(store).map_or_else(String::new, |role| format!(" · {role}"));
        fact(name, &format!("{} · {count}{role}", store.spec), page);
    }
    if let Some(client) = &answer.client {
        fact("Client", &table::client_facts(client, answer).join(" · "), page);
    }
    for (_, lookup) in answer.lookups.iter().filter(|(_, lookup)| !lookup.command.is_empty()) {
        page.raw("<dt>Documented look-up</dt><dd>").element("code", &[], &lookup.command).raw("</dd>\n");
    }
    page.raw("</dl>\n</section>\n");
}

fn fact(name: &str, value: &str, page: &mut Markup) {
    page.element("dt", &[], name).element("dd", &[], value).raw("\n");
}
