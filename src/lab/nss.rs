//! NSS databases, made by NSS's own tools where they are installed. The only place of this program
//! that runs another one.

use super::{CASES, PASS_PHRASE};
use crate::system::System;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// What became of the databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Databases {
    Made,
    /// `certutil` or `pk12util` is not installed, or this is Windows, whose certutil is another.
    NoTools,
    /// The tools refused.
    Failed,
}

/// One database per certificate, for certificates of one subject share a nickname in a database; and
/// one in which the good certificate has another nickname.
pub(super) fn make(directory: &Path, device: &str) -> Databases {
    let tools = ["certutil", "pk12util"].iter().all(|tool| run(Command::new(tool).arg("-H")).is_ok());
    if System::current() == System::Windows || !tools {
        return Databases::NoTools;
    }
    let cases = CASES.iter().map(|case| case.name);
    let all = cases.chain(["nickname-differs"]).try_for_each(|name| database(directory, name, device));
    if all.is_ok() { Databases::Made } else { Databases::Failed }
}

fn database(directory: &Path, name: &str, device: &str) -> io::Result<()> {
    let path = directory.join("nss").join(name);
    fs::create_dir_all(&path)?;
    let spec = format!("sql:{}", path.display());
    let certutil = |arguments: &[&str]| {
        succeed(Command::new("certutil").args(["-d", &spec]).args(arguments).current_dir(directory))
    };
    certutil(&["-N", "--empty-password"])?;
    certutil(&["-A", "-n", "Certposture Lab Root CA", "-t", "CT,,", "-i", "ca/root-ca.pem"])?;
    match name {
        "key-missing" => certutil(&["-A", "-n", device, "-t", ",,", "-i", "der/key-missing.der"]),
        "nickname-differs" => {
            import(&spec, directory, "good")?;
            certutil(&["--rename", "-n", device, "--new-n", "Somebody's laptop"])
        }
        _ => import(&spec, directory, name),
    }
}

fn import(spec: &str, directory: &Path, name: &str) -> io::Result<()> {
    let file = format!("pkcs12/{name}.p12");
    let arguments = ["-d", spec, "-i", &file, "-W", PASS_PHRASE, "-K", ""];
    succeed(Command::new("pk12util").args(arguments).current_dir(directory))
}

fn succeed(command: &mut Command) -> io::Result<()> {
    if run(command)? { Ok(()) } else { Err(io::Error::other("the tool refused")) }
}

fn run(command: &mut Command) -> io::Result<bool> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    Ok(status.success())
}
