//! Each test plants one fault in a real NSS database, or in files, and reads the answer. Wherever the
//! answer has a command, the command is run from another directory, and the check has to pass after
//! it, or to fail for what the answer said would remain.

mod authority;
mod elsewhere;
mod harness;
mod modules;
mod names;
mod nickname;
mod other_systems;
mod paths;
mod pki;
mod rule_sources;
mod rules;
mod slips;
mod stores;
mod twins;
mod validity;
mod version_two;
