//! What has to be done when something was decided.

use std::fmt;

use model::{AccountId, ApprovalId, ClinicalClass, DeviceId, PatientState};

use crate::approval::Refusal;
use crate::case::{Lapse, Preview, Subject};
use crate::restore::Journal;
use crate::words::{Action, Notice, RoleSet, Situation};

/// An effect, for the edges to carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask people to sign.
    AskToSign {
        /// Which request.
        approval: ApprovalId,
        /// Anybody who holds one of these roles.
        roles: RoleSet,
    },
    /// Do it, once, then read back whether it was done.
    Apply {
        /// By which grant.
        approval: ApprovalId,
        /// What.
        action: Action,
        /// To what.
        subject: Subject,
        /// The effects that were signed.
        preview: Preview,
        /// Undo it after so many seconds; `None` until somebody undoes it.
        undo_after_s: Option<u32>,
    },
    /// Tell somebody.
    Tell {
        /// Whom.
        notice: Notice,
        /// About what.
        subject: Subject,
        /// By which grant.
        approval: Option<ApprovalId>,
    },
    /// Take everything of ours off a device, now.
    RestoreNow {
        /// Which device.
        device: DeviceId,
    },
    /// End every open request and unused grant for a device.
    RevokeApprovals {
        /// Which device.
        device: DeviceId,
    },
    /// Somebody has to look at what was done.
    ReviewDue {
        /// To what it was done.
        subject: Subject,
        /// Within so many seconds.
        within_s: u32,
    },
    /// Write it down.
    Record {
        /// Where.
        journal: Journal,
        /// What was done.
        deed: Deed,
        /// To what.
        subject: Subject,
        /// By whom; `None` is Bedrail itself.
        by: Option<AccountId>,
        /// Why.
        because: Box<Because>,
    },
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Somebody asked.
    Requested,
    /// Somebody signed.
    Signed,
    /// Enough people signed, or nobody had to.
    Granted,
    /// Somebody said no, or it may not be done any more.
    Refused,
    /// Who asked took it back.
    Withdrawn,
    /// Its time was over.
    Expired(Lapse),
    /// The grant was used.
    Used,
    /// The grant was taken back, or does not suffice any more.
    Revoked,
    /// Somebody tried something that was refused.
    Tried(Refusal),
    /// Clinical staff took everything of ours off a device.
    Restored,
}

/// Why: the rule, the inputs, and what it may mean for a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// Row of the matrix; `None` for what needs none.
    pub action: Option<Action>,
    /// What the device means for a patient.
    pub class: ClinicalClass,
    /// Whether a patient depends on it.
    pub patient: PatientState,
    /// Column of the matrix.
    pub situation: Situation,
    /// What is asked for, or the rule that asks for nothing.
    pub rule: String,
    /// What was said.
    pub why: String,
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, patient, situation, rule, .. } = self;
        let action = self.action.map_or("restore", Action::name);
        let consequence = self.action.map_or("care has the network again", Action::consequence);
        write!(f, "{action}: {rule} (class {class}, patient {patient}: {situation}); {consequence}")
    }
}
