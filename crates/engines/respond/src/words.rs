//! The words of the matrix: acts, situations, who signs, what has to hold, who is told.

use std::fmt;

use model::{ClinicalClass, PatientState};

macro_rules! words {
    (
        $(#[$doc:meta])* $name:ident:
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

            /// The word with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.name() == name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

    };
}

macro_rules! set_of {
    ($name:ident, $set:ident) => {
        impl $name {
            const fn bit(self) -> u16 {
                1 << self as u16
            }
        }

        #[doc = concat!("A set of [`", stringify!($name), "`].")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $set(u16);

        impl $set {
            /// Nothing.
            pub const NONE: Self = Self(0);

            /// These.
            #[must_use]
            pub const fn of(items: &[$name]) -> Self {
                let (mut bits, mut rest) = (0, items);
                while let [first, others @ ..] = rest {
                    bits |= first.bit();
                    rest = others;
                }
                Self(bits)
            }

            /// Whether it holds `item`.
            #[must_use]
            pub const fn contains(self, item: $name) -> bool {
                self.0 & item.bit() != 0
            }

            /// Whether nothing is in it.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Whether `other` holds all of it.
            #[must_use]
            pub const fn is_subset_of(self, other: Self) -> bool {
                self.0 & !other.0 == 0
            }

            /// What is in either.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// What is in both.
            #[must_use]
            pub const fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// What is in it and not in `other`.
            #[must_use]
            pub const fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// Its words, in their order.
            pub fn iter(self) -> impl Iterator<Item = $name> {
                $name::ALL.iter().copied().filter(move |item| self.contains(*item))
            }
        }

        impl FromIterator<$name> for $set {
            fn from_iter<I: IntoIterator<Item = $name>>(items: I) -> Self {
                items.into_iter().fold(Self::NONE, |set, item| set.union(Self::of(&[item])))
            }
        }

        impl fmt::Display for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                for (place, item) in self.iter().enumerate() {
                    let between = if place == 0 { "" } else { ", " };
                    write!(f, "{between}{item}")?;
                }
                Ok(())
            }
        }
    };
}

words! {
    /// What is asked for: a row of the matrix, or the seal of a break-glass account.
    Action:
    /// Observe, match, alert.
    Observe = "observe",
    /// Send something to it on the live network to learn from its answer.
    ActiveProbe = "active_probe",
    /// Scan it on a maintenance network.
    BenchScan = "bench_scan",
    /// Block one flow to the outside that is not in its learned profile.
    BlockExternalFlow = "block_external_flow",
    /// Block a flow of its learned profile.
    BlockProfileFlow = "block_profile_flow",
    /// Take it off the network: quarantine VLAN, port down.
    Isolate = "isolate",
    /// Patch, firmware, configuration.
    Change = "change",
    /// Put an encryption gateway in its line.
    InlineGateway = "inline_gateway",
    /// Revoke its certificate.
    RevokeCertificate = "revoke_certificate",
    /// Rotate its keys.
    RotateKeys = "rotate_keys",
    /// Put a break-glass account under seal.
    SealAccount = "seal_account",
    /// Break the seal of a break-glass account.
    UnsealAccount = "unseal_account",
}

words! {
    /// What a person signs as, for the device that is meant.
    Role:
    /// Answers for the care that the device is part of.
    ClinicalOwner = "clinical_owner",
    /// Clinical staff of its unit: the charge nurse, a physician.
    Clinician = "clinician",
    /// Biomedical engineering.
    Biomed = "biomed",
    /// Security operations.
    Security = "security",
    /// Network engineering.
    Network = "network",
    /// Administers Bedrail. Signs for accounts, never for devices.
    Administrator = "administrator",
}

words! {
    /// What has to be known to hold. What is not known does not hold.
    Condition:
    /// The flow is not in the learned clinical profile.
    OutsideProfile = "outside_profile",
    /// No alarm goes that way.
    NotAlarmPath = "not_alarm_path",
    /// A document of the manufacturer permits it for this model.
    ManufacturerPermits = "manufacturer_permits",
    /// It is within the maintenance window.
    InWindow = "in_window",
    /// It is on a maintenance network.
    OnMaintenanceNetwork = "on_maintenance_network",
    /// A work order is open.
    WorkOrderOpen = "work_order_open",
    /// Biomedical engineering confirmed that it is out of service.
    OutOfService = "out_of_service",
    /// A change request is open.
    ChangeRequestOpen = "change_request_open",
    /// It is validated for the model.
    ModelValidated = "model_validated",
    /// The bypass was tested.
    BypassTested = "bypass_tested",
    /// The certificate carries no alarm and no therapy, or was replaced.
    ClinicalFlowsReplaced = "clinical_flows_replaced",
    /// The old key stays valid until the new one is proven in use.
    OldKeyStaysValid = "old_key_stays_valid",
}

words! {
    /// Who is told when it is done.
    Notice:
    /// The clinical owner is paged.
    PageClinicalOwner = "page_clinical_owner",
    /// The unit is told.
    TellUnit = "tell_unit",
    /// Every administrator is told.
    TellAdministrators = "tell_administrators",
    /// Security operations are told.
    TellSecurity = "tell_security",
}

set_of!(Role, RoleSet);
set_of!(Condition, ConditionSet);
set_of!(Notice, NoticeSet);

/// The column of the matrix that a device is in. Unknown is the most dangerous value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Situation {
    /// Unknown, life-sustaining, or a patient is or may be connected.
    Critical,
    /// Therapeutic or alarm device, idle.
    TherapeuticIdle,
    /// Diagnostic, idle.
    DiagnosticIdle,
    /// Support, non-clinical.
    Support,
}

impl Situation {
    /// Every column, the most dangerous first.
    pub const ALL: &'static [Self] =
        &[Self::Critical, Self::TherapeuticIdle, Self::DiagnosticIdle, Self::Support];

    /// The column of a device.
    ///
    /// Nobody reports a patient at what touches none, so an unknown patient state does not make a support device
    /// critical; a patient who is reported there does.
    #[must_use]
    pub const fn of(class: ClinicalClass, patient: PatientState) -> Self {
        match (class, patient) {
            (ClinicalClass::Unknown | ClinicalClass::LifeSustaining, _) | (_, PatientState::Connected) => {
                Self::Critical
            }
            (ClinicalClass::Support | ClinicalClass::NonClinical, _) => Self::Support,
            (_, PatientState::Unknown) => Self::Critical,
            (ClinicalClass::Therapeutic | ClinicalClass::MonitoringAlarm, PatientState::Idle) => {
                Self::TherapeuticIdle
            }
            (ClinicalClass::Diagnostic, PatientState::Idle) => Self::DiagnosticIdle,
        }
    }

    /// Stable snake_case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::TherapeuticIdle => "therapeutic_idle",
            Self::DiagnosticIdle => "diagnostic_idle",
            Self::Support => "support",
        }
    }
}

impl fmt::Display for Situation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Action {
    /// What it may mean for a patient.
    #[must_use]
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Observe => "none: nothing is sent",
            Self::ActiveProbe => "a device may stop or restart when it is probed",
            Self::BenchScan => "none while it is out of service",
            Self::BlockExternalFlow => "a service of the manufacturer may be cut off",
            Self::BlockProfileFlow => "alarms, orders or results may not arrive",
            Self::Isolate => "alarms, orders and results do not arrive; remote control is lost",
            Self::Change => "the device may behave otherwise than validated",
            Self::InlineGateway => "a fault of the gateway may cut the device off",
            Self::RevokeCertificate => "peers may refuse the device at its next connection",
            Self::RotateKeys => "none while the old key is valid",
            Self::SealAccount => "the account is not at hand in an emergency until its seal is broken",
            Self::UnsealAccount => "an account outside of the identity provider is open",
        }
    }

    /// Whether it is about an account, not about a device.
    #[must_use]
    pub const fn is_about_account(self) -> bool {
        matches!(self, Self::SealAccount | Self::UnsealAccount)
    }
}

impl RoleSet {
    /// Who may sign for a device when the matrix names no role. Administrators of Bedrail are not among them.
    pub const ANYBODY: Self =
        Self::of(&[Role::ClinicalOwner, Role::Clinician, Role::Biomed, Role::Security, Role::Network]);
    /// Who is a clinician.
    pub const CLINICIANS: Self = Self::of(&[Role::ClinicalOwner, Role::Clinician]);
    /// Who keeps the seals of accounts.
    pub const KEEPERS: Self = Self::of(&[Role::Security, Role::Administrator]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_no_two_words_share_a_bit() {
        for action in Action::ALL {
            assert_eq!(Action::from_name(action.name()), Some(*action));
        }
        for condition in Condition::ALL {
            assert_eq!(Condition::from_name(condition.name()), Some(*condition));
        }
        assert_eq!(Role::from_name("chaplain"), None);
        assert_eq!(
            Condition::ALL.iter().copied().collect::<ConditionSet>().iter().count(),
            Condition::ALL.len()
        );
        assert_eq!(Role::ALL.iter().copied().collect::<RoleSet>().iter().count(), Role::ALL.len());
    }

    #[test]
    fn what_is_unknown_is_critical() {
        for class in ClinicalClass::ALL {
            assert_eq!(Situation::of(*class, PatientState::Connected), Situation::Critical, "{class}");
        }
        for patient in PatientState::ALL {
            assert_eq!(Situation::of(ClinicalClass::Unknown, *patient), Situation::Critical, "{patient}");
        }
        assert_eq!(Situation::of(ClinicalClass::Diagnostic, PatientState::Unknown), Situation::Critical);
        assert_eq!(Situation::of(ClinicalClass::Support, PatientState::Unknown), Situation::Support);
    }
}
