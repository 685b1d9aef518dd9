//! What a sensor reports: every few seconds only what is new or grew, in batches that are counted exactly once.

use crate::id::typed_id;
use crate::{
    AddressClaim, Endpoint, Field, FrameNumber, Observation, Sighting, Timestamp, Usage, Weakness,
    WeaknessSighting,
};

typed_id! {
    /// A sensor: `sen_` and what the hub gave it when it was enrolled.
    SensorId, "sen_"
}

/// What a sensor saw since its last batch.
///
/// Packets, flows, bytes and counts are what was added since then; first frames and first times are the first ever,
/// last ones the last ever. Adding up all batches gives what the sensor's own report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Who reports.
    pub sensor: SensorId,
    /// Counted from 1 without a gap.
    pub sequence: u64,
    /// Packet time up to which it reports.
    pub until: Timestamp,
    /// Stations by address.
    pub sightings: Vec<Sighting>,
    /// Which address belongs to whom.
    pub claims: Vec<AddressClaim>,
    /// Facts.
    pub observations: Vec<Observation>,
    /// Weaknesses.
    pub weaknesses: Vec<WeaknessSighting>,
    /// Who talked with whom, by hour.
    pub conversations: Vec<ConversationHour>,
    /// Frames since the last batch.
    pub frames: u64,
    /// Frames since the last batch that the sensor could not process or never got.
    pub dropped: u64,
}

/// What makes flows one conversation: the stations, the service, the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationKey {
    /// Who opened it.
    pub originator: Endpoint,
    /// Who was called.
    pub responder: Endpoint,
    /// IP protocol number; 0 for what is not IP.
    pub transport: u8,
    /// Port of the service; 0 without ports.
    pub port: u16,
    /// Protocol by its bytes, by its name in `dissect`; `None` is unknown.
    pub protocol: Option<&'static str>,
}

/// All flows between the same stations for the same service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// What it is.
    pub key: ConversationKey,
    /// How many flows.
    pub flows: u64,
    /// Packets from the originator and from the responder.
    pub packets: [u64; 2],
    /// Bytes of network payload from the originator and from the responder.
    pub bytes: [u64; 2],
    /// First frame.
    pub first_frame: FrameNumber,
    /// Time of the first frame.
    pub first_seen: Timestamp,
    /// Time of the last frame.
    pub last_seen: Timestamp,
    /// Whether every flow with content was encrypted.
    pub encrypted: bool,
    /// Whether patient data went by that a listener could read.
    pub patient_data: bool,
    /// Weaknesses as bits in the order of [`Weakness::ALL`].
    pub weaknesses: u32,
    /// Bytes that the tap lost in streams that were read.
    pub lost_bytes: u64,
}

/// What of a conversation went by within one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationHour {
    /// Beginning of the hour: see [`Timestamp::hour`].
    pub hour: Timestamp,
    /// The conversation in that hour; first and last are those of the hour.
    pub conversation: Conversation,
}

impl Conversation {
    /// Adds more of the same conversation: counts add up, the earlier first frame and the later last one stay, one
    /// flow in clear makes it not encrypted.
    pub fn absorb(&mut self, other: &Self) {
        if other.first_frame < self.first_frame {
            (self.first_frame, self.first_seen) = (other.first_frame, other.first_seen);
        }
        self.last_seen = self.last_seen.max(other.last_seen);
        self.flows += other.flows;
        for (sum, more) in self.packets.iter_mut().zip(other.packets) {
            *sum += more;
        }
        for (sum, more) in self.bytes.iter_mut().zip(other.bytes) {
            *sum += more;
        }
        self.encrypted &= other.encrypted;
        self.patient_data |= other.patient_data;
        self.weaknesses |= other.weaknesses;
        self.lost_bytes += other.lost_bytes;
    }

    /// The weaknesses shown in it.
    pub fn weaknesses(&self) -> impl Iterator<Item = Weakness> + '_ {
        Weakness::ALL.iter().copied().filter(|weakness| self.weaknesses & weakness.bit() != 0)
    }

    /// The service as used by the one and offered by the other. Groups offer nothing, and silence is no service.
    pub fn usages(&self) -> impl Iterator<Item = Usage> + use<> {
        let ConversationKey { originator, responder, transport, port, protocol } = self.key;
        let (frame, at, count) = (self.first_frame, self.first_seen, self.flows);
        let field = port_field(transport);
        let usage = move |protocol, endpoint, peer, offered| Usage {
            endpoint,
            peer,
            protocol,
            offered,
            port,
            frame,
            at,
            field,
            count,
        };
        let [from_originator, from_responder] = self.packets;
        let used = protocol.filter(|_| from_originator > 0);
        let offered = protocol.filter(|_| from_responder > 0 && !responder.is_group());
        let used = used.map(|protocol| usage(protocol, originator, responder, false));
        let offered = offered.map(|protocol| usage(protocol, responder, originator, true));
        used.into_iter().chain(offered)
    }
}

/// The field in which a frame shows the port.
const fn port_field(transport: u8) -> Field {
    match transport {
        TCP => Field::new("tcp.port"),
        UDP => Field::new("udp.port"),
        _ => Field::new("frame.protocols"),
    }
}

/// IP protocol number of TCP.
const TCP: u8 = 6;
/// IP protocol number of UDP.
const UDP: u8 = 17;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MacAddr;

    fn conversation(first_frame: FrameNumber, encrypted: bool) -> Conversation {
        let station = |last| Endpoint { mac: Some(MacAddr::new([0, 0, 0, 0, 0, last])), ip: None };
        Conversation {
            key: ConversationKey {
                originator: station(1),
                responder: station(2),
                transport: TCP,
                port: 104,
                protocol: Some("dicom"),
            },
            flows: 1,
            packets: [3, 2],
            bytes: [300, 200],
            first_frame,
            first_seen: Timestamp::from_nanos(first_frame * 10),
            last_seen: Timestamp::from_nanos(first_frame * 10 + 5),
            encrypted,
            patient_data: !encrypted,
            weaknesses: u32::from(!encrypted),
            lost_bytes: 0,
        }
    }

    #[test]
    fn more_of_a_conversation_adds_up_whatever_the_order() {
        let (early, late) = (conversation(3, true), conversation(8, false));
        let (mut forth, mut back) = (early, late);
        forth.absorb(&late);
        back.absorb(&early);
        assert_eq!(forth, back);
        assert_eq!((forth.first_frame, forth.flows, forth.packets), (3, 2, [6, 4]));
        assert!(!forth.encrypted && forth.patient_data);
        assert_eq!(forth.weaknesses().collect::<Vec<_>>(), [Weakness::CleartextPatientData]);
    }

    #[test]
    fn a_service_is_used_by_the_one_and_offered_by_the_other() {
        let usages: Vec<Usage> = conversation(1, true).usages().collect();
        assert_eq!(usages.iter().map(|usage| usage.offered).collect::<Vec<_>>(), [false, true]);
        let silent = Conversation { packets: [3, 0], ..conversation(1, true) };
        assert!(silent.usages().all(|usage| !usage.offered), "silence is no service");
    }

    #[test]
    fn a_sensor_id_has_its_prefix_and_nothing_odd() {
        let id: SensorId = "sen_0197a3f0-ward-3".parse().expect("an id");
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in ["", "sen_", "dev_1", "sen_A", "sen_a b", "sen_ü"] {
            assert!(text.parse::<SensorId>().is_err(), "{text}");
        }
        assert!(format!("sen_{}", "a".repeat(61)).parse::<SensorId>().is_err(), "too long");
    }
}
