//! Input that fuzzing found or an attacker would send, given to the library. A binary of its own, for
//! the tests measure the memory of their process.
//!
//! * `bad_input`: certificates, pools and chains; an answer within time and memory

#[path = "../support/mod.rs"]
mod support;

mod bad_input;
