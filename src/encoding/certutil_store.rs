//! What Windows' `certutil -store` and `certutil -store -user` print: of each certificate the names, dates,
//! thumbprint and key container. The words are in the language of Windows; what stands where, and the form of the
//! values, is the same in all of them.

use super::{Collector, Undecodable};
use crate::certificate::Description;

/// Whether the private key of a described certificate is there, as far as the text tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyTold {
    /// It has a key container.
    Container,
    /// It says that there is none.
    None,
    #[default]
    Nothing,
}

/// A certificate that is described, and what is said of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    pub certificate: Description,
    pub key: KeyTold,
}

/// Whether a line is `================ Certificate 0 ================`, in whichever language.
pub fn is_heading(line: &str) -> bool {
    let inner = line.trim().trim_matches('=');
    let marks = line.trim().len() - inner.len();
    marks >= 20
        && inner.starts_with(' ')
        && inner.trim().rsplit(' ').next().is_some_and(|number| number.parse::<u32>().is_ok())
}

pub fn read(bytes: &[u8], found: &mut Collector) {
    let text = String::from_utf8_lossy(bytes);
    let mut entry: Option<Entry> = None;
    for line in text.lines() {
        if is_heading(line) {
            finish(entry.replace(Entry::default()), found);
        } else if line.starts_with("CertUtil:") {
            found.objects.is_told_whole = true;
        } else if let Some(entry) = &mut entry {
            entry.take(line);
        }
    }
    finish(entry, found);
}

fn finish(entry: Option<Entry>, found: &mut Collector) {
    let Some(entry) = entry else { return };
    match entry.described() {
        Some(described) => found.described(described),
        None => found.damaged(Undecodable::Form),
    }
}

/// What was read of one certificate.
#[derive(Default)]
struct Entry {
    serial: Option<Vec<u8>>,
    issuer: Option<String>,
    dates: Vec<Readings>,
    subject: Option<String>,
    sha1: Option<Vec<u8>>,
    key: KeyTold,
}

impl Entry {
    fn take(&mut self, line: &str) {
        // "  Key Container = te-Machine-…"
        if line.starts_with("  ") && line.contains(" = ") {
            self.key = KeyTold::Container;
            return;
        }
        if line.trim() == "No key provider information" {
            self.key = KeyTold::None;
            return;
        }
        let Some((label, value)) = line.split_once(':') else { return };
        let value = value.trim();
        if self.serial.is_none() && self.issuer.is_none() {
            self.serial = hex(value);
        } else if self.issuer.is_none() {
            self.issuer = name(value);
        } else if self.dates.len() < 2 {
            self.dates.extend(Readings::of(value));
        } else if self.subject.is_none() {
            self.subject = name(value);
        } else if label.contains("(sha1)") && self.sha1.is_none() {
            self.sha1 = hex(value).filter(|sha1| sha1.len() == 20);
        }
    }

    fn described(self) -> Option<Described> {
        let [not_before, not_after] = &self.dates[..] else { return None };
        let certificate = Description {
            sha1: self.sha1?,
            serial: self.serial?,
            subject: self.subject?,
            issuer: self.issuer?,
            not_before: format!("{}000000Z", not_before.earliest),
            not_after: format!("{}235959Z", not_after.latest),
        };
        Some(Described { certificate, key: self.key })
    }
}

/// Octets, with or without blanks between them.
fn hex(value: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = value
        .chars()
        .filter(|c| *c != ' ')
        .map(|c| c.to_digit(16).map(|d| d as u8))
        .collect::<Option<_>>()?;
    let whole = !digits.is_empty() && digits.len().is_multiple_of(2) && digits.len() <= 80;
    whole.then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// A distinguished name. Of an empty one certutil prints EMPTY and the alternative names in brackets.
fn name(value: &str) -> Option<String> {
    if value.starts_with("EMPTY") || value.is_empty() {
        return Some(String::new());
    }
    value.contains('=').then(|| value.to_owned())
}

/// A day in the order of some country: `3/4/2026` is in March or in April. Each as `YYYYMMDD`.
struct Readings {
    earliest: String,
    latest: String,
}

impl Readings {
    fn of(value: &str) -> Option<Self> {
        let numbers: Vec<u32> = value
            .split(|c: char| !c.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .take(3)
            .map(|number| number.parse().ok())
            .collect::<Option<_>>()?;
        let [first, second, third] = numbers[..] else { return None };
        let mut readings = if first > 31 {
            vec![(first, second, third)]
        } else if value.contains('.') {
            vec![(third, second, first)]
        } else {
            vec![(third, first, second), (third, second, first)]
        };
        readings.retain(|(year, month, day)| {
            (1000..10_000).contains(year) && (1..=12).contains(month) && (1..=31).contains(day)
        });
        let written = |(year, month, day): &(u32, u32, u32)| format!("{year:04}{month:02}{day:02}");
        Some(Self {
            earliest: readings.iter().min().map(written)?,
            latest: readings.iter().max().map(written)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_the_order_of_several_countries() {
        let read = |text: &str| Readings::of(text).map(|day| (day.earliest, day.latest));
        let both = |earliest: &str, latest: &str| Some((earliest.to_owned(), latest.to_owned()));
        assert_eq!(read("3/4/2026 12:00 AM"), both("20260304", "20260403"));
        assert_eq!(read("12/31/2039 6:59 PM"), both("20391231", "20391231"));
        assert_eq!(read("31/12/2039 18:59"), both("20391231", "20391231"));
        assert_eq!(read("04.03.2026 00:00"), both("20260304", "20260304"));
        assert_eq!(read("2026-03-04 00:00"), both("20260304", "20260304"));
        assert_eq!(read("never"), None);
    }

    #[test]
    fn headings_in_several_languages() {
        for word in ["Certificate", "Zertifikat", "Certificat", "Certificado", "証明書"] {
            assert!(is_heading(&format!("================ {word} 12 ================")), "{word}");
        }
        assert!(!is_heading("================"));
        assert!(!is_heading("Certificate 0"));
    }
}
