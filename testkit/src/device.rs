//! The devices of the hospital: read from `data/devices.tsv`, with addresses and serial numbers from the seed.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use anyhow::{Context, Result};
use model::{DeviceType, MacAddr};

use crate::random::Random;
use crate::tape::Host;

/// A device and what is true about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Host name.
    pub name: String,
    /// What it is.
    pub kind: DeviceType,
    /// Who makes it; empty for software on a machine of no telling make.
    pub maker: String,
    /// Model; empty where it has none.
    pub model: String,
    /// Software version; empty where it says none.
    pub version: String,
    /// Serial number.
    pub serial: String,
    /// DHCP vendor class; empty for fixed addresses.
    pub(crate) dhcp: String,
    pub(crate) host: Host,
    /// Number among devices of its row, from 1.
    pub(crate) number: u8,
    /// Name of its row.
    pub(crate) row: String,
    /// Whether it is Windows.
    pub(crate) windows: bool,
    /// Whether a router stands between it and where is listened: it bears the router's link-layer address.
    pub(crate) behind_router: bool,
}

/// All devices.
#[derive(Debug, Clone)]
pub(crate) struct Devices(pub(crate) Vec<Device>);

/// Addresses below belong to routers.
const FIRST_HOST: u8 = 11;
/// The switch that routes between the networks; it has the first address of each.
pub(crate) const CORE: &str = "core";
/// The domain of the hospital (RFC 2606).
pub(crate) const DOMAIN: &str = "hospital.example";
const TABLE: &str = include_str!("../data/devices.tsv");

impl Device {
    /// Its MAC address, or that of the router it is behind.
    #[must_use]
    pub const fn mac(&self) -> MacAddr {
        self.host.mac
    }

    /// Its IP address.
    #[must_use]
    pub const fn ip(&self) -> Ipv4Addr {
        self.host.ip
    }

    pub(crate) fn full_name(&self) -> String {
        format!("{}.{DOMAIN}", self.name)
    }

    /// Its name as AE title, HL7 application and NetBIOS name.
    pub(crate) fn title(&self) -> String {
        self.name.to_uppercase().replace('-', "_")
    }

    /// Its MAC address in capitals and without colons.
    pub(crate) fn bare_mac(&self) -> String {
        self.host.mac.to_string().replace(':', "").to_uppercase()
    }

    /// The router of its network.
    pub(crate) const fn gateway(&self) -> Ipv4Addr {
        in_network(self.host.ip, 1)
    }

    /// The address of all stations of its network.
    pub(crate) const fn broadcast(&self) -> Ipv4Addr {
        in_network(self.host.ip, 255)
    }
}

const fn in_network(ip: Ipv4Addr, last: u8) -> Ipv4Addr {
    let [a, b, c, _] = ip.octets();
    Ipv4Addr::new(a, b, c, last)
}

const TTL: u8 = 64;
const TTL_WINDOWS: u8 = 128;

impl Devices {
    pub(crate) fn read(seed: u64) -> Result<Self> {
        let mut reading = Reading {
            random: Random::new(seed ^ 0x6465_7669_6365_7321),
            next: BTreeMap::new(),
            devices: Vec::new(),
        };
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            reading.row(line).with_context(|| format!("data/devices.tsv: `{line}`"))?;
        }
        Ok(Self(reading.devices))
    }

    /// The device of this name.
    pub(crate) fn named(&self, name: &str) -> Result<&Device> {
        let found = self.0.iter().find(|device| device.name == name);
        found.with_context(|| format!("data/devices.tsv has no device `{name}`"))
    }

    pub(crate) fn of_kind(&self, kind: DeviceType) -> impl Iterator<Item = &Device> {
        self.0.iter().filter(move |device| device.kind == kind)
    }
}

/// The table while it is read.
struct Reading {
    random: Random,
    /// Next host of each network.
    next: BTreeMap<[u8; 2], u8>,
    devices: Vec<Device>,
}

impl Reading {
    /// The devices of a row.
    fn row(&mut self, line: &str) -> Result<()> {
        let mut columns = line.split('\t');
        let mut column = |name: &str| columns.next().with_context(|| format!("no column `{name}`"));
        let (name, count, kind) = (column("name")?, column("count")?, column("type")?);
        let (vlan, network, behind) = (column("vlan")?, column("net")?, column("behind")?);
        let (oui, maker, model) = (column("oui")?, column("maker")?, column("model")?);
        let (version, dhcp) = (column("version")?, column("dhcp")?);
        let kind: DeviceType = kind.parse().map_err(|error| anyhow::anyhow!("{error}"))?;
        let (vlan, count) = (vlan.parse()?, count.parse::<u8>()?);
        let windows = dhcp.starts_with("MSFT") || model.starts_with("Windows");
        for number in 1..=count {
            let mac = if behind.is_empty() { mac(oui, &mut self.random)? } else { self.router(behind)? };
            let ttl = if windows { TTL_WINDOWS } else { TTL };
            let ttl = if behind.is_empty() { ttl } else { ttl.saturating_sub(1) };
            let ip = self.address(network, name)?;
            self.devices.push(Device {
                name: if count == 1 { name.to_owned() } else { format!("{name}-{number}") },
                kind,
                maker: maker.to_owned(),
                model: model.to_owned(),
                version: version.to_owned(),
                serial: format!("SN{:07}", self.random.within(1_000_000..9_999_999)),
                dhcp: dhcp.to_owned(),
                host: Host { mac, ip, vlan, ttl },
                number,
                row: name.to_owned(),
                windows,
                behind_router: !behind.is_empty(),
            });
        }
        Ok(())
    }

    /// The link-layer address of a router that was read before.
    fn router(&self, name: &str) -> Result<MacAddr> {
        let router = self.devices.iter().find(|device| device.name == name);
        router.map(Device::mac).with_context(|| format!("no router `{name}` above"))
    }

    /// The next address of `10.NETWORK.0/24`; routers have the first.
    fn address(&mut self, network: &str, name: &str) -> Result<Ipv4Addr> {
        let (site, net) = network.split_once('.').context("a network is two numbers")?;
        let (site, net) = (site.parse()?, net.parse()?);
        if name == CORE {
            return Ok(Ipv4Addr::new(10, site, net, 1));
        }
        let next = self.next.entry([site, net]).or_insert(FIRST_HOST);
        let last = *next;
        *next = next.checked_add(1).context("the network is full")?;
        Ok(Ipv4Addr::new(10, site, net, last))
    }
}

/// A MAC address that begins with these hexadecimal digits; the rest is drawn.
fn mac(prefix: &str, random: &mut Random) -> Result<MacAddr> {
    let drawn = format!("{:012x}", random.next() & 0xffff_ffff_ffff);
    let digits: String = prefix.chars().chain(drawn.chars().skip(prefix.len())).collect();
    let number = u64::from_str_radix(&digits, 16)?;
    let [_, _, octets @ ..] = number.to_be_bytes();
    Ok(MacAddr::new(octets))
}
