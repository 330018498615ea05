//! The answer as Markdown with tables, as GitHub and GitLab show it in the summary of a job or in a
//! ticket.

use super::gist;
use super::style::Style;
use super::table::{
    columns, counted, next_check, other_type_text, rows, sentence, store_kind, then_text, verdict_word,
};
use crate::diagnosis::{Diagnosis, Fix, Verdict};
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// Writes the answers to one rule or to several.
pub fn checks(answers: &[Diagnosis], verbose: bool) -> io::Result<()> {
    let style = Style::of_page(verbose);
    let texts: Vec<String> = answers.iter().map(|answer| check(answer, &style)).collect();
    let mut output = io::stdout().lock();
    output.write_all(texts.join("\n").as_bytes())?;
    output.flush()
}

fn check(answer: &Diagnosis, style: &Style) -> String {
    let mut page = String::new();
    let mark = match answer.verdict {
        Verdict::Pass => "✅",
        Verdict::Fail => "❌",
        Verdict::Unknown => "❔",
    };
    let _ = writeln!(page, "### {mark} {} · {}\n", verdict_word(answer.verdict), text(&gist::name(answer)));
    let code =
        gist::main_reason(answer).map(|reason| format!(" `{}`", reason.finding.code)).unwrap_or_default();
    let _ = writeln!(page, "{}{code}\n", text(&gist::headline(answer)));
    for fix in &answer.fixes {
        write_fix(&mut page, fix);
    }
    if answer.verdict == Verdict::Fail && answer.fixes.first().is_some_and(Fix::is_enough) {
        let _ = writeln!(page, "{}\n", text(&next_check(answer)));
    }
    write_certificates(&mut page, answer, style);
    for reason in gist::other_reasons(answer) {
        let label = gist::side_label(reason);
        let _ = writeln!(
            page,
            "* **{label}:** {} `{}`",
            text(&sentence(&reason.finding.message)),
            reason.finding.code
        );
    }
    if !answer.rule.is_unreadable() {
        let _ = writeln!(page, "* **Note:** {}", text(&other_type_text(answer)));
    }
    for ca in &answer.cas.cas {
        let subject = text(&ca.certificate.subject().to_string());
        let _ = writeln!(page, "* **Uploaded CA:** {subject} · sha256 `{}`", ca.certificate.sha256());
    }
    for store in answer.stores.iter().filter(|store| store.searched) {
        let count = counted(store.certificates, "certificate");
        let role =
            super::table::stands_for(store).map_or_else(String::new, |role| format!(" · {}", text(&role)));
        let _ = writeln!(page, "* **Searched:** {} · {count}{role}", text(&store.spec.to_string()));
    }
    let at = answer.at.strftime("%Y-%m-%d %H:%M UTC");
    let version = env!("CARGO_PKG_VERSION");
    let kind = store_kind(answer);
    let _ =
        writeln!(page, "\n{} · {kind} · {at} · certposture {version}", text(answer.rule.rule_type.as_str()));
    page
}

fn write_fix(page: &mut String, fix: &Fix) {
    let _ = writeln!(page, "**Fix:** {}\n", text(&sentence(&fix.message)));
    if let Some(command) = &fix.command {
        let fence = "`".repeat(longest_run(command, '`').max(2) + 1);
        let _ = writeln!(page, "{fence}\n{command}\n{fence}\n");
    }
    if let Some(then) = then_text(fix) {
        let _ = writeln!(page, "**Then:** {}\n", text(&then));
    }
}

fn write_certificates(page: &mut String, answer: &Diagnosis, style: &Style) {
    let (rows, left_out) = rows(answer, style);
    if rows.is_empty() {
        return;
    }
    let columns = columns(answer, &rows);
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let titles = columns.iter().map(|column| text(&column.heading.line())).collect();
    let _ = writeln!(page, "{}\n{}", row(titles), row(vec!["---".to_owned(); columns.len()]));
    for examined in rows {
        let cells = columns.iter().map(|column| {
            let (_, cell) = (column.cell)(answer, examined, style);
            text(&cell.replace('\n', " "))
        });
        let _ = writeln!(page, "{}", row(cells.collect()));
    }
    let _ = writeln!(page);
    if left_out > 0 {
        let _ = writeln!(page, "{} of other devices not shown.\n", counted(left_out, "certificate"));
    }
}

fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|c| c != wanted).map(str::len).max().unwrap_or(0)
}

/// Text in which nothing is Markdown. Escapes and character references cannot give structure
/// (CommonMark 0.31, sections 2.4 and 2.5). A bar is a reference, for a table is cut at bars before
/// escapes are looked at; so is a colon, from which an address is made a link. An empty comment keeps
/// GitHub from taking `@name` for a person and an address for a link.
fn text(text: &str) -> String {
    let mut markdown = String::with_capacity(text.len() + 16);
    let shown = crate::text::shown(text);
    let mut rest = shown.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '&' => markdown.push_str("&amp;"),
            '<' => markdown.push_str("&lt;"),
            '>' => markdown.push_str("&gt;"),
            '|' | '\\' | '$' => {
                let _ = write!(markdown, "&#{};", u32::from(c));
            }
            ':' if rest.peek().is_some_and(|next| !matches!(next, ' ' | '0'..='9')) => {
                markdown.push_str("&#58;")
            }
            '@' => markdown.push_str("@<!-- -->"),
            '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '~' | '!' => {
                markdown.push('\\');
                markdown.push(c);
            }
            c => markdown.push(c),
        }
    }
    // The other start of an address that becomes a link.
    markdown.replace("www.", "www&#46;").replace("WWW.", "WWW&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markdown() {
        assert_eq!(text("a|b\\|c"), "a&#124;b&#92;&#124;c");
        assert_eq!(text("nss:/x: y"), "nss&#58;/x: y");
        assert_eq!(text("<b>*_`[x](y)"), r"&lt;b&gt;\*\_\`\[x\](y)");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(longest_run("a ``` b `", '`'), 3);
        assert_eq!(longest_run("none", '`'), 0);
    }
}
