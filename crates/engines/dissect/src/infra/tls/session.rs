//! The state of a TLS handshake: records, handshake messages over records.

use std::mem;

use model::Timestamp;
use wire::{Limit, Reader};

use super::anomaly::TlsAnomaly;
use super::message::{
    ClientHello, ContentType, HandshakeHeader, HandshakeType, RecordHeader, ServerHello, Ssl2ClientHello,
    Ssl2ServerHello, read_leaf,
};
use super::{PROTOCOL, observe};
use crate::infra::certificate;
use crate::infra::fingerprint::Transport;
use crate::{Chunk, Notes, Session, Side, Step};

/// Handshake messages longer than this are given up.
pub(super) const HANDSHAKE: Limit =
    Limit::new("tls_handshake", 96 << 10, "chains of a dozen certificates with post-quantum keys fit");

/// Both sides of a handshake.
#[derive(Debug, Default)]
pub(super) struct Tls {
    originator: Half,
    responder: Half,
    /// Whether the server chose a cipher suite without encryption.
    cleartext: bool,
}

#[derive(Debug, Default)]
struct Half {
    /// The start of a handshake message whose rest is in a later record.
    held: Vec<u8>,
    /// Bytes of a handshake message that are passed over in later records.
    skip: usize,
    /// Whether a record was read.
    started: bool,
    /// Whether what comes may not be what it looks like: bytes were lost, or SSL 2 may go on.
    unsure: bool,
    /// Whether the hello of this side was read.
    greeted: bool,
    /// Whether this side chose a cipher suite without encryption.
    cleartext: bool,
}

/// What a record is.
enum Record {
    /// Part of the handshake, or of no interest.
    Handshake(Step),
    /// From here on the side is protected.
    Protected,
}

/// Whether a side has more to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Go,
    Stop,
}

impl Session for Tls {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let half = match chunk.side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        };
        if !half.started && chunk.bytes.first().is_some_and(|&first| first >= 0x80) {
            return half.ssl2(chunk, notes);
        }
        let step = half.record(chunk, notes);
        self.cleartext |= half.cleartext;
        match step {
            Record::Handshake(step) => step,
            Record::Protected => {
                half.held = Vec::new();
                if !self.cleartext {
                    notes.encrypted();
                }
                Step::Done
            }
        }
    }

    fn resync(&mut self, side: Side, bytes: &[u8]) -> Option<usize> {
        let half = match side {
            Side::Originator => &mut self.originator,
            Side::Responder => &mut self.responder,
        };
        half.held = Vec::new();
        half.skip = 0;
        half.started = true;
        half.unsure = true;
        find_record(bytes)
    }

    fn memory(&self) -> usize {
        self.originator.held.capacity() + self.responder.held.capacity()
    }
}

impl Half {
    fn record(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Record {
        let mut reader = Reader::open(chunk.bytes);
        let Ok(header) = RecordHeader::read(&mut reader) else {
            return Record::Handshake(Step::Need(RecordHeader::SIZE));
        };
        if !header.is_plausible() {
            return Record::Handshake(self.not_a_record(notes));
        }
        self.started = true;
        Record::Handshake(match header.content {
            ContentType::HANDSHAKE => match reader.take(header.length) {
                Ok(payload) => match self.handshake(payload, chunk.at, notes) {
                    Next::Go => Step::Consumed(reader.consumed()),
                    Next::Stop => self.finish(),
                },
                Err(_) => Step::Need(RecordHeader::SIZE + header.length),
            },
            ContentType::CHANGE_CIPHER_SPEC | ContentType::APPLICATION_DATA => return Record::Protected,
            ContentType(_) => {
                Step::Skip(u64::try_from(RecordHeader::SIZE + header.length).unwrap_or(u64::MAX))
            }
        })
    }

    fn not_a_record(&self, notes: &mut Notes) -> Step {
        if !self.started {
            return Step::NotMine;
        }
        self.note(TlsAnomaly::NotARecord, notes);
        Step::Done
    }

    fn finish(&mut self) -> Step {
        self.held = Vec::new();
        Step::Done
    }

    /// Notes a deviation, unless it may only look like one.
    fn note(&self, anomaly: TlsAnomaly, notes: &mut Notes) {
        if !self.unsure {
            notes.anomaly(PROTOCOL.protocol.name, anomaly.name());
        }
    }

    /// Reads the messages that end in this record and holds the start of the next.
    fn handshake(&mut self, payload: &[u8], at: Timestamp, notes: &mut Notes) -> Next {
        let passed = self.skip.min(payload.len());
        self.skip -= passed;
        let payload = payload.get(passed..).unwrap_or_default();
        if self.held.is_empty() {
            let (next, left) = self.messages(payload, at, notes);
            self.held.extend_from_slice(left);
            return next;
        }
        let mut held = mem::take(&mut self.held);
        held.extend_from_slice(payload);
        let (next, left) = self.messages(&held, at, notes);
        let read = held.len() - left.len();
        held.drain(..read);
        self.held = held;
        next
    }

    /// Reads whole messages; what is left is the start of one.
    fn messages<'a>(&mut self, bytes: &'a [u8], at: Timestamp, notes: &mut Notes) -> (Next, &'a [u8]) {
        let mut reader = Reader::open(bytes);
        loop {
            let left = reader.as_slice();
            let Ok(header) = HandshakeHeader::read(&mut reader) else { return (Next::Go, left) };
            if !header.kind.is_known() {
                return (Next::Stop, &[]);
            }
            if !header.kind.is_read() {
                let here = header.length.min(reader.remaining());
                self.skip = header.length - here;
                if reader.skip(here).is_err() {
                    return (Next::Stop, &[]);
                }
                continue;
            }
            if !HANDSHAKE.allows(header.length) {
                self.note(TlsAnomaly::HandshakeTooLong, notes);
                return (Next::Stop, &[]);
            }
            let Ok(mut body) = reader.sub(header.length) else { return (Next::Go, left) };
            if self.message(header.kind, &mut body, at, notes) == Next::Stop {
                return (Next::Stop, &[]);
            }
        }
    }

    fn message(
        &mut self,
        kind: HandshakeType,
        body: &mut Reader<'_>,
        at: Timestamp,
        notes: &mut Notes,
    ) -> Next {
        match kind {
            HandshakeType::CLIENT_HELLO => self.client_hello(body, notes),
            HandshakeType::SERVER_HELLO => self.server_hello(body, notes),
            HandshakeType::CERTIFICATE => {
                let leaf = read_leaf(body);
                let read =
                    leaf.is_ok_and(|leaf| leaf.is_empty() || certificate::observe(leaf, at, notes).is_ok());
                if !read {
                    self.note(TlsAnomaly::MalformedCertificate, notes);
                }
                Next::Go
            }
            HandshakeType(_) => Next::Go,
        }
    }

    /// A second hello, after HelloRetryRequest, says nothing new.
    fn client_hello(&mut self, body: &mut Reader<'_>, notes: &mut Notes) -> Next {
        if mem::replace(&mut self.greeted, true) {
            return Next::Go;
        }
        match ClientHello::read(body, false) {
            Ok(hello) => {
                observe::client_hello(&hello, Transport::Tcp, &observe::TLS, notes);
                Next::Go
            }
            Err(_) => {
                self.note(TlsAnomaly::MalformedHello, notes);
                Next::Stop
            }
        }
    }

    fn server_hello(&mut self, body: &mut Reader<'_>, notes: &mut Notes) -> Next {
        let Ok(hello) = ServerHello::read(body) else {
            self.note(TlsAnomaly::MalformedHello, notes);
            return Next::Stop;
        };
        self.greeted = true;
        self.cleartext = observe::is_cleartext(hello.cipher_suite);
        observe::server_hello(&hello, &observe::TLS, notes);
        if hello.chosen_version().is_1_3() {
            if !self.cleartext {
                notes.encrypted();
            }
            return Next::Stop;
        }
        Next::Go
    }

    fn ssl2(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let mut reader = Reader::open(chunk.bytes);
        match Ssl2ClientHello::read(&mut reader) {
            Ok(hello) => {
                self.started = true;
                self.unsure = true;
                observe::offered_version(hello.version, notes);
                return Step::Consumed(reader.consumed());
            }
            Err(wire::Error::Incomplete { missing }) => return Step::need(chunk.bytes.len(), missing),
            Err(wire::Error::Overrun { .. } | wire::Error::Trailing { .. }) => {}
        }
        let mut reader = Reader::open(chunk.bytes);
        match Ssl2ServerHello::read(&mut reader) {
            Ok(hello) => {
                observe::chosen_ssl2(hello.version, notes);
                if !hello.certificate.is_empty()
                    && certificate::observe(hello.certificate, chunk.at, notes).is_err()
                {
                    self.note(TlsAnomaly::MalformedCertificate, notes);
                }
                notes.encrypted();
                Step::AllDone
            }
            Err(wire::Error::Incomplete { missing }) => Step::need(chunk.bytes.len(), missing),
            Err(wire::Error::Overrun { .. } | wire::Error::Trailing { .. }) => Step::NotMine,
        }
    }
}

/// The first place where a record starts and, when it ends here, another one behind it.
fn find_record(bytes: &[u8]) -> Option<usize> {
    (0..bytes.len()).find(|&start| {
        let mut reader = Reader::open(bytes.get(start..).unwrap_or_default());
        let Ok(header) = RecordHeader::read(&mut reader) else { return false };
        header.is_plausible()
            && (reader.skip(header.length).is_err() || super::starts_record(reader.as_slice()))
    })
}
