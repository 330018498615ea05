//! Dates as certificates write them (RFC 5280 §4.1.2.5).

use super::tlv::tag;
use jiff::Timestamp;
use jiff::civil::DateTime;

/// Reads a UTCTime or GeneralizedTime as seconds since 1970; `None` when it names no such moment.
///
/// Accepted as NSS accepts them: seconds may be missing and an offset may replace the `Z`.
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
    let (second, zone) = match rest.split_at_checked(2) {
        Some((digits, zone)) if digits.iter().all(u8::is_ascii_digit) => (number(digits)?, zone),
        _ => (0, rest),
    };
    let small = |n: Option<i16>| n.and_then(|n| i8::try_from(n).ok());
    let civil = DateTime::new(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        i8::try_from(second).ok()?,
        0,
    );
    // Not by way of a `Timestamp`: that ends a day before 99991231235959Z, which means "no
    // expiration" (RFC 5280 §4.1.2.5).
    let local = civil.ok()?.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs();
    Some(local - zone_offset(zone)?)
}

fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0i16, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i16::from(b - b'0')))
}

/// `Z`, `+hhmm` or `-hhmm`, in seconds east of UTC.
fn zone_offset(zone: &[u8]) -> Option<i64> {
    match zone {
        b"Z" => Some(0),
        [sign @ (b'+' | b'-'), digits @ ..] if digits.len() == 4 => {
            let hours = i64::from(number(&digits[..2])?);
            let minutes = i64::from(number(&digits[2..])?);
            let seconds = (hours * 60 + minutes) * 60;
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

/// A certificate's date for JSON and messages, or `None` when the calendar has no such day. The last
/// day of the year 9999 is cut to the latest moment that a [`Timestamp`] can hold.
pub fn timestamp(seconds: Option<i64>) -> Option<Timestamp> {
    let latest = Timestamp::MAX.as_second();
    Timestamp::from_second(seconds?.min(latest)).ok()
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
        assert_eq!(decode_time(tag::GENERALIZED_TIME, b"99991231235959Z"), Some(253_402_300_799));
        assert_eq!(decode_time(tag::UTC_TIME, b"500101000000Z"), Some(-631_152_000));
    }

    #[test]
    fn refuses_days_outside_the_calendar() {
        for text in ["701301000000Z", "700230000000Z", "70010100000Z", "7001010000ab", "", "7"] {
            assert_eq!(decode_time(tag::UTC_TIME, text.as_bytes()), None, "{text}");
        }
    }
}
