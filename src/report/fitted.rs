//! A table that fits the terminal: where it is too wide, names are shortened in the middle, and what
//! decides never is.

use super::fit::{columns, shorten_middle};
use super::style::{Style, Tone};
use comfy_table::Table;

/// Titles of the columns that may be shortened: what they hold stands in full elsewhere in a report.
const NAMES: [&str; 8] =
    ["Common name", "Nickname", "Friendly name", "Label", "Store", "Source", "Issuer", "Trust"];

/// Shorter than this, a name says nothing.
const LEAST: usize = 8;

/// Between two columns: a space, a line, a space; and a line at the end.
const BETWEEN: usize = 3;

/// A row: each cell's tone and text.
pub(super) type Row = Vec<(Tone, String)>;

/// A table of `rows` under `header`.
pub(super) fn fitted(style: &Style, header: &[&str], rows: Vec<Row>) -> Table {
    let limits = style.width.map(|width| limits(header, &rows, width));
    let gap = style.ellipsis();
    let mut table = style.table(header);
    for row in rows {
        table.add_row(row.into_iter().enumerate().map(|(column, (tone, text))| {
            match limits.as_ref().and_then(|limits| limits.get(column)) {
                Some(&limit) => style.cell(tone, &shorten_middle(&text, limit, gap)),
                None => style.cell(tone, &text),
            }
        }));
    }
    table
}

/// How wide each column may be: as wide as its content, and the widest names less until all fits.
fn limits(header: &[&str], rows: &[Row], width: usize) -> Vec<usize> {
    let mut limits: Vec<usize> = (0..header.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|(_, text)| columns(text));
            let titles = header[column].lines().map(columns);
            cells.chain(titles).max().unwrap_or_default()
        })
        .collect();
    let room = width.saturating_sub(BETWEEN * header.len() + 1);
    let mut excess = limits.iter().sum::<usize>().saturating_sub(room);
    while excess > 0 {
        let names = (0..header.len()).filter(|&column| NAMES.contains(&header[column]));
        let widest = names.filter(|&column| limits[column] > LEAST).max_by_key(|&column| limits[column]);
        let Some(widest) = widest else { break };
        limits[widest] -= 1;
        excess -= 1;
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: Option<usize>, unicode: bool) -> String {
        let style = Style { color: false, width, unicode, verbose: false, quiet: false };
        let row =
            |name: &str, found: &str| vec![(Tone::Plain, name.to_owned()), (Tone::Bad, found.to_owned())];
        let rows = vec![
            row("a-laptop-with-a-very-long-name-042", "x some very long fact that decides"),
            row("端末端末端末端末端末端末端末端末", "ok"),
            row("e\u{301}e\u{301}e\u{301}", "ok"),
        ];
        fitted(&style, &["Common name", "Found by"], rows).to_string()
    }

    #[test]
    fn names_give_way_and_facts_do_not() {
        let table = drawn(Some(60), true);
        assert!(table.lines().all(|line| columns(line) == 60), "{table}");
        assert!(table.contains("a-laptop-w…me-042") || table.contains("…"), "{table}");
        assert!(table.contains("x some very long fact that decides"), "{table}");
    }

    #[test]
    fn without_a_terminal_nothing_is_shortened() {
        let table = drawn(None, true);
        assert!(table.contains("a-laptop-with-a-very-long-name-042"), "{table}");
        let width = table.lines().next().map(columns);
        assert!(table.lines().all(|line| Some(columns(line)) == width), "{table}");
    }

    #[test]
    fn ascii_has_an_ellipsis_too() {
        let table = drawn(Some(60), false);
        assert!(table.contains("...") && !table.contains('…') && !table.contains('│'), "{table}");
    }
}
