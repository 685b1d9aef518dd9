//! The synthetic hospital as other taps would have recorded it: in tunnels, with other sequence numbers, in other
//! segments, later. The same is found.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use flow::{Report, Transport};
use model::Endpoint;
use testkit::Hospital;

use super::run;

/// Frames with their time in nanoseconds.
type Frames = Vec<(u64, Vec<u8>)>;

const FLOWS: usize = 4_096;

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;

#[test]
fn tunnels_in_tunnels_do_not_change_what_is_found() {
    let clean = run(frames(), FLOWS);
    let all = frames().len();
    let ways: [&[Tunnel]; 9] = [
        &[gre],
        &[vxlan],
        &[geneve],
        &[erspan_2],
        &[erspan_3],
        &[vxlan, gre],
        &[erspan_3, vxlan],
        &[vxlan, erspan_2],
        &[geneve, gre, vxlan, erspan_3, gre],
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let wrap = |frame: Vec<u8>| way.iter().fold(frame, |frame, tunnel| tunnel(&frame));
        let mut found = run(frames().into_iter().map(|(at, frame)| (at, wrap(frame))).collect(), FLOWS);
        assert_eq!(found.tally.tunnelled, u64::try_from(all).unwrap(), "way {number}");
        found.tally.tunnelled = clean.tally.tunnelled;
        assert_eq!(found.sightings, clean.sightings, "way {number}");
        assert!(found == clean, "way {number}: {:?}", difference(&clean, &found));
    }
}

#[test]
fn sequence_numbers_that_wrap_do_not_change_what_is_found() {
    let clean = run(frames(), FLOWS);
    let mut starts: BTreeMap<Vec<u8>, (u32, u32)> = BTreeMap::new();
    let (mut altered, mut wrapped) = (frames(), 0);
    for (_, frame) in &mut altered {
        let Some(segment) = Segment::of(frame) else { continue };
        let count = u32::try_from(starts.len()).unwrap();
        let near_the_end = u32::MAX - count * 37 % 400;
        let (old, new) = *starts.entry(segment.direction(frame)).or_insert((segment.seq, near_the_end));
        let seq = segment.seq.wrapping_sub(old).wrapping_add(new);
        wrapped += usize::from(seq > u32::MAX / 2 && seq.checked_add(segment.length()).is_none());
        frame[segment.tcp + 4..segment.tcp + 8].copy_from_slice(&seq.to_be_bytes());
        if let Some((old, new)) = starts.get(&segment.other_direction(frame)) {
            let ack = number(frame, segment.tcp + 8).wrapping_sub(*old).wrapping_add(*new);
            frame[segment.tcp + 8..segment.tcp + 12].copy_from_slice(&ack.to_be_bytes());
        }
    }
    assert!(wrapped > 50, "{wrapped} segments wrap");
    let found = run(altered, FLOWS);
    assert!(found == clean, "{:?}", difference(&clean, &found));
}

#[test]
fn segments_that_overlap_or_come_again_do_not_change_what_is_found() {
    let clean = run(frames(), FLOWS);
    let mut altered = Frames::new();
    for (at, frame) in frames() {
        match Segment::of(&frame) {
            Some(segment) if segment.length() >= 4 && segment.flags & SYN == 0 => {
                let (middle, end) = (segment.length() / 2, segment.length());
                altered.push((at, segment.part(&frame, middle..end)));
                altered.push((at, segment.part(&frame, 0..middle + 1)));
                altered.push((at, segment.part(&frame, 1..end)));
                altered.push((at, frame));
            }
            _ => altered.push((at, frame)),
        }
    }
    assert!(altered.len() > frames().len() + 1_000);
    let found = run(altered, FLOWS);
    assert_eq!(found.tally.tcp_conflicts + found.tally.lost_bytes, 0);
    assert_eq!(difference(&clean, &found), Vec::<String>::new());
}

/// The first copy of a byte wins: what comes later under the same number says nothing.
#[test]
fn other_bytes_under_numbers_that_went_by_are_not_read() {
    let clean = run(frames(), FLOWS);
    let mut altered = Frames::new();
    for (at, frame) in frames() {
        let forged = Segment::of(&frame).filter(|segment| segment.length() > 0 && segment.flags & SYN == 0);
        let forged = forged.map(|segment| {
            let mut forged = segment.part(&frame, 0..segment.length());
            forged[segment.data..].fill(b'!');
            (at, forged)
        });
        altered.push((at, frame));
        altered.extend(forged);
    }
    let found = run(altered, FLOWS);
    assert_eq!(difference(&clean, &found), Vec::<String>::new());
}

#[test]
fn ssh_that_is_first_seen_at_its_key_exchange_is_known() {
    let is_early = |frame: &[u8]| {
        Segment::of(frame).is_some_and(|segment| {
            let data = &frame[segment.data..segment.end];
            segment.is_of_port(frame, 22) && (data.is_empty() || data.starts_with(b"SSH-"))
        })
    };
    let late: Frames = frames().into_iter().filter(|(_, frame)| !is_early(frame)).collect();
    assert!(late.len() < frames().len() - 10);
    let (clean, found) = (run(frames(), FLOWS), run(late, FLOWS));
    let digests = |report: &Report| -> BTreeSet<Fact> {
        facts(report).into_iter().filter(|(_, field, _)| field.starts_with("ssh.kex.")).collect()
    };
    assert!(digests(&clean).len() >= 3);
    assert_eq!(digests(&found), digests(&clean));
    assert_eq!(found.tally.protocols.get("ssh"), clean.tally.protocols.get("ssh"));
}

/// Who says what in which field.
type Fact = (Endpoint, &'static str, String);

fn facts(report: &Report) -> BTreeSet<Fact> {
    let all = report.observations.iter();
    all.map(|fact| (fact.endpoint, fact.field.name(), fact.value.clone())).collect()
}

/// What two reports do not have in common, counts and numbers of frames apart.
fn difference(one: &Report, other: &Report) -> Vec<String> {
    let (one, other) = (lines(one), lines(other));
    one.symmetric_difference(&other).cloned().collect()
}

fn lines(report: &Report) -> BTreeSet<String> {
    let facts = facts(report).into_iter().map(|fact| format!("{fact:?}"));
    let claims =
        report.claims.iter().map(|claim| format!("{} {} {}", claim.mac, claim.ip, claim.field.name()));
    let weak = report.weaknesses.iter();
    let weak = weak.map(|weak| format!("{:?} {:?} {}", weak.endpoint, weak.weakness, weak.field.name()));
    let talks = report.conversations.iter().map(|talk| {
        // A silent UDP flow ends when the table is swept next, which more frames hasten.
        let flows = if talk.key.transport == Transport::TCP { talk.flows } else { 0 };
        format!("{:?} {flows} {} {} {}", talk.key, talk.encrypted, talk.patient_data, talk.weaknesses)
    });
    let anomalies = report.tally.anomalies.keys().map(|anomaly| format!("{anomaly:?}"));
    facts.chain(claims).chain(weak).chain(talks).chain(anomalies).collect()
}

fn frames() -> Frames {
    let hospital = Hospital::new(3).unwrap();
    hospital.frames.into_iter().map(|frame| (frame.at.nanos(), frame.bytes)).collect()
}

/// Where the parts of a TCP segment over IPv4 are in its frame.
struct Segment {
    ip: usize,
    tcp: usize,
    data: usize,
    end: usize,
    seq: u32,
    flags: u8,
}

impl Segment {
    fn of(frame: &[u8]) -> Option<Self> {
        let ip = match (frame.get(12..14)?, frame.get(16..18)?) {
            ([8, 0], _) => 14,
            ([0x81, 0], [8, 0]) => 18,
            _ => return None,
        };
        let tcp = ip + usize::from(frame[ip] & 0x0f) * 4;
        let end = ip + usize::from(u16::from_be_bytes([frame[ip + 2], frame[ip + 3]]));
        (frame[ip + 9] == 6).then(|| Self {
            ip,
            tcp,
            data: tcp + usize::from(frame[tcp + 12] >> 4) * 4,
            end,
            seq: number(frame, tcp + 4),
            flags: frame[tcp + 13],
        })
    }

    fn length(&self) -> u32 {
        u32::try_from(self.end - self.data).unwrap()
    }

    /// Addresses and ports, sender first.
    fn direction(&self, frame: &[u8]) -> Vec<u8> {
        [&frame[self.ip + 12..self.ip + 20], &frame[self.tcp..self.tcp + 4]].concat()
    }

    /// The same, receiver first.
    fn other_direction(&self, frame: &[u8]) -> Vec<u8> {
        let own = self.direction(frame);
        [&own[4..8], &own[..4], &own[10..], &own[8..10]].concat()
    }

    fn is_of_port(&self, frame: &[u8], port: u16) -> bool {
        frame[self.tcp..self.tcp + 4].chunks(2).any(|found| found == port.to_be_bytes())
    }

    /// A segment with a part of the data. Only the last byte brings a FIN.
    fn part(&self, frame: &[u8], range: Range<u32>) -> Vec<u8> {
        let at = |offset: u32| self.data + usize::try_from(offset).unwrap();
        let mut part = [&frame[..self.data], &frame[at(range.start)..at(range.end)]].concat();
        let length = u16::try_from(part.len() - self.ip).unwrap();
        part[self.ip + 2..self.ip + 4].copy_from_slice(&length.to_be_bytes());
        let seq = self.seq.wrapping_add(range.start);
        part[self.tcp + 4..self.tcp + 8].copy_from_slice(&seq.to_be_bytes());
        if range.end < self.length() {
            part[self.tcp + 13] &= !FIN;
        }
        part
    }
}

fn number(frame: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(frame[at..at + 4].try_into().unwrap())
}

/// Puts a frame into a tunnel.
type Tunnel = fn(&[u8]) -> Vec<u8>;

/// GRE with a key, over it a bridged frame (RFC 2890).
fn gre(frame: &[u8]) -> Vec<u8> {
    ip(47, &[&[0x20, 0, 0x65, 0x58, 0, 0, 0, 7], frame].concat())
}

fn vxlan(frame: &[u8]) -> Vec<u8> {
    udp(4_789, &[&[8, 0, 0, 0, 0, 0, 42, 0], frame].concat())
}

fn geneve(frame: &[u8]) -> Vec<u8> {
    udp(6_081, &[&[0, 0, 0x65, 0x58, 0, 0, 42, 0], frame].concat())
}

fn erspan_2(frame: &[u8]) -> Vec<u8> {
    ip(47, &[&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 1, 0, 0, 0, 0], frame].concat())
}

fn erspan_3(frame: &[u8]) -> Vec<u8> {
    ip(47, &[&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], frame].concat())
}

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 8).unwrap().to_be_bytes();
    ip(17, &[&[0xc0, 0], &port.to_be_bytes()[..], &length, &[0, 0], payload].concat())
}

/// Between two switches that no other frame comes from.
fn ip(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 20).unwrap().to_be_bytes();
    let header = [0x45, 0, length[0], length[1], 0, 1, 0, 0, 64, protocol, 0, 0];
    let ends = [198, 51, 100, 1, 198, 51, 100, 2];
    let ethernet = [0, 0, 0x5e, 0, 0x53, 0xf2, 0, 0, 0x5e, 0, 0x53, 0xf1, 8, 0];
    [&ethernet[..], &header, &ends, payload].concat()
}
