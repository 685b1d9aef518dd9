//! One AF_PACKET socket with its TPACKET_V3 ring: the only unsafe code of Bedrail.
//!
//! The kernel owns a block of the ring until it sets `TP_STATUS_USER`; from then until we give it back no one else
//! writes to it. Every length that the kernel put into the ring is checked against the block before it is used.
#![expect(unsafe_code, reason = "sockets and the shared ring of the kernel have no safe interface")]

use std::ffi::CString;
use std::io;
use std::mem::{offset_of, size_of};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};

use libc::{c_int, c_void, socklen_t};
use model::Timestamp;

use crate::Program;

/// A packet in the ring, valid while the block is ours.
#[derive(Debug)]
pub(super) struct Packet<'r> {
    pub(super) at: Timestamp,
    pub(super) original_len: u32,
    /// Protocol identifier and tag that the kernel took off.
    pub(super) vlan: Option<(u16, u16)>,
    pub(super) is_outgoing: bool,
    pub(super) bytes: &'r [u8],
}

/// A socket and the memory that it shares with the kernel.
#[derive(Debug)]
pub(super) struct Ring {
    socket: OwnedFd,
    memory: NonNull<u8>,
    blocks: usize,
    next: usize,
}

// SAFETY: the memory belongs to this value alone, and the socket may be used from any thread.
unsafe impl Send for Ring {}

/// Bytes of a block: a multiple of the page size that holds many packets.
const BLOCK: usize = 1 << 20;
/// A block is handed over after this time even if it is not full.
const RETIRE_MS: u32 = 20;
/// Nominal frame size; TPACKET_V3 packs frames of any size.
const FRAME: u32 = 2_048;

/// Number of an interface.
pub(super) fn interface_index(name: &str) -> io::Result<c_int> {
    let name = CString::new(name)?;
    // SAFETY: `name` is a C string that lives through the call.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    match c_int::try_from(index) {
        Ok(0) | Err(_) => Err(io::Error::new(io::ErrorKind::NotFound, "no such interface")),
        Ok(index) => Ok(index),
    }
}

/// The kernel's number for the kind of hardware (`ARPHRD_`).
pub(super) fn hardware_type(index: c_int) -> io::Result<u16> {
    let socket = open_socket()?;
    let mut address = link_address(index);
    bind(&socket, &address)?;
    let mut length = socklen_of::<libc::sockaddr_ll>();
    // SAFETY: `address` and `length` are valid for writing, and `length` is the size of `address`.
    let result =
        unsafe { libc::getsockname(socket.as_raw_fd(), ptr::from_mut(&mut address).cast(), &raw mut length) };
    checked(result)?;
    Ok(address.sll_hatype)
}

/// Waits until a ring has packets or the time is over.
pub(super) fn wait(rings: &[Ring], timeout_ms: c_int) -> io::Result<()> {
    let mut polls: Vec<libc::pollfd> = rings
        .iter()
        .map(|ring| libc::pollfd { fd: ring.socket.as_raw_fd(), events: libc::POLLIN, revents: 0 })
        .collect();
    let count = libc::nfds_t::try_from(polls.len()).map_err(io::Error::other)?;
    // SAFETY: `polls` holds `count` valid entries.
    let result = unsafe { libc::poll(polls.as_mut_ptr(), count, timeout_ms) };
    match checked(result) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
        Err(error) => Err(error),
        Ok(_) if polls.iter().any(|poll| poll.revents & libc::POLLERR != 0) => {
            Err(io::Error::from_raw_os_error(libc::ENETDOWN))
        }
        Ok(_) => Ok(()),
    }
}

impl Ring {
    pub(super) fn open(
        interface: c_int,
        bytes: usize,
        promiscuous: bool,
        program: Option<&Program>,
    ) -> io::Result<Self> {
        let socket = open_socket()?;
        set(&socket, libc::SOL_PACKET, libc::PACKET_VERSION, &libc::tpacket_versions::TPACKET_V3)?;
        let blocks = (bytes / BLOCK).max(2);
        set(&socket, libc::SOL_PACKET, libc::PACKET_RX_RING, &request(blocks)?)?;
        if let Some(program) = program {
            attach(&socket, program)?;
        }
        let ring = Self { memory: map(&socket, blocks * BLOCK)?, socket, blocks, next: 0 };
        bind(&ring.socket, &link_address(interface))?;
        if promiscuous {
            let membership = libc::packet_mreq {
                mr_ifindex: interface,
                mr_type: u16::try_from(libc::PACKET_MR_PROMISC).map_err(io::Error::other)?,
                mr_alen: 0,
                mr_address: [0; 8],
            };
            set(&ring.socket, libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &membership)?;
        }
        Ok(ring)
    }

    /// Shares the interface with the other rings of `group`, by flow.
    pub(super) fn join(&self, group: u16) -> io::Result<()> {
        let how = u32::from(group) | libc::PACKET_FANOUT_HASH << 16;
        set(&self.socket, libc::SOL_PACKET, libc::PACKET_FANOUT, &how)
    }

    /// Packets that the kernel dropped since the last call.
    pub(super) fn losses(&self) -> io::Result<u64> {
        let mut statistics = libc::tpacket_stats_v3 { tp_packets: 0, tp_drops: 0, tp_freeze_q_cnt: 0 };
        let mut length = socklen_of::<libc::tpacket_stats_v3>();
        // SAFETY: `statistics` and `length` are valid for writing, and `length` is the size of `statistics`.
        let result = unsafe {
            libc::getsockopt(
                self.socket.as_raw_fd(),
                libc::SOL_PACKET,
                libc::PACKET_STATISTICS,
                ptr::from_mut(&mut statistics).cast(),
                &raw mut length,
            )
        };
        checked(result)?;
        Ok(u64::from(statistics.tp_drops))
    }

    /// Hands over the packets of the next block, if the kernel is done with it, and gives it back.
    pub(super) fn take_block(&mut self, mut each: impl FnMut(Packet<'_>)) {
        let start = self.next * BLOCK;
        let status_at = start
            + offset_of!(libc::tpacket_block_desc, hdr)
            + offset_of!(libc::tpacket_hdr_v1, block_status);
        // SAFETY: `next` is less than `blocks`, so the word lies in the mapping, and the kernel aligns blocks to
        // pages. The status word is shared with the kernel, hence atomic.
        let status = unsafe { &*self.memory.as_ptr().add(status_at).cast::<AtomicU32>() };
        if status.load(Ordering::Acquire) & libc::TP_STATUS_USER == 0 {
            return;
        }
        // SAFETY: the block lies in the mapping, and the kernel does not write to it until it is given back below.
        let block = unsafe { std::slice::from_raw_parts(self.memory.as_ptr().add(start), BLOCK) };
        for_each_packet(block, &mut each);
        status.store(libc::TP_STATUS_KERNEL, Ordering::Release);
        self.next = (self.next + 1) % self.blocks;
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: the mapping has this address and length, and nothing borrows from it any more.
        unsafe {
            libc::munmap(self.memory.as_ptr().cast(), self.blocks * BLOCK);
        }
    }
}

/// Walks the packets of a block. Reads by offset into a checked slice: nothing here is unsafe.
fn for_each_packet(block: &[u8], each: &mut impl FnMut(Packet<'_>)) {
    let header = offset_of!(libc::tpacket_block_desc, hdr);
    let word = |at: usize| word_at(block, at);
    let count = word(header + offset_of!(libc::tpacket_hdr_v1, num_pkts)).unwrap_or(0);
    let mut at = word(header + offset_of!(libc::tpacket_hdr_v1, offset_to_first_pkt)).unwrap_or(0);
    for _ in 0..count {
        let Some((packet, next)) = packet_at(block, at) else { return };
        each(packet);
        if next == 0 {
            return;
        }
        at += next;
    }
}

/// The packet whose header stands at `at`, and the distance to the next.
fn packet_at(block: &[u8], at: usize) -> Option<(Packet<'_>, usize)> {
    let word = |field: usize| word_at(block, at + field);
    let seconds = word(offset_of!(libc::tpacket3_hdr, tp_sec))?;
    let nanos = word(offset_of!(libc::tpacket3_hdr, tp_nsec))?;
    let captured = word(offset_of!(libc::tpacket3_hdr, tp_snaplen))?;
    let original = word(offset_of!(libc::tpacket3_hdr, tp_len))?;
    let status = word(offset_of!(libc::tpacket3_hdr, tp_status))?;
    let next = word(offset_of!(libc::tpacket3_hdr, tp_next_offset))?;
    let mac = half_at(block, at + offset_of!(libc::tpacket3_hdr, tp_mac))?;
    let variant = offset_of!(libc::tpacket3_hdr, hv1);
    let tag = word(variant + offset_of!(libc::tpacket_hdr_variant1, tp_vlan_tci))?;
    let tpid = half_at(block, at + variant + offset_of!(libc::tpacket_hdr_variant1, tp_vlan_tpid))?;
    let address = at + size_of::<libc::tpacket3_hdr>().next_multiple_of(ALIGNMENT);
    let kind = *block.get(address + offset_of!(libc::sockaddr_ll, sll_pkttype))?;
    let bytes = block.get(at + usize::from(mac)..)?.get(..captured)?;
    let status = u32::try_from(status).ok()?;
    let has_tag = status & libc::TP_STATUS_VLAN_VALID != 0;
    let tpid = if status & libc::TP_STATUS_VLAN_TPID_VALID != 0 { tpid } else { 0x8100 };
    let at = u64::try_from(seconds).ok()? * 1_000_000_000 + u64::try_from(nanos).ok()?;
    let packet = Packet {
        at: Timestamp::from_nanos(at),
        original_len: u32::try_from(original).ok()?,
        vlan: has_tag.then(|| u16::try_from(tag & 0xffff).ok().map(|tag| (tpid, tag))).flatten(),
        is_outgoing: kind == libc::PACKET_OUTGOING,
        bytes,
    };
    Some((packet, next))
}

fn word_at(block: &[u8], at: usize) -> Option<usize> {
    let bytes = block.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_ne_bytes(*bytes)).ok()
}

fn half_at(block: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(*block.get(at..)?.first_chunk()?))
}

/// `TPACKET_ALIGNMENT`.
const ALIGNMENT: usize = 16;

fn open_socket() -> io::Result<OwnedFd> {
    let protocol = c_int::from(u16::try_from(libc::ETH_P_ALL).map_err(io::Error::other)?.to_be());
    // SAFETY: a call without pointers.
    let socket = unsafe { libc::socket(libc::AF_PACKET, libc::SOCK_RAW | libc::SOCK_CLOEXEC, protocol) };
    checked(socket)?;
    // SAFETY: the socket is open and belongs to nobody else.
    Ok(unsafe { OwnedFd::from_raw_fd(socket) })
}

fn link_address(interface: c_int) -> libc::sockaddr_ll {
    // SAFETY: all zeroes is a valid address: it is numbers only.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    address.sll_family = u16::try_from(libc::AF_PACKET).unwrap_or_default();
    address.sll_protocol = u16::try_from(libc::ETH_P_ALL).unwrap_or_default().to_be();
    address.sll_ifindex = interface;
    address
}

fn bind(socket: &OwnedFd, address: &libc::sockaddr_ll) -> io::Result<()> {
    let length = socklen_of::<libc::sockaddr_ll>();
    // SAFETY: `address` is valid for reading `length` bytes.
    checked(unsafe { libc::bind(socket.as_raw_fd(), ptr::from_ref(address).cast(), length) }).map(drop)
}

fn request(blocks: usize) -> io::Result<libc::tpacket_req3> {
    let number = |size: usize| u32::try_from(size).map_err(io::Error::other);
    Ok(libc::tpacket_req3 {
        tp_block_size: number(BLOCK)?,
        tp_block_nr: number(blocks)?,
        tp_frame_size: FRAME,
        tp_frame_nr: number(blocks * BLOCK)? / FRAME,
        tp_retire_blk_tov: RETIRE_MS,
        tp_sizeof_priv: 0,
        tp_feature_req_word: 0,
    })
}

fn attach(socket: &OwnedFd, program: &Program) -> io::Result<()> {
    let mut code: Vec<libc::sock_filter> = program
        .instructions()
        .iter()
        .map(|instruction| libc::sock_filter {
            code: instruction.code,
            jt: instruction.jump_true,
            jf: instruction.jump_false,
            k: instruction.operand,
        })
        .collect();
    let len = u16::try_from(code.len()).map_err(io::Error::other)?;
    set(
        socket,
        libc::SOL_SOCKET,
        libc::SO_ATTACH_FILTER,
        &libc::sock_fprog { len, filter: code.as_mut_ptr() },
    )
}

fn set<T>(socket: &OwnedFd, level: c_int, option: c_int, value: &T) -> io::Result<()> {
    let pointer = ptr::from_ref(value).cast::<c_void>();
    // SAFETY: `pointer` is valid for reading the size of `T`, which every caller passes as the option wants it.
    checked(unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, pointer, socklen_of::<T>()) })
        .map(drop)
}

fn map(socket: &OwnedFd, length: usize) -> io::Result<NonNull<u8>> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: the kernel chooses the address, and the socket has a ring of this length.
    let memory =
        unsafe { libc::mmap(ptr::null_mut(), length, protection, libc::MAP_SHARED, socket.as_raw_fd(), 0) };
    if memory == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(memory.cast()).ok_or_else(|| io::Error::other("the ring is mapped at null"))
}

fn socklen_of<T>() -> socklen_t {
    socklen_t::try_from(size_of::<T>()).unwrap_or_default()
}

fn checked(result: c_int) -> io::Result<c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}
