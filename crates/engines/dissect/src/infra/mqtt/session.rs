//! The state of an MQTT connection.

use wire::{Error, Limit, Reader};

use super::anomaly::MqttAnomaly;
use super::message::{Connect, FixedHeader, PacketType, counted, first_level};
use super::{PROTOCOL, observe};
use crate::{Chunk, Notes, Session, Side, Step};

/// Bytes of a packet that are held to read its start.
const HELD: Limit = Limit::new("mqtt_held", 1_024, "version, properties and client identifier come first");
/// First levels of topics that are told apart.
const TOPICS: Limit = Limit::new("mqtt_topics", 16, "a device publishes under one or two");
/// Longest first level that is kept.
const LEVEL: Limit = Limit::new("mqtt_topic_level", 48, "names of device kinds and makers are short");

/// What the client sent.
#[derive(Debug, Default)]
pub(super) struct Mqtt {
    /// It connected without credentials, and the broker has not answered.
    anonymous: bool,
    topics: Vec<Box<[u8]>>,
    /// What the client's packet says that has not ended.
    kept: Notes,
}

impl Session for Mqtt {
    fn data(&mut self, chunk: Chunk<'_>, notes: &mut Notes) -> Step {
        let mut reader = Reader::open(chunk.bytes);
        let header = match FixedHeader::read(&mut reader) {
            Ok(header) => header,
            Err(Error::Incomplete { missing }) => return Step::need(chunk.bytes.len(), missing),
            Err(Error::Overrun { .. } | Error::Trailing { .. }) => return malformed(notes),
        };
        if !header.is_valid() {
            notes.anomaly(PROTOCOL.protocol.name, MqttAnomaly::ReservedType.name());
            return Step::Done;
        }
        let total = reader.consumed().saturating_add(header.remaining);
        let held = match header.kind {
            PacketType::CONNECT | PacketType::CONNACK | PacketType::PUBLISH => header.remaining.min(HELD.max),
            _ => 0,
        };
        let Some(start) = reader.as_slice().get(..held) else {
            return Step::Need(reader.consumed().saturating_add(held));
        };
        let mark = notes.mark();
        if self.read(header.kind, chunk.side, &mut Reader::closed(start), notes).is_err() {
            notes.anomaly(PROTOCOL.protocol.name, MqttAnomaly::Malformed.name());
        }
        if chunk.side == Side::Originator && total > chunk.bytes.len() {
            self.kept = notes.take_since(mark);
        }
        Step::Skip(u64::try_from(total).unwrap_or(u64::MAX))
    }

    fn skipped(&mut self, side: Side, notes: &mut Notes) {
        self.end(side, notes);
    }

    fn end(&mut self, side: Side, notes: &mut Notes) {
        if side == Side::Originator {
            notes.append(&mut self.kept);
        }
    }

    fn memory(&self) -> usize {
        self.topics.capacity() * size_of::<Box<[u8]>>()
            + self.kept.memory()
            + self.topics.iter().map(|topic| topic.len()).sum::<usize>()
    }
}

impl Mqtt {
    fn read(
        &mut self,
        kind: PacketType,
        side: Side,
        start: &mut Reader<'_>,
        notes: &mut Notes,
    ) -> wire::Result<()> {
        match (kind, side) {
            (PacketType::CONNECT, Side::Originator) => {
                let connect = Connect::read(start)?;
                self.anonymous = !connect.user_name && !connect.password && !connect.method;
                observe::connect(&connect, notes);
            }
            (PacketType::CONNACK, Side::Responder) => {
                start.skip(1)?;
                if start.u8()? == 0 && std::mem::take(&mut self.anonymous) {
                    observe::accepted_anybody(notes);
                }
            }
            (PacketType::PUBLISH, Side::Originator) => self.published(first_level(counted(start)?), notes),
            _ => {}
        }
        Ok(())
    }

    /// Each first level is noted once.
    fn published(&mut self, level: &[u8], notes: &mut Notes) {
        let level = level.get(..LEVEL.max).unwrap_or(level);
        if level.is_empty()
            || self.topics.len() > TOPICS.max
            || self.topics.iter().any(|known| **known == *level)
        {
            return;
        }
        self.topics.push(level.into());
        if TOPICS.allows(self.topics.len()) {
            observe::topic(level, notes);
        } else {
            notes.anomaly(PROTOCOL.protocol.name, MqttAnomaly::TooManyTopics.name());
        }
    }
}

fn malformed(notes: &mut Notes) -> Step {
    notes.anomaly(PROTOCOL.protocol.name, MqttAnomaly::Malformed.name());
    Step::Done
}
