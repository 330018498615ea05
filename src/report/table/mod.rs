//! The answer to `check` for a person: the answer first to the eye, then the evidence, then the cure.

mod columns;

pub(super) use columns::columns;

use super::command;
use super::detail;
use super::fit::{room, wrap, wrap_facts, write_hanging};
use super::gist;
use super::grid::Grid;
use super::heading::Heading;
use super::style::{Style, Tone};
use crate::device::Client;
use crate::diagnosis::{Diagnosis, Examined, Fix, Nearness, Reason, StepStatus, StoreReport, Verdict};
use crate::lookup;
use crate::reason::{Code, Severity};
use crate::rule;
use crate::store::{Origin, RoleSource, Status, StoreSpec};
use crate::system::System;
use crate::text::{shown, shown_bytes};
use std::io::{self, Write};

/// On a terminal, a table of more rows than this shows only those that matter.
const MANY_ROWS: usize = 12;

/// Writes the answers to one rule or to several.
pub fn checks(answers: &[Diagnosis], style: &Style) -> io::Result<()> {
    let mut output = io::BufWriter::new(anstream::AutoStream::always(io::stdout().lock()));
    for (position, answer) in answers.iter().enumerate() {
        if position > 0 && !style.quiet {
            writeln!(output)?;
        }
        write_check(&mut output, answer, style)?;
    }
    output.flush()
}

fn write_check(output: &mut impl Write, answer: &Diagnosis, style: &Style) -> io::Result<()> {
    if style.quiet {
        let code =
            answer.reasons.first().map_or_else(String::new, |reason| format!(" {}", reason.finding.code));
        return writeln!(output, "{}{code}", verdict_word(answer.verdict));
    }
    write_head(output, answer, style)?;
    writeln!(output)?;
    if !answer.rule.is_unreadable() {
        write_certificates(output, answer, style)?;
    }
    write_answer(output, answer, style)?;
    if let Some(diag) = &answer.warp_diag {
        writeln!(output)?;
        super::warp_diag::write(output, diag, style)?;
    }
    let Some(comparison) = &answer.log else { return Ok(()) };
    writeln!(output)?;
    super::log::write(output, comparison, style)
}

fn write_head(output: &mut impl Write, answer: &Diagnosis, style: &Style) -> io::Result<()> {
    let dot = format!(" {} ", style.dot());
    let rule = match (answer.rule.is_unreadable(), answer.rule.type_assumed) {
        (true, _) => "the rule cannot be read".to_owned(),
        (false, true) => format!("{} (assumed: see Note)", answer.rule.rule_type),
        (false, false) => answer.rule.rule_type.to_string(),
    };
    let title = ["Client certificate check".to_owned(), rule, store_kind(answer)];
    for line in wrap_facts(&title, &dot, room(style, 0)) {
        writeln!(output, "{}", style.paint(Tone::Strong, &line))?;
    }
    for (name, value) in facts(answer, style) {
        let head = format!("  {name:<13}");
        let lines = wrap_facts(&value, &dot, room(style, head.len()));
        write_hanging(output, &head, &" ".repeat(head.len()), &lines)?;
    }
    Ok(())
}

/// The system whose look-up and shell it is about.
pub(in crate::report) fn system_of(answer: &Diagnosis) -> System {
    let first = answer.stores.iter().find(|store| store.searched);
    first.map_or(answer.system, |store| lookup::system_of(&store.evidence, answer.system))
}

/// The store and whose rules judge it.
pub(in crate::report) fn store_kind(answer: &Diagnosis) -> String {
    let first = answer.stores.iter().find(|store| store.searched);
    let system = system_of(answer);
    let kind = match first.map(|store| &store.spec) {
        Some(StoreSpec::Nss(_)) => "NSS database",
        Some(StoreSpec::Keychain(_)) => "keychain",
        Some(StoreSpec::Windows(..)) => "certificate store",
        Some(StoreSpec::File(_)) => "files",
        None => "no store",
    };
    format!("{kind} ({system})")
}

/// The lines under the title: what each is about, and its facts.
type Facts = Vec<(&'static str, Vec<String>)>;

fn facts(answer: &Diagnosis, style: &Style) -> Facts {
    let mut facts = Facts::new();
    if let Some(name) = &answer.rule.name {
        facts.push(("Rule", vec![shown(name).into_owned()]));
    }
    if !answer.rule.is_unreadable() {
        facts.push(("Common name", vec![common_name(answer)]));
    }
    for ca in &answer.cas.cas {
        let until = ca.certificate.not_after_day().unwrap_or_else(|| "?".to_owned());
        let subject = ca.certificate.subject().to_string();
        let fingerprint = &ca.certificate.sha256()[..8];
        facts.push((
            "Uploaded CA",
            vec![
                shown(&subject).into_owned(),
                format!("valid until {until}"),
                format!("sha256 {fingerprint}{}", style.ellipsis()),
            ],
        ));
    }
    if answer.cas.problems.iter().any(|problem| problem.code == Code::CaNotGiven) {
        facts.push(("Uploaded CA", vec!["not given".to_owned()]));
    }
    facts.extend(stores(answer));
    if answer.rule.from_file && answer.rule.problems.is_empty() {
        facts.push(("Schedule", schedule(answer)));
    }
    facts.extend(answer.client.as_ref().map(|client| ("Client", client_facts(client, answer))));
    facts
}

/// The searched stores; of the others, those that hold something like what is wanted.
fn stores(answer: &Diagnosis) -> Facts {
    let tells = |store: &StoreReport| {
        let mut own = answer.certificates.iter().filter(|c| c.spec == store.spec);
        store.searched || own.any(is_relevant)
    };
    let (told, silent): (Vec<&StoreReport>, Vec<&StoreReport>) = answer.stores.iter().partition(|s| tells(s));
    let mut facts: Facts = told.into_iter().map(store_facts).collect();
    if !silent.is_empty() {
        let places = counted(silent.len(), "other place");
        facts.push(("Also read", vec![format!("{places}, with nothing of that name")]));
    }
    facts
}

fn store_facts(store: &StoreReport) -> (&'static str, Vec<String>) {
    let count = match store.status {
        Status::Read => counted(store.certificates, "certificate"),
        other => other.to_string(),
    };
    let name = if store.searched { "Searched" } else { "Also read" };
    let mut facts = vec![shown(&store.spec.to_string()).into_owned(), count];
    facts.extend(store.account.as_deref().map(|name| format!("of {}", shown(name))));
    facts.extend(stands_for(store));
    (name, facts)
}

/// Which store on a device the evidence is taken for, and on whose word.
pub(in crate::report) fn stands_for(store: &StoreReport) -> Option<String> {
    let evidence = &store.evidence;
    if evidence.origin == Origin::ThisMachine {
        return None;
    }
    let Some(role) = &evidence.role else {
        return store.searched.then(|| "judged as if it lay in the searched store".to_owned());
    };
    let named = shown(&role.to_string()).into_owned();
    let is_itself = role.to_string() == store.spec.to_string();
    match evidence.source {
        _ if is_itself => None,
        RoleSource::Given => Some(format!("a copy of {named}")),
        RoleSource::Inferred | RoleSource::Assumed => Some(format!("taken for {named}")),
    }
}

/// The certificate's number among those of all stores, as they stand in the JSON.
fn number(answer: &Diagnosis, examined: &Examined) -> usize {
    let before = answer.stores.iter().take_while(|store| store.spec != examined.spec);
    before.map(|store| store.certificates).sum::<usize>() + examined.stored.position + 1
}

/// Whether a certificate has to do with the rule's name.
pub(in crate::report) fn is_relevant(examined: &Examined) -> bool {
    examined.returned || examined.nearness < Nearness::Substring
}

/// Whether it would pass but for what cannot be seen from here.
fn is_unknown(examined: &Examined) -> bool {
    let with = |status| examined.steps.iter().any(|step| step.status == status);
    with(StepStatus::Unknown) && !with(StepStatus::Fail)
}

/// How often the client checks, and for how long a result counts.
fn schedule(answer: &Diagnosis) -> Vec<String> {
    let counts = match answer.rule.expiration {
        Some(interval) => format!("for {interval}"),
        None => "until the next one".to_owned(),
    };
    vec![format!("every {}", rule::spoken(answer.rule.schedule)), format!("a result counts {counts}")]
}

/// Which client is installed, and whether that is a worry.
pub(in crate::report) fn client_facts(client: &Client, answer: &Diagnosis) -> Vec<String> {
    let installed = match client {
        Client::Installed { version } => format!("Cloudflare One Client (WARP) {}", shown(version)),
        // A reason says what that means.
        Client::NotFound => return vec!["not installed".to_owned()],
    };
    let mut facts = vec![installed];
    facts.extend(client.warning(answer.system));
    facts
}

pub(in crate::report) fn common_name(answer: &Diagnosis) -> String {
    let Some(resolved) = &answer.resolution.common_name else {
        return "any (the rule gives none)".to_owned();
    };
    let written = answer.rule.common_name.as_deref().unwrap_or_default();
    if written == resolved {
        shown_bytes(resolved)
    } else {
        format!("{} (from {})", shown_bytes(resolved), shown_bytes(written))
    }
}

pub(in crate::report) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn write_certificates(output: &mut impl Write, answer: &Diagnosis, style: &Style) -> io::Result<()> {
    let (rows, left_out) = rows(answer, style);
    let is_blank = rows.is_empty() && left_out == 0;
    if !rows.is_empty() {
        let columns = columns(answer, &rows);
        let header: Vec<Heading> = columns.iter().map(|column| column.heading).collect();
        let mut grid = Grid::new(style, &header, rows.len());
        for examined in &rows {
            // What has nothing to do with the rule's name is shown faintly, good or bad.
            let is_faint = !is_relevant(examined);
            for column in &columns {
                let (tone, text) = (column.cell)(answer, examined, style);
                grid.cell(if is_faint { Tone::Faint } else { tone }, &text);
            }
        }
        grid.write(output)?;
    }
    if style.verbose {
        write_details(output, answer, &rows, style)?;
    }
    if left_out > 0 {
        writeln!(output, "{} of other devices not shown; -v shows all.", counted(left_out, "certificate"))?;
    }
    if is_blank { Ok(()) } else { writeln!(output) }
}

/// What tells each certificate from others, in the order of the table.
fn write_details(
    output: &mut impl Write,
    answer: &Diagnosis,
    rows: &[&Examined],
    style: &Style,
) -> io::Result<()> {
    for examined in rows {
        let certificate = &examined.stored.certificate;
        let mut title = vec![format!("# {}", examined.stored.position + 1)];
        title.extend((answer.stores.len() > 1).then(|| shown(&examined.spec.to_string()).into_owned()));
        title.push(shown(&certificate.subject().to_string()).into_owned());
        let details = detail::of(&examined.spec, gist::system_of(answer, examined), certificate);
        detail::write(output, &title.join(&format!(" {} ", style.dot())), &details, style)?;
    }
    Ok(())
}

/// The certificates to show, those that could pass first, and how many are left out.
pub(in crate::report) fn rows<'a>(answer: &'a Diagnosis, style: &Style) -> (Vec<&'a Examined>, usize) {
    let stored: Vec<&Examined> =
        answer.certificates.iter().filter(|c| c.searched || is_relevant(c) || style.verbose).collect();
    let long = stored.len() > MANY_ROWS && style.width.is_some() && !style.verbose;
    let total = stored.len();
    let mut rows: Vec<&Examined> =
        if long { stored.into_iter().filter(|c| is_relevant(c)).collect() } else { stored };
    rows.sort_by_key(|c| (!c.passes(), !c.returned, c.nearness));
    if long {
        rows.truncate(MANY_ROWS);
    }
    let left_out = total - rows.len();
    (rows, left_out)
}

pub(in crate::report) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Unknown => "CANNOT TELL",
    }
}

fn write_answer(output: &mut impl Write, answer: &Diagnosis, style: &Style) -> io::Result<()> {
    let word = verdict_word(answer.verdict);
    let tone = match answer.verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Fail => Tone::Bad,
        Verdict::Unknown => Tone::Doubtful,
    };
    let mut block = Block { output, style, indent: indent_of(answer) };
    let main = answer.reasons.first().filter(|_| answer.verdict != Verdict::Pass);
    let said = main.map_or_else(|| pass_text(answer), reason_text);
    block.write(word, tone, &said)?;
    let other = other_type_text(answer);
    let differs = answer.other_type.verdict != answer.verdict;
    if differs && answer.rule.type_assumed {
        block.write("", Tone::Plain, &other)?;
    }
    write_reasons(&mut block, answer, main)?;
    if (!differs || !answer.rule.type_assumed) && !answer.rule.is_unreadable() {
        block.write("Note", Tone::Plain, &other)?;
    }
    write_fixes(&mut block, answer)
}

/// The other reasons: faults as `Also`, warnings as `Note`.
fn write_reasons(
    block: &mut Block<'_, impl Write>,
    answer: &Diagnosis,
    main: Option<&Reason>,
) -> io::Result<()> {
    for reason in answer.reasons.iter().filter(|reason| main != Some(*reason)) {
        let (label, tone) = match reason.severity {
            Severity::Warning => ("Note", Tone::Doubtful),
            Severity::Fault | Severity::Unknown => ("Also", Tone::Bad),
        };
        block.write(label, tone, &reason_text(reason))?;
    }
    Ok(())
}

fn write_fixes(block: &mut Block<'_, impl Write>, answer: &Diagnosis) -> io::Result<()> {
    if !answer.fixes.is_empty() {
        writeln!(block.output)?;
    }
    for (position, fix) in answer.fixes.iter().enumerate() {
        // A later fix that only repeats what the first leaves to be done would be noise.
        if position > 0 && !block.style.verbose && answer.fixes[0].command.is_none() && fix.command.is_none()
        {
            continue;
        }
        write_fix(block, fix, answer)?;
    }
    let settled = answer.fixes.first().is_some_and(Fix::is_enough);
    if answer.verdict == Verdict::Fail && settled {
        block.write("Then", Tone::Plain, &next_check(answer))?;
    }
    Ok(())
}

/// The column at which texts begin.
fn indent_of(answer: &Diagnosis) -> usize {
    verdict_word(answer.verdict).len().max(4) + 2
}

/// A command as it stands behind its label.
fn command_lines(command: &str, answer: &Diagnosis, style: &Style) -> Vec<String> {
    command::lines(command, system_of(answer), style.width.map(|_| room(style, indent_of(answer))))
}

fn write_fix(block: &mut Block<'_, impl Write>, fix: &Fix, answer: &Diagnosis) -> io::Result<()> {
    match &fix.command {
        Some(command) => block.write_command("Fix", &command_lines(command, answer, block.style))?,
        None => block.write("Fix", Tone::Strong, &sentence(&fix.message))?,
    }
    if let Some(then) = then_text(fix) {
        block.write("Then", Tone::Plain, &then)?;
    }
    Ok(())
}

/// When a repair takes effect.
pub(in crate::report) fn next_check(answer: &Diagnosis) -> String {
    let schedule = rule::spoken(answer.rule.schedule);
    let unless = if answer.rule.from_file { "" } else { " unless changed" };
    format!("The client checks again on the rule's schedule ({schedule}{unless}).")
}

/// What a fix leaves to be done. The faults stand in the report in full and are named by their codes.
pub(in crate::report) fn then_text(fix: &Fix) -> Option<String> {
    let codes: Vec<String> = fix.remains.iter().map(|code| format!("[{code}]")).collect();
    then(fix, &codes.join(", ")).map(|then| sentence(&then))
}

/// The same with each fault in full.
pub(in crate::report) fn then_in_full(fix: &Fix, reasons: &[Reason]) -> Option<String> {
    let faults = reasons.iter().filter(|reason| reason.severity != Severity::Warning);
    let remaining =
        faults.map(|reason| &reason.finding).filter(|finding| fix.remains.contains(&finding.code));
    let told: Vec<String> =
        remaining.map(|finding| format!("{} [{}]", finding.message, finding.code)).collect();
    then(fix, &told.join("; "))
}

fn then(fix: &Fix, remaining: &str) -> Option<String> {
    match (&fix.then, remaining) {
        (own, "") => own.clone(),
        (None, remaining) => Some(format!("This remains: {remaining}")),
        (Some(own), remaining) => Some(format!("{own}; and this remains: {remaining}")),
    }
}

fn reason_text(reason: &Reason) -> String {
    format!("{} [{}]", sentence(&reason.finding.message), reason.finding.code)
}

/// Messages are stored without their full stop; people read sentences.
pub(in crate::report) fn sentence(message: &str) -> String {
    format!("{message}.")
}

pub(in crate::report) fn pass_text(answer: &Diagnosis) -> String {
    let Some(passing) = answer.certificates.iter().find(|c| c.passes()) else { return String::new() };
    let certificate = &passing.stored.certificate;
    let subject = certificate.subject().to_string();
    let until = certificate.not_after_day().unwrap_or_else(|| "?".to_owned());
    if passing.steps.iter().any(|step| step.code == Some(Code::IsTheCa)) {
        return format!("The uploaded CA itself, {}, is what the look-up finds.", shown(&subject));
    }
    format!(
        "The certificate {} is found and was issued by the uploaded CA; it is valid until {until}.",
        shown(&subject)
    )
}

/// What the other type of rule would say, and how to tell which one the check has.
pub(in crate::report) fn other_type_text(answer: &Diagnosis) -> String {
    let other = &answer.other_type;
    let verdict = match other.verdict {
        Verdict::Pass => "would PASS here",
        Verdict::Fail => "would FAIL here",
        Verdict::Unknown => "cannot be judged here",
    };
    let code = other.reasons.iter().find(|r| r.severity != Severity::Warning);
    let why = code.map(|reason| format!(" [{}]", reason.finding.code)).unwrap_or_default();
    let too = match (other.verdict == answer.verdict, other.verdict) {
        (false, _) => "",
        (true, Verdict::Unknown) => " either",
        (true, _) => " too",
    };
    let mut text = format!("A {} rule {verdict}{too}{why}.", other.rule_type);
    if answer.rule.type_assumed {
        text.push_str(
            " If the dashboard form of your check has \"OS locations\", it is v2: add --type client_certificate_v2.",
        );
    }
    text
}

/// Labelled paragraphs with a hanging indent.
struct Block<'a, W> {
    output: &'a mut W,
    style: &'a Style,
    indent: usize,
}

impl<W: Write> Block<'_, W> {
    fn write(&mut self, label: &str, tone: Tone, text: &str) -> io::Result<()> {
        let padding = " ".repeat(self.indent.saturating_sub(label.len()));
        let head = format!("{}{padding}", self.style.paint(tone, label));
        let width = self.style.width.unwrap_or(80).min(100);
        let lines = wrap(text, width.saturating_sub(self.indent).max(20));
        write_hanging(self.output, &head, &" ".repeat(self.indent), &lines)
    }

    /// A command, whose lines must survive being copied.
    fn write_command(&mut self, label: &str, lines: &[String]) -> io::Result<()> {
        let padding = " ".repeat(self.indent.saturating_sub(label.len()));
        let head = format!("{}{padding}", self.style.paint(Tone::Strong, label));
        let lines: Vec<String> = lines.iter().map(|line| self.style.paint(Tone::Command, line)).collect();
        write_hanging(self.output, &head, &" ".repeat(self.indent), &lines)
    }
}
