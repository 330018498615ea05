//! A certificate as every report presents it: what it is called, and what of it can be read at all.

use crate::certificate::Certificate;
use crate::text::shown;

/// What table, page, list and JSON say of one certificate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Presented<'a>(pub &'a Certificate);

impl Presented<'_> {
    /// Its common name, or why it cannot be read; `none` where the subject has no common name. Safe to print.
    pub fn name(self, none: &str) -> String {
        match self.problem() {
            Some(why) => format!("(unreadable: {why})"),
            None => {
                let name = self.0.subject().bounded_common_name();
                name.map_or_else(|| none.to_owned(), |name| shown(&name).into_owned())
            }
        }
    }

    /// Why it cannot be read.
    pub fn problem(self) -> Option<String> {
        self.0.outline().err().map(|why| why.to_string())
    }

    /// What `of` says of it; nothing where it cannot be read.
    pub fn readable<T>(self, of: impl FnOnce(&Certificate) -> T) -> Option<T> {
        self.0.outline().is_ok().then(|| of(self.0))
    }

    pub fn subject(self) -> Option<String> {
        self.readable(|certificate| certificate.subject().to_string())
    }

    pub fn issuer(self) -> Option<String> {
        self.readable(|certificate| certificate.issuer().to_string())
    }

    pub fn serial(self) -> Option<String> {
        self.readable(Certificate::serial_hex)
    }
}
