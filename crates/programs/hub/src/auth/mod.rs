//! Who is there: accounts with passwords, and sessions in a cookie.
//!
//! The cookie holds 256 random bits; the store holds their hash. The token against forged requests follows from the
//! same bits, so that nothing else has to be kept.

mod limit;
mod password;
mod sessions;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use limit::Limiter;
pub(crate) use password::{PasswordError, hash, random, verify};
pub(crate) use sessions::{COOKIE, Sessions, Visitor, clearing_cookie, cookie};

/// What a route needs. Every route names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Permission {
    /// See and end the own session.
    OwnSession,
    /// See devices, their conversations and what follows from them.
    ReadInventory,
    /// See who changed what.
    ReadChanges,
    /// See sensors and their health.
    ReadSensors,
    /// See version and figures of the hub.
    ReadSystem,
    /// Move devices in their lifecycle.
    ChangeLifecycle,
    /// State something about a device.
    AssertAttributes,
    /// Make, fetch and remove backups.
    ManageBackups,
    /// Enrol sensors on other machines, and shut them out.
    ManageSensors,
    /// Plan times in which changes are expected.
    PlanChanges,
    /// Begin audits and sign them off.
    ManageAudits,
    /// Write down what was found in an audit.
    AnswerAudits,
    /// Save views for lists.
    SaveViews,
    /// Say that two devices are one, or that one is two.
    MergeDevices,
    /// Say whether a patient depends on a device.
    ReportPatientState,
    /// State something about every device of a model.
    ChangeModelDefaults,
    /// Put the mark of quarantine on devices.
    ChangeQuarantine,
    /// Make accounts, give roles and passwords.
    ManageAccounts,
    /// See who changed what about accounts and the like.
    ReadSiteChanges,
    /// See, export and verify the audit log.
    ReadAuditLog,
}

/// What an account may do as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Everything.
    Admin,
    /// Everything that has to do with devices.
    Engineer,
    /// Look.
    Viewer,
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownRole;

impl Permission {
    /// Every permission there is.
    #[cfg(test)]
    pub(crate) const ALL: &'static [Self] = &[
        Self::OwnSession,
        Self::ReadInventory,
        Self::ReadChanges,
        Self::ReadSensors,
        Self::ReadSystem,
        Self::ChangeLifecycle,
        Self::AssertAttributes,
        Self::ManageBackups,
        Self::ManageSensors,
        Self::PlanChanges,
        Self::ManageAudits,
        Self::AnswerAudits,
        Self::SaveViews,
        Self::MergeDevices,
        Self::ReportPatientState,
        Self::ChangeModelDefaults,
        Self::ChangeQuarantine,
        Self::ManageAccounts,
        Self::ReadSiteChanges,
        Self::ReadAuditLog,
    ];

    /// Stable snake_case name, as in the OpenAPI document.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OwnSession => "own_session",
            Self::ReadInventory => "read_inventory",
            Self::ReadChanges => "read_changes",
            Self::ReadSensors => "read_sensors",
            Self::ReadSystem => "read_system",
            Self::ChangeLifecycle => "change_lifecycle",
            Self::AssertAttributes => "assert_attributes",
            Self::ManageBackups => "manage_backups",
            Self::ManageSensors => "manage_sensors",
            Self::PlanChanges => "plan_changes",
            Self::ManageAudits => "manage_audits",
            Self::AnswerAudits => "answer_audits",
            Self::SaveViews => "save_views",
            Self::MergeDevices => "merge_devices",
            Self::ReportPatientState => "report_patient_state",
            Self::ChangeModelDefaults => "change_model_defaults",
            Self::ChangeQuarantine => "change_quarantine",
            Self::ManageAccounts => "manage_accounts",
            Self::ReadSiteChanges => "read_site_changes",
            Self::ReadAuditLog => "read_audit_log",
        }
    }
}

impl Role {
    pub(crate) const ALL: &'static [Self] = &[Self::Admin, Self::Engineer, Self::Viewer];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Engineer => "engineer",
            Self::Viewer => "viewer",
        }
    }

    /// Whether an account of this role may do that.
    pub(crate) const fn may(self, permission: Permission) -> bool {
        match self {
            Self::Admin => true,
            Self::Engineer => !matches!(
                permission,
                Permission::ReadSystem
                    | Permission::ManageBackups
                    | Permission::ManageSensors
                    | Permission::ManageAccounts
                    | Permission::ReadAuditLog
            ),
            Self::Viewer => matches!(
                permission,
                Permission::OwnSession
                    | Permission::ReadInventory
                    | Permission::ReadChanges
                    | Permission::ReadSensors
                    | Permission::SaveViews
            ),
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|role| role.name() == text).ok_or(UnknownRole)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_more_than_an_admin_and_a_viewer_changes_nothing() {
        for permission in Permission::ALL {
            assert!(Role::Admin.may(*permission), "{permission}");
            assert!(!Role::Viewer.may(*permission) || Role::Engineer.may(*permission), "{permission}");
        }
        assert!(!Role::Viewer.may(Permission::ChangeLifecycle));
        assert!(!Role::Viewer.may(Permission::AssertAttributes));
    }
}
