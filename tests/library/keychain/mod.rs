//! Keychain files and the look-up in them. The files are written by `support::keychain`, after the
//! layout that Apple's sources give, and not with the reader's code.

mod lookup;
mod names;
mod reader;
