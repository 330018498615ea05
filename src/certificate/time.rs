//! Dates as certificates write them (RFC 5280 §4.1.2.5).

use super::tlv::tag;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

/// Reads a UTCTime or GeneralizedTime as seconds since 1970; `None` when it names no such moment.
///
/// Accepted as NSS accepts them (`der_TimeStringToTime` in `lib/util/dertime.c`): seconds may be missing,
/// an offset may replace the `Z`, and a day that its month does not have counts on into the next one.
/// Two-digit years 50-99 belong to the twentieth century (RFC 5280 §4.1.2.5.1).
pub fn decode_time(time_tag: u8, content: &[u8]) -> Option<i64> {
    let (year, rest) = match time_tag {
        tag::UTC_TIME => {
            let (digits, rest) = content.split_at_checked(2)?;
            let year = number(digits)?;
            (if year >= 50 { 1900 + year } else { 2000 + year }, rest)
        }
        tag::GENERALIZED_TIME => {
            let (digits, rest) = content.split_at_checked(4)?;
            (number(digits)?, rest)
        }
        _ => return None,
    };
    let (fields, rest) = rest.split_at_checked(8)?;
    let [month, day, hour, minute] = [0, 2, 4, 6].map(|i| number(&fields[i..i + 2]));
    let (month, day, hour, minute) = (month?, day?, hour?, minute?);
    let (second, zone) = match rest.split_at_checked(2) {
        Some((digits, zone)) if digits.iter().all(u8::is_ascii_digit) => (number(digits)?, zone),
        _ => (0, rest),
    };
    let fits =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 60;
    let month = fits.then(|| Date::new(year as i16, month as i8, 1).ok())??;
    let start = month.duration_since(Date::constant(1970, 1, 1)).as_secs();
    Some(start + (((day - 1) * 24 + hour) * 60 + minute) * 60 + second - zone_offset(zone)?)
}

/// Up to four decimal digits.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
}

/// `Z`, `+hhmm` or `-hhmm`, in seconds east of UTC.
fn zone_offset(zone: &[u8]) -> Option<i64> {
    match zone {
        b"Z" => Some(0),
        [sign @ (b'+' | b'-'), digits @ ..] if digits.len() == 4 => {
            let (hours, minutes) = (number(&digits[..2])?, number(&digits[2..])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = (hours * 60 + minutes) * 60;
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

/// A certificate's date for JSON and messages. The last moments of the year 9999, with which certificates say
/// that they never expire, are shown as the last that a `Timestamp` holds.
pub fn timestamp(seconds: Option<i64>) -> Option<Timestamp> {
    Timestamp::from_second(seconds?.min(Timestamp::MAX.as_second())).ok()
}

/// Seconds since 1970 in RFC 3339, as far as the calendar goes.
pub fn moment_text(seconds: i64) -> Option<String> {
    const START: DateTime = Date::constant(1970, 1, 1).to_datetime(jiff::civil::Time::midnight());
    let moment = START.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    Some(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_forms() {
        assert_eq!(decode_time(tag::UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(decode_time(tag::UTC_TIME, b"491231235959Z"), Some(2_524_607_999));
        assert_eq!(decode_time(tag::GENERALIZED_TIME, b"20500101000000Z"), Some(2_524_608_000));
        assert_eq!(decode_time(tag::UTC_TIME, b"7001010100+0100"), Some(0));
        // RFC 5280 §4.1.2.5: no well-defined expiration date.
        assert_eq!(decode_time(tag::GENERALIZED_TIME, b"99991231235959Z"), Some(253_402_300_799));
        assert!(timestamp(Some(253_402_300_799)).is_some());
        assert_eq!(moment_text(253_402_300_799).as_deref(), Some("9999-12-31T23:59:59Z"));
        assert_eq!(moment_text(2_524_608_000).as_deref(), Some("2050-01-01T00:00:00Z"));
    }

    /// Every day of the four centuries after which the calendar repeats.
    #[test]
    fn counts_days_as_the_calendar_does() {
        let mut day = Timestamp::from_second(-11_670_998_400).unwrap();
        for _ in 0..146_097 {
            let text = day.strftime("%Y%m%d%H%M%SZ").to_string();
            assert_eq!(decode_time(tag::GENERALIZED_TIME, text.as_bytes()), Some(day.as_second()), "{text}");
            day = day.checked_add(SignedDuration::from_hours(24)).unwrap();
        }
    }

    #[test]
    fn a_day_beyond_its_month_counts_on() {
        let of = |text: &[u8]| decode_time(tag::UTC_TIME, text);
        assert_eq!(of(b"250230000000Z"), of(b"250302000000Z"));
        assert_eq!(of(b"250431000000Z"), of(b"250501000000Z"));
    }

    #[test]
    fn refuses_days_outside_the_calendar() {
        for text in ["701301000000Z", "700132000000Z", "70010100000Z", "7001010000ab", "", "7"] {
            assert_eq!(decode_time(tag::UTC_TIME, text.as_bytes()), None, "{text}");
        }
    }
}
