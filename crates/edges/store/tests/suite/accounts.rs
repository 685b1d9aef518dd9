//! Who may log in.

use model::SubjectKind;
use store::{Error, PasswordHash, SessionHash, SiteChangeQuery, User};

use super::*;

/// The record of a login.
pub(crate) fn login(name: &str) -> audit::Entry {
    let who = audit::Who::Person(audit::Text::of(name));
    audit::Entry {
        at: at(1_000),
        who,
        act: audit::Word::of("login"),
        subject: audit::Subject::of("account", name),
        outcome: audit::Outcome::Done,
        origin: audit::Origin::default(),
        request: None,
        detail: audit::Detail::default(),
    }
}

pub(crate) async fn accounts_and_sessions(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let user = User {
        name: "ines".to_owned(),
        role: "administrator".to_owned(),
        password: PasswordHash("$argon2id$..".to_owned()),
        created: at(1),
        last_visit: None,
        version: 1,
    };
    store.create_user(user.clone(), decision("hired")).await.unwrap();
    let twice = store.create_user(user.clone(), decision("")).await;
    assert!(matches!(twice, Err(Error::UserExists(_))));
    assert_eq!(store.user_by_name("ines").await.unwrap(), Some(user.clone()));
    assert_eq!(store.user_by_name("Ines").await.unwrap(), None);
    assert_eq!(store.visit("ines", at(50)).await.unwrap(), None);
    assert_eq!(store.visit("ines", at(60)).await.unwrap(), Some(at(50)));

    let (one, other) = (SessionHash([1; 32]), SessionHash([2; 32]));
    store.put_session(&one, "ines", (at(100), at(200)), login("ines")).await.unwrap();
    store.put_session(&other, "ines", (at(100), at(300)), login("ines")).await.unwrap();
    let session = store.session(&one, at(199)).await.unwrap().unwrap();
    assert_eq!((session.user.name.as_str(), session.expires), ("ines", at(200)));
    assert_eq!(store.session(&one, at(200)).await.unwrap(), None, "it is over");
    assert_eq!(store.session(&SessionHash([3; 32]), at(150)).await.unwrap(), None);
    assert_eq!(store.forget_sessions(at(250)).await.unwrap(), 1);
    store.end_session(&other, None).await.unwrap();
    assert_eq!(store.session(&other, at(260)).await.unwrap(), None, "logged out");

    store.put_session(&one, "ines", (at(400), at(900)), login("ines")).await.unwrap();
    let new = || PasswordHash("new".to_owned());
    assert_eq!(store.set_password("ines", Some(1), new(), decision("lost")).await.unwrap(), 2);
    let stale = store.set_password("ines", Some(1), new(), decision("")).await;
    assert!(matches!(stale, Err(Error::Outdated { expected: 1, found: 2 })), "{stale:?}");
    assert_eq!(store.session(&one, at(500)).await.unwrap(), None, "a new password ends every session");
    let nobody = store.set_password("nobody", None, new(), decision("")).await;
    assert!(matches!(nobody, Err(Error::NoUser(_))));
    assert_eq!(store.users().await.unwrap().len(), 1);
    assert!(!format!("{:?}", store.users().await.unwrap()).contains("new"), "a hash is not printed");
}

pub(crate) async fn roles_change_and_the_last_of_one_stays(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    for name in ["ines", "otto"] {
        let user = User {
            name: name.to_owned(),
            role: "admin".to_owned(),
            password: PasswordHash("secret".to_owned()),
            created: at(1),
            last_visit: None,
            version: 1,
        };
        store.create_user(user, decision("hired")).await.unwrap();
    }
    let to = |role| (role, "admin");
    assert_eq!(store.set_role("otto", Some(1), to("viewer"), decision("moved")).await.unwrap(), 2);
    assert_eq!(store.set_role("otto", Some(2), to("viewer"), decision("again")).await.unwrap(), 2);
    let last = store.set_role("ines", None, to("viewer"), decision("")).await;
    assert!(matches!(last, Err(Error::LastOfRole(_))), "{last:?}");
    let stale = store.set_role("otto", Some(1), to("admin"), decision("")).await;
    assert!(matches!(stale, Err(Error::Outdated { expected: 1, found: 2 })));
    assert!(matches!(store.set_role("nobody", None, to("admin"), decision("")).await, Err(Error::NoUser(_))));
    store.set_password("otto", None, PasswordHash("other".to_owned()), decision("lost")).await.unwrap();

    let mut query = SiteChangeQuery { kind: Some(SubjectKind::Account), limit: 3, ..Default::default() };
    let page = store.site_changes(query.clone()).await.unwrap();
    let told: Vec<_> = page
        .items
        .iter()
        .map(|change| (change.subject.as_str(), change.what.as_str(), change.after.as_deref()))
        .collect();
    let expected =
        [("otto", "password", None), ("otto", "role", Some("viewer")), ("otto", "account", Some("admin"))];
    assert_eq!(told, expected);
    let role = &page.items[1];
    assert_eq!((role.before.as_deref(), role.why.as_str()), (Some("admin"), "moved"));
    assert_eq!((&role.actor, role.request.as_deref()), (&decision("").actor, Some("req-1")));
    query.cursor = page.next;
    let rest = store.site_changes(query).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    assert!(!format!("{:?}", page.items).contains("other"), "no record holds a password");
}
