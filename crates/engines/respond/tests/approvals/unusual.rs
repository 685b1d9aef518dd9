//! What random sequences do not reach, or do not look at.

use model::Timestamp;
use respond::{
    Action, Approval, Command, Deed, Journal, Preview, Refusal, Request, Requester, Subject, VOTES_MAX, Vote,
};

use crate::world::{Account, Dice, World, id};

fn account(number: usize, roles: &[&'static str]) -> Account {
    Account {
        person: number,
        authenticators: vec![number],
        roles: roles.to_vec(),
        enabled: true,
        known: true,
    }
}

/// A ventilator with a patient, and these accounts.
fn world(accounts: Vec<Account>) -> World {
    let mut world = World::new(&mut Dice(1));
    world.matrix = respond::SiteMatrix::default();
    (world.class, world.patient, world.accounts) = ("life_sustaining", "connected", accounts);
    world
}

fn request(action: Action) -> Request {
    Request {
        id: id("apr_", 1),
        action,
        subject: Subject::Device(id("dev_", 1)),
        requester: Requester::Rule("beaconing".to_owned()),
        preview: Preview([7; 32]),
        why: "talks to a stranger".to_owned(),
    }
}

fn yes(number: usize) -> Vote {
    Vote {
        account: id("acc_", number),
        authenticator: id("aut_", number),
        roles: respond::RoleSet::NONE,
        is_yes: true,
        preview: Preview([7; 32]),
        bedside: None,
        at: Timestamp::default(),
    }
}

#[test]
fn votes_are_bounded() {
    let world = world((0..=VOTES_MAX).map(|number| account(number, &["security"])).collect());
    world.with_scene(|scene, now| {
        let mut approval = Approval::request(request(Action::BlockProfileFlow), scene, now).unwrap().state;
        for number in 0..VOTES_MAX {
            approval = approval.handle_vote(yes(number), scene, now).unwrap().state;
            assert_eq!(approval.name(), "open", "no clinical owner signed");
        }
        let rejection = approval.clone().handle_vote(yes(VOTES_MAX), scene, now).unwrap_err();
        assert_eq!((rejection.refusal, rejection.state.case().votes.len()), (Refusal::Votes, VOTES_MAX));
        let again = approval.handle_vote(yes(0), scene, now).unwrap().state;
        assert_eq!(again.case().votes.len(), VOTES_MAX, "who signs again replaces the vote");
    });
}

#[test]
fn everything_is_written_down_with_its_reason() {
    let world = world(vec![account(0, &["clinical_owner"]), account(1, &["security"]), account(2, &[])]);
    world.with_scene(|scene, now| {
        let deeds = |commands: &[Command]| -> Vec<Deed> {
            let deed = |command: &Command| match command {
                Command::Record { journal: Journal::AuditLog, deed, because, .. } => {
                    let because = because.to_string();
                    assert!(because.starts_with("block_profile_flow: 2 of different people"), "{because}");
                    assert!(because.contains("class life_sustaining, patient connected: critical"), "{because}");
                    assert!(because.ends_with("alarms, orders or results may not arrive"), "{because}");
                    Some(*deed)
                }
                _ => None,
            };
            commands.iter().filter_map(deed).collect()
        };
        let asked = Approval::request(request(Action::BlockProfileFlow), scene, now).unwrap();
        assert_eq!(deeds(&asked.commands), [Deed::Requested]);
        let asks = |command: &Command| matches!(command, Command::AskToSign { roles, .. } if roles.iter().count() == 2);
        assert!(asked.commands.iter().any(asks));
        let tried = asked.state.handle_vote(yes(2), scene, now).unwrap_err();
        assert_eq!(deeds(&tried.commands), [Deed::Tried(Refusal::Role)]);
        let signed = tried.state.handle_vote(yes(0), scene, now).unwrap();
        assert_eq!(deeds(&signed.commands), [Deed::Signed]);
        let granted = signed.state.handle_vote(yes(1), scene, now).unwrap();
        assert_eq!(deeds(&granted.commands), [Deed::Signed, Deed::Granted]);
        let late = Timestamp::from_nanos(granted.state.poll_timeout().unwrap().nanos());
        let used = granted.state.clone().handle_use(None, scene, now).unwrap();
        assert_eq!(deeds(&used.commands), [Deed::Used]);
        let expired = granted.state.handle_timeout(scene, late);
        assert_eq!(deeds(&expired.commands), [Deed::Expired(respond::Lapse::Late)]);
    });
}

#[test]
fn acts_on_devices_and_on_accounts_are_not_mixed_up() {
    let world = world(vec![account(0, &["security"])]);
    world.with_scene(|scene, now| {
        let device = Approval::request(request(Action::UnsealAccount), scene, now);
        assert_eq!(device, Err(Refusal::Subject));
        let account = Request { subject: Subject::Account(id("acc_", 0)), ..request(Action::Isolate) };
        assert_eq!(Approval::request(account, scene, now), Err(Refusal::Subject));
    });
}
