//! A whole fleet on a terminal: three numbers, bars by cause with the one fix each, what a change
//! would do, when certificates end, and what could not be read.

use super::summary::in_order;
use crate::diagnosis::Verdict;
use crate::fleet::row::Change;
use crate::fleet::summary::{AGES, Cause, EXPIRY, Example, Group, RuleSummary, Summary, Verdicts};
use crate::report::style::{Style, Tone};
use crate::rule::Rule;
use crate::text::shown;
use std::io::{self, Write};

/// The longest bar, in characters.
const BAR: usize = 24;

/// Where there is no terminal, lines are as wide as this.
const WIDTH: usize = 80;

/// Issuers told by name; the JSON has more.
const ISSUERS: usize = 5;

/// Examples named of each group; the JSON and the page have more.
const EXAMPLES: usize = 3;

/// Writes the summary.
pub(super) fn write(summary: &Summary, rules: &[Rule], style: &Style) -> io::Result<()> {
    let mut output = io::BufWriter::new(anstream::AutoStream::always(io::stdout().lock()));
    let mut page = Page { output: &mut output, style };
    for (rule, facts) in rules.iter().zip(&summary.rules) {
        page.rule(rule, facts)?;
    }
    page.input(summary)?;
    output.flush()
}

struct Page<'a, W> {
    output: &'a mut W,
    style: &'a Style,
}

impl<W: Write> Page<'_, W> {
    fn rule(&mut self, rule: &Rule, facts: &RuleSummary) -> io::Result<()> {
        let name = rule.name.as_ref().map(|name| format!(" {} {}", self.style.dot(), shown(name)));
        let title = format!("{}{}", rule.rule_type.as_str(), name.unwrap_or_default());
        writeln!(self.output, "{}", self.style.paint(Tone::Strong, &title))?;
        self.verdicts(&facts.verdicts)?;
        for (cause, group) in in_order(facts) {
            self.cause(cause, group, facts.verdicts.all())?;
        }
        self.changes(facts)?;
        let ends = EXPIRY.iter().map(|(_, name)| *name).zip(facts.expiry);
        self.columns("Certificates end within", ends)?;
        self.issuers(facts)?;
        writeln!(self.output)
    }

    fn verdicts(&mut self, verdicts: &Verdicts) -> io::Result<()> {
        let all = verdicts.all();
        let told = [
            (Verdict::Pass, "PASS", verdicts.pass),
            (Verdict::Fail, "FAIL", verdicts.fail),
            (Verdict::Unknown, "CANNOT TELL", verdicts.unknown),
        ];
        for (verdict, word, count) in told {
            let word = self.style.paint(tone(verdict), word);
            write!(self.output, "  {word} {} ({})", grouped(count), share(count, all))?;
        }
        writeln!(self.output, "  of {} devices\n", grouped(all))
    }

    fn cause(&mut self, cause: &Cause, group: &Group, all: u64) -> io::Result<()> {
        let code = cause.code.map_or("no reason: a clean pass", |code| code.as_str());
        let bar = self.style.paint(tone(cause.verdict), &self.bar(group.count, all));
        writeln!(self.output, "  {:>11}  {bar}  {code}", grouped(group.count))?;
        if cause.verdict == Verdict::Pass {
            return Ok(());
        }
        let named: Vec<String> = group.examples.iter().take(EXAMPLES).map(name).collect();
        let more = if group.count > named.len() as u64 { self.style.ellipsis() } else { "" };
        self.labelled("", &format!("{}{}{more}", named.join(", "), if more.is_empty() { "" } else { ", " }))?;
        if let Some(message) = group.examples.first().and_then(|example| example.message.as_deref()) {
            self.labelled("", message)?;
        }
        match &group.fix {
            Some(fix) => {
                self.labelled("Fix", &fix.message)?;
                fix.command.iter().try_for_each(|command| writeln!(self.output, "{INDENT}{command}"))
            }
            None => Ok(()),
        }
    }

    /// Text under a bar, wrapped.
    fn labelled(&mut self, label: &str, text: &str) -> io::Result<()> {
        let width = self.style.width.unwrap_or(WIDTH).max(40);
        let first = format!("{:>13}  ", self.style.paint(Tone::Strong, label));
        let first = if label.is_empty() { INDENT.to_owned() } else { first };
        let options = textwrap::Options::new(width - INDENT.len());
        for (position, line) in textwrap::wrap(text, options).iter().enumerate() {
            let indent = if position > 0 || label.is_empty() { INDENT } else { &first };
            writeln!(self.output, "{indent}{line}")?;
        }
        Ok(())
    }

    fn changes(&mut self, facts: &RuleSummary) -> io::Result<()> {
        let changed = facts.changed();
        if changed.is_empty() {
            return Ok(());
        }
        writeln!(self.output, "\n{}", self.style.paint(Tone::Strong, "After the change"))?;
        let told = [
            (Change::Breaks, "pass now and would fail", Tone::Bad),
            (Change::Repairs, "fail now and would pass", Tone::Good),
            (Change::Unknown, "cannot be told before or after it", Tone::Doubtful),
            (Change::Same, "keep their verdict", Tone::Plain),
        ];
        for (change, what, tone) in told {
            let count = changed.get(&change).copied().unwrap_or_default();
            let tone = if count == 0 { Tone::Faint } else { tone };
            let line = format!("{:>11}  {what}", grouped(count));
            writeln!(self.output, "  {}", self.style.paint(tone, &line))?;
            for (transition, group) in facts.changes.iter().filter(|(t, _)| t.change == change) {
                if change == Change::Same {
                    continue;
                }
                let code = |cause: &Cause| cause.code.map_or("pass", |code| code.as_str());
                let named: Vec<String> = group.examples.iter().take(EXAMPLES).map(name).collect();
                let text = format!(
                    "{} {} -> {}: {}",
                    grouped(group.count),
                    code(&transition.now),
                    code(&transition.then),
                    named.join(", ")
                );
                self.labelled("", &text)?;
            }
        }
        Ok(())
    }

    fn columns<'n>(&mut self, title: &str, counts: impl Iterator<Item = (&'n str, u64)>) -> io::Result<()> {
        let counts: Vec<(&str, u64)> = counts.filter(|(_, count)| *count > 0).collect();
        let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
        writeln!(self.output, "\n{}", self.style.paint(Tone::Strong, title))?;
        for (name, count) in counts {
            writeln!(self.output, "  {:>11}  {}  {name}", grouped(count), self.bar(count, most))?;
        }
        Ok(())
    }

    fn issuers(&mut self, facts: &RuleSummary) -> io::Result<()> {
        let (issuers, others) = facts.issuers.most_frequent(ISSUERS);
        if issuers.is_empty() {
            return Ok(());
        }
        writeln!(self.output, "\n{}", self.style.paint(Tone::Strong, "Issuers"))?;
        for (issuer, count) in issuers {
            writeln!(self.output, "  {:>11}  {}", grouped(count), shown(issuer))?;
        }
        if others > 0 {
            writeln!(self.output, "  {:>11}  others", grouped(others))?;
        }
        Ok(())
    }

    fn input(&mut self, summary: &Summary) -> io::Result<()> {
        let ages = AGES.iter().map(|(_, name)| *name).zip(summary.ages.counts);
        self.columns("Age of the captures", ages)?;
        if summary.rejected > 0 {
            let title =
                format!("Rejected: {} of {} lines", grouped(summary.rejected), grouped(summary.lines));
            writeln!(self.output, "\n{}", self.style.paint(Tone::Bad, &title))?;
            for (line, reason) in &summary.rejections {
                self.labelled("", &format!("line {line}: {reason}"))?;
            }
        }
        Ok(())
    }

    /// A bar for `count` of `all`, padded to the length of the longest.
    fn bar(&self, count: u64, all: u64) -> String {
        let full = if self.style.unicode { "█" } else { "#" };
        let length = (u128::from(count) * BAR as u128).div_ceil(u128::from(all.max(1))) as usize;
        format!("{}{}", full.repeat(length), " ".repeat(BAR.saturating_sub(length)))
    }
}

/// As far as the texts under a bar are indented.
const INDENT: &str = "               ";

const fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Fail => Tone::Bad,
        Verdict::Unknown => Tone::Doubtful,
    }
}

/// A device as people know it.
pub(in crate::report) fn name(example: &Example) -> String {
    match example.device.name() {
        Some(name) => shown(name).into_owned(),
        None => format!("line {}", example.line),
    }
}

/// A number with its thousands set apart.
pub(in crate::report) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share in percent, as exact as its size deserves: what is not all is not 100 %.
pub(in crate::report) fn share(count: u64, all: u64) -> String {
    let tenths = u128::from(count) * 1000 / u128::from(all.max(1));
    match tenths {
        0 if count > 0 => "<0.1 %".to_owned(),
        0..100 => format!("{}.{} %", tenths / 10, tenths % 10),
        _ => format!("{} %", tenths / 10),
    }
}
