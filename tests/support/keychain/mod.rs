//! Keychain files, written after the layout that Apple's sources give.

pub mod certificate;
pub mod writer;
