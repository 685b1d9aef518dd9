//! DHCPv6 messages (RFC 8415, 8 and 9) and options (21).

use std::net::Ipv6Addr;

use model::MacAddr;
use wire::{Limit, Reader, Result};

/// A message between client and server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) kind: Kind,
    options: Reader<'a>,
}

/// A relay agent's message, with the message that it relays unread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relay<'a> {
    pub(super) link: Ipv6Addr,
    pub(super) peer: Ipv6Addr,
    options: Reader<'a>,
}

/// A message and the relays that passed it on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relayed<'a> {
    /// The relay message next to the receiver.
    pub(super) outer: Option<Relay<'a>>,
    /// The relay message next to the client.
    pub(super) inner: Option<Relay<'a>>,
    /// What was relayed, or why it cannot be had.
    pub(super) message: std::result::Result<Message<'a>, Unread>,
}

/// Why there is no message in a relay message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// There is none, or it has no message type that is known.
    Empty,
    /// It is deeper than the limit.
    TooDeep,
}

/// `msg-type` (7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(pub(super) u8);

/// Option code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(pub(super) u16);

/// An option.
#[derive(Debug, Clone, Copy)]
pub(super) struct DhcpOption<'a> {
    pub(super) code: Code,
    pub(super) data: Reader<'a>,
}

/// A DHCP unique identifier (11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duid {
    /// By link-layer address and time.
    LinkAddressTime(MacAddr),
    /// By a number that an enterprise gave.
    Enterprise(u32),
    /// By link-layer address.
    LinkAddress(MacAddr),
    /// Another.
    Other,
}

/// Most options that are read of one message.
pub(super) const OPTIONS: Limit = Limit::new("dhcpv6_options", 128, "there are not many more codes in use");

/// Most relays that pass a message on (`HOP_COUNT_LIMIT`, 7.6).
pub(super) const RELAYS: Limit = Limit::new("dhcpv6_relays", 8, "the standard's limit of hops");

impl Kind {
    pub(super) const ADVERTISE: Self = Self(2);
    pub(super) const REPLY: Self = Self(7);
    pub(super) const RECONFIGURE: Self = Self(10);
    pub(super) const INFORMATION_REQUEST: Self = Self(11);
    const RELAY_FORWARD: Self = Self(12);
    const RELAY_REPLY: Self = Self(13);

    /// Whether a server sends it.
    pub(super) const fn is_of_server(self) -> bool {
        matches!(self, Self::ADVERTISE | Self::REPLY | Self::RECONFIGURE)
    }

    const fn is_relay(self) -> bool {
        matches!(self, Self::RELAY_FORWARD | Self::RELAY_REPLY)
    }
}

impl Code {
    pub(super) const CLIENT_ID: Self = Self(1);
    pub(super) const SERVER_ID: Self = Self(2);
    pub(super) const ADDRESSES: Self = Self(3);
    pub(super) const ADDRESS: Self = Self(5);
    pub(super) const OPTION_REQUEST: Self = Self(6);
    const ELAPSED_TIME: Self = Self(8);
    const RELAY_MESSAGE: Self = Self(9);
    pub(super) const USER_CLASS: Self = Self(15);
    pub(super) const VENDOR_CLASS: Self = Self(16);
    pub(super) const VENDOR_OPTIONS: Self = Self(17);
    pub(super) const INTERFACE_ID: Self = Self(18);
    pub(super) const DNS_SERVERS: Self = Self(23);
    pub(super) const SEARCH_LIST: Self = Self(24);
    pub(super) const SNTP_SERVERS: Self = Self(31);
    pub(super) const CLIENT_FQDN: Self = Self(39);
    pub(super) const NTP_SERVER: Self = Self(56);
    pub(super) const CLIENT_LINK_ADDRESS: Self = Self(79);
    pub(super) const MUD_URL: Self = Self(112);
}

impl<'a> Relayed<'a> {
    /// The message, if the bytes are one: a known type, and an option that shows it.
    pub(super) fn recognize(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::closed(bytes);
        let mut all = match reader.peek()? {
            1..=11 => options(Message::read(&mut reader).ok()?.options),
            12 | 13 => options(Relay::read(&mut reader).ok()?.options),
            _unknown => return None,
        };
        all.any(|option| option.is_telling()).then(|| Self::unwrap(bytes))
    }

    fn unwrap(bytes: &'a [u8]) -> Self {
        let mut relayed = Self { outer: None, inner: None, message: Err(Unread::TooDeep) };
        let mut reader = Reader::closed(bytes);
        for _hop in 0..=RELAYS.max {
            if !reader.peek().is_some_and(|kind| Kind(kind).is_relay()) {
                relayed.message = Message::read(&mut reader).map_err(|_| Unread::Empty);
                return relayed;
            }
            let Ok(relay) = Relay::read(&mut reader) else {
                relayed.message = Err(Unread::Empty);
                return relayed;
            };
            relayed.outer = relayed.outer.or(Some(relay));
            relayed.inner = Some(relay);
            let message = relay.options().find(|option| option.code == Code::RELAY_MESSAGE);
            reader = message.map_or(Reader::closed(&[]), |option| option.data);
        }
        relayed
    }
}

impl<'a> Message<'a> {
    /// Message type and transaction, options.
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let kind = Kind(reader.u8()?);
        reader.skip(3)?;
        Ok(Self { kind, options: Reader::closed(reader.rest()) })
    }

    /// The options in the order sent, as many as the limit allows.
    pub(super) fn options(&self) -> impl Iterator<Item = DhcpOption<'a>> + Clone + use<'a> {
        options(self.options)
    }

    /// Whether the options are broken or go on behind what [`Message::options`] gives.
    pub(super) fn rest(&self) -> Rest {
        let mut reader = self.options;
        for _option in 0..OPTIONS.max {
            if reader.is_empty() {
                return Rest::Nothing;
            }
            if DhcpOption::read(&mut reader).is_err() {
                return Rest::Broken;
            }
        }
        if reader.is_empty() { Rest::Nothing } else { Rest::More }
    }
}

/// What is behind the options that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing.
    Nothing,
    /// An option that reaches past the end.
    Broken,
    /// More options than the limit allows.
    More,
}

impl<'a> Relay<'a> {
    /// Message type, hop count, addresses, options.
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        reader.skip(2)?;
        Ok(Self {
            link: Ipv6Addr::from(reader.array::<16>()?),
            peer: Ipv6Addr::from(reader.array::<16>()?),
            options: Reader::closed(reader.rest()),
        })
    }

    /// The relay's options.
    pub(super) fn options(&self) -> impl Iterator<Item = DhcpOption<'a>> + Clone + use<'a> {
        options(self.options)
    }

    /// The client's link-layer address, if the relay tells it (RFC 6939).
    pub(super) fn client(&self) -> Option<MacAddr> {
        let mut option = self.options().find(|option| option.code == Code::CLIENT_LINK_ADDRESS)?;
        link_address(&mut option.data).ok().flatten()
    }
}

impl<'a> DhcpOption<'a> {
    /// Code, length, data.
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let code = Code(reader.u16_be()?);
        let length = reader.u16_be()?;
        Ok(Self { code, data: reader.sub(usize::from(length))? })
    }

    /// Whether it is an option that one of every kind of message has, and looks like it: an identifier of a known
    /// type, an elapsed time, a relayed message.
    fn is_telling(self) -> bool {
        let mut data = self.data;
        match self.code {
            Code::CLIENT_ID | Code::SERVER_ID => matches!(data.u16_be(), Ok(1..=4)),
            Code::ELAPSED_TIME => data.remaining() == 2,
            Code::RELAY_MESSAGE => true,
            _other => false,
        }
    }
}

impl Duid {
    /// Type, and what it is made of.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<(u16, Self)> {
        let kind = reader.u16_be()?;
        let duid = match kind {
            1 => {
                let hardware = reader.array::<2>()?;
                // Seconds since 2000.
                reader.skip(4)?;
                ethernet(hardware, reader)?.map_or(Self::Other, Self::LinkAddressTime)
            }
            2 => Self::Enterprise(reader.u32_be()?),
            3 => link_address(reader)?.map_or(Self::Other, Self::LinkAddress),
            _other => Self::Other,
        };
        Ok((kind, duid))
    }
}

/// Options, or options within an option, in the order sent.
pub(super) fn options(mut reader: Reader<'_>) -> impl Iterator<Item = DhcpOption<'_>> + Clone {
    std::iter::from_fn(move || DhcpOption::read(&mut reader).ok()).take(OPTIONS.max)
}

/// Hardware type and address; `None` for other hardware than Ethernet.
fn link_address(reader: &mut Reader<'_>) -> Result<Option<MacAddr>> {
    let hardware = reader.array::<2>()?;
    ethernet(hardware, reader)
}

fn ethernet(hardware: [u8; 2], reader: &mut Reader<'_>) -> Result<Option<MacAddr>> {
    let is_ethernet = matches!(u16::from_be_bytes(hardware), 1 | 6) && reader.remaining() == 6;
    if is_ethernet { reader.array().map(MacAddr::new).map(Some) } else { Ok(None) }
}
