//! Which addresses are one device.
//!
//! A link-layer address is a device. A network address belongs to it when the station claims it (ARP, neighbour
//! discovery, DHCP), or when nothing speaks against it. What a router forwards for others is told apart by network
//! address: a station whose packets carry several unclaimed addresses, or addresses that came over routers, forwards,
//! except that a private address that no router touched may be one the station had before or has beside.
//! An address that moves from one station to another (DHCP) belongs to each in its time.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use hashbrown::{HashMap, HashSet};
use model::{AddressClaim, Endpoint, FrameNumber, MacAddr, Sighting, Timestamp};

/// What makes a device one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anchor {
    /// A station on this link.
    Mac(MacAddr),
    /// A station behind a router, or on a link without such addresses.
    Ip(IpAddr),
}

/// What people say against what the wire shows: anchors that are one device, and addresses that are one of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adjustments {
    /// Groups of anchors; each group is one device. No anchor is in two groups.
    pub joined: Vec<Vec<Anchor>>,
    /// Network addresses that are no station's own, whoever claims them.
    pub apart: Vec<IpAddr>,
}

/// Which device each address belongs to.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// Network addresses that a station owns, with the time from which it does.
    owned: HashMap<MacAddr, HashMap<IpAddr, Timestamp>>,
    /// The owners of a network address in the order of time.
    owners: HashMap<IpAddr, Vec<(Timestamp, MacAddr)>>,
    /// Stations that forward for others, with the first frame that shows it and the address forwarded.
    forwarders: BTreeMap<MacAddr, (FrameNumber, IpAddr)>,
    /// Network addresses of networks that are on this link.
    local: HashSet<Network>,
    /// The anchor that stands for each anchor of a group, and the groups by that anchor.
    roots: HashMap<Anchor, Anchor>,
    groups: HashMap<Anchor, Vec<Anchor>>,
}

/// A network by its first bits: 24 of IPv4, 64 of IPv6.
type Network = u64;

impl Addresses {
    /// Reads who was seen where and who claims what.
    #[must_use]
    pub fn resolve(sightings: &[Sighting], claims: &[AddressClaim]) -> Self {
        let mut all = Self::default();
        for claim in claims {
            if claim.mac.is_station() && is_host(claim.ip) {
                all.own(claim.mac, claim.ip, claim.at);
            }
        }
        let claimed: BTreeSet<IpAddr> = claims.iter().map(|claim| claim.ip).collect();
        for (mac, carried) in by_station(sightings) {
            all.settle_station(mac, &carried, &claimed);
        }
        all.settle_owners();
        all
    }

    /// With what people say about it.
    #[must_use]
    pub fn adjusted(mut self, adjustments: &Adjustments) -> Self {
        for ip in &adjustments.apart {
            for owned in self.owned.values_mut() {
                owned.remove(ip);
            }
            self.owners.remove(ip);
        }
        for group in &adjustments.joined {
            let mut group = group.clone();
            group.sort_unstable();
            group.dedup();
            let Some(root) = group.first().copied() else { continue };
            self.roots.extend(group.iter().map(|anchor| (*anchor, root)));
            self.groups.insert(root, group);
        }
        self
    }

    /// The device that an endpoint of a packet seen at `at` is; `None` for groups and nobody.
    #[must_use]
    pub fn anchor(&self, endpoint: Endpoint, at: Timestamp) -> Option<Anchor> {
        let found = self.found(endpoint, at)?;
        // Mostly nobody says anything, and this is asked for every fact.
        if self.roots.is_empty() {
            return Some(found);
        }
        Some(self.roots.get(&found).copied().unwrap_or(found))
    }

    /// The anchors that are one device with `anchor`, link-layer addresses first; a network address that a station owns
    /// by now is that station's.
    #[must_use]
    pub fn group(&self, anchor: Anchor) -> Vec<Anchor> {
        let Some(group) = self.groups.get(&anchor) else { return vec![anchor] };
        let is_its_own = |member: &Anchor| match member {
            Anchor::Mac(_) => true,
            Anchor::Ip(ip) => !self.owners.contains_key(ip),
        };
        group.iter().copied().filter(is_its_own).collect()
    }

    /// The device as far as the wire shows it.
    fn found(&self, endpoint: Endpoint, at: Timestamp) -> Option<Anchor> {
        let mac = endpoint.mac.filter(|mac| mac.is_station());
        let Some(ip) = endpoint.ip.filter(|ip| !ip.is_unspecified()) else { return mac.map(Anchor::Mac) };
        if let Some(mac) = mac
            && self.owned.get(&mac).is_some_and(|owned| owned.contains_key(&ip))
        {
            return Some(Anchor::Mac(mac));
        }
        if !is_host(ip) {
            return None;
        }
        Some(self.owner(ip, at).map_or(Anchor::Ip(ip), Anchor::Mac))
    }

    /// The station that owned `ip` at `at`: the last that had it by then, else the first.
    fn owner(&self, ip: IpAddr, at: Timestamp) -> Option<MacAddr> {
        let owners = self.owners.get(&ip)?;
        let by_then = owners.iter().rev().find(|(since, _)| *since <= at);
        by_then.or_else(|| owners.first()).map(|(_, mac)| *mac)
    }

    /// Network addresses of a station, oldest first.
    pub fn owned(&self, mac: MacAddr) -> Vec<IpAddr> {
        let mut owned: Vec<(Timestamp, IpAddr)> = self
            .owned
            .get(&mac)
            .map(|owned| owned.iter().map(|(ip, since)| (*since, *ip)).collect())
            .unwrap_or_default();
        owned.sort_unstable();
        owned.into_iter().map(|(_, ip)| ip).collect()
    }

    /// Whether a station forwards for others: the first frame that shows it and the address it forwarded.
    #[must_use]
    pub fn forwards(&self, mac: MacAddr) -> Option<(FrameNumber, IpAddr)> {
        self.forwarders.get(&mac).copied()
    }

    /// Whether `ip` is of no network on this link and no private one.
    #[must_use]
    pub fn is_external(&self, ip: IpAddr) -> bool {
        !is_private(ip) && !self.local.contains(&network(ip))
    }

    fn own(&mut self, mac: MacAddr, ip: IpAddr, since: Timestamp) {
        let owned = self.owned.entry(mac).or_default();
        if owned.len() < OWNED_MAX || owned.contains_key(&ip) {
            let first = owned.entry(ip).or_insert(since);
            *first = (*first).min(since);
        }
    }

    /// Decides for every address that `mac` sent from whether it is its own.
    fn settle_station(&mut self, mac: MacAddr, carried: &[Sighting], claimed: &BTreeSet<IpAddr>) {
        let own = self.owned.get(&mac).cloned().unwrap_or_default();
        let open: Vec<Sighting> = carried
            .iter()
            .filter(|sighting| sighting.endpoint.ip.is_some_and(|ip| !own.contains_key(&ip)))
            .copied()
            .collect();
        let own_v4 = own_among(&open, own.keys().any(IpAddr::is_ipv4), claimed);
        let routable_v4 = open.iter().filter_map(|sighting| sighting.endpoint.ip).filter(is_routable_v4);
        let forwards_v4 = routable_v4.clone().count() > own_v4.len();
        for sighting in &open {
            let Some(ip) = sighting.endpoint.ip else { continue };
            let is_own = match ip {
                IpAddr::V4(v4) => v4.is_link_local() || own_v4.contains(&ip),
                IpAddr::V6(v6) if v6.is_unicast_link_local() => true,
                IpAddr::V6(_) => sighting.hops == Some(0) && !forwards_v4 && !claimed.contains(&ip),
            };
            if is_own {
                self.own(mac, ip, sighting.first_seen);
            } else {
                let shown = self.forwarders.entry(mac).or_insert((sighting.first_frame, ip));
                *shown = (*shown).min((sighting.first_frame, ip));
            }
        }
    }

    fn settle_owners(&mut self) {
        for (mac, owned) in &self.owned {
            for (ip, since) in owned {
                self.owners.entry(*ip).or_default().push((*since, *mac));
                self.local.insert(network(*ip));
            }
        }
        for owners in self.owners.values_mut() {
            owners.sort_unstable();
        }
    }
}

/// What each station sent from, stations and addresses in order.
fn by_station(sightings: &[Sighting]) -> BTreeMap<MacAddr, Vec<Sighting>> {
    let mut stations: BTreeMap<MacAddr, Vec<Sighting>> = BTreeMap::new();
    for sighting in sightings {
        let Some(mac) = sighting.endpoint.mac.filter(|mac| mac.is_station()) else { continue };
        if sighting.packets_sent > 0 && sighting.endpoint.ip.is_some_and(is_host) {
            stations.entry(mac).or_default().push(*sighting);
        }
    }
    stations
}

/// Which IPv4 addresses of a station that nobody claims are its own: the only one that it sends from, if no router
/// decremented its time to live; beside a claimed one also private addresses that it had before (a factory setting, the
/// address of its own access point); beside forwarded Internet traffic the only private one.
fn own_among(open: &[Sighting], claims_v4: bool, claimed: &BTreeSet<IpAddr>) -> BTreeSet<IpAddr> {
    let routable: Vec<&Sighting> =
        open.iter().filter(|sighting| sighting.endpoint.ip.is_some_and(|ip| is_routable_v4(&ip))).collect();
    let near = routable.iter().filter(|sighting| is_plausibly_near(sighting));
    let near: Vec<IpAddr> =
        near.filter_map(|sighting| sighting.endpoint.ip).filter(|ip| !claimed.contains(ip)).collect();
    let private: Vec<IpAddr> = near.iter().copied().filter(|ip| is_private(*ip)).collect();
    let all_private = routable.iter().filter(|sighting| sighting.endpoint.ip.is_some_and(is_private)).count();
    let own = match (claims_v4, routable.len()) {
        (false, 1) => near,
        (true, _) if private.len() <= FORMER_MAX => private,
        (false, _) if private.len() == 1 && all_private == 1 => private,
        (true | false, _) => Vec::new(),
    };
    own.into_iter().collect()
}

/// Whether an address can be its sender's own: it came over no router, or it is a private one whose time to live
/// started low.
fn is_plausibly_near(sighting: &Sighting) -> bool {
    match sighting.hops {
        None | Some(0) => true,
        Some(hops) => LOW_STARTS.contains(&hops) && sighting.endpoint.ip.is_some_and(is_private),
    }
}

fn is_routable_v4(ip: &IpAddr) -> bool {
    matches!(ip, IpAddr::V4(v4) if !v4.is_link_local())
}

/// Whether an address can be a station's own.
fn is_host(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => !v4.is_unspecified() && !v4.is_multicast() && !v4.is_broadcast(),
        IpAddr::V6(v6) => !v6.is_unspecified() && !v6.is_multicast(),
    }
}

/// Addresses that are not routed in the Internet (RFC 1918, 6598, 3927, 4193, 4291 2.5.6).
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, _, _] = v4.octets();
            v4.is_private() || v4.is_link_local() || v4.is_loopback() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback(),
    }
}

fn network(ip: IpAddr) -> Network {
    match ip {
        IpAddr::V4(v4) => u64::from(v4.to_bits() >> 8),
        IpAddr::V6(v6) => u64::try_from(v6.to_bits() >> 64).unwrap_or(u64::MAX),
    }
}

/// A station had no more addresses than this before the one that it claims; one that sends from more forwards.
const FORMER_MAX: usize = 2;

/// Routers that seem to lie before a station whose time to live starts at 30, 60 or 100, as embedded stacks have it,
/// and not at 32, 64 or 128.
const LOW_STARTS: [u8; 3] = [2, 4, 28];
/// No station keeps more addresses than this: a station that claims them all (proxy ARP, an attack) is a router.
const OWNED_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use model::Field;

    use super::*;

    fn mac(last: u8) -> MacAddr {
        MacAddr::new([0, 0, 0x5e, 0, 0x53, last])
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn seen(last: u8, address: &str, hops: u8) -> Sighting {
        Sighting {
            endpoint: Endpoint { mac: Some(mac(last)), ip: Some(ip(address)) },
            first_frame: 1,
            first_seen: Timestamp::from_nanos(0),
            last_seen: Timestamp::from_nanos(9),
            packets_sent: 1,
            packets_received: 0,
            hops: Some(hops),
            vlan: None,
        }
    }

    fn claim(last: u8, address: &str, at: u64) -> AddressClaim {
        AddressClaim {
            mac: mac(last),
            ip: ip(address),
            field: Field::new("arp.src.proto_ipv4"),
            frame: 1,
            at: Timestamp::from_nanos(at),
            last_seen: Timestamp::from_nanos(at),
            count: 1,
        }
    }

    fn whose(addresses: &Addresses, last: u8, address: &str, at: u64) -> Option<Anchor> {
        let endpoint = Endpoint { mac: Some(mac(last)), ip: Some(ip(address)) };
        addresses.anchor(endpoint, Timestamp::from_nanos(at))
    }

    #[test]
    fn a_lone_address_is_the_stations_own() {
        let all = Addresses::resolve(&[seen(1, "10.0.0.1", 0)], &[]);
        assert_eq!(whose(&all, 1, "10.0.0.1", 5), Some(Anchor::Mac(mac(1))));
    }

    #[test]
    fn a_private_address_whose_time_to_live_starts_low_is_the_stations_own() {
        let all = Addresses::resolve(&[seen(1, "192.168.0.60", 2)], &[]);
        assert_eq!(whose(&all, 1, "192.168.0.60", 5), Some(Anchor::Mac(mac(1))));
        for (address, hops) in [("192.168.0.60", 3), ("198.51.100.7", 2)] {
            let all = Addresses::resolve(&[seen(1, address, hops)], &[]);
            assert_eq!(whose(&all, 1, address, 5), Some(Anchor::Ip(ip(address))));
        }
    }

    #[test]
    fn a_router_is_told_apart_from_what_it_forwards() {
        let sightings = [seen(1, "10.0.0.1", 0), seen(1, "192.0.2.7", 9), seen(1, "192.0.2.8", 9)];
        let all = Addresses::resolve(&sightings, &[claim(1, "10.0.0.1", 0)]);
        assert_eq!(whose(&all, 1, "10.0.0.1", 5), Some(Anchor::Mac(mac(1))));
        assert_eq!(whose(&all, 1, "192.0.2.7", 5), Some(Anchor::Ip(ip("192.0.2.7"))));
        assert_eq!(all.forwards(mac(1)), Some((1, ip("192.0.2.7"))));
        assert!(all.is_external(ip("192.0.2.7")) && !all.is_external(ip("10.9.9.9")));
    }

    #[test]
    fn an_address_seen_on_both_sides_of_a_router_is_its_owners() {
        let sightings = [seen(1, "10.0.0.1", 0), seen(2, "10.0.0.1", 1), seen(2, "10.0.0.9", 1)];
        let all = Addresses::resolve(&sightings, &[claim(1, "10.0.0.1", 0)]);
        assert_eq!(whose(&all, 2, "10.0.0.1", 5), Some(Anchor::Mac(mac(1))));
    }

    #[test]
    fn an_address_that_moves_follows_the_time() {
        let all = Addresses::resolve(&[], &[claim(1, "10.0.0.5", 10), claim(2, "10.0.0.5", 20)]);
        let at = |at| all.anchor(Endpoint { mac: None, ip: Some(ip("10.0.0.5")) }, Timestamp::from_nanos(at));
        assert_eq!(at(5), Some(Anchor::Mac(mac(1))));
        assert_eq!(at(15), Some(Anchor::Mac(mac(1))));
        assert_eq!(at(25), Some(Anchor::Mac(mac(2))));
    }

    #[test]
    fn a_former_private_address_of_a_claiming_station_is_its_own() {
        let sightings = [seen(1, "10.0.0.1", 0), seen(1, "192.168.0.20", 0)];
        let all = Addresses::resolve(&sightings, &[claim(1, "10.0.0.1", 0)]);
        assert_eq!(whose(&all, 1, "192.168.0.20", 5), Some(Anchor::Mac(mac(1))));
        assert_eq!(all.forwards(mac(1)), None);
    }

    #[test]
    fn an_address_that_another_station_claims_is_not_a_former_one() {
        let sightings = [seen(1, "10.0.0.1", 0), seen(1, "10.0.0.2", 0)];
        let all = Addresses::resolve(&sightings, &[claim(1, "10.0.0.1", 0), claim(2, "10.0.0.2", 0)]);
        assert_eq!(whose(&all, 1, "10.0.0.2", 5), Some(Anchor::Mac(mac(2))));
        assert_eq!(all.forwards(mac(1)), Some((1, ip("10.0.0.2"))));
    }

    #[test]
    fn the_only_private_address_beside_internet_traffic_is_the_routers_own() {
        let sightings = [seen(1, "192.168.1.1", 0), seen(1, "192.0.2.7", 7), seen(1, "198.51.100.7", 0)];
        let all = Addresses::resolve(&sightings, &[]);
        assert_eq!(whose(&all, 1, "192.168.1.1", 5), Some(Anchor::Mac(mac(1))));
        assert_eq!(whose(&all, 1, "198.51.100.7", 5), Some(Anchor::Ip(ip("198.51.100.7"))));
        assert!(all.forwards(mac(1)).is_some());
    }

    #[test]
    fn a_lone_address_that_came_over_a_router_is_not_the_stations_own() {
        let all = Addresses::resolve(&[seen(1, "10.0.0.1", 1)], &[]);
        assert_eq!(whose(&all, 1, "10.0.0.1", 5), Some(Anchor::Ip(ip("10.0.0.1"))));
        assert_eq!(all.forwards(mac(1)), Some((1, ip("10.0.0.1"))));
    }

    #[test]
    fn what_people_say_is_one_device_is_one_and_what_stands_apart_is_its_own() {
        let sightings = [seen(1, "10.0.0.1", 0), seen(2, "10.0.0.2", 0), seen(1, "10.0.0.3", 0)];
        let claims = [claim(1, "10.0.0.1", 0), claim(1, "10.0.0.3", 0)];
        let joined = vec![vec![Anchor::Mac(mac(2)), Anchor::Mac(mac(1))]];
        let adjustments = Adjustments { joined, apart: vec![ip("10.0.0.3")] };
        let all = Addresses::resolve(&sightings, &claims).adjusted(&adjustments);
        assert_eq!(whose(&all, 1, "10.0.0.1", 5), Some(Anchor::Mac(mac(1))));
        assert_eq!(whose(&all, 2, "10.0.0.2", 5), Some(Anchor::Mac(mac(1))));
        assert_eq!(whose(&all, 1, "10.0.0.3", 5), Some(Anchor::Ip(ip("10.0.0.3"))));
        assert_eq!(all.group(Anchor::Mac(mac(1))), [Anchor::Mac(mac(1)), Anchor::Mac(mac(2))]);
        assert_eq!(all.owned(mac(1)), [ip("10.0.0.1")]);
        assert!(!all.is_external(ip("10.0.0.3")), "it is still of a network that is here");
    }

    #[test]
    fn groups_and_nobody_are_no_devices() {
        let all = Addresses::default();
        assert_eq!(whose(&all, 1, "224.0.0.251", 0), None);
        assert_eq!(all.anchor(Endpoint::default(), Timestamp::from_nanos(0)), None);
    }
}
