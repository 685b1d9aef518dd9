//! All devices of a capture.

use std::collections::BTreeMap;
use std::net::IpAddr;

use hashbrown::HashMap;
use model::{AttributeName, Endpoint, Identity, MacAddr, Timestamp, Usage, WeaknessSighting};
use rayon::prelude::*;

use crate::Knowledge;
use crate::derive::{Attributes, Deriver, Unmet, clinical_class, contradictions};
use crate::fact;
use crate::resolve::{Addresses, Anchor};
use crate::survey::{Gathered, Seen, Survey, Used};

/// Devices, and which of them an address is.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Devices in the order of their ids.
    pub devices: Vec<Identity>,
    places: HashMap<Anchor, u32>,
    addresses: Addresses,
}

/// Every device that sent something or that something is known about; `usages` are the services offered and used.
#[must_use]
pub fn identify(
    seen: &Seen<'_>,
    usages: impl IntoIterator<Item = Usage>,
    knowledge: &Knowledge,
) -> Inventory {
    let survey = Survey::new(*seen);
    let used: Vec<Used> = usages.into_iter().map(|usage| survey.locate(usage)).collect();
    survey.identify(used, knowledge)
}

/// The rules that a value of the device `id` matched but that say nothing, because another condition was not met.
#[must_use]
pub fn unmet(
    seen: &Seen<'_>,
    usages: impl IntoIterator<Item = Usage>,
    knowledge: &Knowledge,
    inventory: &Inventory,
    id: &str,
) -> Vec<Unmet> {
    let survey = Survey::new(*seen);
    let used = usages.into_iter().map(|usage| survey.locate(usage));
    let gathered = survey.gather(used);
    let place = inventory.devices.iter().position(|device| device.id == id);
    let found = place.and_then(|place| Some((survey.anchor(place)?, gathered.into_iter().nth(place)?)));
    let Some((anchor, mut gathered)) = found else { return Vec::new() };
    add_address_facts(anchor, &mut gathered, &survey.addresses, knowledge);
    crate::derive::unmet(&knowledge.rules, &gathered.facts)
}

impl Survey<'_> {
    /// Derives the devices, on as many threads as the pool has; `used` are the services offered and used.
    #[must_use]
    pub fn identify(self, used: impl IntoIterator<Item = Used>, knowledge: &Knowledge) -> Inventory {
        let gathered = self.gather(used);
        // Few large shares: each remembers what the rules said about a value, and fleets repeat themselves.
        let share = (gathered.len() / (2 * rayon::current_num_threads())).max(SHARE_MIN);
        let deriver = || Deriver::new(&knowledge.rules, &knowledge.makers);
        let devices = gathered
            .into_par_iter()
            .enumerate()
            .with_min_len(share)
            .map_init(deriver, |deriver, (place, mut gathered)| {
                let anchor = self.anchor(place)?;
                add_address_facts(anchor, &mut gathered, &self.addresses, knowledge);
                let attributes = deriver.attributes(&gathered.facts);
                Some(identity(&self.addresses, anchor, &gathered, attributes))
            })
            .while_some()
            .collect();
        let Self { addresses, places, .. } = self;
        Inventory { devices, places, addresses }
    }
}

fn add_address_facts(
    anchor: Anchor,
    gathered: &mut Gathered<'_>,
    addresses: &Addresses,
    knowledge: &Knowledge,
) {
    for member in addresses.group(anchor) {
        let Anchor::Mac(mac) = member else { continue };
        gathered.facts.extend(fact::of_mac(mac, gathered.first_frame, &knowledge.oui, &knowledge.makers));
        if let Some((frame, ip)) = addresses.forwards(mac) {
            gathered.facts.push(fact::of_forwarding(frame, ip));
        }
    }
}

impl Inventory {
    /// The device at an endpoint of a packet seen at `at`.
    #[must_use]
    pub fn device_of(&self, endpoint: Endpoint, at: Timestamp) -> Option<&Identity> {
        let anchor = self.addresses.anchor(endpoint, at)?;
        self.places.get(&anchor).and_then(|place| self.device(*place))
    }

    /// The device at a place that a [`Survey`] gave.
    #[must_use]
    pub fn device(&self, place: u32) -> Option<&Identity> {
        self.devices.get(usize::try_from(place).ok()?)
    }

    /// Weaknesses by device id, each kind once with its first frame.
    #[must_use]
    pub fn weaknesses<'i>(
        &'i self,
        sightings: &[WeaknessSighting],
    ) -> BTreeMap<&'i str, Vec<WeaknessSighting>> {
        let mut all: BTreeMap<&str, Vec<WeaknessSighting>> = BTreeMap::new();
        for sighting in sightings {
            let Some(device) = self.device_of(sighting.endpoint, sighting.at) else { continue };
            let held = all.entry(device.id.as_str()).or_default();
            match held.iter_mut().find(|held| held.weakness == sighting.weakness) {
                Some(held) => held.absorb(sighting),
                None => held.push(*sighting),
            }
        }
        for held in all.values_mut() {
            held.sort_by_key(|sighting| sighting.weakness);
        }
        all
    }

    /// Devices that `wanted` names: an id, an address, a host name, an AE title or a serial number.
    #[must_use]
    pub fn find(&self, wanted: &str) -> Vec<&Identity> {
        let mac: Option<MacAddr> = wanted.parse().ok();
        let ip = wanted.parse().ok();
        let named = |device: &Identity| {
            [AttributeName::Hostname, AttributeName::AeTitle, AttributeName::Serial].iter().any(|name| {
                device.all(*name).iter().any(|value| {
                    value.value.eq_ignore_ascii_case(wanted)
                        || value
                            .value
                            .split('.')
                            .next()
                            .is_some_and(|first| first.eq_ignore_ascii_case(wanted))
                })
            })
        };
        let is_wanted = |device: &&Identity| {
            device.id == wanted
                || mac.is_some_and(|mac| device.macs.contains(&mac))
                || ip.is_some_and(|ip| device.ips.contains(&ip))
                || named(device)
        };
        self.devices.iter().filter(is_wanted).collect()
    }
}

fn identity(
    addresses: &Addresses,
    anchor: Anchor,
    gathered: &Gathered<'_>,
    attributes: Attributes,
) -> Identity {
    let id = match anchor {
        Anchor::Mac(mac) => {
            let digits: String = mac.octets().iter().map(|octet| format!("{octet:02x}")).collect();
            format!("dev_{digits}")
        }
        Anchor::Ip(ip) => format!("dev_{}", ip.to_string().replace([':', '.'], "-")),
    };
    let (macs, ips) = own_addresses(addresses, anchor);
    let external = macs.is_empty() && !ips.is_empty() && ips.iter().all(|ip| addresses.is_external(*ip));
    Identity {
        id,
        randomised_mac: !macs.is_empty() && macs.iter().all(|mac| mac.is_local()),
        macs,
        ips,
        external,
        clinical_class: clinical_class(&attributes),
        contradictions: contradictions(&attributes),
        attributes,
        first_frame: gathered.first_frame,
        first_seen: gathered.first_seen,
        last_seen: gathered.last_seen,
    }
}

/// The addresses of a device: those of each station that is it, and those that no station has.
fn own_addresses(addresses: &Addresses, anchor: Anchor) -> (Vec<MacAddr>, Vec<IpAddr>) {
    let (mut macs, mut ips) = (Vec::new(), Vec::new());
    for member in addresses.group(anchor) {
        match member {
            Anchor::Mac(mac) => {
                macs.push(mac);
                ips.extend(addresses.owned(mac));
            }
            Anchor::Ip(ip) => ips.push(ip),
        }
    }
    let mut seen = Vec::new();
    ips.retain(|ip| {
        !seen.contains(ip) && {
            seen.push(*ip);
            true
        }
    });
    (macs, ips)
}

/// Devices that one thread takes at a time at least.
const SHARE_MIN: usize = 64;
