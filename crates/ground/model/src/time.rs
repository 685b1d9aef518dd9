//! Packet time.

use std::fmt;
use std::str::FromStr;

/// Nanoseconds since 1970-01-01T00:00:00Z as stamped on a packet. Packet time drives everything; there is no clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

impl Timestamp {
    /// From nanoseconds since the epoch.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the epoch.
    #[must_use]
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// Nanoseconds from `earlier` to here; 0 when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The beginning of its hour (UTC).
    #[must_use]
    pub const fn hour(self) -> Self {
        Self(self.0 - self.0 % 3_600_000_000_000)
    }
}

/// A time as RFC 3339 writes it.
#[derive(Debug, Clone, Copy)]
pub struct Rfc3339([u8; 27]);

impl Rfc3339 {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with microseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rfc3339().as_str())
    }
}

impl Timestamp {
    /// As RFC 3339 in UTC with microseconds. Digits by hand: a report prints millions of them.
    #[must_use]
    pub const fn rfc3339(self) -> Rfc3339 {
        let seconds = self.0 / 1_000_000_000;
        let micros = self.0 % 1_000_000_000 / 1_000;
        let (year, month, day) = civil_from_days(seconds / 86_400);
        let [c1, c2] = pair(year / 100);
        let [y1, y2] = pair(year);
        let [m1, m2] = pair(month);
        let [d1, d2] = pair(day);
        let [h1, h2] = pair(seconds / 3_600 % 24);
        let [n1, n2] = pair(seconds / 60 % 60);
        let [s1, s2] = pair(seconds % 60);
        let [u1, u2] = pair(micros / 10_000);
        let [u3, u4] = pair(micros / 100);
        let [u5, u6] = pair(micros);
        Rfc3339([
            c1, c2, y1, y2, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'.', u1,
            u2, u3, u4, u5, u6, b'Z',
        ])
    }
}

/// A text that is no time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampError(String);

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// RFC 3339 between 1970 and 2554; below a nanosecond is cut off.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_rfc3339(text).ok_or_else(|| TimestampError(text.to_owned()))
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no time; write it as 2026-01-31T22:00:00Z", self.0)
    }
}

impl std::error::Error for TimestampError {}

fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    let text = text.trim().to_ascii_uppercase();
    let (date, rest) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (clock, offset_s) = match (rest.strip_suffix('Z'), rest.rfind(['+', '-'])) {
        (Some(clock), _) => (clock, 0),
        (None, Some(place)) => {
            let (clock, offset) = rest.split_at_checked(place)?;
            let [hours, minutes] = numbers(offset.get(1..)?, ':', [2, 2])?;
            let seconds = i64::try_from(hours * 3_600 + minutes * 60).ok()?;
            (clock, if offset.starts_with('-') { -seconds } else { seconds })
        }
        (None, None) => return None,
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    if hour > 23 || minute > 59 || second > 60 || fraction.is_empty() {
        return None;
    }
    let nanos: u64 = fraction.bytes().all(|digit| digit.is_ascii_digit()).then(|| {
        fraction
            .bytes()
            .chain(std::iter::repeat(b'0'))
            .take(9)
            .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
    })?;
    let days = days_from_civil(year, month, day)?;
    let seconds = i64::try_from(days * 86_400 + hour * 3_600 + minute * 60 + second).ok()?;
    let seconds = u64::try_from(seconds - offset_s).ok()?;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos).map(Timestamp::from_nanos)
}

/// Numbers of so many digits each.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[u64; N]> {
    let mut parts = text.split(between);
    let mut read = [0; N];
    for (number, digits) in read.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits)?;
        *number = part.bytes().all(|digit| digit.is_ascii_digit()).then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(read)
}

/// Days since 1970-01-01 of a Gregorian date: found by turning [`civil_from_days`] round.
fn days_from_civil(year: u64, month: u64, day: u64) -> Option<u64> {
    let year_days = year.checked_sub(1970)? * 1_461 / 4;
    let guess = year_days + month.checked_sub(1)? * 30 + day;
    (guess.saturating_sub(45)..guess + 45).find(|days| civil_from_days(*days) == (year, month, day))
}

/// The last two digits of a number.
const fn pair(number: u64) -> [u8; 2] {
    let [.., tens] = (number / 10 % 10).to_be_bytes();
    let [.., units] = (number % 10).to_be_bytes();
    [b'0' + tens, b'0' + units]
}

/// Gregorian date of a day number since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
const fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        for nanos in [
            0,
            1_709_210_096_123_456_000,
            951_782_400_000_000_000,
            4_102_444_799_999_999_000,
            18_000_000_000_000_000_000,
        ] {
            let time = Timestamp::from_nanos(nanos);
            assert_eq!(time.to_string().parse(), Ok(time));
        }
        let at = |text: &str| text.parse::<Timestamp>().map(Timestamp::nanos);
        assert_eq!(at("1970-01-01T01:00:00.5+01:00"), Ok(500_000_000));
        assert_eq!(at("1970-01-01t00:30:00z"), Ok(1_800_000_000_000));
        assert_eq!(at("1970-01-01T00:00:00-00:30"), Ok(1_800_000_000_000));
        for text in [
            "",
            "now",
            "2026-01-31",
            "2026-02-30T00:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T00:00:00",
            "1969-12-31T23:59:59Z",
            "2026-01-31T00:00:00.Z",
            "2026-1-31T00:00:00Z",
            "9999-01-01T00:00:00Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn prints_rfc_3339() {
        assert_eq!(Timestamp::from_nanos(0).to_string(), "1970-01-01T00:00:00.000000Z");
        let leap = Timestamp::from_nanos(1_709_210_096_123_456_789);
        assert_eq!(leap.to_string(), "2024-02-29T12:34:56.123456Z");
        assert_eq!(Timestamp::from_nanos(u64::MAX).to_string(), "2554-07-21T23:34:33.709551Z");
    }
}
