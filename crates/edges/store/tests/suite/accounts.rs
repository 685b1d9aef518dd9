//! Who may log in.

use store::{Error, PasswordHash, SessionHash, User};

use super::*;

pub(crate) async fn accounts_and_sessions(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let user = User {
        name: "ines".to_owned(),
        role: "administrator".to_owned(),
        password: PasswordHash("$argon2id$..".to_owned()),
        created: at(1),
        last_visit: None,
    };
    store.create_user(user.clone()).await.unwrap();
    assert!(matches!(store.create_user(user.clone()).await, Err(Error::UserExists(_))));
    assert_eq!(store.user_by_name("ines").await.unwrap(), Some(user.clone()));
    assert_eq!(store.user_by_name("Ines").await.unwrap(), None);
    assert_eq!(store.visit("ines", at(50)).await.unwrap(), None);
    assert_eq!(store.visit("ines", at(60)).await.unwrap(), Some(at(50)));

    let (one, other) = (SessionHash([1; 32]), SessionHash([2; 32]));
    store.put_session(&one, "ines", at(100), at(200)).await.unwrap();
    store.put_session(&other, "ines", at(100), at(300)).await.unwrap();
    let session = store.session(&one, at(199)).await.unwrap().unwrap();
    assert_eq!((session.user.name.as_str(), session.expires), ("ines", at(200)));
    assert_eq!(store.session(&one, at(200)).await.unwrap(), None, "it is over");
    assert_eq!(store.session(&SessionHash([3; 32]), at(150)).await.unwrap(), None);
    assert_eq!(store.forget_sessions(at(250)).await.unwrap(), 1);
    store.end_session(&other).await.unwrap();
    assert_eq!(store.session(&other, at(260)).await.unwrap(), None, "logged out");

    store.put_session(&one, "ines", at(400), at(900)).await.unwrap();
    assert!(store.set_password("ines", PasswordHash("new".to_owned())).await.unwrap());
    assert_eq!(store.session(&one, at(500)).await.unwrap(), None, "a new password ends every session");
    assert!(!store.set_password("nobody", PasswordHash("new".to_owned())).await.unwrap());
    assert_eq!(store.users().await.unwrap().len(), 1);
    assert!(!format!("{:?}", store.users().await.unwrap()).contains("new"), "a hash is not printed");
}
