//! A site can only make the matrix stricter: whatever it is allowed to ask for, what that grants the matrix grants too.

use std::collections::BTreeMap;

use model::{AccountId, ClinicalClass, PatientState, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use respond::{
    Action, Bedside, Condition, ConditionSet, Login, Notice, NoticeSet, People, Preview, Request, Requester,
    Requirement, Role, RoleSet, Scene, Seats, SiteMatrix, Situation, Subject, Vote, floor,
};

use crate::table;
use crate::world::{id, requirement};

fn role_sets() -> impl Strategy<Value = RoleSet> {
    prop_oneof![
        3 => vec(proptest::sample::select(Role::ALL), 1..4).prop_map(|roles| roles.into_iter().collect()),
        1 => Just(RoleSet::ANYBODY),
        1 => Just(RoleSet::CLINICIANS),
        1 => Just(RoleSet::KEEPERS),
    ]
}

fn conditions() -> impl Strategy<Value = ConditionSet> {
    let some = vec(proptest::sample::select(Condition::ALL), 0..4);
    prop_oneof![
        Just(Condition::ALL.iter().copied().collect()),
        some.prop_map(|some| some.into_iter().collect())
    ]
}

/// Any requirement, often one that is near to the matrix.
fn requirements(action: Action, situation: Situation) -> impl Strategy<Value = Requirement> {
    let near = floor(action, situation).seats().map_or(Vec::new(), |seats| seats.roles().to_vec());
    let seats = (vec(role_sets(), 0..4), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let seats = seats.prop_filter_map("no such seats", move |(more, is_near, bedside, out, turned)| {
        let mut roles = if is_near { near.clone() } else { Vec::new() };
        roles.extend(more);
        if turned {
            roles.reverse();
        }
        let seats = Seats::new(roles).ok()?;
        let seats = if bedside { seats.clone().with_bedside().unwrap_or(seats) } else { seats };
        Some(if out { seats.without_requester() } else { seats })
    });
    let mode = prop_oneof![
        8 => seats.prop_map(Some),
        1 => Just(None),
    ];
    (mode, conditions(), any::<bool>(), prop_oneof![Just(None), Just(Some(600)), Just(Some(100_000))])
        .prop_map(|(seats, conditions, tells, expires_s)| {
            let asked = match seats {
                Some(seats) => Requirement::signed(seats, conditions),
                None => Requirement::automatic(conditions),
            };
            let asked = if tells { asked.telling(Notice::ALL) } else { asked };
            match expires_s {
                Some(seconds) => asked.for_s(seconds),
                None => asked,
            }
        })
}

/// Who signs: person, authenticator and roles of each account, and whether it says that care goes on.
type Signers = Vec<(usize, usize, RoleSet, bool)>;

fn granted(asked: &Requirement, action: Action, signers: &Signers, asker: usize) -> bool {
    let login = |(number, (person, used, ..)): (usize, &(usize, usize, RoleSet, bool))| Login {
        account: id("acc_", number),
        person: id("per_", *person),
        authenticators: vec![id("aut_", *used)],
    };
    let mut logins: Vec<Login> = signers.iter().enumerate().map(login).collect();
    logins.push(Login { account: id("acc_", 99), person: id("per_", 99), authenticators: Vec::new() });
    let people = People::new(logins).unwrap();
    let roles: BTreeMap<AccountId, RoleSet> =
        signers.iter().enumerate().map(|(number, (_, _, roles, _))| (id("acc_", number), *roles)).collect();
    let scene = Scene {
        matrix: &SiteMatrix::default(),
        class: ClinicalClass::Unknown,
        patient: PatientState::Unknown,
        holds: ConditionSet::NONE,
        people: &people,
        roles: &roles,
    };
    let preview = Preview([0; 32]);
    let is_account = action.is_about_account();
    let subject = if is_account { Subject::Account(id("acc_", 99)) } else { Subject::Device(id("dev_", 1)) };
    let requester = Requester::Account(id("acc_", asker % signers.len()));
    let request = Request { id: id("apr_", 1), action, subject, requester, preview, why: String::new() };
    let vote = |(number, (_, used, roles, care)): (usize, &(usize, usize, RoleSet, bool))| Vote {
        account: id("acc_", number),
        authenticator: id("aut_", *used),
        roles: *roles,
        is_yes: true,
        preview,
        bedside: care.then_some(Bedside::CareContinues),
        at: Timestamp::from_nanos(5),
    };
    let votes: Vec<Vote> = signers.iter().enumerate().map(vote).collect();
    asked.granted_by(&request, &votes, &scene, Timestamp::from_nanos(6)).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, max_global_rejects: 1_000_000, ..ProptestConfig::default() })]

    #[test]
    fn what_a_site_may_ask_for_grants_nothing_that_the_matrix_does_not(
        (action, situation, asked) in (proptest::sample::select(Action::ALL), proptest::sample::select(Situation::ALL))
            .prop_flat_map(|(action, situation)| (Just(action), Just(situation), requirements(action, situation))),
        signers in vec((0..5_usize, 0..6_usize, role_sets(), any::<bool>()), 1..6),
        asker in 0..6_usize,
    ) {
        let least = floor(action, situation);
        match SiteMatrix::default().with(action, situation, asked.clone()) {
            Err(loosens) => prop_assert_eq!(loosens.asked, asked),
            Ok(site) => {
                let site = site.requirement(action, situation);
                if granted(&site, action, &signers, asker) {
                    prop_assert!(granted(&least, action, &signers, asker), "{} is less than {}", site, least);
                }
                prop_assert!(least.conditions().is_subset_of(site.conditions()));
                prop_assert!(least.notices().is_subset_of(site.notices()) || least.notices() == NoticeSet::NONE);
                prop_assert!(least.expires_s().is_none_or(|least| site.expires_s().is_some_and(|own| own <= least)));
            }
        }
    }
}

#[test]
fn sites_that_ask_for_less_are_refused() {
    let looser = [
        ("isolate", 0, "clinician + any"),
        ("isolate", 0, "clinician; bedside"),
        ("isolate", 1, "any + any"),
        ("isolate", 2, "clinician + biomed; tell tell_unit"),
        ("isolate", 0, "nobody"),
        ("isolate", 2, "any"),
        ("active_probe", 0, "any + any + any"),
        ("active_probe", 0, "order"),
        ("change", 1, "owner + security + biomed"),
        ("block_external_flow", 0, "nobody; when outside_profile; 60 min; tell page_clinical_owner"),
        (
            "block_external_flow",
            0,
            "nobody; when outside_profile, not_alarm_path; 61 min; tell page_clinical_owner",
        ),
        ("block_external_flow", 0, "nobody; when outside_profile, not_alarm_path; tell page_clinical_owner"),
        ("block_external_flow", 0, "nobody; when outside_profile, not_alarm_path; 60 min"),
        ("block_profile_flow", 0, "owner + biomed"),
        ("block_profile_flow", 0, "clinician + security"),
        // With one seat who asks is out; with two, biomed could ask and sign, and anybody fill the other seat.
        ("block_profile_flow", 2, "biomed + any"),
        ("unseal_account", 0, "keeper + keeper; 60 min; tell tell_administrators, tell_security"),
    ];
    for (row, column, text) in looser {
        let (action, situation) = (Action::from_name(row).unwrap(), Situation::ALL[column]);
        let asked = requirement(&table::cell(text));
        assert!(SiteMatrix::default().with(action, situation, asked).is_err(), "{row} {column}: {text}");
    }
    for (row, column, text) in table::SITES {
        let (action, situation) = (Action::from_name(row).unwrap(), Situation::ALL[*column]);
        let asked = requirement(&table::cell(text));
        assert!(SiteMatrix::default().with(action, situation, asked).is_ok(), "{row} {column}: {text}");
    }
}

#[test]
fn the_matrix_is_the_table_cell_by_cell() {
    for (row, cells) in table::table() {
        let action = Action::from_name(&row).unwrap();
        for class in ClinicalClass::ALL {
            for patient in PatientState::ALL {
                let cell = &cells[table::column(class.name(), patient.name())];
                let ours = SiteMatrix::default().requirement(action, Situation::of(*class, *patient));
                assert_eq!(ours, requirement(cell), "{row} {class} {patient}");
            }
        }
    }
    assert_eq!(table::table().len(), Action::ALL.len());
}
