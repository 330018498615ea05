//! docs/architecture.md gives the modules an order in which each knows only those before it. Here that
//! order is held against what the source files name.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
const TOUR: &str = include_str!("../../docs/architecture.md");

/// The modules in the order of the document: the first indented block under its heading.
fn documented_order() -> Vec<&'static str> {
    let (_, section) = TOUR.split_once("\n## The order of the modules\n").expect("the heading");
    let lines = section.lines().skip_while(|line| !line.starts_with("    "));
    lines.take_while(|line| line.starts_with("    ")).flat_map(str::split_whitespace).collect()
}

/// Every source file of a module, and the module's name.
fn files(folder: &Path, module: Option<&str>, found: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let module = module.unwrap_or(name).to_owned();
        if path.is_dir() {
            files(&path, Some(&module), found);
        } else if module != "lib" && module != "main" {
            found.push((module, path));
        }
    }
}

/// The names that follow `crate::` in the code, alone or in braces.
fn named(source: &str) -> Vec<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.collect::<Vec<_>>().join("\n");
    let name = |text: &str| {
        let text = text.trim_start();
        text[..text.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(text.len())].to_owned()
    };
    let names = code.split("crate::").skip(1).flat_map(|rest| match rest.strip_prefix('{') {
        Some(list) => top_level(list).iter().map(|member| name(member)).collect(),
        None => vec![name(rest)],
    });
    names.filter(|name| !name.is_empty()).collect()
}

/// The members of a list up to its closing brace, without what they have in braces of their own.
fn top_level(list: &str) -> Vec<String> {
    let mut depth = 0;
    let mut members = vec![String::new()];
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(String::new()),
            _ if depth > 0 => {}
            _ => members.last_mut().unwrap().push(c),
        }
    }
    members
}

#[test]
fn each_module_knows_only_those_before_it() {
    let order = documented_order();
    let place: HashMap<&str, usize> = order.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    assert_eq!(place.len(), order.len(), "a module stands twice in {order:?}");
    let mut sources = Vec::new();
    files(Path::new(SOURCES), None, &mut sources);
    for (module, path) in &sources {
        let own = *place.get(module.as_str()).unwrap_or_else(|| panic!("{module} has no place in the order"));
        let source = fs::read_to_string(path).unwrap();
        for other in named(&source) {
            let other_place = place.get(other.as_str());
            let other_place = *other_place.unwrap_or_else(|| panic!("{}: crate::{other}?", path.display()));
            assert!(other_place <= own, "{} names {other}, which comes after {module}", path.display());
        }
    }
    let modules: Vec<&str> = sources.iter().map(|(module, _)| module.as_str()).collect();
    let stale: Vec<_> = order.iter().filter(|name| !modules.contains(name)).collect();
    assert!(stale.is_empty(), "no such modules: {stale:?}");
}
