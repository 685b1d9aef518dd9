//! What a device means for a patient.

use std::fmt;
use std::str::FromStr;

use crate::UnknownWord;

/// Clinical class of a device. Unknown is always treated as the most dangerous value, so it sorts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ClinicalClass {
    /// Not known; handled as if it sustained a life.
    #[default]
    Unknown,
    /// Keeps a patient alive (ventilator, anaesthesia machine, heart-lung machine, dialysis).
    LifeSustaining,
    /// Delivers therapy (infusion pump, laser, radiotherapy).
    Therapeutic,
    /// Watches a patient and alarms.
    MonitoringAlarm,
    /// Produces findings (imaging, laboratory).
    Diagnostic,
    /// Supports care without touching a patient (PACS, interface engine, nurse call).
    Support,
    /// Has no part in care.
    NonClinical,
}

impl ClinicalClass {
    /// Every class there is, the most dangerous first.
    pub const ALL: &'static [Self] = &[
        Self::Unknown,
        Self::LifeSustaining,
        Self::Therapeutic,
        Self::MonitoringAlarm,
        Self::Diagnostic,
        Self::Support,
        Self::NonClinical,
    ];

    /// Stable snake_case name, as in `clinical_class` of every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::LifeSustaining => "life_sustaining",
            Self::Therapeutic => "therapeutic",
            Self::MonitoringAlarm => "monitoring_alarm",
            Self::Diagnostic => "diagnostic",
            Self::Support => "support",
            Self::NonClinical => "non_clinical",
        }
    }
}

impl FromStr for ClinicalClass {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|class| class.name() == text);
        found.ok_or_else(|| UnknownWord::new("clinical class", text))
    }
}

impl fmt::Display for ClinicalClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
