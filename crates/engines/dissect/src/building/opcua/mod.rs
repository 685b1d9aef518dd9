//! OPC UA over TCP (OPC 10000-6), the binary protocol.
//!
//! Read: the endpoint that a client calls, the security policy of the channel, and of the answers to GetEndpoints and
//! CreateSession the first application description and whether endpoints without security are offered. Not read:
//! everything else; nothing of secured channels.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::building::frames::{Framed, probe};
use crate::{Exposure, Group, Match, Protocol, StreamProtocol};

/// OPC UA.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "opcua",
        title: "OPC Unified Architecture",
        group: Group::Building,
        standard: "OPC 10000-4, OPC 10000-6 (IEC 62541)",
        exposure: Exposure::Negotiated,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::OpcuaAnomaly::NAMES,
    },
    ports: &[4_840],
    probe: |seen| {
        if message::may_begin(seen.bytes) { probe::<session::Opcua>(seen.bytes) } else { Match::No }
    },
    start: Framed::<session::Opcua>::start,
};
