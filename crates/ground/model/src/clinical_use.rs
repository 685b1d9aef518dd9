//! What is held about a device beside its clinical class: what is lost without the network, how soon somebody has to
//! act, whether a patient depends on it now, and what its manufacturer permits. Unknown is the most dangerous value.

use std::fmt;
use std::str::FromStr;

use crate::{Timestamp, UnknownWord};

macro_rules! vocabulary {
    (
        $(#[$doc:meta])* $name:ident, $what:literal:
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// Every word there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Stable snake_case name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|word| word.name() == text);
                found.ok_or_else(|| UnknownWord::new($what, text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

vocabulary! {
    /// What is lost when the network is cut.
    NetworkLossEffect, "effect of a lost network":
    /// Not known; handled as if alarms were lost.
    Unknown = "unknown",
    /// Nobody hears its alarms any more.
    AlarmsLost = "alarms_lost",
    /// It goes on by itself at the bedside.
    TherapyContinuesLocally = "therapy_continues_locally",
    /// Orders come late.
    OrdersDelayed = "orders_delayed",
    /// Images come late.
    ImagesDelayed = "images_delayed",
    /// Nothing.
    NoEffect = "no_effect",
}

vocabulary! {
    /// How soon somebody has to act when it fails.
    ReactionTime, "reaction time":
    /// Not known; handled as seconds.
    Unknown = "unknown",
    /// Within seconds.
    Seconds = "seconds",
    /// Within minutes.
    Minutes = "minutes",
    /// Within hours.
    Hours = "hours",
    /// Within days.
    Days = "days",
}

vocabulary! {
    /// Whether a patient depends on a device now.
    PatientState, "state of a patient":
    /// Not known; handled as connected.
    Unknown = "unknown",
    /// A patient depends on it.
    Connected = "connected",
    /// No patient depends on it.
    Idle = "idle",
}

vocabulary! {
    /// Who tells the state of a patient.
    PatientSource, "source of a patient's state":
    /// HL7 ADT or ORU messages.
    Hl7 = "hl7",
    /// IEEE 11073 SDC.
    Sdc = "sdc",
    /// A gateway of the manufacturer.
    Gateway = "gateway",
    /// A person.
    Person = "person",
}

vocabulary! {
    /// What a manufacturer permits, each with a document that says so. What no document permits is not permitted.
    ManufacturerPermission, "permission of a manufacturer":
    /// Nothing but listening.
    PassiveOnly = "passive_only",
    /// Scanning it on the bench, out of service.
    BenchScanOk = "bench_scan_ok",
    /// Scanning it on the live network.
    LiveScanOk = "live_scan_ok",
    /// Installing patches of its operating system.
    PatchOk = "patch_ok",
    /// Running an antivirus program on it.
    AvOk = "av_ok",
    /// An encryption gateway in its line.
    InlineGatewayValidated = "inline_gateway_validated",
}

/// What somebody said about the patient at a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientReport {
    /// What was said.
    pub state: PatientState,
    /// Who said it.
    pub source: PatientSource,
    /// Name of the person or the feed.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A report that is older says nothing any more: ten minutes in nanoseconds.
pub const PATIENT_STATE_AGE_MAX_NS: u64 = 10 * 60 * 1_000_000_000;

impl PatientReport {
    /// What is known at `now`: nothing when the report is older than [`PATIENT_STATE_AGE_MAX_NS`], or from the future.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> PatientState {
        if now < self.at || now.since(self.at) > PATIENT_STATE_AGE_MAX_NS {
            return PatientState::Unknown;
        }
        self.state
    }
}

/// When a device may be maintained: times of the week in UTC, such as `sun 02:00-04:00; mon,thu 22:00-01:30`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceWindow(Vec<WeeklyTime>);

/// On these days from one minute of the day to another; the other is on the next day when it is not later.
#[derive(Debug, Clone, PartialEq, Eq)]
struct WeeklyTime {
    /// Days since Monday, in order, each once.
    days: Vec<u32>,
    from_min: u32,
    to_min: u32,
}

/// A text that is no maintenance window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceWindowError(String);

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY_MIN: u32 = 24 * 60;
const WEEK_MIN: u32 = 7 * DAY_MIN;
const MINUTE_NS: u64 = 60 * 1_000_000_000;
/// 1970-01-01 was a Thursday.
const EPOCH_MIN: u64 = 3 * 24 * 60;
/// Times of the week in one window.
const TIMES_MAX: usize = 14;

impl MaintenanceWindow {
    /// Whether `at` is within.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        let minute = (at.nanos() / MINUTE_NS + EPOCH_MIN) % u64::from(WEEK_MIN);
        let minute = u32::try_from(minute).unwrap_or_default();
        self.0.iter().any(|time| time.contains(minute))
    }
}

impl WeeklyTime {
    /// Whether a minute of the week is within.
    fn contains(&self, minute: u32) -> bool {
        let length_min =
            if self.to_min > self.from_min { self.to_min } else { self.to_min + DAY_MIN } - self.from_min;
        let begins = self.days.iter().map(|day| day * DAY_MIN + self.from_min);
        begins.into_iter().any(|begin| (minute + WEEK_MIN - begin) % WEEK_MIN < length_min)
    }

    fn parse(text: &str) -> Option<Self> {
        let (days, times) = text.trim().split_once(' ')?;
        let place =
            |word: &str| DAYS.iter().position(|day| *day == word).and_then(|day| u32::try_from(day).ok());
        let mut days = days.split(',').map(place).collect::<Option<Vec<u32>>>()?;
        days.sort_unstable();
        days.dedup();
        let (from, to) = times.trim().split_once('-')?;
        let (from_min, to_min) = (minutes(from)?, minutes(to)?);
        Some(Self { days, from_min, to_min })
    }
}

/// `hh:mm` in minutes.
fn minutes(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (hour, minute): (u32, u32) = match digits(hour) && digits(minute) {
        true => (hour.parse().ok()?, minute.parse().ok()?),
        false => return None,
    };
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

impl FromStr for MaintenanceWindow {
    type Err = MaintenanceWindowError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let times: Option<Vec<WeeklyTime>> = text.split(';').map(WeeklyTime::parse).collect();
        let times = times.filter(|times| times.len() <= TIMES_MAX);
        times.map(Self).ok_or_else(|| MaintenanceWindowError(text.to_owned()))
    }
}

impl fmt::Display for MaintenanceWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, WeeklyTime { days, from_min, to_min }) in self.0.iter().enumerate() {
            let name =
                |day: &u32| DAYS.get(usize::try_from(*day).unwrap_or_default()).copied().unwrap_or_default();
            let days: Vec<&str> = days.iter().map(name).collect();
            let between = if place == 0 { "" } else { "; " };
            let clock = |minute: &u32| format!("{:02}:{:02}", minute / 60, minute % 60);
            write!(f, "{between}{} {}-{}", days.join(","), clock(from_min), clock(to_min))?;
        }
        Ok(())
    }
}

impl fmt::Display for MaintenanceWindowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no maintenance window; write it as `sun 02:00-04:00; mon,thu 22:00-01:30` (UTC)",
            self.0
        )
    }
}

impl std::error::Error for MaintenanceWindowError {}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_NS: u64 = 60 * MINUTE_NS;

    #[test]
    fn words_are_read_back_and_unknown_comes_first() {
        for word in NetworkLossEffect::ALL {
            assert_eq!(word.name().parse(), Ok(*word));
        }
        for word in ManufacturerPermission::ALL {
            assert_eq!(word.name().parse(), Ok(*word));
        }
        assert!("soon".parse::<ReactionTime>().is_err());
        assert_eq!(NetworkLossEffect::ALL.iter().min(), Some(&NetworkLossEffect::Unknown));
        assert_eq!(ReactionTime::ALL.iter().min(), Some(&ReactionTime::Unknown));
        assert_eq!(PatientState::ALL.iter().min(), Some(&PatientState::Unknown));
    }

    #[test]
    fn a_report_about_a_patient_is_worth_nothing_after_ten_minutes() {
        let at = |minutes: u64| Timestamp::from_nanos((1_000 + minutes) * MINUTE_NS);
        let (state, source) = (PatientState::Idle, PatientSource::Person);
        let report = PatientReport { state, source, by: "ines".to_owned(), at: at(0) };
        assert_eq!(report.state_at(at(0)), PatientState::Idle);
        assert_eq!(report.state_at(at(10)), PatientState::Idle);
        assert_eq!(report.state_at(at(11)), PatientState::Unknown);
        let before = Timestamp::from_nanos(at(0).nanos() - 1);
        assert_eq!(
            report.state_at(before),
            PatientState::Unknown,
            "a clock that was set back proves nothing"
        );
    }

    #[test]
    fn maintenance_windows_read_back_and_know_their_minutes() {
        for text in ["sun 02:00-04:00", "mon,thu 22:00-01:30; sat 00:00-23:59"] {
            assert_eq!(
                text.parse::<MaintenanceWindow>().map(|window| window.to_string()),
                Ok(text.to_owned())
            );
        }
        let window: MaintenanceWindow = "thu 22:00-01:30; sun 23:00-01:00".parse().unwrap();
        // The epoch is a Thursday at 00:00.
        let at = |hours: u64| Timestamp::from_nanos(hours * HOUR_NS);
        assert!(!window.contains(at(21)) && window.contains(at(22)) && window.contains(at(25)));
        assert!(!window.contains(at(26)));
        assert!(window.contains(at(3 * 24 + 23)) && window.contains(at(4 * 24)), "over the end of the week");
        assert!(!window.contains(at(4 * 24 + 1)));
    }

    #[test]
    fn what_is_no_maintenance_window_is_refused() {
        for text in [
            "",
            "sun",
            "sun 2:00-4:00",
            "funday 02:00-04:00",
            "sun 24:00-01:00",
            "sun 02:00",
            "sun 02:00-04:00;",
        ] {
            assert!(text.parse::<MaintenanceWindow>().is_err(), "{text}");
        }
    }
}
