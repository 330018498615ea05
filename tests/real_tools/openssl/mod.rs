//! More than a thousand random chains, judged here and by `openssl verify`. Half of them have one
//! fault. Where the two disagree, docs/verification.md must say why: `Fault::difference` names the
//! faults that may, and the direction.

mod fault;
mod generate;

use certposture::certificate::Certificate;
use certposture::verification::{Purpose, Verifier};
use fault::{Difference, Fault};
use generate::{Case, Keys, Rng};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const CHAINS: u64 = 1_400;

/// 2025-01-01T00:00:00Z
const AT: i64 = 1_735_689_600;

#[test]
fn agrees_with_openssl_on_random_chains() {
    let keys = Keys::new();
    let folder = tempfile::tempdir().unwrap();
    let outcomes: Vec<Outcome> =
        (0..CHAINS).into_par_iter().map(|seed| judge_both(seed, &keys, folder.path())).collect();
    let wrong: Vec<String> = outcomes.iter().filter_map(Outcome::complaint).collect();
    assert!(wrong.is_empty(), "{} of {CHAINS}:\n{}", wrong.len(), wrong.join("\n"));
    let count = |ours, theirs| outcomes.iter().filter(|o| (o.ours, o.theirs) == (ours, theirs)).count();
    let (both_pass, both_fail) = (count(true, true), count(false, false));
    let mut differences = BTreeMap::new();
    for outcome in outcomes.iter().filter(|o| o.ours != o.theirs) {
        *differences.entry(outcome.fault.to_string()).or_insert(0) += 1;
    }
    println!("{both_pass} pass both, {both_fail} fail both; explained differences: {differences:?}");
    // The generator has not gone astray: there is enough of either.
    assert!(both_pass > 500 && both_fail > 300, "{both_pass} {both_fail}");
    assert!(both_pass + both_fail > 1_000);
}

#[test]
fn every_difference_is_documented() {
    let document = include_str!("../../../docs/verification.md");
    let is_told = |fault: &Fault| document.contains(&format!("`{fault}`"));
    for fault in Fault::ALL.iter().filter(|fault| fault.difference().is_some()) {
        assert!(is_told(fault), "docs/verification.md does not explain {fault}");
    }
}

struct Outcome {
    seed: u64,
    fault: Fault,
    ours: bool,
    theirs: bool,
    details: String,
}

impl Outcome {
    /// What is wrong with it, unless both agree or the difference is a known one.
    fn complaint(&self) -> Option<String> {
        let explained = match self.fault.difference() {
            Some(Difference::WeRefuse) => !self.ours && self.theirs,
            Some(Difference::WeAccept) => self.ours && !self.theirs,
            None => false,
        };
        let is_as_meant = match self.fault {
            Fault::None => self.ours,
            _ => true,
        };
        let agrees = self.ours == self.theirs || explained;
        (!agrees || !is_as_meant).then(|| {
            format!(
                "seed {}, {}: we {}, openssl {}: {}",
                self.seed, self.fault, self.ours, self.theirs, self.details
            )
        })
    }
}

fn judge_both(seed: u64, keys: &Keys, folder: &Path) -> Outcome {
    let case = Case::generate(&mut Rng(seed), keys);
    let anchors = [Certificate::from_der(case.anchor.clone())];
    let pool: Vec<Certificate> = case.pool.iter().cloned().map(Certificate::from_der).collect();
    let at = jiff::Timestamp::from_second(AT).unwrap();
    let purpose = if case.is_for_client { Purpose::ClientAuth } else { Purpose::Any };
    let path =
        Verifier::new(&anchors, &pool, at).judge(&Certificate::from_der(case.leaf.clone()), purpose).path;
    let (theirs, said) = openssl(&case, &folder.join(seed.to_string()));
    let codes: Vec<String> =
        path.findings.iter().map(|f| format!("{}@{} {}", f.code, f.depth().unwrap(), f.message)).collect();
    Outcome { seed, fault: case.fault, ours: path.passes(), theirs, details: format!("{codes:?} / {said}") }
}

fn openssl(case: &Case, folder: &Path) -> (bool, String) {
    std::fs::create_dir(folder).unwrap();
    let write = |name: &str, certificates: &[Vec<u8>]| {
        let blocks = certificates.iter().map(|der| pem::encode(&pem::Pem::new("CERTIFICATE", der.clone())));
        std::fs::write(folder.join(name), blocks.collect::<String>()).unwrap();
    };
    write("anchor.pem", std::slice::from_ref(&case.anchor));
    write("leaf.pem", std::slice::from_ref(&case.leaf));
    let mut command = Command::new("openssl");
    command.args(["verify", "-attime", &AT.to_string(), "-partial_chain", "-no-CApath", "-no-CAstore"]);
    command.args(["-CAfile", "anchor.pem"]);
    if case.is_for_client {
        command.args(["-purpose", "sslclient"]);
    }
    if !case.pool.is_empty() {
        write("pool.pem", &case.pool);
        command.args(["-untrusted", "pool.pem"]);
    }
    let output = command.arg("leaf.pem").current_dir(folder).output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).replace('\n', " "))
}
