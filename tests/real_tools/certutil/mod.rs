//! The real certutil and ours, on the same databases. Needs certutil, pk12util, modutil, openssl,
//! softhsm2-util and strace.

mod differential;
mod generate;
mod states;
mod tokens;
mod tool;
mod traces;
