//! Tests of capture files.

use std::io::{self, Cursor, Read, Write};
use std::path::Path;

use model::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{LinkType, PcapWriter, PcapngWriter};

/// Number, time, link type, length on the wire, bytes.
type Seen = (u64, u64, u16, u32, Vec<u8>);

/// Hands out at most so many bytes at once.
struct Trickle(Cursor<Vec<u8>>, usize);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.1);
        self.0.read(&mut buffer[..count])
    }
}

fn read_all(mut source: FileSource) -> (Vec<Seen>, Vec<Notice>, Counters) {
    let mut block = Block::new();
    let mut seen = Vec::new();
    while source.read(&mut block).unwrap() != Progress::End {
        seen.extend(block.frames().map(|frame| {
            (frame.number, frame.at.nanos(), frame.link.number(), frame.original_len, frame.bytes.to_vec())
        }));
    }
    (seen, source.notices().to_vec(), source.counters())
}

fn read(bytes: Vec<u8>) -> (Vec<Seen>, Vec<Notice>, Counters) {
    read_all(FileSource::from_reader(Path::new("test"), Cursor::new(bytes), 1).unwrap())
}

fn pcap(frames: &[&[u8]]) -> Vec<u8> {
    let mut writer = PcapWriter::new(Vec::new(), LinkType::ETHERNET).unwrap();
    for (index, frame) in (1_u64..).zip(frames) {
        writer.write(Timestamp::from_nanos(index * 1_500_000_001), frame.len() as u32 + 5, frame).unwrap();
    }
    writer.finish().unwrap()
}

fn pcapng(frames: &[&[u8]]) -> Vec<u8> {
    let mut writer = PcapngWriter::new(Vec::new(), LinkType::ETHERNET).unwrap();
    for (index, frame) in (1_u64..).zip(frames) {
        writer.write(Timestamp::from_nanos(index * 1_500_000_001), frame.len() as u32 + 5, frame).unwrap();
    }
    writer.finish().unwrap()
}

fn expected(frames: &[&[u8]]) -> Vec<Seen> {
    let numbered = (1_u64..).zip(frames);
    numbered
        .map(|(index, frame)| (index, index * 1_500_000_001, 1, frame.len() as u32 + 5, frame.to_vec()))
        .collect()
}

/// A pcap file in any variant with one frame `ABC` at 7 s and 9 ticks.
fn variant(magic: u32, big: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let word = |file: &mut Vec<u8>, number: u32| {
        file.extend_from_slice(&if big { number.to_be_bytes() } else { number.to_le_bytes() });
    };
    let modified = magic == 0xa1b2_cd34;
    for number in [magic, if big { 0x0002_0004 } else { 0x0004_0002 }, 0, 0, 65_535, 0x1000_0065, 7, 9, 3, 60]
    {
        word(&mut file, number);
    }
    if modified {
        file.extend_from_slice(&[0; 8]);
    }
    file.extend_from_slice(b"ABC");
    file
}

#[test]
fn every_variant_of_pcap_is_read() {
    for (magic, nanos) in [(0xa1b2_c3d4, 9_000), (0xa1b2_3c4d, 9), (0xa1b2_cd34, 9_000)] {
        for big in [false, true] {
            let (seen, notices, _) = read(variant(magic, big));
            assert_eq!(seen, [(1, 7_000_000_000 + nanos, 101, 60, b"ABC".to_vec())], "{magic:x} {big}");
            assert!(notices.is_empty());
        }
    }
}

/// A block of pcapng in big-endian order.
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32 + 12).to_be_bytes();
    [&kind.to_be_bytes(), &length[..], body, &length].concat()
}

fn section() -> Vec<u8> {
    block(0x0a0d_0d0a, &[&0x1a2b_3c4d_u32.to_be_bytes()[..], &[0, 1, 0, 0], &[0xff; 8]].concat())
}

#[test]
fn interfaces_have_their_own_clock_and_link_type() {
    let milliseconds = [&[0, 1, 0, 0, 0, 0, 0, 0][..], &[0, 9, 0, 1, 3, 0, 0, 0]].concat();
    let binary = [
        &[0, 101, 0, 0, 0, 0, 0, 2][..],
        &[0, 9, 0, 1, 0x80 | 10, 0, 0, 0, 0, 14, 0, 8, 0, 0, 0, 0, 0, 0, 0, 100],
    ]
    .concat();
    let packet = |interface: u8| {
        [&[0, 0, 0, interface][..], &[0, 0, 0, 0, 0, 0, 8, 0], &[0, 0, 0, 3, 0, 0, 0, 9], b"abc\0"].concat()
    };
    let file = [
        section(),
        block(1, &milliseconds),
        block(1, &binary),
        block(0x0bad, &[1; 40]),
        block(6, &packet(0)),
        block(6, &packet(1)),
        block(6, &packet(7)),
        block(3, &[0, 0, 0, 2, b'x', b'y', 0, 0]),
        block(
            2,
            &[&[0, 1, 0, 0][..], &[0, 0, 0, 0, 0, 0, 4, 0], &[0, 0, 0, 1, 0, 0, 0, 1], b"z\0\0\0"].concat(),
        ),
        block(5, &[&[0, 0, 0, 1][..], &[0; 8], &[0, 5, 0, 8, 0, 0, 0, 0, 0, 0, 0, 42]].concat()),
    ]
    .concat();
    let (seen, notices, counters) = read(file);
    assert_eq!(
        seen,
        [
            (1, 2_048_000_000, 1, 9, b"abc".to_vec()),
            (2, 102_000_000_000, 101, 9, b"abc".to_vec()),
            (3, 0, 1, 2, b"xy".to_vec()),
            (4, 101_000_000_000, 101, 1, b"z".to_vec()),
        ]
    );
    assert_eq!(counters.lost, 42);
    assert!(matches!(notices.as_slice(), [Notice { what: Oddity::Interface(7), .. }]));
}

/// A section in little-endian order with an interface of nanoseconds, a packet and statistics.
fn little_section(lost: u64) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let length = (body.len() as u32 + 12).to_le_bytes();
        [&kind.to_le_bytes(), &length[..], body, &length].concat()
    };
    let section = [&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat();
    let interface = [&[113, 0, 0, 0, 2, 0, 0, 0][..], &[9, 0, 1, 0, 9, 0, 0, 0], &[0; 4]].concat();
    let packet = [&[0; 8][..], &7_u32.to_le_bytes(), &[2, 0, 0, 0, 64, 0, 0, 0], b"ab\0\0"].concat();
    let simple = [&[9, 0, 0, 0][..], b"xy\0\0"].concat();
    let statistics =
        [&[0; 12][..], &[5, 0, 8, 0], &lost.to_le_bytes(), &[7, 0, 8, 0], &lost.to_le_bytes()].concat();
    [
        block(0x0a0d_0d0a, &section),
        block(1, &interface),
        block(6, &packet),
        block(3, &simple),
        block(5, &statistics),
    ]
    .concat()
}

#[test]
fn sections_of_either_byte_order_follow_each_other() {
    let big = [section(), block(1, &[0, 1, 0, 0, 0, 0, 0, 0]), block(6, &[0; 20])].concat();
    let (seen, notices, counters) = read([little_section(3), big, little_section(4)].concat());
    let little = |number| [(number, 7, 113, 64, b"ab".to_vec()), (number + 1, 0, 113, 9, b"xy".to_vec())];
    assert_eq!(seen[..2], little(1));
    assert_eq!(seen[2], (3, 0, 1, 0, Vec::new()));
    assert_eq!(seen[3..], little(4));
    assert!(notices.is_empty());
    assert_eq!(counters.lost, 14);
}

#[test]
fn losses_that_a_file_makes_up_do_not_overflow() {
    let (_, _, counters) = read([little_section(u64::MAX), little_section(u64::MAX)].concat());
    assert_eq!(counters.lost, u64::MAX);
}

#[test]
fn every_resolution_and_offset_is_survived() {
    for resolution in 0..=u8::MAX {
        for offset in [0, 1, u64::MAX, 1 << 63] {
            let offset = offset.to_be_bytes();
            let options = [&[0, 9, 0, 1, resolution, 0, 0, 0][..], &[0, 14, 0, 8], &offset].concat();
            let interface = block(1, &[&[0, 1, 0, 0, 0, 0, 0, 0][..], &options].concat());
            let packet = block(6, &[&[0; 4][..], &[0xff; 8], &[0; 8]].concat());
            let (seen, _, _) = read([section(), interface, packet].concat());
            assert_eq!(seen.len(), 1, "resolution {resolution}");
        }
    }
    // 2^-20 s and 10^-3 s.
    for (resolution, ticks, nanos) in [(0x94_u8, 1_u64 << 19, 500_000_000), (3, 1_500, 1_500_000_000)] {
        let options = [0, 9, 0, 1, resolution, 0, 0, 0];
        let interface = block(1, &[&[0, 1, 0, 0, 0, 0, 0, 0][..], &options].concat());
        let packet = block(6, &[&[0; 4][..], &ticks.to_be_bytes(), &[0; 8]].concat());
        assert_eq!(read([section(), interface, packet].concat()).0[0].1, nanos);
    }
}

#[test]
fn a_small_file_that_unpacks_to_much_is_read_in_pieces() {
    // 64 MiB of one frame's record again and again, in a few hundred kilobytes.
    let one = pcap(&[&[0; 60_000]]);
    let (head, record) = one.split_at(24);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(head).unwrap();
    for _ in 0..1_100 {
        gzip.write_all(record).unwrap();
    }
    let packed = gzip.finish().unwrap();
    assert!(packed.len() < 1 << 20);
    let mut source = FileSource::from_reader(Path::new("bomb"), Cursor::new(packed), 1).unwrap();
    let mut block = Block::new();
    let (mut frames, mut largest) = (0, 0);
    while source.read(&mut block).unwrap() != Progress::End {
        frames += block.len();
        largest = largest.max(block.data.capacity());
    }
    assert_eq!(frames, 1_100);
    assert!(largest < 4 << 20, "{largest} bytes in a block");
}

#[test]
fn a_new_section_forgets_the_interfaces() {
    let interface = block(1, &[0, 1, 0, 0, 0, 0, 0, 0]);
    let packet = block(6, &[0; 20]);
    let (seen, notices, _) = read([section(), interface, packet.clone(), section(), packet].concat());
    assert_eq!((seen.len(), notices.len()), (1, 1));
}

#[test]
fn what_was_read_before_a_fault_is_kept() {
    let mut cut = pcap(&[b"first", b"second"]);
    cut.truncate(cut.len() - 2);
    let (seen, notices, _) = read(cut);
    assert_eq!((seen.len(), &notices[0].what, notices[0].offset), (1, &Oddity::EndsEarly, 24 + 16 + 5));
    assert!(notices[0].to_string().contains("at byte 45"));
    let mut absurd = pcap(&[b"first"]);
    absurd.extend_from_slice(&[0xff; 64]);
    let (seen, notices, _) = read(absurd);
    assert_eq!((seen.len(), &notices[0].what), (1, &Oddity::Length(u32::MAX)));
}

#[test]
fn a_huge_block_without_interest_is_passed_over() {
    let mut file = pcapng(&[b"one"]);
    let length = (48_u32 << 20).to_le_bytes();
    file.extend_from_slice(&0x0bad_u32.to_le_bytes());
    file.extend_from_slice(&length);
    file.resize(file.len() + (48 << 20) - 12, 7);
    file.extend_from_slice(&length);
    let tail = pcapng(&[b"two"]);
    file.extend_from_slice(&tail);
    let (seen, notices, _) = read(file);
    assert_eq!(seen.len(), 2);
    assert!(notices.is_empty());
}

#[test]
fn compressed_files_are_read_as_they_are() {
    let frames: [&[u8]; 2] = [b"first", b"second"];
    let plain = pcapng(&frames);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain[..50]).unwrap();
    let mut members = gzip.finish().unwrap();
    let mut second = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    second.write_all(&plain[50..]).unwrap();
    members.extend(second.finish().unwrap());
    assert_eq!(read(members.clone()).0, expected(&frames));
    assert_eq!(read(zstd::encode_all(&plain[..], 1).unwrap()).0, expected(&frames));
    members.truncate(members.len() - 12);
    assert!(!read(members).1.is_empty());
}

#[test]
fn what_is_no_capture_is_refused_by_name() {
    let refused = |bytes: &[u8]| {
        let source = FileSource::from_reader(Path::new("x.pcap"), Cursor::new(bytes.to_vec()), 1);
        source.err().unwrap().to_string()
    };
    for bytes in [&b"GIF89a......................"[..], &[0; 40]] {
        assert!(refused(bytes).contains("`x.pcap` is no capture file"));
    }
    assert!(refused(b"").contains("`x.pcap` is empty"));
}

proptest! {
    #[test]
    fn any_delivery_gives_the_same_frames(
        lengths in prop::collection::vec(0usize..300, 0..40),
        piece in 1usize..200,
        next_generation in any::<bool>(),
    ) {
        let frames: Vec<Vec<u8>> = lengths.iter().map(|length| vec![7; *length]).collect();
        let slices: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
        let file = if next_generation { pcapng(&slices) } else { pcap(&slices) };
        let trickle = Trickle(Cursor::new(file), piece);
        let (seen, notices, _) = read_all(FileSource::from_reader(Path::new("test"), trickle, 1).unwrap());
        prop_assert_eq!(seen, expected(&slices));
        prop_assert!(notices.is_empty());
    }

    #[test]
    fn noise_is_read_or_refused(mut noise in prop::collection::vec(any::<u8>(), 0..400), kind in 0usize..3) {
        let head = [pcap(&[b"x"]), pcapng(&[b"x"]), section()];
        let mut file = head[kind].clone();
        file.append(&mut noise);
        let (seen, _, counters) = read(file);
        prop_assert_eq!(u64::try_from(seen.len()).unwrap(), counters.frames);
    }
}
