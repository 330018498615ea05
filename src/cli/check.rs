//! `certposture check`: the verdict and why.

use super::{Common, Exit, UsageError, invocation, log, options, refuse_to_read_twice};
use crate::ca::{self, UploadedCas};
use crate::capture::{self, Capture, CapturedPlace};
use crate::certificate::Certificate;
use crate::device::{Client, Device, installed_client, nss_tools};
use crate::diagnosis::{self, Case, Demands, Diagnosis, Fix, Judged, Judging, Verdict};
use crate::fleet::{self, Conditions};
use crate::reason::{Code, Finding};
use crate::report::{self, Format, Style};
use crate::rule::{self, Rule, RuleFile};
use crate::store::scope;
use crate::store::{Given, Origin, Place, StoreSpec, places};
use crate::system::System;
use crate::text::shown;
use crate::warp_diag::WarpDiag;
use crate::{encoding, input};
use anyhow::Context as _;
use jiff::Timestamp;
use std::ffi::OsStr;
use std::io::{self, IsTerminal as _, Write as _};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

/// Larger files are not read: no rule file is.
const MAX_RULE_FILE: u64 = 16 << 20;

/// The largest file of captures of which one is judged; `fleet` reads larger ones.
const MAX_CAPTURES: u64 = 256 << 20;

/// Answers one rule, or each rule of a file.
pub fn run(arguments: &options::Check, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    let inputs = Inputs::gather(arguments, common)?;
    // Whoever reads the table on a terminal reads it there.
    if common.format != Format::Table || style.quiet || !io::stdout().is_terminal() {
        inputs.complain();
    }
    let demands = Demands { client: arguments.require_client, days: arguments.fail_on_expiry };
    if demands.client && inputs.client().is_none() {
        let why = "--require-client is about this machine, or a capture that tells of its client";
        return Err(UsageError(why.to_owned()).into());
    }
    let answers = inputs.rules.iter().map(|rule| inputs.answer(rule, arguments, common)).collect();
    // Not dropped: the program ends here.
    let mut answers: ManuallyDrop<Vec<Diagnosis>> = ManuallyDrop::new(answers);
    if let Some(file) = &arguments.log {
        if let Some(diag) =
            WarpDiag::read(file).with_context(|| shown(&file.to_string_lossy()).into_owned())?
        {
            answers.iter_mut().for_each(|answer| answer.warp_diag = Some(diag.clone()));
        } else {
            let log = log::read(file)?;
            answers.iter_mut().for_each(|answer| log::add(&log, answer, &inputs.device));
        }
    }
    if common.store.is_empty() {
        answers.iter_mut().flat_map(|answer| &mut answer.fixes).for_each(repeat_as_root);
    }
    // Last: what Cloudflare recorded is compared with the check, which knows no such demand.
    answers.iter_mut().for_each(|answer| diagnosis::hold(answer, demands));
    if common.format == Format::Nagios {
        return Ok(Exit::Plugin(report::nagios::checks(&answers, common.expiry_warning)?));
    }
    super::as_far_as_read(write(&answers, common, style))?;
    let worst = answers.iter().map(|answer| answer.verdict).max().unwrap_or(Verdict::Unknown);
    Ok(worst.into())
}

/// What this user may not read, root may: the fix is this very command again.
fn repeat_as_root(fix: &mut Fix) {
    let is_denied = matches!(fix.code, Code::StoreDenied | Code::PrivateKeyUnknown) && fix.command.is_none();
    if let Some(command) = is_denied.then(invocation::again_as_root).flatten() {
        fix.command = Some(command);
        fix.then = Some("What it says is the answer".to_owned());
    }
}

fn write(answers: &[Diagnosis], common: &Common, style: &Style) -> io::Result<()> {
    match common.format {
        Format::Json if answers.len() == 1 => report::json::check(&answers[0]),
        Format::Json => report::json::checks(answers),
        Format::Html => report::html::checks(answers, common.verbose),
        Format::Table => report::table::checks(answers, style),
        Format::Markdown => report::markdown::checks(answers, common.verbose),
        Format::Junit => report::junit::checks(answers),
        Format::Prometheus => report::prometheus::checks(answers),
        // The one is written with its exit status, the others are refused before.
        Format::Nagios | Format::Ndjson | Format::Ocsf => Ok(()),
    }
}

/// Everything that was asked for, read from where it stands.
pub(super) struct Inputs {
    pub rules: Vec<Rule>,
    /// What `--store` names.
    given: Vec<Place>,
    /// The capture that `--store` names.
    captured: Option<Capture>,
    /// Whose stores are judged, as far as options and evidence tell.
    system: System,
    cas: UploadedCas,
    intermediates: Vec<Certificate>,
    pub device: Device,
    client: Option<Client>,
    at: Timestamp,
    /// As long as any of the options asks for.
    expiry_warning_days: u32,
    working_directory: Option<PathBuf>,
    judging: Judging,
}

impl Inputs {
    pub fn gather(arguments: &options::Check, common: &Common) -> anyhow::Result<Self> {
        refuse_to_read_twice(arguments.rule.iter().chain(&arguments.ca).chain(&arguments.intermediate))?;
        let file = arguments.rule.as_deref().map(read_rule_file);
        let bundled = match &file {
            Some(Ok(file)) if arguments.ca.is_empty() => file.certificates.clone(),
            _ => None,
        };
        let rules = match file {
            None => vec![Rule::from_flags(arguments.cn.as_deref().map(bytes_of), common.rule_type)],
            Some(Err(problem)) => vec![unreadable_rule(problem)],
            Some(Ok(file)) => file.rules,
        };
        refuse_another_system(common)?;
        let captured =
            options::capture(&common.store)?.map(|argument| read_capture(argument, common)).transpose()?;
        let given = if captured.is_some() { Vec::new() } else { read_given(&rules, common)? };
        let captured_on = captured.as_ref().map(|capture| capture.system);
        let system = common.os.or(captured_on).or(system_of(&given)).unwrap_or_else(System::current);
        let rules = choose_rules(rules, arguments, system)?;
        let device = device_of(&given);
        let mut cas = match (&arguments.ca[..], &bundled) {
            ([], None) => UploadedCas::not_given(),
            (files, _) => UploadedCas::read(files),
        };
        if let Some(certificates) = bundled {
            cas.add_bundle(&certificates, arguments.rule.as_deref());
        }
        let intermediates = read_intermediates(&arguments.intermediate).unwrap_or_else(|why| {
            cas.add_unreadable(&format!("{why:#}"));
            Vec::new()
        });
        Ok(Self {
            rules,
            given,
            captured,
            system,
            cas,
            intermediates,
            device: match device(common.hostname.clone(), common.serial_number.clone()) {
                device if common.store.is_empty() => Device { nss_tools: nss_tools(), ..device },
                device => device,
            },
            client: common.store.is_empty().then(installed_client),
            at: common.at.unwrap_or_else(Timestamp::now),
            expiry_warning_days: common.expiry_warning.max(arguments.fail_on_expiry.unwrap_or(0)),
            working_directory: std::env::current_dir().ok(),
            judging: Judging::default(),
        })
    }

    /// The client of the device that is judged, where something is known of it.
    const fn client(&self) -> Option<&Client> {
        match &self.captured {
            Some(capture) => capture.client.as_ref(),
            None => self.client.as_ref(),
        }
    }

    /// Says on standard error which of the files given could not be read.
    fn complain(&self) {
        let unreadable = self.rules.iter().filter(|rule| rule.is_unreadable());
        let problems = unreadable.flat_map(|rule| &rule.problems);
        let rules =
            problems.map(|problem| (&problem.message, problem.code, "; give the rule as the API's JSON"));
        let cas = self.cas.problems.iter().filter(|problem| problem.code == Code::CaUnreadable);
        let cas = cas.map(|problem| {
            let then =
                if problem.file().is_some() { "; give the CA that was uploaded, as PEM or DER" } else { "" };
            (&problem.message, problem.code, then)
        });
        for (message, code, then) in rules.chain(cas) {
            let _ = writeln!(io::stderr(), "certposture: {message}{then} [{code}]");
        }
    }

    /// Looks where the client looks; and elsewhere only when that leaves a question.
    pub fn answer(&self, rule: &Rule, arguments: &options::Check, common: &Common) -> Diagnosis {
        if let Some(capture) = &self.captured {
            let cas = self.cas.for_rule(rule.certificate_id.as_deref());
            let conditions = Conditions {
                at: self.at,
                intermediates: &self.intermediates,
                expiry_warning_days: self.expiry_warning_days,
                judging: &self.judging,
            };
            return fleet::diagnose(capture, rule, &cas, &conditions);
        }
        let own = if self.given.is_empty() { own_places(rule) } else { Vec::new() };
        let places = if self.given.is_empty() { &own } else { &self.given };
        let mut judged = Judged::default();
        let answer = self.diagnose(rule, common, places, &mut judged);
        let look_further = self.given.is_empty() || arguments.elsewhere;
        if answer.verdict == Verdict::Pass {
            return answer;
        }
        let read: Vec<StoreSpec> = places.iter().map(|place| place.contents.spec.clone()).collect();
        let elsewhere = if look_further { places::elsewhere(&read) } else { places::beside(&read) };
        if elsewhere.is_empty() {
            return answer;
        }
        self.diagnose(rule, common, &[&places[..], &elsewhere].concat(), &mut judged)
    }

    /// Whose look-up applies to files of no system: what the user says, what other evidence is, what
    /// the rule is for, or this system.
    fn judged_system(&self, rule: &Rule, common: &Common) -> System {
        let by_rule = match rule.systems[..] {
            [only] if !self.given.is_empty() => Some(only),
            _ => None,
        };
        common.os.or(system_of(&self.given)).or(by_rule).unwrap_or(self.system)
    }

    fn diagnose(&self, rule: &Rule, common: &Common, places: &[Place], judged: &mut Judged) -> Diagnosis {
        let case = Case {
            rule,
            cas: &self.cas.for_rule(rule.certificate_id.as_deref()),
            device: &self.device,
            client: self.client.as_ref(),
            intermediates: &self.intermediates,
            places,
            system: self.judged_system(rule, common),
            at: self.at,
            expiry_warning_days: self.expiry_warning_days,
            working_directory: self.working_directory.as_deref(),
            judging: &self.judging,
        };
        diagnosis::diagnose_with(&case, judged)
    }
}

/// Without a store that was given, it is this machine that is judged.
fn refuse_another_system(common: &Common) -> Result<(), UsageError> {
    match common.os {
        Some(system) if common.store.is_empty() && system != System::current() => Err(UsageError(format!(
            "--os {} is for evidence from such a system, and this machine runs {}: give a store or a copy of one \
             with --store",
            system.api_name(),
            System::current()
        ))),
        _ => Ok(()),
    }
}

/// The bytes that were typed; on Windows, where arguments are UTF-16, their UTF-8 form.
pub(super) fn bytes_of(argument: &OsStr) -> Vec<u8> {
    argument.as_encoded_bytes().to_vec()
}

pub(super) fn read_rule_file(path: &Path) -> Result<RuleFile, Finding> {
    let name = shown(&path.to_string_lossy()).into_owned();
    let problem = |why: String| Finding::new(Code::RuleMalformed, format!("The rule file {name} {why}"));
    let bytes = input::read_named(path, MAX_RULE_FILE).map_err(|why| problem(why.to_string()))?;
    rule::read_rules(&bytes).map_err(|why| problem(format!("cannot be used: {why}")))
}

/// A rule of which nothing is known but that it cannot be read.
fn unreadable_rule(problem: Finding) -> Rule {
    Rule { from_file: true, problems: vec![problem], ..Rule::from_flags(None, None) }
}

/// The rule that was picked; without a pick, every client-certificate rule that fits this system.
fn choose_rules(rules: Vec<Rule>, arguments: &options::Check, system: System) -> anyhow::Result<Vec<Rule>> {
    let picked = arguments.rule_id.is_some() || arguments.rule_name.is_some();
    if picked {
        return pick_rule(rules, arguments).map(|rule| vec![rule]);
    }
    if rules.len() == 1 {
        return Ok(rules);
    }
    let fits = |rule: &Rule| is_ours(rule) && (rule.systems.is_empty() || rule.systems.contains(&system));
    let (fitting, others): (Vec<Rule>, Vec<Rule>) = rules.into_iter().partition(fits);
    if !fitting.is_empty() {
        return Ok(fitting);
    }
    // None is for this system: that is to be said of the rules that could have been.
    let (ours, foreign): (Vec<Rule>, Vec<Rule>) = others.into_iter().partition(is_ours);
    Ok(if ours.is_empty() { foreign.into_iter().take(1).collect() } else { ours })
}

/// Whether it is of a type that looks for a client certificate.
pub(super) fn is_ours(rule: &Rule) -> bool {
    !rule.problems.iter().any(|problem| problem.code == Code::RuleTypeUnsupported)
}

fn pick_rule(rules: Vec<Rule>, arguments: &options::Check) -> anyhow::Result<Rule> {
    let wanted_id = arguments.rule_id.as_deref();
    let has_id = |rule: &Rule| {
        wanted_id.is_none_or(|wanted| rule.id.as_deref().is_some_and(|id| ca::same_id(id, wanted)))
    };
    let has_name = |rule: &Rule| arguments.rule_name.is_none() || rule.name == arguments.rule_name;
    let names = names_of(rules.iter());
    let mut matching: Vec<Rule> = rules.into_iter().filter(|rule| has_id(rule) && has_name(rule)).collect();
    match matching.len() {
        1 => Ok(matching.remove(0)),
        0 => Err(UsageError(format!("the rule file has no such rule; it has {names}")).into()),
        _ => Err(UsageError(format!(
            "several rules match; pick one with --rule-id: {}",
            names_of(matching.iter())
        ))
        .into()),
    }
}

fn names_of<'a>(rules: impl Iterator<Item = &'a Rule>) -> String {
    let unnamed = "(unnamed)".to_owned();
    let told = rules.map(|rule| {
        let id = rule.id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        format!("\"{}\"{id}", rule.name.as_ref().unwrap_or(&unnamed))
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Reads every file given with `--intermediate`.
pub(super) fn read_intermediates(files: &[PathBuf]) -> anyhow::Result<Vec<Certificate>> {
    let mut certificates = Vec::new();
    for file in files {
        let name = || format!("the intermediate {}", shown(&file.to_string_lossy()));
        let bytes = input::read_named(file, ca::MAX_FILE_SIZE).with_context(name)?;
        let found = encoding::read(&bytes).with_context(name)?;
        // What cannot be decoded may be what completes a chain.
        if found.certificates.is_empty() || found.damaged > 0 {
            anyhow::bail!("{} {}", name(), found.why_empty());
        }
        certificates.extend(found.certificates.into_iter().map(|found| Certificate::from_der(found.der)));
    }
    Ok(certificates)
}

/// The stores that were given, as a capture.
pub(super) fn captured_stores(rules: &[Rule], common: &Common, at: Timestamp) -> anyhow::Result<Capture> {
    if options::capture(&common.store)?.is_some() {
        return Err(UsageError("--store names a capture already".to_owned()).into());
    }
    refuse_another_system(common)?;
    let mut stores = options::stores(&common.store)?;
    for given in &mut stores {
        // Whoever judges the capture works in another folder.
        given.spec = given.spec.absolute();
    }
    let given = read_stores(rules, &stores, common.os)?;
    let device = device_of(&given)(common.hostname.clone(), common.serial_number.clone());
    let system = common.os.or(system_of(&given)).unwrap_or_else(System::current);
    let places = given.into_iter().map(|place| CapturedPlace { place, left_out: 0 }).collect();
    Ok(Capture { id: None, captured_at: at, system, device, client: None, places })
}

/// Whose facts fill in a rule's variables.
fn device_of(given: &[Place]) -> fn(Option<String>, Option<String>) -> Device {
    let is_ours = given.iter().all(|place| place.contents.evidence.origin == Origin::ThisMachine);
    if is_ours { Device::here } else { Device::elsewhere }
}

/// The one capture of a file, or the one of the device that was named.
fn read_capture(argument: &options::CaptureArgument, common: &Common) -> anyhow::Result<Capture> {
    let name = shown(&argument.file.to_string_lossy()).into_owned();
    let bytes = input::read(&argument.file, MAX_CAPTURES).with_context(|| format!("the capture {name}"))?;
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let mut found = Vec::new();
    for line in lines {
        let capture = capture::read(line).with_context(|| format!("the capture {name}"))?;
        if argument.id.as_ref().is_none_or(|id| capture.is_of(id)) {
            found.push(capture);
        }
    }
    match found.len() {
        1 => {
            let mut capture = found.remove(0);
            capture.device = capture.device.with(common.hostname.as_deref(), common.serial_number.as_deref());
            Ok(capture)
        }
        0 => Err(UsageError(format!("{name} holds no capture of that device")).into()),
        count => {
            Err(UsageError(format!("{name} holds {count} captures: name the device as capture:FILE#ID"))
                .into())
        }
    }
}

/// What `--store` names, read once for all rules; nothing where it is not given.
pub(super) fn read_given(rules: &[Rule], common: &Common) -> anyhow::Result<Vec<Place>> {
    read_stores(rules, &options::stores(&common.store)?, common.os)
}

/// Reads stores that were given for these rules.
fn read_stores(rules: &[Rule], stores: &[Given], os: Option<System>) -> anyhow::Result<Vec<Place>> {
    let files = files_among(stores);
    let listed = |path: &Path| rules.iter().any(|rule| scope::lists(rule, path));
    let mut places = Vec::with_capacity(stores.len());
    for given in stores {
        let is_listed = given.role.is_none() && given.spec.path().is_some_and(listed);
        let mut place = if is_listed { Place::own(&given.spec, &files) } else { Place::read(given, &files) };
        if let Some(path) = place.is_not_there() {
            let what = if path.exists() { "holds no NSS database" } else { "does not exist" };
            let path = shown(&path.to_string_lossy()).into_owned();
            return Err(UsageError(format!("--store names {path}, which {what}")).into());
        }
        if os.is_some() && place.contents.evidence.role.is_none() {
            place.contents.evidence.system = None;
        }
        places.push(place);
    }
    Ok(places)
}

/// The system that what was given belongs to, where it tells.
fn system_of(given: &[Place]) -> Option<System> {
    given.iter().find_map(|place| place.contents.evidence.system)
}

/// This machine's stores that count.
fn own_places(rule: &Rule) -> Vec<Place> {
    let key_files = scope::paths(rule);
    scope::stores_of_both(rule, System::current()).iter().map(|spec| Place::own(spec, key_files)).collect()
}

fn files_among(given: &[Given]) -> Vec<PathBuf> {
    given
        .iter()
        .filter_map(|given| match &given.spec {
            StoreSpec::File(path) if path.is_file() => Some(path.clone()),
            _ => None,
        })
        .collect()
}
