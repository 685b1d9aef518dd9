//! Deviations in SSH.

use crate::anomalies;

anomalies! {
    /// What can be odd about an SSH handshake.
    pub(super) SshAnomaly {
        /// No identification string among the first lines.
        NoIdentification = "no_identification",
        /// A line longer than an identification string may be.
        LineTooLong = "ssh_line",
        /// The first packet is not a KEXINIT that can be read.
        MalformedKexInit = "malformed_kexinit",
        /// No algorithm that both sides have.
        NoCommonAlgorithm = "no_common_algorithm",
    }
}
