//! What the client itself says of its posture checks: `warp-cli debug posture`, which asks the client's own
//! service on this device. Nothing depends on the answer, so it may fail in every way.

use crate::system::System;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The client's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientSays {
    /// There is no `warp-cli` where the client's packages put it.
    NoCommand,
    /// Its output; anything may appear in it.
    Said(String),
    /// Why there is none; anything may appear in it.
    Failed(String),
}

/// Where the packages put it. Folders on PATH are not searched: others may have put them there.
const LINUX: &[&str] = &["/usr/bin/warp-cli", "/usr/local/bin/warp-cli"];
const MACOS: &[&str] =
    &["/Applications/Cloudflare WARP.app/Contents/Resources/warp-cli", "/usr/local/bin/warp-cli"];
const WINDOWS: &[&str] = &[r"C:\Program Files\Cloudflare\Cloudflare WARP\warp-cli.exe"];

/// It answers at once or, when its service hangs, never.
const TIME_LIMIT: Duration = Duration::from_secs(5);
const MOST_BYTES: usize = 1 << 16;
const PAUSE: Duration = Duration::from_millis(10);

pub fn ask(system: System) -> ClientSays {
    let places = match system {
        System::Linux => LINUX,
        System::Macos => MACOS,
        System::Windows => WINDOWS,
    };
    match places.iter().map(PathBuf::from).find(|place| place.is_file()) {
        Some(command) => run(&command, TIME_LIMIT),
        None => ClientSays::NoCommand,
    }
}

fn run(command: &Path, limit: Duration) -> ClientSays {
    let started = Command::new(command)
        .args(["debug", "posture"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    match started {
        Ok(child) => wait(child, limit),
        Err(error) => ClientSays::Failed(error.to_string()),
    }
}

fn wait(mut child: Child, limit: Duration) -> ClientSays {
    let end = Instant::now() + limit;
    let (output, errors) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => thread::sleep(PAUSE),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return ClientSays::Failed(format!("it gave no answer within {} seconds", limit.as_secs()));
            }
            Err(error) => return ClientSays::Failed(error.to_string()),
        }
    };
    let (output, errors) = (text(&output), text(&errors));
    match (status.success(), output.is_empty()) {
        (true, false) => ClientSays::Said(output),
        (true, true) => ClientSays::Failed("it printed nothing".to_owned()),
        (false, _) => {
            let why = errors.lines().chain(output.lines()).next().unwrap_or("it said nothing").to_owned();
            ClientSays::Failed(format!("it ended with {status}: {why}"))
        }
    }
}

/// Reads a pipe beside the main thread, which watches the clock. What is too much is read and dropped, so that
/// the command can end.
fn collect<R: std::io::Read + Send + 'static>(pipe: Option<R>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let Some(mut pipe) = pipe else { return };
        let mut chunk = vec![0; 1 << 12];
        let mut kept = 0;
        while let Ok(read @ 1..) = pipe.read(&mut chunk) {
            let room = MOST_BYTES - kept;
            kept += read.min(room);
            if room > 0 && sender.send(chunk[..read.min(room)].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// All that was read. Somebody who inherited the pipe may hold it open after the command has ended, and is not
/// waited for.
fn text(pipe: &mpsc::Receiver<Vec<u8>>) -> String {
    let mut bytes = Vec::new();
    while let Ok(chunk) = pipe.recv_timeout(10 * PAUSE) {
        bytes.extend(chunk);
    }
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn script(folder: &Path, body: &str) -> PathBuf {
        let file = folder.join("warp-cli");
        std::fs::write(&file, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        file
    }

    #[test]
    fn an_answer_a_failure_and_silence() {
        let folder = tempfile::tempdir().unwrap();
        let says = |body: &str| run(&script(folder.path(), body), Duration::from_secs(1));
        assert_eq!(says(r#"echo "$1 $2""#), ClientSays::Said("debug posture".to_owned()));
        let ClientSays::Failed(why) = says("echo no service >&2; exit 7") else { panic!() };
        assert!(why.contains("no service") && why.contains('7'), "{why}");
        let start = Instant::now();
        let ClientSays::Failed(why) = says("exec sleep 60") else { panic!() };
        assert!(why.contains("within 1 second"), "{why}");
        // A child that keeps the pipe open does not keep us.
        assert_eq!(says("echo yes; sleep 60 &"), ClientSays::Said("yes".to_owned()));
        assert!(start.elapsed() < Duration::from_secs(20));
        let ClientSays::Said(long) = says("head -c 1000000 /dev/zero | tr '\\0' x") else { panic!() };
        assert_eq!(long.len(), MOST_BYTES);
        assert!(matches!(run(&folder.path().join("none"), Duration::from_secs(1)), ClientSays::Failed(_)));
    }
}
