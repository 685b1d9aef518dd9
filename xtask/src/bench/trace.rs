//! A large trace of the corpus: every longer Ethernet capture, again and again, each time between other addresses.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use capture::{Block, Files, LinkType, PcapWriter, Progress, Source};
use ignore::WalkBuilder;
use model::Timestamp;

/// A capture file and how many packets are in it.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
}

/// Size of the large trace.
const MIXED_BYTES: u64 = 1_290_000_000;
/// Packets of the slice.
const SLICE_PACKETS: u64 = 100_000;
/// A capture of fewer frames is a test case, not traffic: thousands of them would make a network of stations that
/// never say more than a word.
const FRAMES_MIN: u64 = 100;
/// Between the frames of one capture and those of the next.
const BETWEEN_NANOS: u64 = 1_000_000;

impl Trace {
    pub(crate) fn describe(&self) -> String {
        format!("{} packets, {} bytes, {}", self.packets, self.bytes, self.path.display())
    }

    /// A trace that was made before, with the number of packets in a file beside it.
    pub(crate) fn made(name: &'static str, path: &Path) -> Option<Self> {
        let packets = fs::read_to_string(path.with_extension("packets")).ok()?.trim().parse().ok()?;
        let bytes = fs::metadata(path).ok()?.len();
        Some(Self { name, path: path.to_path_buf(), packets, bytes })
    }

    /// Keeps the number of packets beside the trace: only a whole trace has it.
    pub(crate) fn finish(name: &'static str, path: &Path, packets: u64) -> Result<Self> {
        fs::write(path.with_extension("packets"), packets.to_string())?;
        Self::made(name, path).context("the trace that was just made is gone")
    }
}

/// The large trace.
pub(crate) fn mixed(corpus: &Path, folder: &Path) -> Result<Trace> {
    let path = folder.join("mixed.pcap");
    if let Some(trace) = Trace::made("mixed", &path) {
        return Ok(trace);
    }
    let captures = long_captures(&corpus.join("captures"))?;
    let mut writer = Writer::new(&path)?;
    let mut copy = 0;
    while writer.bytes < MIXED_BYTES {
        let before = writer.packets;
        for capture in &captures {
            copy_all(capture, copy, &mut writer, u64::MAX)?;
        }
        anyhow::ensure!(writer.packets > before, "`{}` holds no capture to repeat", corpus.display());
        copy += 1;
    }
    let packets = writer.finish()?;
    Trace::finish("mixed", &path, packets)
}

/// The first packets of the large trace.
pub(crate) fn slice(folder: &Path) -> Result<Trace> {
    let path = folder.join("slice.pcap");
    if let Some(trace) = Trace::made("slice", &path) {
        return Ok(trace);
    }
    let mut writer = Writer::new(&path)?;
    copy_all(&folder.join("mixed.pcap"), 0, &mut writer, SLICE_PACKETS)?;
    let packets = writer.finish()?;
    Trace::finish("slice", &path, packets)
}

/// The captures below `folder` with enough Ethernet frames, in the order of names.
fn long_captures(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in WalkBuilder::new(folder).standard_filters(false).sort_by_file_path(Path::cmp).build() {
        let path = entry?.into_path();
        if path.is_file() && ethernet_frames(&path) >= FRAMES_MIN {
            found.push(path);
        }
    }
    Ok(found)
}

/// Ethernet frames of a file; 0 for what is no capture.
fn ethernet_frames(path: &Path) -> u64 {
    let Ok(mut files) = Files::open(&[path.to_path_buf()]) else { return 0 };
    let mut block = Block::new();
    let mut count = 0;
    while let Ok(Progress::Packets | Progress::Idle) = files.read(&mut block) {
        count += block.frames().map(|frame| u64::from(frame.link == LinkType::ETHERNET)).sum::<u64>();
    }
    count
}

/// Appends the Ethernet frames below `from`, with the addresses of copy number `copy`.
fn copy_all(from: &Path, copy: u32, writer: &mut Writer, most: u64) -> Result<()> {
    let mut files = Files::open(&[from.to_path_buf()])?;
    let mut block = Block::new();
    let mut frame_bytes = Vec::new();
    loop {
        match files.read(&mut block)? {
            Progress::Packets => {}
            Progress::Idle => continue,
            Progress::End => return Ok(()),
        }
        for frame in block.frames().filter(|frame| frame.link == LinkType::ETHERNET) {
            if writer.packets >= most {
                return Ok(());
            }
            frame_bytes.clear();
            frame_bytes.extend_from_slice(frame.bytes);
            rewrite(&mut frame_bytes, copy);
            writer.write(frame.at, frame.original_len, &frame_bytes)?;
        }
    }
}

/// Writes frames with time that never jumps: captures follow each other without the years between them.
struct Writer {
    out: PcapWriter<BufWriter<File>>,
    packets: u64,
    bytes: u64,
    now: u64,
    last_original: u64,
}

impl Writer {
    fn new(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot write `{}`", path.display()))?;
        let out = PcapWriter::new(BufWriter::with_capacity(1 << 20, file), LinkType::ETHERNET)?;
        Ok(Self { out, packets: 0, bytes: 24, now: 1_700_000_000_000_000_000, last_original: 0 })
    }

    fn write(&mut self, at: Timestamp, original_len: u32, bytes: &[u8]) -> Result<()> {
        let passed = at.nanos().wrapping_sub(self.last_original);
        // A step of more than ten seconds, or back, is the start of another capture.
        self.now += if passed < 10_000_000_000 { passed } else { BETWEEN_NANOS };
        self.last_original = at.nanos();
        self.out.write(Timestamp::from_nanos(self.now), original_len, bytes)?;
        self.packets += 1;
        self.bytes += 16 + u64::try_from(bytes.len())?;
        Ok(())
    }

    fn finish(self) -> Result<u64> {
        self.out.finish()?;
        Ok(self.packets)
    }
}

/// Gives the stations of a frame other addresses, the same ones for the same copy; copy 0 keeps them. Makers' prefixes,
/// first octets, groups and unspecified addresses stay. Checksums follow (RFC 1624).
fn rewrite(frame: &mut [u8], copy: u32) {
    if copy == 0 {
        return;
    }
    let [high, low] = u16::try_from(copy).unwrap_or(u16::MAX).to_be_bytes();
    for start in [0, 6] {
        if let Some([first, _, _, fourth, fifth, _]) = frame.get_mut(start..start + 6)
            && *first & 1 == 0
        {
            *fourth ^= high;
            *fifth ^= low;
        }
    }
    let mut at = 12;
    while let Some([0x81 | 0x88, 0x00 | 0xa8]) = frame.get(at..at + 2) {
        at += 4;
    }
    match frame.get(at..at + 2) {
        Some([0x08, 0x00]) => ipv4(frame.get_mut(at + 2..).unwrap_or_default(), [high, low]),
        Some([0x08, 0x06]) => arp(frame.get_mut(at + 2..).unwrap_or_default(), [high, low]),
        Some([0x86, 0xdd]) => ipv6(frame.get_mut(at + 2..).unwrap_or_default(), [high, low]),
        _ => {}
    }
}

/// Changes the second and third octet of an address of one station.
fn change(address: &mut [u8], with: [u8; 2]) -> bool {
    match address {
        [1..=223, second, third, _] => {
            *second ^= with[0];
            *third ^= with[1];
            true
        }
        _ => false,
    }
}

fn ipv4(packet: &mut [u8], with: [u8; 2]) {
    let Some((header, rest)) = packet.split_at_mut_checked(20) else { return };
    let [first, _, _, _, _, _, offset_high, offset_low, _, protocol, sum @ ..] = header else { return };
    let options = usize::from(*first & 0x0f).saturating_sub(5) * 4;
    let is_first = *offset_high & 0x1f == 0 && *offset_low == 0;
    let Some((ip_sum, addresses)) = sum.split_at_mut_checked(2) else { return };
    let place = match *protocol {
        6 => Some(16),
        17 => Some(6),
        _ => None,
    };
    let transport = place.filter(|_| is_first).and_then(|place| {
        let start = options + place;
        rest.get_mut(start..start + 2)
    });
    let mut sums = [Some(ip_sum), transport];
    for address in addresses.chunks_exact_mut(4) {
        let before: Vec<u8> = address.to_vec();
        if change(address, with) {
            for sum in sums.iter_mut().flatten() {
                adjust(sum, &before, address);
            }
        }
    }
}

/// Updates a checksum for words that changed: `~(~sum + ~old + new)` (RFC 1624, equation 3). A UDP sum of 0 is none.
fn adjust(sum: &mut [u8], before: &[u8], after: &[u8]) {
    let [high, low] = sum else { return };
    let old = u16::from_be_bytes([*high, *low]);
    if old == 0 {
        return;
    }
    let mut total = u32::from(!old);
    for (before, after) in before.chunks_exact(2).zip(after.chunks_exact(2)) {
        if let ([a, b], [c, d]) = (before, after) {
            total += u32::from(!u16::from_be_bytes([*a, *b])) + u32::from(u16::from_be_bytes([*c, *d]));
        }
    }
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    [*high, *low] = (!u16::try_from(total).unwrap_or(0)).to_be_bytes();
}

fn arp(packet: &mut [u8], with: [u8; 2]) {
    let [0, 1, 8, 0, 6, 4, _, _, body @ ..] = packet else { return };
    for pair in body.chunks_exact_mut(10).take(2) {
        if let Some((mac, ip)) = pair.split_at_mut_checked(6) {
            if let [first, _, _, fourth, fifth, _] = mac
                && *first & 1 == 0
            {
                *fourth ^= with[0];
                *fifth ^= with[1];
            }
            change(ip, with);
        }
    }
}

fn ipv6(packet: &mut [u8], with: [u8; 2]) {
    for start in [8, 24] {
        if let Some([first, rest @ ..]) = packet.get_mut(start..start + 16)
            && *first != 0xff
            && *first != 0
            && let Some([a, b]) = rest.get_mut(9..11)
        {
            *a ^= with[0];
            *b ^= with[1];
        }
    }
}
