//! A live interface: AF_PACKET with TPACKET_V3 rings (Linux `Documentation/networking/packet_mmap.rst`).
//!
//! The socket only ever receives. Several rings share the interface by PACKET_FANOUT; the kernel's filter keeps out
//! what is not asked for; drops are counted by the kernel.

mod ring;

use std::io;

use crate::{Block, Counters, Error, Filter, LinkType, Progress, Source};
use ring::{Packet, Ring};

/// How an interface is listened on.
#[derive(Debug, Clone)]
pub struct LiveOptions {
    /// Only packets that pass.
    pub filter: Option<Filter>,
    /// Rings that share the interface by flow.
    pub rings: usize,
    /// Bytes of each ring.
    pub ring_bytes: usize,
    /// Whether to take frames that are not for this station, as a mirror port needs.
    pub promiscuous: bool,
}

/// An interface that is listened on.
#[derive(Debug)]
pub struct LiveSource {
    interface: String,
    rings: Vec<Ring>,
    link: LinkType,
    is_loopback: bool,
    frames: u64,
    bytes: u64,
    lost: u64,
}

/// How long a call waits for packets.
const WAIT_MS: i32 = 100;
/// `ARPHRD_` numbers of Linux.
const ARPHRD_LOOPBACK: u16 = 772;
const ARPHRD_RADIOTAP: u16 = 803;
const ARPHRD_NONE: u16 = 0xfffe;
const ARPHRD_PPP: u16 = 512;

impl Default for LiveOptions {
    fn default() -> Self {
        Self { filter: None, rings: 1, ring_bytes: 32 << 20, promiscuous: true }
    }
}

impl LiveSource {
    /// Starts to listen.
    ///
    /// # Errors
    /// When there is no such interface, it is not allowed, or the kernel refuses the ring.
    pub fn open(interface: &str, options: LiveOptions) -> Result<Self, Error> {
        let failed = |step: &'static str| {
            move |source: io::Error| Error::Interface { interface: interface.to_owned(), step, source }
        };
        let index = ring::interface_index(interface)
            .map_err(failed("there is no such interface; `ip link` lists them"))?;
        let program = match options.filter.as_ref().map(Filter::compile).transpose() {
            Ok(program) => program,
            Err(error) => return Err(failed("the filter cannot be compiled")(io::Error::other(error))),
        };
        let hardware = ring::hardware_type(index).map_err(failed(NOT_ALLOWED))?;
        let count = options.rings.max(1);
        let mut rings = Vec::with_capacity(count);
        for _ in 0..count {
            let ring = Ring::open(index, options.ring_bytes, options.promiscuous, program.as_ref());
            rings.push(ring.map_err(failed(NOT_ALLOWED))?);
        }
        if count > 1 {
            let group = u16::try_from(std::process::id() & 0xffff).unwrap_or_default();
            for ring in &rings {
                ring.join(group)
                    .map_err(failed("the kernel refuses to share the interface between rings"))?;
            }
        }
        let link = match hardware {
            ARPHRD_RADIOTAP => LinkType::new(127),
            ARPHRD_NONE | ARPHRD_PPP => LinkType::RAW,
            _ => LinkType::ETHERNET,
        };
        let is_loopback = hardware == ARPHRD_LOOPBACK;
        Ok(Self { interface: interface.to_owned(), rings, link, is_loopback, frames: 0, bytes: 0, lost: 0 })
    }

    /// Copies what one ring has into the block.
    fn drain(&mut self, index: usize, block: &mut Block) {
        let Some(ring) = self.rings.get_mut(index) else { return };
        let (link, is_loopback) = (self.link, self.is_loopback);
        let (frames, bytes) = (&mut self.frames, &mut self.bytes);
        ring.take_block(|packet| {
            // The loopback interface shows every packet twice: going out and coming in.
            if is_loopback && packet.is_outgoing {
                return;
            }
            *frames += 1;
            *bytes += u64::from(packet.original_len);
            push(block, *frames, link, &packet);
        });
    }

    fn read_losses(&mut self) -> Result<(), Error> {
        for ring in &self.rings {
            let lost = ring.losses().map_err(|source| Error::Interface {
                interface: self.interface.clone(),
                step: "the kernel does not tell what it dropped",
                source,
            })?;
            self.lost += lost;
        }
        Ok(())
    }
}

impl Source for LiveSource {
    fn read(&mut self, block: &mut Block) -> Result<Progress, Error> {
        block.clear();
        for index in 0..self.rings.len() {
            self.drain(index, block);
        }
        if !block.is_empty() {
            block.entries.sort_by_key(|entry| entry.at);
            return Ok(Progress::Packets);
        }
        self.read_losses()?;
        ring::wait(&self.rings, WAIT_MS).map_err(|source| Error::Interface {
            interface: self.interface.clone(),
            step: "the interface went away",
            source,
        })?;
        Ok(Progress::Idle)
    }

    fn counters(&self) -> Counters {
        Counters { frames: self.frames, bytes_read: self.bytes, lost: self.lost, filtered: 0 }
    }
}

/// Adds a packet, with the VLAN tag that the kernel took off back in its place.
fn push(block: &mut Block, number: u64, link: LinkType, packet: &Packet<'_>) {
    let Some((tpid, tci)) = packet.vlan else {
        return block.push(number, packet.at, link, packet.original_len, [packet.bytes, &[], &[]]);
    };
    let (addresses, rest) = packet.bytes.split_at(packet.bytes.len().min(12));
    let [a, b] = tpid.to_be_bytes();
    let [c, d] = tci.to_be_bytes();
    block.push(
        number,
        packet.at,
        link,
        packet.original_len.saturating_add(4),
        [addresses, &[a, b, c, d], rest],
    );
}

const NOT_ALLOWED: &str =
    "listening needs the capability CAP_NET_RAW; run as root or `setcap cap_net_raw+ep` the binary";
