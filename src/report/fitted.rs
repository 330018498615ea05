//! A table that fits the terminal. Where it is too wide, names are broken at spaces and, when very
//! long, shortened in the middle; then columns go that can be spared, and a line says which; then facts are
//! broken at spaces. What decides is never shortened. Where even that is too wide, each row is a list of everything.

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

/// A row: each cell's tone and text.
pub(super) type Row = Vec<(Tone, String)>;

/// A table of `rows` under `header`, without a newline at its end.
pub(super) fn fitted(style: &Style, header: &[Heading], rows: Vec<Row>) -> String {
    let mut sheet = Sheet::new(header, rows);
    let Some(width) = style.width else { return sheet.draw(style, &sheet.natural(), header) };
    let mut kept = header.to_vec();
    loop {
        if let Some(widths) = sheet.widths(width, false) {
            return sheet.draw(style, &widths, header);
        }
        match most_spared(&kept) {
            Some(at) => sheet.hide(&kept.remove(at)),
            None => break,
        }
    }
    match sheet.widths(width, true) {
        Some(widths) => sheet.draw(style, &widths, header),
        None => Sheet { hidden: Vec::new(), ..sheet }.lists(style, width),
    }
}

/// The column that goes next.
fn most_spared(header: &[Heading]) -> Option<usize> {
    let spared = header.iter().enumerate().filter(|(_, heading)| heading.spare > 0);
    spared.max_by_key(|(_, heading)| heading.spare).map(|(at, _)| at)
}

struct Sheet {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    /// The titles of columns for which there is no room.
    hidden: Vec<&'static str>,
}

/// What stands above a column, and whether it holds names.
struct Column {
    title: &'static str,
    is_name: bool,
}

struct Cell {
    tone: Tone,
    text: String,
}

/// What gives way so that a table fits.
#[derive(Clone, Copy)]
enum Step {
    LongNames,
    Titles,
    Names,
    Facts,
}

impl Sheet {
    fn new(header: &[Heading], rows: Vec<Row>) -> Self {
        let column = |heading: &Heading| Column { title: heading.title, is_name: heading.is_name() };
        let cell = |(tone, text)| Cell { tone, text };
        let rows = rows.into_iter().map(|row| row.into_iter().map(cell).collect());
        Self { columns: header.iter().map(column).collect(), rows: rows.collect(), hidden: Vec::new() }
    }

    fn hide(&mut self, heading: &Heading) {
        self.hidden.push(heading.title);
    }

    /// The columns that are drawn.
    fn shown(&self) -> impl Iterator<Item = usize> {
        (0..self.columns.len()).filter(|&at| !self.hidden.contains(&self.columns[at].title))
    }

    fn texts(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |row| row.get(column)).map(|cell| cell.text.as_str())
    }

    /// As wide as the widest text.
    fn natural(&self) -> Vec<usize> {
        let width = |at: usize| {
            let title = self.columns[at].title.lines().map(columns).max().unwrap_or(0);
            title.max(self.widest(at))
        };
        self.shown().map(width).collect()
    }

    fn widest(&self, column: usize) -> usize {
        self.texts(column).flat_map(str::lines).map(columns).max().unwrap_or(0)
    }

    fn longest_word(&self, column: usize) -> usize {
        self.texts(column).map(word).max().unwrap_or(0)
    }

    /// How wide each column may be so that all fits into `width`; `None` when it does not.
    fn widths(&self, width: usize, facts_too: bool) -> Option<Vec<usize>> {
        let mut widths = self.natural();
        let room = width.checked_sub(BETWEEN * widths.len() + 1)?;
        let mut excess = widths.iter().sum::<usize>().saturating_sub(room);
        let steps: &[Step] = if facts_too {
            &[Step::LongNames, Step::Titles, Step::Facts, Step::Names]
        } else {
            &[Step::LongNames, Step::Titles, Step::Names]
        };
        for step in steps {
            if excess > 0 {
                let least: Vec<usize> = self.shown().map(|column| self.least(column, *step)).collect();
                shrink(&mut widths, &least, &mut excess);
            }
        }
        (excess == 0).then_some(widths)
    }

    /// What `step` leaves of a column.
    fn least(&self, column: usize, step: Step) -> usize {
        let Column { title, is_name } = &self.columns[column];
        let least = match (step, is_name) {
            (Step::LongNames, true) => COMFORTABLE,
            (Step::Names, true) => self.longest_word(column).clamp(LEAST, ENOUGH),
            (Step::Titles, false) => self.widest(column),
            (Step::Facts, false) => self.longest_word(column),
            _ => return usize::MAX,
        };
        least.max(word(title))
    }

    fn draw(&self, style: &Style, widths: &[usize], header: &[Heading]) -> String {
        let titles = self.shown().zip(widths).map(|(at, &width)| {
            let title = self.columns[at].title;
            let is_whole = title.lines().all(|line| columns(line) <= width);
            let title = if is_whole { title.to_owned() } else { title.replace('\n', " ") };
            title.lines().flat_map(|line| wrap_fact(line, width)).collect::<Vec<String>>().join("\n")
        });
        let mut table = style.table(titles);
        for row in &self.rows {
            table.add_row(self.shown().zip(widths).map(|(at, &width)| {
                let most = self.most(&self.columns[at], width);
                style.cell(row[at].tone, &row[at].lines(most, width, style.ellipsis()).join("\n"))
            }));
        }
        let mut drawn = table.to_string();
        if !self.hidden.is_empty() {
            let titles = header.iter().filter(|heading| self.hidden.contains(&heading.title));
            let titles: Vec<String> = titles.map(Heading::line).collect();
            let note = format!("No room for: {}", titles.join(", "));
            drawn.push_str(&format!("\n{}", style.paint(Tone::Faint, &note)));
        }
        drawn
    }

    /// The lines that each name of a column may take.
    fn most(&self, column: &Column, width: usize) -> Option<usize> {
        let most = if self.rows.len() <= FEW_ROWS { LINES } else { ROOM.div_ceil(width.max(1)) };
        column.is_name.then_some(most)
    }

    /// Each row as a list of titles and texts.
    fn lists(&self, style: &Style, width: usize) -> String {
        let titles = self.columns.iter().map(|column| columns(&column.title.replace('\n', " ")));
        let indent = titles.max().unwrap_or(0) + 2;
        let room = width.saturating_sub(indent).max(LEAST);
        let list = |row: &Vec<Cell>| {
            let mut lines = Vec::new();
            for (column, cell) in self.columns.iter().zip(row) {
                let mut head = column.title.replace('\n', " ");
                let wrapped = if column.is_name {
                    wrap_name(&cell.text, room, LINES, style.ellipsis())
                } else {
                    wrap_fact(&cell.text, room)
                };
                for line in wrapped {
                    let padding = " ".repeat(indent - columns(&head));
                    lines.push(format!("{head}{padding}{}", style.paint(cell.tone, &line)));
                    head.clear();
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
        let broken = |text: &str| {
            if columns(text) <= width {
                vec![text.to_owned()]
            } else if let Some(most) = most {
                wrap_name(text, width, most, gap)
            } else {
                wrap_fact(text, width)
            }
        };
        self.text.lines().flat_map(broken).collect()
    }
}

/// The columns of the longest word.
fn word(text: &str) -> usize {
    let words = text.split_whitespace().flat_map(|word| wrap_fact(word, 1));
    words.map(|word| columns(&word)).max().unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: [Heading; 4] = [
        Heading::subject("Common name"),
        Heading::name("Nickname").spared(1),
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
    fn then_what_can_be_spared_goes_and_is_named() {
        let table = drawn(Some(56), true);
        assert!(table.lines().all(|line| columns(line) <= 56), "{table}");
        assert!(table.contains("│ Common name ") && !table.contains("│ Nickname"), "{table}");
        assert!(table.ends_with("\nNo room for: Nickname"), "{table}");
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
