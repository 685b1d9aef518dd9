//! Deviations in MQTT.

use crate::anomalies;

anomalies! {
    /// What can be odd about an MQTT packet.
    pub(super) MqttAnomaly {
        /// A length points past the end of the packet.
        Malformed = "malformed_packet",
        /// A packet type or flags that the standard reserves: the side is not read on.
        ReservedType = "reserved_type",
        /// More topics than are told apart.
        TooManyTopics = "mqtt_topics",
    }
}
