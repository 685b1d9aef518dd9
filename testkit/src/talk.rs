//! A TCP connection from its handshake to its end (RFC 9293).

use crate::bytes::Bytes;
use crate::tape::{Host, Tape};

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The end that opened the connection.
    Client,
    /// The end that was called.
    Server,
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Talk {
    client: End,
    server: End,
}

#[derive(Debug)]
struct End {
    host: Host,
    port: u16,
    /// Sequence number of the next byte.
    next: u32,
}

/// What one side says after the other.
pub(crate) type Exchange = Vec<(Side, Vec<u8>)>;

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const PSH: u8 = 0x08;
const ACK: u8 = 0x10;
const WINDOW: u16 = 64_240;
/// Bytes of a full segment on Ethernet.
const SEGMENT_MAX: usize = 1_460;
/// Maximum segment size 1460, window scale 7, selective acknowledgement permitted.
const OPTIONS: [u8; 12] = [2, 4, 0x05, 0xb4, 1, 3, 3, 7, 1, 1, 4, 2];

impl Talk {
    /// Opens it with its handshake.
    pub(crate) fn open(tape: &mut Tape, client: &Host, server: &Host, port: u16) -> Self {
        let mut talk = Self {
            client: End { host: *client, port: tape.port(client), next: tape.random.u32() },
            server: End { host: *server, port, next: tape.random.u32() },
        };
        segment(tape, &talk.client, &talk.server, SYN, &OPTIONS, &[]);
        talk.client.next = talk.client.next.wrapping_add(1);
        segment(tape, &talk.server, &talk.client, SYN | ACK, &OPTIONS, &[]);
        talk.server.next = talk.server.next.wrapping_add(1);
        segment(tape, &talk.client, &talk.server, ACK, &[], &[]);
        talk
    }

    /// One side sends; the other acknowledges every second segment and the last.
    pub(crate) fn send(&mut self, tape: &mut Tape, side: Side, bytes: &[u8]) {
        let (from, to) = match side {
            Side::Client => (&mut self.client, &self.server),
            Side::Server => (&mut self.server, &self.client),
        };
        let count = bytes.chunks(SEGMENT_MAX).count();
        for (index, part) in bytes.chunks(SEGMENT_MAX).enumerate() {
            let is_last = index.saturating_add(1) == count;
            segment(tape, from, to, if is_last { ACK | PSH } else { ACK }, &[], part);
            from.next = from.next.wrapping_add(crate::bytes::long(part.len()));
            if is_last || index % 2 == 1 {
                segment(tape, to, from, ACK, &[], &[]);
            }
        }
    }

    /// Both sides end it, the client first.
    pub(crate) fn close(mut self, tape: &mut Tape) {
        segment(tape, &self.client, &self.server, FIN | ACK, &[], &[]);
        self.client.next = self.client.next.wrapping_add(1);
        segment(tape, &self.server, &self.client, FIN | ACK, &[], &[]);
        self.server.next = self.server.next.wrapping_add(1);
        segment(tape, &self.client, &self.server, ACK, &[], &[]);
    }

    /// A whole connection.
    pub(crate) fn play(
        tape: &mut Tape,
        client: &Host,
        server: &Host,
        port: u16,
        exchange: &[(Side, Vec<u8>)],
    ) {
        let mut talk = Self::open(tape, client, server, port);
        for (side, bytes) in exchange {
            tape.wait(2);
            talk.send(tape, *side, bytes);
        }
        talk.close(tape);
    }
}

fn segment(tape: &mut Tape, from: &End, to: &End, flags: u8, options: &[u8], payload: &[u8]) {
    let words = u8::try_from(options.len() / 4).unwrap_or(0).saturating_add(5);
    let acknowledged = if flags & ACK == 0 { 0 } else { to.next };
    let header = Bytes::new().u16(from.port).u16(to.port).u32(from.next).u32(acknowledged);
    let header = header.u8(words << 4).u8(flags).u16(WINDOW).u16(0).u16(0).put(options);
    tape.tcp(&from.host, &to.host, header.put(payload).as_ref());
}
