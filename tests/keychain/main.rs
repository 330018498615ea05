//! Keychain files and the look-up in them. The files are written here, after the layout that Apple's
//! sources give, and not with the reader's code.

mod certificate;
#[cfg(unix)]
mod fixes;
mod lookup;
mod names;
mod reader;
mod writer;
