//! The real certutil and ours, on the same databases. Needs certutil, pk12util, openssl and strace.

mod differential;
mod generate;
mod states;
mod tool;
mod traces;
