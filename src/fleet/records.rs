//! Cloudflare's records of the checks beside the verdicts: of each device under each rule the latest.
//! What is kept of a record is its moment and its outcome, and of how many has a bound.

use super::compression::decompressed;
use super::lines::{Content, Lines};
use super::row::{Judged, Recorded};
use crate::log::{Log, Record};
use crate::rule::{Rule, is_placeholder};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::io::{self, BufRead};

/// Names of devices, each under one rule, of which a record is kept: 34 MB.
const MOST_NAMES: usize = 900_000;

/// The records of the files that were read, by what devices are known by.
#[derive(Debug)]
pub struct Records {
    rules: Vec<Rule>,
    latest: HashMap<Name, Latest>,
    /// Of how many names a record is kept.
    most: usize,
    /// Whether a device with a record has been judged.
    met: Vec<bool>,
    pub counts: RecordCounts,
}

/// What the files held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordCounts {
    /// Records of the rules that are judged, with a name of their device.
    pub records: u64,
    /// Records of client-certificate checks under other rules.
    pub other_rules: u64,
    /// Records of checks of other types.
    pub other_types: u64,
    /// Records that name no device: neither its ID nor a serial number of its own.
    pub no_device: u64,
    /// Lines that are not records.
    pub unreadable: u64,
    /// Records of devices beyond those of which one is kept.
    pub left_out: u64,
    /// Devices with a record that no line of the input was about.
    pub devices_not_captured: u64,
}

/// A digest of what a device is called under a rule.
type Name = [u8; 16];

/// What a record is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Cloudflare's ID of the device, or whatever the capture's owner gave it.
    Id,
    SerialNumber,
}

#[derive(Clone, Copy, Debug)]
struct Latest {
    /// Whole seconds; a record without a moment is older than all others.
    at: i64,
    passed: Option<bool>,
    /// The device's place in `met`, the same for all its names.
    device: u32,
}

impl Records {
    pub fn new(rules: &[Rule]) -> Self {
        Self {
            rules: rules.to_vec(),
            latest: HashMap::new(),
            most: MOST_NAMES,
            met: Vec::new(),
            counts: RecordCounts::default(),
        }
    }

    /// Reads a file of one record on each line, which may be compressed.
    ///
    /// # Errors
    ///
    /// Those of reading `input`.
    pub fn read(&mut self, input: impl BufRead + Send) -> io::Result<()> {
        let mut lines = Lines::new(decompressed(input)?, super::MAX_LINE);
        while let Some(chunk) = lines.next_chunk()? {
            for line in chunk {
                match line.content {
                    Content::Bytes(bytes) if bytes.trim_ascii().is_empty() => {}
                    Content::Bytes(bytes) => self.add_line(&bytes),
                    Content::TooLong { .. } => self.counts.unreadable += 1,
                }
            }
        }
        Ok(())
    }

    fn add_line(&mut self, line: &[u8]) {
        let Some(log) = Log::read_line(line) else {
            self.counts.unreadable += 1;
            return;
        };
        self.counts.other_types += log.others as u64;
        log.records.iter().for_each(|record| self.add(record));
    }

    fn add(&mut self, record: &Record) {
        let mut is_of_ours = false;
        for rule in 0..self.rules.len() {
            if is_of(record, &self.rules[rule]) {
                is_of_ours = true;
                self.add_under(rule, record);
            }
        }
        if !is_of_ours {
            self.counts.other_rules += 1;
        }
    }

    fn add_under(&mut self, rule: usize, record: &Record) {
        let names = names(rule, record.device_id.as_deref(), record.serial_number.as_deref());
        if names.is_empty() {
            self.counts.no_device += 1;
            return;
        }
        let known = names.iter().find_map(|name| self.latest.get(name)).map(|latest| latest.device);
        if known.is_none() && self.latest.len() >= self.most {
            self.counts.left_out += 1;
            return;
        }
        self.counts.records += 1;
        let device = known.unwrap_or_else(|| {
            self.met.push(false);
            (self.met.len() - 1) as u32
        });
        let at = record.at.map_or(i64::MIN, Timestamp::as_second);
        let new = Latest { at, passed: record.passed, device };
        for name in names {
            let latest = self.latest.entry(name).or_insert(new);
            if latest.at <= new.at {
                *latest = Latest { device: latest.device, ..new };
            }
        }
    }

    /// Puts beside each answer what Cloudflare recorded of the device.
    pub fn join(&mut self, judged: &mut Judged) {
        let device = &judged.device;
        for (rule, answer) in judged.answers.iter_mut().enumerate() {
            // An ID is one installation's; several may have a serial number, one after the other.
            let names = names(rule, device.id.as_deref(), device.serial_number.as_deref());
            let found: Vec<&Latest> = names.iter().filter_map(|name| self.latest.get(name)).collect();
            found.iter().for_each(|latest| self.met[latest.device as usize] = true);
            answer.recorded = Some(found.first().map_or(Recorded::Nothing, |latest| Recorded::Result {
                at: Timestamp::from_second(latest.at).ok(),
                passed: latest.passed,
            }));
        }
    }

    /// What the files held, once every device has been judged.
    pub fn into_counts(self) -> RecordCounts {
        let devices_not_captured = self.met.iter().filter(|met| !**met).count() as u64;
        RecordCounts { devices_not_captured, ..self.counts }
    }
}

/// By the ID where both have one, else by the name.
fn is_of(record: &Record, rule: &Rule) -> bool {
    match (&rule.id, &record.rule_id) {
        (Some(id), Some(_)) => record.is_of_rule(id),
        _ => rule.name.is_some() && rule.name == record.rule_name,
    }
}

/// The names that tell one device from all others, the surest first.
fn names(rule: usize, id: Option<&str>, serial_number: Option<&str>) -> Vec<Name> {
    let serial_number = serial_number.filter(|serial| !is_placeholder(serial));
    let named = [(Kind::Id, id), (Kind::SerialNumber, serial_number)];
    let given = named.into_iter().filter_map(|(kind, text)| Some((kind, text?.trim())));
    given.filter(|(_, text)| !text.is_empty()).map(|(kind, text)| name(rule, kind, text)).collect()
}

fn name(rule: usize, kind: Kind, text: &str) -> Name {
    let mut hash = Sha256::new();
    hash.update((rule as u64).to_be_bytes());
    hash.update([kind as u8]);
    hash.update(text.to_lowercase());
    let mut name = Name::default();
    name.copy_from_slice(&hash.finalize()[..16]);
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::row::DeviceFacts;
    use serde_json::{Value, json};

    fn rule(id: &str) -> Rule {
        let rule = Rule::from_flags(None, None);
        Rule { id: Some(id.to_owned()), name: Some(format!("rule {id}")), ..rule }
    }

    fn record(rule: &str, serial: &str, id: &str, day: u8, passed: bool) -> Value {
        json!({"PolicyID": rule, "PostureCheckType": "client_certificate", "PostureEvaluatedResult": passed,
               "Timestamp": format!("2025-05-{day:02}T00:00:00Z"), "DeviceSerialNumber": serial, "DeviceID": id})
    }

    fn read(rules: &[Rule], records: &[Value]) -> Records {
        let mut read = Records::new(rules);
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        read.read(text.as_bytes()).unwrap();
        read
    }

    fn joined(records: &mut Records, serial: Option<&str>, id: Option<&str>) -> Vec<Recorded> {
        let answer = crate::fleet::row::tests::answer();
        let device = DeviceFacts {
            id: id.map(str::to_owned),
            serial_number: serial.map(str::to_owned),
            ..DeviceFacts::default()
        };
        let mut judged = Judged { device, answers: vec![answer; records.rules.len()] };
        records.join(&mut judged);
        judged.answers.into_iter().map(|answer| answer.recorded.unwrap()).collect()
    }

    fn result(day: u8, passed: bool) -> Recorded {
        let at = format!("2025-05-{day:02}T00:00:00Z").parse().ok();
        Recorded::Result { at, passed: Some(passed) }
    }

    #[test]
    fn the_latest_record_counts_whatever_the_order_and_the_case() {
        let days = [record("r", "C02X", "", 3, false), record("r", "c02x", "", 9, true)];
        for order in [[0, 1], [1, 0]] {
            let mut records = read(&[rule("r")], &order.map(|at: usize| days[at].clone()));
            assert_eq!(joined(&mut records, Some("C02x"), None), [result(9, true)]);
        }
    }

    #[test]
    fn each_rule_has_its_own_records() {
        let all =
            [record("r", "A", "", 1, true), record("s", "A", "", 2, false), record("x", "A", "", 3, true)];
        let mut records = read(&[rule("r"), rule("s")], &all);
        assert_eq!(joined(&mut records, Some("A"), None), [result(1, true), result(2, false)]);
        assert_eq!((records.counts.records, records.counts.other_rules), (2, 1));
    }

    /// A machine that was set up anew has another ID, and clones have one serial number.
    #[test]
    fn an_id_tells_more_than_a_serial_number() {
        let all = [record("r", "A", "one", 1, true), record("r", "A", "two", 2, false)];
        let mut records = read(&[rule("r")], &all);
        assert_eq!(joined(&mut records, Some("A"), Some("one")), [result(1, true)]);
        assert_eq!(joined(&mut records, Some("A"), Some("jo's laptop")), [result(2, false)]);
        assert_eq!(joined(&mut records, None, Some("A")), [Recorded::Nothing]);
    }

    #[test]
    fn a_placeholder_is_no_ones_serial_number() {
        let mut records = read(&[rule("r")], &[record("r", "To Be Filled By O.E.M.", "", 1, true)]);
        assert_eq!(joined(&mut records, Some("To Be Filled By O.E.M."), None), [Recorded::Nothing]);
        assert_eq!((records.counts.records, records.counts.no_device), (0, 1));
    }

    #[test]
    fn devices_that_nobody_captured_are_counted_once_each() {
        let all = [
            record("r", "A", "one", 1, true),
            record("r", "A", "", 2, true),
            record("r", "B", "two", 1, true),
            record("r", "C", "", 1, true),
        ];
        let mut records = read(&[rule("r")], &all);
        joined(&mut records, None, Some("one"));
        assert_eq!(records.into_counts().devices_not_captured, 2);
    }

    #[test]
    fn what_is_beyond_the_bound_is_counted_and_known_devices_go_on() {
        let mut records = Records { most: 2, ..Records::new(&[rule("r")]) };
        for (serial, day) in [("A", 1), ("B", 1), ("C", 1), ("A", 2)] {
            records.add_line(record("r", serial, "", day, true).to_string().as_bytes());
        }
        assert_eq!((records.counts.records, records.counts.left_out), (3, 1));
        assert_eq!(joined(&mut records, Some("A"), None), [result(2, true)]);
        assert_eq!(joined(&mut records, Some("C"), None), [Recorded::Nothing]);
    }

    #[test]
    fn lines_that_are_no_record_are_counted() {
        let mut records = Records::new(&[rule("r")]);
        records
            .read(&b"not json\n\n{\"PostureCheckType\":\"firewall\",\"PostureEvaluatedResult\":true}\n{"[..])
            .unwrap();
        let RecordCounts { unreadable, other_types, .. } = records.counts;
        assert_eq!((unreadable, other_types), (2, 1));
    }
}
