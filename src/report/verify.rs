//! The answer to `verify`: a tree of each chain, a table of all certificates, or JSON.

use super::fit::{columns, room, wrap, wrap_facts, write_hanging};
use super::grid::Grid;
use super::heading::Heading;
use super::json::{self, Each};
use super::presented::Presented;
use super::style::{Style, Tone};
use super::table::verdict_word;
use crate::certificate::{Certificate, describe_key};
use crate::diagnosis::{Answer, Unread, Verdict, Verification, Verified, severity};
use crate::reason::Finding;
use crate::reason::{Code, Severity};
use crate::text::shown;
use jiff::Timestamp;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::io::{self, Write};

/// With more certificates than this, chains are drawn only on request.
pub(super) const MANY_TREES: usize = 12;

/// On a terminal, a table of more rows than this shows only those that do not pass.
const MANY_ROWS: usize = 40;

/// Writes `certposture.verify/1`, one result after the other.
pub fn json(answer: &Verification) -> io::Result<()> {
    json::print(&Document(answer))
}

struct Document<'a>(&'a Verification);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let answer = self.0;
        let mut document = serializer.serialize_map(None)?;
        let at = answer.at;
        document.serialize_entry("schema", "certposture.verify/1")?;
        document.serialize_entry("tool", &json::tool())?;
        document.serialize_entry("verdict", answer.verdict.as_str())?;
        document.serialize_entry("evaluated_at", &json::time(Some(answer.at)))?;
        document.serialize_entry("ca", &Each(&answer.cas, |ca| json::authority(ca, at)))?;
        document.serialize_entry("results", &Each(&answer.certificates, |one| result(one, at)))?;
        document.serialize_entry("unread", &Each(&answer.unread, unread))?;
        if let Some(error) = &answer.error {
            document.serialize_entry("error", error)?;
        }
        document.end()
    }
}

fn unread(unread: &Unread) -> Value {
    json!({"source": unread.source, "message": unread.why})
}

fn result(one: &Verified, at: Timestamp) -> Value {
    let path = &one.judgement.path;
    let (direct, along) = (one.direct(), one.path());
    let presented = Presented(&one.certificate);
    let mut value = json!({
        "sha256": one.certificate.sha256(),
        "source": one.source,
        "subject": presented.subject(),
        "issuer": presented.issuer(),
        "not_before": json::time(one.certificate.not_before()),
        "not_after": one.certificate.not_after_text(),
        "direct": {
            "status": direct.verdict.as_str(),
            "reason": direct.reason.map(Code::as_str),
        },
        "path": {
            "status": along.verdict.as_str(),
            "reason": along.reason.map(Code::as_str),
            "chain": path.chain.iter().map(Certificate::sha256).collect::<Vec<_>>(),
        },
        "reasons": one.reasons().map(|finding| json!({
            "code": finding.code.as_str(),
            "severity": if severity(finding) == Severity::Warning { "warning" } else { "fault" },
            "message": finding.message,
            "url": finding.code.url(),
            "certificate": finding.depth().and_then(|depth| path.chain.get(depth)).map(Certificate::sha256),
        })).collect::<Vec<_>>(),
    });
    json::add_derived(&mut value, &one.certificate, at);
    value
}

/// Writes the trees, the table and the count.
pub fn table(answer: &Verification, style: &Style) -> io::Result<()> {
    let mut output = io::BufWriter::with_capacity(1 << 16, anstream::AutoStream::always(io::stdout().lock()));
    let (tone, word) = verdict_face(answer.verdict);
    let word = style.paint(tone, word);
    if style.quiet {
        writeln!(output, "{word}")?;
        return output.flush();
    }
    if answer.error.is_none() {
        write_evidence(&mut output, answer, style)?;
    }
    writeln!(output, "{word}  {}", summary(answer))?;
    output.flush()
}

fn write_evidence(output: &mut impl Write, answer: &Verification, style: &Style) -> io::Result<()> {
    let verified = &answer.certificates;
    if verified.len() <= MANY_TREES || style.verbose {
        for one in verified {
            write_tree(output, one, style)?;
            writeln!(output)?;
        }
    }
    write_table(output, verified, style)?;
    writeln!(output)?;
    write_cas(output, &answer.cas, style)
}

/// The word of a verdict, and its tone.
pub(super) fn verdict_face(verdict: Verdict) -> (Tone, &'static str) {
    let tone = match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Fail => Tone::Bad,
        Verdict::Unknown => Tone::Doubtful,
    };
    (tone, verdict_word(verdict))
}

/// What stands beside the verdict.
pub(super) fn summary(answer: &Verification) -> String {
    if let Some(error) = &answer.error {
        return error.clone();
    }
    let (all, passing) = (answer.certificates.len(), answer.passing());
    let told = match all {
        0 => "There is no certificate to verify.".to_owned(),
        1 if passing == 1 => "The certificate has a chain to the CA.".to_owned(),
        1 if answer.certificates[0].path().verdict == Verdict::Unknown => {
            "Whether the certificate has a valid chain to the CA cannot be told here.".to_owned()
        }
        1 => "The certificate has no valid chain to the CA.".to_owned(),
        _ => format!("{passing} of {all} certificates have a valid chain to the CA."),
    };
    match answer.unread.len() {
        0 => told,
        1 => format!("{told} One file or store could not be read."),
        more => format!("{told} {more} files or stores could not be read."),
    }
}

fn write_cas(output: &mut impl Write, anchors: &[Certificate], style: &Style) -> io::Result<()> {
    const HEAD: &str = "CA    ";
    for ca in anchors {
        let until = ca.not_after_day().unwrap_or_else(|| "?".to_owned());
        let facts = [
            shown(&ca.subject().to_string()).into_owned(),
            format!("valid until {until}"),
            format!("sha256 {}{}", &ca.sha256()[..8], style.ellipsis()),
        ];
        write_hanging(output, HEAD, "      ", &facts_lines(&facts, HEAD.len(), style))?;
    }
    Ok(())
}

fn facts_lines(facts: &[String], indent: usize, style: &Style) -> Vec<String> {
    wrap_facts(facts, &format!(" {} ", style.dot()), room(style, indent))
}

/// The chain from the certificate to the anchor, each step's faults under it.
fn write_tree(output: &mut impl Write, one: &Verified, style: &Style) -> io::Result<()> {
    writeln!(output, "{}", style.paint(Tone::Strong, &shown(&one.source)))?;
    let path = &one.judgement.path;
    let (branch, bar) = if style.unicode { ("└─ ", "│  ") } else { ("`- ", "|  ") };
    let continues = |depth: usize| depth + 1 < path.chain.len() || path.anchor.is_none();
    for (depth, certificate) in path.chain.iter().enumerate() {
        let findings: Vec<&Finding> =
            path.findings.iter().filter(|finding| finding.depth() == Some(depth)).collect();
        let (tone, mark) = mark(&findings, style);
        let under = format!("{}{}", "   ".repeat(depth), if continues(depth) { bar } else { "   " });
        let head = branch_to(depth, branch);
        let indent = columns(&head) + columns(mark) + 1;
        let mut lines = facts_lines(&describe(certificate, one, depth), indent, style).into_iter();
        let first = lines.next().unwrap_or_default();
        writeln!(output, "{head}{} {first}", style.paint(tone, mark))?;
        for line in lines {
            writeln!(output, "{under}{line}")?;
        }
        for finding in findings {
            write_finding(output, &under, finding, style)?;
        }
        if let Some(not_direct) = one.not_direct().filter(|_| depth == 0) {
            write_finding(output, &under, &not_direct, style)?;
        }
    }
    if path.anchor.is_none() {
        write_loose_end(output, one, branch, style)?;
    }
    Ok(())
}

fn branch_to(depth: usize, branch: &str) -> String {
    depth.checked_sub(1).map_or_else(String::new, |above| format!("{}{branch}", "   ".repeat(above)))
}

/// What stands where the next certificate would.
fn write_loose_end(output: &mut impl Write, one: &Verified, branch: &str, style: &Style) -> io::Result<()> {
    let path = &one.judgement.path;
    let depth = path.chain.len();
    let Some(top) = path.chain.last().filter(|top| top.outline().is_ok()) else { return Ok(()) };
    let (mark, issuer) = (style.paint(Tone::Bad, style.no()), top.issuer().to_string());
    let why = if top.is_self_issued() { "a root, but not the CA" } else { "no way from here to the CA" };
    let head = format!("{}{mark} ", branch_to(depth, branch));
    let indent = columns(&branch_to(depth, branch)) + columns(style.no()) + 1;
    let facts = [shown(&issuer).into_owned(), why.to_owned()];
    write_hanging(output, &head, &" ".repeat(indent), &facts_lines(&facts, indent, style))?;
    for finding in path.findings.iter().filter(|finding| finding.depth() >= Some(depth)) {
        write_finding(output, &"   ".repeat(depth + 1), finding, style)?;
    }
    Ok(())
}

fn write_finding(output: &mut impl Write, under: &str, finding: &Finding, style: &Style) -> io::Result<()> {
    let told = format!("{}. [{}]", finding.message, finding.code);
    write_hanging(output, under, under, &wrap(&told, room(style, columns(under))))
}

fn mark(findings: &[&Finding], style: &Style) -> (Tone, &'static str) {
    if findings.is_empty() {
        (Tone::Good, style.yes())
    } else if findings.iter().all(|finding| severity(finding) == Severity::Warning) {
        (Tone::Doubtful, "!")
    } else {
        (Tone::Bad, style.no())
    }
}

fn describe(certificate: &Certificate, one: &Verified, depth: usize) -> Vec<String> {
    if Presented(certificate).problem().is_some() {
        return vec![Presented(certificate).name("")];
    }
    let path = &one.judgement.path;
    let is_anchor = path.anchor.is_some() && depth + 1 == path.chain.len();
    let role = if is_anchor {
        "the CA"
    } else if depth > 0 {
        "intermediate"
    } else {
        "certificate"
    };
    let until = certificate.not_after_day().unwrap_or_else(|| "?".to_owned());
    vec![
        shown(&certificate.subject().to_string()).into_owned(),
        role.to_owned(),
        describe_key(certificate.spki()),
        format!("valid until {until}"),
    ]
}

fn write_table(output: &mut impl Write, verified: &[Verified], style: &Style) -> io::Result<()> {
    let is_long = verified.len() > MANY_ROWS && style.width.is_some() && !style.verbose;
    let mut rows: Vec<(usize, &Verified)> = verified.iter().enumerate().collect();
    if is_long {
        rows.retain(|(_, one)| !one.passes());
        rows.truncate(MANY_ROWS);
    }
    if !rows.is_empty() {
        let mut grid = Grid::new(style, &HEADER, rows.len());
        for (position, one) in &rows {
            add_row(&mut grid, *position, one, style);
        }
        grid.write(output)?;
    }
    if rows.len() < verified.len() {
        writeln!(output, "{} certificates not shown; -v shows all.", verified.len() - rows.len())?;
    }
    Ok(())
}

const HEADER: [Heading; 7] = [
    Heading::fact("#"),
    Heading::subject("Common name"),
    Heading::name("Source"),
    Heading::fact("Signed by\nthe CA"),
    Heading::fact("Chain"),
    Heading::fact("Valid until"),
    Heading::fact("Result"),
];

fn add_row(grid: &mut Grid<'_>, position: usize, one: &Verified, style: &Style) {
    let certificate = &one.certificate;
    let name = Presented(certificate).name(style.none());
    let direct = match one.direct() {
        // Only one of the two rule types asks for it.
        answer @ Answer { reason: Some(Code::IssuedByIntermediate), .. } => {
            (Tone::Doubtful, answer_text(answer, style))
        }
        answer => (verdict_face(answer.verdict).0, answer_text(answer, style)),
    };
    let path = one.path();
    let (tone, result) = verdict_face(path.verdict);
    let until = certificate.not_after_day().unwrap_or_default();
    grid.cell(Tone::Faint, &(position + 1).to_string());
    grid.cell(Tone::Plain, &name);
    grid.cell(Tone::Plain, &shown(&one.source));
    grid.cell(direct.0, &direct.1);
    grid.cell(tone, &answer_text(path, style));
    grid.cell(Tone::Plain, &until);
    grid.cell(tone, result);
}

fn answer_text(answer: Answer, style: &Style) -> String {
    let mark = match answer.verdict {
        Verdict::Pass => return style.yes().to_owned(),
        Verdict::Fail => style.no(),
        Verdict::Unknown => "?",
    };
    answer.reason.map_or_else(|| mark.to_owned(), |code| format!("{mark} {code}"))
}
