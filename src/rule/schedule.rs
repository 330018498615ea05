//! Durations as the API writes them: `5m`, `1h`, `1h30m`.

use std::fmt;

/// A length of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval(pub u64);

impl Interval {
    /// What the client does when the rule does not say: every five minutes.
    pub const DEFAULT_SCHEDULE: Self = Self(300);

    /// Reads a Go-like duration of hours, minutes and seconds; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut total = 0u64;
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u64 = rest[..digits].parse().ok()?;
            let unit = match rest.as_bytes().get(digits)? {
                b'h' => 3600,
                b'm' => 60,
                b's' => 1,
                _ => return None,
            };
            total = total.checked_add(number.checked_mul(unit)?)?;
            rest = &rest[digits + 1..];
        }
        (!text.is_empty()).then_some(Self(total))
    }
}

/// `every 5 minutes`: how the schedule is told to people.
pub fn spoken(schedule: Option<Interval>) -> String {
    schedule.unwrap_or(Interval::DEFAULT_SCHEDULE).to_string()
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.0 / 3600, "hour"), (self.0 / 60 % 60, "minute"), (self.0 % 60, "second")];
        let said: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }))
            .collect();
        if said.is_empty() { f.write_str("0 seconds") } else { f.write_str(&said.join(" ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_speaks_durations() {
        assert_eq!(Interval::parse("5m").unwrap().to_string(), "5 minutes");
        assert_eq!(Interval::parse("1h30m").unwrap().to_string(), "1 hour 30 minutes");
        for bad in ["", "5", "m", "5d", "99999999999999999999h", "5m "] {
            assert_eq!(Interval::parse(bad), None, "{bad}");
        }
    }
}
