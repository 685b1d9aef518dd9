//! Merges and splits.

use model::{AdjustmentId, ChangeKind};
use store::{AdjustmentKind, AdjustmentQuery, DeviceQuery, Error};

use super::*;

async fn shown(store: &Store) -> Vec<String> {
    let query = DeviceQuery { sort: store::Sort::FirstSeen, ..DeviceQuery::default() };
    let found = store.devices(query).await.unwrap();
    assert_eq!(found.total as usize, found.page.items.len());
    found.page.items.into_iter().map(|row| row.id.as_str().trim_start_matches("dev_").to_owned()).collect()
}

pub(crate) async fn a_merge_hides_and_its_undo_shows_again(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    store.put_devices(&[update(1), update(2), update(3)], Vec::new()).await.unwrap();
    let id = |number: u8| device_id(&format!("{number:03}"));
    let merge = async |one, other| store.merge(id(one), id(other), decision("one scanner")).await;
    let made = merge(1, 2).await.unwrap();
    assert_eq!((&made.kind, &made.device, &made.part), (&AdjustmentKind::Merge, &id(1), &id(2)));
    assert_eq!(shown(&store).await, ["001", "003"]);
    assert_eq!(store.summary().await.unwrap().devices, 2);
    let say =
        |value: &str| (model::StatementSource::Person, vec![("location".to_owned(), Some(value.to_owned()))]);
    store.assert(id(2), None, say("room 9"), decision("")).await.unwrap();
    let stated = async || {
        let said = store.device(&id(1)).await.unwrap().unwrap().asserted;
        said.into_iter().map(|said| said.value).collect::<Vec<_>>()
    };
    assert_eq!(stated().await, ["room 9"], "its part says what nobody stated about it");
    store.assert(id(1), None, say("room 4"), decision("")).await.unwrap();
    assert_eq!(stated().await, ["room 4"]);
    let part = store.device(&id(2)).await.unwrap().unwrap();
    assert_eq!((part.row.part_of.as_ref(), part.anchors), (Some(&id(1)), update(2).anchors));
    let whole = store.device(&id(1)).await.unwrap().unwrap();
    assert_eq!((whole.parts, whole.stations), (vec![id(2)], vec![station(1), station(2)]));
    for (one, other) in [(1, 2), (2, 3), (1, 1)] {
        assert!(matches!(merge(one, other).await, Err(Error::Refused { .. })), "{one} {other}");
    }
    assert!(matches!(merge(1, 9).await, Err(Error::NoDevice(_))));
    merge(3, 1).await.unwrap();
    assert_eq!(shown(&store).await, ["003"]);
    assert_eq!(store.active_adjustments().await.unwrap().len(), 2);

    let undone = store.undo_adjustment(made.id.clone(), decision("two after all")).await.unwrap();
    assert_eq!(undone.undone.map(|(_, _, why)| why).as_deref(), Some("two after all"));
    assert_eq!(shown(&store).await, ["002", "003"], "whatever was merged meanwhile");
    let again = store.undo_adjustment(made.id.clone(), decision("")).await;
    assert!(matches!(again, Err(Error::Refused { .. })));
    let none: AdjustmentId = "adj_none".parse().unwrap();
    assert!(matches!(store.undo_adjustment(none, decision("")).await, Err(Error::Missing { .. })));
    let query = AdjustmentQuery { device: Some(id(2)), ..AdjustmentQuery::default() };
    let list = store.adjustments(query).await.unwrap().items;
    assert_eq!((list.len(), &list[0].id, list[0].undone.is_some()), (1, &made.id, true));
    let query = store::ChangeQuery { device: Some(id(2)), ..Default::default() };
    let kinds: Vec<_> = store.changes(query).await.unwrap().items.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [ChangeKind::Split, ChangeKind::Asserted, ChangeKind::Merged]);
}

pub(crate) async fn a_split_gives_an_anchor_away_and_its_undo_gives_it_back(backend: &mut impl Backend) {
    let store = open(&backend.place()).await;
    let mut one = update(1);
    one.anchors.push(format!("ip:{}", ip(1)));
    store.put_devices(&[one.clone()], Vec::new()).await.unwrap();
    let only = store.split(device_id("001"), one.anchors[1].clone(), device_id("new"), decision("")).await;
    assert!(matches!(only, Err(Error::Refused { .. })), "nothing would be left: {only:?}");
    one.stations.push(Endpoint { ip: Some(ip(77)), ..station(1) });
    store.put_devices(&[one.clone()], Vec::new()).await.unwrap();
    let device = device_id("001");
    let split = async |anchor: &str, fresh: &str| {
        store.split(device.clone(), anchor.to_owned(), device_id(fresh), decision("a converter")).await
    };
    for anchor in ["ip:192.0.2.99", "192.0.2.1", &one.anchors[0]] {
        assert!(matches!(split(anchor, "new").await, Err(Error::Refused { .. })), "{anchor}");
    }
    let anchor = one.anchors[1].clone();
    let made = split(&anchor, "new").await.unwrap();
    assert_eq!(
        (&made.kind, &made.part),
        (&AdjustmentKind::Split { anchor: anchor.clone() }, &device_id("new"))
    );
    assert_eq!(store.device_of(&anchor).await.unwrap(), Some(device_id("new")));
    assert!(matches!(split(&anchor, "other").await, Err(Error::Refused { .. })), "it is split off already");
    let mut part = update(2);
    part.id = device_id("new");
    store.put_devices(&[part], Vec::new()).await.unwrap();
    assert_eq!(shown(&store).await, ["001", "new"]);
    let merge = store.merge(device_id("new"), device_id("001"), decision("")).await.unwrap();
    let held = store.undo_adjustment(made.id.clone(), decision("")).await;
    assert!(matches!(held, Err(Error::Refused { .. })), "a merge stands on it: {held:?}");
    store.undo_adjustment(merge.id, decision("")).await.unwrap();
    store.undo_adjustment(made.id, decision("")).await.unwrap();
    assert_eq!(store.device_of(&anchor).await.unwrap(), Some(device.clone()));
    assert_eq!(shown(&store).await, ["001"]);
    let again = split(&anchor, "other").await.unwrap();
    assert_eq!(again.part, device_id("new"), "its id stays");
    assert_eq!(shown(&store).await, ["001", "new"]);
}
