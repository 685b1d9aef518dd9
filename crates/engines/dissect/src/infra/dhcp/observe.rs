//! What a DHCP message says about stations.
//!
//! What a client asks is about the client, whoever passes it on. What a server answers is about the client (its
//! address and names), about the stations that it names (routers, servers), and only in its own identifier about
//! itself.

use std::net::{IpAddr, Ipv4Addr};

use model::{Field, MacAddr, Subject};
use wire::{Limit, Reader};

use super::anomaly::DhcpAnomaly;
use super::message::{Area, Code, DhcpOption, Message, MessageType};
use super::session::note;
use crate::Notes;
use crate::display::{Guid, Hex, Labels, Listed, TextOrHex, printable};

const MESSAGE_TYPE: Field = Field::new("dhcp.option.dhcp");
const OPTION_ORDER: Field = Field::new("dhcp.option_order");
const CLIENT_IP: Field = Field::new("dhcp.ip.client");
const YOUR_IP: Field = Field::new("dhcp.ip.your");
const NEXT_SERVER_IP: Field = Field::new("dhcp.ip.server");
const RELAY_IP: Field = Field::new("dhcp.ip.relay");
const SERVER_NAME: Field = Field::new("dhcp.server");
const BOOT_FILE: Field = Field::new("dhcp.file");
const HOST_NAME: Field = Field::new("dhcp.option.hostname");
const DOMAIN_NAME: Field = Field::new("dhcp.option.domain_name");
const VENDOR_SPECIFIC: Field = Field::new("dhcp.option.vendor.value");
const CABLE_SERIAL: Field = Field::new("dhcp.option.vendor.cl.serial_number");
const CABLE_HARDWARE: Field = Field::new("dhcp.option.vendor.cl.hardware_version");
const CABLE_SOFTWARE: Field = Field::new("dhcp.option.vendor.cl.software_version");
const CABLE_MODEL: Field = Field::new("dhcp.option.vendor.cl.model_number");
const CABLE_VENDOR: Field = Field::new("dhcp.option.vendor.cl.vendor_name10");
const REQUESTED_ADDRESS: Field = Field::new("dhcp.option.requested_ip_address");
const SERVER_IDENTIFIER: Field = Field::new("dhcp.option.dhcp_server_id");
const REQUEST_LIST: Field = Field::new("dhcp.option.request_list_item");
const MAX_MESSAGE_SIZE: Field = Field::new("dhcp.option.dhcp_max_message_size");
const VENDOR_CLASS: Field = Field::new("dhcp.option.vendor_class_id");
const CLIENT_ID: Field = Field::new("dhcp.client_id.undef");
const CLIENT_ID_MAC: Field = Field::new("dhcp.hw.mac_addr");
const DUID_ENTERPRISE: Field = Field::new("dhcp.client_id.enterprise_num");
const BOOT_FILE_NAME: Field = Field::new("dhcp.option.bootfile_name");
const TFTP_SERVER_NAME: Field = Field::new("dhcp.option.tftp_server_name");
const USER_CLASS: Field = Field::new("dhcp.option.user_class.text");
const FQDN: Field = Field::new("dhcp.fqdn.name");
const CIRCUIT_ID: Field = Field::new("dhcp.option.agent_information_option.agent_circuit_id");
const REMOTE_ID: Field = Field::new("dhcp.option.agent_information_option.agent_remote_id");
const ARCHITECTURE: Field = Field::new("dhcp.option.client_system_architecture");
const INTERFACE_MAJOR: Field = Field::new("dhcp.client_network_id_major");
const MACHINE: Field = Field::new("dhcp.client_id.uuid");
const ENTERPRISE_CLASS: Field = Field::new("dhcp.option.vi_class.enterprise");
const ENTERPRISE_CLASS_DATA: Field = Field::new("dhcp.option.vi_class.data");
const ENTERPRISE: Field = Field::new("dhcp.option.vi.enterprise");
const DEVICE_OUI: Field = Field::new("dhcp.option.vi.tr111.device_manufacturer_oui");
const DEVICE_SERIAL: Field = Field::new("dhcp.option.vi.tr111.device_serial_number");
const DEVICE_CLASS: Field = Field::new("dhcp.option.vi.tr111.device_product_class");
const GATEWAY_OUI: Field = Field::new("dhcp.option.vi.tr111.gateway_manufacturer_oui");
const GATEWAY_SERIAL: Field = Field::new("dhcp.option.vi.tr111.gateway_serial_number");
const GATEWAY_CLASS: Field = Field::new("dhcp.option.vi.tr111.gateway_product_class");
const MUD_URL: Field = Field::new("dhcp.option.mudurl");
const ROUTER: Field = Field::new("dhcp.option.router");
const TIME_SERVER: Field = Field::new("dhcp.option.time_server");
const NAME_SERVER: Field = Field::new("dhcp.option.domain_name_server");
const LOG_SERVER: Field = Field::new("dhcp.option.log_server");
const NTP_SERVER: Field = Field::new("dhcp.option.ntp_server");
const NETBIOS_NAME_SERVER: Field = Field::new("dhcp.option.netbios_over_tcpip_name_server");
const CAPWAP_CONTROLLER: Field = Field::new("dhcp.option.capwap_access_controller");
const TFTP_SERVER_ADDRESS: Field = Field::new("dhcp.option.tftp_server_address");

pub(super) const FIELDS: &[Field] = &[
    MESSAGE_TYPE,
    OPTION_ORDER,
    CLIENT_IP,
    YOUR_IP,
    NEXT_SERVER_IP,
    RELAY_IP,
    SERVER_NAME,
    BOOT_FILE,
    HOST_NAME,
    DOMAIN_NAME,
    VENDOR_SPECIFIC,
    CABLE_SERIAL,
    CABLE_HARDWARE,
    CABLE_SOFTWARE,
    CABLE_MODEL,
    CABLE_VENDOR,
    REQUESTED_ADDRESS,
    SERVER_IDENTIFIER,
    REQUEST_LIST,
    MAX_MESSAGE_SIZE,
    VENDOR_CLASS,
    CLIENT_ID,
    CLIENT_ID_MAC,
    DUID_ENTERPRISE,
    BOOT_FILE_NAME,
    TFTP_SERVER_NAME,
    USER_CLASS,
    FQDN,
    CIRCUIT_ID,
    REMOTE_ID,
    ARCHITECTURE,
    INTERFACE_MAJOR,
    MACHINE,
    ENTERPRISE_CLASS,
    ENTERPRISE_CLASS_DATA,
    ENTERPRISE,
    DEVICE_OUI,
    DEVICE_SERIAL,
    DEVICE_CLASS,
    GATEWAY_OUI,
    GATEWAY_SERIAL,
    GATEWAY_CLASS,
    MUD_URL,
    ROUTER,
    TIME_SERVER,
    NAME_SERVER,
    LOG_SERVER,
    NTP_SERVER,
    NETBIOS_NAME_SERVER,
    CAPWAP_CONTROLLER,
    TFTP_SERVER_ADDRESS,
];

/// Options of a reply that name stations by address: each station has the role that the option says.
const STATIONS: &[(Code, Field)] = &[
    (Code::ROUTER, ROUTER),
    (Code::TIME_SERVER, TIME_SERVER),
    (Code::NAME_SERVER, NAME_SERVER),
    (Code::LOG_SERVER, LOG_SERVER),
    (Code::NTP_SERVER, NTP_SERVER),
    (Code::NETBIOS_NAME_SERVER, NETBIOS_NAME_SERVER),
    (Code::CAPWAP_CONTROLLER, CAPWAP_CONTROLLER),
    (Code::TFTP_SERVER_ADDRESS, TFTP_SERVER_ADDRESS),
];

/// Most stations that are read of one option.
const ADDRESSES: Limit = Limit::new("dhcp_addresses", 16, "no network has more servers of one kind");

/// Vendor classes whose option 43 has the sub-options of CableLabs (CL-SP-CANN-DHCP-Reg).
const CABLE_CLASSES: &[&[u8]] = &[b"docsis", b"pktc", b"OpenCable", b"CableHome"];

/// Enterprise of the Broadband Forum (TR-111).
const BROADBAND_FORUM: u32 = 3561;

/// What a client says about itself.
pub(super) fn request(message: &Message<'_>, notes: &mut Notes) {
    let client = match message.client() {
        Some(mac) => Subject::Mac(mac),
        None if message.is_relayed() || message.hops > 0 => return,
        None => Subject::Sender,
    };
    let kind = message.message_type();
    if let (Some(mac), Some(MessageType::REQUEST | MessageType::INFORM)) = (message.client(), kind) {
        notes.binding(mac, IpAddr::V4(message.client_ip), CLIENT_IP);
    }
    if let Some(MessageType(number)) = kind {
        notes.fact_display(client, MESSAGE_TYPE, number);
    }
    let codes = message.options().map(|option| option.code.0);
    notes.fact_display(client, OPTION_ORDER, Listed(codes, ','));
    relay(message, notes);
    for option in message.options() {
        client_option(client, message, option, notes);
    }
}

/// What a server says about its client, its network and itself.
pub(super) fn reply(message: &Message<'_>, notes: &mut Notes) {
    let kind = message.message_type();
    if !matches!(kind, None | Some(MessageType::OFFER | MessageType::ACK)) {
        return server(message, notes);
    }
    if let Some(mac) = message.client() {
        notes.binding(mac, IpAddr::V4(message.your_ip), YOUR_IP);
        for option in message.options() {
            given_name(Subject::Mac(mac), option, notes);
        }
        boot(mac, message, notes);
    }
    server(message, notes);
    relay(message, notes);
    for option in message.options() {
        if let Some((_, field)) = STATIONS.iter().find(|(code, _)| *code == option.code) {
            stations(option.data, *field, notes);
        }
    }
}

/// The server's own identifier; its vendor identity when nobody is between.
fn server(message: &Message<'_>, notes: &mut Notes) {
    let identifier = message.find(Code::SERVER_IDENTIFIER).and_then(address);
    if message.is_relayed() {
        if let Some(ip) = identifier {
            notes.fact_display(Subject::Ip(IpAddr::V4(ip)), SERVER_IDENTIFIER, ip);
        }
        return;
    }
    if let Some(ip) = identifier {
        notes.fact_display(Subject::Sender, SERVER_IDENTIFIER, ip);
    }
    if let Some(data) = message.find(Code::VENDOR_OPTIONS_BY_ENTERPRISE) {
        let fields = [(Code(4), GATEWAY_OUI), (Code(5), GATEWAY_SERIAL), (Code(6), GATEWAY_CLASS)];
        for (enterprise, options) in by_enterprise(data) {
            if enterprise == BROADBAND_FORUM {
                sub_options(Subject::Sender, options, &fields, notes);
            }
        }
    }
}

fn relay(message: &Message<'_>, notes: &mut Notes) {
    if message.is_relayed() {
        notes.fact_display(Subject::Ip(IpAddr::V4(message.relay_ip)), RELAY_IP, message.relay_ip);
    }
}

fn client_option(client: Subject, message: &Message<'_>, option: DhcpOption<'_>, notes: &mut Notes) {
    let data = option.data;
    match option.code {
        Code::HOST_NAME => notes.fact_bytes(client, HOST_NAME, data),
        Code::DOMAIN_NAME => notes.fact_bytes(client, DOMAIN_NAME, data),
        Code::VENDOR_SPECIFIC => vendor_specific(client, message, data, notes),
        Code::REQUESTED_ADDRESS => fact_address(client, REQUESTED_ADDRESS, data, notes),
        Code::PARAMETER_REQUEST_LIST => notes.fact_display(client, REQUEST_LIST, Listed(data, ',')),
        Code::MAX_MESSAGE_SIZE => fact_u16(client, MAX_MESSAGE_SIZE, data, notes),
        Code::VENDOR_CLASS => notes.fact_bytes(client, VENDOR_CLASS, data),
        Code::CLIENT_IDENTIFIER => client_identifier(client, data, notes),
        Code::USER_CLASS => user_class(client, data, notes),
        Code::CLIENT_FQDN => fqdn(client, data, notes),
        Code::RELAY_AGENT => {
            sub_options(client, data, &[(Code(1), CIRCUIT_ID), (Code(2), REMOTE_ID)], notes);
        }
        Code::CLIENT_ARCHITECTURE => fact_u16(client, ARCHITECTURE, data, notes),
        Code::CLIENT_INTERFACE => client_interface(client, data, notes),
        Code::CLIENT_MACHINE => client_machine(client, data, notes),
        Code::VENDOR_CLASS_BY_ENTERPRISE => vendor_class(client, data, notes),
        Code::VENDOR_OPTIONS_BY_ENTERPRISE => vendor_options(client, data, notes),
        Code::MUD_URL => notes.fact_bytes(client, MUD_URL, data),
        _other => {}
    }
}

/// The name that a client is to use.
fn given_name(client: Subject, option: DhcpOption<'_>, notes: &mut Notes) {
    match option.code {
        Code::HOST_NAME => notes.fact_bytes(client, HOST_NAME, option.data),
        Code::DOMAIN_NAME => notes.fact_bytes(client, DOMAIN_NAME, option.data),
        Code::CLIENT_FQDN => fqdn(client, option.data, notes),
        _other => {}
    }
}

/// What the client is to boot, and from where. A boot server given as a URL may hold a password and is left out.
fn boot(client: MacAddr, message: &Message<'_>, notes: &mut Notes) {
    let client = Subject::Mac(client);
    let mut boots = false;
    let header = message.boot_file().unwrap_or_default();
    let option = message.find(Code::BOOT_FILE_NAME).unwrap_or_default();
    for (field, file) in [(BOOT_FILE, header), (BOOT_FILE_NAME, option)] {
        if !file.is_empty() && !file.contains(&b'@') {
            boots = true;
            notes.fact_bytes(client, field, file);
        }
    }
    let next = Subject::Ip(IpAddr::V4(message.next_server_ip));
    if boots && !message.next_server_ip.is_unspecified() {
        notes.fact_display(next, NEXT_SERVER_IP, message.next_server_ip);
        notes.fact_bytes(next, SERVER_NAME, message.server_name().unwrap_or_default());
    }
    let named = message.find(Code::TFTP_SERVER_NAME).and_then(printable);
    if let Some(ip) = named.and_then(|name| name.parse::<Ipv4Addr>().ok()) {
        notes.fact_display(Subject::Ip(IpAddr::V4(ip)), TFTP_SERVER_NAME, ip);
    }
}

fn stations(data: &[u8], field: Field, notes: &mut Notes) {
    let (addresses, _) = data.as_chunks::<4>();
    for octets in addresses.iter().take(ADDRESSES.max) {
        let ip = Ipv4Addr::from(*octets);
        if !ip.is_unspecified() && !ip.is_loopback() {
            notes.fact_display(Subject::Ip(IpAddr::V4(ip)), field, ip);
        }
    }
    if !ADDRESSES.allows(addresses.len()) {
        note(DhcpAnomaly::TooManyAddresses, notes);
    }
}

/// Option 43: its meaning depends on the vendor class.
fn vendor_specific(client: Subject, message: &Message<'_>, data: &[u8], notes: &mut Notes) {
    let class = message.find(Code::VENDOR_CLASS).unwrap_or_default();
    if !CABLE_CLASSES.iter().any(|prefix| class.starts_with(prefix)) {
        return notes.fact_display(client, VENDOR_SPECIFIC, Hex(data));
    }
    let fields = [
        (Code(4), CABLE_SERIAL),
        (Code(5), CABLE_HARDWARE),
        (Code(6), CABLE_SOFTWARE),
        (Code(9), CABLE_MODEL),
        (Code(10), CABLE_VENDOR),
    ];
    sub_options(client, data, &fields, notes);
}

/// Option 61 (RFC 2132, 9.14; RFC 4361, 6.1): a hardware address, text, or a DUID.
fn client_identifier(client: Subject, data: &[u8], notes: &mut Notes) {
    let mut reader = Reader::closed(data);
    match reader.u8() {
        Ok(0) => notes.fact_display(client, CLIENT_ID, TextOrHex(reader.rest())),
        Ok(1 | 6) if reader.remaining() == 6 => {
            if let Ok(octets) = reader.array() {
                notes.fact_display(client, CLIENT_ID_MAC, MacAddr::new(octets));
            }
        }
        Ok(255) => {
            // The association's identifier, then the type of the DUID: 2 is by enterprise (RFC 8415, 11.3).
            if let (Ok(_), Ok(2), Ok(number)) = (reader.skip(4), reader.u16_be(), reader.u32_be()) {
                notes.fact_display(client, DUID_ENTERPRISE, number);
            }
        }
        Ok(_) | Err(_) => {}
    }
}

/// Option 77: instances with a length each (RFC 3004, 4), or one bare text, as widely sent.
fn user_class(client: Subject, data: &[u8], notes: &mut Notes) {
    if let Some(text) = printable(data) {
        return notes.fact(client, USER_CLASS, text);
    }
    let mut reader = Reader::closed(data);
    while let Ok(instance) = reader.u8().and_then(|length| reader.take(usize::from(length))) {
        notes.fact_display(client, USER_CLASS, TextOrHex(instance));
    }
}

/// Option 81 (RFC 4702, 2): flags, two obsolete codes, and the name as labels or, deprecated, as text.
fn fqdn(client: Subject, data: &[u8], notes: &mut Notes) {
    const IN_LABELS: u8 = 0x04;
    let mut reader = Reader::closed(data);
    match (reader.u8(), reader.skip(2)) {
        (Ok(flags), Ok(())) if flags & IN_LABELS != 0 => {
            notes.fact_display(client, FQDN, Labels(reader.rest()))
        }
        (Ok(_), Ok(())) => notes.fact_bytes(client, FQDN, reader.rest()),
        (Ok(_) | Err(_), _) => {}
    }
}

/// Option 94 (RFC 4578, 2.2): type 1, then the version of UNDI.
fn client_interface(client: Subject, data: &[u8], notes: &mut Notes) {
    if let &[1, major, _minor] = data {
        notes.fact_display(client, INTERFACE_MAJOR, major);
    }
}

/// Option 97 (RFC 4578, 2.3): type 0, then a UUID whose first three parts are little-endian as in SMBIOS.
fn client_machine(client: Subject, data: &[u8], notes: &mut Notes) {
    let mut reader = Reader::closed(data);
    if let (Ok(0), Ok(octets)) = (reader.u8(), reader.array()) {
        notes.fact_display(client, MACHINE, Guid(octets));
    }
}

/// Option 124 (RFC 3925, 3).
fn vendor_class(client: Subject, data: &[u8], notes: &mut Notes) {
    for (enterprise, data) in by_enterprise(data) {
        notes.fact_display(client, ENTERPRISE_CLASS, enterprise);
        let mut reader = Reader::closed(data);
        while let Ok(class) = reader.u8().and_then(|length| reader.take(usize::from(length))) {
            notes.fact_display(client, ENTERPRISE_CLASS_DATA, TextOrHex(class));
        }
    }
}

/// Option 125 (RFC 3925, 4).
fn vendor_options(client: Subject, data: &[u8], notes: &mut Notes) {
    for (enterprise, options) in by_enterprise(data) {
        notes.fact_display(client, ENTERPRISE, enterprise);
        if enterprise == BROADBAND_FORUM {
            let fields = [(Code(1), DEVICE_OUI), (Code(2), DEVICE_SERIAL), (Code(3), DEVICE_CLASS)];
            sub_options(client, options, &fields, notes);
        }
    }
}

/// Enterprise numbers with their data; ends where it is broken.
fn by_enterprise(data: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut reader = Reader::closed(data);
    std::iter::from_fn(move || {
        let enterprise = reader.u32_be().ok()?;
        let length = reader.u8().ok()?;
        Some((enterprise, reader.take(usize::from(length)).ok()?))
    })
}

fn sub_options(subject: Subject, data: &[u8], fields: &[(Code, Field)], notes: &mut Notes) {
    for option in Area::new(data) {
        if let Some((_, field)) = fields.iter().find(|(code, _)| *code == option.code) {
            notes.fact_display(subject, *field, TextOrHex(option.data));
        }
    }
}

fn fact_address(subject: Subject, field: Field, data: &[u8], notes: &mut Notes) {
    if let Some(ip) = address(data) {
        notes.fact_display(subject, field, ip);
    }
}

fn fact_u16(subject: Subject, field: Field, data: &[u8], notes: &mut Notes) {
    if let Ok(number) = Reader::closed(data).u16_be() {
        notes.fact_display(subject, field, number);
    }
}

fn address(data: &[u8]) -> Option<Ipv4Addr> {
    Reader::closed(data).array::<4>().ok().map(Ipv4Addr::from).filter(|ip| !ip.is_unspecified())
}
