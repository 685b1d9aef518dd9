//! Sensors on other machines.

use store::{Enrolment, Revocation, TokenHash, Trace};

use super::*;

fn enrolment(number: u8) -> Enrolment {
    Enrolment {
        hash: TokenHash([number; 32]),
        sensor: sensor(&format!("ward-{number}")),
        name: format!("Ward {number}"),
        made_by: "ines".to_owned(),
        created: at(1_000),
        expires: at(2_000),
    }
}

pub(crate) async fn a_token_serves_once_until_it_expires(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    for number in 1..=3 {
        store.put_enrolment(enrolment(number), decision("")).await.unwrap();
    }
    let hash = TokenHash([1; 32]);
    assert_eq!(store.enrolment(hash, at(1_999)).await.unwrap(), Some(enrolment(1)));
    assert_eq!(store.enrolment(hash, at(2_000)).await.unwrap(), None, "it has expired");
    assert!(!store.redeem(hash, at(2_000), at(9_000), Trace::default()).await.unwrap());
    assert_eq!(store.enrolled_sensors().await.unwrap(), []);
    let twice = tokio::join!(
        store.redeem(hash, at(1_500), at(9_000), Trace::default()),
        store.redeem(hash, at(1_500), at(9_000), Trace::default())
    );
    assert_ne!(twice.0.unwrap(), twice.1.unwrap(), "of two who use it at the same time one is enrolled");
    assert!(!store.redeem(hash, at(1_500), at(9_000), Trace::default()).await.unwrap(), "it was used");
    assert!(
        !store.redeem(TokenHash([9; 32]), at(1_500), at(9_000), Trace::default()).await.unwrap(),
        "there is none"
    );
    let all = store.enrolled_sensors().await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].name.as_str(), all[0].enrolled_by.as_str()), ("Ward 1", "ines"));
    assert_eq!((all[0].enrolled, all[0].certificate_ends), (at(1_500), at(9_000)));
    assert_eq!(store.forget_enrolments(at(1_999)).await.unwrap(), 0);
    assert_eq!(store.forget_enrolments(at(2_000)).await.unwrap(), 2);
    assert!(!format!("{:?}", enrolment(7)).contains("7, 7"), "no hash is printed");
}

pub(crate) async fn a_sensor_is_renewed_and_revoked_for_ever(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_enrolment(enrolment(1), decision("")).await.unwrap();
    let id = enrolment(1).sensor;
    assert_eq!(store.enrolled_sensor(&id).await.unwrap(), None);
    assert!(store.redeem(TokenHash([1; 32]), at(1_500), at(9_000), Trace::default()).await.unwrap());
    store.renewed_certificate(id.clone(), at(20_000), Trace::default()).await.unwrap();
    store.renewed_certificate(id.clone(), at(15_000), Trace::default()).await.unwrap();
    let found = store.enrolled_sensor(&id).await.unwrap().unwrap();
    assert_eq!((found.certificate_ends, found.revoked), (at(20_000), None));
    let first = Decision { at: at(5_000), ..decision("it was stolen") };
    let later = Decision { at: at(6_000), ..decision("once more") };
    let revoked = store.revoke_sensor(id.clone(), first).await.unwrap().unwrap();
    let expected = Revocation { at: at(5_000), by: "ines".to_owned(), why: "it was stolen".to_owned() };
    assert_eq!(revoked.revoked, Some(expected));
    assert_eq!(store.revoke_sensor(id, later).await.unwrap(), Some(revoked), "the first one stays");
    assert_eq!(store.revoke_sensor(sensor("nobody"), decision("why not")).await.unwrap(), None);
}
