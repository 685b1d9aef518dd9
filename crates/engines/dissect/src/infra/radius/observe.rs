//! What a RADIUS packet says about stations.
//!
//! A request is about the access server, which is the sender unless a proxy passed it on, and about the station that
//! wants access, which is named by its link-layer address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use model::{Field, MacAddr, Subject, Weakness};
use wire::Reader;

use super::message::{Attribute, Code, Kind, Message};
use crate::Notes;
use crate::display::{TextOrHex, printable};
use crate::link::eapol::{carried_eap, is_anonymous, is_machine};

const CODE: Field = Field::new("radius.code");
const USER_NAME: Field = Field::new("radius.User_Name");
const USER_PASSWORD: Field = Field::new("radius.User_Password_encrypted");
const NAS_IP_ADDRESS: Field = Field::new("radius.NAS_IP_Address");
const NAS_IPV6_ADDRESS: Field = Field::new("radius.NAS_IPv6_Address");
const NAS_IDENTIFIER: Field = Field::new("radius.NAS_Identifier");
const NAS_PORT_TYPE: Field = Field::new("radius.NAS_Port_Type");
const NAS_PORT_ID: Field = Field::new("radius.NAS_Port_Id");
const CALLED_STATION: Field = Field::new("radius.Called_Station_Id");
const CALLING_STATION: Field = Field::new("radius.Calling_Station_Id");
const FRAMED_IP_ADDRESS: Field = Field::new("radius.Framed_IP_Address");
const CONNECT_INFO: Field = Field::new("radius.Connect_Info");
const VENDOR: Field = Field::new("radius.avp.vendor_id");
const ARUBA_LOCATION: Field = Field::new("radius.Aruba_Location_Id");
const ARUBA_DEVICE_TYPE: Field = Field::new("radius.Aruba_Device_Type");
const MERAKI_NAME: Field = Field::new("radius.Meraki_Device_Name");

pub(super) const FIELDS: &[Field] = &[
    CODE,
    USER_NAME,
    USER_PASSWORD,
    NAS_IP_ADDRESS,
    NAS_IPV6_ADDRESS,
    NAS_IDENTIFIER,
    NAS_PORT_TYPE,
    NAS_PORT_ID,
    CALLED_STATION,
    CALLING_STATION,
    FRAMED_IP_ADDRESS,
    CONNECT_INFO,
    VENDOR,
    ARUBA_LOCATION,
    ARUBA_DEVICE_TYPE,
    MERAKI_NAME,
];

/// IANA enterprise numbers whose attributes name equipment.
const ARUBA: u32 = 14_823;
const MERAKI: u32 = 29_671;

/// Whom the attributes of a request are about; `None` when that is not said.
#[derive(Clone, Copy)]
struct Parties {
    access_server: Option<Subject>,
    station: Option<MacAddr>,
}

/// Notes what a packet says; `proven` when it has a Message-Authenticator.
pub(super) fn observe(message: &Message<'_>, proven: bool, notes: &mut Notes) {
    let Code(code) = message.code;
    notes.fact_display(Subject::Sender, CODE, code);
    if message.code.needs_authenticator() && !proven {
        notes.weakness(Subject::Sender, Weakness::RadiusWithoutMessageAuthenticator, CODE);
    }
    if message.code.is_of_access_server() {
        request(message, notes);
    } else if let Some(eap) = message.find(Kind::EAP_MESSAGE) {
        carried_eap(Subject::Sender, eap.as_slice(), notes);
    }
}

fn request(message: &Message<'_>, notes: &mut Notes) {
    let parties = Parties::of(message);
    if let (Some(station), Some(eap)) = (parties.station, message.find(Kind::EAP_MESSAGE)) {
        carried_eap(Subject::Mac(station), eap.as_slice(), notes);
    }
    user(message, parties, notes);
    for attribute in message.attributes() {
        if let Some(access_server) = parties.access_server {
            about_access_server(access_server, attribute, notes);
        }
        if let Some(station) = parties.station {
            about_station(station, attribute, notes);
        }
    }
}

impl Parties {
    fn of(message: &Message<'_>) -> Self {
        let station = message.find(Kind::CALLING_STATION_ID);
        let is_proxied = message.find(Kind::PROXY_STATE).is_some();
        let address = message.find(Kind::NAS_IP_ADDRESS).and_then(ip4).map(Subject::Ip);
        Self {
            access_server: if is_proxied { address } else { Some(Subject::Sender) },
            station: station.and_then(|id| printable(id.as_slice())?.parse().ok()),
        }
    }
}

/// A machine's name is kept; of a person's only that it is readable, and of a password only that it is there. An access
/// server that lets a station in by its link-layer address sends that as name and password: no secret.
fn user(message: &Message<'_>, parties: Parties, notes: &mut Notes) {
    let user = message.find(Kind::USER_NAME);
    let name = user.and_then(|user| printable(user.as_slice())).unwrap_or_default();
    if !is_machine(name) {
        if !is_anonymous(name) {
            notes.weakness(Subject::Sender, Weakness::CleartextUserName, USER_NAME);
        }
        if message.find(Kind::USER_PASSWORD).is_some() {
            notes.weakness(Subject::Sender, Weakness::RadiusPap, USER_PASSWORD);
        }
    } else if let Some(station) = parties.station {
        notes.fact(Subject::Mac(station), USER_NAME, name);
    }
}

fn about_access_server(subject: Subject, attribute: Attribute<'_>, notes: &mut Notes) {
    let mut value = attribute.value;
    match attribute.kind {
        Kind::NAS_IP_ADDRESS => {
            if let Some(ip) = ip4(value) {
                notes.fact_display(subject, NAS_IP_ADDRESS, ip);
            }
        }
        Kind::NAS_IPV6_ADDRESS => {
            if let Ok(octets) = value.array::<16>() {
                notes.fact_display(subject, NAS_IPV6_ADDRESS, Ipv6Addr::from(octets));
            }
        }
        Kind::NAS_IDENTIFIER => notes.fact_bytes(subject, NAS_IDENTIFIER, value.rest()),
        Kind::NAS_PORT_TYPE => {
            if let Ok(number) = value.u32_be() {
                notes.fact_display(subject, NAS_PORT_TYPE, number);
            }
        }
        Kind::CALLED_STATION_ID => notes.fact_bytes(subject, CALLED_STATION, value.rest()),
        Kind::VENDOR_SPECIFIC => {
            if let Ok(vendor) = value.u32_be() {
                notes.fact_display(subject, VENDOR, vendor);
                for (kind, text) in vendor_attributes(value) {
                    match (vendor, kind) {
                        (ARUBA, 6) => notes.fact_bytes(subject, ARUBA_LOCATION, text),
                        (MERAKI, 1) => notes.fact_bytes(subject, MERAKI_NAME, text),
                        _other => {}
                    }
                }
            }
        }
        _other => {}
    }
}

fn about_station(station: MacAddr, attribute: Attribute<'_>, notes: &mut Notes) {
    let subject = Subject::Mac(station);
    let mut value = attribute.value;
    match attribute.kind {
        Kind::CALLING_STATION_ID => notes.fact_bytes(subject, CALLING_STATION, value.rest()),
        Kind::NAS_PORT_ID => notes.fact_display(subject, NAS_PORT_ID, TextOrHex(value.rest())),
        Kind::CONNECT_INFO => notes.fact_bytes(subject, CONNECT_INFO, value.rest()),
        Kind::FRAMED_IP_ADDRESS => {
            if let Some(ip) = ip4(value) {
                notes.binding(station, ip, FRAMED_IP_ADDRESS);
            }
        }
        Kind::VENDOR_SPECIFIC => {
            if let Ok(ARUBA) = value.u32_be() {
                for (_, text) in vendor_attributes(value).filter(|(kind, _)| *kind == 12) {
                    notes.fact_bytes(subject, ARUBA_DEVICE_TYPE, text);
                }
            }
        }
        _other => {}
    }
}

/// Vendor type and value of each attribute in a Vendor-Specific attribute (RFC 2865, 5.26).
fn vendor_attributes(mut value: Reader<'_>) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let kind = value.u8().ok()?;
        let length = usize::from(value.u8().ok()?).checked_sub(2)?;
        Some((kind, value.take(length).ok()?))
    })
}

/// An address; the two highest ones mean that the user or the server chooses (RFC 2865, 5.8).
fn ip4(mut value: Reader<'_>) -> Option<IpAddr> {
    let ip = Ipv4Addr::from(value.array::<4>().ok()?);
    let is_choice = ip.octets().starts_with(&[255, 255, 255]);
    (!is_choice && !ip.is_unspecified()).then_some(IpAddr::V4(ip))
}
