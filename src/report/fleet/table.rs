//! A whole fleet on a terminal: three numbers, bars by cause with the one fix each, what a change
//! would do, when certificates end, and what could not be read.

use super::summary::{in_order, recorded_result};
use crate::diagnosis::Verdict;
use crate::fleet::records::RecordCounts;
use crate::fleet::row::{Change, FixFacts};
use crate::fleet::summary::{
    AGES, Cause, EXPIRY, Example, Group, RecordedSummary, RuleSummary, Summary, Verdicts,
};
use crate::report::command;
use crate::report::fit::{columns, wrap, wrap_name, write_hanging};
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
    for (position, (rule, facts)) in rules.iter().zip(&summary.rules).enumerate() {
        if position > 0 {
            writeln!(page.output)?;
        }
        page.rule(rule, facts, summary.records.is_some())?;
    }
    page.input(summary)?;
    output.flush()
}

struct Page<'a, W> {
    output: &'a mut W,
    style: &'a Style,
}

impl<W: Write> Page<'_, W> {
    fn rule(&mut self, rule: &Rule, facts: &RuleSummary, has_records: bool) -> io::Result<()> {
        let name = rule.name.as_ref().map(|name| format!(" {} {}", self.style.dot(), shown(name)));
        let title = format!("{}{}", rule.rule_type.as_str(), name.unwrap_or_default());
        for line in wrap(&title, self.style.width.unwrap_or(WIDTH)) {
            writeln!(self.output, "{}", self.style.paint(Tone::Strong, &line))?;
        }
        self.verdicts(&facts.verdicts)?;
        for (cause, group) in in_order(facts) {
            self.cause(cause, group, facts.verdicts.all())?;
        }
        self.changes(facts)?;
        if has_records {
            self.recorded(&facts.recorded)?;
        }
        let ends = EXPIRY.iter().map(|(_, name)| *name).zip(facts.expiry);
        self.columns("Certificates end within", ends)?;
        self.issuers(facts)
    }

    fn verdicts(&mut self, verdicts: &Verdicts) -> io::Result<()> {
        let all = verdicts.all();
        let told = [
            (Verdict::Pass, "PASS", verdicts.pass),
            (Verdict::Fail, "FAIL", verdicts.fail),
            (Verdict::Unknown, "CANNOT TELL", verdicts.unknown),
        ];
        let mut used = 0;
        for (verdict, word, count) in told {
            let number = format!(" {} ({})", grouped(count), share(count, all));
            self.beside(&mut used, columns(word) + columns(&number))?;
            write!(self.output, "  {}{number}", self.style.paint(tone(verdict), word))?;
        }
        let devices = if all == 1 { "device" } else { "devices" };
        let of_all = format!("of {} {devices}", grouped(all));
        self.beside(&mut used, columns(&of_all))?;
        writeln!(self.output, "  {of_all}\n")
    }

    /// Begins another line where what comes next has no room beside what stands there.
    fn beside(&mut self, used: &mut usize, next: usize) -> io::Result<()> {
        let next = next + 2;
        if *used > 0 && *used + next > self.style.width.unwrap_or(WIDTH) {
            writeln!(self.output)?;
            *used = 0;
        }
        *used += next;
        Ok(())
    }

    fn cause(&mut self, cause: &Cause, group: &Group, all: u64) -> io::Result<()> {
        let code = cause.code.map_or("no reason: a clean pass", |code| code.as_str());
        let bar = self.style.paint(tone(cause.verdict), &self.bar(group.count, all));
        writeln!(self.output, "  {:>11}  {bar}  {code}", grouped(group.count))?;
        if cause.verdict == Verdict::Pass {
            return Ok(());
        }
        self.labelled("", &self.examples(group))?;
        if let Some(message) = group.examples.first().and_then(|example| example.message.as_deref()) {
            self.labelled("", message)?;
        }
        match &group.fix {
            Some(fix) => {
                self.labelled("Fix", &fix.message)?;
                fix.command.iter().try_for_each(|command| self.command(fix, command))
            }
            None => Ok(()),
        }
    }

    /// Text under a bar, wrapped.
    fn labelled(&mut self, label: &str, text: &str) -> io::Result<()> {
        let padding = " ".repeat(LABEL.saturating_sub(label.len()));
        let head = format!("{padding}{}  ", self.style.paint(Tone::Strong, label));
        write_hanging(self.output, &head, INDENT, &wrap(text, self.room()))
    }

    /// A command, whose lines must survive being copied.
    fn command(&mut self, fix: &FixFacts, command: &str) -> io::Result<()> {
        let width = self.style.width.map(|_| self.room());
        let lines = command::lines(command, fix.system, width);
        let lines: Vec<String> = lines.iter().map(|line| self.style.paint(Tone::Command, line)).collect();
        write_hanging(self.output, INDENT, INDENT, &lines)
    }

    /// Columns for the texts under a bar.
    fn room(&self) -> usize {
        self.style.width.unwrap_or(WIDTH).saturating_sub(INDENT.len()).max(20)
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
                let text = format!(
                    "{} {} -> {}: {}",
                    grouped(group.count),
                    code(&transition.now),
                    code(&transition.then),
                    self.examples(group)
                );
                self.labelled("", &text)?;
            }
        }
        Ok(())
    }

    /// Where Cloudflare's record and the verdict differ: the devices worth a look.
    fn recorded(&mut self, recorded: &RecordedSummary) -> io::Result<()> {
        let RecordedSummary { agree, differ, open, nothing, differences } = recorded;
        writeln!(self.output, "\n{}", self.style.paint(Tone::Strong, "Beside Cloudflare's record"))?;
        let told = [
            (*differ, "differ", Tone::Doubtful),
            (*agree, "agree", Tone::Plain),
            (*open, "have a record or a verdict that does not say how it ends", Tone::Plain),
            (*nothing, "have no record", Tone::Plain),
        ];
        for (count, what, tone) in told {
            let tone = if count == 0 { Tone::Faint } else { tone };
            let line = format!("{:>11}  {what}", grouped(count));
            writeln!(self.output, "  {}", self.style.paint(tone, &line))?;
        }
        for (cause, group) in differences {
            let code = cause.code.map_or("", |code| code.as_str());
            let space = if code.is_empty() { "" } else { " " };
            self.labelled(
                "",
                &format!(
                    "{} recorded as {}, here {}{space}{code}: {}",
                    grouped(group.count),
                    recorded_result(cause),
                    cause.verdict.as_str(),
                    self.examples(group)
                ),
            )?;
        }
        Ok(())
    }

    /// The first devices of a group, and whether there are more.
    fn examples(&self, group: &Group) -> String {
        let mut named: Vec<String> = group.examples.iter().take(EXAMPLES).map(name).collect();
        if group.count > named.len() as u64 {
            named.push(self.style.ellipsis().to_owned());
        }
        named.join(", ")
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
            let head = format!("  {:>11}  ", grouped(count));
            let lines = wrap_name(&shown(issuer), self.room(), NAME_LINES, self.style.ellipsis());
            write_hanging(self.output, &head, INDENT, &lines)?;
        }
        if others > 0 {
            writeln!(self.output, "  {:>11}  others", grouped(others))?;
        }
        Ok(())
    }

    fn input(&mut self, summary: &Summary) -> io::Result<()> {
        let ages = AGES.iter().map(|(_, name)| *name).zip(summary.ages.counts);
        self.columns("Age of the captures", ages)?;
        if let Some(counts) = &summary.records {
            self.log(*counts)?;
        }
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

    fn log(&mut self, counts: RecordCounts) -> io::Result<()> {
        writeln!(self.output, "\n{}", self.style.paint(Tone::Strong, "Cloudflare's records"))?;
        for (count, what) in records_told(counts) {
            writeln!(self.output, "  {:>11}  {what}", grouped(count))?;
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

/// What is told of Cloudflare's records, however many there are; and of the rest what there is.
pub(in crate::report) fn records_told(counts: RecordCounts) -> Vec<(u64, &'static str)> {
    let mut told = vec![(counts.records, "of these rules")];
    told.extend(
        [
            (counts.devices_not_captured, "devices with a record and without a capture"),
            (counts.no_device, "without a device ID or a serial number of its own"),
            (counts.other_rules, "of other rules"),
            (counts.other_types, "of other kinds of checks"),
            (counts.unreadable, "lines that are not records"),
            (counts.left_out, "left out: of more devices than are kept"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0),
    );
    told
}

/// As far as the texts under a bar are indented.
const INDENT: &str = "               ";

/// Where a label before them ends.
const LABEL: usize = INDENT.len() - 2;

/// Lines that a name takes at most.
const NAME_LINES: usize = 3;

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
        0 => "0 %".to_owned(),
        1..100 => format!("{}.{} %", tenths / 10, tenths % 10),
        _ => format!("{} %", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::row::{DeviceFacts, FixFacts};
    use crate::reason::Code;
    use crate::system::System;

    const COMMAND: &str = "certutil -A -d 'sql:/var/lib/a folder with a long name/of another device/nssdb' -n \
                           'device-042' -t ,, -a -i '/var/lib/another folder with a long name/device-042.pem'";

    fn written(width: usize, counts: [u64; 3]) -> String {
        let style = Style { color: false, width: Some(width), unicode: true, verbose: false, quiet: false };
        let fix = FixFacts {
            code: Code::NotFound,
            message:
                "Import it from /var/lib/another-folder/with-a-long-name/device-042.pem into the database"
                    .to_owned(),
            command: Some(COMMAND.to_owned()),
            system: System::Linux,
            then: None,
        };
        let mut facts = RuleSummary::default();
        let [pass, fail, unknown] = counts;
        facts.verdicts = Verdicts { pass, fail, unknown };
        let example = Example {
            line: 1,
            device: DeviceFacts { id: Some("device-042".to_owned()), ..DeviceFacts::default() },
            message: Some("No certificate of the database has the name \"device-042\"".to_owned()),
            recorded_at: None,
        };
        let group = Group { count: fail, examples: vec![example], fix: Some(fix) };
        facts.causes.insert(Cause { verdict: Verdict::Fail, code: Some(Code::NotFound) }, group);
        let mut output = Vec::new();
        let mut page = Page { output: &mut output, style: &style };
        page.rule(&Rule::from_flags(None, None), &facts, false).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [60, 80, 120] {
            let text = written(width, [1_000_000, 1_234_567, 7_000_000]);
            // An argument stays whole.
            let long = text
                .lines()
                .filter(|line| columns(line) > width && !line.ends_with('\'') && !line.ends_with("' \\"));
            assert_eq!(long.collect::<Vec<_>>(), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_command_in_several_lines_copies_as_one() {
        let text = written(60, [0, 1, 0]);
        let (_, command) = text.split_once("certutil").unwrap();
        let lines: Vec<&str> = command.split("\n\n").next().unwrap().lines().map(str::trim).collect();
        assert!(lines.len() > 2, "{text}");
        assert_eq!(format!("certutil {}", lines.join(" ").replace(" \\ ", " ")), COMMAND);
    }
}
