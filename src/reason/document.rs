//! The table of reason codes as text: `docs/reasons.md` and `certposture explain`.

use super::{Code, Command};
use std::fmt::Write as _;

const INTRODUCTION: &str = "\
# Reason codes

Each fault and warning in a verdict has a code. Codes are stable: scripts may rely on them. This page is
made from the same table as `certposture explain CODE`; `certposture explain --markdown` prints it.

In the commands, words in capitals stand for what fits your case. Quote names as your shell needs it.
`COMMON_NAME` is the name in the rule. A report gives the commands with this device's own names.

";

/// `docs/reasons.md`.
pub fn markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    for codes in Code::ALL.chunk_by(|a, b| a.stage() == b.stage()) {
        let links: Vec<_> = codes.iter().map(|code| format!("[`{code}`](#{code})")).collect();
        let _ = writeln!(page, "* {}: {}", codes[0].stage().heading(), links.join(", "));
    }
    for code in Code::ALL {
        page.push_str(&section(*code));
    }
    page
}

fn section(code: Code) -> String {
    let texts = code.texts();
    let mut section = format!(
        "\n## `{code}`\n\n*{}. {}*\n\n**Seen.** {}\n\n**Why it decides.** {}\n\n**Fix.** {}.\n",
        code.stage().heading(),
        code.weight().effect(),
        texts.seen,
        texts.why,
        texts.fix
    );
    for (label, commands) in by_label(texts.commands) {
        let _ = writeln!(section, "\n{label}:\n");
        for command in commands {
            let _ = writeln!(section, "    {}", command.line);
        }
    }
    section
}

/// What `certposture explain CODE` prints, in lines of at most `width` columns; commands are never broken.
pub fn explanation(code: Code, width: usize) -> String {
    let texts = code.texts();
    let mut page = format!("{code}\n");
    wrap(&mut page, code.weight().effect(), width);
    let fix = format!("{}.", texts.fix);
    for (heading, text) in [("Seen", texts.seen), ("Why it decides", texts.why), ("Fix", &fix)] {
        let _ = writeln!(page, "\n{heading}");
        wrap(&mut page, text, width);
    }
    for (label, commands) in by_label(texts.commands) {
        let _ = writeln!(page, "\n{label}");
        for command in commands {
            let _ = writeln!(page, "  {}", command.line);
        }
    }
    page
}

/// Every code with what was seen, by group, in lines of at most `width` columns.
pub fn listing(width: usize) -> String {
    const INDENT: usize = 30;
    let mut page = String::new();
    for codes in Code::ALL.chunk_by(|a, b| a.stage() == b.stage()) {
        let _ = writeln!(page, "{}", codes[0].stage().heading());
        for code in codes {
            let mut text = String::new();
            wrap(&mut text, code.texts().seen, width.saturating_sub(INDENT).max(20));
            for (position, line) in text.lines().enumerate() {
                let head = if position == 0 { code.as_str() } else { "" };
                let _ = writeln!(page, "  {head:<width$}{}", line.trim_start(), width = INDENT);
            }
        }
        page.push('\n');
    }
    page.push_str("Each in full: certposture explain CODE\n");
    page
}

/// Neighbours with one label, together under it.
fn by_label(commands: &'static [Command]) -> impl Iterator<Item = (&'static str, &'static [Command])> {
    commands.chunk_by(|a, b| a.label == b.label).map(|group| (group[0].label, group))
}

/// Appends `text`, indented by two columns and broken at spaces.
fn wrap(page: &mut String, text: &str, width: usize) {
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column == 0 || column + 1 + length > width {
            page.push_str(if column == 0 { "  " } else { "\n  " });
            column = 2 + length;
        } else {
            page.push(' ');
            column += 1 + length;
        }
        page.push_str(word);
    }
    page.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_kebab_case_and_unique() {
        let words: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in words {
            let kebab = code.split('-').all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase()));
            assert!(kebab, "{code}");
            assert_eq!(code.parse::<Code>().map(Code::as_str).ok(), Some(code));
        }
    }

    #[test]
    fn every_code_has_texts_of_its_own() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let texts = code.texts();
            for text in [texts.seen, texts.why, texts.fix] {
                let is_fix = text == texts.fix;
                assert!(text.ends_with('.') != is_fix, "{code}: {text}");
                assert!(!text.contains('!') && !text.contains("  "), "{code}: {text}");
                assert!(seen.insert(text), "{code} repeats {text}");
            }
        }
    }

    #[test]
    fn commands_fit_their_code_block() {
        for command in Code::ALL.iter().flat_map(|code| code.texts().commands) {
            assert!(!command.line.is_empty() && !command.line.contains('\n'), "{}", command.line);
        }
    }

    #[test]
    fn explanation_keeps_to_the_width() {
        for code in Code::ALL {
            let commands: Vec<_> = code.texts().commands.iter().map(|command| command.line).collect();
            for line in explanation(*code, 80).lines() {
                assert!(line.chars().count() <= 80 || commands.contains(&line.trim()), "{code}: {line}");
            }
        }
    }

    #[test]
    fn listing_names_each_code_once_and_keeps_to_the_width() {
        for width in [60, 80, 100] {
            let listing = listing(width);
            assert!(listing.lines().all(|line| line.chars().count() <= width), "{width}");
            for code in Code::ALL {
                let heads =
                    listing.lines().filter(|line| line.split_whitespace().next() == Some(code.as_str()));
                assert_eq!(heads.count(), 1, "{code}");
            }
        }
    }

    /// Pages make the anchor of a heading from its words: of `code` alone the anchor is the code.
    #[test]
    fn the_address_of_a_code_leads_to_its_heading() {
        let page = markdown();
        for code in Code::ALL {
            let url = code.url();
            let anchor = url.split_once("docs/reasons.md#").map(|(_, anchor)| anchor);
            let heading = format!("\n## `{}`\n", anchor.unwrap_or_default());
            assert_eq!(page.matches(&heading).count(), 1, "{url}");
        }
    }

    #[test]
    fn explanation_of_a_code() {
        insta::assert_snapshot!(explanation(Code::NicknameColon, 80));
    }
}
