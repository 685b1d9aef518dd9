//! The action matrix of the clinical safety rules, as data. No setting turns it off.
//!
//! Where the matrix is short, it is read the stricter way (`docs/decisions/0029`): "two" is the two that the cell to the
//! left names, a change request is signed by biomedical engineering and the clinical owner, "approval" is one sign-off.

use crate::requirement::{Requirement, Seats};
use crate::words::{Action, Condition, ConditionSet, Notice, Role, RoleSet, Situation};

/// How long the block of an external flow lasts when nobody signed: 60 minutes.
pub const EXTERNAL_BLOCK_S: u32 = 60 * 60;
/// How long a break-glass account stays open; then it is sealed again.
pub const BREAK_GLASS_OPEN_S: u32 = 4 * 60 * 60;

const OWNER: RoleSet = RoleSet::of(&[Role::ClinicalOwner]);
const BIOMED: RoleSet = RoleSet::of(&[Role::Biomed]);
const SECURITY: RoleSet = RoleSet::of(&[Role::Security]);
const ANYBODY: RoleSet = RoleSet::ANYBODY;
const CLINICIAN: RoleSet = RoleSet::CLINICIANS;

/// The least that is ever asked for: a cell of the matrix.
#[must_use]
pub fn floor(action: Action, situation: Situation) -> Requirement {
    let [critical, therapeutic, diagnostic, support] = row(action);
    match situation {
        Situation::Critical => critical,
        Situation::TherapeuticIdle => therapeutic,
        Situation::DiagnosticIdle => diagnostic,
        Situation::Support => support,
    }
}

/// What is asked for where a site says nothing. It is more than [`floor`] in one cell: isolation of support devices is
/// automatic only "if the site's policy allows".
#[must_use]
pub fn default(action: Action, situation: Situation) -> Requirement {
    match (action, situation) {
        (Action::Isolate, Situation::Support) => signed(Seats::fixed(&[ANYBODY])),
        (action, situation) => floor(action, situation),
    }
}

/// A row: critical; therapeutic or alarm, idle; diagnostic, idle; support or non-clinical.
fn row(action: Action) -> [Requirement; 4] {
    match action {
        Action::Observe => same(automatic()),
        Action::ActiveProbe => [
            Requirement::never(),
            Requirement::never(),
            signed(Seats::fixed(&[BIOMED])).when(&[Condition::ManufacturerPermits, Condition::InWindow]),
            signed(Seats::fixed(&[ANYBODY])),
        ],
        Action::BenchScan => same(signed(Seats::fixed(&[BIOMED])).when(&[
            Condition::OnMaintenanceNetwork,
            Condition::WorkOrderOpen,
            Condition::OutOfService,
        ])),
        Action::BlockExternalFlow => block_external_flow(),
        Action::BlockProfileFlow => [
            signed(Seats::fixed(&[OWNER, SECURITY])),
            signed(Seats::fixed(&[OWNER, SECURITY])),
            signed(Seats::fixed(&[BIOMED])),
            signed(Seats::fixed(&[ANYBODY])),
        ],
        Action::Isolate => [
            signed(Seats::fixed(&[CLINICIAN, ANYBODY])).with_bedside(),
            signed(Seats::fixed(&[CLINICIAN, ANYBODY])),
            signed(Seats::fixed(&[ANYBODY])).telling(&[Notice::TellUnit]),
            automatic(),
        ],
        Action::Change => {
            let work_order = Requirement::work_order;
            [work_order(), work_order(), work_order(), signed(Seats::fixed(&[ANYBODY]))]
        }
        Action::InlineGateway => inline_gateway(),
        Action::RevokeCertificate => {
            let one_of = |seats: &'static [RoleSet]| {
                signed(Seats::fixed(seats)).when(&[Condition::ClinicalFlowsReplaced])
            };
            [one_of(&[ANYBODY; 2]), one_of(&[ANYBODY; 2]), one_of(&[ANYBODY]), one_of(&[ANYBODY])]
        }
        Action::RotateKeys => same(automatic().when(&[Condition::OldKeyStaysValid])),
        Action::SealAccount => same(keepers()),
        Action::UnsealAccount => same(keepers().for_s(BREAK_GLASS_OPEN_S)),
    }
}

fn block_external_flow() -> [Requirement; 4] {
    let block = |conditions: &[Condition]| automatic().when(conditions);
    let clear = [Condition::OutsideProfile, Condition::NotAlarmPath];
    [
        block(&clear).for_s(EXTERNAL_BLOCK_S).telling(&[Notice::PageClinicalOwner]),
        block(&clear).for_s(EXTERNAL_BLOCK_S),
        block(&[Condition::OutsideProfile]),
        block(&[Condition::OutsideProfile]),
    ]
}

fn inline_gateway() -> [Requirement; 4] {
    let change = || {
        signed(Seats::fixed(&[BIOMED, OWNER])).when(&[
            Condition::ChangeRequestOpen,
            Condition::ModelValidated,
            Condition::InWindow,
            Condition::BypassTested,
        ])
    };
    [change(), change(), change(), signed(Seats::fixed(&[ANYBODY]))]
}

/// Two who keep seals; who asks is not one of them.
fn keepers() -> Requirement {
    let both = Seats::fixed(&[RoleSet::KEEPERS, RoleSet::KEEPERS]).without_requester();
    signed(both).telling(&[Notice::TellAdministrators, Notice::TellSecurity])
}

fn automatic() -> Requirement {
    Requirement::automatic(ConditionSet::NONE)
}

fn signed(seats: Seats) -> Requirement {
    Requirement::signed(seats, ConditionSet::NONE)
}

fn same(requirement: Requirement) -> [Requirement; 4] {
    [requirement.clone(), requirement.clone(), requirement.clone(), requirement]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_never_less_than_the_matrix() {
        for action in Action::ALL {
            for situation in Situation::ALL {
                let (least, asked) = (floor(*action, *situation), default(*action, *situation));
                assert!(asked.is_at_least(&least), "{action} {situation}");
                assert_eq!(
                    asked == least,
                    (*action, *situation) != (Action::Isolate, Situation::Support),
                    "{action} {situation}"
                );
            }
        }
    }

    #[test]
    fn a_more_dangerous_situation_never_asks_for_fewer_people() {
        let people =
            |action, situation| floor(action, situation).seats().map_or(0, |seats| seats.roles().len());
        for action in
            Action::ALL.iter().filter(|action| floor(**action, Situation::Critical).seats().is_some())
        {
            for pair in Situation::ALL.windows(2) {
                assert!(people(*action, pair[0]) >= people(*action, pair[1]), "{action} {pair:?}");
            }
        }
    }
}
