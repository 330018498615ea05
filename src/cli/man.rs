//! `certposture man`: the man pages, one for the program and one per subcommand.

use super::{Exit, declared, manual};
use anyhow::Context as _;
use clap::Command;
use clap_mangen::Man;
use std::fs;
use std::io;
use std::path::Path;

/// Of the last change to what the pages say; formatters want one, and a build must not depend on its day.
const DATE: &str = "2026-11-25";

pub fn run(directory: &Path) -> anyhow::Result<Exit> {
    let what = || format!("cannot write man pages into {}", directory.display());
    fs::create_dir_all(directory).with_context(what)?;
    let mut program = declared::command().disable_help_subcommand(true);
    program.build();
    write(&program, &names(&program), directory).with_context(what)?;
    Ok(Exit::Pass)
}

/// The page of a command, and those of its subcommands. `pages` are the names of all pages.
fn write(command: &Command, pages: &[String], directory: &Path) -> io::Result<()> {
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        write(subcommand, pages, directory)?;
    }
    let name = name(command);
    fs::write(directory.join(format!("{name}.1")), page(command, name, pages)?)
}

/// The name of a command's page.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// The names of all pages below and of `command`.
fn names(command: &Command) -> Vec<String> {
    let below = command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()).flat_map(names);
    std::iter::once(name(command).to_owned()).chain(below).collect()
}

/// The generator's sections, and this program's own behind them.
fn page(command: &Command, name: &str, pages: &[String]) -> io::Result<String> {
    let typed = name.split_once('-').map_or_else(String::new, |(_, typed)| typed.replace('-', " "));
    let remarks = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let man = Man::new(command.clone()).title(name.to_uppercase());
    let man = man.source(concat!("certposture ", env!("CARGO_PKG_VERSION"))).manual("certposture").date(DATE);
    let mut sections = Vec::new();
    man.render_title(&mut sections)?;
    man.render_name_section(&mut sections)?;
    man.render_synopsis_section(&mut sections)?;
    man.render_description_section(&mut sections)?;
    man.render_options_section(&mut sections)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut sections)?;
    }
    let sections = tidy(&String::from_utf8_lossy(&sections));
    let own = [remarks_of(&remarks), statuses(&typed), environment(&typed), see_also(name, pages)];
    Ok(sections + &own.concat())
}

/// The examples as they stand, for filled they would be useless, and the other paragraphs below help. (The exit
/// status has a section of its own.)
fn remarks_of(remarks: &str) -> String {
    let paragraphs: Vec<&str> = remarks.split("\n\n").filter(|text| !text.trim().is_empty()).collect();
    let (examples, others): (Vec<&str>, Vec<&str>) =
        paragraphs.into_iter().partition(|text| text.starts_with("Example"));
    let examples: Vec<String> = examples
        .iter()
        .map(|text| text.split_once('\n').map_or(String::new(), |(_, lines)| literal(lines)))
        .collect();
    let notes: Vec<String> =
        others.iter().filter(|text| !text.starts_with("Exit status")).map(|text| escaped(text)).collect();
    section("EXAMPLES", &examples.concat()) + &section("NOTES", &notes.join(".PP\n"))
}

fn statuses(typed: &str) -> String {
    let each = manual::exit_statuses(typed).into_iter();
    let each = each.map(|(number, meaning)| format!(".TP\n\\fB{number}\\fR\n{}", escaped(meaning)));
    section("EXIT STATUS", &each.collect::<String>())
}

fn environment(typed: &str) -> String {
    let each = manual::environment(typed);
    let each = each.map(|(name, meaning)| format!(".TP\n\\fB{name}\\fR\n{}", escaped(meaning)));
    section("ENVIRONMENT", &each.collect::<String>())
}

/// The program's page and those beside and below this one, then the programs of others.
fn see_also(name: &str, pages: &[String]) -> String {
    let own = pages.iter().filter(|page| *page != name).map(|page| format!("{page}(1)"));
    let all: Vec<String> = own.chain(manual::OTHERS.map(str::to_owned)).collect();
    let set = all.iter().map(|page| {
        let (page, number) = page.split_once('(').unwrap_or((page, ""));
        format!(".BR {} ({number}", page.replace('-', "\\-"))
    });
    section("SEE ALSO", &(set.collect::<Vec<_>>().join(" ,\n") + "\n"))
}

/// Nothing where there is nothing to say.
fn section(heading: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(".SH \"{heading}\"\n{text}") }
}

/// Without the line breaks around paragraphs that formatters warn of.
fn tidy(roff: &str) -> String {
    let roff = roff.replace(".br\n\n.br\n", ".sp\n").replace("\n\n.br\n", "\n.sp\n");
    let mut lines: Vec<&str> = Vec::new();
    for line in roff.lines().map(str::trim_end) {
        // One preamble, which every rendered section repeats, is enough.
        if lines.contains(&line) && (line.starts_with(".ie ") || line.starts_with(".el ")) {
            continue;
        }
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

/// Lines that are not filled.
fn literal(text: &str) -> String {
    format!(".nf\n{}.fi\n", escaped(text))
}

fn escaped(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
        if line.starts_with('.') { format!("\\&{line}\n") } else { format!("{line}\n") }
    });
    lines.collect()
}
