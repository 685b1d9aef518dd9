//! What people state about what lists show, as the derivation needs it.

use std::collections::HashMap;

use model::{ClinicalClass, DeviceId};
use store::{Listing, Stated, Store};

use super::adjusted::Adjusted;
use super::found::Document;
use crate::statements::{self, LISTED, best, listed};

/// What counts of what is stated about devices and models.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Of devices that lists show: places in [`LISTED`] and values, in order.
    devices: HashMap<DeviceId, Vec<(usize, Box<str>)>>,
    /// By manufacturer and model in small letters.
    classes: HashMap<(String, String), ClinicalClass>,
}

/// A statement about a device itself counts before one about a part of it.
type Rank = (bool, statements::Rank);

impl Said {
    /// Reads what counts.
    pub(crate) async fn read(store: &Store, adjusted: &Adjusted) -> Result<Self, store::Error> {
        Ok(Self { devices: devices(store, adjusted).await?, classes: classes(store).await? })
    }

    /// What lists show of a device.
    pub(crate) fn listed(&self, id: &DeviceId, listing: Listing, document: &Document) -> Listing {
        let said = |attribute: &str| self.about(id, attribute).map(str::to_owned);
        listed(listing, document, said, |manufacturer, model| self.class(manufacturer, model))
    }

    /// Whether another reading says something else about a device that lists show so.
    pub(crate) fn differs(&self, other: &Self, id: &DeviceId, shown: &Listing) -> bool {
        let class = |said: &Self| said.class(shown.manufacturer.as_deref()?, shown.model.as_deref()?);
        self.devices.get(id) != other.devices.get(id) || class(self) != class(other)
    }

    fn about(&self, id: &DeviceId, attribute: &str) -> Option<&str> {
        let place = LISTED.iter().position(|listed| *listed == attribute)?;
        let said = self.devices.get(id)?.iter().find(|(held, _)| *held == place)?;
        Some(&said.1)
    }

    fn class(&self, manufacturer: &str, model: &str) -> Option<ClinicalClass> {
        self.classes.get(&(manufacturer.to_lowercase(), model.to_lowercase())).copied()
    }
}

async fn devices(
    store: &Store,
    adjusted: &Adjusted,
) -> Result<HashMap<DeviceId, Vec<(usize, Box<str>)>>, store::Error> {
    let mut best: HashMap<DeviceId, Vec<(usize, Rank, Box<str>)>> = HashMap::new();
    let mut cursor = None;
    loop {
        let page = store.stated(&LISTED, cursor).await?;
        for Stated { device, attribute, value, source, at } in page.items {
            let Some(place) = LISTED.iter().position(|listed| *listed == attribute) else { continue };
            let shown = adjusted.shown(&device).clone();
            let rank = (shown == device, statements::rank(source, at));
            let held = best.entry(shown).or_default();
            match held.iter_mut().find(|(other, ..)| *other == place) {
                Some((_, other, kept)) if *other <= rank => (*other, *kept) = (rank, value.into()),
                Some(_) => {}
                None => held.push((place, rank, value.into())),
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let said = |(id, held): (DeviceId, Vec<(usize, Rank, Box<str>)>)| {
        let mut said: Vec<_> = held.into_iter().map(|(place, _, value)| (place, value)).collect();
        said.sort_unstable();
        (id, said)
    };
    Ok(best.into_iter().map(said).collect())
}

async fn classes(store: &Store) -> Result<HashMap<(String, String), ClinicalClass>, store::Error> {
    let mut classes = HashMap::new();
    let mut cursor = None;
    loop {
        let page = store.model_defaults(cursor, 0).await?;
        for defaults in page.items {
            let class = best(&defaults.stated, "clinical_class");
            if let Some(class) = class.and_then(|said| said.value.parse().ok()) {
                let key = (defaults.manufacturer.to_lowercase(), defaults.model.to_lowercase());
                classes.insert(key, class);
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(classes);
        }
    }
}
