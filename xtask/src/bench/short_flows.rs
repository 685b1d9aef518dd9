//! Half a million short flows inside two minutes: what a busy day, a scan or a worm looks like to a flow table.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::Result;
use capture::{LinkType, PcapWriter};
use etherparse::PacketBuilder;
use model::Timestamp;

use super::trace::Trace;

/// All flows begin within this time.
const NANOS: u64 = 120_000_000_000;
/// From packet to packet of a flow.
const STEP_NANOS: u64 = 7_000_000;

const REQUEST: &[u8] = b"GET /status HTTP/1.1\r\nHost: device.example\r\nUser-Agent: bench/1.0\r\n\r\n";
const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nServer: bench/2.0\r\nContent-Length: 2\r\n\r\nok";
const HL7: &[u8] = b"\x0bMSH|^~\\&|MONITOR|ICU|EHR|HOSPITAL|20260101||ORU^R01|1|P|2.6\r\x1c\r";
const HL7_ACK: &[u8] = b"\x0bMSH|^~\\&|EHR|HOSPITAL|MONITOR|ICU|20260101||ACK^R01|1|P|2.6\rMSA|AA|1\r\x1c\r";
const QUERY: &[u8] =
    b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06device\x07example\x00\x00\x01\x00\x01";
const ANSWER: &[u8] = b"\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x06device\x07example\x00\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01";

/// What a packet of a flow is.
#[derive(Debug, Clone, Copy)]
enum Packet {
    Syn,
    SynAck,
    Client(&'static [u8]),
    Server(&'static [u8]),
    ClientFin,
    ServerFin,
    Reset,
    Ask(&'static [u8]),
    Tell(&'static [u8]),
}

const HTTP: &[Packet] = &[
    Packet::Syn,
    Packet::SynAck,
    Packet::Client(REQUEST),
    Packet::Server(RESPONSE),
    Packet::ClientFin,
    Packet::ServerFin,
];
const MLLP: &[Packet] = &[
    Packet::Syn,
    Packet::SynAck,
    Packet::Client(HL7),
    Packet::Server(HL7_ACK),
    Packet::ClientFin,
    Packet::ServerFin,
];
const SCAN: &[Packet] = &[Packet::Syn, Packet::Reset];
const DNS: &[Packet] = &[Packet::Ask(QUERY), Packet::Tell(ANSWER)];

/// Writes the trace, or finds the one that was written before.
pub(crate) fn write(flows: u64, folder: &Path) -> Result<Trace> {
    let path = folder.join("short-flows.pcap");
    if let Some(trace) = Trace::made("short flows", &path) {
        return Ok(trace);
    }
    let out = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    let mut out = PcapWriter::new(out, LinkType::ETHERNET)?;
    let mut waiting = BinaryHeap::new();
    let mut packets = 0;
    let mut bytes = Vec::new();
    for flow in 0..=flows {
        let start = flow * (NANOS / flows.max(1));
        while let Some(Reverse((at, number, step))) = waiting.peek().copied() {
            if at > start && flow < flows {
                break;
            }
            waiting.pop();
            let script = script(number);
            let Some(packet) = script.get(step) else { continue };
            bytes.clear();
            build(number, *packet, &mut bytes)?;
            let time = Timestamp::from_nanos(1_700_000_000_000_000_000 + at);
            out.write(time, u32::try_from(bytes.len())?, &bytes)?;
            packets += 1;
            waiting.push(Reverse((at + STEP_NANOS, number, step + 1)));
        }
        if flow < flows {
            waiting.push(Reverse((start, flow, 0)));
        }
    }
    out.finish()?;
    Trace::finish("short flows", &path, packets)
}

/// Six in ten are HTTP, two DNS, one HL7, one a scan.
const fn script(flow: u64) -> &'static [Packet] {
    match flow % 10 {
        0..=5 => HTTP,
        6 | 7 => DNS,
        8 => MLLP,
        _ => SCAN,
    }
}

fn build(flow: u64, packet: Packet, out: &mut Vec<u8>) -> Result<()> {
    let station = u16::try_from(flow % 4_096)?.to_be_bytes();
    let server = u8::try_from(flow / 4_096 % 64)?;
    let port = u16::try_from(20_000 + flow % 40_000)?;
    let client = ([0x00, 0x00, 0x5e, 0x00, station[0], station[1]], [10, 1, station[0], station[1]], port);
    let service = match flow % 10 {
        0..=5 => 80,
        6 | 7 => 53,
        8 => 2_575,
        _ => 9_999,
    };
    let server = ([0x00, 0x00, 0x5e, 0x00, 0x54, server], [10, 2, 0, server], service);
    let is_client = matches!(packet, Packet::Syn | Packet::Client(_) | Packet::ClientFin | Packet::Ask(_));
    let (from, to) = if is_client { (client, server) } else { (server, client) };
    let ip = || PacketBuilder::ethernet2(from.0, to.0).ipv4(from.1, to.1, 64);
    let request = u32::try_from(if service == 80 { REQUEST.len() } else { HL7.len() })?;
    let response = u32::try_from(if service == 80 { RESPONSE.len() } else { HL7_ACK.len() })?;
    let tcp = |seq| ip().tcp(from.2, to.2, seq, 8_192);
    match packet {
        Packet::Syn => tcp(1_000).syn().write(out, &[])?,
        Packet::SynAck => tcp(5_000).syn().ack(1_001).write(out, &[])?,
        Packet::Client(payload) => tcp(1_001).ack(5_001).write(out, payload)?,
        Packet::Server(payload) => tcp(5_001).ack(1_001 + request).write(out, payload)?,
        Packet::ClientFin => tcp(1_001 + request).fin().ack(5_001 + response).write(out, &[])?,
        Packet::ServerFin => tcp(5_001 + response).fin().ack(1_002 + request).write(out, &[])?,
        Packet::Reset => tcp(0).rst().ack(1_001).write(out, &[])?,
        Packet::Ask(payload) | Packet::Tell(payload) => ip().udp(from.2, to.2).write(out, payload)?,
    }
    Ok(())
}
