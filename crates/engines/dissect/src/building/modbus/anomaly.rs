//! Deviations in Modbus.

use crate::anomalies;

anomalies! {
    /// What can be odd about a Modbus message.
    pub(super) ModbusAnomaly {
        /// An answer that is shorter than its own lengths say.
        Malformed = "malformed",
    }
}
