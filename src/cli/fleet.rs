//! `certposture fleet`: verdicts for captures of many devices.

use super::options::{self, FailOn, Only, Source};
use super::{Common, Exit, UsageError, as_far_as_read, check};
use crate::ca::UploadedCas;
use crate::diagnosis::Judging;
use crate::diagnosis::Verdict;
use crate::fleet::compression::decompressed;
use crate::fleet::records::Records;
use crate::fleet::row::{Change, Outcome, Row};
use crate::fleet::summary::Summary;
use crate::fleet::workers::{self, Sink};
use crate::fleet::{Judge, MAX_LINE, Terms};
use crate::report::fleet::{self as report, RowForm};
use crate::report::{Format, Style, html};
use crate::rule::Rule;
use crate::text::shown;
use anyhow::{Context as _, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;

/// What is asked of the system at once: what a pipe holds, and enough of a file.
const BUFFER: usize = 256 << 10;

pub fn run(arguments: &options::Fleet, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    if !common.store.is_empty() {
        return Err(UsageError("fleet reads captures from its files: give no --store".to_owned()).into());
    }
    let judge = judge(arguments, common)?;
    let threads = arguments.threads.map_or_else(processors, usize::from);
    let mut output = Output::new(arguments, common, &judge)?;
    let mut unread = false;
    for file in inputs(arguments) {
        // One file that cannot be read does not hide what the others say.
        if let Err(why) = judge_file(file, threads, &judge, &mut output) {
            if Output::is_closed(&why) {
                break;
            }
            unread = true;
            let _ = writeln!(io::stderr(), "certposture: {}", shown(&format!("{why:#}")));
        }
    }
    let summary = output.finish(&judge, style)?;
    Ok(exit(&summary, arguments, unread))
}

/// The status, from what was asked to fail; `--rows` leaves rejected lines to whoever reads the rows.
fn exit(summary: &Summary, arguments: &options::Fleet, unread: bool) -> Exit {
    let fails = |on: &FailOn| {
        summary.rules.iter().any(|rule| match on {
            FailOn::Fail => rule.verdicts.fail > 0,
            FailOn::Unknown => rule.verdicts.unknown > 0,
            FailOn::Breaks => rule.changed().contains_key(&Change::Breaks),
            FailOn::Differs => rule.recorded.differ > 0,
        })
    };
    if arguments.fail_on.iter().any(fails) {
        Exit::Fail
    } else if unread || summary.rejected > 0 && !arguments.rows {
        Exit::CannotTell
    } else {
        Exit::Pass
    }
}

/// Cloudflare's records, where files of them were given.
fn records(files: &[PathBuf], rules: &[Rule]) -> anyhow::Result<Option<Records>> {
    if files.is_empty() {
        return Ok(None);
    }
    let named = |rule: &&Rule| rule.id.is_some() || rule.name.is_some();
    if rules.iter().filter(named).count() < rules.len() {
        let why = "records are found by the rule's id or its name: give --log with a rule file that has one";
        return Err(UsageError(why.to_owned()).into());
    }
    let mut records = Records::new(rules);
    for file in files {
        let name = || format!("cannot read the log {}", shown(&file.to_string_lossy()));
        let opened = File::open(file).with_context(name)?;
        records.read(BufReader::with_capacity(BUFFER, opened)).with_context(name)?;
    }
    let counts = &records.counts;
    if counts.records + counts.other_rules + counts.other_types + counts.no_device == 0 {
        return Err(anyhow!(
            "the log holds no record of a posture check: give what Logpush writes of the dataset device_posture_results, \
             one record on each line"
        ));
    }
    Ok(Some(records))
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn judge(arguments: &options::Fleet, common: &Common) -> anyhow::Result<Judge> {
    let now = terms(&arguments.rule, &arguments.ca, common.at.unwrap_or_else(Timestamp::now))?;
    let is_compared = arguments.against_rule.is_some()
        || !arguments.against_ca.is_empty()
        || arguments.against_at.is_some();
    let then = is_compared.then(|| against(&now, arguments)).transpose()?;
    Ok(Judge {
        now,
        then,
        intermediates: check::read_intermediates(&arguments.intermediate)?,
        expiry_warning_days: common.expiry_warning,
        detail: arguments.detail,
        // Each worker judges its own devices; all share what is known of keys and signatures.
        judging: Judging { alone: true, ..Judging::default() },
        read: match arguments.from {
            Source::Capture => crate::capture::read_line,
            Source::Osquery => crate::capture::read_osquery_line,
        },
    })
}

/// The rules of the files, and the CAs given or bundled with the rules.
fn terms(rule_files: &[PathBuf], ca_files: &[PathBuf], at: Timestamp) -> anyhow::Result<Terms> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut cas = UploadedCas::read(ca_files);
    for file in rule_files {
        let read = check::read_rule_file(file)
            .map_err(|problem| anyhow!("{} [{}]", problem.message, problem.code))?;
        rules.extend(read.rules.into_iter().filter(check::is_ours));
        if let Some(certificates) = read.certificates.filter(|_| ca_files.is_empty()) {
            cas.add_bundle(&certificates, Some(file));
        }
    }
    if rules.is_empty() {
        return Err(UsageError("the rule files hold no client-certificate rule".to_owned()).into());
    }
    usable(&cas)?;
    Ok(Terms { rules, cas, at })
}

/// What the change leaves as it is, and what it replaces.
fn against(now: &Terms, arguments: &options::Fleet) -> anyhow::Result<Terms> {
    let mut then = now.clone();
    if let Some(file) = &arguments.against_rule {
        let replaced = terms(std::slice::from_ref(file), &arguments.against_ca, now.at);
        // A rule alone goes with the CAs that count now.
        then = match (replaced, arguments.against_ca.is_empty()) {
            (Ok(replaced), _) => replaced,
            (Err(_), true) => Terms { rules: rules_of(file)?, ..then },
            (Err(why), false) => return Err(why),
        };
    } else if !arguments.against_ca.is_empty() {
        then.cas = UploadedCas::read(&arguments.against_ca);
        usable(&then.cas)?;
        // The rules name the CA that is replaced.
        for rule in &mut then.rules {
            rule.certificate_id = None;
        }
    }
    then.at = arguments.against_at.unwrap_or(now.at);
    Ok(then)
}

fn rules_of(file: &Path) -> anyhow::Result<Vec<Rule>> {
    let read =
        check::read_rule_file(file).map_err(|problem| anyhow!("{} [{}]", problem.message, problem.code))?;
    Ok(read.rules.into_iter().filter(check::is_ours).collect())
}

/// A fleet is judged by a CA that can be read.
fn usable(cas: &UploadedCas) -> anyhow::Result<()> {
    if let Some(problem) = cas.unreadable() {
        return Err(anyhow!("{} [{}]", problem.message, problem.code));
    }
    if cas.cas.is_empty() {
        return Err(UsageError("give the CA certificate that was uploaded: --ca FILE".to_owned()).into());
    }
    Ok(())
}

/// The files to read; standard input where none is named.
fn inputs(arguments: &options::Fleet) -> Vec<&Path> {
    let named: Vec<&Path> = arguments.files.iter().map(PathBuf::as_path).collect();
    if named.is_empty() { vec![Path::new("-")] } else { named }
}

fn judge_file(file: &Path, threads: usize, judge: &Judge, output: &mut Output<'_>) -> anyhow::Result<()> {
    let name = || format!("cannot read {}", shown(&file.to_string_lossy()));
    let input: Box<dyn Read + Send> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let opened = File::open(file).with_context(name)?;
        let bar = progress(opened.metadata().map_or(0, |found| found.len()));
        Box::new(bar.wrap_read(opened))
    };
    let input: Box<dyn BufRead + Send> =
        decompressed(BufReader::with_capacity(BUFFER, input)).with_context(name)?;
    let before = output.summary.lines;
    let renumbered = |mut line: crate::fleet::lines::Line| {
        line.number += before;
        judge.row(line)
    };
    workers::run(input, MAX_LINE, threads, renumbered, output).with_context(name)
}

/// A bar by bytes, on a terminal only.
fn progress(size: u64) -> ProgressBar {
    if !io::stderr().is_terminal() || size == 0 {
        return ProgressBar::hidden();
    }
    let form = "{bar:32} {bytes} of {total_bytes}, {eta} left";
    let style = ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(size).with_style(style)
}

/// Where rows go, and what is counted of them.
struct Output<'a> {
    arguments: &'a options::Fleet,
    format: Format,
    rules: &'a [Rule],
    at: Timestamp,
    rows: io::BufWriter<io::Stdout>,
    rejects: Option<io::BufWriter<File>>,
    records: Option<Records>,
    summary: Summary,
}

impl<'a> Output<'a> {
    fn new(arguments: &'a options::Fleet, common: &Common, judge: &'a Judge) -> anyhow::Result<Self> {
        let format = match (arguments.rows, common.format) {
            (true, Format::Table) => Format::Ndjson,
            (true, Format::Ndjson) => Format::Ndjson,
            (true, _) => return Err(UsageError("--rows goes with --format ndjson alone".to_owned()).into()),
            (false, format) => format,
        };
        if arguments.detail && format != Format::Ndjson {
            return Err(
                UsageError("--detail is about rows: give --rows or --format ndjson".to_owned()).into()
            );
        }
        if arguments.log.is_empty()
            && (arguments.only.contains(&Only::Differs) || arguments.fail_on.contains(&FailOn::Differs))
        {
            return Err(UsageError("what differs is told from records: give --log FILE".to_owned()).into());
        }
        let create = |file: &PathBuf| {
            File::create(file).with_context(|| format!("cannot write {}", shown(&file.to_string_lossy())))
        };
        Ok(Self {
            arguments,
            format,
            rules: &judge.now.rules,
            at: judge.now.at,
            rows: io::BufWriter::with_capacity(BUFFER, io::stdout()),
            rejects: arguments.rejects.as_ref().map(create).transpose()?.map(io::BufWriter::new),
            records: records(&arguments.log, &judge.now.rules)?,
            summary: Summary::new(judge.now.rules.len(), judge.now.at),
        })
    }

    fn form(&self) -> Option<RowForm> {
        match self.format {
            Format::Ndjson if self.arguments.rows => Some(RowForm::OneLine),
            Format::Ndjson => Some(RowForm::Verdicts),
            Format::Ocsf => Some(RowForm::Ocsf),
            _ => None,
        }
    }

    /// Whether nobody reads the rows any more.
    fn is_closed(error: &anyhow::Error) -> bool {
        let causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
        causes.into_iter().any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Writes the summary, or what is left of the rows.
    fn finish(mut self, judge: &Judge, style: &Style) -> anyhow::Result<Summary> {
        as_far_as_read(self.rows.flush())?;
        self.summary.records = self.records.take().map(Records::into_counts);
        if let Some(mut rejects) = self.rejects.take() {
            rejects.flush()?;
        }
        if let Some(file) = &self.arguments.summary {
            let name = || format!("cannot write {}", shown(&file.to_string_lossy()));
            let mut output = io::BufWriter::new(File::create(file).with_context(name)?);
            report::json(&mut output, &self.summary, self.rules)
                .and_then(|()| output.flush())
                .with_context(name)?;
        }
        as_far_as_read(match self.format {
            Format::Json => {
                report::json(&mut self.rows, &self.summary, self.rules).and_then(|()| self.rows.flush())
            }
            Format::Html => html::fleet(&self.summary, &judge.now.rules),
            Format::Table if !style.quiet => report::table(&self.summary, self.rules, style),
            _ => Ok(()),
        })?;
        Ok(self.summary)
    }

    /// Whether a row is among those that were asked for.
    fn is_wanted(&self, row: &Row) -> bool {
        let only = &self.arguments.only;
        only.is_empty() || only.iter().any(|only| fits(row, *only))
    }
}

fn fits(row: &Row, only: Only) -> bool {
    let Outcome::Judged(judged) = &row.outcome else {
        return only == Only::Rejected && matches!(row.outcome, Outcome::Rejected(_));
    };
    judged.answers.iter().any(|answer| match only {
        Only::Pass => answer.verdict == Verdict::Pass,
        Only::Fail => answer.verdict == Verdict::Fail,
        Only::Unknown => answer.verdict == Verdict::Unknown,
        Only::Rejected => false,
        Only::Changed => answer.against.is_some_and(|against| against.verdict != answer.verdict),
        Only::Differs => answer.agrees() == Some(false),
    })
}

impl Sink for Output<'_> {
    type Answer = Row;

    fn take(&mut self, mut row: Row) -> io::Result<()> {
        if let (Some(records), Outcome::Judged(judged)) = (&mut self.records, &mut row.outcome) {
            records.join(judged);
        }
        self.summary.add(&row);
        if let (Some(rejects), Outcome::Rejected(rejection)) = (&mut self.rejects, &row.outcome) {
            report::write_rejection(rejects, row.line, rejection)?;
        }
        match self.form() {
            Some(RowForm::OneLine) => {
                report::write_row(&mut self.rows, &row, self.rules, self.at, RowForm::OneLine)
            }
            Some(form) if self.is_wanted(&row) && !matches!(row.outcome, Outcome::Blank) => {
                report::write_row(&mut self.rows, &row, self.rules, self.at, form)
            }
            _ => Ok(()),
        }
    }

    fn pause(&mut self) -> io::Result<()> {
        self.rows.flush()?;
        self.rejects.as_mut().map_or(Ok(()), Write::flush)
    }
}
