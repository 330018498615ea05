//! A whole fleet as one page: three numbers, a bar for each cause that opens to ten devices and the
//! one fix, what a change would do, when certificates end. Its size does not grow with the fleet.

use super::markup::Markup;
use super::{face, print};
use crate::diagnosis::Verdict;
use crate::fleet::row::FixFacts;
use crate::fleet::summary::{AGES, Cause, EXPIRY, Example, Group, RecordedSummary, RuleSummary, Summary};
use crate::report::fleet::{grouped, in_order, name, recorded_result, records_told, share};
use crate::report::json::seconds;
use crate::rule::Rule;
use std::io;

/// Issuers told by name; the JSON has more.
const ISSUERS: usize = 20;

/// Writes the page.
pub fn fleet(summary: &Summary, rules: &[Rule]) -> io::Result<()> {
    let devices = summary.rules.first().map_or(0, |rule| rule.verdicts.all());
    let failing = summary.rules.first().map_or(0, |rule| rule.verdicts.fail);
    let title = format!("{} of {} devices fail · certposture", grouped(failing), grouped(devices));
    print(&title, Some(summary.at), |page| {
        let mut ids = 0;
        for (rule, facts) in rules.iter().zip(&summary.rules) {
            write_rule(rule, facts, summary.records.is_some(), &mut ids, page);
        }
        write_input(summary, page);
    })
}

fn write_rule(rule: &Rule, facts: &RuleSummary, has_records: bool, ids: &mut usize, page: &mut Markup) {
    page.raw("<article>\n<header class=\"verdict plain\">\n<p class=\"kind\">");
    page.text(rule.rule_type.as_str()).raw("</p>\n");
    page.element("h1", &[], rule.name.as_deref().unwrap_or("Client certificate check"));
    page.raw("\n<ul class=\"numbers\">\n");
    let all = facts.verdicts.all();
    let told = [
        (Verdict::Fail, facts.verdicts.fail, "fail"),
        (Verdict::Unknown, facts.verdicts.unknown, "unknown"),
        (Verdict::Pass, facts.verdicts.pass, "pass"),
    ];
    for (verdict, count, word) in told {
        let (class, mark) = face(verdict);
        page.raw("<li>").open("span", &[("class", &format!("number word {class}"))]);
        page.element("span", &[("aria-hidden", "true")], mark).text(" ").text(&grouped(count));
        page.raw("</span> ").element("span", &[], &format!("{word} ({})", share(count, all))).raw("</li>\n");
    }
    page.raw("</ul>\n</header>\n<section class=\"sheet\">\n<h2>Causes</h2>\n");
    for (cause, group) in in_order(facts) {
        write_cause(cause, group, all, ids, page);
    }
    page.raw("</section>\n");
    write_changes(facts, page);
    if has_records {
        write_recorded(&facts.recorded, page);
    }
    page.raw("<section class=\"sheet\">\n<h2>Certificates end within</h2>\n");
    write_columns(EXPIRY.iter().map(|(_, name)| *name).zip(facts.expiry), page);
    page.raw("</section>\n");
    write_issuers(facts, page);
    page.raw("</article>\n");
}

fn write_cause(cause: &Cause, group: &Group, all: u64, ids: &mut usize, page: &mut Markup) {
    let (class, mark) = face(cause.verdict);
    page.raw("<details class=\"cause\">\n<summary>");
    page.open("span", &[("class", &format!("count word {class}"))]);
    page.element("span", &[("aria-hidden", "true")], mark).text(" ").text(&grouped(group.count));
    page.raw("</span> ").element(
        "span",
        &[("class", "code")],
        cause.code.map_or("clean pass", |c| c.as_str()),
    );
    write_bar(class, group.count, all, page);
    page.raw("</summary>\n");
    if let Some(fix) = group.fix.as_ref().filter(|_| cause.verdict != Verdict::Pass) {
        write_fix(fix, ids, page);
    }
    page.raw("<ul class=\"devices\">\n");
    for example in &group.examples {
        write_example(example, page);
    }
    page.raw("</ul>\n");
    let more = group.count - group.examples.len() as u64;
    if more > 0 {
        page.element("p", &[("class", "below")], &format!("and {} more", grouped(more)));
    }
    page.raw("</details>\n");
}

fn write_fix(fix: &FixFacts, ids: &mut usize, page: &mut Markup) {
    page.raw("<div class=\"fix\">\n").element("p", &[], &fix.message);
    if let Some(command) = &fix.command {
        let id = format!("command-{ids}");
        *ids += 1;
        page.raw("\n<div class=\"command\">").element("pre", &[("id", &id)], command);
        page.open("button", &[("type", "button"), ("data-copies", &id), ("hidden", "")])
            .raw("Copy</button></div>");
        page.element("p", &[("class", "then")], "The command of the first device below.");
    }
    page.raw("</div>\n");
}

fn write_example(example: &Example, page: &mut Markup) {
    page.raw("<li>").element("span", &[("class", "who")], &name(example));
    if let Some(message) = &example.message {
        page.raw(" ").element("span", &[("class", "what")], message);
    }
    page.raw("</li>\n");
}

/// A bar as wide as its share, in steps of a hundredth: the page's policy allows no styles of its own.
fn write_bar(class: &'static str, count: u64, all: u64, page: &mut Markup) {
    let width = (u128::from(count) * 100).div_ceil(u128::from(all.max(1))).to_string();
    page.raw("<svg class=\"bar\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    page.open("rect", &[("class", class), ("width", &width), ("height", "4")]).raw("</rect></svg>");
}

fn write_columns<'a>(counts: impl Iterator<Item = (&'a str, u64)>, page: &mut Markup) {
    let counts: Vec<(&str, u64)> = counts.collect();
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    page.raw("<table class=\"histogram\">\n<tbody>\n");
    for (name, count) in counts {
        page.raw("<tr>").element("th", &[("scope", "row")], name);
        page.element("td", &[("class", "amount")], &grouped(count)).raw("<td>");
        write_bar("plain", count, most, page);
        page.raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n");
}

const VERDICTS: [Verdict; 3] = [Verdict::Pass, Verdict::Fail, Verdict::Unknown];

/// How many devices go from which verdict to which, and the devices that would break.
fn write_changes(facts: &RuleSummary, page: &mut Markup) {
    if facts.changes.is_empty() {
        return;
    }
    page.raw("<section class=\"sheet\">\n<h2>After the change</h2>\n<table class=\"matrix\">\n<thead><tr><td></td>");
    for then in VERDICTS {
        page.element("th", &[("scope", "col")], &format!("would {}", spoken(then)));
    }
    page.raw("</tr></thead>\n<tbody>\n");
    for now in VERDICTS {
        page.raw("<tr>").element("th", &[("scope", "row")], &format!("{} now", now.as_str()));
        for then in VERDICTS {
            let same = |t: &crate::fleet::summary::Transition| t.now.verdict == now && t.then.verdict == then;
            let count = facts.changes.iter().filter(|(t, _)| same(t)).map(|(_, group)| group.count).sum();
            let class = match (now, then) {
                _ if count == 0 || now == then => "faint",
                (Verdict::Pass, Verdict::Fail) => "bad",
                (Verdict::Fail, Verdict::Pass) => "good",
                _ => "doubtful",
            };
            page.element("td", &[("class", class)], &grouped(count));
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table>\n");
    for (transition, group) in facts.changes.iter().filter(|(t, _)| t.now.verdict != t.then.verdict) {
        let code = |cause: &Cause| cause.code.map_or("pass", |code| code.as_str());
        page.raw("<details class=\"cause\">\n<summary class=\"change\">");
        page.element("span", &[("class", "count")], &grouped(group.count)).raw(" ");
        page.element("span", &[("class", "code")], code(&transition.now)).raw(" → ");
        page.element("span", &[("class", "code")], code(&transition.then))
            .raw("</summary>\n<ul class=\"devices\">\n");
        for example in &group.examples {
            page.raw("<li>").element("span", &[("class", "who")], &name(example)).raw("</li>\n");
        }
        page.raw("</ul>\n</details>\n");
    }
    page.raw("</section>\n");
}

/// Where Cloudflare's record and the verdict differ: the devices worth a look.
fn write_recorded(recorded: &RecordedSummary, page: &mut Markup) {
    let RecordedSummary { agree, differ, open, nothing, differences } = recorded;
    page.raw("<section class=\"sheet\">\n<h2>Beside Cloudflare’s record</h2>\n");
    let told =
        [("differ", *differ), ("agree", *agree), ("cannot be compared", *open), ("no record", *nothing)];
    write_columns(told.into_iter(), page);
    for (cause, group) in differences {
        page.raw("<details class=\"cause\">\n<summary class=\"change\">");
        page.element("span", &[("class", "count")], &grouped(group.count));
        page.text(&format!(" recorded as {}, here ", recorded_result(cause)));
        let code = cause.code.filter(|_| cause.verdict != Verdict::Pass);
        page.element("span", &[("class", "code")], code.map_or(cause.verdict.as_str(), |code| code.as_str()));
        page.raw("</summary>\n<ul class=\"devices\">\n");
        for example in &group.examples {
            page.raw("<li>").element("span", &[("class", "who")], &name(example));
            if let Some(at) = example.recorded_at {
                page.raw(" ").element("span", &[("class", "what")], &format!("recorded {}", seconds(at)));
            }
            page.raw("</li>\n");
        }
        page.raw("</ul>\n</details>\n");
    }
    page.raw("</section>\n");
}

const fn spoken(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unknown => "be unknown",
    }
}

fn write_issuers(facts: &RuleSummary, page: &mut Markup) {
    let (issuers, others) = facts.issuers.most_frequent(ISSUERS);
    if issuers.is_empty() {
        return;
    }
    page.raw("<section class=\"sheet\">\n<h2>Issuers</h2>\n");
    let others = (others > 0).then_some(("others", others));
    write_columns(issuers.into_iter().chain(others), page);
    page.raw("</section>\n");
}

fn write_input(summary: &Summary, page: &mut Markup) {
    page.raw("<section class=\"sheet\">\n<h2>Age of the captures</h2>\n");
    write_columns(AGES.iter().map(|(_, name)| *name).zip(summary.ages.counts), page);
    page.raw("</section>\n");
    if let Some(counts) = summary.records {
        page.raw("<section class=\"sheet\">\n<h2>Cloudflare’s records</h2>\n");
        write_columns(records_told(counts).into_iter().map(|(count, what)| (what, count)), page);
        page.raw("</section>\n");
    }
    if summary.rejected == 0 {
        return;
    }
    page.raw("<section class=\"sheet\">\n");
    page.element(
        "h2",
        &[],
        &format!("Rejected: {} of {} lines", grouped(summary.rejected), grouped(summary.lines)),
    );
    page.raw("\n<ul class=\"devices\">\n");
    for (line, reason) in &summary.rejections {
        page.raw("<li>").element("span", &[("class", "who")], &format!("line {line}")).raw(" ");
        page.element("span", &[("class", "what")], reason).raw("</li>\n");
    }
    page.raw("</ul>\n</section>\n");
}
