//! `certposture ca inspect`: is this the certificate to upload, and for which type of rule?

use super::{Common, Exit, options};
use crate::ca;
use crate::certificate::Certificate;
use crate::cli::{as_far_as_read, with_document};
use crate::report::{self, Format, Style};
use crate::store::{Given, Place, Status};
use crate::text::shown;
use crate::upload::Inspection;
use crate::{encoding, input};
use anyhow::{Context as _, bail};
use jiff::Timestamp;
use std::io::{self, Write as _};
use std::path::Path;

pub fn run(arguments: &options::Inspect, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    with_document("certposture.ca/1", common, inspect(arguments, common, style))
}

fn inspect(arguments: &options::Inspect, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    let mut beside = Beside::default();
    for file in &arguments.clients {
        beside.add_file(file)?;
    }
    for given in &options::stores(&common.store)? {
        beside.add_store(given)?;
    }
    let asked = !arguments.clients.is_empty() || !common.store.is_empty();
    if asked && beside.clients.is_empty() {
        bail!("there is no client certificate in what --for and --store name");
    }
    let at = common.at.unwrap_or_else(Timestamp::now);
    let inspection = Inspection::make(&arguments.files, beside.clients, beside.others, at);
    let (exit, word) = if inspection.files.iter().any(|file| file.unreadable.is_some()) {
        (Exit::CannotTell, "CANNOT TELL")
    } else if inspection.is_good(common.rule_type) {
        (Exit::Pass, "OK")
    } else {
        (Exit::Fail, "NO")
    };
    as_far_as_read(match common.format {
        Format::Json => report::ca::json(&inspection),
        _ if style.quiet => writeln!(io::stdout(), "{word}"),
        _ => report::ca::table(&inspection, style),
    })?;
    Ok(exit)
}

/// Certificates from elsewhere than the files, each with its source: those to be judged, and CAs.
#[derive(Default)]
struct Beside {
    clients: Vec<(Certificate, String)>,
    others: Vec<(Certificate, String)>,
}

impl Beside {
    /// Somebody asks about this very file: without a client certificate in it, its first one is meant.
    fn add_file(&mut self, file: &Path) -> anyhow::Result<()> {
        let name = || format!("the client certificate {}", shown(&file.to_string_lossy()));
        let bytes = input::read_named(file, ca::MAX_FILE_SIZE).with_context(name)?;
        let found = encoding::certificates(&bytes).with_context(name)?;
        let certificates: Vec<Certificate> = found.into_iter().map(Certificate::from_der).collect();
        let first = certificates.first().with_context(|| format!("{} holds no certificate", name()))?.clone();
        let source = file.to_string_lossy().into_owned();
        if certificates.iter().all(Certificate::claims_to_be_ca) {
            self.clients.push((first, source.clone()));
        }
        self.sort(certificates, &source);
        Ok(())
    }

    fn add_store(&mut self, given: &Given) -> anyhow::Result<()> {
        let contents = Place::read(given, &[]).contents;
        let spec = contents.spec.to_string();
        if contents.status != Status::Read {
            let why = contents.problem.map_or_else(|| contents.status.to_string(), |problem| problem.message);
            bail!("{}: {why}", shown(&spec));
        }
        let certificates = contents.certificates.into_iter().map(|stored| stored.certificate);
        self.sort(certificates, &spec);
        Ok(())
    }

    fn sort(&mut self, certificates: impl IntoIterator<Item = Certificate>, source: &str) {
        for certificate in certificates {
            let list = if certificate.claims_to_be_ca() { &mut self.others } else { &mut self.clients };
            list.push((certificate, source.to_owned()));
        }
    }
}
