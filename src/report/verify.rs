//! The answer to `verify`: a tree of each chain, a table of all certificates, or JSON.

use super::fit::{columns, room, wrap, wrap_facts, write_hanging};
use super::grid::Grid;
use super::json;
use super::style::{Style, Tone};
use crate::certificate::{Certificate, describe_key};
use crate::reason::{Code, Severity};
use crate::rule::RuleType;
use crate::text::shown;
use crate::verification::{Finding, Judgement};
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::io::{self, Write};

/// With more certificates than this, chains are drawn only on request.
pub(super) const MANY_TREES: usize = 12;

/// On a terminal, a table of more rows than this shows only those that do not pass.
const MANY_ROWS: usize = 40;

/// A certificate that was judged.
#[derive(Debug)]
pub struct Verified {
    pub certificate: Certificate,
    /// The file or store it came from.
    pub source: String,
    pub judgement: Judgement,
}

impl Verified {
    pub(super) fn passes(&self) -> bool {
        self.judgement.path.passes()
    }

    /// Why the uploaded CA is not the direct issuer.
    pub(super) fn direct_fault(&self) -> Option<Code> {
        let direct = &self.judgement.direct;
        if direct.passes() {
            None
        } else if self.judgement.is_by_intermediate() {
            Some(Code::IssuedByIntermediate)
        } else {
            first_fault(&direct.findings).or_else(|| direct.findings.first().map(|finding| finding.code))
        }
    }

    /// Issuer and key identifiers beside the CA's, where the CA is not the direct issuer and no finding of
    /// the chain says as much.
    pub(super) fn not_direct(&self) -> Option<Finding> {
        let Judgement { direct, path } = &self.judgement;
        let finding = direct.findings.first()?;
        let is_told = path.findings.iter().any(|other| other.code == finding.code);
        self.direct_fault().filter(|_| !is_told).map(|code| Finding { code, ..finding.clone() })
    }

    pub(super) fn path_fault(&self) -> Option<Code> {
        if self.passes() { None } else { first_fault(&self.judgement.path.findings) }
    }

    /// What was found along the chain; then what only the direct answer says, unless the chain passes.
    pub(super) fn reasons(&self) -> impl Iterator<Item = &Finding> {
        let path = &self.judgement.path.findings;
        let direct = self.judgement.direct.findings.iter().filter(|_| self.judgement.path.anchor.is_none());
        path.iter().chain(direct.filter(|finding| path.iter().all(|other| other.code != finding.code)))
    }
}

pub(super) fn severity(finding: &Finding) -> Severity {
    finding.code.severity(RuleType::ClientCertificate)
}

fn first_fault(findings: &[Finding]) -> Option<Code> {
    findings.iter().find(|finding| severity(finding) != Severity::Warning).map(|finding| finding.code)
}

/// Writes `certposture.verify/1`, one result after the other.
/// `error` says why nothing could be judged.
pub fn json(verified: &[Verified], error: Option<&str>) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: &'static str,
        #[serde(serialize_with = "results")]
        results: &'a [Verified],
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a str>,
    }
    json::print(&Document { schema: "certposture.verify/1", results: verified, error })
}

fn results<S: Serializer>(verified: &&[Verified], serializer: S) -> Result<S::Ok, S::Error> {
    let mut results = serializer.serialize_seq(Some(verified.len()))?;
    for one in *verified {
        results.serialize_element(&value(one))?;
    }
    results.end()
}

fn value(one: &Verified) -> Value {
    let Judgement { direct, path } = &one.judgement;
    let status = |passes: bool| if passes { "pass" } else { "fail" };
    let readable = one.certificate.outline().is_ok();
    json!({
        "sha256": one.certificate.sha256(),
        "source": one.source,
        "subject": readable.then(|| one.certificate.subject().to_string()),
        "issuer": readable.then(|| one.certificate.issuer().to_string()),
        "direct": {
            "status": status(direct.passes()),
            "reason": one.direct_fault().map(Code::as_str),
        },
        "path": {
            "status": status(path.passes()),
            "reason": one.path_fault().map(Code::as_str),
            "chain": path.chain.iter().map(Certificate::sha256).collect::<Vec<_>>(),
        },
        "reasons": one.reasons().map(|finding| json!({
            "code": finding.code.as_str(),
            "severity": if severity(finding) == Severity::Warning { "warning" } else { "fault" },
            "message": finding.message,
            "certificate": path.chain.get(finding.depth).map(Certificate::sha256),
        })).collect::<Vec<_>>(),
    })
}

/// Writes the trees, the table and the count. Not everything that was given could be read, unless
/// `is_complete`.
pub fn table(
    anchors: &[Certificate],
    verified: &[Verified],
    is_complete: bool,
    style: &Style,
) -> io::Result<()> {
    let mut output = io::BufWriter::with_capacity(1 << 16, anstream::AutoStream::always(io::stdout().lock()));
    let failing = verified.iter().filter(|one| !one.passes()).count();
    if !style.quiet {
        if verified.len() <= MANY_TREES || style.verbose {
            for one in verified {
                write_tree(&mut output, one, style)?;
                writeln!(output)?;
            }
        }
        write_table(&mut output, verified, style)?;
        writeln!(output)?;
        write_cas(&mut output, anchors, style)?;
    }
    let passes = failing == 0 && !verified.is_empty();
    let (tone, word) = match (passes, is_complete) {
        (true, true) => (Tone::Good, "PASS"),
        _ if failing > 0 => (Tone::Bad, "FAIL"),
        _ => (Tone::Doubtful, "CANNOT TELL"),
    };
    let word = style.paint(tone, word);
    match (style.quiet, verified.len()) {
        (true, _) => writeln!(output, "{word}")?,
        (false, 0) => writeln!(output, "{word}  There is no certificate to verify.")?,
        (false, 1) if passes => writeln!(output, "{word}  The certificate has a chain to the CA.")?,
        (false, 1) => writeln!(output, "{word}  The certificate has no valid chain to the CA.")?,
        (false, all) => {
            writeln!(
                output,
                "{word}  {} of {all} certificates have a valid chain to the CA.",
                all - failing
            )?;
        }
    }
    output.flush()
}

fn write_cas(output: &mut impl Write, anchors: &[Certificate], style: &Style) -> io::Result<()> {
    const HEAD: &str = "CA    ";
    for ca in anchors {
        let until = ca.not_after().map_or("?".to_owned(), |t| t.strftime("%Y-%m-%d").to_string());
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
        let findings: Vec<&Finding> = path.findings.iter().filter(|finding| finding.depth == depth).collect();
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
    for finding in path.findings.iter().filter(|finding| finding.depth >= depth) {
        write_finding(output, &"   ".repeat(depth + 1), finding, style)?;
    }
    Ok(())
}

fn write_finding(output: &mut impl Write, under: &str, finding: &Finding, style: &Style) -> io::Result<()> {
    let told = format!("{} [{}]", finding.message, finding.code);
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
    if let Err(why) = certificate.outline() {
        return vec![format!("(unreadable: {why})")];
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
    let until = certificate.not_after().map_or("?".to_owned(), |t| t.strftime("%Y-%m-%d").to_string());
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

const HEADER: [&str; 7] =
    ["#", "Common name", "Source", "Signed by\nthe CA", "Chain", "Valid until", "Result"];

fn add_row(grid: &mut Grid<'_>, position: usize, one: &Verified, style: &Style) {
    let certificate = &one.certificate;
    let name = match certificate.outline() {
        Err(_) => "(unreadable)".to_owned(),
        Ok(_) => certificate
            .subject()
            .common_name()
            .map_or_else(|| style.none().to_owned(), |name| shown(&name).into_owned()),
    };
    let verdict = |fault: Option<Code>| match fault {
        None => (Tone::Good, style.yes().to_owned()),
        Some(code) => (Tone::Bad, format!("{} {code}", style.no())),
    };
    let (direct_tone, direct) = match one.direct_fault() {
        // Only one of the two rule types asks for it.
        Some(code @ Code::IssuedByIntermediate) => (Tone::Doubtful, format!("{} {code}", style.no())),
        other => verdict(other),
    };
    let (path_tone, path) = verdict(one.path_fault());
    let (tone, result) = if one.passes() { (Tone::Good, "PASS") } else { (Tone::Bad, "FAIL") };
    let until = certificate.not_after().map_or_else(String::new, |t| t.strftime("%Y-%m-%d").to_string());
    grid.cell(Tone::Faint, &(position + 1).to_string());
    grid.cell(Tone::Plain, &name);
    grid.cell(Tone::Plain, &shown(&one.source));
    grid.cell(direct_tone, &direct);
    grid.cell(path_tone, &path);
    grid.cell(Tone::Plain, &until);
    grid.cell(tone, result);
}
