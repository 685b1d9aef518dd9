//! The DHCP message (RFC 2131, figure 1) and its options (RFC 2132, 2).

use std::net::Ipv4Addr;

use model::MacAddr;
use wire::{Limit, Reader, Result};

/// A DHCP message with its options unread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) operation: Operation,
    hardware_type: u8,
    hardware_length: u8,
    pub(super) hops: u8,
    pub(super) client_ip: Ipv4Addr,
    pub(super) your_ip: Ipv4Addr,
    pub(super) next_server_ip: Ipv4Addr,
    pub(super) relay_ip: Ipv4Addr,
    client_hardware: [u8; 6],
    server_name: &'a [u8],
    boot_file: &'a [u8],
    options: &'a [u8],
    overload: u8,
}

/// `op`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operation(u8);

/// Option 53 (RFC 2132, 9.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MessageType(pub(super) u8);

/// Code of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(pub(super) u8);

/// An option.
#[derive(Debug, Clone, Copy)]
pub(super) struct DhcpOption<'a> {
    pub(super) code: Code,
    pub(super) data: &'a [u8],
}

/// How the options end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// With option 255.
    End,
    /// Without it.
    Missing,
    /// In the middle of an option.
    Overrun,
}

/// One field of options, being read.
#[derive(Debug, Clone)]
pub(super) struct Area<'a> {
    reader: Reader<'a>,
    ending: Option<Ending>,
}

/// Most options that are read of one message.
pub(super) const OPTIONS: Limit = Limit::new("dhcp_options", 128, "there are not many more codes in use");

const COOKIE: [u8; 4] = [0x63, 0x82, 0x53, 0x63];

impl Operation {
    pub(super) const REPLY: Self = Self(2);
}

impl MessageType {
    pub(super) const OFFER: Self = Self(2);
    pub(super) const REQUEST: Self = Self(3);
    pub(super) const ACK: Self = Self(5);
    pub(super) const NAK: Self = Self(6);
    pub(super) const INFORM: Self = Self(8);

    /// Whether only servers send it: these, and the answers to lease queries (RFC 4388, 6.1).
    pub(super) const fn is_of_server(self) -> bool {
        matches!(self, Self::OFFER | Self::ACK | Self::NAK | Self(9 | 11 | 12 | 13))
    }
}

impl Code {
    const PAD: Self = Self(0);
    pub(super) const ROUTER: Self = Self(3);
    pub(super) const TIME_SERVER: Self = Self(4);
    pub(super) const NAME_SERVER: Self = Self(6);
    pub(super) const LOG_SERVER: Self = Self(7);
    pub(super) const HOST_NAME: Self = Self(12);
    pub(super) const DOMAIN_NAME: Self = Self(15);
    pub(super) const NTP_SERVER: Self = Self(42);
    pub(super) const VENDOR_SPECIFIC: Self = Self(43);
    pub(super) const NETBIOS_NAME_SERVER: Self = Self(44);
    pub(super) const REQUESTED_ADDRESS: Self = Self(50);
    const OVERLOAD: Self = Self(52);
    const MESSAGE_TYPE: Self = Self(53);
    pub(super) const SERVER_IDENTIFIER: Self = Self(54);
    pub(super) const PARAMETER_REQUEST_LIST: Self = Self(55);
    pub(super) const MAX_MESSAGE_SIZE: Self = Self(57);
    pub(super) const VENDOR_CLASS: Self = Self(60);
    pub(super) const CLIENT_IDENTIFIER: Self = Self(61);
    pub(super) const TFTP_SERVER_NAME: Self = Self(66);
    pub(super) const BOOT_FILE_NAME: Self = Self(67);
    pub(super) const USER_CLASS: Self = Self(77);
    pub(super) const CLIENT_FQDN: Self = Self(81);
    pub(super) const RELAY_AGENT: Self = Self(82);
    pub(super) const CLIENT_ARCHITECTURE: Self = Self(93);
    pub(super) const CLIENT_INTERFACE: Self = Self(94);
    pub(super) const CLIENT_MACHINE: Self = Self(97);
    pub(super) const VENDOR_CLASS_BY_ENTERPRISE: Self = Self(124);
    pub(super) const VENDOR_OPTIONS_BY_ENTERPRISE: Self = Self(125);
    pub(super) const CAPWAP_CONTROLLER: Self = Self(138);
    pub(super) const TFTP_SERVER_ADDRESS: Self = Self(150);
    pub(super) const MUD_URL: Self = Self(161);
    const END: Self = Self(255);
}

impl<'a> Message<'a> {
    /// The message, if the bytes are one: operation 1 or 2 and the cookie.
    pub(super) fn recognize(bytes: &'a [u8]) -> Option<Self> {
        if !matches!(bytes.first(), Some(1 | 2)) {
            return None;
        }
        Self::read(&mut Reader::closed(bytes)).ok().flatten()
    }

    fn read(reader: &mut Reader<'a>) -> Result<Option<Self>> {
        let mut message = Self {
            operation: Operation(reader.u8()?),
            hardware_type: reader.u8()?,
            hardware_length: reader.u8()?,
            hops: reader.u8()?,
            client_ip: {
                // Transaction id, seconds, flags.
                reader.skip(8)?;
                Ipv4Addr::from(reader.array::<4>()?)
            },
            your_ip: Ipv4Addr::from(reader.array::<4>()?),
            next_server_ip: Ipv4Addr::from(reader.array::<4>()?),
            relay_ip: Ipv4Addr::from(reader.array::<4>()?),
            client_hardware: reader.array()?,
            server_name: {
                // The rest of `chaddr`.
                reader.skip(10)?;
                reader.take(64)?
            },
            boot_file: reader.take(128)?,
            options: &[],
            overload: 0,
        };
        if reader.array::<4>()? != COOKIE {
            return Ok(None);
        }
        message.options = reader.rest();
        message.overload =
            message.find(Code::OVERLOAD).and_then(|data| data.first().copied()).unwrap_or_default();
        Ok(Some(message))
    }

    /// The client's link-layer address, if it is that of one Ethernet or IEEE 802 station.
    pub(super) fn client(&self) -> Option<MacAddr> {
        let mac = MacAddr::new(self.client_hardware);
        (matches!(self.hardware_type, 1 | 6) && self.hardware_length == 6 && mac.is_station()).then_some(mac)
    }

    /// Whether a relay passed it on, or is to pass it on.
    pub(super) const fn is_relayed(&self) -> bool {
        !self.relay_ip.is_unspecified()
    }

    /// Option 53.
    pub(super) fn message_type(&self) -> Option<MessageType> {
        self.find(Code::MESSAGE_TYPE).and_then(|data| data.first().copied()).map(MessageType)
    }

    /// `sname`, unless it holds options.
    pub(super) fn server_name(&self) -> Option<&'a [u8]> {
        (self.overload & 2 == 0).then(|| up_to_zero(self.server_name))
    }

    /// `file`, unless it holds options.
    pub(super) fn boot_file(&self) -> Option<&'a [u8]> {
        (self.overload & 1 == 0).then(|| up_to_zero(self.boot_file))
    }

    /// The data of the first option `code`.
    pub(super) fn find(&self, code: Code) -> Option<&'a [u8]> {
        self.options().find(|option| option.code == code).map(|option| option.data)
    }

    /// The options in the order sent, without padding and end, as many as the limit allows; those in `file` and
    /// `sname` after the others (RFC 2131, 4.1).
    pub(super) fn options(&self) -> impl Iterator<Item = DhcpOption<'a>> + Clone + use<'a> {
        let file = if self.overload & 1 == 0 { &[] } else { self.boot_file };
        let name = if self.overload & 2 == 0 { &[] } else { self.server_name };
        Area::new(self.options).chain(Area::new(file)).chain(Area::new(name)).take(OPTIONS.max)
    }

    /// How the options field ends.
    pub(super) fn ending(&self) -> Ending {
        let mut area = Area::new(self.options);
        while area.next().is_some() {}
        area.ending.unwrap_or(Ending::Missing)
    }
}

impl<'a> Area<'a> {
    /// Options, or sub-options of the same shape, in `bytes`.
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { reader: Reader::closed(bytes), ending: None }
    }
}

impl<'a> Iterator for Area<'a> {
    type Item = DhcpOption<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ending.is_none() {
            match self.reader.u8().map(Code) {
                Err(_) => self.ending = Some(Ending::Missing),
                Ok(Code::PAD) => {}
                Ok(Code::END) => self.ending = Some(Ending::End),
                Ok(code) => match self.reader.u8().and_then(|length| self.reader.take(usize::from(length))) {
                    Ok(data) => return Some(DhcpOption { code, data }),
                    Err(_) => self.ending = Some(Ending::Overrun),
                },
            }
        }
        None
    }
}

fn up_to_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}
