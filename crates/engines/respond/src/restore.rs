//! Clinical break-glass: everything that Bedrail did to a device is undone at once.

use model::{AccountId, ClinicalClass, DeviceId, PatientState};

use crate::case::Subject;
use crate::command::{Because, Command, Deed};
use crate::words::{Notice, Situation};

/// Within which time somebody looks at a restore: a day.
pub const RESTORE_REVIEW_S: u32 = 24 * 60 * 60;

/// Clinical staff wants the network back for a device. There is nothing here that refuses: no approval, no expiry, no
/// lock, no state of the audit log, no clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restore {
    /// Which device.
    pub device: DeviceId,
    /// Who.
    pub by: AccountId,
    /// What was said, if anything.
    pub why: String,
    /// What the device means for a patient, for the record.
    pub class: ClinicalClass,
    /// Whether a patient depends on it, for the record.
    pub patient: PatientState,
}

/// Where something is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journal {
    /// The audit log.
    AuditLog,
    /// The journal for when the audit log cannot be written. What is in it goes to the log later.
    Fallback,
}

impl Restore {
    /// What to do, in this order: the network first, the record after it.
    #[must_use]
    pub fn commands(self, journal: Journal) -> Vec<Command> {
        let Self { device, by, why, class, patient } = self;
        let subject = Subject::Device(device.clone());
        let because = Because {
            action: None,
            class,
            patient,
            situation: Situation::of(class, patient),
            rule: "clinical staff may always restore".to_owned(),
            why,
        };
        let tell = |notice| Command::Tell { notice, subject: subject.clone(), approval: None };
        vec![
            Command::RestoreNow { device: device.clone() },
            Command::RevokeApprovals { device },
            Command::Record {
                journal,
                deed: Deed::Restored,
                subject: subject.clone(),
                by: Some(by),
                because: Box::new(because),
            },
            tell(Notice::TellSecurity),
            tell(Notice::TellUnit),
            Command::ReviewDue { subject, within_s: RESTORE_REVIEW_S },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restore_comes_first_and_is_recorded_and_reviewed_whatever_is_broken() {
        for class in ClinicalClass::ALL {
            for patient in PatientState::ALL {
                for journal in [Journal::AuditLog, Journal::Fallback] {
                    let device: DeviceId = "dev_pump-1".parse().unwrap();
                    let restore = Restore {
                        device: device.clone(),
                        by: "acc_nurse".parse().unwrap(),
                        why: String::new(),
                        class: *class,
                        patient: *patient,
                    };
                    let commands = restore.commands(journal);
                    assert_eq!(commands.first(), Some(&Command::RestoreNow { device }));
                    assert!(commands.iter().any(|command| matches!(
                        command,
                        Command::Record { journal: at, deed: Deed::Restored, by: Some(_), .. } if *at == journal
                    )));
                    assert!(commands.iter().any(|command| matches!(command, Command::ReviewDue { .. })));
                    assert!(
                        commands.iter().any(|command| matches!(command, Command::RevokeApprovals { .. }))
                    );
                }
            }
        }
    }
}
