//! Making text fit: columns as a terminal counts them, lines broken at spaces first, and names
//! shortened in the middle.

use super::style::Style;
use std::io::{self, Write};
use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// What stands for the part that was left out.
pub(super) const ELLIPSIS: &str = "…";

/// How many columns `text` takes: East Asian wide characters take two, combining ones none.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// `text` in at most `limit` columns, with `gap` in place of its middle: names of devices and of
/// CAs differ at their ends. Never cuts between a letter and its accents.
pub(super) fn shorten_middle(text: &str, limit: usize, gap: &str) -> String {
    if columns(text) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(columns(gap));
    let letters: Vec<&str> = text.graphemes(true).collect();
    let head = fitting(letters.iter().copied(), room.div_ceil(2));
    let tail = fitting(letters.iter().rev().copied(), room / 2);
    let tail = letters.len().saturating_sub(tail).max(head);
    format!("{}{gap}{}", letters[..head].concat(), letters[tail..].concat())
}

/// Prose in lines of at most `width` columns: broken at spaces, and within paths and the like only where
/// one is longer than a line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let options = options(width).break_words(false);
    if text.split(' ').all(|word| columns(word) <= width) {
        return lines(text, options.word_separator(WordSeparator::AsciiSpace));
    }
    lines(text, options)
}

/// A fact in lines of at most `width` columns: broken at spaces and at the hyphens of words, so that a
/// date stays in one piece.
pub(super) fn wrap_fact(text: &str, width: usize) -> Vec<String> {
    let options = options(width).word_separator(WordSeparator::AsciiSpace).break_words(false);
    lines(text, options.word_splitter(WordSplitter::Custom(hyphens_of_words)))
}

/// A name in lines of at most `width` columns: broken at spaces, then after slashes and hyphens, then
/// anywhere.
/// Of a name that takes more than `most` lines the middle is left out.
pub(super) fn wrap_name(text: &str, width: usize, most: usize, gap: &str) -> Vec<String> {
    let mut limit = width.saturating_mul(most);
    loop {
        let options = options(width).word_splitter(WordSplitter::Custom(hyphens));
        let broken = lines(&shorten_middle(text, limit, gap), options);
        if broken.len() <= most || limit <= width {
            return broken;
        }
        limit -= 1;
    }
}

/// Some facts in one line, or in lines of at most `width` columns: broken between facts first.
pub(super) fn wrap_facts(facts: &[String], separator: &str, width: usize) -> Vec<String> {
    let mut broken: Vec<String> = Vec::new();
    for fact in facts {
        if let Some(line) = broken.last_mut()
            && columns(line) + columns(separator) + columns(fact) <= width
        {
            line.push_str(separator);
            line.push_str(fact);
        } else {
            broken.extend(wrap(fact, width));
        }
    }
    broken
}

/// Writes lines: the first behind `head`, the others behind `margin`.
pub(super) fn write_hanging(
    output: &mut impl Write,
    head: &str,
    margin: &str,
    lines: &[String],
) -> io::Result<()> {
    for (position, line) in lines.iter().enumerate() {
        writeln!(output, "{}{line}", if position == 0 { head } else { margin })?;
    }
    Ok(())
}

/// Columns for text behind an indent: of the terminal, or enough for anything.
pub(super) fn room(style: &Style, indent: usize) -> usize {
    style.width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(20))
}

fn options<'a>(width: usize) -> Options<'a> {
    Options::new(width).word_splitter(WordSplitter::NoHyphenation)
}

fn lines(text: &str, options: Options<'_>) -> Vec<String> {
    textwrap::wrap(text, options).into_iter().map(|line| line.into_owned()).collect()
}

/// Behind each hyphen between two letters.
fn hyphens_of_words(word: &str) -> Vec<usize> {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let behind = word.match_indices('-').filter(|(at, hyphen)| {
        is_letter(word[..*at].chars().next_back()) && is_letter(word[at + hyphen.len()..].chars().next())
    });
    behind.map(|(at, hyphen)| at + hyphen.len()).collect()
}

/// Behind each hyphen. Only there: behind anything else textwrap would add one.
fn hyphens(word: &str) -> Vec<usize> {
    word.match_indices('-').map(|(at, hyphen)| at + hyphen.len()).filter(|&at| at < word.len()).collect()
}

/// How many of `letters` fit into `room` columns.
fn fitting<'a>(letters: impl Iterator<Item = &'a str>, room: usize) -> usize {
    let mut used = 0;
    letters
        .take_while(|letter| {
            used += columns(letter);
            used <= room
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_both_ends() {
        assert_eq!(shorten_middle("device-042", 10, ELLIPSIS), "device-042");
        assert_eq!(shorten_middle("laptop-of-somebody-042", 12, ELLIPSIS), "laptop…y-042");
        assert_eq!(shorten_middle("端末端末端末", 7, ELLIPSIS), "端…末");
        assert_eq!(shorten_middle("ae\u{301}ae\u{301}ae\u{301}", 4, ELLIPSIS), "ae\u{301}…e\u{301}");
        assert_eq!(shorten_middle("laptop-of-somebody-042", 12, "..."), "lapto...-042");
    }

    #[test]
    fn prose_is_broken_at_spaces() {
        assert_eq!(
            wrap("it is v2: add --type client_certificate_v2", 15),
            ["it is v2: add", "--type", "client_certificate_v2"]
        );
    }

    #[test]
    fn a_path_in_prose_stays_whole_where_it_can() {
        assert_eq!(wrap("it is in nss:/home/jo/.pki/nssdb", 24), ["it is in", "nss:/home/jo/.pki/nssdb"]);
        assert_eq!(wrap("it is in nss:/home/jo/.pki/nssdb", 20), ["it is in nss:/home/", "jo/.pki/nssdb"]);
    }

    #[test]
    fn facts_keep_their_words() {
        assert_eq!(wrap_fact("✗ issued-by-intermediate", 14), ["✗ issued-by-", "intermediate"]);
        assert_eq!(wrap_fact("2027-11-23", 4), ["2027-11-23"]);
        assert_eq!(wrap_fact("✗ missing", 5), ["✗", "missing"]);
    }

    #[test]
    fn names_are_broken_and_then_shortened() {
        assert_eq!(wrap_name("Somebody's laptop", 11, 3, ELLIPSIS), ["Somebody's", "laptop"]);
        assert_eq!(
            wrap_name("nss:/home/jo/.pki/nssdb", 12, 3, ELLIPSIS),
            ["nss:/home/", "jo/.pki/", "nssdb"]
        );
        assert_eq!(
            wrap_name("laptop of somebody in the department 042", 10, 2, ELLIPSIS),
            ["laptop of", "…tment 042"]
        );
        assert_eq!(wrap_name("laptop-of-somebody-042", 12, 3, ELLIPSIS), ["laptop-of-", "somebody-042"]);
        assert_eq!(wrap_name("端末の証明書", 5, 3, ELLIPSIS), ["端末", "の証", "明書"]);
    }

    #[test]
    fn facts_stand_together() {
        let facts = ["CN=Root CA".to_owned(), "valid until 2036-11-20".to_owned(), "sha256 c8c6".to_owned()];
        assert_eq!(wrap_facts(&facts, " · ", 80), ["CN=Root CA · valid until 2036-11-20 · sha256 c8c6"]);
        assert_eq!(wrap_facts(&facts, " · ", 36), ["CN=Root CA · valid until 2036-11-20", "sha256 c8c6"]);
    }

    proptest! {
        #[test]
        fn a_name_takes_no_more_lines_and_columns(
            text in "\\PC{0,60}",
            width in 4usize..20,
            most in 1usize..4,
        ) {
            let lines = wrap_name(&text, width, most, ELLIPSIS);
            prop_assert!(lines.len() <= most.max(1), "{lines:?}");
            // Some scripts join letters; textwrap counts each.
            let columns = textwrap::core::display_width;
            prop_assert!(lines.iter().all(|line| columns(line) <= width), "{lines:?}");
            if !lines.concat().contains(ELLIPSIS) {
                let letters = |text: &str| text.replace(' ', "");
                prop_assert_eq!(letters(&lines.concat()), letters(&text));
            }
        }

        #[test]
        fn never_takes_more_than_the_limit(text in "\\PC{0,60}", limit in 1usize..40) {
            let short = shorten_middle(&text, limit, ELLIPSIS);
            prop_assert!(columns(&short) <= limit, "{short:?}");
        }
    }
}
