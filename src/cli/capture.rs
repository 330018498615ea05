//! `certposture capture`: what a check looks at on this device, as one line.

use super::options::{self, Elsewhere};
use super::{Common, Exit, UsageError, check};
use crate::capture::{self, Capture, Extent};
use crate::device::Device;
use crate::rule::Rule;
use crate::store::scope;
use crate::text::shown;
use anyhow::{Context as _, anyhow};
use jiff::Timestamp;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Log shippers cut or drop longer lines: osquery's and Fleet's readers, for instance, at 64 KiB.
const LONG_LINE: usize = 60_000;

pub fn run(arguments: &options::Capture, common: &Common) -> anyhow::Result<Exit> {
    let rules = read_rules(&arguments.rule)?;
    let at = common.at.unwrap_or_else(Timestamp::now);
    let mut capture = if common.store.is_empty() {
        let device = Device::here(common.hostname.clone(), common.serial_number.clone());
        let files = files_of(&rules, &arguments.path)?;
        Capture::here(device, &files, extent(arguments.elsewhere), at)
    } else {
        check::captured_stores(&rules, common, at)?
    };
    capture.id.clone_from(&arguments.id);
    let line = capture::line(&capture);
    if line.len() > LONG_LINE {
        let _ = writeln!(
            io::stderr(),
            "certposture: the line has {} bytes; log shippers may cut lines over {LONG_LINE} (--elsewhere none \
             makes it shorter)",
            line.len()
        );
    }
    match &arguments.output {
        Some(file) => write(file, &line)?,
        None => {
            let mut output = io::stdout().lock();
            writeln!(output, "{line}")?;
            output.flush()?;
        }
    }
    Ok(Exit::Pass)
}

const fn extent(elsewhere: Elsewhere) -> Extent {
    match elsewhere {
        Elsewhere::Near => Extent::Near,
        Elsewhere::All => Extent::All,
        Elsewhere::None => Extent::Nothing,
    }
}

fn read_rules(files: &[PathBuf]) -> anyhow::Result<Vec<Rule>> {
    let mut rules = Vec::new();
    for file in files {
        let read = check::read_rule_file(file)
            .map_err(|problem| anyhow!("{} [{}]", problem.message, problem.code))?;
        rules.extend(read.rules);
    }
    Ok(rules)
}

/// The files that rules or options name, each once.
fn files_of(rules: &[Rule], more: &[PathBuf]) -> Result<Vec<PathBuf>, UsageError> {
    let mut files: Vec<PathBuf> = Vec::new();
    for file in more.iter().chain(rules.iter().flat_map(scope::paths)) {
        let absolute = std::path::absolute(file)
            .map_err(|why| UsageError(format!("--path {}: {why}", shown(&file.to_string_lossy()))))?;
        if !files.contains(&absolute) {
            files.push(absolute);
        }
    }
    Ok(files)
}

/// Writes the line whole or not at all, readable by its owner alone.
fn write(file: &Path, line: &str) -> anyhow::Result<()> {
    let what = || format!("cannot write {}", shown(&file.to_string_lossy()));
    if file.exists() && !file.is_file() {
        // A pipe or a device: there is nothing to replace.
        return fs::write(file, format!("{line}\n")).with_context(what);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder).with_context(what)?;
    writeln!(beside, "{line}").with_context(what)?;
    beside.persist(file).map(drop).map_err(|error| error.error).with_context(what)
}
