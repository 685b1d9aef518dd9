//! Deviations in Ether-S-Bus.

use crate::anomalies;

anomalies! {
    /// What can be odd about an Ether-S-Bus telegram.
    pub(super) EthersbusAnomaly {
        /// A refusal (NAK) came back.
        NotAcknowledged = "not_acknowledged",
    }
}
