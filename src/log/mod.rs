//! Cloudflare's own record of a posture check, beside the verdict that was reached here.

mod compare;
mod record;

pub use compare::{Comparison, Here, Meaning, MeaningKind, Row, compare};
pub use record::{Log, NoLog, Record};
