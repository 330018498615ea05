//! The certificate's own dates.

use super::message::{SECONDS_PER_DAY, date, finding, span};
use super::{reading::Reading, validate};
use crate::reason::{Code, Finding};
use jiff::Timestamp;

impl Reading<'_> {
    /// Whether the certificate is inside its validity period, and whether it will be in
    /// `expiry_warning_days` days.
    pub fn validity(&self, at: Timestamp, expiry_warning_days: u32) -> Vec<Finding> {
        let at = at.as_second();
        if let Some(fault) = validate::validity(self, 0, "The certificate", at) {
            return vec![fault];
        }
        let left = self.not_after - at;
        if left > i64::from(expiry_warning_days) * SECONDS_PER_DAY {
            return Vec::new();
        }
        let message =
            format!("Passes now; the certificate expires on {}, in {}", date(self.not_after), span(left));
        vec![finding(Code::ExpiresSoon, 0, message)]
    }
}
