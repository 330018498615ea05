//! Many devices at once: a line of the input for each, and its verdict under each rule.

pub mod compression;
pub mod judge;
pub mod lines;
pub mod records;
pub mod row;
pub mod summary;
pub mod workers;

pub use judge::{Conditions, Judge, Terms, diagnose};

/// The most bytes of a line; a longer one is passed over and counted.
pub const MAX_LINE: usize = 16 << 20;
