//! `certposture verify`: each certificate against the uploaded CA, directly and along a chain.

use super::{Common, Exit, check, list, options, refuse_to_read_twice};
use crate::ca::UploadedCas;
use crate::certificate::Certificate;
use crate::diagnosis::{Unread, Verification, Verified};
use crate::encoding::{self, FileKind, Unrecognized};
use crate::input::{self, Unreadable};
use crate::reason::Finding;
use crate::report::verify as report;
use crate::report::{Format, Style, html};
use crate::store::{Given, Place, Status};
use crate::text::shown;
use crate::verification::{Judgement, Verifier};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use rayon::prelude::*;
use std::io::{self, Write as _};
use std::path::PathBuf;

/// From this number on, a terminal shows how far the work is.
const MANY: usize = 500;

/// The largest file of certificates read.
const MAX_FILE_SIZE: u64 = 128 << 20;

pub fn run(arguments: &options::Verify, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    refuse_to_read_twice(arguments.certificates.iter().chain(&arguments.ca).chain(&arguments.intermediate))?;
    let given = options::stores(&common.store)?;
    let answer = verify(arguments, &given, common);
    if let Some(error) = &answer.error {
        warn(error);
    }
    super::as_far_as_read(match common.format {
        Format::Json => report::json(&answer),
        Format::Html => html::verify(&answer, style.verbose),
        _ => report::table(&answer, style),
    })?;
    Ok(answer.verdict.into())
}

fn verify(arguments: &options::Verify, given: &[Given], common: &Common) -> Verification {
    let at = common.at.unwrap_or_else(Timestamp::now);
    let cas = UploadedCas::read(&arguments.ca);
    if let Some(problem) = cas.unreadable() {
        let source = problem.file().map_or_else(String::new, |file| file.to_string_lossy().into_owned());
        let unread = Unread { source, why: problem.message.clone() };
        return Verification::impossible(at, vec![unread], format!("{} [{}]", problem.message, problem.code));
    }
    tell(&cas.problems);
    let mut pool = Vec::new();
    for file in &arguments.intermediate {
        match check::read_intermediates(std::slice::from_ref(file)) {
            Ok(certificates) => pool.extend(certificates),
            Err(why) => {
                let why = shown(&format!("{why:#}")).into_owned();
                let unread = Unread { source: file.to_string_lossy().into_owned(), why: why.clone() };
                return Verification::impossible(at, vec![unread], why);
            }
        }
    }
    let inputs = gather(arguments, given);
    pool.extend(inputs.certificates.iter().map(|(certificate, _)| certificate.clone()));
    let anchors: Vec<Certificate> = cas.cas.into_iter().map(|ca| ca.certificate).collect();
    let verifier = Verifier::new(&anchors, &pool, at);
    let verified = verify_all(&verifier, inputs.certificates, arguments.purpose);
    Verification::new(at, anchors, verified, inputs.unread)
}

fn tell(problems: &[Finding]) {
    for problem in problems {
        warn(&format!("{} [{}]", problem.message, problem.code));
    }
}

fn warn(message: &str) {
    let _ = writeln!(io::stderr(), "certposture: {message}");
}

fn verify_all(
    verifier: &Verifier<'_>,
    certificates: Vec<(Certificate, String)>,
    purpose: options::Purpose,
) -> Vec<Verified> {
    let progress = progress(certificates.len());
    let verify = |(certificate, source)| {
        let judgement: Judgement = verifier.judge(&certificate, purpose.into());
        progress.inc(1);
        Verified { certificate, source, judgement }
    };
    let verified = certificates.into_par_iter().map(verify).collect();
    progress.finish_and_clear();
    verified
}

/// On standard error, and only where that is a terminal.
fn progress(count: usize) -> ProgressBar {
    if count < MANY {
        return ProgressBar::hidden();
    }
    let look = ProgressStyle::with_template("{bar:40} {pos}/{len} certificates, {eta} left");
    ProgressBar::new(count as u64).with_style(look.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The certificates to judge, each with the place it came from.
#[derive(Default)]
struct Inputs {
    certificates: Vec<(Certificate, String)>,
    /// What was asked for and could not be read.
    unread: Vec<Unread>,
}

fn gather(arguments: &options::Verify, given: &[Given]) -> Inputs {
    let mut inputs = Inputs::default();
    inputs.add_files(&files(&arguments.certificates));
    if arguments.certificates.is_empty() || !given.is_empty() {
        for place in list::places(given) {
            inputs.add_store(&place);
        }
    }
    inputs
}

/// A file to read. Whoever names a file wants it judged; a folder may hold other things, too.
struct Source {
    path: PathBuf,
    is_named: bool,
}

/// The files, and those in the folders by name. Folders in folders are not entered.
fn files(paths: &[PathBuf]) -> Vec<Source> {
    let mut files = Vec::new();
    for path in paths {
        match std::fs::read_dir(path) {
            Ok(entries) => {
                let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
                inside.sort();
                files.extend(inside.into_iter().map(|path| Source { path, is_named: false }));
            }
            Err(_) => files.push(Source { path: path.clone(), is_named: true }),
        }
    }
    files
}

impl Inputs {
    fn add_files(&mut self, files: &[Source]) {
        let read: Vec<_> = files.par_iter().map(|file| (file, read_file(file))).collect();
        for (file, contents) in read {
            let source = file.path.to_string_lossy();
            match contents {
                Ok(ReadFile { certificates, damage }) => {
                    let of_file = certificates.into_iter();
                    self.certificates.extend(of_file.map(|certificate| (certificate, source.to_string())));
                    if let Some(why) = damage {
                        self.miss(&source, &why);
                    }
                }
                Err(why) => self.miss(&source, &why),
            }
        }
    }

    fn add_store(&mut self, place: &Place) {
        let contents = &place.contents;
        if contents.status != Status::Read {
            let why = contents.problem.as_ref().map_or("cannot be read", |problem| &problem.message);
            self.miss(&contents.spec.to_string(), why);
        }
        for stored in &contents.certificates {
            self.certificates.push((stored.certificate.clone(), stored.location.clone()));
        }
    }

    fn miss(&mut self, source: &str, why: &str) {
        warn(&format!("{}: {why}", shown(source)));
        self.unread.push(Unread { source: source.to_owned(), why: why.to_owned() });
    }
}

#[derive(Default)]
struct ReadFile {
    certificates: Vec<Certificate>,
    /// What is reported about parts that cannot be decoded.
    damage: Option<String>,
}

fn read_file(file: &Source) -> Result<ReadFile, String> {
    let read = if file.is_named { input::read_named } else { input::read };
    let bytes = match read(&file.path, MAX_FILE_SIZE) {
        Ok(bytes) => bytes,
        Err(Unreadable::Missing | Unreadable::Directory | Unreadable::NotAFile) if !file.is_named => {
            return Ok(ReadFile::default());
        }
        Err(why) => return Err(why.to_string()),
    };
    match encoding::read(&bytes) {
        Ok(objects) if objects.certificates.is_empty() && objects.damaged == 0 && file.is_named => {
            Err(objects.why_empty())
        }
        Ok(objects) => {
            let damage = objects.damage_text();
            let certificates =
                objects.certificates.into_iter().map(|found| Certificate::from_der(found.der)).collect();
            Ok(ReadFile { certificates, damage })
        }
        Err(Unrecognized::Empty | Unrecognized::NeitherPemNorDer | Unrecognized::Other(FileKind::Text))
            if !file.is_named =>
        {
            Ok(ReadFile::default())
        }
        // Meant as a certificate: say what is wrong with it as one.
        Err(Unrecognized::NeitherPemNorDer | Unrecognized::CutOff) => {
            let certificate = Certificate::from_der(bytes.to_vec());
            Ok(ReadFile { certificates: vec![certificate], damage: None })
        }
        Err(why) => Err(why.to_string()),
    }
}
