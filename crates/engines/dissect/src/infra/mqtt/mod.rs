//! MQTT 3.1, 3.1.1 and 5.0 (OASIS): sensors, gateways and building equipment.
//!
//! Read: of CONNECT the version, the client identifier, and whether a user name and a password are there; of PUBLISH
//! from a client the first level of the topic, which tells the kind of device. Recognized: a broker that accepts a
//! client without credentials. Never kept: user names, passwords, wills, further levels of topics. Payloads are passed
//! over by length.

mod anomaly;
mod message;
mod observe;
mod session;
#[cfg(test)]
mod tests;

use crate::{Exposure, Group, Protocol, StreamProtocol};

/// MQTT.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "mqtt",
        title: "MQTT",
        group: Group::Infrastructure,
        standard: "MQTT 3.1, OASIS MQTT 3.1.1 and 5.0",
        exposure: Exposure::Cleartext,
        carries_patient_data: false,
        fields: observe::FIELDS,
        anomalies: anomaly::MqttAnomaly::NAMES,
    },
    ports: &[1883],
    probe: message::probe,
    start: || Box::new(session::Mqtt::default()),
};
