//! `docs/reasons.md` says what the table of reason codes says.

use certposture::reason::markdown;
use std::path::Path;

#[test]
fn page_of_reason_codes_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reasons.md");
    let page = std::fs::read_to_string(&path).expect("docs/reasons.md can be read");
    assert!(
        page.replace("\r\n", "\n") == markdown(),
        "docs/reasons.md is out of date; write it again: certposture explain --markdown > docs/reasons.md"
    );
}
