//! A table that fits the terminal. Where it is too wide, names are broken at spaces and, when very
//! long, shortened in the middle; then names stand above one another in one column; then facts are
//! broken at spaces. What decides is never shortened. Where even that is too wide, each row is a list.

use super::fit::{columns, wrap_fact, wrap_name};
use super::heading::Heading;
use super::style::{Style, Tone};

/// Titles are broken before names are made narrower than this.
const COMFORTABLE: usize = 16;

/// The least that a column of names may have: its longest word, within these bounds.
const LEAST: usize = 8;
const ENOUGH: usize = 12;

/// Lines that a name may take where rows are few; where they are many, as many as give it this room.
const LINES: usize = 3;
const FEW_ROWS: usize = 4;
const ROOM: usize = 20;

/// Between two columns: a space, a line, a space; and a line at the end.
const BETWEEN: usize = 3;

/// Before each name in a column but the first.
const INDENT: &str = "  ";

/// A row: each cell's tone and text.
pub(super) type Row = Vec<(Tone, String)>;

/// A table of `rows` under `header`, without a newline at its end.
pub(super) fn fitted(style: &Style, header: &[Heading], rows: Vec<Row>) -> String {
    let sheet = Sheet::new(header, rows);
    let Some(width) = style.width else { return sheet.draw(style, &sheet.natural()) };
    if let Some(widths) = sheet.widths(width, false) {
        return sheet.draw(style, &widths);
    }
    let sheet = sheet.stacked(style);
    match sheet.widths(width, false).or_else(|| sheet.widths(width, true)) {
        Some(widths) => sheet.draw(style, &widths),
        None => sheet.lists(style, width),
    }
}

struct Sheet {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A column's titles: several where names stand above one another.
struct Column {
    titles: Vec<String>,
    is_name: bool,
}

/// A cell's texts, as many as its column has titles.
struct Cell {
    tone: Tone,
    texts: Vec<String>,
}

/// What gives way so that a table fits.
#[derive(Clone, Copy)]
enum Step {
    LongNames,
    Titles,
    Names,
    Facts,
    AnyName,
}

impl Sheet {
    fn new(header: &[Heading], rows: Vec<Row>) -> Self {
        let column =
            |heading: &Heading| Column { titles: vec![heading.title.to_owned()], is_name: heading.is_name() };
        let cell = |(tone, text)| Cell { tone, texts: vec![text] };
        let rows = rows.into_iter().map(|row| row.into_iter().map(cell).collect());
        Self { columns: header.iter().map(column).collect(), rows: rows.collect() }
    }

    /// All names in the column of the first one.
    fn stacked(self, style: &Style) -> Self {
        let is_name: Vec<bool> = self.columns.iter().map(|column| column.is_name).collect();
        let filled = |text: String| if text.is_empty() { style.none().to_owned() } else { text };
        let rows = self.rows.into_iter().map(|row| {
            stack(row, &is_name, |first, cell| first.texts.extend(cell.texts.into_iter().map(filled)))
        });
        let rows = rows.collect();
        let columns = stack(self.columns, &is_name, |first, column| first.titles.extend(column.titles));
        Self { columns, rows }
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &Cell> {
        self.rows.iter().filter_map(move |row| row.get(column))
    }

    /// As wide as the widest text.
    fn natural(&self) -> Vec<usize> {
        let width = |(at, column): (usize, &Column)| {
            let titles = indented(&column.titles)
                .flat_map(|(indent, title)| title.lines().map(move |line| columns(indent) + columns(line)));
            titles.max().unwrap_or(0).max(self.widest(at))
        };
        self.columns.iter().enumerate().map(width).collect()
    }

    fn widest(&self, column: usize) -> usize {
        let texts = self.cells(column).flat_map(|cell| indented(&cell.texts));
        texts.map(|(indent, text)| columns(indent) + columns(text)).max().unwrap_or(0)
    }

    fn longest_word(&self, column: usize) -> usize {
        self.cells(column).flat_map(|cell| indented(&cell.texts)).map(word).max().unwrap_or(0)
    }

    /// How wide each column may be so that all fits into `width`; `None` when it does not.
    fn widths(&self, width: usize, facts_too: bool) -> Option<Vec<usize>> {
        let mut widths = self.natural();
        let room = width.checked_sub(BETWEEN * self.columns.len() + 1)?;
        let mut excess = widths.iter().sum::<usize>().saturating_sub(room);
        let steps: &[Step] = if facts_too {
            &[Step::LongNames, Step::Titles, Step::Facts, Step::Names, Step::AnyName]
        } else {
            &[Step::LongNames, Step::Titles, Step::Names]
        };
        for step in steps {
            if excess > 0 {
                let least: Vec<usize> = (0..widths.len()).map(|column| self.least(column, *step)).collect();
                shrink(&mut widths, &least, &mut excess);
            }
        }
        (excess == 0).then_some(widths)
    }

    /// What `step` leaves of a column.
    fn least(&self, column: usize, step: Step) -> usize {
        let Column { titles, is_name } = &self.columns[column];
        let least = match (step, is_name) {
            (Step::LongNames, true) => COMFORTABLE,
            (Step::Names, true) => self.longest_word(column).clamp(LEAST, ENOUGH),
            (Step::Titles, false) => self.widest(column),
            (Step::Facts, false) => self.longest_word(column),
            (Step::AnyName, true) => LEAST,
            _ => return usize::MAX,
        };
        least.max(indented(titles).map(word).max().unwrap_or(0))
    }

    fn draw(&self, style: &Style, widths: &[usize]) -> String {
        let titles = self.columns.iter().zip(widths).map(|(column, &width)| {
            let lines = indented(&column.titles).flat_map(|(indent, title)| {
                let is_whole = title.lines().all(|line| columns(indent) + columns(line) <= width);
                let title = if is_whole { title.to_owned() } else { title.replace('\n', " ") };
                let room = width - columns(indent);
                let lines: Vec<String> = title.lines().flat_map(|line| wrap_fact(line, room)).collect();
                lines.into_iter().map(move |line| format!("{indent}{line}"))
            });
            lines.collect::<Vec<String>>().join("\n")
        });
        let mut table = style.table(titles);
        for row in &self.rows {
            table.add_row(row.iter().zip(&self.columns).zip(widths).map(|((cell, column), &width)| {
                style.cell(
                    cell.tone,
                    &cell.lines(self.most(column, width), width, style.ellipsis()).join("\n"),
                )
            }));
        }
        table.to_string()
    }

    /// The lines that each name of a column may take.
    fn most(&self, column: &Column, width: usize) -> Option<usize> {
        let most = if self.rows.len() <= FEW_ROWS { LINES } else { ROOM.div_ceil(width.max(1)) };
        column.is_name.then_some(most)
    }

    /// Each row as a list of titles and texts.
    fn lists(&self, style: &Style, width: usize) -> String {
        let titles = self.columns.iter().flat_map(|column| &column.titles);
        let indent = titles.map(|title| columns(&title.replace('\n', " "))).max().unwrap_or(0) + 2;
        let room = width.saturating_sub(indent).max(LEAST);
        let list = |row: &Vec<Cell>| {
            let mut lines = Vec::new();
            for (column, cell) in self.columns.iter().zip(row) {
                for (title, text) in column.titles.iter().zip(&cell.texts) {
                    let mut head = title.replace('\n', " ");
                    let wrapped = if column.is_name {
                        wrap_name(text, room, LINES, style.ellipsis())
                    } else {
                        wrap_fact(text, room)
                    };
                    for line in wrapped {
                        let padding = " ".repeat(indent - columns(&head));
                        lines.push(format!("{head}{padding}{}", style.paint(cell.tone, &line)));
                        head.clear();
                    }
                }
            }
            lines.join("\n")
        };
        self.rows.iter().map(list).collect::<Vec<String>>().join("\n\n")
    }
}

impl Cell {
    /// A name takes at most `most` lines; facts have no bound.
    fn lines(&self, most: Option<usize>, width: usize, gap: &str) -> Vec<String> {
        let lines = indented(&self.texts).flat_map(|(indent, text)| {
            let room = width - columns(indent);
            let lines = if columns(text) <= room {
                vec![text.to_owned()]
            } else if let Some(most) = most {
                wrap_name(text, room, most, gap)
            } else {
                wrap_fact(text, room)
            };
            lines.into_iter().map(move |line| format!("{indent}{line}"))
        });
        lines.collect()
    }
}

/// Each text and what stands before it.
fn indented(texts: &[String]) -> impl Iterator<Item = (&'static str, &str)> {
    texts.iter().enumerate().map(|(at, text)| (if at == 0 { "" } else { INDENT }, text.as_str()))
}

/// The columns of the longest word, with its indent.
fn word((indent, text): (&str, &str)) -> usize {
    let words = text.split_whitespace().flat_map(|word| wrap_fact(word, 1));
    columns(indent) + words.map(|word| columns(&word)).max().unwrap_or(0)
}

/// Takes from the widest column, time and again, until nothing is in excess or all are at their least.
fn shrink(widths: &mut [usize], least: &[usize], excess: &mut usize) {
    while *excess > 0 {
        let wide = (0..widths.len()).filter(|&column| widths[column] > least[column]);
        let Some(widest) = wide.max_by_key(|&column| widths[column]) else { return };
        widths[widest] -= 1;
        *excess -= 1;
    }
}

/// Joins to the first element that is marked all further ones.
fn stack<T>(all: Vec<T>, marked: &[bool], mut join: impl FnMut(&mut T, T)) -> Vec<T> {
    let mut kept: Vec<T> = Vec::with_capacity(all.len());
    let mut first = None;
    for (one, &is_marked) in all.into_iter().zip(marked) {
        match first {
            Some(at) if is_marked => join(&mut kept[at], one),
            _ => {
                if is_marked {
                    first = Some(kept.len());
                }
                kept.push(one);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: [Heading; 4] = [
        Heading::subject("Common name"),
        Heading::name("Nickname"),
        Heading::fact("Found by\ncertutil -n"),
        Heading::fact("Key"),
    ];

    fn drawn(width: Option<usize>, unicode: bool) -> String {
        let style = Style { color: false, width, unicode, verbose: false, quiet: false };
        let row = |name: &str, label: &str, found: &str| {
            let texts = [name, label, found, "x not here"];
            texts.iter().map(|text| (Tone::Plain, (*text).to_owned())).collect()
        };
        let rows = vec![
            row("a-laptop-with-a-very-long-name-042", "Somebody's laptop", "x a fact that decides"),
            row("端末端末端末端末端末端末端末端末", "", "ok"),
            row("e\u{301}e\u{301}e\u{301}", "Example CA 2", "ok"),
        ];
        fitted(&style, &HEADER, rows)
    }

    #[test]
    fn names_give_way_and_facts_do_not() {
        let table = drawn(Some(70), true);
        assert!(table.lines().all(|line| columns(line) <= 70), "{table}");
        assert!(table.contains("│ Somebody's ") && table.contains("│ laptop "), "{table}");
        assert!(table.contains("x a fact that decides"), "{table}");
    }

    #[test]
    fn then_names_stand_above_one_another() {
        let table = drawn(Some(56), true);
        assert!(table.lines().all(|line| columns(line) <= 56), "{table}");
        assert!(table.contains("│ Common name ") && table.contains("│   Nickname "), "{table}");
        assert!(table.contains("│   Somebody's ") && table.contains("│   – "), "{table}");
        assert!(table.contains("x a fact that decides"), "{table}");
    }

    #[test]
    fn then_facts_are_broken_at_spaces() {
        let table = drawn(Some(40), true);
        assert!(table.lines().all(|line| columns(line) <= 40), "{table}");
        assert!(table.contains("│ x not │") && table.contains("│ here  │"), "{table}");
        assert!(table.contains(" decides "), "{table}");
    }

    #[test]
    fn at_last_each_row_is_a_list() {
        let list = drawn(Some(24), true);
        assert!(list.contains("\nNickname              Somebody\n"), "{list}");
        assert!(list.contains("\nKey                   x not\n                      here\n"), "{list}");
        assert!(!list.contains('│'), "{list}");
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
        let table = drawn(Some(32), false);
        assert!(table.contains("...") && !table.contains('…') && !table.contains('│'), "{table}");
    }
}
