//! What the store holds, to compare with: who is who, and what is to be written down.

use std::collections::{HashMap, HashSet};

use identify::Adjustments;
use model::{Actor, Change, ChangeId, ChangeKind, ClinicalClass, DeviceId, Endpoint, Timestamp, Zone};
use sha2::{Digest, Sha256};
use store::{Adjustment, DeviceRow, DeviceUpdate, Listing, Store};

use super::DeriveError;
use super::adjusted::Adjusted;
use super::expected::Expected;
use super::found::{Document, Findings, Found};
use super::said::Said;
use crate::events::DeviceEvent;
use crate::world::World;

/// Devices put in one transaction.
const CHUNK: usize = 500;

/// What the store holds of devices.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Of merged devices, too, each anchor its own device's.
    anchors: HashMap<String, DeviceId>,
    /// Those that lists show.
    known: HashMap<DeviceId, Known>,
    adjusted: Adjusted,
    /// What lists were made with.
    said: Said,
}

#[derive(Debug, Clone)]
struct Known {
    listing: Listing,
    digest: Digests,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Digests {
    document: [u8; 32],
    stations: [u8; 32],
}

/// What is to be written.
#[derive(Debug, Default)]
struct Writing {
    updates: Vec<DeviceUpdate>,
    changes: Vec<Change>,
    seen: Vec<(DeviceId, Timestamp)>,
    anchors: Vec<(String, DeviceId)>,
    stations: Vec<(Endpoint, DeviceId)>,
    news: Vec<(DeviceId, DeviceEvent)>,
}

/// What came of a derivation.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) news: Vec<(DeviceId, DeviceEvent)>,
    /// Part of a merged device is known by another address now, so its evidence is joined the next time.
    pub(crate) again: bool,
}

/// Which device a finding is, and which others turned out to be the same.
struct Who {
    id: DeviceId,
    is_new: bool,
    absorbs: Vec<DeviceId>,
}

impl Ledger {
    /// Reads what the store holds.
    pub(crate) async fn read(store: &Store, adjustments: Vec<Adjustment>) -> Result<Self, DeriveError> {
        let adjusted = Adjusted::new(adjustments);
        let anchors = store.anchors().await?.into_iter().collect();
        let mut digests: HashMap<DeviceId, [u8; 32]> = store.digests().await?.into_iter().collect();
        let mut stations: HashMap<DeviceId, Vec<Endpoint>> = HashMap::new();
        for (station, device) in store.stations().await? {
            stations.entry(device).or_default().push(station);
        }
        let shown = store.every_device().await?.into_iter().filter(|row| row.part_of.is_none());
        let known = shown.map(|row| {
            let digest = Digests {
                document: digests.remove(&row.id).unwrap_or_default(),
                stations: digest_of(&stations.remove(&row.id).unwrap_or_default()),
            };
            (row.id, Known { listing: row.listing, digest })
        });
        let said = Said::read(store, &adjusted).await?;
        Ok(Self { anchors, known: known.collect(), adjusted, said })
    }

    /// The merges and splits that this was read with.
    pub(crate) const fn adjusted(&self) -> &Adjusted {
        &self.adjusted
    }

    /// What people say about which addresses are one device.
    pub(crate) fn adjustments(&self) -> Adjustments {
        self.adjusted.of_evidence(&self.anchors)
    }

    /// Where each device that lists show is, and what it means for a patient.
    pub(crate) fn places(&self) -> impl Iterator<Item = (Zone, ClinicalClass)> {
        self.known.values().filter_map(|known| Some((known.listing.zone?, known.listing.clinical_class)))
    }

    /// Lets lists show what people state now; gives the devices that they show otherwise.
    pub(crate) async fn relist(&mut self, store: &Store) -> Result<Vec<DeviceId>, DeriveError> {
        let said = Said::read(store, &self.adjusted).await?;
        let differs = |(id, known): &(&DeviceId, &Known)| self.said.differs(&said, id, &known.listing);
        let ids: Vec<DeviceId> = self.known.iter().filter(differs).map(|(id, _)| id.clone()).collect();
        let mut shown = Vec::new();
        for chunk in ids.chunks(CHUNK) {
            let mut listings = Vec::new();
            for id in chunk {
                let (Some(known), Some(device)) = (self.known.get_mut(id), store.device(id).await?) else {
                    continue;
                };
                let document = Document::read(&device)?;
                let listing = said.listed(id, known.listing.clone(), &document);
                if listing != known.listing {
                    known.listing = listing.clone();
                    listings.push((id.clone(), listing));
                }
            }
            shown.extend(listings.iter().map(|(id, _)| id.clone()));
            store.relist(listings).await?;
        }
        self.said = said;
        Ok(shown)
    }

    /// Writes down what differs from what is known; gives what is new.
    pub(crate) async fn take(
        &mut self,
        store: &Store,
        world: &World,
        mut findings: Findings,
        expected: &Expected,
    ) -> Result<Taken, DeriveError> {
        let mut taken = HashSet::new();
        let Taken { mut news, mut again } = Taken::default();
        let mut writing = Writing::default();
        while let Some(found) = findings.next() {
            if let Some(part) = self.hidden_part(&found) {
                self.anchors.insert(found.anchor.clone(), part.clone());
                writing.anchors.push((found.anchor, part));
                again = true;
                continue;
            }
            let who = self.who(world, &found, &findings, &taken)?;
            taken.insert(who.id.clone());
            self.compare((store, world, expected), who, found, &mut writing).await?;
            if writing.updates.len() >= CHUNK {
                news.append(&mut std::mem::take(&mut writing).write(store).await?);
            }
        }
        news.append(&mut writing.write(store).await?);
        Ok(Taken { news, again })
    }

    /// The part of a merged device that was known by a network address only and whose link-layer address is found.
    fn hidden_part(&self, found: &Found) -> Option<DeviceId> {
        if self.anchors.contains_key(&found.anchor) {
            return None;
        }
        let mut earlier = found.earlier_anchors.iter().filter_map(|anchor| self.anchors.get(anchor));
        let is_bare = |id: &DeviceId| {
            !self.anchors.iter().any(|(anchor, held)| held == id && anchor.starts_with("mac:"))
        };
        earlier.find(|id| self.adjusted.is_hidden(id) && is_bare(id)).cloned()
    }

    /// Which device it is: by its anchor, else by an earlier one that stands for nobody else any more.
    fn who(
        &mut self,
        world: &World,
        found: &Found,
        findings: &Findings,
        taken: &HashSet<DeviceId>,
    ) -> Result<Who, DeriveError> {
        let home = self.anchors.get(&found.anchor);
        let by_anchor = home.map(|id| self.adjusted.shown(id)).filter(|id| !taken.contains(*id)).cloned();
        let mut earlier: Vec<DeviceId> = found
            .earlier_anchors
            .iter()
            .filter(|anchor| !findings.has(anchor))
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
        // The anchor of a part stays the part's own, for when the merge is taken back.
        if self.anchors.get(&found.anchor).is_none_or(|home| self.adjusted.shown(home) != &id) {
            self.anchors.insert(found.anchor.clone(), id.clone());
        }
        for other in &earlier {
            self.known.remove(other);
            self.anchors.values_mut().filter(|held| *held == other).for_each(|held| *held = id.clone());
        }
        Ok(Who { id, is_new, absorbs: earlier })
    }

    /// Whether a device is known by a network address only and can turn out to be another. Who was merged by a person
    /// cannot.
    fn is_bare(&self, id: &DeviceId) -> bool {
        self.known.get(id).is_some_and(|known| known.listing.macs.is_empty()) && !self.adjusted.is_merged(id)
    }

    async fn compare(
        &mut self,
        (store, world, expected): (&Store, &World, &Expected),
        who: Who,
        mut found: Found,
        writing: &mut Writing,
    ) -> Result<(), DeriveError> {
        found.listing = self.said.listed(&who.id, found.listing, &found.document);
        let digest = Digests::of(&found.document, &found.stations)?;
        let known = self.known.get(&who.id);
        let is_same = known.is_some_and(|known| is_same(&known.listing, &found.listing));
        if is_same && who.absorbs.is_empty() && known.is_some_and(|known| known.digest == digest) {
            if known.is_some_and(|known| known.listing.last_seen < found.listing.last_seen) {
                writing.seen.push((who.id.clone(), found.listing.last_seen));
                writing.news.push((who.id.clone(), DeviceEvent::Seen));
            }
        } else {
            let before = if who.is_new { None } else { store.device(&who.id).await? };
            let document: Document = match &before {
                Some(before) => Document::read(before)?,
                None => Document::default(),
            };
            let unchanged = is_same && known.is_some_and(|known| known.digest.document == digest.document);
            if unchanged && who.absorbs.is_empty() {
                writing.seen.push((who.id.clone(), found.listing.last_seen));
                let placed = before.map(|before| before.stations).unwrap_or_default();
                let missing = found.stations.iter().filter(|station| !placed.contains(station));
                writing.stations.extend(missing.map(|station| (*station, who.id.clone())));
            } else {
                let anchors: Vec<String> = match self.anchors.get(&found.anchor) == Some(&who.id) {
                    true => vec![found.anchor.clone()],
                    false => Vec::new(),
                };
                let old = before.map(|before| (before.row, document));
                writing.update((world, expected), &who, old, (&found, anchors, digest.document))?;
            }
        }
        self.known.insert(who.id, Known { listing: found.listing, digest });
        Ok(())
    }
}

/// Whether lists show the same, but for when it was seen last.
fn is_same(known: &Listing, found: &Listing) -> bool {
    Listing { last_seen: found.last_seen, ..known.clone() } == *found
}

impl Digests {
    /// How often a weakness was seen is not part of it, because that always grows.
    fn of(document: &Document, stations: &[Endpoint]) -> Result<Self, serde_json::Error> {
        let mut document = document.clone();
        document.weaknesses.iter_mut().for_each(|weakness| weakness.count = 0);
        let document = Sha256::digest(serde_json::to_vec(&document)?).into();
        Ok(Self { document, stations: digest_of(stations) })
    }
}

/// Of stations in any order.
fn digest_of(stations: &[Endpoint]) -> [u8; 32] {
    let mut words: Vec<String> = stations.iter().map(ToString::to_string).collect();
    words.sort_unstable();
    // With a separator that no address has.
    Sha256::digest(words.join("\n")).into()
}

impl Writing {
    fn update(
        &mut self,
        (world, expected): (&World, &Expected),
        who: &Who,
        before: Option<(DeviceRow, Document)>,
        (found, anchors, digest): (&Found, Vec<String>, [u8; 32]),
    ) -> Result<(), DeriveError> {
        let after = found.row(&who.id, before.as_ref().map(|(row, _)| row));
        let rows: Vec<&DeviceRow> = before.iter().map(|(row, _)| row).chain([&after]).collect();
        let mut record = |kind, what: &str, before, after, why: &str| -> Result<(), DeriveError> {
            let id = ChangeId::new(format!("{}{}", ChangeId::PREFIX, world.uuid()?))?;
            let (device, at, actor) = (who.id.clone(), world.now(), Actor::System);
            let expected_by = expected.window(&rows, what, at);
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
                expected_by,
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
                let old = (&before.0.listing, &before.1);
                for (what, before, after) in differences(old, (&found.listing, &found.document)) {
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
            anchors,
            stations: found.stations.clone(),
            absorbs: who.absorbs.clone(),
        });
        Ok(())
    }

    async fn write(self, store: &Store) -> Result<Vec<(DeviceId, DeviceEvent)>, DeriveError> {
        let Self { updates, changes, seen, anchors, stations, news } = self;
        if !updates.is_empty() {
            store.put_devices(&updates, changes).await?;
        }
        if !anchors.is_empty() || !stations.is_empty() {
            store.place(anchors, stations).await?;
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
    before: (&'a Listing, &'a Document),
    after: (&'a Listing, &'a Document),
) -> Vec<Difference<'a>> {
    let singles = model::AttributeName::ALL.iter().filter(|name| !name.is_many()).map(|name| name.name());
    let best = |document: &Document, name: &str| document.best(name).map(str::to_owned);
    let attributes =
        singles.chain(["clinical_class"]).map(|name| (name, best(before.1, name), best(after.1, name)));
    let name = |document: &Document| document.name().map(str::to_owned);
    let (old, new) = (before.0, after.0);
    let lists = [
        ("name", name(before.1), name(after.1)),
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
