//! Running the real tools.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a command answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: i32,
    pub output: Vec<u8>,
    pub error: String,
}

pub fn run(command: &mut Command) -> Answer {
    let output = command.stdin(Stdio::null()).env("LC_ALL", "C.UTF-8").output().unwrap();
    Answer {
        status: output.status.code().unwrap_or(-1),
        output: output.stdout,
        error: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Like [`run`], for what must succeed.
pub fn must(command: &mut Command) -> Answer {
    let answer = run(command);
    assert_eq!(answer.status, 0, "{command:?}: {}", answer.error);
    answer
}

pub fn sql(database: &Path) -> String {
    format!("sql:{}", database.display())
}

/// The documented command.
pub fn certutil_lookup(database: &Path, name: &[u8], directory: &Path) -> Answer {
    let mut command = Command::new("certutil");
    command
        .args(["-L", "-d", &sql(database), "-r", "-n"])
        .arg(OsStr::from_bytes(name))
        .current_dir(directory);
    run(&mut command)
}
