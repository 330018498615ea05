//! The lines of an input that may be endless and hostile: each with its number, none longer than a
//! limit, and handed on as soon as they have arrived.

use std::io::{self, BufRead};

/// One line of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place in the input, from 1.
    pub number: u64,
    pub content: Content,
}

/// What a line holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Its bytes, without the line feed.
    Bytes(Vec<u8>),
    /// More bytes than the limit allows; they were passed over.
    TooLong { length: u64 },
}

/// Cuts an input into lines.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    /// The most bytes kept of a line.
    limit: usize,
    number: u64,
    /// The beginning of a line whose end has not arrived yet.
    begun: Vec<u8>,
    /// How long that line is so far; more than `begun` holds when it is too long.
    length: u64,
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R, limit: usize) -> Self {
        Self { input, limit, number: 0, begun: Vec::new(), length: 0 }
    }

    /// The lines that end in what the input has ready; it is waited for only when it has nothing.
    /// Empty when the ready part ends within a line, `None` at the end of the input.
    pub fn next_chunk(&mut self) -> io::Result<Option<Vec<Line>>> {
        let mut lines = Vec::new();
        let ready = loop {
            match self.input.fill_buf() {
                Ok(ready) => break ready,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        let size = ready.len();
        if size == 0 {
            // The last line may lack its line feed.
            return Ok(
                (self.length > 0).then(|| vec![end(&mut self.begun, &mut self.length, &mut self.number)])
            );
        }
        let mut rest = ready;
        while let Some(at) = memchr::memchr(b'\n', rest) {
            keep(&mut self.begun, &mut self.length, &rest[..at], self.limit);
            lines.push(end(&mut self.begun, &mut self.length, &mut self.number));
            rest = &rest[at + 1..];
        }
        keep(&mut self.begun, &mut self.length, rest, self.limit);
        self.input.consume(size);
        Ok(Some(lines))
    }
}

/// Adds to the line that has begun, unless that makes it too long: then nothing of it is kept.
fn keep(begun: &mut Vec<u8>, length: &mut u64, part: &[u8], limit: usize) {
    *length += part.len() as u64;
    if *length <= limit as u64 {
        begun.extend_from_slice(part);
    } else {
        *begun = Vec::new();
    }
}

fn end(begun: &mut Vec<u8>, length: &mut u64, number: &mut u64) -> Line {
    *number += 1;
    let whole = std::mem::take(length);
    let bytes = std::mem::take(begun);
    let content =
        if bytes.len() as u64 == whole { Content::Bytes(bytes) } else { Content::TooLong { length: whole } };
    Line { number: *number, content }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{BufReader, Read};

    /// All lines of `input`, which arrives in pieces of `piece` bytes.
    fn lines(input: &[u8], piece: usize, limit: usize) -> Vec<Content> {
        let mut lines = Lines::new(BufReader::with_capacity(piece, input), limit);
        let mut all = Vec::new();
        while let Some(chunk) = lines.next_chunk().unwrap() {
            all.extend(chunk);
        }
        let numbers: Vec<u64> = all.iter().map(|line| line.number).collect();
        assert_eq!(numbers, (1..=all.len() as u64).collect::<Vec<_>>());
        all.into_iter().map(|line| line.content).collect()
    }

    fn bytes(text: &str) -> Content {
        Content::Bytes(text.as_bytes().to_vec())
    }

    #[test]
    fn empty_lines_count_and_the_last_may_lack_its_end() {
        for piece in [1, 2, 3, 64] {
            assert_eq!(lines(b"a\n\nbc\n", piece, 9), [bytes("a"), bytes(""), bytes("bc")]);
            assert_eq!(lines(b"\nbc", piece, 9), [bytes(""), bytes("bc")]);
            assert_eq!(lines(b"", piece, 9), []);
        }
    }

    #[test]
    fn a_line_at_the_limit_is_kept_and_a_longer_one_passed_over() {
        for piece in [1, 2, 64] {
            let expected = [bytes("1234"), Content::TooLong { length: 5 }, bytes("a")];
            assert_eq!(lines(b"1234\n12345\na\n", piece, 4), expected);
        }
    }

    #[test]
    fn lines_are_given_before_the_input_ends() {
        let two_writes = (&b"one\ntw"[..]).chain(&b"o\n"[..]);
        let mut lines = Lines::new(BufReader::new(two_writes), 9);
        assert_eq!(lines.next_chunk().unwrap().unwrap().len(), 1);
        assert_eq!(lines.next_chunk().unwrap().unwrap()[0].content, bytes("two"));
        assert_eq!(lines.next_chunk().unwrap(), None);
    }

    proptest! {
        #[test]
        fn as_many_lines_as_the_standard_library_splits(
            input in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
            piece in 1..40usize,
        ) {
            let expected: Vec<Content> =
                BufRead::split(&input[..], b'\n').map(|line| Content::Bytes(line.unwrap())).collect();
            prop_assert_eq!(lines(&input, piece, 1000), expected);
        }
    }
}
