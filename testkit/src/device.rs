//! The devices of the hospital: read from `data/devices.tsv`, with addresses and serial numbers from the seed.

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
}

/// All devices.
#[derive(Debug, Clone)]
pub(crate) struct Devices(pub(crate) Vec<Device>);

/// Addresses below belong to routers.
const FIRST_HOST: u8 = 11;
/// The domain of the hospital (RFC 2606).
pub(crate) const DOMAIN: &str = "hospital.example";
const TABLE: &str = include_str!("../data/devices.tsv");

impl Device {
    /// Its MAC address.
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

    pub(crate) fn is_windows(&self) -> bool {
        self.host.ttl == TTL_WINDOWS
    }
}

const TTL: u8 = 64;
const TTL_WINDOWS: u8 = 128;

impl Devices {
    pub(crate) fn read(seed: u64) -> Result<Self> {
        let mut random = Random::new(seed ^ 0x6465_7669_6365_7321);
        let mut next = [FIRST_HOST; 256];
        let mut all = Vec::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let context = || format!("data/devices.tsv: `{line}`");
            all.extend(row(line, &mut next, &mut random).with_context(context)?);
        }
        Ok(Self(all))
    }

    /// The devices of a row of the table.
    pub(crate) fn row<'d>(&'d self, row: &str) -> impl Iterator<Item = &'d Device> {
        let row = row.to_owned();
        self.0.iter().filter(move |device| device.row == row)
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

fn row(line: &str, next: &mut [u8; 256], random: &mut Random) -> Result<Vec<Device>> {
    let mut columns = line.split('\t');
    let mut column = |name: &str| columns.next().with_context(|| format!("no column `{name}`"));
    let (name, count, kind) = (column("name")?, column("count")?, column("type")?);
    let (vlan, oui, maker) = (column("vlan")?, column("oui")?, column("maker")?);
    let (model, version, dhcp) = (column("model")?, column("version")?, column("dhcp")?);
    let kind: DeviceType = kind.parse().map_err(|error| anyhow::anyhow!("{error}"))?;
    let vlan: u8 = vlan.parse()?;
    let count: u8 = count.parse()?;
    let is_windows = dhcp.starts_with("MSFT") || model.starts_with("Windows");
    let mut devices = Vec::new();
    for number in 1..=count {
        let last = next.get_mut(usize::from(vlan)).context("no such VLAN")?;
        let host = Host {
            mac: mac(oui, random)?,
            ip: Ipv4Addr::new(10, 20, vlan, if name == "core" { 1 } else { *last }),
            vlan: u16::from(vlan),
            ttl: if is_windows { TTL_WINDOWS } else { TTL },
        };
        *last = last.saturating_add(1);
        devices.push(Device {
            name: if count == 1 { name.to_owned() } else { format!("{name}-{number}") },
            kind,
            maker: maker.to_owned(),
            model: model.to_owned(),
            version: version.to_owned(),
            serial: format!("SN{:07}", random.within(1_000_000..9_999_999)),
            dhcp: dhcp.to_owned(),
            host,
            number,
            row: name.to_owned(),
        });
    }
    Ok(devices)
}

/// A MAC address that begins with these hexadecimal digits; the rest is drawn.
fn mac(prefix: &str, random: &mut Random) -> Result<MacAddr> {
    let drawn = format!("{:012x}", random.next() & 0xffff_ffff_ffff);
    let digits: String = prefix.chars().chain(drawn.chars().skip(prefix.len())).collect();
    let number = u64::from_str_radix(&digits, 16)?;
    let [_, _, octets @ ..] = number.to_be_bytes();
    Ok(MacAddr::new(octets))
}
