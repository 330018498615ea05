//! Tables of many rows. Where one need not fit a terminal it is written straight from its cells,
//! many times faster than by the library that fits columns; both ways look the same.

use super::fit::columns;
use super::fitted::fitted;
use super::heading::Heading;
use super::style::{Style, Tone};
use std::io::{self, Write};

/// A table that is filled cell by cell, row by row.
#[derive(Debug)]
pub struct Grid<'a> {
    style: &'a Style,
    header: &'a [Heading],
    /// All cells, one after the other, and where each ends.
    text: String,
    ends: Vec<usize>,
    tones: Vec<Tone>,
    widths: Vec<usize>,
    has_lines: bool,
}

/// The lines of a table.
struct Lines {
    top: [&'static str; 4],
    middle: [&'static str; 4],
    bottom: [&'static str; 4],
    side: &'static str,
}

/// Left end, line, crossing, right end.
const UNICODE: Lines = Lines {
    top: ["╭", "─", "┬", "╮"],
    middle: ["├", "─", "┼", "┤"],
    bottom: ["╰", "─", "┴", "╯"],
    side: "│",
};
const ASCII: Lines = Lines {
    top: ["+", "-", "+", "+"],
    middle: ["+", "=", "=", "+"],
    bottom: ["+", "-", "+", "+"],
    side: "|",
};

impl<'a> Grid<'a> {
    /// A table with these titles, which may have several lines.
    pub fn new(style: &'a Style, header: &'a [Heading], rows: usize) -> Self {
        let widths =
            header.iter().map(|heading| heading.title.lines().map(width).max().unwrap_or(0)).collect();
        let cells = rows.saturating_mul(header.len());
        let (ends, tones) = (Vec::with_capacity(cells), Vec::with_capacity(cells));
        Self { style, header, text: String::with_capacity(cells * 12), ends, tones, widths, has_lines: false }
    }

    /// Adds the next cell.
    pub fn cell(&mut self, tone: Tone, text: &str) {
        let column = self.ends.len() % self.header.len();
        self.widths[column] = self.widths[column].max(width(text));
        self.has_lines |= text.contains('\n');
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.tones.push(tone);
    }

    /// Writes the table.
    pub fn write(&self, output: &mut impl Write) -> io::Result<()> {
        if self.style.width.is_some() || self.style.color || self.has_lines {
            return writeln!(output, "{}", self.fitted());
        }
        self.write_plain(output)
    }

    fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }

    fn fitted(&self) -> String {
        let mut cells = self.cells().zip(&self.tones).map(|(text, tone)| (*tone, text.to_owned()));
        let rows = self.ends.len() / self.header.len();
        let rows = (0..rows).map(|_| cells.by_ref().take(self.header.len()).collect()).collect();
        fitted(self.style, self.header, rows)
    }

    fn write_plain(&self, output: &mut impl Write) -> io::Result<()> {
        let lines = if self.style.unicode { &UNICODE } else { &ASCII };
        output.write_all(self.rule(lines.top).as_bytes())?;
        let mut row = String::new();
        let height = self.header.iter().map(|heading| heading.title.lines().count()).max().unwrap_or(0);
        for line in 0..height {
            let titles =
                self.header.iter().map(|heading| heading.title.lines().nth(line).unwrap_or_default());
            self.write_row(output, &mut row, lines.side, titles)?;
        }
        output.write_all(self.rule(lines.middle).as_bytes())?;
        let mut cells = self.cells();
        for _ in 0..self.ends.len() / self.header.len() {
            self.write_row(output, &mut row, lines.side, cells.by_ref().take(self.header.len()))?;
        }
        output.write_all(self.rule(lines.bottom).as_bytes())
    }

    fn write_row<'c>(
        &self,
        output: &mut impl Write,
        row: &mut String,
        side: &str,
        cells: impl Iterator<Item = &'c str>,
    ) -> io::Result<()> {
        row.clear();
        row.push_str(side);
        for (text, wanted) in cells.zip(&self.widths) {
            row.push(' ');
            row.push_str(text);
            row.extend(std::iter::repeat_n(' ', wanted.saturating_sub(width(text)) + 1));
            row.push_str(side);
        }
        row.push('\n');
        output.write_all(row.as_bytes())
    }

    fn rule(&self, [left, line, crossing, right]: [&str; 4]) -> String {
        let columns: Vec<String> = self.widths.iter().map(|width| line.repeat(width + 2)).collect();
        format!("{left}{}{right}\n", columns.join(crossing))
    }
}

/// Columns that a text takes on a terminal.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { columns(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::shown;
    use proptest::prelude::*;

    const HEADER: [Heading; 3] =
        [Heading::fact("#"), Heading::fact("Signed by\nthe CA"), Heading::fact("Name")];

    proptest! {
        #[test]
        fn both_ways_look_the_same(texts in prop::collection::vec(".{0,12}", 0..12), unicode: bool) {
            let style = Style { color: false, width: None, unicode, verbose: false, quiet: false };
            let mut grid = Grid::new(&style, &HEADER, texts.len());
            for text in texts.iter().take(texts.len() / 3 * 3) {
                grid.cell(Tone::Plain, &shown(text));
            }
            let mut plain = Vec::new();
            grid.write_plain(&mut plain).unwrap();
            prop_assert_eq!(String::from_utf8(plain).unwrap(), format!("{}\n", grid.fitted()));
        }
    }
}
