//! What concerns Windows. On Linux and macOS the parts run that need no Windows; ci/windows.sh runs all of
//! them in Wine.
//!
//! * `diagnosis`: verdicts and repairs, from stores as Windows would have answered
//! * `program`: the program from the command line to its exit status (Windows only)
//! * `registry`: certificate stores made of registry entries, for `program` and `store` (Windows only)
//! * `store`: the stores of this Windows system (Windows only)
//! * `vectors`: the look-up against results of PowerShell and .NET

#[path = "../support/mod.rs"]
mod support;

mod diagnosis;
#[cfg(windows)]
mod program;
#[cfg(windows)]
mod registry;
#[cfg(windows)]
mod store;
mod vectors;
