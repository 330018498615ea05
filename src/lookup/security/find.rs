//! `CFStringFind` with `kCFCompareCaseInsensitive | kCFCompareNonliteral`, which is how
//! `security` compares names (CoreFoundation, `CFStringFindWithOptionsAndLocale`).
//!
//! Characters are equal when their canonical decompositions (NFD) are after full case folding.
//! A match begins and ends between characters of the text searched: not inside what one of them
//! expands to, and not in front of a character that belongs to the one before it.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_properties::CodePointSetData;
use icu_properties::props::GraphemeExtend;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

const FOLD: CaseMapperBorrowed<'_> = CaseMapper::new();

const COMBINING_GRAPHEME_JOINER: char = '\u{34f}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// The canonical combining class of viramas.
const VIRAMA: u8 = 9;

/// Whether `text` contains `wanted`. Nothing contains the empty string.
pub fn contains(text: &str, wanted: &str) -> bool {
    if wanted.is_empty() {
        return false;
    }
    if text.is_ascii() && wanted.is_ascii() {
        let wanted = wanted.as_bytes();
        return text.as_bytes().windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted));
    }
    let source: Vec<char> = text.chars().collect();
    let text = folded(text);
    let wanted = folded(wanted);
    (0..text.len()).any(|start| {
        is_boundary(&text, start)
            && begins_with(&text[start..], &wanted)
            && may_end(&source, &text, start + wanted.len())
    })
}

/// A folded character, and which of the original ones it came from.
struct Folded {
    character: char,
    origin: usize,
}

fn folded(text: &str) -> Vec<Folded> {
    let mut folded = Vec::with_capacity(text.len());
    for (origin, character) in text.chars().enumerate() {
        let mut decomposed = String::new();
        decompose_canonical(character, |part| decomposed.push(part));
        let characters = FOLD.fold_string(&decomposed);
        folded.extend(characters.chars().map(|character| Folded { character, origin }));
    }
    let is_mark = |part: &Folded| canonical_combining_class(part.character) != 0;
    for marks in folded.chunk_by_mut(|a, b| is_mark(a) && is_mark(b)) {
        marks.sort_by_key(|mark| canonical_combining_class(mark.character));
    }
    folded
}

fn begins_with(text: &[Folded], wanted: &[Folded]) -> bool {
    text.len() >= wanted.len() && text.iter().zip(wanted).all(|(a, b)| a.character == b.character)
}

/// Whether `at` lies between what two characters expand to.
fn is_boundary(text: &[Folded], at: usize) -> bool {
    at == 0 || text.get(at).is_none_or(|next| next.origin != text[at - 1].origin)
}

fn may_end(source: &[char], text: &[Folded], end: usize) -> bool {
    let Some(next) = text.get(end) else { return true };
    if !is_boundary(text, end) {
        return false;
    }
    let previous = source[text[end - 1].origin];
    let next = source[next.origin];
    let joined = matches!(previous, COMBINING_GRAPHEME_JOINER | ZERO_WIDTH_JOINER)
        || canonical_combining_class(previous) == VIRAMA
        || is_one_syllable(previous, next);
    !joined && !CodePointSetData::new::<GraphemeExtend>().contains(next)
}

/// Whether two Hangul characters, the first of them a jamo, belong to one syllable: leading
/// consonant, vowel and trailing consonant.
fn is_one_syllable(previous: char, next: char) -> bool {
    matches!(
        (previous, next),
        ('\u{1100}'..='\u{115f}', '\u{1100}'..='\u{11a7}' | '\u{ac00}'..='\u{d7a3}')
            | ('\u{1160}'..='\u{11a7}', '\u{1160}'..='\u{11ff}')
            | ('\u{11a8}'..='\u{11ff}', '\u{11a8}'..='\u{11ff}')
    )
}
