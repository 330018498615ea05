//! `certposture man`: the man pages, one for the program and one per subcommand.

use super::{Cli, Exit};
use anyhow::Context as _;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use std::fs;
use std::io;
use std::path::Path;

/// Of the last change to what the pages say; formatters want one, and a build must not depend on its day.
const DATE: &str = "2026-11-23";

pub fn run(directory: &Path) -> anyhow::Result<Exit> {
    let what = || format!("cannot write man pages into {}", directory.display());
    fs::create_dir_all(directory).with_context(what)?;
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    write(&program, directory).with_context(what)?;
    Ok(Exit::Pass)
}

/// The page of a command, and those of its subcommands.
fn write(command: &Command, directory: &Path) -> io::Result<()> {
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        write(subcommand, directory)?;
    }
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    fs::write(directory.join(format!("{name}.1")), page(command, name)?)
}

/// The generator's sections, and this program's examples as they stand: filled, they would be useless.
fn page(command: &Command, name: &str) -> io::Result<String> {
    let examples = command.get_after_help().map(ToString::to_string);
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
    let sections = String::from_utf8_lossy(&sections).into_owned();
    Ok(tidy(&sections) + &examples.map(|examples| literal(&examples)).unwrap_or_default())
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

/// A section of lines that are not filled.
fn literal(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
        if line.starts_with('.') { format!("\\&{line}\n") } else { format!("{line}\n") }
    });
    format!(".SH NOTES\n.nf\n{}.fi\n", lines.collect::<String>())
}
