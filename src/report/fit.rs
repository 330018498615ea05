//! Making text fit: columns as a terminal counts them, and names shortened in the middle.

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

    proptest! {
        #[test]
        fn never_takes_more_than_the_limit(text in "\\PC{0,60}", limit in 1usize..40) {
            let short = shorten_middle(&text, limit, ELLIPSIS);
            prop_assert!(columns(&short) <= limit, "{short:?}");
        }
    }
}
