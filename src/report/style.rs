//! How text may be laid out: width, colour and the characters that the terminal has. Decided once.

use crate::system::System;
use clap::ValueEnum;
use comfy_table::{Cell, Color, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle, presets};
use std::env;
use std::io::{self, IsTerminal as _};

/// The forms in which an answer is written. (No documentation of each: clap would double every help page.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    // For a person at a terminal
    #[default]
    Table,
    // One document; docs/json.md
    Json,
    // One self-contained page, by check, verify and fleet
    Html,
    // For the summary of a job or a ticket, by check
    Markdown,
    // A test report, by check
    Junit,
    // A monitoring plugin's line and exit status, by check
    Nagios,
    // Metrics for node_exporter's textfile collector, by check
    Prometheus,
    // A line of JSON for each device, by fleet
    Ndjson,
    // The same as events of the Open Cybersecurity Schema Framework, by fleet
    Ocsf,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

/// Solid lines, rounded corners, no lines between rows.
const ROUNDED: TableStyle = TableStyle::new()
    .top_border(LineStyle::new('╭', '─', '┬', '╮'))
    .header_lines(ContentLineStyle::new('│', '│', '│'))
    .header_separator(LineStyle::new('├', '─', '┼', '┤'))
    .content_lines(ContentLineStyle::new('│', '│', '│'))
    .bottom_border(LineStyle::new('╰', '─', '┴', '╯'));

/// The look of everything that is printed.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub color: bool,
    /// Columns of the terminal; `None` when there is none: nothing is cut or wrapped then.
    pub width: Option<usize>,
    /// Whether box-drawing characters and marks beyond ASCII may be used.
    pub unicode: bool,
    pub verbose: bool,
    pub quiet: bool,
}

/// The tone of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    Doubtful,
    Faint,
    Strong,
    /// To be copied.
    Command,
    Plain,
}

impl Style {
    /// From the terminal and the environment.
    pub fn detect(color: ColorChoice, verbose: bool, quiet: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let forced = env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let color = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => !set("NO_COLOR") && (forced || (terminal && !dumb)),
        };
        let width = if terminal { terminal_width() } else { None };
        Self { color, width, unicode: !dumb && has_unicode(terminal), verbose, quiet }
    }

    /// For a page: its reader has every character, and a long table shows what matters.
    pub(super) const fn of_page(verbose: bool) -> Self {
        Self { color: false, width: Some(usize::MAX), unicode: true, verbose, quiet: false }
    }

    /// `text` in a tone; unchanged without colour.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.color || tone == Tone::Plain {
            return text.to_owned();
        }
        let style = tone.style();
        format!("{style}{text}{style:#}")
    }

    pub fn yes(&self) -> &'static str {
        if self.unicode { "✓" } else { "ok" }
    }

    pub fn no(&self) -> &'static str {
        if self.unicode { "✗" } else { "x" }
    }

    pub fn none(&self) -> &'static str {
        if self.unicode { "–" } else { "-" }
    }

    pub fn ellipsis(&self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }

    pub fn dot(&self) -> &'static str {
        if self.unicode { "·" } else { "-" }
    }

    /// An empty table. Nothing in it is broken but at newlines.
    pub fn table(&self, header: impl Iterator<Item = String>) -> Table {
        let mut table = Table::new();
        if self.unicode {
            table.load_style(ROUNDED);
        } else {
            table.load_style(presets::ASCII_FULL_CONDENSED);
        }
        if self.color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table.set_header(header.map(|title| self.cell(Tone::Strong, &title)));
        table.set_content_arrangement(ContentArrangement::Disabled);
        table
    }

    /// A cell in a tone.
    pub fn cell(&self, tone: Tone, text: &str) -> Cell {
        let cell = Cell::new(text);
        match tone {
            Tone::Good => cell.fg(Color::Green),
            Tone::Bad => cell.fg(Color::Red),
            Tone::Doubtful => cell.fg(Color::Yellow),
            Tone::Faint => cell.add_attribute(comfy_table::Attribute::Dim),
            Tone::Strong => cell.add_attribute(comfy_table::Attribute::Bold),
            Tone::Command => cell.fg(Color::Cyan),
            Tone::Plain => cell,
        }
    }
}

impl Tone {
    fn style(self) -> anstyle::Style {
        let color = |color: anstyle::AnsiColor| anstyle::Style::new().fg_color(Some(color.into()));
        match self {
            Self::Good => color(anstyle::AnsiColor::Green).bold(),
            Self::Bad => color(anstyle::AnsiColor::Red).bold(),
            Self::Doubtful => color(anstyle::AnsiColor::Yellow).bold(),
            Self::Faint => anstyle::Style::new().dimmed(),
            Self::Strong => anstyle::Style::new().bold(),
            Self::Command => color(anstyle::AnsiColor::Cyan),
            Self::Plain => anstyle::Style::new(),
        }
    }
}

/// The terminal's columns, or what `COLUMNS` says.
fn terminal_width() -> Option<usize> {
    let told =
        env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|&width: &usize| width >= 20);
    told.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0).max(20)))
}

/// A locale that names UTF-8; where none is named, only a terminal is doubted. Windows' consoles are
/// set to UTF-8 by the program's manifest.
fn has_unicode(terminal: bool) -> bool {
    if System::current() == System::Windows {
        return true;
    }
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env::var(name).ok().filter(|v| !v.is_empty()));
    match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        None => !terminal || System::current() == System::Macos,
    }
}
