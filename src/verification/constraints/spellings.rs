//! A dot at the end, capitals, or another string type never make an accepted name of a refused one.

use super::{Borne, Relation, Source, Subtree};
use crate::certificate::Name;
use crate::verification::general_name::GeneralName;
use proptest::prelude::*;

/// Whether a name is refused, permitted and excluded.
fn refused(base: &GeneralName<'_>, name: &GeneralName<'_>) -> [bool; 2] {
    let subtree = Subtree::new(*base, false);
    let relation = subtree.relation(&Borne::new(Source::Subject, name), Some(*name));
    [relation != Relation::Inside, relation != Relation::Outside]
}

fn labels() -> impl Strategy<Value = String> {
    "[a-c]{1,2}(\\.[a-c]{1,2}){0,2}"
}

fn spellings(text: &str) -> [String; 4] {
    let capitals = text.to_ascii_uppercase();
    [text.to_owned(), format!("{text}."), format!("{capitals}."), capitals]
}

/// `text` in each string type that can hold it, as the value's element.
fn encodings(text: &str) -> Vec<Vec<u8>> {
    let element = |tag: u8, content: Vec<u8>| [vec![tag, content.len() as u8], content].concat();
    let mut encodings = vec![
        element(0x0c, text.into()),
        element(0x1e, text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        element(0x1c, text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect()),
    ];
    if text.chars().all(|c| u32::from(c) < 0x100) {
        encodings.push(element(0x14, text.chars().map(|c| c as u8).collect()));
    }
    if text.is_ascii() {
        encodings.extend([0x13, 0x16, 0x1a].map(|tag| element(tag, text.into())));
    }
    encodings
}

/// A name of one organization.
fn organization(value: &[u8]) -> Vec<u8> {
    let element = |tag: u8, content: &[u8]| [&[tag, content.len() as u8], content].concat();
    element(0x30, &element(0x31, &element(0x30, &[&[6, 3, 0x55, 4, 10], value].concat())))
}

proptest! {
    #[test]
    fn of_hosts_mailboxes_and_uris(host in labels(), base in labels(), dot in "\\.?") {
        type Make = for<'t> fn(&'t str) -> GeneralName<'t>;
        let kinds: [(Make, &str, &str); 4] = [
            (|text| GeneralName::Dns(text), "", ""),
            (|text| GeneralName::Dns(text), "*.", ""),
            (|text| GeneralName::Email(text), "jo@", ""),
            (|text| GeneralName::Uri(text), "https://", "/x"),
        ];
        let base = format!("{dot}{base}");
        for (make, before, after) in kinds {
            let judged = |base: &str, host: &str| refused(&make(base), &make(&format!("{before}{host}{after}")));
            let plain = judged(&base, &host);
            for (other_base, other_host) in
                spellings(&base).iter().flat_map(|base| spellings(&host).map(|host| (base.clone(), host)))
            {
                let other = judged(&other_base, &other_host);
                for side in [0, 1] {
                    prop_assert!(other[side] || !plain[side], "{other_base} {other_host}");
                }
            }
        }
    }

    #[test]
    fn of_directory_names(base in "[abßéſK]{1,3}", name in "[abßéſK\u{200b}]{1,3}") {
        let judged = |base: &[u8], name: &[u8]| {
            let (base, name) = (organization(base), organization(name));
            let directory = |der| GeneralName::Directory(Name { der });
            refused(&directory(&base), &directory(&name))
        };
        let all = |text: &str| [encodings(text), encodings(&text.to_uppercase())].concat();
        let plain = judged(&encodings(&base)[0], &encodings(&name)[0]);
        for base in all(&base) {
            for name in all(&name) {
                let other = judged(&base, &name);
                prop_assert!(other[0] || !plain[0], "permitted {base:02x?} {name:02x?}");
                prop_assert!(other[1] || !plain[1], "excluded {base:02x?} {name:02x?}");
            }
        }
    }
}
