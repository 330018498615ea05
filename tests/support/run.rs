//! The program, run as a user runs it.
#![allow(dead_code, reason = "each test target uses a part of it")]

use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A second; builds without optimization on a busy machine take many times longer. What waits for a
/// pipe waits for ever.
pub const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 1 });

pub fn certposture(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// The program in a folder where nothing lies that it might read unasked.
pub fn command(arguments: &[&str]) -> Command {
    with_environment(Command::new(env!("CARGO_BIN_EXE_certposture")), arguments)
}

fn with_environment(mut command: Command, arguments: &[&str]) -> Command {
    command.args(arguments).env("LC_ALL", "C.UTF-8").env("NO_COLOR", "1").env_remove("COLUMNS");
    command.current_dir(Path::new(env!("CARGO_TARGET_TMPDIR")));
    command
}

/// The program with 256 MiB of address space, ended when it takes too long.
#[cfg(unix)]
pub fn within_limits(arguments: &[&str]) -> Output {
    // Threads and allocator arenas only reserve addresses; one of each keeps the bound meaningful.
    let mut command = Command::new("sh");
    let bound = if cfg!(target_os = "linux") { "ulimit -v 262144; " } else { "" };
    command.args(["-c", &format!("{bound}exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_certposture")]);
    let mut command = with_environment(command, arguments);
    command.env("RAYON_NUM_THREADS", "1").env("MALLOC_ARENA_MAX", "1");
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    // Read while it writes: a pipe that is full would make it wait.
    let reader = |mut stream: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).unwrap();
            bytes
        })
    };
    let (stdout, stderr) = (reader(Box::new(stdout)), reader(Box::new(stderr)));
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > LIMIT {
            child.kill().unwrap();
            panic!("{arguments:?} took longer than {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Output { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

/// Standard output and standard error together, as text.
pub fn said(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}
