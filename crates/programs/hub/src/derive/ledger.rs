//! What the store holds, to compare with: who is who, and what is to be written down.

use std::collections::{HashMap, HashSet};

use model::{Actor, Change, ChangeId, ChangeKind, DeviceId, Timestamp};
use sha2::{Digest, Sha256};
use store::{DeviceUpdate, Listing, Store, StoredDevice};

use super::DeriveError;
use super::found::{Document, Found};
use crate::events::DeviceEvent;
use crate::world::World;

/// Devices put in one transaction.
const CHUNK: usize = 500;

/// What the store holds of devices.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    anchors: HashMap<String, DeviceId>,
    known: HashMap<DeviceId, Known>,
}

#[derive(Debug, Clone)]
struct Known {
    listing: Listing,
    /// Of the document.
    digest: [u8; 32],
}

/// What is to be written.
#[derive(Debug, Default)]
struct Writing {
    updates: Vec<DeviceUpdate>,
    changes: Vec<Change>,
    seen: Vec<(DeviceId, Timestamp)>,
    news: Vec<(DeviceId, DeviceEvent)>,
}

/// Which device a finding is, and which others turned out to be the same.
struct Who {
    id: DeviceId,
    is_new: bool,
    absorbs: Vec<DeviceId>,
}

impl Ledger {
    /// Reads what the store holds.
    pub(crate) async fn read(store: &Store) -> Result<Self, DeriveError> {
        let anchors = store.anchors().await?.into_iter().collect();
        let mut digests: HashMap<DeviceId, [u8; 32]> = store.digests().await?.into_iter().collect();
        let known = store.every_device().await?.into_iter().map(|row| {
            let digest = digests.remove(&row.id).unwrap_or_default();
            (row.id, Known { listing: row.listing, digest })
        });
        Ok(Self { anchors, known: known.collect() })
    }

    /// Writes down what differs from what is known; gives what is new.
    pub(crate) async fn take(
        &mut self,
        store: &Store,
        world: &World,
        found: Vec<Found>,
    ) -> Result<Vec<(DeviceId, DeviceEvent)>, DeriveError> {
        let present: HashSet<String> = found.iter().map(|found| found.anchor.clone()).collect();
        let mut taken = HashSet::new();
        let mut news = Vec::new();
        let mut writing = Writing::default();
        for found in found {
            let who = self.who(world, &found, &present, &taken)?;
            taken.insert(who.id.clone());
            self.compare(store, world, who, found, &mut writing).await?;
            if writing.updates.len() >= CHUNK {
                news.append(&mut std::mem::take(&mut writing).write(store).await?);
            }
        }
        news.append(&mut writing.write(store).await?);
        Ok(news)
    }

    /// Which device it is: by its anchor, else by an earlier one that stands for nobody else any more.
    fn who(
        &mut self,
        world: &World,
        found: &Found,
        present: &HashSet<String>,
        taken: &HashSet<DeviceId>,
    ) -> Result<Who, DeriveError> {
        let by_anchor = self.anchors.get(&found.anchor).filter(|id| !taken.contains(*id)).cloned();
        let mut earlier: Vec<DeviceId> = found
            .earlier_anchors
            .iter()
            .filter(|anchor| !present.contains(*anchor))
            .filter_map(|anchor| self.anchors.get(anchor))
            .filter(|id| !taken.contains(*id) && Some(*id) != by_anchor.as_ref() && self.is_bare(id))
            .cloned()
            .collect();
        earlier.sort_unstable();
        earlier.dedup();
        let (id, is_new) = match by_anchor {
            Some(id) => (id, false),
            None if !earlier.is_empty() => (earlier.remove(0), false),
            None => (DeviceId::new(format!("{}{}", DeviceId::PREFIX, world.uuid()?))?, true),
        };
        self.anchors.insert(found.anchor.clone(), id.clone());
        for other in &earlier {
            self.known.remove(other);
            self.anchors.values_mut().filter(|held| *held == other).for_each(|held| *held = id.clone());
        }
        Ok(Who { id, is_new, absorbs: earlier })
    }

    /// Whether a device is known by a network address only.
    fn is_bare(&self, id: &DeviceId) -> bool {
        self.known.get(id).is_some_and(|known| known.listing.macs.is_empty())
    }

    async fn compare(
        &mut self,
        store: &Store,
        world: &World,
        who: Who,
        found: Found,
        writing: &mut Writing,
    ) -> Result<(), DeriveError> {
        let digest = digest(&found.document)?;
        let known = self.known.get(&who.id);
        let is_same =
            known.is_some_and(|held| held.digest == digest && is_same(&held.listing, &found.listing));
        if is_same && who.absorbs.is_empty() {
            if known.is_some_and(|known| known.listing.last_seen < found.listing.last_seen) {
                writing.seen.push((who.id.clone(), found.listing.last_seen));
                writing.news.push((who.id.clone(), DeviceEvent::Seen));
            }
        } else {
            let before = if who.is_new { None } else { store.device(&who.id).await? };
            let document = |before: &StoredDevice| serde_json::from_str(&before.identity);
            let document = before.as_ref().map(document).transpose()?.unwrap_or_default();
            let old = before.map(|before| (before.row.listing, document));
            writing.update(world, &who, old, &found, digest)?;
        }
        self.known.insert(who.id, Known { listing: found.listing, digest });
        Ok(())
    }
}

/// Whether lists show the same, but for when it was seen last.
fn is_same(known: &Listing, found: &Listing) -> bool {
    Listing { last_seen: found.last_seen, ..known.clone() } == *found
}

/// Of what is derived; how often a weakness was seen is not part of it, because that always grows.
fn digest(document: &Document) -> Result<[u8; 32], serde_json::Error> {
    let mut document = document.clone();
    document.weaknesses.iter_mut().for_each(|weakness| weakness.count = 0);
    Ok(Sha256::digest(serde_json::to_vec(&document)?).into())
}

impl Writing {
    fn update(
        &mut self,
        world: &World,
        who: &Who,
        before: Option<(Listing, Document)>,
        found: &Found,
        digest: [u8; 32],
    ) -> Result<(), DeriveError> {
        let mut record = |kind, what: &str, before, after, why: &str| -> Result<(), DeriveError> {
            let id = ChangeId::new(format!("{}{}", ChangeId::PREFIX, world.uuid()?))?;
            let (device, at, actor) = (who.id.clone(), world.now(), Actor::System);
            let (what, why) = (what.to_owned(), why.to_owned());
            self.changes.push(Change {
                id,
                device,
                at,
                actor,
                kind,
                what,
                before,
                after,
                why,
                request: None,
            });
            Ok(())
        };
        for other in &who.absorbs {
            let why = "its network address turned out to be that of this device";
            record(ChangeKind::Merged, "device", Some(other.to_string()), Some(who.id.to_string()), why)?;
        }
        let kind = match &before {
            None => {
                let after = Some(found.anchor.clone());
                record(ChangeKind::Discovered, "device", None, after, "seen on the wire for the first time")?;
                DeviceEvent::Discovered
            }
            Some(before) => {
                for (what, before, after) in differences(before, (&found.listing, &found.document)) {
                    let why = why(&found.document, what);
                    record(ChangeKind::Derived, what, before, after, &why)?;
                }
                DeviceEvent::Changed
            }
        };
        self.news.extend(who.absorbs.iter().map(|other| (other.clone(), DeviceEvent::Merged)));
        self.news.push((who.id.clone(), kind));
        self.updates.push(DeviceUpdate {
            id: who.id.clone(),
            listing: found.listing.clone(),
            identity: serde_json::to_string(&found.document)?,
            digest,
            anchors: vec![found.anchor.clone()],
            stations: found.stations.clone(),
            absorbs: who.absorbs.clone(),
        });
        Ok(())
    }

    async fn write(self, store: &Store) -> Result<Vec<(DeviceId, DeviceEvent)>, DeriveError> {
        let Self { updates, changes, seen, news } = self;
        if !updates.is_empty() {
            store.put_devices(&updates, changes).await?;
        }
        if !seen.is_empty() {
            store.touch_devices(seen).await?;
        }
        Ok(news)
    }
}

/// The rule behind the best value of an attribute.
fn why(document: &Document, attribute: &str) -> String {
    let best = document.attributes.get(attribute).and_then(|values| values.first());
    let reason = best.and_then(|value| value.evidence.first());
    reason.map_or_else(
        || "derived from the wire".to_owned(),
        |reason| format!("{} in frame {} by rule {}", reason.field, reason.frame, reason.rule),
    )
}

type Difference<'a> = (&'a str, Option<String>, Option<String>);

/// What is worth a record: attributes with one value by their best one, and addresses and weaknesses as lists.
fn differences<'a>(
    before: &'a (Listing, Document),
    after: (&'a Listing, &'a Document),
) -> Vec<Difference<'a>> {
    let singles = model::AttributeName::ALL.iter().filter(|name| !name.is_many()).map(|name| name.name());
    let best = |document: &Document, name: &str| {
        document.attributes.get(name).and_then(|values| values.first()).map(|value| value.value.clone())
    };
    let attributes =
        singles.chain(["clinical_class"]).map(|name| (name, best(&before.1, name), best(after.1, name)));
    let (old, new) = (&before.0, after.0);
    let lists = [
        ("name", old.name.clone(), new.name.clone()),
        ("ips", joined(&old.ips), joined(&new.ips)),
        ("macs", joined(&old.macs), joined(&new.macs)),
        ("weaknesses", joined(&old.weaknesses), joined(&new.weaknesses)),
        ("external", Some(old.external.to_string()), Some(new.external.to_string())),
    ];
    attributes.chain(lists).filter(|(_, before, after)| before != after).collect()
}

fn joined(values: &[impl ToString]) -> Option<String> {
    let words: Vec<String> = values.iter().map(ToString::to_string).collect();
    (!words.is_empty()).then(|| words.join(", "))
}
